"""From lift-off to impact: stages, coasts between them, separation, free fall and re-entry, every event exactly located.

1. The forces jump at known times: ignitions, burnouts, corners of the pitch programme. Between them the integrator runs.
2. They bend at the edges of the air's layers and at the corners of the drag table: a step that meets one ends there.
3. What is asked within a step (100 km up or down, states at given times) is read from the step's own polynomial.
"""

import math
from typing import NamedTuple

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import G0
from entente.physics import forces
from entente.physics.dop853 import STAGES, lay, step, within
from entente.physics.earth import altitude, ecef_from_geodetic, enu_axes, height_by_series, spin
from entente.physics.forces import rates
from entente.physics.integrate import (
    FASTEST,
    GROUND,
    HEIGHT,
    NOTHING,
    TURN,
    climb,
    cut,
    foresee,
    longest,
    next_length,
    pass_into,
    share_at,
    strays,
)

EDGE = 100_000.0  # m  the altitude of the two "100 km" events
FIRST = 5.0  # s  longest first step after a jump
STRAYED = 10.0  # least error of a step that strays: the next one is a third shorter
LONGEST = 86_400.0  # s  a flight that has not come down by then is stopped with status 3
BURNS, COASTS, FALLS = 1, 2, 3  # phases: an engine burns; none does; down below EDGE

# Columns of a stage table, one row a stage.
FUELLED, DRY, FLOW, BURN, THRUST, LOSS, AREA, COAST = 0, 1, 2, 3, 4, 5, 6, 7
COLUMNS = 8

# Positions in the vector of events; times [s] since lift-off, nan where it did not happen.
BURNOUT, UP_100, APOGEE, DOWN_100, IMPACT, APOGEE_ALT = 0, 1, 2, 3, 4, 5
BURNOUT_SPEED, BURNOUT_ALT, BURNOUT_ANGLE = 6, 7, 8
IMPACT_STATE = 9  # and the five after it: inertial state at impact
EVENTS = 15


class Body(NamedTuple):
    """What flies."""

    stages: Floats  # (S, COLUMNS): fuelled, dry mass [kg], flow [kg/s], burn [s], vacuum thrust [N], its share lost at
    #                 sea level, area [m^2], coast from burnout to the next ignition [s]
    payload: float  # on top of the last stage [kg]
    beta: float  # ballistic coefficient of the payload, which then flies on alone [kg/m^2]; 0: the empty last stage stays on
    drag: Floats  # (D, 2): Mach number and drag coefficient on the area of the stage


class Launch(NamedTuple):
    """From where, toward where, how steered, through which air, over which Earth."""

    lat: float  # [rad], as the others
    lon: float
    azimuth: float
    programme: (
        Floats  # (K, 2): time since lift-off [s], pitch above the launch horizontal [rad]; straight lines between
    )
    follows: (
        bool  # after the programme's last corner thrust follows the motion through the air, instead of the last pitch
    )
    density: float  # of the air against the standard; 0 for none
    omega: float  # the Earth's spin [rad/s]


@kernel
def fly(
    body: Body, launch: Launch, tolerance: float, times: Floats, states: Floats, phases: Floats, events: Floats
) -> int:
    """One flight from lift-off to impact.

    Args:
        body, launch: see there; lift-off is time 0.
        tolerance: of one step, see `dop853.step`.
        times: (M,) ascending [s since lift-off], at which the state is wanted.
        states: (M, 6), written: position and velocity in the Earth-fixed axes of lift-off, frozen; nan after the impact.
        phases: (M,), written: BURNS, COASTS or FALLS from that moment on; 0 after the impact.
        events: (EVENTS,), written.
    Returns:
        status: 0 ok, 2 never lifts off, 3 has not come down within a day.
    Valid: a point mass; see `forces`. An empty stage falls off at its burnout.
    Source: own; programmes of straight lines as in Forden, Science & Global Security 15 (2007), figure 3.
    """
    events[:] = math.nan
    states[:] = math.nan
    phases[:] = 0.0
    stages, arc = body.stages, forces.free_fall(0.0, launch.omega, forces.STANDARD if launch.density > 0.0 else 0)
    y, out, work, end = np.empty(6), np.empty(6), np.empty(6), np.empty(6)
    k, dense = np.empty((STAGES, 6)), np.empty((7, 6))
    _stand(launch, arc, y)
    if stages[0, THRUST] * (1.0 - stages[0, LOSS]) <= (stages[:, FUELLED].sum() + body.payload) * G0:
        return 2
    jumps, burnout = _jumps(stages, launch.programme)
    jump, asked = int(np.int64(0)), int(np.int64(0))  # typed: a bare 0 is a type of its own to the compiler
    t, h, length, growth, rising, burns = 0.0, FIRST, FIRST, FASTEST, True, True
    for _ in range(100_000):
        if jump < jumps.size and t == jumps[jump]:  # 1.
            jump += 1
            burns = _open(arc, t, body, launch)
            h = min(h, FIRST)
            if t == burnout:
                _note_burnout(events, t, y, launch.omega)
            rates(t, y, arc, k[0])
        limit = jumps[jump] if jump < jumps.size else LONGEST
        if t >= LONGEST:
            return 3
        h = min(h, longest(y, rising))
        last = h >= limit - t
        if last:
            h = limit - t
        error = step(t, y, h, arc, k, work, out, tolerance)
        if strays(out, arc):
            error = max(error, STRAYED)
        following = next_length(h, error, growth)
        growth = FASTEST if error <= 1.0 else 1.0
        if not error <= 1.0:
            h = following
            continue
        share, what = cut(t, y, h, rising, 0.0, arc, k, work, out, dense)  # 2.
        end[:] = out
        if what != NOTHING:
            within(y, dense, share, end)
        # 3.
        before, after = altitude(y[0], y[1], y[2]), altitude(end[0], end[1], end[2])
        crosses = (before < EDGE) != (after < EDGE)
        if what == NOTHING and (crosses or (asked < times.size and times[asked] < t + h)):
            lay(t, y, h, arc, k, work, out, dense)
        if crosses:
            at = t + h * share_at(HEIGHT, EDGE, y, arc, dense, work, share)
            if not rising:
                events[DOWN_100] = at
            elif math.isnan(events[UP_100]):
                events[UP_100] = at
        while asked < times.size and times[asked] < t + share * h:
            within(y, dense, (times[asked] - t) / h, states[asked])
            phases[asked] = _phase(states[asked], burns)
            asked += 1
        t = limit if last and what == NOTHING else t + share * h
        y[:] = end
        if what == GROUND:
            events[IMPACT] = t
            events[IMPACT_STATE:] = y
            return 0
        if what == TURN and rising and not after < events[APOGEE_ALT]:
            events[APOGEE], events[APOGEE_ALT] = t, after
        rising = pass_into(what, rising, arc, body.drag)
        rates(t, y, arc, k[0])
        h, length = foresee(following, length), following
    return 3


@kernel
def _stand(launch: Launch, arc: Floats, y: Floats) -> None:
    """Put the body onto its launch point at rest on the turning Earth, in the lowest air."""
    axes = np.empty((3, 3))
    enu_axes(launch.lat, launch.lon, axes)
    y[0], y[1], y[2] = ecef_from_geodetic(launch.lat, launch.lon, 0.0)
    y[3], y[4], y[5] = -launch.omega * y[1], launch.omega * y[0], 0.0
    for i in range(3):
        arc[forces.UP + i] = axes[2, i]
        arc[forces.DOWNRANGE + i] = math.sin(launch.azimuth) * axes[0, i] + math.cos(launch.azimuth) * axes[1, i]
    arc[forces.DENSITY] = launch.density
    if launch.density > 0.0:
        forces.enter_air(arc, height_by_series(y[0], y[1], y[2]))


@kernel
def _jumps(stages: Floats, programme: Floats) -> tuple[Floats, float]:
    """Times at which the forces jump, ascending, and the last burnout among them."""
    count, corners = stages.shape[0], programme.shape[0]
    times = np.empty(2 * count + corners)
    t = 0.0
    for s in range(count):
        times[2 * s], times[2 * s + 1] = t, t + stages[s, BURN]
        t += stages[s, BURN] + stages[s, COAST]
    times[2 * count :] = programme[:, 0]
    return np.unique(np.maximum(times, 0.0)), times[2 * count - 1]


@kernel
def _open(arc: Floats, t: float, body: Body, launch: Launch) -> bool:
    """The arc that begins at `t`: what burns, what is left, how it is steered; returns whether something burns."""
    stages, count = body.stages, body.stages.shape[0]
    stage, lit = 0, 0.0
    while stage < count and t >= lit + stages[stage, BURN]:
        lit += stages[stage, BURN] + stages[stage, COAST]
        stage += 1
    burns = stage < count and t >= lit
    arc[forces.SINCE] = t
    arc[forces.MASS] = body.payload + stages[stage:, FUELLED].sum()
    arc[forces.FLOW], arc[forces.THRUST] = 0.0, 0.0
    if burns:
        arc[forces.MASS] -= stages[stage, FLOW] * (t - lit)
        arc[forces.FLOW], arc[forces.THRUST] = stages[stage, FLOW], stages[stage, THRUST]
        arc[forces.LOSS] = stages[stage, LOSS]
    if stage < count:
        arc[forces.AREA] = stages[stage, AREA]
    elif body.beta > 0.0:
        arc[forces.INV_BETA] = 1.0 / body.beta
        arc[forces.MACH_LOW], arc[forces.MACH_HIGH] = -math.inf, math.inf
    else:
        arc[forces.MASS] += stages[count - 1, DRY]
        arc[forces.AREA] = stages[count - 1, AREA]
    if t == 0.0 and launch.density > 0.0:
        forces.enter_mach(arc, body.drag, forces.mach_index(body.drag, 0.0))
    _steer(arc, t, launch)
    return burns


@kernel
def _steer(arc: Floats, t: float, launch: Launch) -> None:
    """The pitch and its rate from `t` on."""
    times, pitches = launch.programme[:, 0], launch.programme[:, 1]
    corner = np.searchsorted(times, t, "right")  # the first one still ahead
    ended = corner == times.size
    arc[forces.PITCH_RATE] = 0.0
    arc[forces.FOLLOWS] = 1.0 if ended and launch.follows else 0.0
    if corner == 0 or ended:
        arc[forces.PITCH] = pitches[0] if corner == 0 else pitches[times.size - 1]
    else:
        rate = (pitches[corner] - pitches[corner - 1]) / (times[corner] - times[corner - 1])
        arc[forces.PITCH], arc[forces.PITCH_RATE] = pitches[corner - 1] + rate * (t - times[corner - 1]), rate


@kernel
def _phase(y: Floats, burns: bool) -> float:
    if burns:
        return BURNS
    return COASTS if climb(y) > 0.0 or altitude(y[0], y[1], y[2]) >= EDGE else FALLS


@kernel
def _note_burnout(events: Floats, t: float, y: Floats, omega: float) -> None:
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


@kernel
def earth_fixed_many(t: Floats, states: Floats, omega: float, out: Floats) -> None:
    """Inertial states (M, 6) of `fly` at times (M,) in Earth-fixed axes, into `out` (M, 6), which may be `states`."""
    for row in range(t.size):
        earth_fixed(t[row], states[row], omega, out[row])
