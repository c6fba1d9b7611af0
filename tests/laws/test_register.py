"""Frame and clock of the partner: found where they can be, and said where they cannot."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from entente import rng
from entente.estimate.kalman import transition
from entente.estimate.register import shift_matrix, solve_shift, tell_shift, unshift
from entente.estimate.score import nees

pytestmark = pytest.mark.kernel

HISTORIES = 4_000
ALPHA = 1e-3  # chance that honest estimates fail all tests of this file together
SIGMA = np.array([500.0, 0.2])  # m, s  declared
BODIES = np.array(
    [
        [4.5e6, 1.0e6, 5.0e6, 3_000.0, -2_000.0, 1_000.0],
        [4.0e6, 2.0e6, 5.2e6, -1_000.0, 4_000.0, -500.0],
        [5.2e6, 0.5e6, 4.4e6, 500.0, 1_500.0, 3_500.0],
    ]
)
seeds = st.integers(0, 2**32 - 1)


def normals(seed, part, n):
    return np.array([rng.normal(seed, rng.NOISE, part, i, 0) for i in range(n)])


def covariance(random, position, velocity):
    root = random.normal(size=(6, 6)) * np.r_[np.full(3, position), np.full(3, velocity)][:, None]
    return root @ root.T / 6 + 0.01 * np.diag(np.r_[np.full(3, position), np.full(3, velocity)]) ** 2


def told(pairs):
    """The estimate from pairs (xa, Pa, xb, Pb)."""
    info, vector, more, other = np.zeros((4, 4)), np.zeros(4), np.empty((4, 4)), np.empty(4)
    for xa, Pa, xb, Pb in pairs:
        assert tell_shift(xa, Pa, xb, Pb, more, other) == 0
        info += more
        vector += other
    shift, cov = np.empty(4), np.empty((4, 4))
    assert solve_shift(info, vector, SIGMA, shift, cov) == 0
    return shift, cov


def matrix(x):
    H = np.empty((6, 4))
    shift_matrix(x, H)
    return H


def moved(x, shift):
    """The same body as a partner with that shift has it, flown and not linearised."""
    out = np.empty(6)
    assert transition(x, shift[3], out, np.empty((6, 6))) == 0
    return out + np.r_[shift[:3], np.zeros(3)]


def pairs_of(seed, bodies, P_a, P_b, shift):
    roots = [np.linalg.cholesky(P) for P in (*P_a, *P_b)]
    k = len(bodies)
    for i, x in enumerate(bodies):
        xa = x + roots[i] @ normals(seed, 2 * i + 1, 6)
        xb = moved(x, shift) + roots[k + i] @ normals(seed, 2 * i + 2, 6)
        yield xa, P_a[i], xb, P_b[i]


@pytest.mark.parametrize("count", [1, 3])
def test_the_estimate_is_as_wrong_as_it_says(count):
    """Two-sided NEES of translation and clock over 4,000 histories, shifts drawn from the declared prior."""
    random = np.random.default_rng(count)
    P_a = [covariance(random, 200.0, 3.0) for _ in range(count)]
    P_b = [covariance(random, 800.0, 8.0) for _ in range(count)]
    squares = np.empty(HISTORIES)
    for seed in range(HISTORIES):
        shift = SIGMA[[0, 0, 0, 1]] * normals(seed, 0, 4)
        estimate, cov = told(pairs_of(seed, BODIES[:count], P_a, P_b, shift))
        squares[seed] = nees(estimate - shift, cov)
    low, high = chi2.ppf([ALPHA / 4, 1 - ALPHA / 4], 4 * HISTORIES) / HISTORIES
    print(f"{count} bodies: NEES {squares.mean():.3f}, sigma {np.sqrt(np.diag(cov))}")
    assert low < squares.mean() < high


@given(seeds)
def test_adding_up_is_what_a_kalman_filter_does(seed):
    """A second way: one update after the other from the prior."""
    random = np.random.default_rng(seed)
    pairs = [
        (x, covariance(random, 300.0, 5.0), x + random.normal(size=6) * 100, covariance(random, 900.0, 9.0))
        for x in BODIES
    ]
    s, S = np.zeros(4), np.diag(SIGMA[[0, 0, 0, 1]] ** 2)
    for xa, Pa, xb, Pb in pairs:
        H = matrix(xa)
        K = S @ H.T @ np.linalg.inv(H @ S @ H.T + Pa + Pb)
        s, S = s + K @ (xb - xa - H @ s), S - K @ H @ S
    shift, cov = told(pairs)
    scale = SIGMA[[0, 0, 0, 1]]
    np.testing.assert_allclose(shift / scale, s / scale, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(cov / np.outer(scale, scale), S / np.outer(scale, scale), rtol=1e-6, atol=1e-7)


def test_one_body_known_by_place_alone_cannot_tell_frame_from_clock():
    """Along the velocity only b + |v| tau is known; the covariance says so. A second body tells them apart."""
    P = np.diag([10.0, 10, 10, 1e4, 1e4, 1e4]) ** 2
    x = BODIES[0]
    along = x[3:] / np.linalg.norm(x[3:])
    speed = np.linalg.norm(x[3:])
    _, cov = told([(x, P, x, P)])
    together, alone = np.r_[along, speed], np.r_[along, 0.0]
    assert together @ cov @ together < 30.0**2
    # What is left of each: two priors that must make up one known sum, (sigma_b |v| sigma_t)^2 / (their sum of squares).
    left = (SIGMA[0] * speed * SIGMA[1]) ** 2 / (SIGMA[0] ** 2 + (speed * SIGMA[1]) ** 2)
    assert alone @ cov @ alone == pytest.approx(left, rel=0.01)
    assert cov[3, 3] * speed**2 == pytest.approx(left, rel=0.01)
    _, both = told([(x, P, x, P), (BODIES[1], P, BODIES[1], P)])
    assert both[3, 3] < cov[3, 3] / 100
    assert alone @ both @ alone < alone @ cov @ alone / 100


def test_well_known_velocities_tell_the_clock_of_one_body():
    """In free fall a clock apart by a second shows as 8 m/s."""
    x = BODIES[0]
    P = np.diag([10.0, 10, 10, 0.1, 0.1, 0.1]) ** 2
    shift = np.array([300.0, -200.0, 100.0, 0.15])
    estimate, cov = told([(x, P, moved(x, shift), P)])
    assert math.sqrt(cov[3, 3]) < 0.03
    np.testing.assert_allclose(estimate[3], 0.15, atol=4 * math.sqrt(cov[3, 3]))


@given(seeds)
def test_the_rate_of_change_is_that_of_free_fall(seed):
    """The clock's column against a flight of a second: closed against flown."""
    random = np.random.default_rng(seed)
    x = BODIES[random.integers(3)] + random.normal(size=6) * np.r_[np.full(3, 1e5), np.full(3, 500.0)]
    ahead, back = (moved(x, np.r_[np.zeros(3), dt]) for dt in (0.1, -0.1))
    np.testing.assert_allclose((ahead - back) / 0.2, matrix(x)[:, 3], rtol=1e-5, atol=1e-4)


def test_a_corrected_track_is_as_wrong_as_it_says():
    """Corrected by what two other bodies say, over 4,000 histories; corrected by its own pair, it is not fit to be fused.

    With its own pair's shift the corrected track agrees with one's own by construction: the distance of both is far too
    small, so fusing them as if they were two would count one's own data twice.
    """
    random = np.random.default_rng(9)
    P_a = [covariance(random, 200.0, 3.0) for _ in range(3)]
    P_b = [covariance(random, 800.0, 8.0) for _ in range(3)]
    squares, apart, own = (np.empty(HISTORIES) for _ in range(3))
    x, P = np.empty(6), np.empty((6, 6))
    for seed in range(HISTORIES):
        shift = SIGMA[[0, 0, 0, 1]] * normals(seed, 0, 4)
        pairs = list(pairs_of(seed, BODIES, P_a, P_b, shift))
        xa, Pa, xb, Pb = pairs[0]
        assert unshift(xb, Pb, *told(pairs[1:]), x, P) == 0
        squares[seed], apart[seed] = nees(x - BODIES[0], P), nees(x - xa, P + Pa)
        assert unshift(xb, Pb, *told(pairs[:1]), x, P) == 0
        own[seed] = nees(x - xa, P + Pa)
    low, high = chi2.ppf([ALPHA / 8, 1 - ALPHA / 8], 6 * HISTORIES) / HISTORIES
    assert low < squares.mean() < high
    assert low < apart.mean() < high
    assert own.mean() < 5.0


@pytest.mark.parametrize("broken", [-np.eye(6), np.full((6, 6), math.nan), np.zeros((6, 6))])
def test_what_is_no_covariance_says_nothing(broken):
    info, vector = np.empty((4, 4)), np.empty(4)
    assert tell_shift(BODIES[0], broken, BODIES[0], np.zeros((6, 6)), info, vector) == 4
    assert not info.any()
    assert not vector.any()
    x, P = np.full(6, math.nan), np.full((6, 6), math.nan)
    assert unshift(BODIES[0], broken, np.zeros(4), np.zeros((4, 4)), x, P) == 4
    assert np.isnan(x).all()
    assert unshift(BODIES[0], np.eye(6), np.zeros(4), -1e9 * np.eye(4), x, P) == 4
    assert np.isnan(x).all()


def test_a_body_that_is_nowhere_says_nothing():
    info, vector = np.empty((4, 4)), np.empty(4)
    assert tell_shift(np.full(6, math.nan), np.eye(6), BODIES[0], np.eye(6), info, vector) == 4
    assert not info.any()


@pytest.mark.parametrize("sigma", [[0.0, 1.0], [1.0, 0.0], [math.nan, 1.0], [1.0, math.inf], [-1.0, 1.0]])
def test_a_prior_that_is_none_is_refused(sigma):
    assert solve_shift(np.eye(4), np.zeros(4), np.array(sigma), np.empty(4), np.empty((4, 4))) == 4


def test_information_that_is_none_is_refused():
    assert solve_shift(np.full((4, 4), math.nan), np.zeros(4), SIGMA, np.empty(4), np.empty((4, 4))) == 4
