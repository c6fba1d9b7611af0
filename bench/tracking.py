"""How long one filter step takes, ours and Stone Soup's, alternating in one run.

One step: predict 10 s with constant velocity, correct by range, azimuth and elevation. Both are given states and
matrices ready made; Stone Soup's includes its own objects, which is how it is used. `python bench/tracking.py`.
"""

import statistics
import time
import warnings
from datetime import datetime, timedelta

import numpy as np

from entente.estimate.kalman import predict_ballistic, predict_linear, radar_measure, update

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRange
    from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
    from stonesoup.predictor.kalman import ExtendedKalmanPredictor
    from stonesoup.types.angle import Bearing, Elevation
    from stonesoup.types.detection import Detection
    from stonesoup.types.hypothesis import SingleHypothesis
    from stonesoup.types.state import GaussianState
    from stonesoup.updater.kalman import ExtendedKalmanUpdater

ROUNDS, OURS, THEIRS = 15, 5000, 50
DT, Q, SIGMA = 10.0, 4.0, np.array([30.0, 2e-3, 3e-3])
X = np.array([300e3, -500e3, 400e3, -900.0, 2500.0, 1200.0])
P = np.diag([800.0, 900.0, 700.0, 20.0, 30.0, 25.0]) ** 2
SEEN = np.array([711e3, 2.6, 0.6])


def our_step(ballistic):
    """A function that makes one step, called from Python."""
    x, cov, x_out, cov_out = np.empty(6), np.empty((6, 6)), np.empty(6), np.empty((6, 6))
    z, H, site, enu = np.empty(3), np.empty((3, 6)), np.zeros(3), np.eye(3)
    F = np.eye(6) + DT * np.eye(6, k=3)
    noise = Q * np.kron([[DT**3 / 3, DT**2 / 2], [DT**2 / 2, DT]], np.eye(3))
    start = X * np.array([10, 10, 10, 1, 1, 1]) if ballistic else X
    seen = SEEN * np.array([10, 1, 1]) if ballistic else SEEN

    def step():
        if ballistic:
            predict_ballistic(start, P, DT, Q, x, cov)
        else:
            predict_linear(start, P, F, noise, x, cov)
        radar_measure(x, site, enu, z, H)
        update(x, cov, seen, z, H, SIGMA**2, 1, x_out, cov_out)

    return step


def their_step():
    """The same by Stone Soup's extended Kalman predictor and updater."""
    order = np.array([0, 3, 1, 4, 2, 5])
    start = datetime(2013, 4, 8)
    then = start + timedelta(seconds=DT)
    predictor = ExtendedKalmanPredictor(CombinedLinearGaussianTransitionModel([ConstantVelocity(Q)] * 3))
    model = CartesianToElevationBearingRange(6, (0, 2, 4), np.diag(SIGMA[::-1] ** 2))
    updater = ExtendedKalmanUpdater(model)
    prior = GaussianState(X[order].reshape(-1, 1), P[np.ix_(order, order)], timestamp=start)
    seen = [[Elevation(SEEN[2])], [Bearing(np.pi / 2 - SEEN[1])], [SEEN[0]]]

    def step():
        detection = Detection(seen, timestamp=then, measurement_model=model)
        updater.update(SingleHypothesis(predictor.predict(prior, timestamp=then), detection))

    return step


def seconds(step, times):
    """Time of one step, averaged over `times`."""
    begin = time.perf_counter()
    for _ in range(times):
        step()
    return (time.perf_counter() - begin) / times


def main():
    """Alternate, then print medians and spreads."""
    steps = {
        "ours": (our_step(False), OURS),
        "ours, ballistic": (our_step(True), OURS),
        "Stone Soup": (their_step(), THEIRS),
    }
    for step, _ in steps.values():
        step()  # compile, and fill caches
    taken = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, (step, times) in steps.items():
            taken[name].append(1e6 * seconds(step, times))
    for name, values in taken.items():
        print(f"{name:16s} {statistics.median(values):9.1f} us  ({min(values):.1f} to {max(values):.1f})")
    ratios = [theirs / ours for theirs, ours in zip(taken["Stone Soup"], taken["ours"], strict=True)]
    low, middle, high = min(ratios), statistics.median(ratios), max(ratios)
    print(f"Stone Soup / ours {middle:8.0f}     ({low:.0f} to {high:.0f}), {ROUNDS} alternations")


if __name__ == "__main__":
    main()
