"""Where lines bend within what is not known, sigma points see it and derivatives do not: the same looks, both filters."""

import math

import numpy as np
import pytest

from entente.compiled import kernel
from entente.estimate.kalman import angles_measure, radar_measure, update
from entente.estimate.reentry import falling_at, predict_falling
from entente.estimate.score import nees
from entente.estimate.unscented import predict_unscented, update_unscented
from entente.physics.earth import ecef_from_geodetic, enu_axes
from entente.rng import INPUTS, NOISE, normal


@kernel
def histories(case, count, squares, errors):
    """NEES and position error after each of a few looks, extended (0) and unscented (1): (2, count, looks)."""
    looks = squares.shape[2]
    m = 2 if case == 1 else 3
    site, enu, enu0 = np.empty(3), np.empty((3, 3)), np.empty((3, 3))
    x, P, x0, P0, truth = np.empty(7), np.empty((7, 7)), np.empty(7), np.zeros((7, 7)), np.empty(7)
    z, z_pred, H, variance = np.empty(m), np.empty(m), np.empty((m, 7)), np.empty(m)
    x_pred, P_pred = np.empty(7), np.empty((7, 7))
    enu_axes(0.6, 0.8, enu0)
    if case == 0:  # the first seconds: a coarse cue, then a radar that measures range finely and angles coarsely
        site[0], site[1], site[2] = ecef_from_geodetic(0.55, 0.7, 0.0)
        enu_axes(0.55, 0.7, enu)
        alt, ve, vn, vu, wide, fast, last, dt = 200e3, 1500.0, 1200.0, 900.0, 30e3, 300.0, 1e-3, 2.0
        variance[0], variance[1], variance[2] = 30.0**2, 1e-2**2, 1e-2**2
    elif case == 1:  # two angles by a low satellite that looks along the horizon
        site[0], site[1], site[2] = ecef_from_geodetic(0.6, 0.55, 700e3)
        enu_axes(0.6, 0.55, enu)
        alt, ve, vn, vu, wide, fast, last, dt = 200e3, 1500.0, 1200.0, 900.0, 60e3, 300.0, 1e-3, 5.0
        variance[0], variance[1] = 1e-4**2, 1e-4**2
    else:  # re-entry of a body whose drag nobody knows
        site[0], site[1], site[2] = ecef_from_geodetic(0.61, 0.82, 0.0)
        enu_axes(0.61, 0.82, enu)
        alt, ve, vn, vu, wide, fast, last, dt = 60e3, 1500.0, 800.0, -2500.0, 500.0, 30.0, 0.8, 5.0
        variance[0], variance[1], variance[2] = 30.0**2, 2e-3**2, 2e-3**2
    x0[0], x0[1], x0[2] = ecef_from_geodetic(0.6, 0.8, alt)
    for i in range(3):
        x0[i + 3] = ve * enu0[0, i] + vn * enu0[1, i] + vu * enu0[2, i]
        P0[i, i], P0[i + 3, i + 3] = wide * wide, fast * fast
    x0[6], P0[6, 6] = math.log(2000.0), last * last
    for filters in range(2):
        for seed in range(count):
            for i in range(7):
                truth[i] = x0[i] + math.sqrt(P0[i, i]) * normal(seed, INPUTS, i, 0, 0)
            x[:], P[:] = x0, P0
            for k in range(looks):
                falling_at(truth, dt, truth)
                if m == 3:
                    radar_measure(truth, site, enu, z, H)
                else:
                    angles_measure(truth, site, enu, z, H)
                for a in range(m):
                    z[a] += math.sqrt(variance[a]) * normal(seed, NOISE, k, a, 0)
                if filters == 0:
                    predict_falling(x, P, dt, 0.0, 0.0, x_pred, P_pred)
                    if m == 3:
                        radar_measure(x_pred, site, enu, z_pred, H)
                    else:
                        angles_measure(x_pred, site, enu, z_pred, H)
                    update(x_pred, P_pred, z, z_pred, H, variance, m - 2, x, P)
                else:
                    predict_unscented(x, P, dt, 0.0, 0.0, 1, 1.0, 0.0, x_pred, P_pred)
                    update_unscented(x_pred, P_pred, z, variance, site, enu, 0.0, x, P)
                squares[filters, seed, k] = nees(x - truth, P)
                off = 0.0
                for i in range(3):
                    off += (x[i] - truth[i]) ** 2
                errors[filters, seed, k] = math.sqrt(off)


NAMES = ("first seconds", "along the horizon", "re-entry")


@pytest.mark.parametrize(
    ("case", "extended", "unscented"),
    [(0, 1000.0, 8.0), (1, 300.0, 25.0), (2, 300.0, 30.0)],
    ids=NAMES,
)
def test_where_lines_are_bent_the_unscented_filter_is_the_more_honest(case, extended, unscented):
    """Mean NEES of seven numbers (7 is honest) over 500 histories at the worst of six looks.

    Measured, extended and unscented: the first seconds of a radar that measures range finely 4,500 and 7; two angles along
    the horizon with 60 km of prior 940 and 22; re-entry with drag unknown by a factor of two 20,000 and 23.
    """
    squares, errors = np.empty((2, 500, 6)), np.empty((2, 500, 6))
    histories(case, 500, squares, errors)
    worst = squares.mean(axis=1).max(axis=1)
    assert worst[0] > extended
    assert worst[1] < unscented
    # Positions: never much worse, three times as near where a fine range meets coarse angles.
    rms = np.sqrt((errors[:, :, -1] ** 2).mean(axis=1))
    assert rms[1] < (0.4 if case == 0 else 1.05) * rms[0]
