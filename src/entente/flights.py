"""Stage 1: where everything is. The pitch programme is solved for the planned range, then the flight is flown."""

import numpy as np

from entente.aiming import aim, nominal_programme, nominal_slope
from entente.ascent import Ascent
from entente.compiled import Floats
from entente.errors import ModelError, Unreachable
from entente.physics import powered
from entente.physics.earth import ecef_from_geodetic
from entente.records import Flights
from entente.scenario.schema import Scenario
from entente.scenario.world import World, build

SAMPLE = 1.0  # s  between the rows of a flight
LONGEST = 10_000.0  # s
# s  between the launches of a group; generic. Longer than a radar's revisit, or each missile would be seen where its
# predecessor was one scan ago, which this version's one-point initiation takes for a fast body.
LAUNCH_GAP = 60.0


def check_reach(scenario: Scenario, case_name: str) -> None:
    """Refuse a case whose vehicle does not fly from its origin to its target.

    Raises:
        Unreachable: says the case and the most, or least, that the vehicle reaches.
    """
    threat = build(scenario, case_name, 0).threat
    try:
        nominal_programme(threat.vehicle.vehicle, threat.origin, threat.target, threat.lofted)
    except Unreachable as problem:
        raise Unreachable(f"case {case_name}: {problem}") from problem


def fly_all(world: World) -> Flights:
    """Fly every launch of the case: the same programme for all, one after the other by LAUNCH_GAP."""
    threat = world.threat
    ascent = Ascent(threat.vehicle.vehicle, *threat.origin, threat.beta)
    nominal = threat.vehicle.vehicle, threat.origin, threat.target, threat.lofted
    programme, slope = nominal_programme(*nominal), np.array(nominal_slope(*nominal))
    azimuth, pitch = aim(ascent, *threat.target, programme, slope)
    t, states, phase, events = ascent.path(azimuth, pitch, SAMPLE)
    if t[-1] > LONGEST:
        raise ModelError(
            f"vehicle: is still up {LONGEST:.0f} s after launch; a study follows flights no longer than that"
        )
    return _records(threat.launches, threat.t_launch, t, states, phase, events, threat.origin)


def _records(
    count: int, t_launch: float, t: Floats, states: Floats, phase: Floats, events: Floats, origin: tuple[float, float]
) -> Flights:
    # The Earth carries launch point and target along, so a later launch repeats the first one, shifted in time.
    shift = t_launch + LAUNCH_GAP * np.arange(count, dtype=np.float64)
    rows = len(t)
    return Flights(
        start=np.arange(0, (count + 1) * rows, rows, dtype=np.int32),
        t=np.concatenate([t + s for s in shift]),
        r_ecef=np.tile(states[:, :3], (count, 1)),
        v_ecef=np.tile(states[:, 3:], (count, 1)),
        phase=np.tile(phase.astype(np.int8), count),
        t_launch=shift,
        t_burnout=shift + events[powered.BURNOUT],
        t_impact=shift + events[powered.IMPACT],
        launch_ecef=np.tile(np.array(ecef_from_geodetic(*origin, 0.0)), (count, 1)),
        impact_ecef=np.tile(states[-1, :3], (count, 1)),
        apogee=np.full(count, events[powered.APOGEE_ALT]),
    )
