"""Stage 1: where everything is. The pitch programme is solved for the planned range, then the flight is flown."""

import math
from functools import lru_cache

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import OMEGA
from entente.errors import ModelError, Unreachable
from entente.physics import powered
from entente.physics.earth import ecef_from_geodetic, geodesic, geodetic_from_ecef
from entente.records import Flights
from entente.scenario.schema import Scenario
from entente.scenario.systems import Vehicle
from entente.scenario.units import DEG, KM
from entente.scenario.world import World, build

TOLERANCE = 1e-12  # of one step; impact within 0.2 m of DOP853, for 1e-9 leaves up to 27 m (tests/authorities/test_integrator.py)
SAMPLE = 1.0  # s  between the rows of a flight
TURN_START = 5.0  # s  of vertical flight; generic
TURN_SHARE = (
    0.4  # of the burn, at which the turn ends; with it both Forden vehicles fly within 2 % of their published range
)
PITCHES = (5.0 * DEG, 85.0 * DEG)  # the final pitches that are ever tried
CLOSE = 1.0  # m  how near to the planned range or point the solved programme comes down


class Ascent:
    """A vehicle at a launch point: flies any programme, and finds the ones that reach a given range or point."""

    def __init__(self, vehicle: Vehicle, lat: float, lon: float, beta: float, omega: float = OMEGA) -> None:
        self.stages = stage_table(vehicle)
        self.payload, self.separates, self.beta = float(vehicle.payload_kg), vehicle.separates, float(beta)
        self.lat, self.lon, self.omega = lat, lon, omega
        self.burn = float(self.stages[:, powered.BURN].sum())

    def fly(self, azimuth: float, pitch: float, path: Floats | None = None) -> tuple[int, int, Floats]:
        """Status, rows written into `path` and events of one flight; see powered.fly."""
        events = np.empty(powered.EVENTS)
        status, rows = powered.fly(
            self.lat,
            self.lon,
            azimuth,
            pitch,
            self.stages,
            self.payload,
            self.separates,
            self.beta,
            min(TURN_START, 0.1 * self.burn),
            TURN_SHARE * self.burn,
            self.omega,
            TOLERANCE,
            0.0 if path is None else SAMPLE,
            np.empty((0, 8)) if path is None else path,
            events,
        )
        return status, rows, events

    def impact(self, azimuth: float, pitch: float) -> tuple[float, float, Floats]:
        """Latitude and longitude [rad] where a programme comes down, and its events.

        Raises:
            ModelError: it never lifts off, or does not come down within a day.
        """
        status, _, events = self.fly(azimuth, pitch)
        if status == 2:
            raise ModelError(
                "vehicle: thrust at lift-off is not above its weight, so it never lifts off; burn_s is too long"
            )
        if status:
            raise ModelError("vehicle: does not come down within a day; it reaches orbit")
        state = np.empty(6)
        powered.earth_fixed(events[powered.IMPACT], events[powered.IMPACT_STATE :], self.omega, state)
        lat, lon, _ = geodetic_from_ecef(state[0], state[1], state[2])
        return lat, lon, events

    def ground_range(self, azimuth: float, pitch: float) -> float:
        """Distance along the ellipsoid from launch to impact [m]."""
        lat, lon, _ = self.impact(azimuth, pitch)
        return geodesic(self.lat, self.lon, lat, lon)[0]

    def farthest(self, azimuth: float) -> tuple[float, float]:
        """The pitch of the longest range, and that range [m]; golden section."""
        ratio = 0.5 * (math.sqrt(5.0) - 1.0)
        low, high = PITCHES
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        fa, fb = self.ground_range(azimuth, a), self.ground_range(azimuth, b)
        while high - low > 1e-4:
            if fa > fb:
                high, b, fb = b, a, fa
                a = high - ratio * (high - low)
                fa = self.ground_range(azimuth, a)
            else:
                low, a, fa = a, b, fb
                b = low + ratio * (high - low)
                fb = self.ground_range(azimuth, b)
        return 0.5 * (low + high), max(fa, fb)

    def pitch_for(self, azimuth: float, ground_range: float, lofted: bool) -> float:
        """The final pitch that covers a range: the steeper of the two if `lofted`, else the flatter.

        Raises:
            Unreachable: the range lies beyond the longest, or below what this side of it covers.
        """
        best, most = self.farthest(azimuth)
        if ground_range > most:
            raise Unreachable(
                f"range {ground_range / KM:,.0f} km: this vehicle reaches at most {most / KM:,.0f} km toward azimuth "
                f"{azimuth / DEG % 360:.0f} deg; ask for less, or for another vehicle"
            )
        edge = PITCHES[1] if lofted else PITCHES[0]
        least = self.ground_range(azimuth, edge)
        if ground_range < least:
            way = "lofting" if lofted else "depressing"
            raise Unreachable(
                f"range {ground_range / KM:,.0f} km: by {way} to a pitch of {edge / DEG:.0f} deg this vehicle still flies "
                f"{least / KM:,.0f} km; ask for more, or for another vehicle"
            )
        inside, outside = best, edge  # range above and below the asked one
        for _ in range(60):
            middle = 0.5 * (inside + outside)
            miss = self.ground_range(azimuth, middle) - ground_range
            if abs(miss) < CLOSE:
                return middle
            if miss > 0.0:
                inside = middle
            else:
                outside = middle
        return 0.5 * (inside + outside)

    def aim(
        self, lat: float, lon: float, start: tuple[float, float], slope: Floats | None = None
    ) -> tuple[float, float]:
        """Azimuth and pitch that come down within a metre of a point, by Broyden's method from `start`.

        Args:
            lat, lon: the point [rad].
            start: azimuth and pitch to begin with [rad].
            slope: how the miss changes with them, as `slope_at` has it for a vehicle much like this one; found if None.
        Raises:
            Unreachable: the point is not reached from there.
        """
        programme = np.array(start)
        slope = self.slope_at(lat, lon, start) if slope is None else slope
        miss = np.array(self._miss(float(programme[0]), float(programme[1]), lat, lon))
        for _ in range(20):
            if math.hypot(*miss) < CLOSE:
                return float(programme[0]), float(programme[1])
            if abs(np.linalg.det(slope)) < 1.0:  # m^2/rad^2: at the edge of reach, range no longer depends on the pitch
                break
            change = np.clip(np.linalg.solve(slope, -miss), -0.05, 0.05)
            before, programme = miss, programme + change
            miss = np.array(self._miss(float(programme[0]), float(programme[1]), lat, lon))
            if math.hypot(*miss) < 0.5 * math.hypot(*before):
                # One flight a step instead of three: the slope is put right along the way just gone.
                slope = slope + np.outer(miss - before - slope @ change, change) / (change @ change)
            else:
                slope = self.slope_at(lat, lon, (float(programme[0]), float(programme[1])))
        raise Unreachable(
            f"target {lat / DEG:.1f} N {lon / DEG:.1f} E: too near the edge of this vehicle's reach to be aimed at; ask for a "
            "nearer point"
        )

    def slope_at(self, lat: float, lon: float, programme: tuple[float, float]) -> Floats:
        """How the miss of a point [m] changes with azimuth and pitch [rad], (2, 2), by differences."""
        azimuth, pitch = programme
        step = 1e-5
        miss = self._miss(azimuth, pitch, lat, lon)
        turned, tilted = self._miss(azimuth + step, pitch, lat, lon), self._miss(azimuth, pitch + step, lat, lon)
        return np.array([[turned[i] - miss[i], tilted[i] - miss[i]] for i in range(2)]) / step

    def _miss(self, azimuth: float, pitch: float, lat: float, lon: float) -> tuple[float, float]:
        """Where it comes down, seen from the target: along the way there and across it [m]."""
        got_lat, got_lon, _ = self.impact(azimuth, pitch)
        length, out, _, _ = geodesic(self.lat, self.lon, lat, lon)
        got_length, got_out, _, _ = geodesic(self.lat, self.lon, got_lat, got_lon)
        turn = (got_out - out + math.pi) % (2.0 * math.pi) - math.pi
        return got_length - length, turn * length


def stage_table(vehicle: Vehicle) -> Floats:
    """The stages as `powered.fly` wants them, (S, 6)."""
    return np.array(
        [
            [s.fuelled_kg, s.dry_kg, s.isp_s, s.burn_s, math.pi * s.diameter_m**2 / 4.0, s.sea_level_loss]
            for s in vehicle.stages
        ]
    )


@lru_cache(maxsize=64)
def nominal_programme(
    vehicle: Vehicle, origin: tuple[float, float], target: tuple[float, float], lofted: bool
) -> tuple[float, float]:
    """Azimuth and pitch from region to region with the nominal ballistic coefficient.

    Raises:
        Unreachable: beyond the vehicle's reach; says the most it reaches.
    """
    ascent = _nominal(vehicle, origin)
    length, azimuth, _, _ = geodesic(*origin, *target)
    return ascent.aim(*target, start=(azimuth, ascent.pitch_for(azimuth, length, lofted)))


@lru_cache(maxsize=64)
def nominal_slope(
    vehicle: Vehicle, origin: tuple[float, float], target: tuple[float, float], lofted: bool
) -> tuple[tuple[float, ...], ...]:
    """`Ascent.slope_at` of the nominal programme, as rows; every history aims with it, its vehicle differs little."""
    programme = nominal_programme(vehicle, origin, target, lofted)
    return tuple(map(tuple, _nominal(vehicle, origin).slope_at(*target, programme).tolist()))


def _nominal(vehicle: Vehicle, origin: tuple[float, float]) -> Ascent:
    beta = vehicle.ballistic_coefficient_kg_m2
    return Ascent(vehicle, *origin, beta.nominal if beta else 1.0)


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
    azimuth, pitch = ascent.aim(*threat.target, nominal_programme(*nominal), np.array(nominal_slope(*nominal)))
    path = np.empty((LONGEST, 8))
    status, rows, events = ascent.fly(azimuth, pitch, path)
    if status:
        raise ModelError(
            f"vehicle: is still up {LONGEST * SAMPLE:.0f} s after launch; a study follows flights no longer than that"
        )
    states = np.empty((rows, 6))
    earth_fixed_many(path[:rows], OMEGA, states)
    return _records(threat.launches, threat.t_launch, path[:rows], states, events, threat.origin)


@kernel
def earth_fixed_many(path: Floats, omega: float, out: Floats) -> None:
    """Every row of a flight's path (M, 8), see `powered.fly`, in Earth-fixed axes, into `out` (M, 6) [m, m/s]."""
    for row in range(path.shape[0]):
        powered.earth_fixed(path[row, 0], path[row, 1:7], omega, out[row])


LONGEST = 10_000  # rows of a flight, SAMPLE apart
# s  between the launches of a group; generic. Longer than a radar's revisit, or each missile would be seen where its
# predecessor was one scan ago, which this version's one-point initiation takes for a fast body.
LAUNCH_GAP = 60.0


def _records(
    count: int, t_launch: float, path: Floats, states: Floats, events: Floats, origin: tuple[float, float]
) -> Flights:
    # The Earth carries launch point and target along, so a later launch repeats the first one, shifted in time.
    shift = t_launch + LAUNCH_GAP * np.arange(count, dtype=np.float64)
    rows = len(path)
    return Flights(
        start=np.arange(0, (count + 1) * rows, rows, dtype=np.int32),
        t=np.concatenate([path[:, 0] + s for s in shift]),
        r_ecef=np.tile(states[:, :3], (count, 1)),
        v_ecef=np.tile(states[:, 3:], (count, 1)),
        phase=np.tile(path[:, 7].astype(np.int8), count),
        t_launch=shift,
        t_burnout=shift + events[powered.BURNOUT],
        t_impact=shift + events[powered.IMPACT],
        launch_ecef=np.tile(np.array(ecef_from_geodetic(*origin, 0.0)), (count, 1)),
        impact_ecef=np.tile(states[-1, :3], (count, 1)),
        apogee=np.full(count, events[powered.APOGEE_ALT]),
    )


__all__ = ["Ascent", "fly_all", "nominal_programme", "stage_table"]
