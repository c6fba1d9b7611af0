"""What is known in advance of each class of vehicle: how fast and how steeply it leaves, how long it burns, how it brakes.

Half of what is expected of a class is the generic vehicles of the catalogue that belong to it, flown once each; the
other half is any other member, as wide as the class is defined. Every class counts as equally likely beforehand.
"""

import math
from functools import cache
from itertools import pairwise

import numpy as np

from entente.ascent import Ascent
from entente.compiled import Floats
from entente.constants import GM, R_MEAN
from entente.estimate.belief import BEARING, LAT, LON, MAJOR, MINOR, WHEN, WHEN_SIGMA, Bools, Codes, classify_many
from entente.estimate.classify import CLASSES, COLUMNS, leaving
from entente.physics import powered
from entente.physics.ballistics import minimum_energy
from entente.physics.forces import SLENDER
from entente.scenario.places import land
from entente.scenario.rows import vehicles
from entente.scenario.systems import VehicleClass
from entente.scenario.units import DEG, KM
from entente.scenario.vehicle import Vehicle
from entente.scenario.world import at_share

NO_DRAG = np.empty((0, 0, 2))  # in the place of ln beta where nothing falls through the air
STRAIGHT = np.zeros(2)  # an arc that is run back without any allowance for the boost
CELL = 0.2  # deg  of the map of land: 22 km, finer than most launch areas
KNOWN = 0.5  # share of a class that the catalogue's vehicles stand for; assumed
# Shortest and longest range [km] that defines each class: National Air and Space Intelligence Center, Ballistic and Cruise
# Missile Threat (2017 and later), grade D (recalled); SLBM by the shortest and longest of open literature, recalled.
RANGES = {
    "SRBM": (100, 1_000),
    "MRBM": (1_000, 3_000),
    "IRBM": (3_000, 5_500),
    "ICBM": (5_500, 15_000),
    "SLBM": (2_000, 12_000),
}
HEIGHTS = (100.0, 1_600.0)  # km  apogees of sounding rockets that leave straight up; assumed
# m/s, energy counted from the ground: of what is on its way to orbit. A last stage pushes so gently that a radar takes it for
# falling long before; assumed.
ORBITAL = (7_300.0, 8_300.0), (3_500.0, 7_300.0)
# Degrees above the arc of least energy: usual mean and sigma, share of the rarer habit, its mean and sigma; assumed. Missiles
# fly near least energy, or lofted; a sounding rocket nearly straight up; a launcher flat.
MISSILE, SOUNDING, LAUNCHER = (3, 8, 0.35, 16, 10), (42, 6, 0.05, 32, 8), (-12, 5, 0.2, -2, 8)
HABITS = {"space launch": LAUNCHER, "sounding rocket": SOUNDING}
# Chance that one of the class rises from the sea, as the map of land has it: ships, submarines, platforms, and the coasts and
# small islands on which ranges stand; assumed.
AT_SEA = {"SLBM": 0.97, "SRBM": 0.15, "space launch": 0.3, "sounding rocket": 0.3}
SEA_ELSE = 0.03
BURNS_ELSE = (100.0, 220.0)  # s  of an SLBM, of which the catalogue has none; assumed
OTHERS_BURN = (0.7, 1.3)  # times the shortest and longest of the class in the catalogue; assumed
KIN_SPEED, KIN_BURN = 100.0, 0.1  # m/s and a share, by which a vehicle may differ from the catalogue's; assumed
# Degrees: final pitches at which a vehicle's departure is learnt; it hardly depends on them but for a launcher.
STEEPLY, FLATLY = (35.0, 50.0, 65.0), (0.0, 10.0, 20.0)
BETA_ELSE = 0.4  # sigma added to ln beta of members of a class that the catalogue does not know; assumed
WHOLE_SIGMA = 0.25  # sigma of ln beta of a missile that falls whole, drag coefficient and angle of attack; assumed


def classify(
    t: Floats, held: Bools, x: Floats, P: Floats, p_boost: Floats, seen_by: Codes, launch: Floats, asked: Bools
) -> tuple[Floats, Floats, Floats]:
    """Chances of classes (K, G, 7), ln beta (K, G, 2) and the boost (K, G, 3) of tracks, as `belief.classify_many` has them.

    Only where `asked` (K, G), elsewhere nan; all that is held counts for how long a body was seen to burn.
    """
    classes, beta_ln, boost = (np.empty((*held.shape, width)) for width in (len(CLASSES), 2, 3))
    sea = at_sea(np.where(asked[..., None], launch, np.nan))
    classify_many(t, held, x, P, p_boost, seen_by, launch, sea, asked, kinds(), classes, beta_ln, boost)
    return classes, beta_ln, boost


def before_boost(launch: Floats, boost: Floats) -> Floats:
    """Launch areas (..., 7) out of where arcs of free fall end that are run backwards, given what a boost (..., 3) adds."""
    out = launch.copy()
    for axis in (MAJOR, MINOR):
        out[..., axis] = np.hypot(launch[..., axis], boost[..., 0])
    out[..., WHEN] -= boost[..., 1]
    out[..., WHEN_SIGMA] = np.hypot(launch[..., WHEN_SIGMA], boost[..., 2])
    return out


def at_sea(areas: Floats) -> Floats:
    """Share of areas (..., 7) that lies at sea, (...); nan if unknown.

    The centre and eight points sqrt(2) standard deviations off count alike: a rule of nine points for a Gaussian.
    """
    known = np.isfinite(areas[..., LAT])
    out = np.full(known.shape, np.nan)
    rows = areas[known]
    turn = np.arange(8) * math.pi / 4.0
    along = np.append(math.sqrt(2.0) * np.cos(turn), 0.0) * rows[:, MAJOR, None] / R_MEAN
    across = np.append(math.sqrt(2.0) * np.sin(turn), 0.0) * rows[:, MINOR, None] / R_MEAN
    toward = rows[:, BEARING, None]
    north = along * np.cos(toward) - across * np.sin(toward)
    east = along * np.sin(toward) + across * np.cos(toward)
    lat, lon = rows[:, LAT, None], rows[:, LON, None]
    out[known] = 1.0 - is_land(lat + north, lon + east / np.maximum(np.cos(lat), 0.01)).mean(axis=1)
    return out


def is_land(lat: Floats, lon: Floats) -> Bools:
    """Whether points [rad], (...), lie on land, to a cell of the map."""
    row = np.clip(((0.5 * math.pi + lat) / DEG / CELL).astype(np.int64), 0, _land().shape[0] - 1)
    column = ((math.pi + lon) / DEG / CELL).astype(np.int64) % _land().shape[1]
    return np.asarray(_land()[row, column])


@cache
def _land() -> Bools:
    """The Earth in cells of CELL degrees, from south and from the date line, by the even-odd rule along every parallel."""
    lat = -90.0 + CELL * (np.arange(round(180.0 / CELL)) + 0.5)
    crossed = np.zeros((len(lat), round(360.0 / CELL)), np.int64)
    for ring in land():
        for (lon_a, lat_a), (lon_b, lat_b) in pairwise(ring.tolist()):
            low, high = sorted((lat_a, lat_b))
            for row in range(*np.searchsorted(lat, (low, high)).tolist()):
                where = lon_a + (lat[row] - lat_a) * (lon_b - lon_a) / (lat_b - lat_a)
                crossed[row, max(math.ceil((where + 180.0) / CELL - 0.5), 0) :] += 1
    return crossed % 2 == 1


@cache
def kinds() -> Floats:
    """The table that `estimate.classify` asks for, (R, 14): every vehicle of the catalogue, then every class at large."""
    rows = [[_known(row) for row in vehicles() if row.range_class == name] for name in CLASSES]
    table = []
    for number, (name, known) in enumerate(zip(CLASSES, rows, strict=True)):
        share = KNOWN / len(known) if known else 0.0
        others = _others(name, np.array(known) if known else _as_icbm(rows))
        rest = (1.0 - share * len(known)) / len(others)
        for row in (*((one, share) for one in known), *((one, rest) for one in others)):
            slow, fast, short, long, mean, sigma = row[0]
            steep, steep_sigma, rare, rare_steep, rare_sigma = HABITS.get(name, MISSILE)
            habit = [steep * DEG, steep_sigma * DEG, rare, rare_steep * DEG, rare_sigma * DEG]
            chance = row[1] / len(CLASSES)
            table.append([number, chance, slow, fast, *habit, short, long, AT_SEA.get(name, SEA_ELSE), mean, sigma])
    out = np.array(table, dtype=np.float64).reshape(-1, COLUMNS)
    out.setflags(write=False)
    return out


def _known(row: VehicleClass) -> list[float]:
    """Of a vehicle of the catalogue: slowest and fastest departure [m/s], shortest and longest burn [s], ln beta and sigma."""
    beta = row.vehicle.ballistic_coefficient_kg_m2
    ascent = Ascent(row.vehicle, 0.0, 0.0, beta.nominal if beta else 1.0)
    pitches = FLATLY if row.range_class == "space launch" else STEEPLY
    speeds = [_departure(ascent, pitch * DEG) for pitch in pitches]
    if beta is None:
        mean, sigma = math.log(_whole(row.vehicle)), WHOLE_SIGMA
    else:
        drawn = np.log([at_share(beta, (i + 0.5) / 100.0) for i in range(100)])
        mean, sigma = float(drawn.mean()), float(drawn.std())
    slow, fast = min(speeds) - KIN_SPEED, max(speeds) + KIN_SPEED
    return [slow, fast, (1.0 - KIN_BURN) * ascent.burnout, (1.0 + KIN_BURN) * ascent.burnout, mean, sigma]


def _departure(ascent: Ascent, pitch: float) -> float:
    """How fast the vehicle leaves [m/s], as its free fall says, when it is steered northwards to a final pitch [rad]."""
    _, _, states, _ = ascent.sampled(0.0, pitch, 0.0, np.array([ascent.burnout + 1.0]))
    powered.earth_fixed_many(np.array([ascent.burnout + 1.0]), states, ascent.omega, states)
    return leaving(states[0])[0]


def _whole(vehicle: Vehicle) -> float:
    """Ballistic coefficient [kg/m^2] of what falls whole: payload and empty last stage, fast and nose first."""
    last = vehicle.stages[-1]
    drag = SLENDER[-1, 1] if vehicle.drag_table is None else vehicle.drag_table[-1][1]
    return float((vehicle.payload_kg + last.dry_kg) / (drag * 0.25 * math.pi * last.diameter_m**2))


def _others(name: str, known: Floats) -> list[list[float]]:
    """Of members of a class that the catalogue does not know, the same six numbers; `known` (V, 6) are those that it knows."""
    if name in RANGES:
        bounds = [[float(minimum_energy(np.array(km * KM))[0]) for km in RANGES[name]]]
    elif name == "space launch":
        bounds = [list(pair) for pair in ORBITAL]
    else:
        bounds = [[math.sqrt(2.0 * GM * (1.0 / R_MEAN - 1.0 / (R_MEAN + km * KM))) for km in HEIGHTS]]
    short, long = OTHERS_BURN[0] * known[:, 2].min(), OTHERS_BURN[1] * known[:, 3].max()
    if name == "SLBM":
        short, long = BURNS_ELSE
    spread = math.sqrt(float((known[:, 5] ** 2).mean() + known[:, 4].var()) + BETA_ELSE**2)
    return [[*pair, short, long, float(known[:, 4].mean()), spread] for pair in bounds]


def _as_icbm(rows: list[list[list[float]]]) -> Floats:
    """What stands for the vehicles of a class of which the catalogue has none: those of long range."""
    return np.array(rows[CLASSES.index("ICBM")])
