"""Which places lie in which cell, and who sees them? Tables of places, counted for radars and, through a day, for satellites."""

import math
from collections.abc import Sequence

import healpix
import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats
from entente.constants import ECC2, GEO_RADIUS, R_EQ
from entente.physics import geometry, sight
from entente.physics.earth import ecef_from_geodetic, enu_axes
from entente.physics.orbits import place_on_orbit, revolutions_a_day
from entente.scenario.systems import Radar, Satellite
from entente.scenario.units import DEG, KM
from entente.scenario.world import face_table

Ints = NDArray[np.int32]
LOOKS = 144  # places of a satellite in a day, one in ten minutes


def centres(nside: int) -> tuple[Floats, Floats]:
    """Geodetic latitude and longitude [deg] of the centres of 12 nside^2 cells of equal area, (P,).

    Source: Gorski et al., Astrophysical Journal 622 (2005) 759-771, ring order; latitudes taken as authalic ones, so that the
        cells are equal on the ellipsoid.
    """
    lon, lat = healpix.pix2ang(nside, np.arange(12 * nside**2), lonlat=True)
    return geometry.geodetic_from_authalic(lat * DEG) / DEG, (lon + 180.0) % 360.0 - 180.0


def cell_of(nside: int, lat_deg: Floats, lon_deg: Floats) -> NDArray[np.int64]:
    """The cell that each place lies in, (N,), by the numbers of `centres`."""
    authalic = geometry.authalic_from_geodetic(np.asarray(lat_deg) * DEG) / DEG
    return np.asarray(healpix.ang2pix(nside, np.asarray(lon_deg), authalic, lonlat=True))


def counts_at(
    radars: Sequence[Radar],
    whose: Sequence[int],
    reaches: Sequence[float],
    parties: int,
    heights_km: Floats,
    lat_deg: Floats,
    lon_deg: Floats,
) -> Ints:
    """Radars of each party that see each place at each height (K, A, N)."""
    ground, up = surface(lat_deg, lon_deg)
    counts = np.zeros((parties, len(heights_km), len(ground)), np.int32)
    axes = np.empty((3, 3))
    for row, party, reach in zip(radars, whose, reaches, strict=True):
        lat, lon = row.lat_deg * DEG, row.lon_deg * DEG
        enu_axes(lat, lon, axes)
        site = np.array(ecef_from_geodetic(lat, lon, 0.0))
        faces = face_table(row)
        elevation = np.array([faces[:, 4].min(), faces[:, 5].max()])
        sight.count_in_sight(ground, up, heights_km * KM, site, axes, faces, elevation, reach, counts[party])
    return counts


def share_of_day(
    satellites: Sequence[Satellite],
    whose: Sequence[int],
    parties: int,
    heights_km: Floats,
    lat_deg: Floats,
    lon_deg: Floats,
) -> Floats:
    """Share of a day in view of satellites (K + 1, A, P)."""
    out = np.zeros((parties + 1, len(heights_km), len(lat_deg)))
    if satellites:
        places = np.stack([stations_in_a_day(row) for row in satellites])
        party = np.array(whose, np.int32)
        clouds = np.array([row.cloud_break_km.nominal for row in satellites]) * KM
        moves = np.array([row.orbit is not None for row in satellites], np.int32)
        sight.share_in_view(*surface(lat_deg, lon_deg), heights_km * KM, places, party, clouds, moves, out)
    return out


def stations_in_a_day(row: Satellite) -> Floats:
    """Earth-fixed places of a satellite through a day [m], (T, 3), its constellation where share 0 of the day puts it."""
    if row.orbit is None:
        assert row.longitude_deg is not None
        lon = row.longitude_deg * DEG
        return np.tile(GEO_RADIUS * np.array([math.cos(lon), math.sin(lon), 0.0]), (LOOKS, 1))
    orbit = row.orbit
    perigee, apogee = R_EQ + orbit.perigee_km * KM, R_EQ + orbit.apogee_km * KM
    angles = (orbit.inclination_deg * DEG, orbit.argument_of_perigee_deg * DEG, orbit.apogee_longitude_deg * DEG)
    turns = revolutions_a_day(0.5 * (perigee + apogee)) * (np.arange(LOOKS) + 0.5) / LOOKS + orbit.phase
    return np.array([place_on_orbit(turn, perigee, apogee, *angles) for turn in turns.tolist()])


def surface(lat_deg: Floats, lon_deg: Floats) -> tuple[Floats, Floats]:
    """Earth-fixed positions of places on the ellipsoid [m] and its normals there, (N, 3)."""
    lat, lon = np.asarray(lat_deg, np.float64) * DEG, np.asarray(lon_deg, np.float64) * DEG
    up = normals(lat, lon)
    curve = R_EQ / np.sqrt(1.0 - ECC2 * up[:, 2:] ** 2)
    return curve * up * np.array([1.0, 1.0, 1.0 - ECC2]), up


def normals(lat: Floats, lon: Floats) -> Floats:
    """Normals of the ellipsoid at geodetic latitudes and longitudes [rad], (N, 3)."""
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
