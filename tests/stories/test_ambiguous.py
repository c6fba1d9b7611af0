"""Finding F6: what a centre changes about ambiguous events, as people are told it."""

import math
from dataclasses import replace

import numpy as np
import pytest

from entente.ambiguous import _calm, _fall, centre_verdict, reasons_centre
from entente.findings import sheet
from entente.predicates import FAR, holds
from entente.questions.events import event, events
from entente.questions.judged import assumed
from entente.questions.mistakes import mistakes
from entente.questions.notices import formats, prevented
from entente.report.language import RUSSIAN


@pytest.fixture(scope="module")
def predicate():
    return next(row.predicate for row in sheet().findings if row.id == "F6")


@pytest.fixture(scope="module")
def found(predicate):
    return centre_verdict(predicate)


def test_it_does_not_come_true_and_the_suspicion_that_decides_is_the_worse_one(found):
    """With a third party suspected little is gained, with the partner more, and for neither is it supported."""
    first, second = found.suspicions
    assert first.share <= second.share
    assert found.share == first.share
    assert found.ruling in ("undecided", "not supported")
    assert first.interval[0] <= first.share <= first.interval[1]
    assert (found.of("partner").sides, found.of("third party").sides) == (11, 3)


def test_where_the_partner_is_suspected_all_is_gained_by_notices(found):
    steps = {one.rung: one for one in found.of("partner").steps}
    assert steps[1].mean < steps[0].mean
    for rung in (2, 3, 4):
        assert steps[rung].failed == steps[1].failed
        assert steps[rung].false_a_year == pytest.approx(steps[1].false_a_year)
    assert found.of("partner").by_notices == pytest.approx(1.0)
    third = {one.rung: one for one in found.of("third party").steps}
    assert third[1].failed == third[0].failed


def test_trust_brings_what_a_word_can_and_lets_in_what_a_false_one_could(found):
    shares = [one.failed for one in found.trusts]
    assert shares == sorted(shares, reverse=True)
    assert found.trusts[0].share == found.of("partner").share
    reach = [one.decibans for one in found.bounds]
    assert reach[0] == 0.0
    assert reach == sorted(reach)
    assert [one.lull for one in found.bounds] == sorted(one.lull for one in found.bounds)
    assert found.bounds[0].alarm == found.bounds[0].lull == 0.0


def test_harm_is_named_with_the_event(predicate, found):
    """A launch that one side does not see: told of it at rung 2, it has an open event where it had none."""
    said = " ".join(reasons_centre(predicate, found))
    assert "rows of the table end lower at a rung than at rung 0 by more than 2% of the histories" in said
    assert "most of all “The launch of 31 August 1998, seen by one side only” at rung 2" in said
    assert "harm case" in said
    rocket = next(one for one in found.told if one.event == "sounding-rocket-1995")
    assert rocket.change(4, 0) < -0.2
    for name in ("scuds-1999", "below-threshold"):
        short = next(one for one in found.told if one.event == name)
        assert short.change(1, 0) <= 0.0  # a notice that nobody owed is not missed


def test_what_decides_has_no_source(found):
    assert found.deciders
    assert "judging.base-attack" in {one.input for one in found.deciders}
    assert not any(one.sourced for one in found.deciders)


def test_the_halves_of_the_predicate():
    before = np.array([0.4, 0.4, 0.4, 0.0])
    assert holds(_fall(before, np.array([0.3, 0.31, 0.5, 0.0]), 0.25)).tolist() == [True, False, False, False]
    was = mistakes(0, "partner", assumed(3, nominal=True))
    rate = was.false_a_year["Bayes"]
    now = replace(was, false_a_year=was.false_a_year | {"Bayes": rate * np.array([1.0, 1.1, 0.9])})
    assert holds(_calm(was, now)).tolist() == [True, False, True]
    assert _calm(was, now)[0] == FAR
    none = replace(was, false_a_year=was.false_a_year | {"Bayes": np.zeros(3)})
    assert holds(_calm(none, none)).all()
    assert not holds(_calm(none, was)).any()


def test_every_sentence_is_there_in_russian(predicate, found):
    for sentence in reasons_centre(predicate, found):
        assert RUSSIAN.text(sentence) != sentence
        assert "launch" not in RUSSIAN.text(sentence)


def test_the_agreed_notices_and_what_they_prevent():
    rows = formats()
    assert sum(one.agreement == "plns_mou_2000" for one in rows) == 6
    assert {one.agreement for one in rows} == {"plns_mou_2000", "launch_notification_1988", "hcoc_2002"}
    assert any("24 h" in one.deadline for one in rows if one.agreement == "launch_notification_1988")
    by_event = {one.event: one for one in prevented(events(rungs=(0, 1, 4), seeds=60))}
    rocket, below = by_event["sounding-rocket-1995"], by_event["below-threshold"]
    assert rocket.reaches[0] < 0.3 < 0.8 < rocket.reaches[1]
    assert rocket.failed[1] < rocket.failed[0]
    assert below.reaches[1] < 0.2
    assert below.failed[1] <= below.failed[0]
    assert "glint-1983" not in by_event
    assert all(math.isfinite(share) for one in by_event.values() for share in one.failed)


def test_an_event_has_the_shares_that_it_has_by_itself(found):
    """The same draws in the table, in the figures and on a terminal."""
    for one in found.told[:4]:
        account = event(one.event, (0, 1))
        for rung in account.rungs:
            assert one.rungs[rung] == account.readings[rung, one.party].shares(600.0)


def test_belief_mends_one_half_of_the_finding_and_harms_the_other(found):
    none, full = found.trusts[0], found.trusts[-1]
    assert full.falls > none.falls
    assert full.calm < none.calm
    assert all(one.interval[0] <= one.share <= min(one.falls, one.calm) for one in found.trusts)
