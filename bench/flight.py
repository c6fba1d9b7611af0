"""How long arcs from 200 km to the ground take, ours and heyoka's and SciPy's, and what a whole flight costs.

Arcs: J2 and drag in the same smooth air over the turning Earth, each for its own time to impact, all in one thread.
Every integrator gets its best: heyoka's tolerance, longest step and fast_math are scanned, ours and SciPy's tolerance,
and the fastest setting counts whose worst end over all arcs is within a metre. heyoka works in units of Earth radii,
in which it is a fifth faster than in metres (its one tolerance for all six components then looks at speeds, too), without
compact mode, one compiled integrator for all arcs, its batches of arcs that last alike. What Python's loop around
heyoka takes, measured with arcs of no length, is taken off its time before the ratios are formed.
Whole flights are timed by the wall clock, since two threads fly them, and by the processor's, which tells whether other
programs had a share of it. `python bench/flight.py [--quick]`.
"""

import argparse
import math
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import product
from typing import NamedTuple

import heyoka as hy
import numpy as np
from scipy.integrate import solve_ivp

from entente.constants import FLATTENING, GM, J2, OMEGA, R_EQ
from entente.physics import dispersed, forces, powered
from entente.physics.earth import ecef_from_geodetic, enu_axes
from entente.physics.lanes import advance_many
from entente.questions.ensembles import TOLERANCE, Spread, draw, sigmas
from entente.questions.flying import planned

SEED, ARCS, QUICK, ROUNDS, FEW_ROUNDS = 4, 10_000, 2_000, 9, 7
PART, FINALISTS, FEW = 10, 4, 20  # the scan flies every tenth arc, then so many settings all; SciPy only so many arcs
WITHIN = 1.0  # m  the worst end that is allowed
AGREE = 0.01  # m  how near the two reference solutions come
LENGTH, TIME = R_EQ, math.sqrt(R_EQ**3 / GM)  # m, s: heyoka's units
UNITS = np.repeat([LENGTH, LENGTH / TIME], 3)
WIDTH = hy.recommended_simd_size()

# Whole flights: vehicles of one and of three stages and how far they fly [km], from a generic place to the north-west.
FLOWN, CORES, FLIGHT_WITHIN, ONCE = {"no_dong": None, "icbm_solid": 8_000.0}, 2, 10.0, 1_000_000  # km, -, m, -
CHECKED = 10_000  # flights whose impacts are compared
FROM, AZIMUTH = (36.0, 46.0), 315.0  # deg


class Arcs(NamedTuple):
    """What is flown: states (N, 6) in inertial axes, inverse ballistic coefficients (N,), durations (N,), all SI."""

    start: np.ndarray
    inv_beta: np.ndarray
    duration: np.ndarray


class Setting(NamedTuple):
    """How an integrator is set: tolerance, longest step [s], whether its arithmetic may be reordered."""

    tolerance: float
    longest: float = math.inf
    fast: bool = False


# What is scanned. The best settings lie inside each list, not at its ends.
OURS = [Setting(10.0**exponent) for exponent in np.arange(-3.0, -9.1, -0.25)]
SCIPY = [Setting(10.0**exponent) for exponent in np.arange(-6.0, -9.1, -0.5)]
THEIRS = [
    Setting(*one)
    for one in product(
        (1e-5, 5e-6, 3e-6, 2e-6, 1e-6, 5e-7, 3e-7, 1e-7, 3e-8), (15, 18, 20, 22, 24, 26, 28, 31), (False, True)
    )
]


def draw_arcs(count):
    """Arcs of unknown duration: 200 km up anywhere, 2 to 7 km/s, 15 to 60 deg upward, 3 to 10 t/m^2 log-uniform."""
    rng = np.random.default_rng(SEED)
    start, axes = np.empty((count, 6)), np.empty((3, 3))
    for row in start:
        lat, lon = math.asin(rng.uniform(-1.0, 1.0)), rng.uniform(-math.pi, math.pi)
        azimuth, elevation = rng.uniform(0.0, 2.0 * math.pi), rng.uniform(math.radians(15.0), math.radians(60.0))
        across = math.cos(elevation)
        enu_axes(lat, lon, axes)
        row[:3] = ecef_from_geodetic(lat, lon, 200e3)
        row[3:] = axes.T @ [across * math.sin(azimuth), across * math.cos(azimuth), math.sin(elevation)]
        row[3:] *= rng.uniform(2e3, 7e3)
    inv_beta = np.exp(-rng.uniform(math.log(3e3), math.log(10e3), count))
    return Arcs(start, inv_beta, np.zeros(count))


def equations():
    """Our `forces.rates` in heyoka's words and units, and the height [LENGTH]; par[0] is the inverse ballistic coefficient.

    Written to cost few products of series: those are what a Taylor method pays for.
    """
    x, y, z, vx, vy, vz = hy.make_vars("x", "y", "z", "vx", "vy", "vz")
    spin, f = OMEGA * TIME, FLATTENING
    r2 = hy.sum([x * x, y * y, z * z])
    r, over_r, over_r2 = hy.sqrt(r2), r2**-0.5, 1.0 / r2
    s2 = z * z * over_r2
    higher = s2 * (1.0 - s2) * (2.0 * over_r - 0.5 - 0.5 * f * (9.0 * s2 - 4.0))
    height = r - 1.0 + f * s2 + f * f * higher
    rho = hy.exp(-height * (LENGTH / forces.SMOOTH_SCALE))
    wx, wy = vx + spin * y, vy - spin * x
    slow = (-0.5 * forces.SMOOTH_RHO0 * LENGTH) * hy.par[0] * (rho * hy.sqrt(hy.sum([wx * wx, wy * wy, vz * vz])))
    pull, bulge = -over_r * over_r2, 1.5 * J2 * over_r2
    across, along = pull * (1.0 + bulge * (1.0 - 5.0 * s2)), pull * (1.0 + bulge * (3.0 - 5.0 * s2))
    rates = [vx, vy, vz, across * x + slow * wx, across * y + slow * wy, along * z + slow * vz]
    return list(zip((x, y, z, vx, vy, vz), rates, strict=True)), height


@cache
def scalar(tolerance, fast=False):
    """The integrator by heyoka of one arc."""
    return hy.taylor_adaptive(equations()[0], np.ones(6), tol=tolerance, compact_mode=False, fast_math=fast)


@cache
def batch(tolerance, fast=False):
    """The integrator by heyoka of WIDTH arcs at once."""
    ones = np.ones((6, WIDTH))
    return hy.taylor_adaptive_batch(equations()[0], ones, tol=tolerance, compact_mode=False, fast_math=fast)


def by_scalar(arcs, setting):
    """Where the arcs end, one after the other by heyoka."""
    integrator = scalar(setting.tolerance, setting.fast)
    state, pars, longest = integrator.state, integrator.pars, setting.longest / TIME
    start, duration, ends = arcs.start / UNITS, arcs.duration / TIME, np.empty_like(arcs.start)
    for i in range(len(ends)):
        integrator.time = 0.0
        state[:], pars[0] = start[i], arcs.inv_beta[i]
        integrator.propagate_until(duration[i], max_delta_t=longest)
        ends[i] = state
    return ends * UNITS


def by_batch(arcs, setting):
    """Where the arcs end, WIDTH at a time by heyoka; they number a multiple of it."""
    integrator = batch(setting.tolerance, setting.fast)
    state, pars, longest = integrator.state, integrator.pars, [setting.longest / TIME] * WIDTH
    start, duration, ends = arcs.start / UNITS, arcs.duration / TIME, np.empty_like(arcs.start)
    for i in range(0, len(ends), WIDTH):
        now = slice(i, i + WIDTH)
        integrator.set_time(0.0)
        state[:], pars[0] = start[now].T, arcs.inv_beta[now]
        integrator.propagate_until(duration[now], max_delta_t=longest)
        ends[now] = state.T
    return ends * UNITS


def by_us(arcs, setting):
    """Where the arcs end, by our compiled integrator."""
    ends, status = arcs.start.copy(), np.empty(len(arcs.start))
    advance_many(ends, arcs.duration, arcs.inv_beta, OMEGA, forces.SMOOTH, setting.tolerance, status)
    ends[status != 0.0] = math.nan
    return ends


def by_scipy(arcs, setting):
    """Where the arcs end by SciPy's DOP853, which is given our compiled forces."""
    ends, slope, allowed = np.empty_like(arcs.start), np.empty(6), setting.tolerance * UNITS
    for i, (start, inv_beta, duration) in enumerate(zip(*arcs, strict=True)):
        arc = forces.free_fall(inv_beta, OMEGA, forces.SMOOTH)

        def rates(t, state, arc=arc):
            forces.rates(t, state, arc, slope)
            return slope.copy()

        ends[i] = solve_ivp(rates, (0.0, duration), start, "DOP853", rtol=3e-14, atol=allowed).y[:, -1]
    return ends


def falling(arcs):
    """The arcs with their durations to height 0, the shortest first."""
    rates, height = equations()
    ground = hy.t_event(height, direction=hy.event_direction.negative)
    integrator = hy.taylor_adaptive(rates, np.ones(6), tol=1e-15, compact_mode=False, t_events=[ground])
    for i, start in enumerate(arcs.start):
        integrator.reset_cooldowns()
        integrator.time = 0.0
        integrator.state[:], integrator.pars[0] = start / UNITS, arcs.inv_beta[i]
        integrator.propagate_until(1e4 / TIME, max_delta_t=5.0 / TIME)
        arcs.duration[i] = integrator.time * TIME
    if not arcs.duration.max() < 1e4:
        raise SystemExit("an arc does not come down")
    return part(arcs, np.argsort(arcs.duration))


def part(arcs, rows):
    """Some of the arcs."""
    return Arcs(*(np.ascontiguousarray(column[rows]) for column in arcs))


def worst(ends, truth):
    """Greatest distance of ends from where they should be [m]; nan where one is."""
    return np.linalg.norm((ends - truth)[:, :3], axis=1).max()


def seconds(act):
    """Time of one call: the processor's, which other programs disturb least."""
    begin = time.process_time()
    act()
    return time.process_time() - begin


def fastest(fly, settings, arcs, truth, every=PART):
    """The fastest setting whose worst end is within a metre, and that end [m]: some arcs first, then all by the best."""
    rows = np.arange(0, len(truth), every)
    rows = rows[: len(rows) // WIDTH * WIDTH]
    some, taken = part(arcs, rows), {}
    for setting in settings:
        if worst(fly(some, setting), truth[rows]) <= WITHIN:  # compiles, too
            taken[setting] = min(seconds(partial(fly, some, setting)) for _ in range(3))
    best = []
    for setting in sorted(taken, key=taken.get):
        apart = worst(fly(arcs, setting), truth)
        if apart <= WITHIN:
            best.append((min(seconds(partial(fly, arcs, setting)) for _ in range(2)), setting, apart))
        if len(best) == FINALISTS:
            break
    if best:
        return min(best)[1:]
    raise SystemExit(f"{fly.__name__}: no setting ends within {WITHIN} m")


def spread(values, digits=1):
    """Median and range of values."""
    return f"{statistics.median(values):8.{digits}f}  ({min(values):.{digits}f} to {max(values):.{digits}f})"


def reference(arcs):
    """Where the arcs end, by heyoka at 1e-15 in short steps, checked against ours at 1e-14."""
    truth = by_scalar(arcs, Setting(1e-15, 5.0))
    apart = worst(by_us(arcs, Setting(1e-14)), truth)
    print(
        f"{len(truth):,} arcs of {arcs.duration.mean():.0f} s on the average; the two references agree to {apart:.1e} m"
    )
    if not apart <= AGREE:
        raise SystemExit(f"the references differ by more than {AGREE} m")
    return truth


def contenders(arcs, truth):
    """Who flies which arcs, every one at its best, by name; prints how it is set."""
    few = np.arange(0, len(truth), len(truth) // FEW)
    chosen = {
        "ours": (by_us, OURS, arcs, truth, PART),
        "heyoka": (by_scalar, THEIRS, arcs, truth, PART),
        "heyoka batch": (by_batch, THEIRS, arcs, truth, PART),
        "SciPy": (by_scipy, SCIPY, part(arcs, few), truth[few], 1),
    }
    found = {}
    for name, (fly, settings, flown, ends, every) in chosen.items():
        setting, apart = fastest(fly, settings, flown, ends, every)
        found[name] = partial(fly, flown, setting), len(ends)
        if settings is THEIRS:
            still = flown._replace(duration=np.zeros(len(ends)))
            found[f"{name}, empty"] = partial(fly, still, setting), len(ends)
        limit = f", longest step {setting.longest:.0f} s, fast_math {setting.fast}" if settings is THEIRS else ""
        print(f"{name:20s} tolerance {setting.tolerance:.1e}{limit}: worst of {len(ends):,} ends {apart:.2f} m")
    return found


def compare_arcs(count, rounds):
    """Alternate between the integrators; print medians, spreads and how many times faster we are."""
    arcs = falling(draw_arcs(count))
    found = contenders(arcs, reference(arcs))
    taken = {name: [] for name in found}
    for _ in range(rounds):
        for name, (act, flown) in found.items():
            taken[name].append(1e6 * seconds(act) / flown)
    print(f"\nmicroseconds an arc, one core, median and range of {rounds} alternations")
    for name, values in taken.items():
        print(f"{name:20s} {spread(values)}")
    ours = np.array(taken["ours"])
    print("\ntimes our time: without what Python's loop takes, and with it")
    for name in ("heyoka", "heyoka batch"):
        whole, empty = np.array(taken[name]), np.array(taken[f"{name}, empty"])
        print(f"{name + ' / ours':20s} {spread((whole - empty) / ours, 2)}   {spread(whole / ours, 2)}")
    print(f"{'SciPy / ours':20s} {spread(np.array(taken['SciPy']) / ours, 0)}")


@cache
def plan(name):
    """A catalogue vehicle on its launch point with its programme for the longest range, or FAR if it flies farther."""
    return planned(name, *FROM, AZIMUTH, FLOWN[name], "lofted", True, None, "pitch programme")


def fly_dispersed(name, count, tolerance, cores):
    """Events (count, EVENTS) of flights that differ as ensembles do by default, on so many threads."""
    flown = plan(name)
    launch = flown.ascent.launch(flown.azimuth, flown.pitch, flown.bend)
    differences, events = np.empty((count, dispersed.COLUMNS)), np.empty((count, powered.EVENTS))
    draw(SEED, sigmas(Spread()), 0, differences)
    status, states, phases = np.empty(count), np.empty((count, 0, 6)), np.empty((count, 0))

    def fly_piece(piece):
        dispersed.fly_many(
            flown.ascent.body, launch, differences[piece], tolerance, np.empty(0),
            status[piece], events[piece], states[piece], phases[piece],
        )  # fmt: skip

    edges = np.linspace(0, count, cores + 1).astype(int)
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(fly_piece, map(slice, edges[:-1], edges[1:])))
    if status.any():
        raise SystemExit(f"{name}: not every flight comes down")
    return events


def compare_flights(counts, rounds):
    """Flights a second on all cores, and the cost of a flight as their number grows."""
    print(
        f"\nwhole flights on {CORES} threads, microseconds a flight, median and range of {rounds} alternations (10^6: once)"
    )
    for name in FLOWN:
        ours, truth = (fly_dispersed(name, CHECKED, one, CORES) for one in (TOLERANCE, 1e-13))
        apart = worst(ours[:, powered.IMPACT_STATE :], truth[:, powered.IMPACT_STATE :])
        if apart > FLIGHT_WITHIN:
            raise SystemExit(f"{name}: impacts up to {apart:.1f} m off")
        print(f"{name}: tolerance {TOLERANCE:.0e}, worst of {CHECKED:,} impacts {apart:.2f} m")
        wall, processor = {count: [] for count in counts}, {count: [] for count in counts}
        for alternation in range(rounds):
            for count in counts:
                if count < ONCE or alternation == 0:
                    begin = time.perf_counter(), time.process_time()
                    fly_dispersed(name, count, TOLERANCE, CORES)
                    wall[count].append(1e6 * (time.perf_counter() - begin[0]) / count)
                    processor[count].append(1e6 * (time.process_time() - begin[1]) / count)
        for count in counts:
            a_second = 1e6 / statistics.median(wall[count])
            of_processor = f"{statistics.median(processor[count]):.1f} of processor time"
            print(f"{count:11,} flights {spread(wall[count])}, {of_processor}; {a_second:,.0f} a second")


def main():
    """Compare arcs, then print what whole flights cost."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--quick", action="store_true", help="a fifth of the arcs, no more than 10^4 flights")
    given = asked.parse_args()
    rounds = FEW_ROUNDS if given.quick else ROUNDS
    compare_arcs(QUICK if given.quick else ARCS, rounds)
    compare_flights([100, 1_000, 10_000] + [100_000, ONCE] * (not given.quick), FEW_ROUNDS)


if __name__ == "__main__":
    main()
