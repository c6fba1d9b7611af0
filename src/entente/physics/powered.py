"""From lift-off to impact: stages, separation, coast and re-entry, with every event exactly located.

A flight is cut where its forces jump (lift-off, turn, burnouts); between the cuts the integrator runs freely. Events
(100 km up, apogee, 100 km down, impact) are found by repeating the step that crossed them with a shorter length.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import G0
from entente.physics import forces
from entente.physics.earth import altitude, ecef_from_geodetic, enu_axes, spin
from entente.physics.forces import rates
from entente.physics.integrate import STAGES, next_length, step

EDGE = 100_000.0  # m  the altitude of the two "100 km" events
STRIDE = 60.0  # s  longest step from which rows are interpolated: exact to 1e-4 m above the air
LONGEST = 86_400.0  # s  a flight that has not come down by then is stopped with status 3

# Columns of a stage table, one row a stage.
FUELLED, DRY, ISP, BURN, STAGE_AREA, STAGE_LOSS = 0, 1, 2, 3, 4, 5

# Positions in the vector of events; times [s] since lift-off, nan where it did not happen.
BURNOUT, UP_100, APOGEE, DOWN_100, IMPACT, APOGEE_ALT, BURNOUT_SPEED, BURNOUT_ALT, BURNOUT_ANGLE = (
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
)
IMPACT_STATE = 9  # and the five after it: inertial state at impact
EVENTS = 15


@kernel
def height_and_climb(y: Floats) -> tuple[float, float]:
    """Height above the ellipsoid [m] and r.v [m^2/s], whose sign tells climbing from falling."""
    return altitude(y[0], y[1], y[2]), y[0] * y[3] + y[1] * y[4] + y[2] * y[5]


@kernel
def locate(
    t: float, y: Floats, h: float, arc: Floats, k: Floats, work: Floats, out: Floats, target: float, climbing: bool
) -> float:
    """Length of the part of a step [s] after which a height is reached, or (target nan) the climb ends.

    Args:
        t, y, h: the step that crosses the event.
        arc, k, work: as for `step`; out: (6,), the state at the event, written.
        target: height [m]; nan for the apogee.
        climbing: whether the crossing is upward (ignored for the apogee).
    Valid: one crossing within the step; to 1e-9 of the step's length (Illinois variant of false position).
    """
    apogee = math.isnan(target)
    low, high = 0.0, h
    height, climb = height_and_climb(y)
    f_low = climb if apogee else height - target
    step(t, y, h, arc, k, work, out, 1.0)
    height, climb = height_and_climb(out)
    f_high = climb if apogee else height - target
    side = 0
    for _ in range(60):
        if f_high == f_low:
            break
        mid = (low * f_high - high * f_low) / (f_high - f_low)
        step(t, y, mid, arc, k, work, out, 1.0)
        height, climb = height_and_climb(out)
        f = climb if apogee else height - target
        if abs(f) < 1e-6 or abs(high - low) < 1e-9 * h:
            return mid
        if (f > 0.0) == (f_high > 0.0):
            high, f_high = mid, f
            if side == 1:
                f_low *= 0.5
            side = 1
        else:
            low, f_low = mid, f
            if side == -1:
                f_high *= 0.5
            side = -1
    return high


@kernel
def fly(
    lat: float,
    lon: float,
    azimuth: float,
    final_pitch: float,
    stages: Floats,
    payload: float,
    separates: bool,
    beta: float,
    turn_start: float,
    turn_end: float,
    omega: float,
    tolerance: float,
    every: float,
    path: Floats,
    events: Floats,
) -> tuple[int, int]:
    """One flight from lift-off to impact.

    Args:
        lat, lon, azimuth: launch point and direction [rad]; Earth-fixed at lift-off, which is time 0.
        final_pitch: what the turn ends at and the rest of the burn holds [rad above the launch horizontal].
        stages: (S, 6) table: fuelled, dry mass [kg], vacuum specific impulse [s], burn [s], area [m^2], sea-level loss.
        payload: mass on top of the last stage [kg].
        separates: whether the payload flies on alone after the last burnout, with `beta` [kg/m^2]; else the empty last
            stage stays on, with its area and the drag table.
        turn_start, turn_end: the turn of the pitch programme [s since lift-off].
        omega: the Earth's spin [rad/s]; 0 turns rotation off.
        tolerance: of one step, see `integrate.step`.
        every: spacing of the rows of `path` [s]; 0 for none.
        path: (M, 8) time, inertial position and velocity, phase; written. Inertial axes: Earth-fixed ones at lift-off.
        events: (EVENTS,), written.
    Returns:
        status (0 ok, 2 never lifts off, 3 did not come down or `path` too short), rows written.
    Valid: a point mass; see `forces`. Burnouts end steps, so a rate of burning that changes within a stage is not modelled.
    Source: own; the programme is the generic one of Forden, Science & Global Security 15 (2007), figure 3.
    """
    events[:] = math.nan
    arc = np.zeros(forces.SIZE)
    axes = np.empty((3, 3))
    enu_axes(lat, lon, axes)
    y, out, work, k = np.empty(6), np.empty(6), np.empty(6), np.empty((STAGES, 6))
    y[0], y[1], y[2] = ecef_from_geodetic(lat, lon, 0.0)
    y[3], y[4], y[5] = -omega * y[1], omega * y[0], 0.0
    for i in range(3):
        arc[forces.UP + i] = axes[2, i]
        arc[forces.DOWNRANGE + i] = math.sin(azimuth) * axes[0, i] + math.cos(azimuth) * axes[1, i]
    arc[forces.SPIN] = omega
    arc[forces.TURN_START], arc[forces.TURN_END], arc[forces.FINAL_PITCH] = turn_start, turn_end, final_pitch

    count = stages.shape[0]
    above = payload
    for s in range(count):
        above += stages[s, FUELLED]
    flow = (stages[0, FUELLED] - stages[0, DRY]) / stages[0, BURN]
    if flow * stages[0, ISP] * G0 * (1.0 - stages[0, STAGE_LOSS]) <= above * G0:
        return 2, 0

    rows = int(np.int64(0))  # typed: a bare 0 is a type of its own to the compiler, and `_note` would compile twice
    if every > 0.0:
        rows = _note(path, rows, 0.0, y, 1.0)
    t, ignition, stage, highest = 0.0, 0.0, -1, 0.0
    cut, h = 0.0, 0.1
    while t < LONGEST:
        if t == cut:  # the forces jump here
            if stage < count and t == ignition:
                stage += 1
                if stage < count:
                    _light(arc, stages[stage], t, above)
                    above -= stages[stage, FUELLED]
                    ignition = t + stages[stage, BURN]
                else:
                    _burn_out(arc, events, t, y, stages[count - 1], payload, separates, beta, omega)
                    ignition = math.inf
            cut = ignition
            for jump in (turn_start, turn_end):
                if t < jump < cut:
                    cut = jump
            h = min(h, 1.0)
        limit = cut
        # Rows end steps where forces change fast; a coast above the air is smooth, so rows are laid into its steps.
        coasts = stage == count and height_and_climb(y)[0] > EDGE
        if every > 0.0:
            limit = min(limit, t + STRIDE) if coasts else min(limit, (math.floor(t / every + 1e-9) + 1.0) * every)
        h = min(h, limit - t)
        error = step(t, y, h, arc, k, work, out, tolerance)
        if error > 1.0:
            h = next_length(h, error)
            continue
        before, climb_before = height_and_climb(y)
        after, climb_after = height_and_climb(out)
        if before < EDGE <= after and math.isnan(events[UP_100]):
            events[UP_100] = t + locate(t, y, h, arc, k, work, out, EDGE, True)
            step(t, y, h, arc, k, work, out, tolerance)
        if climb_before > 0.0 >= climb_after and stage == count:
            events[APOGEE] = t + locate(t, y, h, arc, k, work, out, math.nan, False)
            events[APOGEE_ALT] = height_and_climb(out)[0]
            step(t, y, h, arc, k, work, out, tolerance)
        if before >= EDGE > after:
            events[DOWN_100] = t + locate(t, y, h, arc, k, work, out, EDGE, False)
            step(t, y, h, arc, k, work, out, tolerance)
        if after < 0.0 and t > 1.0:
            t += locate(t, y, h, arc, k, work, out, 0.0, False)
            events[IMPACT] = t
            for i in range(6):
                events[IMPACT_STATE + i] = out[i]
            if math.isnan(events[APOGEE]):
                events[APOGEE_ALT] = highest
            if every > 0.0:
                if rows >= path.shape[0]:
                    return 3, rows
                rows = _note(path, rows, t, out, 3.0)
            return 0, rows
        begun = t
        t = limit if limit - t - h <= 1e-9 * h else t + h
        if every > 0.0 and coasts:
            rates(t, out, arc, work)
            rows = _lay(path, rows, begun, y, k[0], t, out, work, every)
            if rows < 0:
                return 3, path.shape[0]
        y[:] = out
        highest = max(highest, after)
        if every > 0.0 and not coasts and abs(t / every - round(t / every)) < 1e-9:
            if rows >= path.shape[0]:
                return 3, rows
            # A row's phase holds from its moment on: at burnout the body already coasts.
            burns = stage < count - 1 or (stage == count - 1 and t < ignition)
            phase = 1.0 if burns else (2.0 if after >= EDGE or climb_after > 0.0 else 3.0)
            rows = _note(path, rows, t, y, phase)
        h = next_length(h, error)
    return 3, rows


@kernel
def _note(path: Floats, row: int, t: float, y: Floats, phase: float) -> int:
    path[row, 0] = t
    for i in range(6):
        path[row, 1 + i] = y[i]
    path[row, 7] = phase
    return row + 1


@kernel
def _lay(
    path: Floats, rows: int, t0: float, y0: Floats, f0: Floats, t1: float, y1: Floats, f1: Floats, every: float
) -> int:
    """Write the rows after t0, up to t1, by the quintic with position, velocity and acceleration of both ends.

    Args:
        y0, f0, y1, f1: state and its derivative at both ends, (6,).
    Returns:
        rows written so far; -1 where there is no room.
    Source: Hermite's interpolation (Hairer, Norsett, Wanner (1993), section II.6); its error over h [s] is below
        h^6 / 46,080 times the sixth derivative of the position.
    """
    h = t1 - t0
    now = np.empty(6)
    first = math.floor(t0 / every + 1e-9) + 1
    for n in range(first, math.floor(t1 / every + 1e-9) + 1):
        s = (n * every - t0) / h
        r = 1.0 - s
        for i in range(3):
            d0, d1, a0, a1 = h * y0[i + 3], h * y1[i + 3], h * h * f0[i + 3], h * h * f1[i + 3]
            # What is left after the straight way from end to end, as s^m r^3 and r^m s^3.
            jump = y1[i] - y0[i]
            p0, p1 = d0 - jump, jump - d1
            b0, b1 = p0 * (1.0 + 3.0 * s) + 0.5 * a0 * s, p1 * (1.0 + 3.0 * r) + 0.5 * a1 * r
            now[i] = y0[i] + s * jump + s * r * r * r * b0 + r * s * s * s * b1
            slope = (r * r * r - 3.0 * s * r * r) * b0 + s * r * r * r * (3.0 * p0 + 0.5 * a0)
            slope += (3.0 * r * s * s - s * s * s) * b1 - r * s * s * s * (3.0 * p1 + 0.5 * a1)
            now[i + 3] = (jump + slope) / h
        if rows >= path.shape[0]:
            return -1
        height, climb = height_and_climb(now)
        rows = _note(path, rows, n * every, now, 2.0 if height >= EDGE or climb > 0.0 else 3.0)
    return rows


@kernel
def _light(arc: Floats, stage: Floats, t: float, mass: float) -> None:
    flow = (stage[FUELLED] - stage[DRY]) / stage[BURN]
    arc[forces.IGNITION], arc[forces.MASS], arc[forces.FLOW] = t, mass, flow
    arc[forces.THRUST], arc[forces.LOSS] = flow * stage[ISP] * G0, stage[STAGE_LOSS]
    arc[forces.AREA], arc[forces.INV_BETA] = stage[STAGE_AREA], 0.0


@kernel
def _burn_out(
    arc: Floats,
    events: Floats,
    t: float,
    y: Floats,
    last: Floats,
    payload: float,
    separates: bool,
    beta: float,
    omega: float,
) -> None:
    arc[forces.IGNITION], arc[forces.FLOW], arc[forces.THRUST] = t, 0.0, 0.0
    if separates:
        arc[forces.MASS], arc[forces.AREA], arc[forces.INV_BETA] = payload, 0.0, 1.0 / beta
    else:
        arc[forces.MASS], arc[forces.AREA], arc[forces.INV_BETA] = payload + last[DRY], last[STAGE_AREA], 0.0
    vx, vy = y[3] + omega * y[1], y[4] - omega * y[0]
    speed = math.sqrt(vx * vx + vy * vy + y[5] * y[5])
    radius = math.sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2])
    events[BURNOUT], events[BURNOUT_SPEED] = t, speed
    events[BURNOUT_ALT] = altitude(y[0], y[1], y[2])
    events[BURNOUT_ANGLE] = math.asin((y[0] * vx + y[1] * vy + y[2] * y[5]) / (radius * speed))


@kernel
def earth_fixed(t: float, y: Floats, omega: float, out: Floats) -> None:
    """An inertial state `y` (6,) of `fly` at `t` [s since lift-off] in Earth-fixed axes, into `out` (6,) [m, m/s]."""
    x, yy = spin(y[0], y[1], -omega * t)
    vx, vy = spin(y[3] + omega * y[1], y[4] - omega * y[0], -omega * t)
    out[0], out[1], out[2], out[3], out[4], out[5] = x, yy, y[2], vx, vy, y[5]
