"""Could sunlight on clouds have looked like a launch? The Sun of a day, a satellite's orbit, and a field at its horizon."""

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from entente.compiled import Floats
from entente.constants import R_EQ
from entente.errors import ModelError
from entente.physics.earth import ecef_from_geodetic
from entente.physics.orbits import place_on_orbit
from entente.physics.sunlight import GRAZING, glint, specular_point, sun_direction
from entente.scenario.event_files import load_event
from entente.scenario.events import Event, Glint
from entente.scenario.units import DEG, KM

NOON_2000 = dt.datetime(2000, 1, 1, 12, tzinfo=dt.UTC)
DAY = 86_400.0  # s
AT_HORIZON = 3.0 * DEG  # of the satellite above or below the field's horizon: the field at the limb
SHARES = np.arange(0.2, 0.52, 0.01)  # of a revolution, climbing to the apogee; 0.5 is the apogee
LONGITUDES = 9  # tried, over the range of the apogee's
FAR_NORTH = 35.0 * DEG  # lowest latitude below the satellite while it watches


@dataclass(frozen=True)
class GlintFound:
    """Over all places the satellite may have had.

    Attributes:
        places: how many were tried; glinting: share of them from which clouds threw sunlight at it.
        grazing_deg: the angle between the cloud tops and the ray at the mirroring point: least, middle and most.
        limit_deg: below which clouds are taken to glint. half_day_before: the same share twelve hours before.
        beside_deg: how far to the side of the missile field the glint lay, as the satellite sees it: least and most.
        sun_lat_deg, sun_lon_deg: the point of the Earth below the Sun.
    """

    places: int
    glinting: float
    grazing_deg: tuple[float, float, float]
    limit_deg: float
    half_day_before: float
    beside_deg: tuple[float, float]
    sun_lat_deg: float
    sun_lon_deg: float

    def __str__(self) -> str:
        """The angles, and how sure it was."""
        least, middle, most = self.grazing_deg
        lines = [
            f"the Sun stood above latitude {self.sun_lat_deg:.1f}, longitude {self.sun_lon_deg:.1f} deg; "
            f"{self.places} places of the satellite have the field at the limb",
            f"angle between cloud tops and the ray to it: {middle:.1f} deg ({least:.1f} to {most:.1f}); "
            f"clouds are taken to glint below {self.limit_deg:.0f} deg",
            f"places from which they glint: {self.glinting:.0%}; half a day before: {self.half_day_before:.0%}",
            f"as the satellite saw it, the glint lay {self.beside_deg[0]:.0f} to {self.beside_deg[1]:.0f} deg beside the field",
        ]
        return "\n".join(lines)


def find_glint(event: Event | str) -> GlintFound:
    """The Sun's geometry at the moment of an event, for every place where its satellite had the field at the limb.

    Args:
        event: as `load_event` gives it, or the name of a shipped one: "glint-1983".
    Raises:
        UnknownName: no such event.
        ModelError: the event names no satellite to dazzle, or an orbit that never has the field at the limb.
    Valid: says when clouds can glint, not whether there were any; the satellite's place on its orbit is not published, so
        all are tried; the angle of mirrors within 0.2 deg.
    Source: own, with physics.sunlight and physics.orbits; the orbit and the hour from the event's source.
    """
    event = load_event(event) if isinstance(event, str) else event
    what = event.glint
    if what is None:
        raise ModelError(f"event {event.id!r}: names no satellite that the Sun could dazzle; add glint")
    days = (what.moment - NOON_2000).total_seconds() / DAY
    sun, before = sun_direction(days), sun_direction(days - 0.5)
    field = np.array(ecef_from_geodetic(what.field_lat_deg * DEG, what.field_lon_deg * DEG, 0.0))
    places = [place for place in _places(what) if abs(_elevation(place, field)) < AT_HORIZON]
    if not places:
        raise ModelError(
            f"event {event.id!r}: this orbit never has the field at its limb; is the apogee's longitude right?"
        )
    grazing = np.degrees([specular_point(sun, place)[0] for place in places])
    lit = [place for place in places if np.isfinite(glint(sun, place)).all()]
    beside = [_beside(glint(sun, place), field, place) for place in lit] or [math.nan]
    return GlintFound(
        places=len(places),
        glinting=len(lit) / len(places),
        grazing_deg=(float(grazing.min()), float(np.median(grazing)), float(grazing.max())),
        limit_deg=math.degrees(GRAZING),
        half_day_before=sum(bool(np.isfinite(glint(before, place)).all()) for place in places) / len(places),
        beside_deg=(min(beside), max(beside)),
        sun_lat_deg=math.degrees(math.asin(sun[2])),
        sun_lon_deg=math.degrees(math.atan2(sun[1], sun[0])),
    )


def _places(what: Glint) -> Iterator[Floats]:
    """Where the satellite may have stood over the north, for each longitude that its apogee may have had [m]."""
    for longitude in np.linspace(what.apogee_lon_deg.low, what.apogee_lon_deg.high, LONGITUDES):
        heights = R_EQ + what.perigee_km * KM, R_EQ + what.apogee_km * KM
        angles = what.inclination_deg * DEG, what.argument_deg * DEG, longitude * DEG
        for share in SHARES:
            place = np.array(place_on_orbit(float(share), *heights, *angles))
            if place[2] > math.sin(FAR_NORTH) * np.linalg.norm(place):
                yield place


def _elevation(place: Floats, ground: Floats) -> float:
    """Of a satellite above the horizon of a place, on a sphere [rad]."""
    line = place - ground
    return math.asin(float(line @ ground / np.linalg.norm(line) / np.linalg.norm(ground)))


def _beside(glinting: Floats, field: Floats, station: Floats) -> float:
    """Angle between two directions around the point below a satellite [deg]."""
    nadir = -station / np.linalg.norm(station)
    one, other = (line - (line @ nadir) * nadir for line in (glinting - station, field - station))
    return math.degrees(math.atan2(float(np.linalg.norm(np.cross(one, other))), float(one @ other)))
