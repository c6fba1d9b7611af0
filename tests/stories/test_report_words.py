"""Sentences stay true whatever the numbers are: gains, losses, nothing, never, undefined; in English and in Russian."""

import dataclasses
import re

import numpy as np
import pytest
import xarray as xr

from entente.assessment import MEASURES
from entente.comparison import Change, Estimate
from entente.findings import sheet
from entente.report import words
from entente.report.answer import answer
from entente.report.language import ENGLISH, RUSSIAN, fields, glossary
from entente.report.material import LEAD, PICTURED, PROTECTION, gather
from entente.report.tables import blocks, losses, mechanism
from entente.scenario.load import load
from entente.scenario.rows import ladder
from entente.study import explore

SEEDS = 40
BASE = {"s": 300.0, "km2": 500.0, "1": 0.5, "km": 5.0, "nats": 1.0}
BETTER = {"first_known_s": -20, "warning_s": -40, "warning_lead_s": 40, "impact_area_90_km2": -200, "p_no_leaker": 0.2}


@pytest.fixture(scope="module")
def small():
    """A real study, for its scenario and its whole histories; its numbers are replaced below."""
    return explore(load("one-launch"), seeds=2, workers=1)


def synthetic(study, effect):
    """The study with made-up numbers: noise around one value a measure, and `effect(measure, party)` added at rung 4."""
    draws = np.random.default_rng(7).normal(0.0, 0.01, (len(study.data["rung"]), 2, SEEDS))
    draws[:] = draws[:1]  # rungs are paired
    columns = {}
    for name in study.data:
        attrs = study.data[name].attrs
        values = np.tile(BASE.get(attrs["units"], 2.0) * (1.0 + draws), (1, 1, 1, 1))
        for party in range(2):
            at = values[:, list(study.data["rung"].values).index(4), party]
            at += effect(str(name), party) * (1.0 + draws[0, party])
        columns[name] = (("case", "rung", "party", "seed"), values, attrs)
    coords = {dim: study.data[dim].values for dim in ("case", "rung", "party")}
    data = xr.Dataset(columns, coords={**coords, "seed": np.arange(1, SEEDS + 1)})
    drawn = np.random.default_rng(8).random((SEEDS, study.inputs.sizes["input"]))
    inputs = xr.DataArray(drawn, dims=("seed", "input"), coords={"input": study.inputs["input"].values})
    return dataclasses.replace(study, data=data, again=data.isel(seed=slice(0, 10)), inputs=inputs)


def plain(sentence):
    return (
        re.sub(r"<[^>]+>", "", str(sentence))
        .replace("\N{NO-BREAK SPACE}", " ")
        .replace("\N{NARROW NO-BREAK SPACE}", " ")
    )


def said(study, tongue):
    """The headline, and the sentences by their labels."""
    found = answer(gather(study), tongue)
    return plain(found.headline), {name: plain(sentence) for name, sentence in found.sentences}


def test_a_gain_for_one_side_is_said_of_that_side(small):
    headline, by_name = said(synthetic(small, lambda m, p: BETTER.get(m, 0.0) * (p == 1)), ENGLISH)
    assert headline == (
        "Rung 4 (joint data-fusion centre) leaves Russia better off than what was in force (rung 1); "
        "for US/NATO the typical history brings no gain beyond chance."
    )
    russia = by_name["Russia"]
    assert "a credible warning comes 40 s sooner, 5 min 40 s before impact instead of 5 min" in russia
    assert "the 90 % impact area at 300 s shrinks by 200 km², from 500 km² to 300 km²" in russia
    assert "rises by 20 points, from 50 % to 70 %" in russia
    assert re.search(r"\(sampling [^)]+; assumptions [^)]+\)", russia)
    assert by_name["US/NATO"] == "No lead measure changes beyond chance in any case."


def test_the_same_gain_in_russian(small):
    headline, by_name = said(synthetic(small, lambda m, p: BETTER.get(m, 0.0) * (p == 1)), RUSSIAN)
    assert "Россия; США/НАТО: в типичной истории выигрыша сверх случайности нет." in headline
    assert "сужается на 200 км²: было 500 км², стало 300 км²" in by_name["Россия"]
    assert "на 40 с раньше" in by_name["Россия"]
    assert "растёт на 20 процентных пунктов: было 50 %, стало 70 %" in by_name["Россия"]


def test_a_loss_is_said_too(small):
    headline, by_name = said(synthetic(small, lambda m, p: -BETTER.get(m, 0.0) * (p == 0)), ENGLISH)
    assert "leaves neither side better off" in headline
    assert "Something also gets worse: for US/NATO." in headline
    assert "a credible warning comes 40 s later" in by_name["US/NATO"]
    assert "grows by 200 km²" in by_name["US/NATO"]
    assert "is not balanced" in by_name["What it costs"]


def test_both_sides_gain(small):
    headline, by_name = said(synthetic(small, lambda m, _: BETTER.get(m, 0.0)), ENGLISH)
    assert "brings both sides gains over what was in force (rung 1)" in headline
    assert "Rung 4 is balanced" in by_name["What it costs"]


def test_what_happens_in_few_histories_is_not_called_typical(small):
    """Better in a quarter of histories is beyond chance, and yet the typical history stays as it is."""
    some = np.where(np.arange(SEEDS) % 4 == 0, -200.0, 0.0)
    study = synthetic(small, lambda m, p: some if (m, p) == ("impact_area_90_km2", 1) else 0.0)
    headline, by_name = said(study, ENGLISH)
    assert "leaves neither side better off in the typical history" in headline
    assert "90 % impact area: better in 25 % of histories, worse in 0 %" in by_name["Russia"]


def test_nothing_is_said_to_be_nothing(small):
    headline, by_name = said(synthetic(small, lambda *_: 0.0), ENGLISH)
    assert "leaves neither side better off in the typical history than what was in force (rung 1)." in headline
    assert by_name["Russia"] == "No lead measure changes beyond chance in any case."


def test_protection_is_said_with_decoys_first_and_both_ways(small):
    study = synthetic(small, lambda m, p: 0.2 * (m in ("p_no_leaker", "p_no_leaker_decoys") and p == 1))
    russia = said(study, ENGLISH)[1]["Russia"]
    decoys, perfect = (
        russia.index("with 10 decoys a warhead rises by 20"),
        russia.index("with perfect discrimination rises"),
    )
    assert decoys < perfect < russia.index("no change beyond noise: credible warning")
    assert russia.endswith("common failure.")


def test_what_was_asked_stands_beside_its_verdict(small):
    """Half a minute sooner for Russia alone: gained, and yet not what the finding asks for."""
    study = synthetic(small, lambda m, p: -40.0 * (m == "warning_s" and p == 1))
    f5 = said(study, ENGLISH)[1]["F5, Connected sensors"]
    assert f5.startswith("In half the launches or more, does each party have a credible warning at least 30 s earlier")
    assert "of the assumption draws (for US/NATO alone 0.00 and for Russia alone 1.00)." in f5


def test_a_verdict_without_a_share_has_none(small):
    found = gather(synthetic(small, lambda *_: 0.0))
    f5 = next(verdict for verdict in found.verdicts if verdict.id == "F5")
    at = dataclasses.replace(f5.by_rung[4], share=np.nan, by_party={})
    open_ = dataclasses.replace(f5, ruling="not computable from open sources", by_rung={4: at})
    for tongue, end in ((ENGLISH, "Not computable from open sources."), (RUSSIAN, "по открытым источникам.")):
        sentences = answer(dataclasses.replace(found, verdicts=(open_,)), tongue).sentences
        assert next(plain(text) for name, text in sentences if name.startswith("F5")).endswith(end)


def test_losses_of_one_cause_stand_in_one_row(small):
    """A row says how much it hits; every loss is in one of them, whatever numbers its cause names."""
    worse = ("warning_s", "impact_area_90_km2", "impact_area_50_km2", "spurious_tracks")
    found = gather(synthetic(small, lambda m, p: 10.0 * (p + 1) * (m in worse)))
    rows = losses(found, ENGLISH)
    assert len(found.losses) > len(rows)
    assert len({(row["step"], mechanism(row["cause"])) for row in rows}) == len(rows)
    for row in rows:
        step = [x for x in found.losses if row["step"].startswith(str(x.before))]
        of_row = [x for x in step if mechanism(x.cause) == mechanism(row["cause"])]
        assert len(row["measures"]) == len({x.change.measure for x in of_row})
        assert plain(row["count"]).startswith(f"{len(row['measures'])} measure")
    tracks = next(row for row in rows if "Spurious and duplicate tracks" in row["measures"])
    assert tracks["parties"] == "US/NATO and Russia"


def test_a_case_is_named_where_only_the_second_party_has_numbers(small):
    study = synthetic(small, lambda m, p: np.nan if p == 0 else 0.0)
    data = study.data.where(study.data["party"] != study.data["party"].values[0])
    for name in data:
        data[name].attrs = study.data[name].attrs
    found = gather(dataclasses.replace(study, data=data, again=data.isel(seed=slice(0, 10))))
    assert all(block.lines[0]["first"] for block in blocks(found, ENGLISH))
    both = blocks(gather(study), ENGLISH)[0].lines
    assert [line["first"] for line in both] == [True, False]


def test_what_is_undefined_is_not_a_number(small):
    study = synthetic(small, lambda *_: np.nan)
    _, by_name = said(study, ENGLISH)
    assert "nan" not in " ".join(by_name.values())
    assert "credible warning: worse in 100 % of histories, better in 0 %" in by_name["Russia"].lower()


def test_few_histories_are_said_to_be_few(small):
    headline, by_name = said(small, ENGLISH)
    assert headline.endswith("(rung 1) cannot be told from 2 histories a case.")
    assert (
        "What the releases reveal cannot be told from 2 histories; at least 30 are needed." in by_name["What it costs"]
    )


def one(value, sampling=(1.0, 2.0), better=1.0, worse=0.0, n=40):
    return Estimate(value, sampling, (0.5, 3.0), n, n / 40, "median", better=better, worse=worse)


def better(gain):
    return Change(measure="warning_lead_s", case="c", party="russia", direction="better", p=0.001, gain=gain)


def test_a_median_that_stays_while_most_changes_go_one_way():
    change = better(one(0.0, (0.0, 0.0), 0.4, 0.0))
    sentence = words.phrase(ENGLISH, change, "s", one(300.0), one(300.0))
    assert plain(sentence) == "credible warning: better in 40 % of histories, worse in 0 %"


def test_no_interval_is_said_so():
    change = better(one(40.0, (np.nan, np.nan)))
    assert "too few histories for an interval" in words.phrase(ENGLISH, change, "s", one(300.0), one(340.0))


@pytest.mark.parametrize(
    ("value", "english", "russian"),
    [
        (0.0, "0", "0"),
        (0.0739, "0.074", "0,074"),
        (-12.34, "−12", "−12"),
        (1234.0, "1,200", "1 200"),
        (99.6, "100", "100"),
    ],
)
def test_numbers(value, english, russian):
    assert ENGLISH.number(value) == english
    assert plain(RUSSIAN.number(value)) == russian


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0 %"), (0.001, "< 1 %"), (0.999, "> 99 %"), (1.0, "100 %"), (0.125, "12 %")]
)
def test_shares_are_never_rounded_to_certainty(value, text):
    assert plain(ENGLISH.per_cent(value)) == text


@pytest.mark.parametrize(
    ("value", "text"), [(48.4, "48 s"), (99.6, "1 min 40 s"), (120.0, "2 min"), (-125.0, "2 min 5 s")]
)
def test_durations(value, text):
    assert plain(ENGLISH.duration(value)) == text


@pytest.mark.parametrize(
    ("n", "english", "russian"),
    [
        (1, "history", "история"),
        (2, "histories", "истории"),
        (5, "histories", "историй"),
        (11, "histories", "историй"),
        (21, "histories", "история"),
        (22, "histories", "истории"),
        (112, "histories", "историй"),
        (0, "histories", "историй"),
    ],
)
def test_plurals(n, english, russian):
    assert ENGLISH.noun("histories", n) == english
    assert RUSSIAN.noun("histories", n) == russian


def test_every_template_fills_the_same_gaps_in_both_languages():
    for key, said_ in [*glossary().sentences.items(), *((text.en, text) for text in glossary().texts)]:
        assert fields(said_.en) == fields(said_.ru), key


def test_no_russian_is_english():
    """Russian templates have Cyrillic letters, or no letters but names and signs."""
    for key, said_ in glossary().sentences.items():
        bare = re.sub(r"{\w+}|\b(csv|ladder|warning|In English)\b", "", said_.ru)
        assert not re.search(r"[a-z]{3,}", bare), (key, said_.ru)


def test_what_other_parts_say_is_said_in_russian():
    """Measures, rungs and findings: a new or changed text needs its Russian in the glossary."""
    texts = [measure.title for measure in MEASURES.values()]
    texts += [text for rung in ladder() for text in (rung.name, *rung.gives, *rung.needs)]
    for row in sheet().findings:
        texts += [row.title, row.claim, row.question, row.where_we_differ]
        texts += [f"not computed yet: it needs {row.needs}"] if row.needs else []
    assert [text for text in texts if not RUSSIAN.knows(text)] == []


def test_what_is_composed_elsewhere_is_recognised():
    """Numbers inside are written as Russian writes them; several causes in one line are said one by one."""
    cause = (
        "what the partner releases is blurred: positions by a declared bias of 2 km, areas by 0.5 km (1 sigma); "
        "outage: the line works 0.99 (0.95 to 1) of the time, and what was to be sent waits"
    )
    assert RUSSIAN.text(cause) == (
        "переданное партнёром загрублено: положения — объявленным смещением 2 км, области — на 0,5 км (1 сигма); "
        "перерывы связи: линия работает 0,99 (0,95 … 1) времени, и отправляемое ждёт"
    )
    assert RUSSIAN.text("something nobody translated") == "something nobody translated"
    assert not RUSSIAN.knows("something nobody translated")


def test_the_lead_measures_exist():
    assert set(LEAD) <= set(MEASURES)
    assert set(PICTURED) <= set(LEAD)


def test_protection_is_shown_with_decoys_without_and_with_a_common_failure(small):
    """In the tables and their files, in this order; the picture has the first two."""
    found = gather(small)
    assert [name for name in found.lead if name.startswith("p_no_leaker")] == list(PROTECTION)
    assert [name for name in PICTURED if name.startswith("p_no_leaker")] == list(PROTECTION[:2])
    for of in (found.levels, found.gains):
        assert set(PROTECTION) <= {name for name, *_ in of}
