"""How far the program lies from other codes: the worst of some draws, computed anew whenever it is asked.

`worst()` is shown by builders/reference.py and held to its limits by test_published.py. Where a test prints what it found,
the number is read from there, so that it is the one the test judged.
"""

import contextlib
import io
import math
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from unittest import mock

import erfa
import numpy as np
import test_against_heyoka as heyoka
import test_atmosphere as air_tests
import test_ballistics as arcs
import test_earth as earth_tests
import test_integrator as scipys
import test_orbits as orbits
import ussa1976
from bulge_by_heyoka import fallen, integrator

from entente.ascent import TOLERANCE
from entente.physics import ballistics
from entente.physics.atmosphere import LAYER_TOP, TOP, air, density
from entente.physics.earth import destination, ecef_from_geodetic, geodesic
from entente.physics.forces import SMOOTH

sys.path.append(str(Path(__file__).parents[1] / "laws"))

import test_physics_lanes as lane_tests

DRAWS = 1_000
LIMIT = 19_900e3  # m  of geodesics


@dataclass(frozen=True)
class Worst:
    """The largest difference among some draws, and how large it may be; nan where nothing is claimed."""

    what: str
    against: str
    of: str
    found: float
    allowed: float
    unit: str


def rounded_up(value: float, digits: int = 1) -> float:
    """To so many digits, not below: what every machine agrees on of a largest difference."""
    power = 10.0 ** (math.floor(math.log10(value)) + 1 - digits)
    return float(f"{math.ceil(value / power * (1.0 - 1e-9)) * power:.{digits - 1}e}")


def printed(pattern: str, test: Callable[..., None], *runs: tuple) -> np.ndarray:
    """The numbers that a test prints, by a pattern with a group for each: the largest over its runs."""
    found = []
    for arguments in runs:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            test(*arguments)
        found.append([float(number) for number in re.search(pattern, said.getvalue()).groups()])
    return np.max(found, axis=0)


def parameters(test: Callable[..., None]) -> list[tuple]:
    """What a test is run with."""
    return next(mark.args[1] for mark in test.pytestmark if mark.name == "parametrize")


def by_heyoka() -> Iterator[Worst]:
    """Free fall against Taylor series at 1e-15."""
    low, high = [-1.5, -3.1, 150e3, 1e3, -1.0, 0.0], [1.5, 3.1, 800e3, 8e3, 1.0, 6.2]
    ground, apart = integrator(to_the_ground=True), []
    for draw in np.random.default_rng(4).uniform(low, high, (60, 6)):
        y = heyoka.start(*draw)
        t, theirs = fallen(ground, y, heyoka.LONGEST)
        away = heyoka.ours(y, t, TOLERANCE) - theirs
        apart.append([np.linalg.norm(away[:3]), np.linalg.norm(away[3:])])
    r, v = np.max(apart, axis=0)
    what, of = "free fall over the flattened Earth, at the ground", "60 arcs from 150 to 800 km"
    yield Worst(what, "heyoka at 1e-15", of, r, heyoka.MILLIMETRE, "m")
    yield Worst(what, "heyoka at 1e-15", of, v, heyoka.MICROMETRE_PER_SECOND, "m/s")
    (day,) = printed(r"(\S+) m", heyoka.test_a_day_on_a_molniya_orbit, ())
    yield Worst("a day on a Molniya orbit", "heyoka at 1e-15", "1 orbit", day, heyoka.CENTIMETRES, "m")


def by_heyoka_and_erfa() -> Iterator[Worst]:
    """Drifting orbits against integrated ones: what the mean theory leaves out, in its own small quantity."""
    runs = [(orbits.Integrated(*orbit),) for orbit in orbits.ORBITS.values()]
    shares = printed(r"km, ([\d.]+); \S+ km, ([\d.]+)", orbits.test_the_tracks_are_heyokas, *runs)
    allowed, units = (orbits.SHORT_PERIODS, orbits.SHORT_HEIGHTS), ("J2 (R/p)^2 rad", "J2 R^2/p")
    for what, found, limit, unit in zip(("ground track", "height"), shares, allowed, units, strict=True):
        yield Worst(f"{what} of drifting orbits, a day", "heyoka and erfa", f"{len(runs)} orbits", found, limit, unit)


def by_dop853() -> Iterator[Worst]:
    """Falls in the air, whole flights and closed forms against SciPy at 1e-12."""
    test, other = scipys.test_ballistic_arcs_are_dop853s, "SciPy's DOP853 at 1e-12"
    r, v = printed(r": (\S+) m, (\S+) m/s", test, *parameters(test))
    what, of = "falls from 200 km with drag, at impact", f"{len(parameters(test))} arcs"
    yield Worst(what, other, of, r, scipys.DECIMETRES, "m")
    yield Worst(what, other, of, v, scipys.CENTIMETRE_PER_SECOND, "m/s")
    test = scipys.test_powered_flights_are_dop853s
    r, t = printed(r"impact (\S+) m, (\S+) s", test, *parameters(test))
    what, of = "whole flights from lift-off, at impact", f"{len(parameters(test))} flights"
    yield Worst(what, other, of, r, scipys.DECIMETRES, "m")
    yield Worst(what, other, of, t, scipys.MILLISECOND, "s")
    apart = []
    for ground_range, loft in np.random.default_rng(7).uniform([300e3, 0.3], [13_000e3, 3.0], (20, 2)):
        apogee = loft * ballistics.minimum_energy(ground_range, 0.0)[2]
        speed, angle, time = ballistics.through_apogee(ground_range, apogee, 0.0)
        away = np.subtract(arcs.flown(speed, angle), (ground_range, apogee, time))
        apart.append([abs(away[0]), abs(away[1]), abs(away[2])])
    for what, found, limit, unit in zip(
        ("range", "apogee", "time"), np.max(apart, axis=0), (arcs.METRE, arcs.METRE, 1e-3), ("m", "m", "s"), strict=True
    ):
        yield Worst(f"{what} of closed-form arcs", other, "20 arcs of 300 to 13,000 km", found, limit, unit)


def by_lanes() -> Iterator[Worst]:
    """Arcs side by side against arcs flown alone, and the fast setting against a fine one."""
    y, inv_beta = lane_tests.drawn(200, 9, (200e3, 200e3), (2e3, 7e3), (0.26, 1.05))
    t_end = lane_tests.down_in(y, inv_beta)
    alone = lane_tests.alone(y, t_end, inv_beta, SMOOTH)
    fast, side, fine = (
        lane_tests.flown(y, t_end, inv_beta, SMOOTH, tolerance)[0]
        for tolerance in (lane_tests.FAST, lane_tests.TOLERANCE, lane_tests.FINE)
    )
    what, of = "arcs in SIMD lanes, 200 km to the ground", "200 arcs"
    for ours, other, against, limit in (
        (side, alone, "the same arcs flown alone, 1e-10", lane_tests.CLOSE),
        (fast, fine, "the same at 1e-13 (fast setting, 5e-8)", lane_tests.METRE),
    ):
        yield Worst(what, against, of, np.linalg.norm((ours - other)[:, :3], axis=1).max(), limit, "m")


def by_ussa1976() -> Iterator[Worst]:
    """The air against the package, as it is and with its slip corrected."""
    low, high = np.arange(0.0, LAYER_TOP, 500.0), np.arange(86_500.0, TOP, 2_500.0)
    ours = np.array([air(z) for z in low])
    theirs = ussa1976.compute(z=low, variables=["rho", "p", "cs"])
    off = max(abs(ours[:, i] / theirs[name].values - 1.0).max() for i, name in enumerate(("rho", "p", "cs")))
    of = f"{len(low)} heights below 86 km"
    yield Worst("density, pressure, speed of sound", "ussa1976", of, off, air_tests.TABLE, "")
    core = ussa1976.core

    def mixing_with_air(grid, g, t, dt_dz, d, k):
        mean = core.compute_mean_molar_mass_high_altitude(z=grid)
        return core.thermal_diffusion_term("O", grid, g, t, dt_dz, mean, d, k)

    def apart():
        return abs(ussa1976.compute(z=high, variables=["rho"]).rho.values / [density(z) for z in high] - 1.0).max()

    of = f"{len(high)} heights from 86 to 1,000 km"
    with mock.patch.object(core, "thermal_diffusion_term_atomic_oxygen", mixing_with_air):
        yield Worst("density", "ussa1976, its slip corrected", of, apart(), air_tests.PERMILLE, "")
    yield Worst("density", "ussa1976 0.3.4 as it is", of, apart(), math.nan, "")


def by_erfa_and_geographiclib() -> Iterator[Worst]:
    """Places and geodesics."""
    draws = np.random.default_rng(6).uniform([-1.57, -3.14, -10e3], [1.57, 3.14, 40_000e3], (DRAWS, 3))
    apart = [np.abs(np.subtract(ecef_from_geodetic(*d), erfa.gd2gc(1, d[1], d[0], d[2]))).max() for d in draws]
    of = f"{DRAWS:,} places up to 40,000 km"
    yield Worst("Earth-fixed coordinates", "erfa", of, max(apart), earth_tests.NANOMETRES, "m")
    lengths, ends = [], []
    for a, b in pairwise(draws):
        known = earth_tests.WGS84.Inverse(*np.degrees([*a[:2], *b[:2]]))["s12"]
        if known < LIMIT:
            lengths.append(abs(geodesic(*a[:2], *b[:2])[0] - known))
        azimuth, distance = b[1], LIMIT * (b[2] + 10e3) / 40_010e3
        there = earth_tests.WGS84.Direct(*np.degrees([*a[:2], azimuth]), distance)
        right = ecef_from_geodetic(*np.radians([there["lat2"], there["lon2"]]), 0.0)
        ends.append(math.dist(ecef_from_geodetic(*destination(*a[:2], azimuth, distance), 0.0), right))
    for what, found in (("length of geodesics", lengths), ("end of geodesics", ends)):
        of = f"{len(found)} geodesics up to 19,900 km"
        yield Worst(what, "geographiclib", of, max(found), earth_tests.MILLIMETRE, "m")


def worst() -> Iterator[Worst]:
    """Everything measured, flight first."""
    for measure in (by_heyoka, by_dop853, by_lanes, by_ussa1976, by_erfa_and_geographiclib, by_heyoka_and_erfa):
        yield from measure()
