"""How must a vehicle be steered to cover a range, reach a height, or come down at a point?

The pitch programme alone is solved for, never masses, payload or burn times. It is straight up, then a turn at a
constant rate to a final pitch that is held; or, where a height is planned too, on through that pitch at a constant rate
until burnout, which spends energy on the bend; or a gravity turn after a small kick.
"""

import math
from collections.abc import Callable

import numpy as np

from entente.compiled import Floats
from entente.constants import G0, OMEGA, R_MEAN
from entente.errors import ModelError, Unreachable
from entente.physics import forces, powered
from entente.physics.earth import geodesic, geodetic_from_ecef
from entente.scenario.units import DEG, KM
from entente.scenario.vehicle import Vehicle

TOLERANCE = 1e-11  # of one step; impact within 0.3 m of DOP853 at 1e-12 (tests/authorities/test_integrator.py)
TURN_START = 5.0  # s  of vertical flight; generic
TURN_SHARE = (
    0.4  # of the burn, at which the turn ends; kept with Forden's ranges in view, 0.3 or 0.5 change them by 1 %
)
PITCHES = (-20.0 * DEG, 89.9 * DEG)  # the final pitches that are ever tried, above the horizontal of the launch point
KICKS = (0.0 * DEG, 89.999 * DEG)  # and the pitches from which a gravity turn sets out
KICK_TIME = 5.0  # s  in which a gravity turn tilts
ARCH = 110.0 * DEG  # how far from the pitch of the longest range, in pitch and bend, programmes are looked for
CLOSE = 1.0  # m  how near to the planned range or point the solved programme comes down
NEAR = 100.0  # m  how near to the planned apogee it comes
HALF_ROUND = math.pi * R_MEAN  # m  from a point to its antipode, about
ROUND = 5_000.0  # s  sooner than this nothing has gone round
NONE = np.empty(0)


class Ascent:
    """A vehicle at a launch point: flies any programme, and finds the ones that reach a given range, height or point."""

    def __init__(
        self, vehicle: Vehicle, lat: float, lon: float, beta: float, omega: float = OMEGA, follows: bool = False
    ) -> None:
        self.body = body_of(vehicle, beta)
        self.lat, self.lon, self.omega, self.follows = lat, lon, omega, follows
        stages = self.body.stages
        self.burn = float(stages[:, powered.BURN].sum())
        self.burnout = self.burn + float(stages[:-1, powered.COAST].sum())
        self.pitches = KICKS if follows else PITCHES

    def programme(self, pitch: float, bend: float = 0.0) -> Floats:
        """Corners of the programme, (K, 2): time [s] and pitch [rad]; `pitch` ends the turn, or the kick."""
        start = min(TURN_START, 0.1 * self.burn)
        if self.follows:
            return np.array([[start, 0.5 * math.pi], [start + min(KICK_TIME, 0.1 * self.burn), pitch]])
        corners = [[start, 0.5 * math.pi], [TURN_SHARE * self.burn, pitch + bend]]
        return np.array([*corners, [self.burnout, pitch - bend]] if bend else corners)

    def launch(self, azimuth: float, pitch: float, bend: float = 0.0) -> powered.Launch:
        """The launch with that programme, through the standard air."""
        programme = self.programme(pitch, bend)
        return powered.Launch(self.lat, self.lon, azimuth, programme, self.follows, 1.0, self.omega)

    def fly(self, azimuth: float, pitch: float, bend: float = 0.0) -> tuple[int, Floats]:
        """Status and events of one flight; see powered.fly."""
        status, events, _, _ = self.sampled(azimuth, pitch, bend, NONE)
        return status, events

    def sampled(self, azimuth: float, pitch: float, bend: float, times: Floats) -> tuple[int, Floats, Floats, Floats]:
        """Status, events, states (M, 6) and phases (M,) at times since lift-off; see powered.fly."""
        events, states, phases = np.empty(powered.EVENTS), np.empty((times.size, 6)), np.empty(times.size)
        launch = self.launch(azimuth, pitch, bend)
        return powered.fly(self.body, launch, TOLERANCE, times, states, phases, events), events, states, phases

    def impact(self, azimuth: float, pitch: float, bend: float = 0.0) -> tuple[float, float, Floats]:
        """Latitude and longitude [rad] where a programme comes down, and its events.

        Raises:
            ModelError: it never lifts off, or does not come down within a day.
        """
        events = checked(*self.fly(azimuth, pitch, bend))
        return *self._place(events), events

    def _place(self, events: Floats) -> tuple[float, float]:
        """Latitude and longitude [rad] of the impact."""
        state = np.empty(6)
        powered.earth_fixed(events[powered.IMPACT], events[powered.IMPACT_STATE :], self.omega, state)
        lat, lon, _ = geodetic_from_ecef(state[0], state[1], state[2])
        return lat, lon

    def path(
        self, azimuth: float, pitch: float, every: float, bend: float = 0.0
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """Times (N,) `every` so many seconds and at the impact, Earth-fixed states (N, 6), phases (N,), and events.

        Raises:
            ModelError: as impact.
        """
        last = checked(*self.fly(azimuth, pitch, bend))[powered.IMPACT]
        times = every * np.arange(math.ceil(last / every))
        _, events, states, phases = self.sampled(azimuth, pitch, bend, times)
        t, states = np.append(times, last), np.vstack([states, events[powered.IMPACT_STATE :]])
        powered.earth_fixed_many(t, states, self.omega, states)
        return t, states, np.append(phases, powered.FALLS), events

    def ground_range(self, azimuth: float, pitch: float, bend: float = 0.0) -> float:
        """Distance flown along the ellipsoid [m]: negative behind the launch point, more than half round past the antipode.

        Infinite in orbit.
        """
        flown, events = self.fly(azimuth, pitch, bend)
        if flown == 3:
            return math.inf
        length, out, _, status = geodesic(self.lat, self.lon, *self._place(checked(flown, events)))
        if status:
            return HALF_ROUND
        ahead = math.cos(out - azimuth) >= 0.0
        if ahead and events[powered.IMPACT] < ROUND:
            return length
        # What comes down behind went nearly round, or nearly straight up while the Earth turned; its way tells.
        times = np.linspace(0.0, 0.999 * events[powered.IMPACT], 9 + int(events[powered.IMPACT] / 1_000.0))
        way = self.sampled(azimuth, pitch, bend, times)[2][:, :3]
        way /= np.linalg.norm(way, axis=1)[:, None]
        swept = R_MEAN * float(np.arccos(np.clip((way[1:] * way[:-1]).sum(axis=1), -1.0, 1.0)).sum())
        signed = length if ahead else -length
        return signed + 2.0 * HALF_ROUND * round((swept - signed) / (2.0 * HALF_ROUND))

    def farthest(self, azimuth: float) -> tuple[float, float]:
        """The pitch of the longest range, and that range [m]: the best of sixteen, then golden section beside it."""
        tried = np.linspace(*self.pitches, 16)
        best = int(np.argmax([self.ground_range(azimuth, pitch) for pitch in tried]))
        low, high = tried[max(best - 1, 0)], tried[min(best + 1, 15)]
        ratio = 0.5 * (math.sqrt(5.0) - 1.0)
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        fa, fb = self.ground_range(azimuth, a), self.ground_range(azimuth, b)
        while high - low > 1e-4 and max(fa, fb) < math.inf:
            if fa > fb:
                high, b, fb = b, a, fa
                a = high - ratio * (high - low)
                fa = self.ground_range(azimuth, a)
            else:
                low, a, fa = a, b, fb
                b = low + ratio * (high - low)
                fb = self.ground_range(azimuth, b)
        return (float(a), fa) if fa > fb else (float(b), fb)

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
        edge = self.pitches[1] if lofted else self.pitches[0]
        least = self.ground_range(azimuth, edge)
        if ground_range < least:
            way = "lofting" if lofted else "depressing"
            said = "stays up for a day or more" if least == math.inf else f"still flies {least / KM:,.0f} km"
            other = "a depressed flight" if least == math.inf and lofted else "more"
            raise Unreachable(
                f"range {ground_range / KM:,.0f} km: by {way} to a pitch of {edge / DEG:.0f} deg this vehicle {said}; ask for "
                f"{other}, or for another vehicle"
            )
        pitch = bisect(lambda one: self.ground_range(azimuth, one) - ground_range, best, edge, 0.5 * CLOSE)
        flown = self.ground_range(azimuth, pitch)
        if abs(flown - ground_range) > CLOSE:
            # While it is up the Earth carries it aside: seen along its azimuth it then lands either there or behind.
            raise Unreachable(
                f"range {ground_range / KM:,.0f} km: toward azimuth {azimuth / DEG % 360:.0f} deg the Earth's turn carries this "
                f"vehicle aside while it is up, so that nearer than {abs(flown) / KM:,.0f} km it does not land; ask for more, or "
                "plan an apogee"
            )
        return pitch

    def bend_for(self, azimuth: float, ground_range: float, apogee: float) -> tuple[float, float]:
        """Pitch and bend that cover a range with an apogee [m]: the more the pitch bends, the less energy is left.

        Around the pitch of the longest range, without a bend, lie the programmes that cover this one: an arch in pitch and
        bend that begins at the lofted flight, ends at the depressed one, and along which the apogee falls.

        Raises:
            Unreachable: the range is beyond reach, or no programme flies over it so low, or so high; says the limits.
        """
        middle, most = self.farthest(azimuth)
        if ground_range > most:
            self.pitch_for(azimuth, ground_range, lofted=True)  # says so

        def at(turn: float) -> tuple[float, float]:
            """Where the arch is met, `turn` from the lofted flight."""

            def point(reach: float) -> tuple[float, float]:
                return middle + reach * math.cos(turn), reach * math.sin(turn)

            reach = bisect(lambda r: self.ground_range(azimuth, *point(r)) - ground_range, 0.0, ARCH, 0.1 * CLOSE)
            return point(reach)

        def top(turn: float) -> float:
            return float(self.fly(azimuth, *at(turn))[1][powered.APOGEE_ALT])

        def met(turn: float) -> float:
            """The same; nan where no programme comes down at the range."""
            flown, _ = self.fly(azimuth, *at(turn))
            meets = flown == 0 and abs(self.ground_range(azimuth, *at(turn)) - ground_range) <= CLOSE
            return top(turn) if meets else math.nan

        highest, lowest = met(0.0), met(math.pi)
        if not math.isnan(highest + lowest) and not lowest - NEAR <= apogee <= highest + NEAR:
            raise Unreachable(
                f"apogee {apogee / KM:,.10g} km: over {ground_range / KM:,.0f} km this vehicle climbs to between "
                f"{math.ceil(lowest / KM):,} and {math.floor(highest / KM):,} km, whatever its pitch programme; ask for one "
                "of these"
            )
        turn = 0.0 if apogee >= highest else math.pi
        if lowest < apogee < highest:
            turn = bisect(lambda turn: top(turn) - apogee, 0.0, math.pi, 0.1 * NEAR)
        if not abs(met(turn) - apogee) <= NEAR:  # nan where the arch is broken
            turn = self._along_broken_arch(met, apogee)
        if math.isnan(turn):
            raise Unreachable(
                f"apogee {apogee / KM:,.10g} km: no programme with it was found over {ground_range / KM:,.0f} km, where others "
                "take this vehicle into orbit or round the Earth; ask for another apogee, or plan a range alone"
            )
        return at(turn)

    @staticmethod
    def _along_broken_arch(top: Callable[[float], float], apogee: float) -> float:
        """The turn at which `top` is an apogee, between two of a look every three degrees; nan if it is found nowhere."""
        turns = np.linspace(0.0, math.pi, 61)
        above = np.array([top(float(turn)) for turn in turns]) - apogee
        for first in np.flatnonzero(above[:-1] * above[1:] <= 0.0):
            ends = float(turns[first]), float(turns[first + 1])
            turn = bisect(lambda turn: top(turn) - apogee, *ends, 0.1 * NEAR)
            if abs(top(turn) - apogee) <= NEAR:
                return turn
        return math.nan


def checked(status: int, events: Floats) -> Floats:
    """The events of a flight that came down.

    Raises:
        ModelError: it never lifts off, or does not come down within a day.
    """
    if status == 2:
        raise ModelError(
            "vehicle: thrust at lift-off is not above its weight, so it never lifts off; it needs more thrust or less weight"
        )
    if status:
        raise ModelError("vehicle: does not come down within a day; it reaches orbit")
    return events


def bisect(f: Callable[[float], float], a: float, b: float, close: float) -> float:
    """Where `f` is within `close` of 0 between `a` and `b`; `b` where it has the same sign at both."""
    positive = f(a) > 0.0
    if (f(b) > 0.0) == positive:
        return b
    middle = 0.5 * (a + b)
    for _ in range(60):
        value = f(middle)
        if abs(value) < close:
            break
        a, b = (middle, b) if (value > 0.0) == positive else (a, middle)
        middle = 0.5 * (a + b)
    return middle


def body_of(vehicle: Vehicle, beta: float) -> powered.Body:
    """The vehicle as `powered.fly` wants it; `beta` is the ballistic coefficient drawn for its payload [kg/m^2]."""
    columns = [
        (
            s.fuelled_kg,
            s.dry_kg,
            s.thrust_n / (s.isp_s * G0),
            s.burn,
            s.thrust_n,
            s.loss,
            math.pi * s.diameter_m**2 / 4.0,
            s.coast_s,
        )
        for s in vehicle.stages
    ]
    drag = forces.SLENDER if vehicle.drag_table is None else np.array(vehicle.drag_table)
    return powered.Body(np.array(columns), float(vehicle.payload_kg), float(beta) if vehicle.separates else 0.0, drag)
