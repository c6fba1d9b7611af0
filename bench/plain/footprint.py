"""A footprint in plain NumPy, array by array over all cells, for bench/defence.py: the same flights, radars and sites."""

import math

import numpy as np

from entente.constants import ECC2, GM, R_EQ, R_MEAN, R_POLE
from entente.physics.covering import OWN, Fan, Line, Radars, Rule
from entente.physics.intercept import BOOST, CEILING, FARTHEST, FASTEST, FLOOR, LONGEST, SPEED
from entente.physics.signals import P_FALSE, SNR_HALF

BATCH = 2_000  # cells at a time, so that the arrays stay in the cache


def covered(distance: np.ndarray, bearing: np.ndarray, fan: Fan, radars: Radars, line: Line, rule: Rule) -> np.ndarray:
    """Whether cells (P,) are covered: alone, with the partner's sensors, and with its interceptors, (P, 3); one salvo."""
    parts = []
    for first in range(0, len(distance), BATCH):
        here = slice(first, first + BATCH)
        parts.append(_batch(distance[here], bearing[here], fan, radars, line, rule))
    return np.concatenate(parts)


def _batch(distance, bearing, fan, radars, line, rule):
    out = np.zeros((len(distance), 3), bool)
    reached, path, t = _paths(distance, bearing, fan)
    if not len(path):
        return out
    counts = np.zeros((2, *t.shape))
    for s in range(len(radars.place)):
        chance = _chances(path - radars.place[s], radars, s)
        steps = 0.5 * (chance[:, 1:] + chance[:, :-1]) * np.diff(t, axis=1) / radars.revisit[s]
        counts[0 if radars.whose[s] == OWN else 1, :, 1:] += np.cumsum(steps, axis=1)
    partner = np.stack([np.interp(row - rule.delay, row, c, left=0.0) for row, c in zip(t, counts[1], strict=True)])
    partner[distance[reached] < rule.least_shared] = 0.0
    known = [_crossing(t, total, rule.detections) for total in (counts[0], counts[0] + partner)]
    heights = _heights(path)
    can = np.zeros((len(path), 3), bool)
    for k in range(len(line.place)):
        latest = _latest(path, t, heights, line, k) - line.commit_delay[k]
        if line.whose[k] == OWN:
            can[:, 0] |= latest >= known[0]
            can[:, 1] |= latest >= known[1]
        can[:, 2] |= latest >= known[1]
    out[reached] = can
    return out


def _paths(distance, bearing, fan):
    """Which cells are reached, and the flights to them: places (Q, N, 3) and times (Q, N)."""
    count, most = fan.ranges.shape
    rows = np.where(np.arange(most) < fan.used[:, None], fan.ranges, -np.inf)
    azimuth = bearing.copy()
    for _ in range(4):
        turned = (azimuth % (2.0 * math.pi)) / (2.0 * math.pi) * count
        first, weight = np.floor(turned).astype(int) % count, turned % 1.0
        pair = np.stack([first, (first + 1) % count])
        low = np.clip((rows[pair] >= distance[:, None]).sum(axis=2) - 1, 0, fan.used[pair] - 2)
        near, far = fan.ranges[pair, low], fan.ranges[pair, low + 1]
        part = np.clip((near - distance) / (near - far), 0.0, 1.0)
        share = np.stack([1.0 - weight, weight])
        lead = (share * ((1.0 - part) * fan.leads[pair, low] + part * fan.leads[pair, low + 1])).sum(axis=0)
        longest = (share * fan.ranges[pair, 0]).sum(axis=0)
        shortest = (share * fan.ranges[pair, fan.used[pair] - 1]).sum(axis=0)
        at, azimuth = azimuth, bearing - lead
    reached = np.flatnonzero((distance <= longest) & (distance >= shortest))
    pair, low, part, share, at = pair[:, reached], low[:, reached], part[:, reached], share[:, reached], at[reached]
    weights = np.stack([share * (1.0 - part), share * part])
    local = sum(weights[n, m][:, None, None] * fan.places[pair[m], low[m] + n] for n in range(2) for m in range(2))
    end = sum(weights[n, m] * fan.times[pair[m], low[m] + n] for n in range(2) for m in range(2))
    sine, cosine = np.sin(at)[:, None], np.cos(at)[:, None]
    along, right, up = np.moveaxis(local, 2, 0)
    east, north = along * sine + right * cosine, along * cosine - right * sine
    path = fan.launch + np.stack([east, north, up], axis=2) @ fan.axes
    t = fan.burnout + (end - fan.burnout)[:, None] * np.linspace(0.0, 1.0, path.shape[1])
    return reached, path, t


def _chances(away, radars, s):
    """Chance that one look of a radar detects a body at (Q, N, 3) from it."""
    slant = np.sqrt((away**2).sum(axis=2))
    east, north, rise = np.moveaxis(away @ radars.axes[s].T, 2, 0)
    level = np.hypot(east, north)
    seen = (rise >= radars.elevation[s, 0] * slant) & (rise <= radars.elevation[s, 1] * slant)
    best = np.zeros_like(slant)
    for edge in radars.edges[s]:
        inside = edge[0] * east + edge[1] * north >= edge[2] * level
        inside &= (rise >= edge[3] * slant) & (rise <= edge[4] * slant)
        cosine = np.where(edge[9] > 0.0, 1.0, (edge[5] * east + edge[6] * north + edge[7] * rise) / slant)
        best = np.maximum(best, np.where(inside & ((cosine >= edge[8]) | (edge[9] > 0.0)), cosine, 0.0))
    snr = SNR_HALF * (radars.reach[s] / slant) ** 4 * best**2.5
    near = slant**2 <= 9.0 * radars.reach[s] ** 2
    return np.where(seen & near & (best > 0.0), P_FALSE ** (1.0 / (1.0 + snr)), 0.0)


def _crossing(t, counts, needed):
    """When each row of counts (Q, N) reaches a number, on straight lines; inf if never."""
    after = np.argmax(counts >= needed, axis=1)
    rows = np.arange(len(t))
    before = np.maximum(after - 1, 0)
    rise = counts[rows, after] - counts[rows, before]
    part = np.divide(counts[rows, after] - needed, rise, out=np.zeros(len(t)), where=rise > 0.0)
    when = t[rows, after] - part * (t[rows, after] - t[rows, before])
    return np.where(counts.max(axis=1) >= needed, when, np.inf)


def _heights(place):
    """Heights above the ellipsoid (Bowring's first step)."""
    p, z = np.hypot(place[..., 0], place[..., 1]), place[..., 2]
    turn = np.arctan2(z * R_EQ, p * R_POLE)
    lat = np.arctan2(z + ECC2 / (1.0 - ECC2) * R_POLE * np.sin(turn) ** 3, p - ECC2 * R_EQ * np.cos(turn) ** 3)
    return p * np.cos(lat) + z * np.sin(lat) - R_EQ * np.sqrt(1.0 - ECC2 * np.sin(lat) ** 2)


def _latest(path, t, heights, line, k):
    """The latest ignition of one site against each flight, (Q,); -inf where there is none."""
    can = line.can[k]
    latest = _deadlines(path, t, heights, path, t, line, k).max(axis=1)
    for edge in (FLOOR, CEILING):
        below, above = heights[:, :-1] - can[edge], heights[:, 1:] - can[edge]
        crosses = (below < 0.0) != (above < 0.0)
        part = np.where(crosses, below / np.where(crosses, below - above, 1.0), 0.0)
        place = path[:, :-1] + part[:, :, None] * np.diff(path, axis=1)
        place *= 1.0 + ((can[edge] - _heights(place)) / np.sqrt((place**2).sum(axis=2)))[:, :, None]
        at = t[:, :-1] + part * np.diff(t, axis=1)
        there = _deadlines(place, at, np.full(at.shape, can[edge]), path, t, line, k)
        latest = np.maximum(latest, np.where(crosses, there, -np.inf).max(axis=1))
    return latest


def _deadlines(place, at, heights, path, t, line, k):
    """The latest ignition for each point, (Q, M); -inf where it cannot be met."""
    can = line.can[k]
    away = (place - line.place[k]) @ line.axes[k].T
    level2 = away[..., 0] ** 2 + away[..., 1] ** 2
    chord = np.sqrt(level2 + away[..., 2] ** 2)
    there = np.sqrt(level2 + (R_MEAN + away[..., 2]) ** 2)
    axis = 1.0 / (2.0 / R_MEAN - can[SPEED] ** 2 / GM)
    perimeter = 0.5 * (R_MEAN + there + chord)
    flies = perimeter <= 2.0 * axis
    alpha = 2.0 * np.arcsin(np.sqrt(np.where(flies, perimeter / (2.0 * axis), 0.0)))
    beta = 2.0 * np.arcsin(np.sqrt(np.where(flies, np.maximum(perimeter - chord, 0.0) / (2.0 * axis), 0.0)))
    fall = math.sqrt(axis**3 / GM) * ((alpha - np.sin(alpha)) - (beta - np.sin(beta)))
    needs = 0.5 * can[BOOST] + fall
    pace = np.sqrt((np.diff(path, axis=1) ** 2).sum(axis=2)) / np.diff(t, axis=1)
    pace = pace if place.shape[1] < path.shape[1] else np.concatenate([np.zeros((len(path), 1)), pace], axis=1)
    good = flies & (needs >= can[BOOST]) & (needs <= LONGEST) & (heights >= can[FLOOR]) & (heights <= can[CEILING])
    good &= (level2 <= can[FARTHEST] ** 2) & (pace <= can[FASTEST])
    return np.where(good, at - needs, -np.inf)
