"""The boost model on the project's own flights, which know nothing of it, beside the white acceleration of the two modes."""

import functools
import math

import numpy as np
import pytest
from scipy.stats import binom

from entente.ascent import Ascent
from entente.estimate.boost import predict_boost
from entente.estimate.follow import Q as MODE_NOISE
from entente.estimate.kalman import angles_measure, predict_ballistic, radar_measure, update
from entente.physics import powered
from entente.physics.earth import ecef_from_geodetic, enu_axes
from entente.scenario.rows import vehicles

EXHAUST = 2500.0  # m/s  assumed; vacuum specific impulses of 230 to 300 s less what drag and height cost
# Assumed: 18 m/s off in ten steps of a second, ln a off by a third in 10 s (steering, stages that fall off).
NOISE, WALK = 300.0, 1e-2


def stand(lat, lon, alt):
    """A sensor and its axes."""
    enu = np.empty((3, 3))
    enu_axes(lat, lon, enu)
    return np.array(ecef_from_geodetic(lat, lon, alt)), enu


SIGHTS = {
    "satellites": (10.0, [stand(0.0, 0.3, 35_786e3), stand(0.0, 1.4, 35_786e3)], np.array([3e-5, 3e-5])),
    "radar": (2.0, [stand(0.62, 0.86, 0.0)], np.array([30.0, 2e-3, 2e-3])),
}


@functools.cache
def flight(name, azimuth=1.0, pitch=45.0):
    """States every second until burnout, Earth-fixed."""
    vehicle = next(row for row in vehicles() if row.id == name).vehicle
    ascent = Ascent(vehicle, 0.6, 0.8, 3000.0)
    times = np.arange(0.0, ascent.burnout, 1.0)
    states = ascent.sampled(azimuth, math.radians(pitch), 0.0, times)[2]
    powered.earth_fixed_many(times, states, ascent.omega, states)
    return states


def follow(states, sight, n, draws, since=30, span=60):
    """A minute of boost followed by the boost model (n = 7) or by the white acceleration of the two modes (n = 6).

    Returns errors of position and velocity, NEES of the position, error of the position 10 s ahead (nan after burnout).
    """
    revisit, sensors, sigma = SIGHTS[sight]
    t, m = since, len(sigma)
    P = np.diag([3e3] * 3 + [500.0] * 3 + [0.5] * (n - 6)) ** 2
    x = np.concatenate([states[t], [math.log(25.0)] * (n - 6)]) + np.sqrt(np.diag(P)) * np.append(
        draws.normal(size=6), [0.0] * (n - 6)
    )

    def onward(dt, x_out, P_out):
        if n == 6:
            return predict_ballistic(x, P, dt, MODE_NOISE[0], x_out, P_out)
        return predict_boost(x, P, dt, NOISE, WALK, EXHAUST, x_out, P_out)

    measure = radar_measure if m == 3 else angles_measure
    z, z_pred, H, spare = np.empty(m), np.empty(m), np.empty((m, n)), np.empty((m, 6))
    while t + revisit <= min(since + span, len(states) - 1):
        t += int(revisit)
        assert onward(revisit, x, P) == 0
        for site, enu in sensors:
            measure(states[t], site, enu, z, spare)
            measure(x, site, enu, z_pred, H)
            x_out, P_out = np.empty(n), np.empty((n, n))
            update(x, P, z + sigma * draws.normal(size=m), z_pred, H, sigma**2, m - 2, x_out, P_out)
            x, P = x_out, P_out
    off = x[:6] - states[t]
    ahead, spare = np.empty(n), np.empty((n, n))
    onward(10.0, ahead, spare)
    late = np.linalg.norm(ahead[:3] - states[t + 10, :3]) if t + 10 < len(states) else math.nan
    return np.linalg.norm(off[:3]), np.linalg.norm(off[3:]), off[:3] @ np.linalg.solve(P[:3, :3], off[:3]), late


def compared(name, sight, runs=40):
    """Root mean squares of the boost model's errors over the white acceleration's: position, velocity, 10 s ahead."""
    states, ratio = flight(name), []
    for n in (7, 6):
        draws = np.random.default_rng(3)
        ratio.append(np.sqrt(np.nanmean([np.square(follow(states, sight, n, draws)) for _ in range(runs)], axis=0)))
    return (ratio[0] / ratio[1])[[0, 1, 3]]


@pytest.mark.parametrize(
    ("name", "sight", "position", "velocity", "ahead"),
    [
        ("mrbm_3000", "radar", 0.85, 0.5, 0.5),
        ("icbm_liquid", "radar", 0.85, 0.5, 0.5),
        ("space_launcher", "radar", 0.85, 0.5, 0.6),
        ("mrbm_3000", "satellites", 1.0, 0.7, 0.7),
        ("icbm_liquid", "satellites", 1.0, 0.7, 0.8),
    ],
)
def test_after_a_minute_of_boost_it_is_nearer_than_white_acceleration(name, sight, position, velocity, ahead):
    """Same looks; the flights follow pitch programmes, not gravity turns, and their exhausts are not EXHAUST."""
    shares = compared(name, sight)
    assert (shares < [position, velocity, ahead]).all(), shares


SHAPES = [(name, azimuth, pitch) for name in ("mrbm_3000", "icbm_liquid", "icbm_solid") for azimuth in (0.5, 2.5, 4.5)
          for pitch in (35.0, 50.0, 65.0)]  # fmt: skip


@pytest.mark.parametrize("sight", SIGHTS)
def test_its_regions_hold_at_least_what_they_claim(sight):
    """50 % and 90 % ellipsoids of the position over 27 flights, 40 each, stages falling off among them.

    One-sided, 1 % for all four together: the noises are chosen wide rather than narrow.
    """
    draws = np.random.default_rng(4)
    squares = np.array([follow(flight(*shape), sight, 7, draws)[2] for shape in SHAPES for _ in range(40)])
    for p, edge in ((0.5, 2.366), (0.9, 6.251)):  # chi-square, three degrees of freedom
        count = int((squares < edge).sum())
        assert binom.cdf(count, len(squares), p) > 0.01 / 4, (p, count / len(squares))
