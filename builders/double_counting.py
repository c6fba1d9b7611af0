"""What comes of counting data twice: `python builders/double_counting.py` prints a table of it.

Two nations follow one body that falls freely, each with its own sensors, and every half minute each sends the other
what it believes by then, which is made of both nations' data from the first exchange on. Who takes that for news counts
its own data again with every exchange. All is linear and Gaussian, so what the right answer is can be computed.
"""

import sys
from dataclasses import dataclass

import numpy as np

from entente import rng
from entente.compiled import Floats, kernel
from entente.estimate.factor import cholesky, solve_lower
from entente.estimate.fuse import covariance_intersection, fuse_known
from entente.estimate.kalman import predict_linear, update
from entente.estimate.score import nees

METHODS = ("alone", "naive", "intersection", "common removed", "all data in one filter")
ALONE, NAIVE, CAUTIOUS, KNOWN, CENTRAL = range(5)
LOOK, EXCHANGE, STEPS = 10.0, 3, 60  # s between looks; looks between exchanges; ten minutes
SIGMA = np.array(
    [[1_500.0, 300.0], [300.0, 1_500.0]]
)  # m  east and north: each nation sees well what the other sees badly
START = np.array([50_000.0, 50_000.0, 1_000.0, 1_000.0])  # m, m/s  what both know beforehand, and have in common
IN_90 = 4.605  # chi-square with 2 degrees of freedom


@dataclass(frozen=True)
class DoubleCounting:
    """Averages over histories by method (see METHODS) and moment, for the first nation."""

    t: Floats  # (T,) [s]
    nees: Floats  # (methods, T); 4 where a claim is honest
    inside: Floats  # (methods, T) share of 90 % areas that hold the body
    error: Floats  # (methods, T) [m] root of the mean squared error of position
    claimed: Floats  # (methods, T) [m] root of the trace of the position covariance
    squares: Floats  # (methods, T, histories) the single NEES, for exact tests


def double_counting(seed_count: int) -> DoubleCounting:
    """The numbers of the figure: histories of seeds 0 to seed_count - 1."""
    squares, within, error2 = (np.empty((len(METHODS), STEPS, seed_count)) for _ in range(3))
    claimed = np.empty((len(METHODS), STEPS))
    F = np.eye(4) + LOOK * np.eye(4, k=2)
    _run_many(seed_count, F, np.zeros((4, 4)), START, SIGMA, squares, within, error2, claimed)
    return DoubleCounting(
        t=LOOK * np.arange(1, STEPS + 1),
        nees=squares.mean(axis=-1),
        inside=within.mean(axis=-1),
        error=np.sqrt(error2.mean(axis=-1)),
        claimed=claimed,
        squares=squares,
    )


@kernel
def _run_many(
    seeds: int,
    F: Floats,
    Q: Floats,
    start: Floats,
    sigma: Floats,
    squares: Floats,
    within: Floats,
    error2: Floats,
    claimed: Floats,
) -> None:
    """All histories, one after the other; outputs (5, STEPS, seeds), `claimed` (5, STEPS)."""
    H, z, variance = np.eye(2, 4), np.empty(2), np.empty(2)
    x, P = np.empty((5, 2, 4)), np.empty((5, 2, 4, 4))
    # The last belief that both nations are known to share: what each sent and got at the last exchange.
    xc, Pc = np.empty(4), np.empty((4, 4))
    truth, moved, spread = np.empty(4), np.empty(4), np.empty((4, 4))
    xa, Pa = np.empty(4), np.empty((4, 4))
    for seed in range(seeds):
        for i in range(4):
            truth[i] = start[i] * rng.normal(seed, rng.FLIGHT, i, 0, 0)
        Pc[:] = np.diag(start * start)
        xc[:] = 0.0
        x[:], P[:] = 0.0, Pc
        for step in range(squares.shape[1]):
            truth[:2] += F[0, 2] * truth[2:]
            predict_linear(xc, Pc, F, Q, moved, spread)
            xc[:], Pc[:] = moved, spread
            for nation in range(2):
                for i in range(2):
                    variance[i] = sigma[nation, i] ** 2
                    z[i] = truth[i] + sigma[nation, i] * rng.normal(seed, rng.NOISE, step, nation, i)
                for method in range(5):
                    # The one filter with all data is the first nation's row; both nations' looks go into it.
                    row = 0 if method == 4 else nation
                    if method < 4 or nation == 0:
                        predict_linear(x[method, row], P[method, row], F, Q, moved, spread)
                        x[method, row], P[method, row] = moved, spread
                    update(
                        x[method, row].copy(), P[method, row].copy(), z, x[method, row, :2].copy(), H, variance, -1,
                        x[method, row], P[method, row],
                    )  # fmt: skip
            if step % EXCHANGE == EXCHANGE - 1:
                for method in range(1, 4):
                    xa[:], Pa[:] = x[method, 0], P[method, 0]
                    _fuse(method, xa, Pa, x[method, 1], P[method, 1], xc, Pc, x[method, 0], P[method, 0])
                    _fuse(method, x[method, 1].copy(), P[method, 1].copy(), xa, Pa, xc, Pc, x[method, 1], P[method, 1])
                xc[:], Pc[:] = x[KNOWN, 0], P[KNOWN, 0]
            for method in range(5):
                error, cov = x[method, 0] - truth, P[method, 0]
                squares[method, step, seed] = nees(error, cov)
                within[method, step, seed] = 1.0 if _mahalanobis2(error, cov) < IN_90 else 0.0
                error2[method, step, seed] = error[0] ** 2 + error[1] ** 2
                claimed[method, step] = np.sqrt(cov[0, 0] + cov[1, 1])


@kernel
def _fuse(
    method: int, xa: Floats, Pa: Floats, xb: Floats, Pb: Floats, xc: Floats, Pc: Floats, x: Floats, P: Floats
) -> None:
    """Join two beliefs (4,) by one of the methods into x (4,), P (4, 4)."""
    if method == CAUTIOUS:
        covariance_intersection(xa, Pa, xb, Pb, x, P, 2)
    elif method == KNOWN:
        fuse_known(xa, Pa, xb, Pb, xc, Pc, x, P)
    else:
        fuse_known(xa, Pa, xb, Pb, xc, np.full((4, 4), np.inf), x, P)


@kernel
def _mahalanobis2(error: Floats, cov: Floats) -> float:
    """Squared distance of the position error (4,), first two, under its covariance (4, 4)."""
    block, lower, white = np.empty((2, 2)), np.empty((2, 2)), np.empty(2)
    for i in range(2):
        for j in range(2):
            block[i, j] = cov[i, j]
    if cholesky(block, lower) != 0:
        return np.inf
    return solve_lower(lower, error[:2], white)


def main(seed_count: int = 4_000) -> None:
    """Print what each method claims and does after ten minutes."""
    made = double_counting(seed_count)
    print(f"after {made.t[-1]:.0f} s, {seed_count} histories")
    print(f"{'':24} {'NEES (4)':>9} {'in 90 %':>8} {'error m':>8} {'claimed m':>9}")
    for m, name in enumerate(METHODS):
        print(
            f"{name:24} {made.nees[m, -1]:9.2f} {made.inside[m, -1]:8.3f} {made.error[m, -1]:8.1f} {made.claimed[m, -1]:9.1f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4_000)
