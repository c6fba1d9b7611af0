"""When does a radar first see the flight of an event? The flight by the model, over a band of lowest elevations."""

from dataclasses import dataclass

import numpy as np

from entente.compiled import Floats
from entente.errors import ModelError
from entente.physics.earth import distance, ecef_from_geodetic, enu_axes
from entente.questions.flying import Flight, fly
from entente.scenario.event_files import load_event
from entente.scenario.events import Event
from entente.scenario.units import DEG, KM


@dataclass(frozen=True)
class FirstView:
    """A flight of an event, and its first sight; every time since lift-off.

    Attributes:
        apogee_km, time_min: flown; reported_apogee_km, reported_time_min: as told, nan where nobody tells.
        ground_km: from the radar to the launch, along the ellipsoid.
        elevation_deg: low, middle and high of the lowest elevation; seen_s: first moment above each; altitude_km: height then.
        track_s: the same with the radar's own time, from sight to track; that is what the event's evidence says.
        thrust_ends_s: the last burnout: before it no radar can tell where the flight will fall.
        reported_s: low and high of the first sight as told; nan where nobody tells.
        after_s: how much later than the computed sight the report is, at least and at most.
    """

    apogee_km: float
    time_min: float
    reported_apogee_km: float
    reported_time_min: float
    ground_km: float
    elevation_deg: tuple[float, ...]
    seen_s: tuple[float, ...]
    altitude_km: tuple[float, ...]
    track_s: tuple[float, ...]
    thrust_ends_s: float
    reported_s: tuple[float, float]
    after_s: tuple[float, float]

    def __str__(self) -> str:
        """Computed and reported side by side."""
        (low, _, high), (first, _, last), (track, _, tracked) = self.elevation_deg, self.seen_s, self.track_s
        told = f"{self.reported_apogee_km:,.0f} km, {self.reported_time_min:g} min"
        lines = [
            f"flown: apogee {self.apogee_km:,.0f} km, {self.time_min:.1f} min; reported: {told}",
            f"a radar {self.ground_km:,.0f} km away that looks down to {low:g} to {high:g} deg: first sight after "
            f"{first:.0f} to {last:.0f} s, at {self.altitude_km[0]:.0f} to {self.altitude_km[-1]:.0f} km",
            f"a track after {track:.0f} to {tracked:.0f} s; the last engine burns until {self.thrust_ends_s:.0f} s, and "
            "nobody can tell before where it falls",
        ]
        if not np.isnan(self.reported_s[0]):
            (least, most), (after, later) = self.reported_s, self.after_s
            lines.append(f"told: after {least:.0f} to {most:.0f} s, {after:.0f} to {later:.0f} s after the first sight")
        return "\n".join(lines)


def first_view(event: Event | str) -> FirstView:
    """The flight of an event, flown, and when its radar first sees it over the event's band of elevations.

    Args:
        event: as `load_event` gives it, or the name of a shipped one: "sounding-rocket-1995".
    Raises:
        UnknownName: no such event.
        ModelError: the event names no flight, or no radar.
    Valid: straight rays over WGS 84; refraction, up to 0.5 deg at the horizon, would show it up to 4 s sooner. To the
        second at which the flight is sampled. The radar's own time, from sight to track, is not in it.
    Source: own; the flight as `fly`, checked in tests/authorities/sounding_rocket.yaml.
    """
    event = load_event(event) if isinstance(event, str) else event
    plan, view = event.flight, event.first_view
    if plan is None or view is None:
        raise ModelError(f"event {event.id!r}: no flight with a radar that sees it; add flight and first_view")
    flight = fly(plan.vehicle, plan.lat_deg, plan.lon_deg, plan.azimuth_deg, plan.range_km)
    elevation = _elevations(flight, view.lat_deg, view.lon_deg)
    band = (view.elevation_deg.low, view.elevation_deg.nominal, view.elevation_deg.high)
    first = [int(np.argmax(elevation >= lowest)) for lowest in band]
    if not all(elevation[n] >= lowest for n, lowest in zip(first, band, strict=True)):
        raise ModelError(
            f"event {event.id!r}: the flight never rises above {band[-1]:g} deg there; is the radar's place right?"
        )
    seen = tuple(float(flight.t_s[n]) for n in first)
    told, one = view.reported_s, view.track_s
    reported = (told.low, told.high) if told else (np.nan, np.nan)
    return FirstView(
        apogee_km=flight.apogee_km,
        time_min=flight.time_of_flight_s / 60.0,
        reported_apogee_km=plan.apogee_km or np.nan,
        reported_time_min=plan.time_min or np.nan,
        ground_km=distance(view.lat_deg * DEG, view.lon_deg * DEG, plan.lat_deg * DEG, plan.lon_deg * DEG) / KM,
        elevation_deg=band,
        seen_s=seen,
        altitude_km=tuple(float(flight.altitude_km[n]) for n in first),
        track_s=tuple(s + more for s, more in zip(seen, (one.low, one.nominal, one.high), strict=True)),
        thrust_ends_s=flight.events["burnout_s"],
        reported_s=reported,
        after_s=(reported[0] - seen[-1], reported[1] - seen[0]),
    )


def _elevations(flight: Flight, lat_deg: float, lon_deg: float) -> Floats:
    """Elevation of every sample of a flight above the horizontal of a place [deg], (N,)."""
    axes = np.empty((3, 3))
    enu_axes(lat_deg * DEG, lon_deg * DEG, axes)
    site = np.array(ecef_from_geodetic(lat_deg * DEG, lon_deg * DEG, 0.0))
    way = zip(flight.lat_deg, flight.lon_deg, flight.altitude_km, strict=True)
    line = np.array([ecef_from_geodetic(lat * DEG, lon * DEG, high * KM) for lat, lon, high in way]) - site
    found: Floats = np.arcsin(line @ axes[2] / np.linalg.norm(line, axis=1)) / DEG
    return found
