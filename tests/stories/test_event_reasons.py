"""Why an event became an alarm, what would have changed it, under which assumptions: as the report says it."""

import numpy as np
import pytest

from entente.estimate.nature import ATTACK
from entente.questions.events import MOMENTS, event
from entente.report.event_reasons import brief, change_said, reasons
from entente.report.event_section import FIRST, event_changes, event_figures, event_reasons
from entente.report.language import ENGLISH, LANGUAGES, RUSSIAN, Tongue
from entente.scenario.event_files import load_event, shipped_events
from entente.scenario.rows import evidence, judging
from entente.turning import changed_by, range_of, turn_of

ROCKET, GLINT = FIRST


def test_the_rocket_was_an_alarm_by_one_radar_and_a_notice_changes_it():
    one = turn_of(ROCKET)
    was = event(ROCKET, rungs=(0,)).readings[0, "russia"]
    middle = np.median(was.p[..., ATTACK], axis=1)
    at = int(np.flatnonzero(one.at_s == MOMENTS)[0])
    assert one.chance == middle[at] == middle[MOMENTS <= 600.0].max()
    assert [says for says, _ in one.weights] == ["radar track toward us"]
    assert one.weights[0][1] > 5.0
    assert one.changed_by == 1
    why, change, hangs = reasons(ROCKET, ENGLISH)
    assert "a radar track like that of a missile coming at it (×14)" in why
    assert "in none held for an attack" in why
    assert change.startswith(
        "<b>What would have changed it.</b> Rung 1 (notifications) changes it, by a notice that comes before"
    )
    assert "add next to nothing" in change
    assert "Share of attacks (0.0001 to 0.1)" in hangs


def test_no_rung_changes_the_glint_unless_the_partner_is_believed():
    one = turn_of(GLINT)
    assert one.changed_by is None
    assert one.believed is not None
    assert one.believed > one.right[-1] + 0.1
    assert change_said(GLINT, ENGLISH).startswith("No rung changes it, for the partner is the suspect")
    assert one.silent
    assert one.first[1] > one.first[0]
    assert one.early[1] < one.early[0]
    assert "raises the first chance of an attack" in change_said(GLINT, ENGLISH)
    assert "believed in full" in change_said(GLINT, ENGLISH)
    weights = dict(one.weights)
    assert weights["raw sensors show none"] < 1.0 < weights["infrared many"]


def test_evidence_for_and_against_stands_apart_and_is_weighed_together():
    one = turn_of(GLINT)
    assert one.speaks < 1.0 < turn_of(ROCKET).speaks
    why = reasons(GLINT, ENGLISH)[0]
    assert (
        why.index("several launches reported") < why.index("Against one") < why.index("people who look at the sensors")
    )
    assert "Together they speak against an attack" in why
    assert "Together" not in reasons(ROCKET, ENGLISH)[0]


def test_every_side_is_named_and_harm_is_not_hidden():
    said = change_said("satellite-launch-1998", ENGLISH)
    assert turn_of("satellite-launch-1998", "russia").worst == 2
    assert turn_of("satellite-launch-1998", "us_nato").worst is None
    assert said.index("US and allies: ") < said.index("Russia: ") < said.index("At rung 2 it is worse")
    assert "its own sensors see nothing" in said


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_brief_has_three_sentences_with_computed_numbers(code):
    tongue = Tongue(code)
    for name in FIRST:
        one, said = turn_of(name), brief(name, tongue)
        assert tongue.number(1.0 / one.chance) in said
        assert tongue.per_cent(one.right[0]) in said
        assert said.count(". ") <= 3


def test_a_third_party_is_not_asked_to_be_believed():
    assert turn_of("satellite-launch-1998").believed is None


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_historical_event_has_its_reason(code):
    tongue = Tongue(code)
    names = set(event_figures(tongue))
    assert set(event_reasons(tongue)) | set(event_changes(tongue)) == names
    assert all(len(said) == 3 for said in event_reasons(tongue).values())


def test_the_two_events_on_the_page_are_told_in_russian():
    for name in FIRST:
        told = load_event(name)
        rows = [told.title, *(row.text for row in told.evidence), *(row.text for row in told.timeline)]
        assert [text for text in rows if not RUSSIAN.knows(text)] == []
    said = " ".join(str(one) for some in event_reasons(RUSSIAN).values() for one in some)
    assert not any(word in said for word in ("radar", "attack", "Rung", "draws"))


def test_every_assumption_and_report_has_a_name_in_russian():
    titles = [row.title for row in (*judging(), *evidence())] + [load_event(name).title for name in shipped_events()]
    assert [title for title in titles if not RUSSIAN.knows(title)] == []


def test_the_first_rung_that_adds_a_tenth():
    assert changed_by([0.5, 0.55, 0.625, 0.9]) == 2
    assert changed_by([0.5, 0.5, 0.4]) is None


def test_ranges_are_those_of_the_catalogue():
    assert range_of("judging.base-attack").high == 0.1
    assert range_of("evidence.no-notice.sensor fault").nominal == 0.96
