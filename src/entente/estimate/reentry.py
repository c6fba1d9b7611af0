"""Through the air: the extended filter for a body whose drag is not known but learned, state [r, v, ln beta].

Above the air it is the ballistic filter with a seventh number that waits; below, drag, its derivatives and the seventh
number's correlations come in. beta is the ballistic coefficient [kg/m^2], its logarithm a Gaussian: a beta is positive.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import ECC2, OMEGA, R_POLE
from entente.estimate.kalman import INSIDE, SUBSTEP, add_noise, gradient, transition
from entente.estimate.passage import TOP as AIR_TOP
from entente.estimate.predict import (
    AIR_STEP,
    AIR_STRIDE,
    BRAKED,
    COARSE,
    DENSE_TOP,
    SCALE_HEIGHT,
    SEA_DENSITY,
    THIN,
    height,
    state_at,
    step,
)
from entente.physics.atmosphere import density_and_slope
from entente.physics.gravity import ecef_acceleration

LIGHT, HEAVY = math.log(1.0), math.log(1e9)  # ln of the ballistic coefficients [kg/m^2] for which steps are chosen well
MOST = 10_000  # steps in one prediction; a minute through the densest air takes a hundred
# m^2/s^3  least noise in the air, where q is not 0: without it the filter takes ln beta's linear share for the whole and its
# NEES at 15 km is 300 instead of 7, after looks every 2 s; with it 5 (tests/honesty)
AIR_NOISE = 1.0
_SHARE = np.array([0.0, 0.5, 0.5, 1.0])  # where in the step the four Runge-Kutta slopes are taken


@kernel
def predict_falling(x: Floats, P: Floats, dt: float, q: float, walk: float, x_out: Floats, P_out: Floats) -> int:
    """Carry a falling state forward, with its covariance, through air or above it.

    Args:
        x: [r, v, ln beta] Earth-fixed [m, m/s, 1], (7,); P: its covariance, (7, 7).
        dt: time [s]; negative only with q = walk = 0.
        q: spectral density of the white acceleration that stands for what the model lacks [m^2/s^3]; in the air
            no less than AIR_NOISE, unless it is 0.
        walk: what the variance of ln beta grows by in each second in the air [1/s].
        x_out: (7,); P_out: (7, 7); both may be the inputs.
    Returns:
        status: 1 where MOST steps did not do, 2 where the body ends deep inside the Earth or beta is outside LIGHT to
        HEAVY, 4 for a time or a density that is not allowed.
    Valid: drag below AIR_TOP, in the standard air at rest, constant coefficient; thrust none. Below the ground the air of
        the ground goes on. Exact derivatives of the Runge-Kutta steps taken, which are those of `predict`.
    Source: Bar-Shalom, Li & Kirubarajan (2001), section 10.3; Farina, Ristic & Benvenuti, Tracking a ballistic target:
        comparison of several nonlinear filters, IEEE Trans. AES 38 (2002), for beta as a part of the state.
    """
    if not (q >= 0.0 and walk >= 0.0 and (dt >= 0.0 or q + walk == 0.0) and abs(dt) < math.inf):
        return 4
    if stays_above(x, dt):
        return _above(x, P, dt, q, x_out, P_out)
    if not (LIGHT <= x[6] <= HEAVY):
        return 2
    F = np.empty((6, 7))
    for i in range(7):
        x_out[i] = x[i]
        for j in range(7):
            P_out[i, j] = P[i, j]
    left, sign = abs(dt), 1.0 if dt >= 0.0 else -1.0
    for _ in range(MOST):
        if not left > 0.0:
            return _ending(x_out)
        longest, in_air = stride(x_out, sign)
        h = min(longest, left)
        left -= h
        if in_air:
            air_step(x_out, sign * h, x_out, F)
            _spread(F, P_out)
            add_noise(max(q, AIR_NOISE) if q > 0.0 else 0.0, sign * h, P_out)
            P_out[6, 6] += walk * h
        else:
            _above(x_out, P_out, sign * h, q, x_out, P_out)
    return 1


@kernel
def falling_transition(x: Floats, dt: float, x_out: Floats, F_out: Floats) -> int:
    """A falling state after `dt` [s] of either sign, and the derivative of it by the state now.

    Args:
        x: [r, v, ln beta] Earth-fixed [m, m/s, 1], (7,).
        x_out: (7,), may be `x`; F_out: (7, 7).
    Returns:
        status, valid, source: as `predict_falling`.
    """
    if not abs(dt) < math.inf:
        return 4
    now, one, column = np.empty((6, 7)), np.empty((6, 6)), np.empty(6)
    for i in range(7):
        x_out[i] = x[i]
        for j in range(7):
            F_out[i, j] = 1.0 if i == j else 0.0
    above = stays_above(x, dt)
    if not (above or LIGHT <= x[6] <= HEAVY):
        return 2
    left, sign = abs(dt), 1.0 if dt >= 0.0 else -1.0
    for _ in range(MOST):
        if not left > 0.0:
            return _ending(x_out)
        longest, in_air = (left, False) if above else stride(x_out, sign)
        h = min(longest, left)
        left -= h
        if in_air:
            air_step(x_out, sign * h, x_out, now)
        else:
            transition(x_out, sign * h, x_out, one)
            for i in range(6):
                for j in range(7):
                    now[i, j] = one[i, j] if j < 6 else 0.0
        for j in range(7):
            for i in range(6):
                s = 0.0
                for k in range(7):
                    s += now[i, k] * F_out[k, j]
                column[i] = s
            for i in range(6):
                F_out[i, j] = column[i]
    return 1


@kernel
def falling_at(x: Floats, dt: float, x_out: Floats) -> int:
    """The state of `falling_transition` alone, to rounding; x_out (7,) may be `x`. Returns the status."""
    for i in range(7):
        x_out[i] = x[i]
    if not abs(dt) < math.inf:
        return 4
    if stays_above(x, dt):
        state_at(x, dt, x_out)
        return _ending(x_out)
    if not (LIGHT <= x[6] <= HEAVY):
        return 2
    left, sign, k = abs(dt), 1.0 if dt >= 0.0 else -1.0, 0.5 * math.exp(-x[6])
    for _ in range(MOST):
        if not left > 0.0:
            return _ending(x_out)
        longest, in_air = stride(x_out, sign)
        h = min(longest, left)
        left -= h
        step(x_out, sign * h, k if in_air else 0.0, x_out)
    return 1


@kernel
def stays_above(x: Floats, dt: float) -> bool:
    """Whether a falling state keeps above the air for `dt` [s] of either sign: a parabola that falls at least as fast does.

    Valid: to 25 m a second, by which the Earth's flattening may lower a height that the parabola does not know of.
    """
    high = height(x) - AIR_TOP
    r = math.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    up = (x[0] * x[3] + x[1] * x[4] + x[2] * x[5]) / r
    return high > 0.0 and high + dt * (up - 4.9 * dt) > 0.0


@kernel
def stride(x: Floats, sign: float) -> tuple[float, bool]:
    """How long the next step of a falling state may be [s], and whether it lies in the air; `sign`: of the time's run.

    In the air as `predict` steps the sigma points of an area, above it at most SUBSTEP, ending near the edge of the air.
    """
    alt = height(x)
    r = math.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    up = (x[0] * x[3] + x[1] * x[4] + x[2] * x[5]) / r
    if alt >= AIR_TOP:
        sinking = -sign * up
        # Gravity makes it arrive a little deeper, where air is still thin.
        return (min(SUBSTEP, (alt - AIR_TOP) / sinking + 0.1) if sinking > 0.0 else SUBSTEP), False
    speed = math.sqrt(x[3] * x[3] + x[4] * x[4] + x[5] * x[5])
    longer = COARSE * (THIN if alt > DENSE_TOP else 1.0)
    brake = 0.5 * math.exp(-x[6]) * SEA_DENSITY * math.exp(-max(alt, 0.0) / SCALE_HEIGHT) * speed
    h = min(COARSE * AIR_STEP, longer * AIR_STRIDE / max(abs(up), 1.0))
    return min(h, COARSE * BRAKED / (brake + 1e-9)), True


@kernel
def air_step(x: Floats, h: float, x_out: Floats, F_out: Floats) -> None:
    """One classical Runge-Kutta step of a fall through air, and its derivative by the state.

    Args:
        x: [r, v, ln beta] Earth-fixed, (7,); h: time [s], of either sign.
        x_out: (7,), may be `x`; F_out: (6, 7), the rows of position and velocity; ln beta stays.
    """
    slope, d, turned = np.empty((4, 6)), np.empty(7), np.empty((4, 6))
    by_r, by_v, by_b = np.empty((4, 3, 3)), np.empty((4, 3, 3)), np.empty((4, 3))
    d[6] = x[6]
    for s in range(4):
        w = h * _SHARE[s]
        for i in range(6):
            d[i] = x[i] + (w * slope[s - 1, i] if s > 0 else 0.0)
        _rates(d, slope[s], by_r[s], by_v[s], by_b[s])
    for c in range(7):
        b = 1.0 if c == 6 else 0.0
        for s in range(4):
            w = h * _SHARE[s]
            for i in range(6):
                d[i] = (1.0 if i == c else 0.0) + (w * turned[s - 1, i] if s > 0 else 0.0)
            for i in range(3):
                turned[s, i] = d[i + 3]
                turned[s, i + 3] = (
                    (by_r[s, i, 0] * d[0] + by_r[s, i, 1] * d[1] + by_r[s, i, 2] * d[2])
                    + (by_v[s, i, 0] * d[3] + by_v[s, i, 1] * d[4] + by_v[s, i, 2] * d[5])
                    + by_b[s, i] * b
                )
        for i in range(6):
            moved = turned[0, i] + 2.0 * (turned[1, i] + turned[2, i]) + turned[3, i]
            F_out[i, c] = (1.0 if i == c else 0.0) + h / 6.0 * moved
    for i in range(6):
        x_out[i] = x[i] + h / 6.0 * (slope[0, i] + 2.0 * (slope[1, i] + slope[2, i]) + slope[3, i])
    x_out[6] = x[6]


@kernel
def _rates(x: Floats, out: Floats, by_r: Floats, by_v: Floats, by_b: Floats) -> None:
    """Rates of position and velocity (6,) in the air; of the latter the derivatives by r (3, 3), v (3, 3), ln beta (3,)."""
    p2 = x[0] * x[0] + x[1] * x[1]
    r2 = p2 + x[2] * x[2]
    flat2 = 1.0 - ECC2 * p2 / r2
    surface = R_POLE / math.sqrt(flat2)
    alt = math.sqrt(r2) - surface
    dense, thins = density_and_slope(max(alt, 0.0))
    if alt < 0.0:
        thins = 0.0
    speed = math.sqrt(x[3] * x[3] + x[4] * x[4] + x[5] * x[5])
    brake = 0.5 * math.exp(-x[6]) * dense
    ax, ay, az = ecef_acceleration(x[0], x[1], x[2], x[3], x[4], x[5])
    out[0], out[1], out[2] = x[3], x[4], x[5]
    out[3], out[4], out[5] = ax - brake * speed * x[3], ay - brake * speed * x[4], az - brake * speed * x[5]
    gradient(x[0], x[1], x[2], by_r)
    # The slope of `predict.height`: outward, and toward the equator as the surface swells.
    swell = surface * ECC2 * x[2] / (flat2 * r2 * r2)
    per_r = 1.0 / math.sqrt(r2)
    for j in range(3):
        outward = x[j] * per_r - swell * (x[2] * x[j] if j < 2 else -p2)
        along = x[j + 3] / speed if speed > 0.0 else 0.0
        for i in range(3):
            by_r[i, j] -= brake * speed * x[i + 3] * thins * outward
            by_v[i, j] = -brake * (x[i + 3] * along + (speed if i == j else 0.0))
        by_b[j] = brake * speed * x[j + 3]
    by_v[0, 1] += 2.0 * OMEGA
    by_v[1, 0] -= 2.0 * OMEGA


@kernel
def _above(x: Floats, P: Floats, dt: float, q: float, x_out: Floats, P_out: Floats) -> int:
    """`predict_falling` above the air: six numbers fall, the seventh keeps its variance and turns its covariances."""
    F, half = np.empty((6, 6)), np.empty((6, 7))
    x_out[6] = x[6]
    status = transition(x, dt, x_out, F)
    for i in range(6):
        for j in range(7):
            s = 0.0
            for k in range(6):
                s += F[i, k] * P[k, j]
            half[i, j] = s
    P_out[6, 6] = P[6, 6]
    for i in range(6):
        for j in range(i + 1):
            s = 0.0
            for k in range(6):
                s += half[i, k] * F[j, k]
            P_out[i, j] = s
            P_out[j, i] = s
        P_out[i, 6] = half[i, 6]
        P_out[6, i] = half[i, 6]
    add_noise(q, dt, P_out)
    return status


@kernel
def _spread(F: Floats, P: Floats) -> None:
    """Move a covariance (7, 7) in place by a step (6, 7) that leaves the seventh number alone; exactly symmetric."""
    half = np.empty((6, 7))
    for i in range(6):
        for j in range(7):
            s = 0.0
            for k in range(7):
                s += F[i, k] * P[k, j]
            half[i, j] = s
    for i in range(6):
        for j in range(i + 1):
            s = 0.0
            for k in range(7):
                s += half[i, k] * F[j, k]
            P[i, j] = s
            P[j, i] = s
        P[i, 6] = half[i, 6]
        P[6, i] = half[i, 6]


@kernel
def _ending(x: Floats) -> int:
    """Status of a state: 2 deep inside the Earth."""
    return 0 if x[0] * x[0] + x[1] * x[1] + x[2] * x[2] > INSIDE * INSIDE else 2
