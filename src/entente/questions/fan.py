"""All flights of one vehicle from one region: whole flights for some azimuths and pitches, to interpolate between."""

import math
import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np

from entente.ascent import Ascent
from entente.compiled import Floats
from entente.constants import OMEGA
from entente.errors import Unreachable
from entente.physics import powered
from entente.physics.covering import Fan
from entente.physics.earth import ecef_from_geodetic, enu_axes, geodesic, geodetic_from_ecef
from entente.scenario.units import DEG, KM
from entente.scenario.vehicle import Vehicle

AZIMUTHS, PITCHES, POINTS = 36, 48, 97  # of a fan; the flights between are interpolated within a kilometre or so
SHORTEST = 50.0 * KM  # nearer impacts tell no bearing
MOST_LEAD = 60.0 * DEG  # what the Earth's turn carries farther aside is left out
LONGEST = 19_000.0 * KM  # beyond, near the antipode, bearings turn too fast


@lru_cache(maxsize=16)
def fan(vehicle: Vehicle, lat: float, lon: float, beta: float, lofted: bool) -> Fan:
    """Every flight of a vehicle from a place, lofted or depressed.

    Args:
        lat, lon: the launch [rad]; beta: ballistic coefficient [kg/m^2].
    Raises:
        Unreachable: it has no flights of that kind.
    """
    ascent = Ascent(vehicle, lat, lon, beta)
    axes = np.empty((3, 3))
    enu_axes(lat, lon, axes)
    launch = np.array(ecef_from_geodetic(lat, lon, 0.0))
    ranges, leads, times = (np.zeros((AZIMUTHS, PITCHES)) for _ in range(3))
    places, used = np.zeros((AZIMUTHS, PITCHES, POINTS, 3)), np.zeros(AZIMUTHS, np.int64)

    def fly_azimuth(a: int) -> None:
        azimuth = 2.0 * math.pi * a / AZIMUTHS
        best, _ = ascent.farthest(azimuth)
        for pitch in np.linspace(best, ascent.pitches[1 if lofted else 0], PITCHES):
            found = _flight(ascent, azimuth, float(pitch), launch, axes)
            u = int(used[a])
            if found is None or (u > 0 and found[0] >= ranges[a, u - 1]):
                if u == 0:
                    continue  # still beyond what a fan holds
                break
            ranges[a, u], leads[a, u], times[a, u], places[a, u] = found
            used[a] += 1

    fly_azimuth(0)  # compiled before threads begin
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(fly_azimuth, range(1, AZIMUTHS)))
    if (used < 2).any():
        kind = "lofted" if lofted else "depressed"
        raise Unreachable(
            f"vehicle: it has no {kind} flights that come down within 19,000 km; ask for another, or another loft"
        )
    return Fan(launch, axes, ascent.burnout, ranges, leads, used, times, places)


def _flight(
    ascent: Ascent, azimuth: float, pitch: float, launch: Floats, axes: Floats
) -> tuple[float, float, float, Floats] | None:
    """Range, lead, time of impact and places of one flight; None if it does not belong to a fan."""
    status, events = ascent.fly(azimuth, pitch)
    if status or math.isnan(events[powered.BURNOUT]):
        return None
    impact = float(events[powered.IMPACT])
    state = np.empty(6)
    powered.earth_fixed(impact, events[powered.IMPACT_STATE :], OMEGA, state)
    lat, lon, _ = geodetic_from_ecef(state[0], state[1], state[2])
    length, bearing, _, unsolved = geodesic(ascent.lat, ascent.lon, lat, lon)
    lead = (bearing - azimuth + math.pi) % (2.0 * math.pi) - math.pi
    if unsolved or not SHORTEST <= length <= LONGEST or abs(lead) > MOST_LEAD:
        return None
    times = np.linspace(ascent.burnout, impact, POINTS)
    _, _, states, _ = ascent.sampled(azimuth, pitch, 0.0, times[:-1])
    states = np.vstack([states, events[powered.IMPACT_STATE :]])
    powered.earth_fixed_many(times, states, OMEGA, states)
    east, north, up = axes @ (states[:, :3] - launch).T
    sine, cosine = math.sin(azimuth), math.cos(azimuth)
    return length, lead, impact, np.stack([east * sine + north * cosine, east * cosine - north * sine, up], axis=1)
