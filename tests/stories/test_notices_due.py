"""Would a notice have been due? What nobody owed is not missed, what was owed and did not come counts."""

import json

import numpy as np
import pytest

from entente.estimate import nature as n
from entente.questions.dues import SAID, due, due_id, due_said
from entente.questions.events import MOMENTS, event
from entente.questions.judged import assumed
from entente.scenario.event_files import load_event, shipped_events
from entente.scenario.rows import judging

SEEDS = 60
ROCKET = "sounding-rocket-1995"
SHORT = ("scuds-1999", "below-threshold")
ROUNDING = 1e-12
AT = int(np.flatnonzero(MOMENTS == 600.0)[0])


def without_notices(name, looks_like=None):
    one = load_event(name)
    suspected = [row.model_copy(update={"looks_like": looks_like or row.looks_like}) for row in one.suspected]
    return one.model_copy(update={"notices": [], "suspected": suspected})


def attack(told, rung):
    """The chance of an attack in the eyes of the side that is alarmed, at ten minutes (R,)."""
    return event(told, rungs=(rung,), seeds=SEEDS).readings[rung, told.suspected[0].by].p[AT, :, n.ATTACK]


@pytest.mark.parametrize("name", SHORT)
def test_a_short_launch_is_not_read_worse_for_want_of_a_notice_that_nobody_owed(name):
    np.testing.assert_array_equal(attack(without_notices(name), 1), attack(without_notices(name), 0))
    shipped = event(name, rungs=(0, 1, 4), seeds=SEEDS)
    for rung in (1, 4):
        better = shipped.shares(rung, "us_nato") - shipped.shares(0, "us_nato")
        assert better[0] >= 0.0 >= better[1] - ROUNDING
    assert "no notice" not in {one.says for one in shipped.timeline(1, "us_nato")}


def test_a_launch_that_should_have_been_announced_and_was_not_still_counts():
    owed, unclear, free = (
        attack(without_notices(ROCKET, looks), 1)
        for looks in ("flight over threshold", "unclear", "flight under threshold")
    )
    np.testing.assert_array_equal(free, attack(without_notices(ROCKET), 0))
    assert (owed > unclear).all()
    assert (unclear > free).all()


@pytest.mark.parametrize("name", shipped_events())
def test_what_silence_is_worth_is_said_and_held(name):
    one, takes = load_event(name), assumed(SEEDS)
    for row in one.suspected:
        said = due_said(one, row.by)
        chances = due(one, row.by, takes)
        assert ("weighs nothing" in said) == (not chances.any())
        assert ("counts in full" in said) == bool((chances == 1.0).all())
        assert row.why
    assert all(due_said(one, party) == "" for party in one.parties if party not in {row.by for row in one.suspected})


def test_every_look_has_its_row_and_its_words():
    assert {due_id(looks) for looks in SAID} == {row.id for row in judging() if row.id.startswith("due-")}


def test_a_third_party_owes_nothing_whatever_it_looks_like():
    told = load_event("satellite-launch-1998")
    assert not due(told, "us_nato", assumed(3)).any()
    assert "owes it no notice" in due_said(told, "us_nato")


def test_it_is_said_under_the_numbers_and_to_programs():
    found = event("scuds-1999", rungs=(0, 1), seeds=2)
    assert "US/NATO sees a flight too short and low to be announced" in str(found)
    told = json.loads(json.dumps(found.to_dict()))
    assert told["sides"]["us_nato"]["looks_like"] == "flight under threshold"
    assert told["sides"]["russia"]["looks_like"] is None
    assert len(told["silence"]) == 1
