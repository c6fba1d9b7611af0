"""What a tracker does with a body that surely comes down through the air: one filter that learns drag, in the modes' place.

Above the air, and while a body rises, the two modes of `modes` are followed. Once a track sinks, beyond three standard
deviations, and reaches the air, their mixture becomes the first six numbers of `reentry`'s filter, whose seventh, the
logarithm of the ballistic coefficient, starts from what is known of all classes together. Both modes then repeat it, so that
gates, weights and repeats need not know. Nothing that falls burns again.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import R_EQ
from entente.estimate.kalman import angles_measure, radar_measure, update
from entente.estimate.passage import TOP as AIR_TOP
from entente.estimate.reentry import predict_falling, stays_above

# Mean and standard deviation of ln of the ballistic coefficient [kg/m^2], all classes alike: 5,500, a third to three times that.
DRAG_LN = np.array([8.6, 1.1])
WALK = 1e-4  # 1/s  what the variance of ln beta grows by: the coefficient changes with speed and attitude
# m^2/s^3  allowed for what the linear share of an unknown drag misses: with looks every 2 to 10 s every class, from a sounding
# rocket to a missile that falls whole, stays inside its gate (tests/laws); a thirtieth of it loses sounding rockets.
SHAKEN = 30.0
SURELY = 3.0  # standard deviations of the upward speed
FASTEST = 12_000.0  # m/s  no body falls faster, for a first look at heights


@kernel
def comes_down(x: Floats, P: Floats, dt: float) -> bool:
    """Whether a body (6,) with covariance (6, 6) surely sinks, and is in the air within `dt` [s]."""
    r = math.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    if r > R_EQ + AIR_TOP + FASTEST * dt or stays_above(x, dt):
        return False
    up, variance = 0.0, 0.0
    for i in range(3):
        up += x[i] * x[i + 3] / r
        for j in range(3):
            variance += x[i] * P[i + 3, j + 3] * x[j] / (r * r)
    return up + SURELY * math.sqrt(max(variance, 0.0)) < 0.0


@kernel
def with_drag(x: Floats, P: Floats, x_out: Floats, P_out: Floats) -> None:
    """A state (6,) with covariance (6, 6) as one of seven numbers, of whose drag only DRAG_LN is known; one of seven as it is.

    Args:
        x_out: (7,); P_out: (7, 7).
    """
    n = x.shape[0]
    for i in range(7):
        x_out[i] = x[i] if i < n else DRAG_LN[0]
        for j in range(7):
            P_out[i, j] = P[i, j] if i < n and j < n else 0.0
    if n < 7:
        P_out[6, 6] = DRAG_LN[1] ** 2


@kernel
def predict_descent(x: Floats, P: Floats, dt: float, x_out: Floats, P_out: Floats) -> int:
    """`reentry.predict_falling` with the tracker's own noises; x (7,), P (7, 7). Returns its status."""
    return predict_falling(x, P, dt, SHAKEN, WALK, x_out, P_out)


@kernel
def update_descent(
    x: Floats,
    P: Floats,
    z: Floats,
    variance: Floats,
    site_r: Floats,
    enu: Floats,
    x_out: Floats,
    P_out: Floats,
) -> tuple[float, float]:
    """`modes.update_modes` for one filter of seven numbers: x (7,), P (7, 7), x_out and P_out not to be those.

    Returns:
        normalised innovation squared, logarithm of the likelihood; both nan where no detection can be predicted.
    Source: Bar-Shalom, Li & Kirubarajan (2001), section 10.3, of the step; when one filter takes over from two is own.
    """
    m = z.shape[0]
    z_pred, H = np.empty(m), np.empty((m, 7))
    if m == 3:
        status = radar_measure(x, site_r, enu, z_pred, H)
    else:
        status = angles_measure(x, site_r, enu, z_pred, H)
    if status != 0:
        return math.nan, math.nan
    return update(x, P, z, z_pred, H, variance, m - 2, x_out, P_out)


@kernel
def repeat_in_modes(x: Floats, P: Floats, x_out: Floats, P_out: Floats, p_out: Floats) -> None:
    """Both modes (2, 6), (2, 6, 6) as the first six of seven numbers, and no chance that it burns, (2,)."""
    for mode in range(2):
        for i in range(6):
            x_out[mode, i] = x[i]
            for j in range(6):
                P_out[mode, i, j] = P[i, j]
    p_out[0], p_out[1] = 0.0, 1.0
