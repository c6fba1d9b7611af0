"""Laws of judging nature: evidence adds where it is independent, a common cause counts once, distrust weighs nothing."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.estimate import nature as n
from entente.exchange import messages
from entente.questions.judged import answers, assumed, values_at
from entente.scenario import events
from entente.scenario.parts import Ranged
from entente.scenario.rows import evidence
from entente.scenario.world import at_share

chance = st.floats(0.01, 0.99)
rows = st.lists(chance, min_size=6, max_size=6).map(np.array)
EXACT = 1e-12  # of chances: rounding only


def log_of(reports, held, said, common=0.0):
    return n.channel_log(np.array(reports), np.array(said), np.array(held), np.array(common))


@given(rows, rows, rows)
def test_independent_evidence_is_bayes_rule(prior, first, second):
    prior = prior / prior.sum()
    both = n.posterior(prior, log_of([first], [True], [0]) + log_of([second], [True], [1]))
    by_hand = prior * first * second
    np.testing.assert_allclose(both, by_hand / by_hand.sum(), atol=EXACT)
    one_after_another = n.posterior(n.posterior(prior, np.log(first)), np.log(second))
    np.testing.assert_allclose(both, one_after_another, atol=EXACT)


@given(rows, chance)
def test_a_common_cause_lies_between_once_and_twice(report, common):
    once, twice = np.log(report), 2.0 * np.log(report)
    mixed = log_of([report, report], [True, True], [3, 3], common)
    np.testing.assert_allclose(np.exp(mixed), common * np.exp(once) + (1 - common) * np.exp(twice), rtol=1e-9)
    np.testing.assert_allclose(log_of([report, report], [True, True], [3, 3], 1.0), once, rtol=1e-9)
    np.testing.assert_allclose(log_of([report, report], [True, True], [3, 3], 0.0), twice, rtol=1e-9)
    np.testing.assert_allclose(log_of([report, report], [True, False], [3, 3], common), once, rtol=1e-9)
    assert not log_of([report, report], [False, False], [3, 3], common).any()


@given(rows, rows, chance)
def test_unlike_reports_have_no_common_cause(first, second, common):
    assert log_of([first, second], [True, True], [1, 2], common) == pytest.approx(np.log(first) + np.log(second))


@given(rows, rows)
def test_a_word_that_is_not_trusted_weighs_nothing(prior, word):
    prior = prior / prior.sum()
    np.testing.assert_allclose(n.posterior(prior, np.log(n.trusted(word, np.array(0.0)))), prior, atol=EXACT)
    np.testing.assert_allclose(n.trusted(word, np.array(1.0)), word, atol=EXACT)


@given(chance, rows, chance, chance)
def test_no_word_moves_a_chance_beyond_its_bounds(attack, word, less, more):
    less, more = sorted((less, more))
    pair = np.array([[word[0], word[1]], [word[2], word[3]], [word[4], word[5]]])
    pair = pair / pair.sum(axis=0)
    low, high = n.bounds_of(np.array(attack), [pair], np.array(more))
    for answer in n.trusted(pair, np.array([more])):
        moved = attack * answer[0] / (attack * answer[0] + (1 - attack) * answer[1])
        assert low - EXACT <= moved <= high + EXACT
    closer = n.bounds_of(np.array(attack), [pair], np.array(less))
    assert low <= closer[0] + EXACT <= attack + 2 * EXACT
    assert attack - 2 * EXACT <= closer[1] <= high + EXACT


@given(rows, chance)
def test_silence_weighs_as_far_as_a_notice_was_due(none, due_):
    np.testing.assert_array_equal(n.silence(none, np.array(0.0)), np.ones(6))
    np.testing.assert_allclose(n.silence(none, np.array(1.0)), none, atol=EXACT)
    half = n.silence(none, np.array(due_))
    np.testing.assert_allclose(half, due_ * none + (1.0 - due_), atol=EXACT)
    assert abs(np.ptp(np.log(half))) <= abs(np.ptp(np.log(none))) + EXACT


def test_decibans_of_channels_add_up():
    likelihoods = np.log(np.array([[0.2, 0.1, 0.1, 0.9, 0.3, 0.2], [0.5, 0.4, 0.1, 0.2, 0.6, 0.2]]))
    each = n.decibans(likelihoods, n.ATTACK, 0)
    assert each.sum() == pytest.approx(n.decibans(likelihoods.sum(axis=0), n.ATTACK, 0))
    assert each[0] == pytest.approx(10 * np.log10(0.9 / 0.2))


def test_three_rules_of_the_same_evidence():
    threats, denied = np.array([0, 1, 2, 2]), np.array([False, False, False, True])
    assert n.by_or(threats, denied).tolist() == [n.CLEARED, n.HELD, n.HELD, n.CLEARED]
    assert n.by_and(threats, denied).tolist() == [n.CLEARED, n.UNRESOLVED, n.HELD, n.CLEARED]
    attack = np.array([0.6, 0.1, 0.0005])
    assert n.by_bayes(attack, np.array(0.5), np.array(0.001)).tolist() == [n.HELD, n.UNRESOLVED, n.CLEARED]


def test_brier_and_reliability_of_what_is_known():
    sure = np.eye(6)[[0, 1, 2]]
    assert n.brier(sure, np.array([0, 1, 2])) == 0.0
    assert n.brier(sure, np.array([1, 2, 3])) == 2.0
    given_, came, count = n.reliability(np.array([0.05, 0.05, 0.95, 1.0]), np.array([False, True, True, True]))
    assert (given_[0], came[0], count[0]) == (pytest.approx(0.05), 0.5, 2)
    assert (came[9], count[9]) == (1.0, 2)
    assert np.isnan(given_[5])


@given(st.floats(0, 1), st.tuples(*[st.floats(0.001, 1)] * 3).map(sorted))
def test_all_at_once_a_range_is_read_as_one_by_one(share, ends):
    value = Ranged(low=ends[0], nominal=ends[1], high=ends[2])
    assert values_at(value, np.array([share]))[0] == pytest.approx(at_share(value, share), rel=1e-9)


def test_the_natures_are_those_of_messages_and_events():
    assert n.NATURES == get_args(messages.Nature) == get_args(events.Nature)


def test_answers_of_a_channel_exclude_each_other():
    drawn = assumed(50).likelihood
    for channel in {row.channel for row in evidence()}:
        said, each = answers(channel, drawn)
        assert (each >= 0.0).all()
        np.testing.assert_allclose(each.sum(axis=-2), 1.0, atol=1e-6)
        assert ("" in said) == (channel in ("screen", "raw", "word", "partner", "partner-feed"))
