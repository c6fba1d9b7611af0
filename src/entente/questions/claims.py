"""Can an announced flight have been flown? Range, apogee and time of a notice against free fall and a boost."""

import math
from dataclasses import dataclass

import numpy as np

from entente.constants import OMEGA, R_MEAN
from entente.errors import ModelError
from entente.physics import ballistics
from entente.questions.arcs import HALF_WAY_ROUND, HIGHEST, LEAST_LENGTH
from entente.questions.asked import is_number
from entente.scenario.units import KM, KM_S, MINUTE, PER_CENT

# How much longer than free fall over its inertial range a missile is under way, by launch speed: what the catalogue's
# generic vehicles need, whole or relieved of half their payload, and a margin for what burns faster or slower
# (tests/stories/test_claims.py flies them; none is slower than 1.5 km/s). Published tests took 100 to 275 s.
SPEEDS = (0.0, 1.5, 3.0, 5.0, 6.0, 7.0)  # km/s
LEAST = (0.0, 20.0, 40.0, 60.0, 80.0, 90.0)  # s
MOST = (60.0, 80.0, 130.0, 240.0, 290.0, 290.0)  # s
ROUNDING = 1.0 * PER_CENT  # of a range or apogee whose error is not stated: as announcements and observers differ
LONGEST_TIME = 1e7  # s
NEXT_TO_NOTHING = 1.0  # m  stands for a range or apogee that an error takes to nothing


@dataclass(frozen=True)
class Claim:
    """A range, an apogee and a time that were announced of one flight, and what physics says to them.

    Attributes:
        range_km: as announced. apogee_km: as announced, else that of the least-energy arc over the range.
        apogee_announced: whether it was; if not, `free_fall_s`, `launch_speed_km_s` and `same_speed_range_km` are of that
            least-energy arc, which is assumed, and decide nothing.
        time_s: as announced, None if it was not.
        consistent: whether the three can be true of one flight; True where no time can contradict the others.
        free_fall_s: Kepler's arc from the surface to the surface of a sphere that does not turn.
        overhead_s: announced time less free fall; None unless both time and apogee were announced.
        shortest_time_s, longest_time_s: announced times between these are consistent; the latter infinite without an apogee.
        launch_speed_km_s: of the arc, at the surface.
        same_speed_range_km: of the least-energy arc at that speed, with the payload flown, which is unknown.
        why: the same in a few sentences.
    """

    range_km: float
    apogee_km: float
    apogee_announced: bool
    time_s: float | None
    consistent: bool
    free_fall_s: float
    overhead_s: float | None
    shortest_time_s: float
    longest_time_s: float
    launch_speed_km_s: float
    same_speed_range_km: float
    why: str


@dataclass(frozen=True)
class _Notice:
    """What was announced, in SI units, and how far each number may be off."""

    ground_range: float  # m
    apogee: float | None  # m
    range_error: float
    apogee_error: float

    def times(self, time: float, time_error: float, boost: tuple[float, float]) -> tuple[float, tuple[float, float]]:
        """The least that free fall takes [s], and the announced times that are consistent, where the Earth turns for `time`."""
        turned = OMEGA * R_MEAN * (time + time_error)
        nearest, farthest = self.ground_range - self.range_error - turned, self.ground_range + self.range_error + turned
        if self.apogee is None:
            bound = _fall(nearest, NEXT_TO_NOTHING)
            return bound, (bound - time_error, math.inf)
        falls = _fall(nearest, self.apogee - self.apogee_error), _fall(farthest, self.apogee + self.apogee_error)
        return falls[0], (falls[0] + boost[0] - time_error, falls[1] + boost[1] + time_error)


def check_claim(
    range_km: float,
    apogee_km: float | None = None,
    time_s: float | None = None,
    range_error_km: float | None = None,
    apogee_error_km: float | None = None,
    time_error_s: float | None = None,
) -> Claim:
    """Whether an announced flight is possible: for verifying what is notified after a launch.

    Args:
        range_km: along the surface, above 0 and below 20,015; apogee_km: above the surface, None if not announced.
        time_s: from launch to impact, None if not announced.
        range_error_km, apogee_error_km, time_error_s: how far the numbers may be off; if None 1 %, 1 %, and half a
            minute for a whole number of minutes, else half a second.
    Raises:
        ModelError: a number outside that; one line each.
    Valid: boost, free fall and re-entry of one body without manoeuvres. A time below free fall is impossible, since in
        boost a body is everywhere slower than its arc prolonged down to the ground would be. As the direction is not
        known, the inertial range may differ by what the equator turns during the flight. Without an apogee nearly
        every time can be flown. The payload is unknown, so the range with a heavier one is less.
    Source: Kepler's arc (physics.ballistics); boost from flights of generic vehicles and published tests.
    """
    _check(range_km, apogee_km, time_s, range_error_km, apogee_error_km, time_error_s)
    ground = range_km * KM
    top = float(ballistics.minimum_energy(np.array(ground))[2]) if apogee_km is None else apogee_km * KM
    speed, free_fall = _kepler(ground, top)
    boost = _boost(speed)
    notice = _Notice(
        ground,
        None if apogee_km is None else top,
        _or(range_error_km, ROUNDING * range_km) * KM,
        _or(apogee_error_km, ROUNDING * top / KM) * KM,
    )
    error = 0.0 if time_s is None else _or(time_error_s, _rounding(time_s))
    bound, times = notice.times(free_fall + boost[1] if time_s is None else time_s, error, boost)
    consistent = time_s is None or times[0] <= time_s <= times[1]
    said = _verdict(time_s, apogee_km, None if time_s is None else time_s - free_fall, bound - error, times, boost)
    hint = "" if consistent or time_s is None else _in_minutes(notice, time_s, boost)
    reach = float(ballistics.farthest(speed)) / KM
    far = _reach(speed / KM_S, reach) if apogee_km is not None else _assumed(speed / KM_S, top / KM, free_fall)
    return Claim(
        range_km=float(range_km),
        apogee_km=top / KM,
        apogee_announced=apogee_km is not None,
        time_s=None if time_s is None else float(time_s),
        consistent=consistent,
        free_fall_s=free_fall,
        overhead_s=None if time_s is None or apogee_km is None else time_s - free_fall,
        shortest_time_s=times[0],
        longest_time_s=times[1],
        launch_speed_km_s=speed / KM_S,
        same_speed_range_km=reach,
        why=f"{said}. {hint}{far}.",
    )


def _boost(speed: float) -> tuple[float, float]:
    """The least and the most [s] that launches at that speed [m/s] take beyond free fall."""
    return float(np.interp(speed / KM_S, SPEEDS, LEAST)), float(np.interp(speed / KM_S, SPEEDS, MOST))


def _rounding(time: float) -> float:
    """How far a time [s] may be off that nobody states the error of."""
    return 0.5 if time % MINUTE else 0.5 * MINUTE


def _in_minutes(notice: _Notice, time: float, boost: tuple[float, float]) -> str:
    """A sentence and a blank where the number would be consistent as minutes, else nothing."""
    seconds = time * MINUTE
    if seconds >= LONGEST_TIME:
        return ""
    least, most = notice.times(seconds, _rounding(seconds), boost)[1]
    return f"If minutes were meant: {time:,.10g} min are {seconds:.10g} s. " if least <= seconds <= most else ""


def _kepler(ground_range: float, apogee: float) -> tuple[float, float]:
    """Launch speed [m/s] and time [s] of the arc through a range and an apogee [m]."""
    speed, _, time = ballistics.through_apogee(np.array(ground_range), np.array(apogee))
    return float(speed), float(time)


def _fall(ground_range: float, apogee: float) -> float:
    """Time of free fall [s] over a range and under an apogee [m], both kept where there is an arc; grows with either."""
    most = (1.0 - 1e-9) * HALF_WAY_ROUND * KM
    return _kepler(min(max(ground_range, NEXT_TO_NOTHING), most), max(apogee, NEXT_TO_NOTHING))[1]


def _verdict(
    time: float | None,
    apogee: float | None,
    overhead: float | None,
    bound: float,
    times: tuple[float, float],
    boost: tuple[float, float],
) -> str:
    """What the time says, one sentence without its full stop; `bound` is the shortest free fall, errors in its favour."""
    if time is None or overhead is None:
        return "No time was announced, so nothing contradicts the range" + (" and apogee" if apogee else "")
    if time < bound:
        which, calm = (" of any apogee", "") if apogee is None else ("", f", {time - overhead:,.0f} s without them")
        least = f"{bound:,.0f} s or more with the errors and the Earth's turning{calm}"
        return f"A time of {time:,.0f} s is impossible: free fall{which} alone takes {least}"
    if apogee is None:
        loft = "lofted" if overhead > boost[1] else "depressed" if overhead < boost[0] else "least-energy"
        return f"Without an apogee the time contradicts nothing; it suits a {loft} flight"
    more = " more" if overhead < 0.0 else ""
    usual = f"launches at that speed take {boost[0]:.0f} to {boost[1]:.0f} s{more}, give or take errors and the Earth's turning"
    if times[0] <= time <= times[1]:
        return f"The time leaves {overhead:,.0f} s beyond free fall for the boost, and {usual}"
    if overhead < 0.0:
        return f"The time is {-overhead:,.0f} s less than free fall, but {usual}"
    much = "only" if time < times[0] else "as much as"
    return f"The time leaves {much} {overhead:,.0f} s beyond free fall for the boost, but {usual}"


def _reach(speed: float, reach: float) -> str:
    if reach >= HALF_WAY_ROUND:
        far = f"At {speed:.2f} km/s, orbital speed, it could come down anywhere, half a circumference away"
    else:
        far = f"At {speed:.2f} km/s the least-energy arc covers {reach:,.0f} km"
    return f"{far}, with unknown payload: with a heavier one it is less"


def _assumed(speed: float, apogee: float, free_fall: float) -> str:
    """What follows without an apogee: nothing, so that the least-energy arc is told as what it is."""
    return (
        f"No launch speed follows; the least-energy arc over that range, {apogee:,.0f} km high, would start at "
        f"{speed:.2f} km/s and take {free_fall:,.0f} s of free fall, with unknown payload"
    )


def _or(given: float | None, usual: float) -> float:
    return usual if given is None else given


def _check(
    range_km: float,
    apogee_km: float | None,
    time_s: float | None,
    range_error_km: float | None,
    apogee_error_km: float | None,
    time_error_s: float | None,
) -> None:
    positive = (
        ("range_km", range_km, HALF_WAY_ROUND),
        ("apogee_km", apogee_km, HIGHEST["apogee_km"]),
        ("time_s", time_s, LONGEST_TIME),
    )
    errors = (
        ("range_error_km", range_error_km, HALF_WAY_ROUND),
        ("apogee_error_km", apogee_error_km, HIGHEST["apogee_km"]),
        ("time_error_s", time_error_s, LONGEST_TIME),
    )
    wrong = []
    for name, value, most in (*positive, *errors):
        least_is_bad = (name, value, most) in positive
        if value is None and name != "range_km":
            continue
        if not is_number(value):
            wrong.append(f"{name}: {str(value)[:40]!r} is not a number; a claim is one flight, so give one number")
        elif not (0.0 < value < most or (value == 0.0 and not least_is_bad)):
            start = "above 0" if least_is_bad else "at least 0"
            wrong.append(f"{name}: {value:.10g} is outside the model; it must be {start} and below {most:,.0f}")
        elif name in ("range_km", "apogee_km") and value < LEAST_LENGTH:
            wrong.append(f"{name}: {value:.10g} is outside the model; it must be a millimetre or more")
    if time_error_s is not None and time_s is None:
        wrong.append("time_error_s: there is no time_s that it could be the error of; give both, or neither")
    if apogee_error_km is not None and apogee_km is None:
        wrong.append("apogee_error_km: there is no apogee_km that it could be the error of; give both, or neither")
    if wrong:
        raise ModelError("\n".join(wrong))
