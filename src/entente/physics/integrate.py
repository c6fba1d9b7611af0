"""One step of an eighth-order Runge-Kutta method over the forces of flight, and the choice of its length.

Steps end at every discontinuity of the forces: whoever calls `advance` passes the next one as its end.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.physics.dop853 import E3, E5, A, B, C
from entente.physics.forces import rates

STAGES = 12
SAFETY, SLOWEST, FASTEST = 0.9, 0.2, 8.0  # step control of Hairer, Norsett, Wanner (1993), section II.4
POSITION_SCALE, VELOCITY_SCALE = 6.4e6, 7.0e3  # m, m/s: the tolerance is relative to these


@kernel
def step(t: float, y: Floats, h: float, arc: Floats, k: Floats, work: Floats, out: Floats, tolerance: float) -> float:
    """One step of the 8(5,3) method.

    Args:
        t, y: time [s] and state (6,) at the start; h: length [s].
        arc: the forces' parameters, see `forces`.
        k: (12, 6) and work: (6,), scratch.
        out: (6,), the state at t + h, written.
        tolerance: of one step, relative to an Earth radius and an orbital speed.
    Returns:
        the estimated error over the tolerance; the step is good if it is at most 1.
    Source: Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I (1993), DOP853.
    """
    for s in range(STAGES):
        for i in range(6):
            total = 0.0
            for j in range(s):
                total += A[s, j] * k[j, i]
            work[i] = y[i] + h * total
        rates(t + C[s] * h, work, arc, k[s])
    third, fifth = 0.0, 0.0
    for i in range(6):
        move, e3, e5 = 0.0, 0.0, 0.0
        for s in range(STAGES):
            move += B[s] * k[s, i]
            e3 += E3[s] * k[s, i]
            e5 += E5[s] * k[s, i]
        out[i] = y[i] + h * move
        scale = tolerance * (POSITION_SCALE if i < 3 else VELOCITY_SCALE)
        third += (e3 / scale) ** 2
        fifth += (e5 / scale) ** 2
    if fifth == 0.0:
        return 0.0
    return abs(h) * fifth / math.sqrt(6.0 * (fifth + 0.01 * third))


@kernel
def next_length(h: float, error: float) -> float:
    """The length to try next [s], after a step of length `h` with that error."""
    if error == 0.0:
        return h * FASTEST
    return h * min(FASTEST, max(SLOWEST, SAFETY * error ** (-1.0 / 8.0)))


@kernel
def advance(t: float, y: Floats, t_end: float, arc: Floats, tolerance: float) -> int:
    """Carry a state from `t` to `t_end` [s], in place; forward or backward in time.

    Args:
        t, y: time [s] and state (6,), overwritten by the state at t_end.
        arc: the forces' parameters; no discontinuity may lie between t and t_end.
        tolerance: of one step, relative; 1e-9 keeps a ballistic arc within a metre.
    Returns:
        status: 0, or 3 if 100,000 steps did not suffice.
    """
    k, work, out = np.empty((STAGES, 6)), np.empty(6), np.empty(6)
    h = math.copysign(min(1.0, abs(t_end - t)), t_end - t)
    for _ in range(100_000):
        left = t_end - t
        if left == 0.0:
            return 0
        last = abs(h) >= abs(left)
        if last:
            h = left
        error = step(t, y, h, arc, k, work, out, tolerance)
        if error <= 1.0:
            t = t_end if last else t + h
            y[:] = out
        h = next_length(h, error)
    return 3
