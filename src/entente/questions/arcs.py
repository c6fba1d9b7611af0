"""What would a flight over this range, or between these regions, be like? Closed forms, for a number or for many."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats
from entente.constants import OMEGA, R_MEAN
from entente.errors import ModelError
from entente.physics import ballistics
from entente.questions.asked import yes_or_no
from entente.scenario.units import DEG, KM, KM_S, unit_of

HALF_WAY_ROUND = np.pi * R_MEAN / KM  # km
LEAST_LENGTH = 1e-6  # km  a millimetre; squares of far smaller numbers are 0
HIGHEST = {"apogee_km": 1e6, "burnout_altitude_km": 10_000.0}  # km  of free flights; far above what any missile reaches
HIGHEST_TURNING = (
    1e5  # km  apogee between regions: a flight of a day and a half, while led points still have one solution
)
NEARLY_OPPOSITE = 1e-6  # rad  from the antipode, where the direction says nothing

Number = float | Floats
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Arc:
    """A free flight to the surface of a sphere; each field a number, or an array as long as what was asked.

    Attributes:
        range_km: along the surface, from the point below burnout to the impact.
        apogee_km: height of the highest point above the surface.
        burnout_speed_km_s: where the free flight begins; burnout_angle_deg: of the motion there, above the horizontal.
        time_of_flight_s: from burnout to impact, without the boost.
        burnout_altitude_km: height of the burnout above the surface.
    """

    range_km: Number
    apogee_km: Number
    burnout_speed_km_s: Number
    burnout_angle_deg: Number
    time_of_flight_s: Number
    burnout_altitude_km: Number = 0.0

    def speed_at(self, altitude_km: Number) -> Number:
        """Speed [km/s] where the arc passes a height, on its way up or down.

        Args:
            altitude_km: above the surface, from 0 to the apogee; a number, or an array that fits the arc's.
        Raises:
            ModelError: a height outside that.
        Valid: as minimum_energy; below the burnout height it is the arc prolonged, not the boost.
        Source: vis-viva.
        """
        top = np.asarray(self.apogee_km, dtype=float)
        height, _ = _numbers(altitude_km=altitude_km, apogee_km=top)
        _refuse([_outside("altitude_km", height, (height >= 0.0) & (height <= top), "from 0 to the arc's apogee")])
        speed, angle = np.asarray(self.burnout_speed_km_s) * KM_S, np.asarray(self.burnout_angle_deg) * DEG
        burnout = np.asarray(self.burnout_altitude_km) * KM
        return _plain(ballistics.speed_at(height * KM, speed, angle, top * KM, burnout) / KM_S)


@dataclass(frozen=True)
class RegionArc:
    """A free flight between regions of a turning sphere; each field a number, or an array as long as what was asked.

    Attributes:
        range_km: inertial: from the launch region to where the other one will be at the impact.
        apogee_km: height of the highest point above the surface.
        burnout_speed_km_s, burnout_angle_deg, azimuth_deg: inertial: of the motion at burnout, above the horizontal and
            clockwise from north.
        time_of_flight_s: from burnout to impact, without the boost.
        ground_range_km: between the two regions.
        ground_speed_km_s, ground_angle_deg, ground_azimuth_deg: of the motion at burnout as the turning ground sees it.
        burnout_altitude_km: height of the burnout above the surface.
    """

    range_km: Number
    apogee_km: Number
    burnout_speed_km_s: Number
    burnout_angle_deg: Number
    time_of_flight_s: Number
    azimuth_deg: Number
    ground_range_km: Number
    ground_speed_km_s: Number
    ground_angle_deg: Number
    ground_azimuth_deg: Number
    burnout_altitude_km: Number = 0.0


def minimum_energy(range_km: Number, burnout_altitude_km: Number = 0.0) -> Arc:
    """The slowest free flight over a range, without air or rotation.

    Args:
        range_km: along a sphere of 6,371 km from the point below burnout to the impact, above 0 and below half a
            circumference (20,015 km); a number or an array.
        burnout_altitude_km: 0 (from the surface) to below 10,000; a number, or an array that fits.
    Raises:
        ModelError: a number outside that; one line for each kind of mistake.
    Valid: ballistic part only; a real flight adds 1.5 to 4.5 minutes of boost.
    Source: Wheelon, ARS Journal 29 (1959); see physics.ballistics.
    """
    given, burnout = _numbers(range_km=range_km, burnout_altitude_km=burnout_altitude_km)
    _refuse([*_bad_range(given), _bad_burnout(burnout)])
    speed, angle, apogee, time = ballistics.minimum_energy(given * KM, burnout * KM)
    return _arc(given, apogee / KM, speed / KM_S, angle / DEG, time, burnout)


def arc(range_km: Number, apogee_km: Number | None = None, burnout_altitude_km: Number = 0.0) -> Arc:
    """The free flight over a range with a given apogee: lofted above the minimum-energy apogee, depressed below it.

    Args:
        range_km, burnout_altitude_km: as for minimum_energy.
        apogee_km: above the surface, positive and not below the burnout; the minimum-energy one if None.
    Raises:
        ModelError: a number outside that; one line for each kind of mistake.
    Valid: as minimum_energy; depressed arcs below about 100 km would in fact be dominated by the air.
    """
    if apogee_km is None:
        return minimum_energy(range_km, burnout_altitude_km)
    given, top, burnout = _numbers(range_km=range_km, apogee_km=apogee_km, burnout_altitude_km=burnout_altitude_km)
    _refuse([*_bad_range(given), *_bad_heights(top, burnout, HIGHEST["apogee_km"])])
    speed, angle, time = ballistics.through_apogee(given * KM, top * KM, burnout * KM)
    return _arc(given, top, speed / KM_S, angle / DEG, time, burnout)


def arc_between(
    lat_deg: Number,
    lon_deg: Number,
    to_lat_deg: Number,
    to_lon_deg: Number,
    apogee_km: Number | None = None,
    rotation: bool = True,
    burnout_altitude_km: Number = 0.0,
) -> RegionArc:
    """The free flight between two regions while the Earth turns underneath; numbers or arrays.

    Args:
        lat_deg, lon_deg, to_lat_deg, to_lon_deg: centroids on the half-degree grid; burnout is above the first.
        apogee_km: up to 100,000; if None, that of the least inertial speed to where the other region will be.
        rotation: whether the Earth turns; burnout_altitude_km: as for minimum_energy.
    Raises:
        ModelError: a place off the grid, a launch at a pole, both the same or opposite, or a height outside the model.
    Valid: Kepler's arc over a sphere of 6,371 km; the flattened Earth and the air shift an impact by up to tens of km.
    Source: own; the second region is led by OMEGA times the time of flight, solved to 1e-9 s.
    """
    given = _numbers(lat_deg=lat_deg, lon_deg=lon_deg, to_lat_deg=to_lat_deg, to_lon_deg=to_lon_deg,
                     apogee_km=np.nan if apogee_km is None else apogee_km, burnout_altitude_km=burnout_altitude_km)  # fmt: skip
    *places, top, burnout = given
    _refuse(yes_or_no("rotation", rotation))
    heights = [_bad_burnout(burnout)] if apogee_km is None else _bad_heights(top, burnout, HIGHEST_TURNING)
    _refuse([*_bad_places(*places), *heights])
    lat, lon, to_lat, to_lon, top, burnout = np.broadcast_arrays(*given)
    launch = lat * DEG, to_lat * DEG, (to_lon - lon) * DEG
    return _led(launch, None if apogee_km is None else top * KM, burnout * KM, OMEGA if rotation else 0.0)


def _led(launch: tuple[Floats, Floats, Floats], apogee: Floats | None, burnout: Floats, omega: float) -> RegionArc:
    """As arc_between, in SI units: latitudes, longitude eastward; the Earth turns at `omega` [rad/s]."""
    lat, to_lat, eastward = launch

    def over(inertial: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Speed, angle, apogee and time; not over nothing at all, where the forms are 0/0."""
        inertial = np.maximum(inertial, 1e-3)
        if apogee is None:
            return ballistics.minimum_energy(inertial, burnout)
        speed, angle, time = ballistics.through_apogee(inertial, apogee, burnout)
        return speed, angle, apogee, time

    longest = ballistics.period(R_MEAN + (burnout if apogee is None else apogee))
    lead, miss = ballistics.lead_time(*launch, lambda inertial: over(inertial)[3], longest, omega)
    _refuse([_outside("arc_between: time_s", lead, np.abs(miss) <= ballistics.SETTLED, "solved to 1e-9 s")])
    ground, _ = ballistics.bearing(*launch)
    inertial, azimuth = ballistics.bearing(lat, to_lat, eastward + omega * lead)
    _refuse([_opposite(inertial)])
    speed, angle, top, time = over(inertial)
    seen = ballistics.seen_from_ground(speed, angle, azimuth, omega * (R_MEAN + burnout) * np.cos(lat))
    columns = (
        inertial / KM, top / KM, speed / KM_S, angle / DEG, time, azimuth / DEG,
        ground / KM, seen[0] / KM_S, seen[1] / DEG, seen[2] / DEG, burnout / KM,
    )  # fmt: skip
    return RegionArc(*(_plain(column) for column in columns))


def _numbers(**given: Number) -> list[Floats]:
    """Arrays of floats that fit together, or one line that says which does not."""
    arrays, wrong = [], []
    for name, value in given.items():
        try:
            array = np.asarray(value)
        except ValueError:  # rows of different lengths
            array = np.array(None)
        if array.dtype.kind in "iuf":
            arrays.append(np.asarray(array, dtype=float))
        else:
            given_as = repr(value if value is None or isinstance(value, str) else str(value)[:40])
            wrong.append(f"{name}: {given_as} is neither a number nor an array of numbers; {_example(name)}")
    _refuse(wrong)
    try:
        np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in zip(given, arrays, strict=True) if array.ndim)
        _refuse([f"arrays: {shapes} do not fit together; give numbers, or arrays of one length"])
    return arrays


def _example(name: str) -> str:
    """What would be right in place of something that is no number."""
    return f"give it in {unit_of(name)}, such as {'45.5' if name.endswith('_deg') else '1000'}"


def _outside(name: str, given: Floats, good: Bools, rule: str) -> str | None:
    """What to say of the elements that are not good: how many, the first, the rule; None if there is none."""
    bad = ~np.asarray(good)
    if not bad.any():
        return None
    first = np.broadcast_to(given, bad.shape)[bad].flat[0]
    count = "" if bad.ndim == 0 else f" ({bad.sum()} of {bad.size}, the first at {np.argmax(bad)})"
    return f"{name}: {first:.10g} is outside the model{count}; it must be {rule}"


def _refuse(lines: list[str | None] | list[str]) -> None:
    wrong = [line for line in lines if line]
    if wrong:
        raise ModelError("\n".join(wrong))


def _bad_range(given: Floats) -> list[str | None]:
    return _bad_length("range_km", given, HALF_WAY_ROUND)


def _bad_length(name: str, given: Floats, most: float) -> list[str | None]:
    good = (given > 0.0) & (given < most)
    tiny = good & (given < LEAST_LENGTH)
    return [
        _outside(name, given, good, f"above 0 and below {most:,.0f}"),
        _outside(name, given, ~tiny, "a millimetre or more"),
    ]


def _bad_burnout(burnout: Floats) -> str | None:
    most = HIGHEST["burnout_altitude_km"]
    good = (burnout >= 0.0) & (burnout < most)
    return _outside("burnout_altitude_km", burnout, good, f"at least 0 and below {most:,.0f}")


def _bad_heights(apogee: Floats, burnout: Floats, most: float) -> list[str | None]:
    wrong = [*_bad_length("apogee_km", apogee, most), _bad_burnout(burnout)]
    low = _outside(
        "apogee_km", apogee, apogee >= burnout, "at least burnout_altitude_km, for the arc climbs from there"
    )
    return wrong if any(wrong) else [low]


def _bad_places(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats) -> list[str | None]:
    on_grid = "on the half-degree grid; regions are never places"
    wrong = []
    for name, value, most in (
        ("lat_deg", lat, 90.0), ("lon_deg", lon, 360.0), ("to_lat_deg", to_lat, 90.0), ("to_lon_deg", to_lon, 360.0),
    ):  # fmt: skip
        least = -90.0 if most == 90.0 else -180.0
        inside = (value >= least) & (value <= most)
        wrong.append(_outside(name, value, inside, f"from {least:g} to {most:g}"))
        wrong.append(_outside(name, value, ~inside | (np.where(inside, value, 0.0) * 2.0 % 1.0 == 0.0), on_grid))
    wrong.append(_outside("lat_deg", lat, np.abs(lat) != 90.0, "off the pole, where no direction has a name"))
    if not any(wrong):
        apart = ballistics.bearing(lat * DEG, to_lat * DEG, (to_lon - lon) * DEG)[0] > 1.0
        wrong.append(_outside("to_lat_deg, to_lon_deg", to_lat, apart, "another region than the one of the launch"))
    return wrong


def _opposite(inertial: Floats) -> str | None:
    good = inertial < (np.pi - NEARLY_OPPOSITE) * R_MEAN
    rule = f"below {HALF_WAY_ROUND:,.0f}: the other region is opposite at the impact, and every direction leads there"
    return _outside("arc_between: range_km", inertial / KM, good, rule)


def _arc(*columns: Floats) -> Arc:
    return Arc(*(_plain(column) for column in np.broadcast_arrays(*columns)))


def _plain(value: Floats) -> Number:
    """A float if it is one number, else an array of its own."""
    return float(value) if np.ndim(value) == 0 else np.array(value, dtype=float)
