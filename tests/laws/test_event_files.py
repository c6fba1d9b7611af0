"""What an event's file must and may say: every mistake in one line, and what is odd counted and explained."""

import re

import pytest

from entente.errors import ScenarioError, UnknownName
from entente.scenario.event_checks import remarks
from entente.scenario.event_files import FOLDER, load_event, shipped_events

SHIPPED = sorted(path.stem for path in FOLDER.glob("*.yaml"))
HISTORICAL = 7


@pytest.fixture
def written(tmp_path):
    """A shipped event with some words replaced, read again."""

    def read(name, *changes):
        text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        return load_event(path)

    return read


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_event_is_whole_and_sourced(name):
    event = load_event(name)
    assert event.id == name
    assert remarks(event) == []
    rows = [*event.evidence, *event.notices, *event.timeline]
    assert all(len(row.source) > 8 for row in rows)
    links = [source for source in event.source if "https://" in source or "http://" in source]
    if event.kind == "historical":
        assert len(links) >= 2
        assert len(event.timeline) >= 1
    else:
        assert all(source.startswith("invented") for source in event.source[:1])
    assert all(row.holder in event.parties for row in event.evidence)


def test_seven_are_historical_in_the_order_of_their_days_and_the_rest_generic():
    events = [load_event(name) for name in shipped_events()]
    assert [event.date.isoformat() for event in events[:HISTORICAL]] == [
        "1979-11-09", "1980-06-03", "1983-09-26", "1995-01-25", "1998-08-31", "1999-12-31", "2022-03-09",
    ]  # fmt: skip
    assert {event.kind for event in events[HISTORICAL:]} == {"generic"}
    assert len(events) >= HISTORICAL + 5


def test_no_event_without_truth(written):
    truth = (
        "truth:\n  nature: sensor fault\n  by: nobody\n"
        "  what: a chip of 46 cents in a communications computer wrote random 2s where the count of missiles stands\n"
    )
    with pytest.raises(ScenarioError, match=r"truth: the key is missing here; add it \(what it was"):
        written("failed-chip-1980", (truth, ""))


MISTAKES = [
    ("id: failed-chip-1980", "id: chip", r"'chip' is not the name of the file; write failed-chip-1980"),
    ("holder: us_nato", "holder: usa", r"failed-chip-1980\.yaml:\d+:\d+: evidence\.0\.holder: 'usa' is no watcher"),
    ("{by: us_nato, whom", "{by: china, whom", r"'china' is no watcher of this event; known: us_nato, russia"),
    ("name: russia", "name: us_nato", r"'us_nato' is given twice; an event has two watchers"),
    ("id: display-many", "id: display-two", r"'display-two' is given twice; name each differently"),
    (
        "phenomenology: human",
        "phenomenology: radar",
        r"'radar' does not say 'screen shows launches'; write human or health",
    ),
    ("says: radar nothing", "says: partner says ours", r"'partner says ours' is not one of the choices"),
    ("  nature: sensor fault", "  nature: meteor", r"'meteor' is not one of the choices; known: test, space launch"),
    (
        "looks_like: flight over threshold",
        "looks_like: a missile",
        r"suspected\.0\.looks_like: 'a missile' is not one of the choices; known: flight over threshold",
    ),
    ("at_s: 18", "at_s: 18000000", r"is outside -3600 to 172800"),
]


@pytest.mark.parametrize(("right", "wrong", "line"), MISTAKES)
def test_a_mistake_is_one_line_with_its_place(written, right, wrong, line):
    with pytest.raises(ScenarioError, match=line) as refused:
        written("failed-chip-1980", (right, wrong))
    assert len(refused.value.mistakes) == 1
    assert re.match(r".*failed-chip-1980\.yaml:\d+:\d+: ", refused.value.mistakes[0])


RATES = (
    "base_rates: {{test: {}, space launch: 0.2, sounding rocket: 0.1, attack: 0.001, sensor fault: 0.3, unknown: {}}}\n"
    "evidence:"
)


@pytest.mark.parametrize(
    ("rates", "line"),
    [
        (RATES.format(0.3, 0.3), r"the nominal shares sum to 1\.2; shares of all alarms sum to 1"),
        (
            RATES.replace("unknown: {}", "unknown: 0").format(0.399).replace(", unknown: 0", ""),
            "unknown missing; every nature",
        ),
    ],
)
def test_base_rates_that_do_not_sum_are_refused(written, rates, line):
    with pytest.raises(ScenarioError, match=line) as refused:
        written("failed-chip-1980", ("evidence:", rates))
    assert len(refused.value.mistakes) == 1


def test_base_rates_that_sum_are_read(written):
    event = written("failed-chip-1980", ("evidence:", RATES.format(0.3, "{low: 0.05, nominal: 0.099, high: 0.2}")))
    assert event.base_rates is not None
    assert sum(rate.nominal for rate in event.base_rates.values()) == pytest.approx(1.0)


NOTICE = """notices:
  - id: another
    by: us_nato
    to: russia
    format: {format}
    sent_s: {sent}
    announces: {what}
    opens_s: {opens}
    closes_s: {closes}
    passed_on: 1
    source: "invented: to test"
"""


def odd(written, **told):
    text = NOTICE.format(
        **({"format": "pre-launch", "sent": -90000, "what": "sounding rocket", "opens": -60, "closes": 60} | told)
    )
    return remarks(written("sounding-rocket-1995", ("notices:\n", text)))


def test_a_notice_that_fits_is_not_remarked_on(written):
    assert odd(written) == []


def test_contradictory_notices_are_counted_and_explained(written):
    said = odd(written, what="space launch")
    assert len(said) == 2
    assert "'another' and 'note-of-december' contradict each other: one announces a space launch" in said[0]
    assert "announces a space launch, and it was a sounding rocket: it matches nothing" in said[1]
    apart = odd(written, opens=900_000, closes=1_000_000)
    assert "their windows do not meet and neither is a window change" in apart[0]
    assert "gives a window from 900000 to 1e+06 s, and the event began outside it" in apart[1]


def test_a_notice_after_the_launch_prevents_nothing_before(written):
    said = odd(written, sent=300)
    assert said == [
        "notice 'another' of format pre-launch was sent 300 s after the event began: it is counted from when it arrives, "
        "and prevents nothing before"
    ]
    assert odd(written, sent=300, format="post-launch") == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("    opens_s: -864000\n", ""), "a window has two ends; give both opens_s and closes_s, or neither"),
        (
            ("closes_s: 864000", "closes_s: -900000"),
            "closes at -900000 s, before it opens at -864000 s; exchange the two",
        ),
        (
            ("evidence: olenegorsk-climb", "evidence: climb"),
            "'climb' is no evidence of this event; known: olenegorsk-climb",
        ),
        (("    to: russia", "    to: rusia"), "'rusia' is no watcher of this event; did you mean 'russia'"),
    ],
)
def test_windows_and_references_are_checked(written, change, line):
    with pytest.raises(ScenarioError, match=re.escape(line)):
        written("sounding-rocket-1995", change)


def test_a_first_view_needs_a_flight(written, tmp_path):
    text = (FOLDER / "sounding-rocket-1995.yaml").read_text(encoding="utf-8")
    path = tmp_path / "sounding-rocket-1995.yaml"
    path.write_text(text[: text.index("flight:")] + text[text.index("first_view:") :], encoding="utf-8")
    with pytest.raises(ScenarioError, match="there is no flight to see; add flight, or leave this out"):
        load_event(path)


def test_a_name_that_is_not_shipped_is_told():
    with pytest.raises(UnknownName, match="sounding-rocket-1995"):
        load_event("sounding-rocket-1994")
