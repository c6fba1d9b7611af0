"""Scenarios other than the shipped one: a group, a short flight, other years, a late launch. None may mislead."""

import dataclasses
from functools import cache

import numpy as np
import pytest
from typer.testing import CliRunner

import entente as en
from entente import flights
from entente.arrivals import later, released
from entente.cli import app
from entente.errors import ModelError, ScenarioError
from entente.estimate.follow import SILENCE
from entente.fusing import CENTRE_DELAY
from entente.records import CENTRE, PARTNER, TRACK
from entente.report.situation import beliefs
from entente.run import at_rung, before_sharing
from entente.scenario.load import EXAMPLES, load

CASE = "mrbm-central-europe"
RUNGS = (0, 2, 3, 4)
TEXT = (EXAMPLES / "one-launch.yaml").read_text(encoding="utf-8")
SCUD = (
    ("vehicle: mrbm_3000", "vehicle: scud_b"),
    ("lat_deg: 48.5, lon_deg: 17.5", "lat_deg: 37.5, lon_deg: 44.0"),
)
FLATTER = (*SCUD, ("loft: lofted", "loft: depressed"))
VARIANTS = {
    "group": (("launches: 1", "launches: 3"),),
    "scud": SCUD,
    "late": (("launches: 1", "launch_s: 600"),),
    "depressed": (("loft: lofted", "loft: depressed"),),
    "nominal": (("seeds: 100", "seeds: 1\ninputs: nominal"),),
    "1985": (("epoch: 2013", "epoch: 1985"),),
    "2005": (("epoch: 2013", "epoch: 2005"),),
    "no-satellites": (("seeds: 100", "seeds: 1\nexclude: [dsp_10e, dsp_69e, us_kmo_166e]"),),
    "no-radars": (("seeds: 100", "seeds: 1\nexclude: [fylingdales, tpy2_kurecik, tpy2_keren]"),),
    "no-sites": (("seeds: 100", "seeds: 1\nexclude: [sm3_ia_ship]"),),
}


def written(folder, *changes):
    """The shipped scenario with some things changed, read from a file."""
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / "variant.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file)


@cache
def begun(scenario_text, seed):
    """A history before anybody shares."""
    return before_sharing(en.Scenario.model_validate_json(scenario_text), CASE, seed)


def histories(scenario, seed=1):
    """One history at every rung."""
    so_far = begun(scenario.model_dump_json(), seed)
    return {rung: at_rung(so_far, rung) for rung in RUNGS}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_runs_at_every_rung(name, tmp_path):
    """Shares lie between 0 and 1, areas are positive, warnings come between launch and impact, sharing delays nothing."""
    found = histories(written(tmp_path, *VARIANTS[name]))
    for run in found.values():
        values = run.assessment.values
        first, last = run.flights.t_launch.min(), run.flights.t_impact.max()
        for measure in ("warned", "impact_inside_50", "impact_inside_90", "completeness", "engaged", "p_no_leaker"):
            known = values[measure][np.isfinite(values[measure])]
            assert ((known >= 0.0) & (known <= 1.0)).all(), measure
        for measure in ("launch_area_90_km2", "impact_area_90_km2", "warning_lead_s", "position_sigma_km"):
            assert not (values[measure] <= 0.0).any(), measure
        assert all(first <= event.t <= last + 1.0 for event in run.assessment.events)
        assert not (values["first_known_s"] > found[0].assessment.values["first_known_s"]).any()


def test_a_short_flight_is_never_released(tmp_path):
    """Below the 500 km rule nothing flows, so every rung is as rung 0."""
    found = histories(written(tmp_path, *SCUD))
    for run in found.values():
        assert len(run.shared.t) == 0
        for name, values in run.assessment.values.items():
            np.testing.assert_array_equal(values, found[0].assessment.values[name], err_msg=name)


def test_what_is_compared_after_the_impact_is_undefined(tmp_path):
    """A flight that ends before the picture is compared, at 300 s, leaves those measures undefined, not zero."""
    run = histories(written(tmp_path, *FLATTER))[0]
    assert run.flights.t_impact[0] < 300.0
    for name in ("impact_area_90_km2", "launch_area_90_km2", "position_error_km", "information_nats"):
        assert np.isnan(run.assessment.values[name]).all(), name


def test_a_group_is_known_when_its_first_launch_is(tmp_path):
    """The time counts from the first launch; each launch has its own warning in the story."""
    one = histories(load("one-launch"))[0]
    many = histories(written(tmp_path, ("launches: 1", "launches: 10")))[0]
    assert (many.assessment.values["first_known_s"] >= 0.0).all()
    assert many.assessment.values["first_known_s"][0] == one.assessment.values["first_known_s"][0]
    seen = [e.t for e in many.assessment.events if e.what == "seen" and e.party == 0]
    assert seen == [many.national.first_seen[0]]
    warned = [e for e in many.assessment.events if e.what == "warning" and e.party == 0]
    assert "credible warning of launch 2" in {e.text for e in warned}
    launches = many.flights.t_launch
    mean = np.mean([e.t - launches[int(e.text.split()[-1]) - 1] for e in warned])
    assert many.assessment.values["warning_s"][0] == pytest.approx(mean)


def test_a_late_launch_is_the_same_history_later(tmp_path):
    """Measures count from the launch, so 600 s later changes nothing but the clock."""
    late, now = histories(written(tmp_path, *VARIANTS["late"]))[4], histories(load("one-launch"))[4]
    assert late.flights.t_launch[0] == 600.0
    for name, values in now.assessment.values.items():
        np.testing.assert_allclose(late.assessment.values[name], values, rtol=1e-6, atol=1e-6, err_msg=name)


def test_the_centre_sends_no_ghosts(tmp_path):
    """What the centre has joined into one track does not live on beside it in the parties' pictures.

    In 2005, seed 2, it did: the radar track of before was carried on from its last moment alone, 400 km off, and its
    small area was taken for the best.
    """
    scenario = written(tmp_path, *VARIANTS["2005"])
    run = histories(scenario, 2)[4]
    centre, at = run.picture.tracks.of(CENTRE), int(np.searchsorted(run.picture.tracks.t, 300.0))
    assert centre.held[:, at].sum() == 1
    for party in (0, 1):
        mine = run.picture.tracks.of(party)
        theirs = mine.held[:, at] & (mine.made_of[:, at] == PARTNER)
        assert not (theirs & np.isfinite(mine.x[:, at, 0])).any()  # a warning on display has no state
    assert (run.assessment.values["impact_inside_90"] == 1.0).all()


@pytest.mark.parametrize("year", ["1995", "2005"])
def test_a_higher_rung_keeps_the_warnings_of_a_lower_one(year, tmp_path):
    """What flows adds up, so nobody is warned later by sharing more; without radars US/NATO was, by up to 60 s."""
    scenario = written(tmp_path, ("epoch: 2013", f"epoch: {year}"))
    for seed in (1, 2):
        found = {rung: run.assessment.values["warning_s"] for rung, run in histories(scenario, seed).items()}
        assert (found[3] <= found[2]).all()
        assert (found[4] <= found[2]).all()


def test_a_track_the_centre_drops_is_dropped_by_those_it_tells():
    """From the moment the news arrives, nobody holds it."""
    centre = histories(load("one-launch"))[4].picture.tracks.of(CENTRE)
    g = len(centre.t) // 2
    held = centre.held.copy()
    held[:, g:] = False
    told = later(dataclasses.replace(centre, held=held), CENTRE_DELAY)
    assert told.held[:, :g].any()
    assert not told.held[:, told.t >= centre.t[g] + CENTRE_DELAY].any()
    assert np.isnan(told.x[~told.held]).all()


def test_a_partner_that_falls_silent_is_believed_for_a_while_only():
    """A released track that is no longer repeated is dropped as long after as a nation's own."""
    run = histories(load("one-launch"))[3]
    shared = run.shared
    early = (shared.kind == TRACK) & (shared.arrives < 400.0) & (shared.giver == 0)
    cut = shared.rows(early)
    tracks = released(run.national, cut, 0)
    assert tracks.held[:, (tracks.t > 390.0) & (tracks.t < 400.0)].any()
    assert not tracks.held[:, tracks.t > 400.0 + SILENCE].any()


def test_a_rung_or_seed_that_is_not_there_is_refused():
    """Also where no command line stands before the model."""
    scenario = load("one-launch")
    with pytest.raises(ModelError, match="rung: 7 has sectoral engagement"):
        en.simulate(scenario, CASE, 7, 1)
    for seed in (-1, 2**31):
        with pytest.raises(ModelError, match=f"seed: {seed} names no history"):
            en.simulate(scenario, CASE, 0, seed)


def test_rungs_stand_in_rising_order(tmp_path):
    """The report calls the first the lowest."""
    with pytest.raises(ScenarioError, match=r"rungs\.1: 0 stands after 4; write the rungs from low to high"):
        written(tmp_path, ("rungs: [0, 2, 4]", "rungs: [4, 0]"))


def test_a_study_of_two_rungs_is_compared_with_what_was_in_force(tmp_path):
    """Rungs 2 and 3 are asked for; the answer counts from rung 1, and the map shows what sharing changed."""
    study = en.explore(written(tmp_path, ("rungs: [0, 2, 4]", "rungs: [2, 3]")), seeds=1, workers=1)
    html = en.describe(study, tmp_path / "out").read_text(encoding="utf-8")
    assert "shared tracks" in html
    assert "(rung 1)" in html
    sizes = [{belief.party: belief.size for belief in beliefs(study.kept[CASE, rung])} for rung in (2, 3)]
    assert sizes[1][0] == pytest.approx(sizes[0][0], rel=0.01)
    assert sizes[1][1] < 0.5 * sizes[0][1]


def test_a_flight_longer_than_a_study_follows_is_refused(monkeypatch):
    """Not cut short in silence."""
    monkeypatch.setattr(flights, "LONGEST", 100)
    with pytest.raises(ModelError, match="vehicle: is still up 100 s after launch"):
        before_sharing(load("one-launch"), CASE, 1)


def test_an_exercise_says_so(tmp_path):
    """On the screen, for programs and on the page; a study does not shout."""
    scenario = written(tmp_path, ("status: [deployed]", "status: [deployed]\norigin: exercise"))
    file = str(tmp_path / "variant.yaml")
    assert CliRunner().invoke(app, ["simulate", file]).output.startswith("EXERCISE: ")
    assert '"origin": "exercise"' in CliRunner().invoke(app, ["simulate", file, "--json"]).output
    assert "EXERCISE" not in CliRunner().invoke(app, ["simulate", "one-launch"]).output
    page = en.describe(en.explore(scenario, seeds=1, workers=1), tmp_path / "out")
    assert "Entente · EXERCISE" in page.read_text(encoding="utf-8")
    assert "УЧЕНИЕ" in page.with_name("report.ru.html").read_text(encoding="utf-8")
    for file in (page.parent / "figures").iterdir():
        assert ("УЧЕНИЕ" if ".ru." in file.name else "EXERCISE") in file.read_text(encoding="utf-8"), file.name
