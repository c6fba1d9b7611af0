"""Is a chance of an attack what it says? On simulated histories, with the assumptions right, and off by their ranges."""

import numpy as np
import pytest

from entente.estimate import nature as n
from entente.questions.judged import Assumed, answers, assumed, codes

SENSORS = {"infrared": 2, "radar": 2, "raw": 1, "feed": 1, "notice": 1, "word": 1, "partner": 1}  # voices by channel
HISTORIES, DRAWS = 40_000, 200
AVERAGE_GAP = 0.01  # of a chance of an attack, over all events; 0.004 as measured, most of it from base rates
SIGMAS = 4.0  # of a share, binomial: one bin in 16,000 lies further out by chance


def simulated(truly: Assumed, judged: Assumed, each: int, seed: int, due: float = 1.0, taken: float = 1.0):
    """Histories of `each` events a draw: natures by base rates, reports by likelihoods; and the chances given to natures.

    `due`: the chance that what is seen has to be announced at all; `taken`: what the judge takes it to be.
    """
    random = np.random.default_rng(seed)
    draws = np.repeat(np.arange(len(truly.prior)), each)
    cumulated = truly.prior[draws].cumsum(axis=1)
    truth = np.minimum((random.random(len(draws))[:, None] > cumulated).sum(axis=1), 5)
    logs = np.zeros((len(draws), 6))
    for channel, voices in SENSORS.items():
        said, happens = answers(channel, truly.likelihood)
        mine = answers(channel, judged.likelihood)[1][draws]
        shares = happens[draws, :, truth].cumsum(axis=1)
        which = np.minimum(
            (random.random((len(draws), voices))[..., None] > shares[:, None]).sum(axis=-1), len(said) - 1
        )
        one_cause = random.random(len(draws)) < truly.common(channel)[draws]
        which[one_cause] = which[one_cause][:, :1]
        likelihood = np.take_along_axis(mine, which[..., None], axis=1)
        heard = np.array([one != "" for one in said])[which]
        if channel == "notice":
            none = said.index("no notice")
            which[random.random(len(draws)) >= due] = none
            known = np.take_along_axis(mine, which[..., None], axis=1)
            known = np.where(which[..., None] == none, n.silence(known, np.array(taken)), known)
            logs += np.log(np.maximum(known[:, 0], n.TINY))
        elif voices == 1:  # silence is an answer too, where it can be told from one that is still to come
            logs += np.log(np.maximum(likelihood[:, 0], n.TINY))
        else:
            logs += n.channel_log(likelihood, which, heard, judged.common(channel)[draws])
    return n.posterior(judged.prior[draws], logs), truth


def worst(p, was):
    """The largest gap between chance and share over the bins that have events, in standard deviations of the share."""
    chance, share, count = n.reliability(p, was, bins=20)
    known = count >= 50
    sigma = np.sqrt(np.maximum(chance * (1 - chance), 1e-4) / np.maximum(count, 1))
    return float((np.abs(chance - share) / sigma)[known].max())


def test_with_the_right_assumptions_every_chance_is_what_comes_true():
    takes = assumed(1, nominal=True)
    p, truth = simulated(takes, takes, HISTORIES, 1)
    for nature in range(6):
        assert worst(p[:, nature], truth == nature) < SIGMAS


def test_a_common_cause_left_out_is_seen_as_overconfidence():
    """The test can fail: a judge that counts two voices of one cause twice is caught by the same bins."""
    takes = assumed(1, nominal=True)
    blind = Assumed(takes.numbers | {"common-infrared": np.zeros(1), "common-radar": np.zeros(1)}, takes.likelihood, {})
    p, truth = simulated(takes, blind, HISTORIES, 1)
    assert max(worst(p[:, nature], truth == nature) for nature in range(6)) > 2 * SIGMAS


@pytest.mark.parametrize("due", [0.0, 0.5])
def test_silence_counts_as_far_as_a_notice_was_due(due):
    """A judge who holds a missing notice against what need not be announced is caught by the same bins."""
    takes = assumed(1, nominal=True)
    p, truth = simulated(takes, takes, HISTORIES, 4, due, due)
    for nature in range(6):
        assert worst(p[:, nature], truth == nature) < SIGMAS
    p, truth = simulated(takes, takes, HISTORIES, 4, due, 1.0)
    assert max(worst(p[:, nature], truth == nature) for nature in range(6)) > 2 * SIGMAS


def test_who_knows_each_draw_is_calibrated_over_all_of_them():
    takes = assumed(DRAWS)
    p, truth = simulated(takes, takes, HISTORIES // DRAWS, 2)
    assert worst(p[:, n.ATTACK], truth == n.ATTACK) < SIGMAS


def test_off_by_their_ranges_the_scores_say_how_honest_it_still_is():
    """A judge with nominal numbers in worlds drawn over their ranges: worse than one who knows, better than base rates."""
    truly, nominal = assumed(DRAWS), assumed(DRAWS, nominal=True)
    p, truth = simulated(truly, nominal, HISTORIES // DRAWS, 3)
    knows, _ = simulated(truly, truly, HISTORIES // DRAWS, 3)
    bare = np.broadcast_to(nominal.prior[0], p.shape)
    scores = [n.brier(one, truth) for one in (knows, p, bare)]
    assert scores == sorted(scores)
    assert scores[1] - scores[0] < 0.5 * (
        scores[2] - scores[0]
    )  # ranges cost less than half of what the evidence brings
    chance, share, count = n.reliability(p[:, n.ATTACK], truth == n.ATTACK)
    gap = float((np.abs(chance - share) * count)[count > 0].sum() / count.sum())
    assert 0.0005 < gap < AVERAGE_GAP


def test_codes_tell_reports_apart():
    assert len(set(codes().values())) == len(codes())
    assert pytest.approx(1.0) == assumed(3).prior.sum(axis=1).min()
