"""Ambiguous events judged at every rung: what notices, a partner's word, distrust and false words come to."""

import json
from itertools import pairwise

import numpy as np
import pytest

import entente as en
from entente.estimate import nature as n
from entente.questions.events import MOMENTS, event, events
from entente.questions.judged import answers, assumed
from entente.questions.mistakes import combinations, mistakes
from entente.questions.tidings import Chance, matches, tidings
from entente.scenario.event_files import load_event

SEEDS = 60
ROCKET, GLINT = "sounding-rocket-1995", "glint-1983"
SAMPLED = 0.02  # of a share by 40,000 drawn events: four standard deviations of the largest are 0.01


@pytest.fixture(scope="module")
def rocket():
    return event(ROCKET, seeds=SEEDS)


def changed(name, **parts):
    return load_event(name).model_copy(update=parts)


def test_in_1995_a_notice_that_reaches_the_crew_resolves_what_stayed_open(rocket):
    before, after = (rocket.shares(rung, "russia")[0] for rung in (0, 1))
    assert after > before + 0.2
    assert rocket.shares(0, "russia", 300.0)[2] > 0.3  # open at five minutes, in which the president was told
    held = {one.says for one in rocket.timeline(1, "russia")}
    assert {"notice matches", "radar track toward us"} <= held


def test_a_word_of_whom_one_suspects_changes_nothing(rocket):
    one = rocket.readings[1, "russia"]
    for rung in (2, 3, 4, 8):
        np.testing.assert_allclose(rocket.readings[rung, "russia"].p, one.p, atol=1e-9)
    believed = event(ROCKET, rungs=(1, 4), seeds=SEEDS, trust=1.0)
    assert not np.allclose(believed.readings[4, "russia"].p, one.p, atol=1e-3)
    assert believed.shares(4, "russia")[0] >= rocket.shares(4, "russia")[0]


def test_rungs_share_every_draw(rocket):
    own = {rung: [one for one in rocket.readings[rung, "russia"].items if one.giver == "own"] for rung in rocket.rungs}
    for rung in rocket.rungs:
        for one, other in zip(own[0], own[rung], strict=True):
            np.testing.assert_array_equal(one.at_s, other.at_s)
    again = event(ROCKET, rungs=(4,), seeds=SEEDS)
    np.testing.assert_array_equal(again.readings[4, "russia"].p, rocket.readings[4, "russia"].p)


def test_who_launched_it_knows(rocket):
    assert rocket.shares(0, "us_nato").tolist() == [1.0, 0.0, 0.0]
    assert rocket.suspect("us_nato") is None


def test_what_flows_at_which_rung():
    """A launch that only the partner sees comes as a word first, then as its tracks, then as what its satellites say."""
    told = load_event("satellite-launch-1998")
    takes, chance = assumed(SEEDS), Chance(SEEDS)
    by_rung = {
        rung: {(one.channel, one.giver) for one in tidings(told, "russia", rung, takes, chance) if one.giver != "own"}
        for rung in range(5)
    }
    assert not {giver for rung in (0, 1) for _, giver in by_rung[rung] if giver == "partner"}
    assert ("partner", "partner") in by_rung[2]
    assert ("infrared", "partner") not in by_rung[3]
    assert ("infrared", "partner") in by_rung[4]


def test_a_notice_after_the_launch_counts_from_when_it_comes():
    known = load_event(ROCKET)
    late = [one.model_copy(update={"sent_s": 400.0}) for one in known.notices]
    at = event(known.model_copy(update={"notices": tuple(late)}), rungs=(0, 1), seeds=SEEDS)
    came = next(one for one in at.timeline(1, "russia") if one.says == "notice matches")
    assert came.at_s[0] > 400.0
    assert at.shares(1, "russia", 300.0)[0] <= at.shares(0, "russia", 300.0)[0]  # nothing prevented before
    assert at.remarks == () or "after the event began" in " ".join(at.remarks)


def test_contradicting_unfit_and_cancelled_notices_match_nothing():
    known = load_event(ROCKET)
    good = next(one for one in known.notices if one.format == "pre-launch").model_copy(
        update={"passed_on": ranged(1.0)}
    )
    for wrong in (
        good.model_copy(update={"id": "other", "announces": "test"}),
        good.model_copy(update={"id": "other", "opens_s": 3_600.0, "closes_s": 7_200.0}),
        good.model_copy(update={"id": "other", "format": "cancel"}),
    ):
        assert matches(known, good)
        assert not matches(known, wrong)
        told = event(known.model_copy(update={"notices": (good, wrong)}), rungs=(1,), seeds=SEEDS)
        held = {one.says: one.share for one in told.timeline(1, "russia")}
        assert held["notice contradicts"] > 0.9
        assert held.get("notice matches", 0.0) < 0.1
        alone = event(known.model_copy(update={"notices": (good,)}), rungs=(1,), seeds=SEEDS)
        assert told.shares(1, "russia")[0] < alone.shares(1, "russia")[0]


def ranged(value):
    return load_event(ROCKET).notices[0].passed_on.model_copy(update={"low": value, "nominal": value, "high": value})


def test_a_lost_notice_is_no_notice():
    known = load_event(ROCKET)
    lost = tuple(one.model_copy(update={"lost": ranged(1.0)}) for one in known.notices)
    held = {
        one.says
        for one in event(known.model_copy(update={"notices": lost}), rungs=(1,), seeds=SEEDS).timeline(1, "russia")
    }
    assert "notice matches" not in held
    assert "no notice" in held


def test_base_rates_of_an_event_replace_those_of_the_catalogue():
    surely = {nature: ranged(0.001) for nature in n.NATURES} | {"attack": ranged(0.995)}
    feared = event(changed(ROCKET, base_rates=surely), rungs=(0,), seeds=SEEDS)
    assert feared.shares(0, "russia", 300.0)[1] > 0.5


def test_weights_add_up_to_the_odds():
    one = event(GLINT, rungs=(0,), seeds=1).readings[0, "russia"]
    at = int(np.flatnonzero(MOMENTS == 600.0)[0])
    rival = n.NATURES.index(one.rival(600.0))
    p, prior = one.p[at, 0], assumed(1).prior[0]
    odds = 10 * np.log10(p[n.ATTACK] / p[rival]) - 10 * np.log10(prior[n.ATTACK] / prior[rival])
    assert sum(weight for _, _, weight in one.weights(600.0)) == pytest.approx(odds, abs=1e-6)


def test_later_reports_of_the_same_sensors_replace_earlier_ones():
    """Five launches on the screen that showed one are five, not one and five."""
    one = event(GLINT, rungs=(0,), seeds=SEEDS)
    first, second = (
        next(i for i in one.readings[0, "russia"].items if i.id == name) for name in ("oko-one", "oko-five")
    )
    np.testing.assert_array_equal(first.until_s, second.at_s)
    assert not np.isfinite(second.until_s).any()


def test_no_word_reaches_beyond_its_bounds(rocket):
    bounds = rocket.bounds(4, "russia")
    assert bounds[0].low == bounds[0].high == bounds[0].without
    assert bounds[0].alarm == bounds[0].lull == 0.0
    for less, more in pairwise(bounds):
        assert more.low <= less.low <= less.high <= more.high
    for trust, bound in ((0.5, bounds[2]), (1.0, bounds[4])):
        said = event(ROCKET, rungs=(4,), seeds=SEEDS, trust=trust).readings[4, "russia"]
        attack = said.p[int(np.flatnonzero(MOMENTS == 600.0)[0]), :, n.ATTACK].mean()
        assert bound.low <= attack <= bound.high


@pytest.mark.parametrize("rung", [0, 2])
def test_mistakes_of_a_year_are_those_of_events_drawn_one_by_one(rung):
    """The exact sum over all combinations against forty thousand attacks, channel by channel, at nominal assumptions."""
    takes, random = assumed(1, nominal=True), np.random.default_rng(rung)
    logs = np.zeros((40_000, 6))
    for channel in ("infrared", "radar", "raw", "feed", *(("word", "partner") if rung else ())):
        _, each = answers(channel, takes.likelihood)
        said = random.choice(each.shape[1], len(logs), p=each[0, :, n.ATTACK])
        trust = takes.numbers["trust-third"] if channel in ("word", "partner") else np.ones(1)
        logs += np.log(n.trusted(each, trust[:, None])[0, said])
    p = n.posterior(takes.prior, logs)
    found = mistakes(rung, "third party", takes)
    called = n.by_bayes(p[:, n.ATTACK], takes.numbers["held"], takes.numbers["cleared"])
    assert 0.01 < found.missed[0] == pytest.approx((called == n.CLEARED).mean(), abs=SAMPLED)
    assert found.passed_on[0] <= found.false_a_year["Bayes"][0]


def test_of_all_answers_of_both_sides_each_is_counted_once():
    takes = assumed(2)
    alone, both = (combinations(rung, "third party", takes, np.array([0.5, 0.5])) for rung in (0, 4))
    names, _ = answers("infrared", takes.likelihood)
    assert both.happens.shape[1] % alone.happens.shape[1] == 0
    assert alone.infrared.mean() == pytest.approx(2 / len(names))
    np.testing.assert_allclose(both.happens.sum(axis=1), 1.0, atol=1e-9)


def test_rung_by_rung_it_is_said_plainly_and_as_json():
    found = events([ROCKET, GLINT, "satellite-launch-1998"], rungs=(0, 1, 2, 4), seeds=SEEDS)
    text = str(found)
    assert len(text.splitlines()) == 10
    assert "assumed" in text
    told = json.loads(json.dumps(found.to_dict()))
    assert [one["id"] for one in told["events"]] == [ROCKET, GLINT, "satellite-launch-1998"]
    assert found.failed(1, "partner") < found.failed(0, "partner")
    assert found.failed(2, "partner") == found.failed(1, "partner")
    assert len(found.sides("third party")) == 2
    assert np.isnan(events([GLINT], rungs=(0,), seeds=2).failed(0, "third party"))
    assert "resolved correctly" in str(found.accounts[0])


def test_bad_questions_are_answered_with_every_mistake():
    with pytest.raises(en.ModelError) as said:
        events([ROCKET], rungs=(9,), seeds=0, trust=2.0)
    assert len(str(said.value).splitlines()) == 3
    with pytest.raises(en.ModelError, match="none given"):
        event(ROCKET, rungs=())
    with pytest.raises(en.UnknownName):
        event("norway-1995")
