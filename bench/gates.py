"""How to find which detections lie in which gates: the k-d tree of `estimate.gate`, one sorted coordinate, SciPy's tree.

`python bench/gates.py`. All three find the same before they are timed, by processor time; the tree also lists what it
found, nearest first, the others only count. Thin: detections all over what a radar sees; dense: within 100 km and 17
degrees. Compilation is excluded.
"""

import math
import statistics
import time
from functools import partial

import numpy as np
from scipy.spatial import cKDTree

from entente.compiled import kernel
from entente.estimate.associate import gate
from entente.estimate.factor import cholesky, solve_lower
from entente.estimate.gate import gate_many

ROUNDS = 7
EDGE = gate(0.9999, 3)


def seconds(run):
    """Processor time of one run."""
    begin = time.process_time()
    run()
    return time.process_time() - begin


@kernel
def sweep(z, z_pred, S, edge, count):
    """Gates by one sorted coordinate, range, which divides best here: the alternative to the tree; counts only."""
    order = np.argsort(z[:, 0])
    point, d = np.empty(z.shape), z.shape[1]
    for k in range(z.shape[0]):
        for a in range(d):
            point[k, a] = z[order[k], a]
    key = point[:, 0].copy()
    lower, apart, white, half = np.empty((d, d)), np.empty(d), np.empty(d), np.empty(d)
    for i in range(z_pred.shape[0]):
        count[i] = 0
        cholesky(S[i], lower)
        for a in range(d):
            half[a] = math.sqrt(edge * S[i, a, a])
        k = np.searchsorted(key, z_pred[i, 0] - half[0])
        while k < z.shape[0] and key[k] <= z_pred[i, 0] + half[0]:
            inside = True
            for a in range(d):
                apart[a] = point[k, a] - z_pred[i, a]
                inside = inside and abs(apart[a]) <= half[a]
            if inside and solve_lower(lower, apart, white) <= edge:
                count[i] += 1
            k += 1


def by_scipy(z, z_pred, S, edge):
    """Gates by SciPy's tree, in units of a typical deviation, then the ellipsoids by NumPy; counts only."""
    deviation = np.sqrt(S[:, range(3), range(3)])
    unit = np.median(deviation, axis=0)
    near = cKDTree(z / unit).query_ball_point(z_pred / unit, math.sqrt(edge) * (deviation / unit).max(axis=1), p=np.inf)
    inverse, count = np.linalg.inv(S), np.zeros(len(S), int)
    for i, each in enumerate(near):
        apart = z[each] - z_pred[i]
        count[i] = (np.einsum("ij,ij->i", apart @ inverse[i], apart) <= edge).sum()
    return count


def main():
    """Compare what all three find, then print medians of ROUNDS."""
    print(f"{f'gates of one scan, {ROUNDS} rounds':46s} {'tree':>10s} {'sweep':>10s} {'cKDTree':>10s}")
    wide, narrow = np.array([4e6, 6.28, 1.2]), np.array([1e5, 0.3, 0.3])
    for n, m, volume in ((100, 200, wide), (1000, 2000, wide), (1000, 100_000, wide), (10_000, 100_000, narrow)):
        draws = np.random.default_rng(7)
        z_pred, deviation = draws.random((n, 3)) * volume, np.array([200.0, 3e-3, 3e-3])
        S = np.einsum("i,ab->iab", draws.uniform(0.5, 2.0, n), np.diag(deviation**2))
        z = np.concatenate([z_pred + draws.normal(size=(n, 3)) * deviation, draws.random((m - n, 3)) * volume])
        column, d2 = np.empty((n, 32), np.int32), np.empty((n, 32))
        count, dropped, swept = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
        runs = (
            partial(gate_many, z, z_pred, S, EDGE, -1, column, d2, count, dropped),
            partial(sweep, z, z_pred, S, EDGE, swept),
            partial(by_scipy, z, z_pred, S, EDGE),
        )
        theirs = [run() for run in runs][2]
        assert ((count + dropped == swept) & (swept == theirs)).all(), "gates differ"
        taken = [statistics.median([1e3 * seconds(run) for _ in range(ROUNDS)]) for run in runs]
        name = f"{n} tracks, {m} detections, {'thin' if volume is wide else 'dense'}"
        print(f"{name:46s} " + " ".join(f"{t:7.2f} ms" for t in taken))


if __name__ == "__main__":
    main()
