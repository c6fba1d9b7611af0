"""The test of the partner's data: how often it cries wolf, and how soon it notices."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import beta, chi2

from entente.estimate.trust import NEAR_MISSES, WIDER, alarm_level, near_miss, win

pytestmark = pytest.mark.kernel

HOURS = 4_000
INTERVAL, RATE = 5.0, 0.1  # s between looks; false alarms an hour, at most
LOOKS = int(3600 / INTERVAL)


@pytest.mark.parametrize("freedom", [3, 6])
def test_an_honest_look_wins_one_on_average(freedom):
    """Integrated over the chi-square density: a fair bet."""
    mean, _ = quad(lambda d2: win(d2, freedom) * chi2.pdf(d2, freedom), 0.0, 400.0)
    assert mean == pytest.approx(1.0, rel=1e-6)


@given(st.floats(0.0, 80.0), st.floats(0.0, 1.0))
def test_a_cautious_claim_wins_less(d2, share):
    assert win(d2 * share, 6) <= win(d2, 6)


def test_no_distance_wins_nothing():
    assert win(math.nan, 6) == 0.0
    assert win(-1.0, 6) == 0.0
    assert math.isfinite(win(math.inf, 6))


@pytest.mark.parametrize("given_", [(0.0, 5.0), (0.1, 0.0), (math.nan, 5.0), (0.1, -1.0)])
def test_a_rate_that_is_none_gives_no_level(given_):
    assert math.isnan(alarm_level(*given_))


def alarms(distances):
    """Share of histories (rows of distances at looks) in which the sum of wins reaches the level."""
    level = alarm_level(RATE, INTERVAL)
    log = 0.5 * distances * (1 - 1 / WIDER) - 3 * math.log(WIDER)
    assert win(distances.flat[0], 6) == pytest.approx(math.exp(min(log.flat[0], 200.0)))
    return (np.exp(np.minimum(log, 200.0)).sum(axis=1) >= level).mean()


@pytest.mark.parametrize("memory", [0.0, 60.0, 600.0])
def test_false_alarms_are_no_more_than_stated_however_long_errors_last(memory):
    """An hour of looks at one honest pair, 4,000 times; errors that last for 0, 1 and 10 minutes. Exact upper bounds."""
    random = np.random.default_rng(int(memory))
    kept = math.exp(-INTERVAL / memory) if memory else 0.0
    error, squares = random.normal(size=(HOURS, 6)), np.empty((HOURS, LOOKS))
    for look in range(LOOKS):
        error = kept * error + math.sqrt(1 - kept * kept) * random.normal(size=(HOURS, 6))
        squares[:, look] = (error**2).sum(axis=1)
    share = alarms(squares)
    upper = beta.ppf(1 - 0.001 / 3, share * HOURS + 1, HOURS - share * HOURS)
    print(f"errors that last {memory:.0f} s: {share:.4f} false alarms an hour, below {upper:.4f}, stated {RATE}")
    assert upper < RATE


@pytest.mark.parametrize(("off", "within"), [(4.0, 0.5), (5.0, 0.95)])
def test_a_partner_off_by_more_than_it_declares_is_noticed(off, within):
    """A constant error of so many declared sigmas beside honest noise that lasts a minute: noticed in five minutes."""
    random = np.random.default_rng(1)
    kept, error = math.exp(-INTERVAL / 60.0), random.normal(size=(HOURS, 6))
    squares = np.empty((HOURS, 60))
    for look in range(60):
        error = kept * error + math.sqrt(1 - kept * kept) * random.normal(size=(HOURS, 6))
        squares[:, look] = ((error + np.r_[off, np.zeros(5)]) ** 2).sum(axis=1)
    share = alarms(squares)
    print(f"off by {off} sigma: noticed in five minutes in {share:.3f}")
    assert share > within


def test_a_near_miss_at_its_own_rate_is_a_fair_bet():
    assert near_miss() * NEAR_MISSES == pytest.approx(1.0)
    assert math.ceil(alarm_level(RATE, INTERVAL) / near_miss()) * INTERVAL <= 30.0
