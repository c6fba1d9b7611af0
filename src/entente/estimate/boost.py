"""A burning body: thrust along the motion, growing as mass burns, state [r, v, ln a].

a is the acceleration along the velocity over the ground that thrust leaves after drag [m/s^2]. A body that turns by gravity
alone and burns evenly has da/dt = a^2 / w, w being the speed of its exhaust, until it is as hard as bodies stand.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import OMEGA
from entente.estimate.factor import sandwich
from entente.estimate.kalman import add_noise, gradient
from entente.physics.gravity import ecef_acceleration

SUBSTEP = 5.0  # s  longest Runge-Kutta step
HARDEST = 200.0  # m/s^2  assumed; where thrust stops growing, about 20 g
SLOWEST = 1.0  # m/s  below which a velocity has no direction to speak of
_SHARE = np.array([0.0, 0.5, 0.5, 1.0])  # where in the step the four Runge-Kutta slopes are taken


@kernel
def predict_boost(
    x: Floats, P: Floats, dt: float, q: float, walk: float, exhaust: float, x_out: Floats, P_out: Floats
) -> int:
    """Carry a burning state forward, with its covariance.

    Args:
        x: [r, v, ln a] Earth-fixed [m, m/s, ln m/s^2], (7,); P: its covariance, (7, 7).
        dt: time [s], not negative.
        q: spectral density of the white acceleration that stands for steering and thrust off the velocity [m^2/s^3].
        walk: what the variance of ln a grows by in each second, for other exhaust speeds and stages [1/s].
        exhaust: speed of the exhaust [m/s]; 2,000 to 3,000 for chemical engines.
        x_out: (7,); P_out: (7, 7); both may be the inputs.
    Returns:
        status: 2 where the body stands still or a is beyond HARDEST, 4 for a time, density or speed that is not allowed.
    Valid: while it burns and thrust points along the motion; stages that fall off halve a or double it within a step.
    Source: Li & Jilkov, Survey of maneuvering target tracking, part II: ballistic target models, SPIE 4473 (2001),
        section 4 (gravity turn with growing thrust acceleration).
    """
    if not (q >= 0.0 and walk >= 0.0 and dt >= 0.0 and dt < math.inf and exhaust > 0.0):
        return 4
    F = np.empty((7, 7))
    for i in range(7):
        x_out[i] = x[i]
        for j in range(7):
            P_out[i, j] = P[i, j]
    steps = max(1, math.ceil(dt / SUBSTEP))
    h = dt / steps
    for _ in range(steps):
        if not _is_burning(x_out):
            return 2
        boost_step(x_out, h, exhaust, x_out, F)
        sandwich(F, P_out, P_out)
        add_noise(q, h, P_out)
        P_out[6, 6] += walk * h
    return 0


@kernel
def boosting_at(x: Floats, dt: float, exhaust: float, x_out: Floats) -> int:
    """The state of `predict_boost` alone; x_out (7,) may be `x`. Returns the status."""
    spare = np.empty((7, 7))
    if not (abs(dt) < math.inf and exhaust > 0.0):
        return 4
    steps = max(1, math.ceil(abs(dt) / SUBSTEP))
    for i in range(7):
        x_out[i] = x[i]
    for _ in range(steps):
        if not _is_burning(x_out):
            return 2
        boost_step(x_out, dt / steps, exhaust, x_out, spare)
    return 0


@kernel
def boost_step(x: Floats, h: float, exhaust: float, x_out: Floats, F_out: Floats) -> None:
    """One classical Runge-Kutta step of a burning body, and its derivative by the state.

    Args:
        x: [r, v, ln a], (7,); h: time [s]; exhaust: see `predict_boost`.
        x_out: (7,), may be `x`; F_out: (7, 7).
    """
    slope, d, turned = np.empty((4, 7)), np.empty(7), np.empty((4, 7))
    by_r, by_v, by_l = np.empty((4, 3, 3)), np.empty((4, 3, 3)), np.empty((4, 4))
    for s in range(4):
        w = h * _SHARE[s]
        for i in range(7):
            d[i] = x[i] + (w * slope[s - 1, i] if s > 0 else 0.0)
        _rates(d, exhaust, slope[s], by_r[s], by_v[s], by_l[s])
    for c in range(7):
        for s in range(4):
            w = h * _SHARE[s]
            for i in range(7):
                d[i] = (1.0 if i == c else 0.0) + (w * turned[s - 1, i] if s > 0 else 0.0)
            for i in range(3):
                turned[s, i] = d[i + 3]
                turned[s, i + 3] = (
                    (by_r[s, i, 0] * d[0] + by_r[s, i, 1] * d[1] + by_r[s, i, 2] * d[2])
                    + (by_v[s, i, 0] * d[3] + by_v[s, i, 1] * d[4] + by_v[s, i, 2] * d[5])
                    + by_l[s, i] * d[6]
                )
            turned[s, 6] = by_l[s, 3] * d[6]
        for i in range(7):
            moved = turned[0, i] + 2.0 * (turned[1, i] + turned[2, i]) + turned[3, i]
            F_out[i, c] = (1.0 if i == c else 0.0) + h / 6.0 * moved
    for i in range(7):
        x_out[i] = x[i] + h / 6.0 * (slope[0, i] + 2.0 * (slope[1, i] + slope[2, i]) + slope[3, i])


@kernel
def _rates(x: Floats, exhaust: float, out: Floats, by_r: Floats, by_v: Floats, by_l: Floats) -> None:
    """Rates of the state (7,); derivatives of acceleration by r, v (3, 3); of it and of ln a's rate by ln a (4,)."""
    ax, ay, az = ecef_acceleration(x[0], x[1], x[2], x[3], x[4], x[5])
    speed = math.sqrt(x[3] * x[3] + x[4] * x[4] + x[5] * x[5])
    a = math.exp(x[6])
    gradient(x[0], x[1], x[2], by_r)
    out[0], out[1], out[2], out[3], out[4], out[5] = x[3], x[4], x[5], ax, ay, az
    for i in range(3):
        along = x[i + 3] / speed
        out[i + 3] += a * along
        by_l[i] = a * along
        for j in range(3):
            by_v[i, j] = a / speed * ((1.0 if i == j else 0.0) - along * x[j + 3] / speed)
    by_v[0, 1] += 2.0 * OMEGA
    by_v[1, 0] -= 2.0 * OMEGA
    # Growth fades out at HARDEST, smoothly: da/dt = a^2 / w alone would be infinite within a minute.
    out[6] = a / exhaust * (1.0 - a / HARDEST)
    by_l[3] = a / exhaust * (1.0 - 2.0 * a / HARDEST)


@kernel
def _is_burning(x: Floats) -> bool:
    return x[3] * x[3] + x[4] * x[4] + x[5] * x[5] > SLOWEST * SLOWEST and x[6] < math.log(HARDEST)
