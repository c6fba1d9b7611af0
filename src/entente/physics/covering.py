"""Can flights from one region to many points be met? When each is known by its expected detections, who can then answer.

The flights of a vehicle from one region are given as a *fan*: whole flights for some azimuths and pitches, between which
the flight to any point is interpolated. No truth is drawn: detections are counted as expected numbers.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel
from entente.physics.earth import geodesic, height_by_series
from entente.physics.intercept import CEILING, FLOOR, deadline
from entente.physics.signals import P_FALSE, SNR_HALF

Codes = NDArray[np.int8]
Ints = NDArray[np.int64]

TURN = 2.0 * math.pi
LEADS = 4  # rounds in which the azimuth is led until the bearing of the impact is right
OWN, PARTNER = 0, 1
ALONE, SENSORS, INTERCEPTORS = range(3)  # what a party has: its own; the partner's sensors too; and interceptors
IN_REACH, TOO_FAR, TOO_NEAR = range(3)  # of the vehicle


class Fan(NamedTuple):
    """All flights of a vehicle from one launch, by azimuth (A), evenly round, and pitch (U), the longest first."""

    launch: Floats  # (3,) Earth-fixed [m]
    axes: Floats  # (3, 3) east, north, up there
    burnout: float  # s since lift-off
    ranges: Floats  # (A, U) [m], falling along each azimuth
    leads: Floats  # (A, U) bearing of the impact less the azimuth at lift-off [rad]
    used: Ints  # (A,) flights of each azimuth
    times: Floats  # (A, U) of impact [s since lift-off]
    places: Floats  # (A, U, N, 3) along, right of and above the launch, at even shares of the time from burnout to impact [m]


class Radars(NamedTuple):
    """Who looks (S)."""

    place: Floats  # (S, 3) Earth-fixed [m]
    axes: Floats  # (S, 3, 3) east, north, up there
    edges: Floats  # (S, F, 10) see `sight.edges_of`; rows without a face hold 2 in column 2
    elevation: Floats  # (S, 2) sines of the lowest and highest
    reach: Floats  # (S,) on boresight [m]
    revisit: Floats  # (S,) [s]
    whose: Codes  # (S,) OWN or PARTNER


class Line(NamedTuple):
    """Who can answer (K)."""

    place: Floats  # (K, 3) Earth-fixed [m]
    axes: Floats  # (K, 3, 3) east, north, up there
    can: Floats  # (K, 7) see `intercept.deadline`
    commit_delay: Floats  # (K,) from a commit to ignition [s]
    whose: Codes  # (K,) OWN or PARTNER


class Rule(NamedTuple):
    """When a commit is possible."""

    detections: float  # expected, after burnout
    delay: float  # of the partner's [s]
    least_shared: float  # range below which a flight is not shared [m]
    look: float  # after a first meeting, before which nobody fires again [s]; negative where one salvo is all


@kernel
def find_flight(distance: float, bearing: float, fan: Fan, at: Floats, index: Ints) -> int:
    """Which flights of a fan lie around the one to a point, and with what weights.

    Args:
        distance, bearing: of the point along the ground from the launch [m, rad].
        at: (4,), written: azimuth at lift-off [rad], weight of the next azimuth, and of the next flight of each azimuth.
        index: (4,), written: the two azimuths, and a flight of each.
    Returns:
        IN_REACH, TOO_FAR or TOO_NEAR for the vehicle.
    """
    count, ranges = fan.ranges.shape[0], fan.ranges
    azimuth, status = bearing, IN_REACH
    for _ in range(LEADS):
        turned = (azimuth % TURN) / TURN * count
        first = int(turned) % count
        weight = turned - math.floor(turned)
        at[0], at[1] = azimuth, weight
        longest = shortest = lead = 0.0
        for side in range(2):
            a = (first + side) % count
            share = weight if side else 1.0 - weight
            last = fan.used[a] - 1
            longest += share * ranges[a, 0]
            shortest += share * ranges[a, last]
            low, high = 0, last
            while high - low > 1:
                middle = (low + high) // 2
                if ranges[a, middle] >= distance:
                    low = middle
                else:
                    high = middle
            part = (ranges[a, low] - distance) / (ranges[a, low] - ranges[a, low + 1])
            part = min(1.0, max(0.0, part))
            index[side], index[2 + side], at[2 + side] = a, low, part
            lead += share * ((1.0 - part) * fan.leads[a, low] + part * fan.leads[a, low + 1])
        status = TOO_FAR if distance > longest else TOO_NEAR if distance < shortest else IN_REACH
        azimuth = bearing - lead
    return status


@kernel
def blend(fan: Fan, at: Floats, index: Ints, path: Floats, t: Floats) -> None:
    """The flight between four of a fan.

    Args:
        at, index: as `find_flight` writes them.
        path: Earth-fixed places [m], (N, 3), and t: their times [s since lift-off], (N,); both written.
    """
    places, times = fan.places, fan.times
    points = places.shape[2]
    a, b, u, v = index[0], index[1], index[2], index[3]
    w0, w1 = (1.0 - at[1]) * (1.0 - at[2]), (1.0 - at[1]) * at[2]
    w2, w3 = at[1] * (1.0 - at[3]), at[1] * at[3]
    sine, cosine = math.sin(at[0]), math.cos(at[0])
    end = w0 * times[a, u] + w1 * times[a, u + 1] + w2 * times[b, v] + w3 * times[b, v + 1]
    for n in range(points):
        t[n] = fan.burnout + (end - fan.burnout) * n / (points - 1)
        along = (
            w0 * places[a, u, n, 0]
            + w1 * places[a, u + 1, n, 0]
            + w2 * places[b, v, n, 0]
            + w3 * places[b, v + 1, n, 0]
        )
        right = (
            w0 * places[a, u, n, 1]
            + w1 * places[a, u + 1, n, 1]
            + w2 * places[b, v, n, 1]
            + w3 * places[b, v + 1, n, 1]
        )
        up = (
            w0 * places[a, u, n, 2]
            + w1 * places[a, u + 1, n, 2]
            + w2 * places[b, v, n, 2]
            + w3 * places[b, v + 1, n, 2]
        )
        east, north = along * sine + right * cosine, along * cosine - right * sine
        for i in range(3):
            path[n, i] = fan.launch[i] + east * fan.axes[0, i] + north * fan.axes[1, i] + up * fan.axes[2, i]


@kernel
def look_chance(
    dx: float, dy: float, dz: float, axes: Floats, edges: Floats, lowest: float, highest: float, reach: float
) -> float:
    """Chance that one look of a radar detects a body; 0 where no face may look.

    Args:
        dx, dy, dz: the body from the radar, Earth-fixed [m]; axes: east, north, up at the radar, (3, 3).
        edges: (F, 10), see `sight.edges_of`; lowest, highest: sines of the radar's elevations; reach: on boresight [m].
    Source: signals.off_boresight, scan_reach and detection_probability, by products and roots and one exponential.
    """
    slant2 = dx * dx + dy * dy + dz * dz
    if slant2 > 9.0 * reach * reach:  # less than 2e-5 there
        return 0.0
    rise = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
    slant = math.sqrt(slant2)
    if rise < lowest * slant or rise > highest * slant:
        return 0.0
    east = axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz
    north = axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz
    level = math.sqrt(east * east + north * north)
    best = 0.0
    for f in range(edges.shape[0]):
        if edges[f, 0] * east + edges[f, 1] * north < edges[f, 2] * level:
            continue
        if rise < edges[f, 3] * slant or rise > edges[f, 4] * slant:
            continue
        if edges[f, 9] > 0.0:
            best = 1.0
            break
        cosine = (edges[f, 5] * east + edges[f, 6] * north + edges[f, 7] * rise) / slant
        if cosine >= edges[f, 8]:
            best = max(best, cosine)
    if best <= 0.0:
        return 0.0
    share = reach * reach / slant2
    snr = SNR_HALF * share * share * best * best * math.sqrt(best)
    return math.exp(math.log(P_FALSE) / (1.0 + snr))


@kernel
def expected_detections(path: Floats, t: Floats, radars: Radars, out: Floats) -> None:
    """Detections that each side's radars are expected to have had of a flight by the points of its path.

    Args:
        path: Earth-fixed [m], (N, 3); t: [s], (N,); out: (2, N), written, OWN and PARTNER's.
    Valid: looks are spread evenly over a revisit; between points the chance runs straight.
    """
    out[:] = 0.0
    for s in range(radars.place.shape[0]):
        before, total, side = 0.0, 0.0, radars.whose[s]
        for n in range(t.shape[0]):
            chance = look_chance(
                path[n, 0] - radars.place[s, 0],
                path[n, 1] - radars.place[s, 1],
                path[n, 2] - radars.place[s, 2],
                radars.axes[s],
                radars.edges[s],
                radars.elevation[s, 0],
                radars.elevation[s, 1],
                radars.reach[s],
            )
            if n > 0:
                total += 0.5 * (chance + before) * (t[n] - t[n - 1]) / radars.revisit[s]
            before = chance
            out[side, n] += total


@kernel
def known_at(t: Floats, counts: Floats, needed: float, delay: float, alone: bool) -> float:
    """When so many detections are expected to have been had, the partner's arriving late by `delay` [s]; inf if never.

    Args:
        t: (N,) [s]; counts: (2, N), OWN and PARTNER's, which rise; alone: without the partner's.
    """
    last, before = t.shape[0] - 1, 0.0
    step = t[1] - t[0]
    for n in range(last + 1):
        total = counts[OWN, n]
        if not alone:
            back = (t[n] - delay - t[0]) / step
            if back > 0.0:
                k = min(int(back), last - 1)
                part = min(1.0, back - k)
                total += counts[PARTNER, k] + part * (counts[PARTNER, k + 1] - counts[PARTNER, k])
        if total >= needed:
            return t[n] if n == 0 else t[n] - (total - needed) / (total - before) * (t[n] - t[n - 1])
        before = total
    return math.inf


@kernel
def answer(
    path: Floats, t: Floats, site: Floats, axes: Floats, can: Floats, ready: Floats, heights: Floats, first: Floats
) -> float:
    """The latest ignition of one site against a flight, and the first meeting for each time of readiness.

    Args:
        path: Earth-fixed [m], (N, 3); t: [s], (N,); heights: of its points [m], (N,).
        site, axes, can: as `intercept.deadline`; ready: earliest ignitions [s], (R,).
        first: (R,), written: when the first meeting would be [s]; inf where there is none.
    Returns:
        latest ignition that meets it at any point, or where it crosses floor or ceiling [s]; -inf if none does.
    """
    latest = -math.inf
    first[:] = math.inf
    point = np.empty(3)
    for n in range(t.shape[0]):
        speed = 0.0
        if n > 0:
            dx, dy, dz = path[n, 0] - path[n - 1, 0], path[n, 1] - path[n - 1, 1], path[n, 2] - path[n - 1, 2]
            speed = math.sqrt(dx * dx + dy * dy + dz * dz) / (t[n] - t[n - 1])
            for edge in (FLOOR, CEILING):
                below, above = heights[n - 1] - can[edge], heights[n] - can[edge]
                if (below < 0.0) != (above < 0.0):
                    part = below / (below - above)
                    # A little inside, so that the crossing itself counts.
                    inside = part + (1e-6 if (above > 0.0) == (edge == FLOOR) else -1e-6)
                    for i in range(3):
                        point[i] = path[n - 1, i] + inside * (path[n, i] - path[n - 1, i])
                    lift = can[edge] - height_by_series(point[0], point[1], point[2])
                    size = math.sqrt(point[0] * point[0] + point[1] * point[1] + point[2] * point[2])
                    # The chord sags below the arc by some hundred metres: back to the height that is crossed.
                    grow = 1.0 + (lift + (0.5 if edge == FLOOR else -0.5)) / size
                    for i in range(3):
                        point[i] *= grow
                    at = t[n - 1] + part * (t[n] - t[n - 1])
                    latest = max(latest, noted(deadline(point, at, speed, site, axes, can), at, ready, first))
        latest = max(latest, noted(deadline(path[n], t[n], speed, site, axes, can), t[n], ready, first))
    return latest


@kernel
def noted(latest: float, at: float, ready: Floats, first: Floats) -> float:
    """The same latest ignition, after a meeting there was noted for every readiness that still makes it."""
    for r in range(ready.shape[0]):
        if latest >= ready[r] and at < first[r]:
            first[r] = at
    return latest


@kernel
def cover_many(
    distance: Floats,
    bearing: Floats,
    fan: Fan,
    radars: Radars,
    line: Line,
    rule: Rule,
    status: Codes,
    known: Floats,
    margin: Floats,
    best: Codes,
) -> None:
    """Whether the flights from one region to many points can be met: alone, with the partner's sensors, and interceptors.

    Args:
        distance, bearing: of the points from the launch [m, rad], (P,).
        status: (P,), written: IN_REACH of the vehicle, TOO_FAR, TOO_NEAR.
        known: (P, 2), written: when enough is known, alone and with the partner's sensors [s since lift-off]; inf if never.
        margin: (P, 3), written: latest commit less the moment known, for ALONE, SENSORS, INTERCEPTORS [s]; with a second salvo,
            latest ignition less the moment at which it is needed; negative or -inf where the point is not covered.
        best: (P, 3), written: the site with that margin; -1 if none.
    Source: own.
    """
    points = fan.places.shape[2]
    path, t, heights = np.empty((points, 3)), np.empty(points), np.empty(points)
    counts, at, index = np.empty((2, points)), np.empty(4), np.empty(4, np.int64)
    ready, first = np.empty(2), np.empty(2)
    soonest, latest, latest_site = np.empty(3), np.empty(3), np.empty(3, np.int64)
    for p in range(distance.shape[0]):
        for v in range(3):
            margin[p, v], best[p, v] = -math.inf, -1
        known[p, 0] = known[p, 1] = math.inf
        status[p] = find_flight(distance[p], bearing[p], fan, at, index)
        if status[p] != IN_REACH:
            continue
        blend(fan, at, index, path, t)
        for n in range(points):
            heights[n] = height_by_series(path[n, 0], path[n, 1], path[n, 2])
        expected_detections(path, t, radars, counts)
        known[p, 0] = known_at(t, counts, rule.detections, rule.delay, True)
        known[p, 1] = known_at(t, counts, rule.detections, rule.delay, distance[p] < rule.least_shared)
        if known[p, 1] == math.inf:
            continue
        for v in range(3):
            soonest[v], latest[v], latest_site[v] = math.inf, -math.inf, -1
        for k in range(line.place.shape[0]):
            for r in range(2):
                ready[r] = known[p, r] + line.commit_delay[k]
            last = answer(path, t, line.place[k], line.axes[k], line.can[k], ready, heights, first)
            if last == -math.inf:
                continue
            # One salvo: time is left until the latest commit. A second one: until the latest ignition.
            left = last - (line.commit_delay[k] if rule.look < 0.0 else 0.0)
            for v in range(3):
                if line.whose[k] == PARTNER and v != INTERCEPTORS:
                    continue
                soonest[v] = min(soonest[v], first[0 if v == ALONE else 1])
                if left > latest[v]:
                    latest[v], latest_site[v] = left, k
        for v in range(3):
            since = known[p, 0 if v == ALONE else 1] if rule.look < 0.0 else soonest[v] + rule.look
            if latest_site[v] >= 0 and since < math.inf:
                margin[p, v] = latest[v] - since
                best[p, v] = latest_site[v]


@kernel
def toward_many(lat: float, lon: float, lats: Floats, lons: Floats, distance: Floats, bearing: Floats) -> None:
    """Distance [m] and bearing [rad] of places (P,) from one, [rad]; inf where they lie at its antipode, nearly."""
    for p in range(lats.shape[0]):
        length, out, _, unsolved = geodesic(lat, lon, lats[p], lons[p])
        distance[p], bearing[p] = (math.inf, 0.0) if unsolved else (length, out)
