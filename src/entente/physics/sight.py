"""Which points of many are in sight of a radar, or of satellites during a day? Counted for all points and heights at once.

Points are given on the ground, with the ellipsoid's normal there, so that one table serves every height. Only products and
roots: a sine or an angle per point would cost ten times as much. Rays are straight: refraction is left out.
"""

import math

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel
from entente.physics.geometry import hidden_by_earth

Ints = NDArray[np.int32]


@kernel
def count_in_sight(
    ground: Floats,
    up: Floats,
    heights: Floats,
    site: Floats,
    axes: Floats,
    faces: Floats,
    elevation: Floats,
    reach: float,
    count: Ints,
) -> None:
    """Adds one to every point and height that a radar sees.

    Args:
        ground, up: Earth-fixed positions [m] and normals of the ellipsoid there, (P, 3); heights: above it [m], (A,).
        site, axes: of the radar, on the ground [m], (3,); east, north and up there as rows, (3, 3).
        faces: (F, 6), see physics.signals.off_boresight; elevation: lowest and highest of the radar [rad], (2,).
        reach: range on boresight [m]; off it shorter, see physics.signals.scan_reach.
        count: (A, P), written.
    Valid: a point exactly overhead is in every face; the radar stands on the ellipsoid, so nothing below elevation 0 is seen.
    Source: own; elevation, azimuth and angle off boresight as the histories have them, compared by sine and cosine.
    """
    lowest, highest = sine_of_elevation(max(elevation[0], 0.0)), sine_of_elevation(elevation[1])
    edges = edges_of(faces)
    for p in range(ground.shape[0]):
        for a in range(heights.shape[0]):
            dx = ground[p, 0] + heights[a] * up[p, 0] - site[0]
            dy = ground[p, 1] + heights[a] * up[p, 1] - site[1]
            dz = ground[p, 2] + heights[a] * up[p, 2] - site[2]
            slant2 = dx * dx + dy * dy + dz * dz
            if slant2 > reach * reach:
                continue
            slant = math.sqrt(slant2)
            rise = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
            if rise < lowest * slant or rise > highest * slant:
                continue
            east = axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz
            north = axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz
            if toward_a_face(east, north, rise, slant, reach, edges):
                count[a, p] += 1


@kernel
def sine_of_elevation(limit: float) -> float:
    """Sine of an elevation [rad] that limits the view; more than any sine where the limit lies overhead."""
    return math.sin(limit) if limit < 0.5 * math.pi else 2.0


@kernel
def edges_of(faces: Floats) -> Floats:
    """What `toward_a_face` compares with: a table of faces (F, 6) in sines and cosines, (F, 10).

    Sine and cosine of the boresight's azimuth, cosine of the half width (2 for no face), sines of lowest and highest
    elevation, the boresight's east, north and up, cosine of the electronic limit, and 1 for a face that turns.
    """
    edges = np.empty((faces.shape[0], 10))
    for f in range(faces.shape[0]):
        s, c = math.sin(faces[f, 0]), math.cos(faces[f, 0])
        edges[f, 0], edges[f, 1] = s, c
        edges[f, 2] = math.cos(faces[f, 1]) if faces[f, 1] > 0.0 else 2.0
        edges[f, 3], edges[f, 4] = sine_of_elevation(max(faces[f, 4], 0.0)), sine_of_elevation(faces[f, 5])
        level = math.cos(faces[f, 2])
        edges[f, 5], edges[f, 6], edges[f, 7] = s * level, c * level, math.sin(faces[f, 2])
        edges[f, 8] = max(0.0, math.cos(faces[f, 3]))
        edges[f, 9] = 1.0 if faces[f, 1] > 0.5 * math.pi else 0.0
    return edges


@kernel
def toward_a_face(east: float, north: float, rise: float, slant: float, reach: float, edges: Floats) -> bool:
    """Whether a point lies within a face and the reach that is left off its boresight.

    Args:
        east, north, rise: of the point from the radar, slant: its distance, reach: on boresight [m]; edges: of `edges_of`.
    Source: SCAN_POWER of physics.signals, without a power: slant^4 <= reach^4 cos^2.5, by products and roots.
    """
    level = math.sqrt(east * east + north * north)
    share = slant / reach
    for f in range(edges.shape[0]):
        if edges[f, 0] * east + edges[f, 1] * north < edges[f, 2] * level:
            continue
        if rise < edges[f, 3] * slant or rise > edges[f, 4] * slant:
            continue
        if edges[f, 9] > 0.0:
            return True
        cosine = (edges[f, 5] * east + edges[f, 6] * north + edges[f, 7] * rise) / slant
        if cosine >= edges[f, 8] and share * share * share * share <= cosine * cosine * math.sqrt(max(0.0, cosine)):
            return True
    return False


@kernel
def share_in_view(
    ground: Floats,
    up: Floats,
    heights: Floats,
    stations: Floats,
    party: Ints,
    clouds: Floats,
    moves: Ints,
    out: Floats,
) -> None:
    """Share of the times at which each party has a satellite in line with each point and height.

    Args:
        ground, up, heights: as count_in_sight.
        stations: Earth-fixed positions of the satellites at the times [m], (S, T, 3); party: whose, below 30, (S,);
        clouds: height below which nothing is seen [m], (S,); moves: 0 for a satellite that stands still, (S,).
        out: (K + 1, A, P), written; the last of the first axis is the share at which anybody has one.
    Valid: geometry only, as sensing has it: a ray that passes below the cloud tops anywhere is lost.
    Source: own.
    """
    satellites, times = stations.shape[0], stations.shape[1]
    parties = out.shape[0] - 1
    owned, point = 0, ground[0].copy()
    for s in range(satellites):
        owned |= 1 << party[s]
    for p in range(ground.shape[0]):
        for a in range(heights.shape[0]):
            for i in range(3):
                point[i] = ground[p, i] + heights[a] * up[p, i]
            always = 0
            for s in range(satellites):
                if (
                    moves[s] == 0
                    and not always & (1 << party[s])
                    and in_line(stations[s, 0], point, up[p], heights[a], clouds[s])
                ):
                    always |= 1 << party[s]
            for t in range(times):
                now = always
                if always != owned:
                    for s in range(satellites):
                        if (
                            moves[s]
                            and not now & (1 << party[s])
                            and in_line(stations[s, t], point, up[p], heights[a], clouds[s])
                        ):
                            now |= 1 << party[s]
                for k in range(parties):
                    if now & (1 << k):
                        out[k, a, p] += 1.0
                if now:
                    out[parties, a, p] += 1.0
            for k in range(parties + 1):
                out[k, a, p] /= times


@kernel
def in_line(station: Floats, point: Floats, up: Floats, height: float, clouds: float) -> bool:
    """Whether a satellite is in line with a point at a height above the clouds [m].

    Args:
        station, point: Earth-fixed positions [m], (3,); up: the ellipsoid's normal below the point, (3,).
    Source: physics.geometry.hidden_by_earth; a ray that climbs from above the clouds is not asked any further.
    """
    rise = up[0] * (station[0] - point[0]) + up[1] * (station[1] - point[1]) + up[2] * (station[2] - point[2])
    if rise > 0.0 and height > 1.01 * clouds:  # the raised ellipsoid is not quite the surface of constant height
        return True
    return not hidden_by_earth(station, point, clouds)
