"""The filter's own claims, held against the errors that it makes: NEES, NIS and areas, over many histories.

Every draw is keyed by `entente.rng`, so each number here is the same on every machine to rounding, and a test that
passes once passes always. `ALPHA` is the chance with which an honest filter would have failed a whole family of tests.
"""

import math

import numpy as np
import pytest
from scipy.stats import binomtest, chi2

from entente import rng
from entente.estimate.kalman import predict_ballistic, predict_linear, radar_measure, update
from entente.estimate.predict import impact_area, launch_area, state_at, to_ground
from entente.estimate.score import is_inside, nees
from entente.physics.earth import ecef_from_geodetic, enu_axes

ALPHA = 1e-3
HISTORIES = 1000
STEPS = 20
LOOKED_AT = (1, 5, 10, 20)  # steps at which the averages are judged
FLIGHTS = 400
CURVED = 0.03  # share of the mean by which an extended filter may miss: its measurement is bent, its Gaussian is not


def normals(seed, stage, index, n):
    """`n` standard normal numbers of one key."""
    return np.array([rng.normal(seed, stage, part, 0, index) for part in range(n)])


def linear_histories(stated_over_true):
    """NEES and NIS, (steps, histories), of a filter whose stated noise variance is off by that factor."""
    dt, q, sigma = 2.0, 3.0, np.array([30.0, 20.0, 50.0])
    F = np.eye(6) + dt * np.eye(6, k=3)
    Q = q * np.kron([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]], np.eye(3))
    H, variance = np.eye(3, 6), stated_over_true * sigma**2
    P0 = np.diag([100.0, 100.0, 100.0, 20.0, 20.0, 20.0]) ** 2
    shake, start = np.linalg.cholesky(Q), np.sqrt(P0)
    squares, surprises = np.empty((STEPS + 1, HISTORIES)), np.empty((STEPS + 1, HISTORIES))
    x_pred, P_pred = np.empty(6), np.empty((6, 6))
    for seed in range(HISTORIES):
        truth, x, P = np.zeros(6), start @ normals(seed, rng.INPUTS, 0, 6), P0.copy()
        for step in range(1, STEPS + 1):
            truth = F @ truth + shake @ normals(seed, rng.FLIGHT, step, 6)
            z = truth[:3] + sigma * normals(seed, rng.NOISE, step, 3)
            predict_linear(x, P, F, Q, x_pred, P_pred)
            surprises[step, seed], _ = update(x_pred, P_pred, z, x_pred[:3].copy(), H, variance, -1, x, P)
            squares[step, seed] = nees(x - truth, P)
    return squares, surprises


def outside(values, freedom, slack=0.0):
    """Which of the steps looked at have an average outside its two-sided chi-square bounds."""
    n, alpha = values.shape[1], ALPHA / (2 * len(LOOKED_AT))
    low, high = chi2.ppf([alpha / 2, 1 - alpha / 2], freedom * n) / n
    average = values[list(LOOKED_AT)].mean(axis=1)
    wrong = (average < low - slack * freedom) | (average > high + slack * freedom)
    return [(step, float(mean)) for step, mean, bad in zip(LOOKED_AT, average, wrong, strict=True) if bad]


def test_a_matched_linear_filter_is_as_good_as_it_says():
    """Two-sided at 99.9 % over both families together (Bonferroni), 1,000 histories."""
    squares, surprises = linear_histories(1.0)
    assert outside(squares, 6) == []
    assert outside(surprises, 3) == []


@pytest.mark.parametrize("factor", [1.0 / 1.5, 1.5])
def test_a_filter_wrong_by_a_half_is_noticed(factor):
    """The break-test of the one above: noise stated 1.5 times too large or too small."""
    squares, surprises = linear_histories(factor)
    assert len(outside(squares, 6)) == len(LOOKED_AT)
    assert len(outside(surprises, 3)) >= len(LOOKED_AT) - 1


SIGMA = np.array([30.0, 1.5e-3, 1.5e-3])  # a radar's range [m] and angles [rad]


def radar_and_body():
    """A radar, and a body 500 km away that coasts upward."""
    site, enu = np.array(ecef_from_geodetic(0.6, 0.7, 0.0)), np.empty((3, 3))
    enu_axes(0.6, 0.7, enu)
    return site, enu, np.concatenate([site + enu.T @ [2e5, 4e5, 2.5e5], enu.T @ [-1200.0, 1500.0, 1200.0]])


def follow(seed, steps):
    """Truth, and what an extended filter makes of `steps` looks 2 s apart; started as uncertain as it says."""
    site, enu, truth = radar_and_body()
    P = np.diag([2000.0, 2000.0, 2000.0, 100.0, 100.0, 100.0]) ** 2
    x = truth + np.sqrt(np.diag(P)) * normals(seed, rng.INPUTS, 1, 6)
    x_pred, P_pred, z, z_pred, H = np.empty(6), np.empty((6, 6)), np.empty(3), np.empty(3), np.empty((3, 6))
    trail = np.empty((2, steps + 1))
    for step in range(1, steps + 1):
        state_at(truth, 2.0, truth)
        radar_measure(truth, site, enu, z, H)
        predict_ballistic(x, P, 2.0, 0.0, x_pred, P_pred)
        radar_measure(x_pred, site, enu, z_pred, H)
        seen = z + SIGMA * normals(seed, rng.NOISE, 100 + step, 3)
        trail[1, step], _ = update(x_pred, P_pred, seen, z_pred, H, SIGMA**2, 1, x, P)
        trail[0, step] = nees(x - truth, P)
    return truth, x, P, trail


def test_an_extended_filter_on_a_ballistic_arc_nearly_is():
    """Not linear, so not exactly chi-square: the same bounds, wider by `CURVED`."""
    trails = np.array([follow(seed, STEPS)[3] for seed in range(FLIGHTS)])
    assert outside(trails[:, 0].T, 6, CURVED) == []
    assert outside(trails[:, 1].T, 3, CURVED) == []


LN_BETA, LN_BETA_SIGMA = math.log(3000.0), 0.3


def offset(place, lat, lon):
    """East and north of a point on the ground from an area's centre [m]."""
    enu = np.empty((3, 3))
    enu_axes(lat, lon, enu)
    east, north, _ = enu @ (place[:3] - np.array(ecef_from_geodetic(lat, lon, 0.0)))
    return east, north


def contained(p):
    """How many impact areas and launch areas of containment p hold the truth, of `FLIGHTS`."""
    inside = np.zeros(2, int)
    ground, cov = np.empty(6), np.empty((2, 2))
    for seed in range(FLIGHTS):
        truth, x, P, _ = follow(seed, 10)
        ln_beta = LN_BETA + LN_BETA_SIGMA * rng.normal(seed, rng.INPUTS, 0, 0, 9)
        to_ground(truth, 0.5 * math.exp(-ln_beta), 1.0, ground)
        lat, lon, _, _, status = impact_area(x, P, 0.0, LN_BETA, LN_BETA_SIGMA, cov)
        assert status == 0
        inside[0] += is_inside(*offset(ground, lat, lon), cov, p)
        to_ground(truth, 0.0, -1.0, ground)
        lat, lon, _, _, status = launch_area(x, P, 0.0, 0.0, 0.0, cov)
        assert status == 0
        inside[1] += is_inside(*offset(ground, lat, lon), cov, p)
    return inside


@pytest.mark.parametrize("p", [0.5, 0.9])
def test_impact_and_launch_areas_hold_what_they_say(p):
    """Exact binomial, two-sided; drag unknown as stated; launch without boost, so without its allowance."""
    for count in contained(p):
        assert binomtest(int(count), FLIGHTS, p).pvalue > ALPHA / 4, count
