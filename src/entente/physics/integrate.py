"""Carry a state along one arc: the choice of the step's length, and where the arc ends.

Steps end at every discontinuity of the forces. `advance` knows those of a falling body, the edges of the air's layers;
`powered` knows all of them, `lanes` carries arcs by the thousand.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel, kernel_inlined
from entente.constants import GM, R_EQ
from entente.physics.dop853 import STAGES, lay, step, within
from entente.physics.earth import altitude, height_by_series, vertical_speed
from entente.physics.forces import (
    AIR,
    CELL,
    HIGH,
    LAYER,
    LOW,
    MACH_HIGH,
    MACH_LOW,
    STANDARD,
    enter_air,
    enter_layer,
    enter_mach,
    mach_number,
    rates,
)

FIRST = 10.0  # s  longest first step of a free fall
SAFETY, SLOWEST, FASTEST = 0.9, 0.2, 8.0  # of a step's length, from one to the next
LEAST_TREND = 0.75  # of a length foreseen; 0.5 costs 2 % more steps, 1 (no foresight) 3 to 8 %
TOP = 120e3  # m  a step from higher up ends before it comes down below: there the density is 2e-8 of that at the ground
STRIDE = 13.4e3  # m  height that a step may lose in the air: two scale heights
STRAY = 20e3  # m  beyond its layer; 18 km above the lowest one, temperature as continued is held: the forces bend there


@kernel_inlined
def next_length(h: float, error: float, growth: float) -> float:
    """The length to try next [s], after a step of length `h` with that error; a step that broke down is cut hard.

    Args:
        growth: by how much it may grow: FASTEST, or 1 right after a refusal, which would only be the next one's cause.
    Source: Hairer, Norsett, Wanner (1993), section II.4.
    """
    if error == 0.0:
        return h * growth
    if not error < math.inf:
        return h * SLOWEST
    return h * min(growth, max(SLOWEST, SAFETY * error ** (-1.0 / 8.0)))


@kernel_inlined
def foresee(length: float, before: float) -> float:
    """The length to try next [s], if the lengths that steps call for shrink as they did from the last one to this one.

    Args:
        length, before: as `next_length` chose them after the last good step and after the one before it.
    Source: Gustafsson, ACM Transactions on Mathematical Software 20 (1994), predictive control, only where it shortens.
    """
    return length * min(1.0, max(LEAST_TREND, length / before))


@kernel_inlined
def longest(y: Floats, rising: bool) -> float:
    """The longest step [s] that the air allows a body, for a fall as in `lanes.begin`.

    No step may plunge from the void through the air, for the error that it finds there says nothing about the length it
    should have had: it ends near TOP (a parabola says when), and in the air it falls no farther than STRIDE. Nor may one
    climb out of the air: below TOP it rises no farther either; else a burnout at 90 km cost 10 m far away, at any tolerance.
    """
    r2 = y[0] * y[0] + y[1] * y[1] + y[2] * y[2]
    r = math.sqrt(r2)
    up = (y[0] * y[3] + y[1] * y[4] + y[2] * y[5]) / r
    above = max(r - R_EQ - TOP, 0.0)
    if rising:
        return STRIDE / up if above == 0.0 and up > 0.0 else math.inf
    # What pulls down is gravity less what the speed across takes of it.
    down = GM / r2 - (y[3] * y[3] + y[4] * y[4] + y[5] * y[5] - up * up) / r
    square = up * up + 2.0 * down * above
    if square <= 0.0:
        return math.inf
    fall = math.sqrt(square)
    return max(2.0 * above / (fall - up + 1.0), STRIDE / fall)  # 1 m/s: never 0/0


@kernel_inlined
def strays(y: Floats, arc: Floats) -> bool:
    """Whether a step climbed so far, by STRAY, out of a layer below TOP that its error may be small by chance."""
    return arc[HIGH] < TOP and height_by_series(y[0], y[1], y[2]) > arc[HIGH] + STRAY


# What a step may run into: why `cut` shortens it.
NOTHING, TURN, LOWER, HIGHER, SLOWER, FASTER, GROUND = 0, 1, 2, 3, 4, 5, 6
CLIMB, HEIGHT, AIR_HEIGHT, MACH = 0, 1, 2, 3  # what `gap` measures


@kernel_inlined
def climb(y: Floats) -> float:
    """Rate of the height above the ellipsoid [m/s]: 0 at the apogee."""
    return vertical_speed(y[0], y[1], y[2], y[3], y[4], y[5])


@kernel_inlined
def gap(what: int, target: float, y: Floats, arc: Floats) -> float:
    """How far a state is above a value of what is watched: rate of climb, height, height in the air, Mach number."""
    if what == CLIMB:
        return climb(y)
    if what == HEIGHT:
        return altitude(y[0], y[1], y[2]) - target
    if what == AIR_HEIGHT:
        return height_by_series(y[0], y[1], y[2]) - target
    return mach_number(y, arc) - target


@kernel_inlined
def share_at(what: int, target: float, y: Floats, arc: Floats, dense: Floats, work: Floats, end: float) -> float:
    """Share of a step, 0 to `end`, at which what is watched takes a value; 0 if it is beyond it from the start.

    Args:
        y: (6,), the state at the step's start; dense: (7, 6), as `dop853.lay` wrote it; work: (6,), scratch.
    Valid: one crossing within; a height or the turn to 1e-13 of the step, an edge of the air or of the drag table, where
        forces only bend, to 1e-6 (Illinois variant of false position).
    """
    close = 1e-13 if what in (CLIMB, HEIGHT) else 1e-6
    low, high = 0.0, end
    f_low = gap(what, target, y, arc)
    within(y, dense, end, work)
    f_high = gap(what, target, work, arc)
    if (f_low > 0.0) == (f_high > 0.0):
        return 0.0
    side = 0
    for _ in range(60):
        middle = (low * f_high - high * f_low) / (f_high - f_low)
        within(y, dense, middle, work)
        f = gap(what, target, work, arc)
        if (f > 0.0) == (f_high > 0.0):
            high, f_high = middle, f
            if side == 1:
                f_low *= 0.5
            side = 1
        else:
            low, f_low = middle, f
            if side == -1:
                f_high *= 0.5
            side = -1
        if f == 0.0 or abs(high - low) < close:
            return middle
    return high


@kernel_inlined
def cut(
    t: float,
    y: Floats,
    h: float,
    rising: bool,
    floor: float,
    arc: Floats,
    k: Floats,
    work: Floats,
    out: Floats,
    dense: Floats,
) -> tuple[float, int]:
    """Where the arc ends within a step that `dop853.step` just made: at the first thing that it runs into.

    Args:
        t, y, h, arc, k, work, out: as `step` left them; dense: (7, 6), written if the step runs into something.
        rising: whether the body climbs at the step's start, which a rate of climb of 0 does not tell.
        floor: height of the ground [m]; minus infinity for none.
    Returns:
        share of the step, 1 if it runs into nothing, and what it is.
    Valid: one crossing of each kind within a step. The turn from climb to fall is looked for first, so height is
        monotone on what is left.
    """
    turns = (climb(out) >= 0.0) != rising
    if not (turns or _beyond(out, floor, arc)):
        return 1.0, NOTHING
    lay(t, y, h, arc, k, work, out, dense)
    share, what = 1.0, NOTHING
    if turns:
        share, what = share_at(CLIMB, 0.0, y, arc, dense, work, share), TURN
    for kind, measured, edge in (
        (LOWER, AIR_HEIGHT, arc[LOW]),
        (HIGHER, AIR_HEIGHT, arc[HIGH]),
        (SLOWER, MACH, arc[MACH_LOW]),
        (FASTER, MACH, arc[MACH_HIGH]),
        (GROUND, HEIGHT, floor),
    ):
        if abs(edge) < math.inf:
            within(y, dense, share, work)
            if (gap(measured, edge, work, arc) > 0.0) == (kind in (HIGHER, FASTER)):
                share, what = share_at(measured, edge, y, arc, dense, work, share), kind
    return share, what


@kernel_inlined
def _beyond(y: Floats, floor: float, arc: Floats) -> bool:
    """Whether a state has left its layer of the air, its part of the drag table, or the space above the ground."""
    height = height_by_series(y[0], y[1], y[2])
    if height < arc[LOW] or height > arc[HIGH] or (height < floor + 1.0 and altitude(y[0], y[1], y[2]) < floor):
        return True
    if arc[MACH_LOW] == -math.inf and arc[MACH_HIGH] == math.inf:
        return False
    mach = mach_number(y, arc)
    return mach < arc[MACH_LOW] or mach > arc[MACH_HIGH]


@kernel_inlined
def pass_into(what: int, rising: bool, arc: Floats, drag: Floats) -> bool:
    """Open the arc beyond what a step ran into; returns whether the body climbs there."""
    if what in (LOWER, HIGHER):
        enter_layer(arc, int(arc[LAYER]) + (1 if what == HIGHER else -1))
    elif what in (SLOWER, FASTER):
        enter_mach(arc, drag, int(arc[CELL]) + (1 if what == FASTER else -1))
    return rising != (what == TURN)


@kernel
def advance(t: float, y: Floats, t_end: float, arc: Floats, tolerance: float) -> int:
    """Carry a falling body from `t` to `t_end` [s], in place; forward or backward in time.

    Args:
        t, y: time [s] and state (6,), inertial axes; overwritten by the state at t_end.
        arc: as `forces.free_fall` makes it; in the standard air its layer follows the body.
        tolerance: of one step, relative.
    Returns:
        status: 0, or 3 if 100,000 steps did not suffice.
    Valid: no thrust; a ballistic coefficient, not a drag table; the ground does not stop it.
    """
    k, work, out, dense = np.empty((STAGES, 6)), np.empty(6), np.empty(6), np.empty((7, 6))
    layered = arc[AIR] == STANDARD
    if layered:
        enter_air(arc, height_by_series(y[0], y[1], y[2]))
    rising = climb(y) >= 0.0
    h, growth = math.copysign(min(FIRST, abs(t_end - t)), t_end - t), FASTEST
    rates(t, y, arc, k[0])
    for _ in range(100_000):
        left = t_end - t
        if left == 0.0:
            return 0
        last = abs(h) >= abs(left)
        if last:
            h = left
        error = step(t, y, h, arc, k, work, out, tolerance)
        following = next_length(h, error, growth)
        growth = FASTEST if error <= 1.0 else 1.0
        if error <= 1.0:
            share, what = 1.0, NOTHING
            if layered:
                share, what = cut(t, y, h, rising, -math.inf, arc, k, work, out, dense)
            if what == NOTHING:
                t = t_end if last else t + h
                y[:] = out
            else:
                within(y, dense, share, work)
                t += share * h
                y[:] = work
                rising = pass_into(what, rising, arc, dense)
            rates(t, y, arc, k[0])
        h = following
    return 3
