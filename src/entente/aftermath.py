"""What does an interceptor's flight leave behind? Where the pieces come down, and what the other side sees of the flight.

Everything here is predicted at the decision to fire, from the plan alone: what a party would tell the other of it, and
what the other would see and might think if it were not told. docs/explanation/defence.md says what is assumed.
"""

import math
from dataclasses import dataclass

import numpy as np

from entente.compiled import Floats
from entente.constants import GM, R_MEAN
from entente.estimate.predict import impact_area
from entente.estimate.score import ellipse
from entente.physics.earth import geodesic
from entente.physics.geometry import azimuth_elevation_range, hidden_by_earth
from entente.physics.signals import off_boresight, scan_reach
from entente.records import RADAR
from entente.scenario.world import Sensor, Site, World

# What is assumed of pieces and suspicion; no source states any of it.
SHARE = 0.1  # of the mass that meets is the interceptor's: a kill vehicle of tens of kilograms, a body of hundreds
SPREAD = 100.0  # m/s  1 sigma of the pieces' velocity about their common one, each direction; 30 to 300 m/s
PIECES = (math.log(300.0), 0.8)  # mean and sigma of ln of the pieces' ballistic coefficient [kg/m^2]
TOWARD = 500_000.0  # m  from a region: an unexplained flight that would come down nearer may be taken for an attack
SAMPLES = 16  # points of an interceptor's path at which it is asked who sees it
NOWHERE = np.full(7, math.nan)


@dataclass(frozen=True)
class Wake:
    """What one flight to a meeting leaves."""

    debris: Floats  # (7,) a row of `records.Areas`: where the pieces come down, and when; nan where they do not within an hour
    seen: bool  # whether any sensor of the other party could see the interceptor
    toward: bool  # whether it would come down near a region of the other party if it met nothing


def wake(world: World, site: Site, r_meet: Floats, v_body: Floats, t_meet: float) -> Wake:
    """What an interceptor of a site leaves that meets a body at a place.

    Args:
        r_meet, v_body: Earth-fixed place of the meeting [m] and velocity of the body there [m/s], (3,); t_meet: when [s].
    """
    path, v_own = flight(site, r_meet)
    together = np.concatenate([r_meet, (1.0 - SHARE) * v_body + SHARE * v_own])
    debris = _ground(together, SPREAD, t_meet)
    other = 1 - site.party
    on = _ground(np.concatenate([r_meet, v_own]), 1.0, t_meet)
    homes = [home for home in world.defended if home.party == other]
    toward = bool(np.isfinite(on[0])) and any(
        geodesic(float(on[0]), float(on[1]), home.lat, home.lon)[0] <= home.radius + TOWARD for home in homes
    )
    seen = any(_sees(sensor, site, path) for sensor in world.sensors if sensor.party == other)
    return Wake(debris, seen, toward)


def flight(site: Site, r_meet: Floats) -> tuple[Floats, Floats]:
    """Points of an interceptor's way to a meeting [m], (SAMPLES, 3), and its velocity there [m/s], (3,); Earth-fixed.

    Valid: as `physics.intercept.flight_time`: the direct arc of free fall from the surface of a sphere, the burn drawn
        together into an instant, the Earth's spin left out.
    Source: own; the conic through two radii with the speed at the first: vis-viva and the orbit equation.
    """
    centre = site.r_ecef - R_MEAN * site.axes[2]
    start, end = site.r_ecef - centre, r_meet - centre
    up = start / R_MEAN
    there = math.sqrt(float(end @ end))
    level = end - (end @ up) * up
    away = math.sqrt(float(level @ level))
    along = level / away if away > 1.0 else site.axes[1]
    angle = math.atan2(max(away, 1.0), float(end @ up))
    # u = tan of the angle of climb: (1 - cos)(1 + u^2)/k + cos - u sin = r1/r2, the flatter root being the direct way.
    k = site.speed**2 * R_MEAN / GM
    a, b = (1.0 - math.cos(angle)) / k, math.sin(angle)
    c = a + math.cos(angle) - R_MEAN / there
    climb = math.atan(2.0 * c / (b + math.sqrt(max(b * b - 4.0 * a * c, 0.0))))
    v_start = site.speed * (math.cos(climb) * along + math.sin(climb) * up)
    h = np.cross(start, v_start)
    h2 = float(h @ h)
    e = np.cross(v_start, h) / GM - up
    turns = np.linspace(0.0, angle, SAMPLES)[:, None]
    unit = np.cos(turns) * up + np.sin(turns) * along
    radius = h2 / GM / (1.0 + unit @ e)
    v_end = GM / h2 * np.cross(h, e + end / there)
    return centre + radius[:, None] * unit, v_end


def _ground(x: Floats, spread: float, t: float) -> Floats:
    """Where something comes down whose velocity is known to `spread` [m/s], a row of `Areas`; nan where it does not."""
    cov = np.empty((2, 2))
    uncertain = np.diag([1.0] * 3 + [spread] * 3) ** 2
    lat, lon, when, sigma, status = impact_area(x, uncertain, t, *PIECES, cov)
    return np.array([lat, lon, *ellipse(cov), when, sigma]) if status == 0 else NOWHERE


def _sees(sensor: Sensor, site: Site, path: Floats) -> bool:
    """Whether a sensor could see the flight: a radar some point of it, a satellite its burn above the clouds.

    A radar is given the reach that it has for the body of the case, as no source states how large an interceptor looks.
    """
    if sensor.kind != RADAR:
        burnt_out = path[int(np.argmin(np.abs(np.linalg.norm(path - path[0], axis=1) - 0.5 * site.speed * site.boost)))]
        return not hidden_by_earth(sensor.r_ecef, burnt_out, sensor.cloud_break)
    aer = np.empty(3)
    for point in path:
        azimuth_elevation_range(point, sensor.r_ecef, sensor.axes, aer)
        angle = off_boresight(aer[0], aer[1], sensor.faces, *sensor.elevation)
        if aer[2] <= scan_reach(angle) * sensor.reach_coast:
            return True
    return False
