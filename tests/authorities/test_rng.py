"""Draws against the published answers of Philox, a second way of computing it, and the distributions they stand for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from entente import rng
from entente.compiled import kernel
from entente.rng import normal, philox, poisson, uniform

pytestmark = pytest.mark.kernel

DRAWS = 20_000
RARE = 1e-4  # chance that a true statement fails its test; keys are fixed, so it fails always or never
words = st.integers(0, 2**32 - 1)


@kernel
def many(which, seed, stage, count, mean):
    """`count` draws that differ in the last part of their key."""
    out = np.empty(count)
    for i in range(count):
        if which == 0:
            out[i] = uniform(seed, stage, 3, 5, i)
        elif which == 1:
            out[i] = normal(seed, stage, 3, 5, i)
        else:
            out[i] = poisson(mean, seed, stage, 3, 5, i)
    return out


def by_the_paper(counter, key):
    """Philox 4x32-10 in Python's own integers, as figure 2 of the paper draws it."""
    (x0, x1, x2, x3), (a, b) = counter, key
    for _ in range(10):
        left, right = divmod(0xD2511F53 * x0, 2**32), divmod(0xCD9E8D57 * x2, 2**32)
        x0, x1, x2, x3 = right[0] ^ x1 ^ a, right[1], left[0] ^ x3 ^ b, left[1]
        a, b = (a + 0x9E3779B9) % 2**32, (b + 0xBB67AE85) % 2**32
    return x0, x1, x2, x3


def test_philox_gives_the_published_answers(philox):
    """Random123's known answers, bit for bit, compiled and by a second way of computing them."""
    counter, key = ([int(word, 16) for word in philox[part]] for part in ("counter", "key"))
    published = tuple(int(word, 16) for word in philox["value"])
    assert tuple(int(word) for word in rng.philox(*counter, *key)) == published
    assert by_the_paper(counter, key) == published


@given(st.tuples(words, words, words, words), st.tuples(words, words))
def test_philox_is_the_papers(counter, key):
    """Any counter and key, bit for bit."""
    assert tuple(int(word) for word in philox(*counter, *key)) == by_the_paper(counter, key)


@given(words, st.integers(0, 99), st.integers(-1, 2**31 - 1), st.integers(-1, 99), st.integers(0, 2**31 - 1))
def test_a_draw_is_a_function_of_its_whole_key(seed, stage, obj, sensor, index):
    """The same key draws the same; changing any part of it changes the draw; never 0 or 1."""
    key = (seed, stage, obj, sensor, index)
    draw = uniform(*key)
    assert draw == uniform(*key)
    assert 0.0 < draw < 1.0
    x0, x1, _, _ = by_the_paper([index, sensor % 2**32, obj % 2**32, 0], [seed, stage])
    assert draw == (((x0 << 32 | x1) >> 11) + 0.5) * 2.0**-53
    for part in range(5):
        other = [*key]
        other[part] += 1 if part or seed < 2**32 - 1 else -1
        assert uniform(*other) != draw


def test_uniform_draws_are_uniform():
    """Kolmogorov and Smirnov over 20,000 draws, for four seeds and two stages."""
    for seed in (0, 1, 2, 4_000_000_000):
        for stage in (rng.DETECT, rng.NOISE):
            assert stats.kstest(many(0, seed, stage, DRAWS, 0.0), "uniform").pvalue > RARE


def test_normal_draws_are_normal():
    """Kolmogorov and Smirnov over 20,000 draws, for four seeds."""
    for seed in (0, 1, 2, 4_000_000_000):
        assert stats.kstest(many(1, seed, rng.NOISE, DRAWS, 0.0), "norm").pvalue > RARE


@pytest.mark.parametrize("mean", [0.001, 0.5, 4.0, 20.0])
def test_poisson_counts_are_poissons(mean):
    """SciPy's Poisson distribution: chi-square over 20,000 counts."""
    counts = many(2, 7, rng.FALSE_ALARM, DRAWS, mean).astype(int)
    top = int(stats.poisson.ppf(1 - 20 / DRAWS, mean))
    expected = DRAWS * np.append(stats.poisson.pmf(np.arange(top + 1), mean), stats.poisson.sf(top, mean))
    seen = np.append([(counts == k).sum() for k in range(top + 1)], (counts > top).sum())
    enough = expected >= 5
    expected, seen = np.append(expected[enough], expected[~enough].sum()), np.append(seen[enough], seen[~enough].sum())
    assert stats.chisquare(seen[expected > 0], expected[expected > 0] * seen.sum() / expected.sum()).pvalue > RARE


def test_neighbouring_keys_share_nothing():
    """Correlation between seeds, stages and successive draws: within four standard errors of 0."""
    base = many(0, 1, rng.DETECT, DRAWS, 0.0)
    for other in (many(0, 2, rng.DETECT, DRAWS, 0.0), many(0, 1, rng.NOISE, DRAWS, 0.0), np.roll(base, 1)):
        assert abs(np.corrcoef(base, other)[0, 1]) < 4.0 / np.sqrt(DRAWS)
