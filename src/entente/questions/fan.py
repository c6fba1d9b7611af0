"""All flights of one vehicle from one region: whole flights for some azimuths and pitches, to interpolate between.

A fan takes a second to fly, and a report asks for several; so each is kept beside the compiled code, under a name that holds
the vehicle, the place and the hash of the program. An edit anywhere flies it anew.
"""

import hashlib
import math
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from entente.ascent import Ascent
from entente.compiled import CACHE, Floats
from entente.constants import OMEGA
from entente.errors import Unreachable
from entente.physics import powered
from entente.physics.covering import Fan
from entente.physics.earth import ecef_from_geodetic, enu_axes, geodesic, geodetic_from_ecef
from entente.provenance import code_hash
from entente.scenario.units import DEG, KM
from entente.scenario.vehicle import Vehicle

AZIMUTHS, PITCHES, POINTS = 36, 48, 97  # of a fan; the flights between are interpolated within a kilometre or so
SHORTEST = 50.0 * KM  # nearer impacts tell no bearing
MOST_LEAD = 60.0 * DEG  # what the Earth's turn carries farther aside is left out
LONGEST = 19_000.0 * KM  # beyond, near the antipode, bearings turn too fast
MOST_KEPT = 48  # fans on the disk, of 1 to 3 MB each; the oldest make room


@lru_cache(maxsize=16)
def fan(vehicle: Vehicle, lat: float, lon: float, beta: float, lofted: bool) -> Fan:
    """Every flight of a vehicle from a place, lofted or depressed.

    Args:
        lat, lon: the launch [rad]; beta: ballistic coefficient [kg/m^2].
    Raises:
        Unreachable: it has no flights of that kind.
    """
    place = kept_at(vehicle, lat, lon, beta, lofted)
    if (found := _read(place)) is not None:
        return found
    flown = fly_fan(vehicle, lat, lon, beta, lofted)
    _write(place, flown)
    return flown


def kept_at(vehicle: Vehicle, lat: float, lon: float, beta: float, lofted: bool) -> Path:
    """Where a fan is kept: the name changes with what it is of, and with the program."""
    said = repr((_code(), vehicle, lat, lon, beta, lofted))
    return Path(CACHE) / f"fan-{hashlib.sha256(said.encode()).hexdigest()[:24]}.npz"


@cache
def _code() -> str:
    return code_hash()


def _read(place: Path) -> Fan | None:
    """A fan that was kept; None if there is none, or no whole one."""
    try:
        with place.open("rb") as file, np.load(file, allow_pickle=False) as parts:
            found = {name: parts[name] for name in Fan._fields}
        return Fan(**found | {"burnout": float(found["burnout"])})
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _write(place: Path, flown: Fan) -> None:
    """Keep a fan; where nothing can be written it is flown again next time."""
    partial = place.with_name(f".{place.stem}.{os.getpid()}.npz")
    try:
        np.savez(partial, **flown._asdict())
        partial.replace(place)
        kept = sorted(place.parent.glob("fan-*.npz"), key=lambda file: file.stat().st_mtime)
        for file in kept[:-MOST_KEPT]:
            file.unlink(missing_ok=True)
    except OSError:
        partial.unlink(missing_ok=True)


def fly_fan(vehicle: Vehicle, lat: float, lon: float, beta: float, lofted: bool) -> Fan:
    """As `fan`, flown and not looked up."""
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
