"""Arcs by the thousand: several side by side, so that one instruction of the processor serves eight of them.

Falling bodies under point mass, bulge and drag in the smooth air, or without air. Each arc keeps its own time, length of
step and error; one that is over hands its place, its lane, to the next that waits. What all lanes do is written as loops
over lanes without branch or call, in one array with the lanes last (docstring of `dop853.point_in_lanes` says why).
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import FLATTENING, GM, J2, R_EQ
from entente.physics.dop853 import BEYOND, END, LANES, LENGTH, POINT, SLOPE, START, end_in_lanes, point_in_lanes
from entente.physics.forces import NO_AIR, SMOOTH_RHO0, SMOOTH_SCALE, STANDARD, free_fall
from entente.physics.integrate import FASTEST, SAFETY, SLOWEST, advance

# One number per lane, after the rows of dop853: inverse ballistic coefficient [m^2/kg], time, time of its end and length
# to try [s], by how much a step may grow, steps tried.
INV_BETA, TIME, UNTIL, TRY, GROWTH, TRIED, SIZE = range(BEYOND, BEYOND + 7 * LANES, LANES)
X, Y, Z, U, V, W = range(0, 6 * LANES, LANES)  # components in a row

FIRST = 100.0  # s  longest first step
TOP = 120e3  # m  a step from higher up ends before it comes down below: there the density is 2e-8 of that at the ground
STRIDE = 2.0 * SMOOTH_SCALE  # m  height that a step may lose in the air; 1 costs a fifth more steps, 3 as many
MOST = 100_000  # steps of one arc
LEAST_ERROR = 1e-30  # keeps the eighth root of no error finite

# exp: 1/2! to 1/13!; ln 2 in two parts, the first of 32 bits, so that its product with a whole number is exact.
C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12, C13 = (1.0 / math.factorial(n) for n in range(2, 14))
LN2_HIGH, LN2_LOW = 0x162E42FEE / 2.0**33, 1.9082149292705877e-10
OVER_LN2 = 1.4426950408889634
ROUND = 1.5 * 2.0**52  # added to a number, it leaves the nearest whole number in the lowest bits


@kernel
def exponential(x: float) -> float:
    """exp(x) without branch or call.

    Valid: -700 to 700, within 2 units in the last place; beyond these ends the value there; nan stays nan.
    Source: own. x = n ln 2 + r with |r| <= ln 2 / 2, and exp(r) = E(r^2) + r O(r^2), Taylor to r^13: rest below 1e-17.
    """
    x = -700.0 if x < -700.0 else x
    x = 700.0 if x > 700.0 else x
    shifted = np.float64(x * OVER_LN2 + ROUND)
    n = shifted - ROUND
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    q = r * r
    even = 1.0 + q * (C2 + q * (C4 + q * (C6 + q * (C8 + q * (C10 + q * C12)))))
    odd = 1.0 + q * (C3 + q * (C5 + q * (C7 + q * (C9 + q * (C11 + q * C13)))))
    power = np.int64((shifted.view(np.int64) + 1023) << 52)  # the bits of 2^n
    return (even + r * odd) * power.view(np.float64)


@kernel
def slopes(lanes: Floats, omega: float) -> None:
    """Time derivatives of the states in row POINT into row SLOPE; `forces.rates` of a falling body with one root for r.

    Args:
        lanes: see `dop853.point_in_lanes`; omega: the Earth's spin [rad/s].
    """
    for i in range(LANES):
        x, y, z = lanes[POINT + X + i], lanes[POINT + Y + i], lanes[POINT + Z + i]
        u, v, w = lanes[POINT + U + i], lanes[POINT + V + i], lanes[POINT + W + i]
        r2 = x * x + y * y + z * z
        over_r = 1.0 / math.sqrt(r2)
        over_r2 = over_r * over_r
        s2 = z * z * over_r2
        # As `gravity.gravity`.
        bulge = 1.5 * J2 * R_EQ * R_EQ * over_r2
        pull = -GM * over_r2 * over_r
        across = pull * (1.0 + bulge * (1.0 - 5.0 * s2))
        along = pull * (1.0 + bulge * (3.0 - 5.0 * s2))
        # As `earth.height_by_series`.
        sc = s2 * (1.0 - s2)
        second = FLATTENING * FLATTENING * sc * (2.0 * R_EQ * over_r - 0.5)
        third = 0.5 * FLATTENING * FLATTENING * FLATTENING * sc * (9.0 * s2 - 4.0)
        height = r2 * over_r - R_EQ * (1.0 - FLATTENING * s2 - second + third)
        wx, wy = u + omega * y, v - omega * x
        speed = math.sqrt(wx * wx + wy * wy + w * w)
        # In this order: without air, that is with no inverse of a coefficient, nothing overflows far below ground.
        slow = -0.5 * SMOOTH_RHO0 * lanes[INV_BETA + i] * speed * exponential(-height * (1.0 / SMOOTH_SCALE))
        lanes[SLOPE + X + i], lanes[SLOPE + Y + i], lanes[SLOPE + Z + i] = u, v, w
        lanes[SLOPE + U + i] = across * x + slow * wx
        lanes[SLOPE + V + i] = across * y + slow * wy
        lanes[SLOPE + W + i] = along * z + slow * w


@kernel
def begin(lanes: Floats, stride: float) -> None:
    """Lengths of the steps to make now, and row POINT at their starts.

    No step may plunge from the void through the air, for the error that it finds there says nothing about the length it
    should have had: it ends near TOP (a parabola says when), and in the air it falls no farther than `stride` [m].
    """
    for i in range(LANES):
        x, y, z = lanes[START + X + i], lanes[START + Y + i], lanes[START + Z + i]
        u, v, w = lanes[START + U + i], lanes[START + V + i], lanes[START + W + i]
        left, h = lanes[UNTIL + i] - lanes[TIME + i], lanes[TRY + i]
        r = math.sqrt(x * x + y * y + z * z)
        up = (x * u + y * v + z * w) / r
        # What pulls down is gravity less what the speed across takes of it.
        down = GM / (r * r) - (u * u + v * v + w * w - up * up) / r
        up = up if left >= 0.0 else -up
        above = r - R_EQ - TOP
        above = above if above > 0.0 else 0.0
        square = up * up + 2.0 * down * above
        fall = math.sqrt(square if square > 1.0 else 1.0)
        slower = fall - up
        wait = 2.0 * above / (slower if slower > SAFETY else SAFETY)
        limit = stride / fall
        limit = wait if wait > limit else limit
        limit = limit if square > 0.0 else math.inf
        size = abs(h) if abs(h) < limit else limit
        h = left if size >= abs(left) else (size if left >= 0.0 else -size)
        lanes[LENGTH + X + i], lanes[LENGTH + Y + i], lanes[LENGTH + Z + i] = h, h, h
        lanes[LENGTH + U + i], lanes[LENGTH + V + i], lanes[LENGTH + W + i] = h, h, h
        lanes[POINT + X + i], lanes[POINT + Y + i], lanes[POINT + Z + i] = x, y, z
        lanes[POINT + U + i], lanes[POINT + V + i], lanes[POINT + W + i] = u, v, w


@kernel
def judge(lanes: Floats, tolerance: float) -> None:
    """Take the steps whose error is small enough, and choose every lane's next length, as `integrate.next_length`.

    After a step that was refused the next one does not grow.
    """
    over_tolerance = 1.0 / tolerance
    for i in range(LANES):
        error, h, t, end = lanes[POINT + i] * over_tolerance, lanes[LENGTH + i], lanes[TIME + i], lanes[UNTIL + i]
        growth = lanes[GROWTH + i]
        good = error <= 1.0
        later = end if h == end - t else t + h
        lanes[TIME + i] = later if good else t
        root = math.sqrt(math.sqrt(math.sqrt(error if error > LEAST_ERROR else LEAST_ERROR)))
        factor = SAFETY / root
        factor = factor if factor < growth else growth
        factor = factor if factor > SLOWEST else SLOWEST
        factor = factor if error < math.inf else SLOWEST
        lanes[TRY + i] = h * factor
        lanes[GROWTH + i] = FASTEST if good else 1.0
        lanes[TRIED + i] += 1.0
        x, y, z = lanes[START + X + i], lanes[START + Y + i], lanes[START + Z + i]
        u, v, w = lanes[START + U + i], lanes[START + V + i], lanes[START + W + i]
        x1, y1, z1 = lanes[END + X + i], lanes[END + Y + i], lanes[END + Z + i]
        u1, v1, w1 = lanes[END + U + i], lanes[END + V + i], lanes[END + W + i]
        lanes[START + X + i] = x1 if good else x
        lanes[START + Y + i] = y1 if good else y
        lanes[START + Z + i] = z1 if good else z
        lanes[START + U + i] = u1 if good else u
        lanes[START + V + i] = v1 if good else v
        lanes[START + W + i] = w1 if good else w


@kernel
def _enter(lane: int, lanes: Floats, y: Floats, t_end: float, inv_beta: float) -> None:
    """Put an arc into a lane."""
    for component in range(6):
        lanes[START + component * LANES + lane] = y[component]
    lanes[INV_BETA + lane], lanes[TIME + lane], lanes[UNTIL + lane] = inv_beta, 0.0, t_end
    lanes[TRY + lane], lanes[GROWTH + lane], lanes[TRIED + lane] = min(FIRST, abs(t_end)), FASTEST, 0.0


@kernel
def _is_finite(y: Floats, t_end: float, inv_beta: float) -> bool:
    """Whether an arc can be flown at all."""
    total = abs(t_end) + abs(inv_beta)
    for component in range(6):
        total += abs(y[component])
    return total < math.inf


@kernel
def _in_lanes(
    y: Floats, t_end: Floats, inv_beta: Floats, omega: float, air: int, tolerance: float, status: Floats, most: int
) -> None:
    """Carry many falling bodies in the smooth air or without air, each in at most `most` steps; see `advance_many`."""
    lanes = np.zeros(SIZE)
    lanes[START : START + LANES] = R_EQ  # a lane without an arc stands still somewhere harmless
    bodies = np.full(LANES, -1)
    dragged = 0.0 if air == NO_AIR else 1.0
    stride = math.inf if air == NO_AIR else STRIDE
    waiting, flying = 0, 0
    while True:
        for lane in range(LANES):
            body = bodies[lane]
            if body >= 0:
                over = lanes[TIME + lane] == lanes[UNTIL + lane]
                if not over and lanes[TRIED + lane] < most:
                    continue
                for component in range(6):
                    y[body, component] = lanes[START + component * LANES + lane]
                status[body] = 0 if over else 3
                bodies[lane] = -1
                flying -= 1
            while waiting < y.shape[0] and bodies[lane] < 0:
                if _is_finite(y[waiting], t_end[waiting], inv_beta[waiting]):
                    _enter(lane, lanes, y[waiting], t_end[waiting], dragged * inv_beta[waiting])
                    bodies[lane] = waiting
                    flying += 1
                else:
                    status[waiting] = 3
                waiting += 1
        if flying == 0:
            return
        begin(lanes, stride)
        slopes(lanes, omega)
        for stage in range(1, 12):
            point_in_lanes(stage, lanes)
            slopes(lanes, omega)
        end_in_lanes(lanes)
        judge(lanes, tolerance)


@kernel
def advance_many(
    y: Floats, t_end: Floats, inv_beta: Floats, omega: float, air: int, tolerance: float, status: Floats
) -> None:
    """Carry many falling bodies from time 0 to a time each, see `integrate.advance`.

    Args:
        y: (N, 6) states, overwritten; t_end: (N,) [s]; inv_beta: (N,) inverse ballistic coefficients [m^2/kg].
        omega, air, tolerance: as for `forces.free_fall` and `integrate.advance`.
        status: (N,), written: 0, or 3 if 100,000 steps did not suffice or something given is not finite.
    Valid: as `advance`, whose ends these are within the error that the tolerance allows; the same to the last bit in
        whatever company and order. In the standard air, whose layers end steps, arcs are flown one by one.
    """
    if air != STANDARD:
        _in_lanes(y, t_end, inv_beta, omega, air, tolerance, status, MOST)
        return
    for body in range(y.shape[0]):
        status[body] = advance(0.0, y[body], t_end[body], free_fall(inv_beta[body], omega, air), tolerance)
