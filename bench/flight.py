"""How long a ballistic arc and a whole flight take: ours, and SciPy's solve_ivp with DOP853, alternating in one run.

The arc falls from 200 km to just above the ground with J2 and drag over the turning Earth. SciPy is given our compiled
forces and the same allowed error of one step, so what is compared is the integrator. `python bench/flight.py`.
"""

import math
import statistics
import time

import numpy as np
from scipy.integrate import solve_ivp

from entente.constants import OMEGA
from entente.flights import TOLERANCE, Ascent
from entente.physics import forces, powered
from entente.physics.earth import ecef_from_geodetic, enu_axes
from entente.physics.integrate import POSITION_SCALE, VELOCITY_SCALE, advance
from entente.scenario.rows import vehicles

ROUNDS, OURS, THEIRS, FLIGHTS = 15, 200, 2, 50
DURATION, BETA = 1_115.0, 5_000.0  # s, kg/m^2


def arc():
    """A state 200 km up at 4.5 km/s, and the forces on it."""
    axes = np.empty((3, 3))
    enu_axes(0.63, 0.8, axes)
    r = np.array(ecef_from_geodetic(0.63, 0.8, 200e3))
    v = axes.T @ [-1_800.0, 2_137.0, 3_525.0] + OMEGA * np.array([-r[1], r[0], 0.0])
    what = np.zeros(forces.SIZE)
    what[forces.MASS], what[forces.SPIN], what[forces.INV_BETA] = 1.0, OMEGA, 1.0 / BETA
    return np.concatenate([r, v]), what


def our_arc(y, what):
    """Where ours ends."""
    end = y.copy()
    if advance(0.0, end, DURATION, what, TOLERANCE):
        raise SystemExit("the arc did not end")
    return end


def their_arc(y, what):
    """Where SciPy's ends."""

    def slope(t, state):
        out = np.empty(6)
        forces.rates(t, state, what, out)
        return out

    allowed = TOLERANCE * np.repeat([POSITION_SCALE, VELOCITY_SCALE], 3)
    return solve_ivp(slope, (0.0, DURATION), y, "DOP853", rtol=3e-14, atol=allowed).y[:, -1]


def seconds(act, times):
    """Time of one call, averaged over `times`."""
    begin = time.perf_counter()
    for _ in range(times):
        act()
    return (time.perf_counter() - begin) / times


def main():
    """Alternate, then print medians and spreads."""
    y, what = arc()
    ascent = Ascent(next(row for row in vehicles() if row.id == "mrbm_3000").vehicle, 0.63, 0.8, BETA)
    path = np.empty((10_000, 8))
    acts = {
        "arc, ours": (lambda: our_arc(y, what), OURS),
        "arc, SciPy": (lambda: their_arc(y, what), THEIRS),
        "flight, ours": (lambda: ascent.fly(5.5, 0.8), FLIGHTS),
        "flight with path": (lambda: ascent.fly(5.5, 0.8, path), FLIGHTS),
    }
    apart = math.dist(acts["arc, ours"][0]()[:3], acts["arc, SciPy"][0]()[:3])
    events = ascent.fly(5.5, 0.8, path)[2]  # compiles
    taken = {name: [] for name in acts}
    for _ in range(ROUNDS):
        for name, (act, times) in acts.items():
            taken[name].append(1e3 * seconds(act, times))
    for name, ms in taken.items():
        print(
            f"{name:18s} {statistics.median(ms):8.3f} ms  ({min(ms):.3f} to {max(ms):.3f})"
            f"  {1e3 / statistics.median(ms):8.0f} per second"
        )
    ratios = [theirs / ours for theirs, ours in zip(taken["arc, SciPy"], taken["arc, ours"], strict=True)]
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    print(
        f"SciPy / ours       {middle:8.0f}     ({low:.0f} to {high:.0f}), {ROUNDS} alternations; ends {apart:.1e} m apart"
    )
    print(f"the arc takes {DURATION:.0f} s, the flight {events[powered.IMPACT]:.0f} s")


if __name__ == "__main__":
    main()
