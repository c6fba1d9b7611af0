"""Tracking beside Stone Soup 1.9.1, alternating in one run: a filter's step, assignment, joint chances, GOSPA.

`python bench/tracking.py` compares both sides' results first and stops where they differ, then prints medians of ROUNDS
alternations with their spread. Times are of the processor, one thread each, so that other work on the machine counts for
little.

What each side is given:
- Step: a radar track of LOOKS looks 10 s apart, constant velocity, range, azimuth and elevation. Ours runs as studies run
  it, in a compiled loop; the same step called from Python, at 2 us a call, is listed too. Stone Soup runs its extended
  Kalman predictor and updater on states of its own; its detections are made beforehand and not timed. Its derivative of
  the measurement is a finite difference; one written out, as ours is, is timed too, and with it every number is equal to
  1e-9. The track keeps to positive coordinates: at negative ones Stone Soup 1.9.1 takes a step of 1e-8 m instead of 1e-2 m
  (numpy.spacing has the sign of its argument), and derivatives that are off by some per cent.
  The ballistic step has no counterpart; it is made LOOKS times from one state, so that none falls to the ground.
- Assignment and joint chances: 100 tracks in groups of four that share detections, 90 % detected, 20 false ones. Both
  predict the tracks, predict the measurements, gate, weigh and associate. Stone Soup keeps predictions in a cache, so it
  gets new objects in every round, made outside the time.
- GOSPA: 100 estimates against 100 truths, half of them within the cutoff. Stone Soup's states are made beforehand.
Compilation is excluded: about a second a kernel, once a machine.
"""

import math
import statistics
import time
import warnings
from datetime import datetime, timedelta

import numpy as np

from entente.compiled import kernel
from entente.estimate.assign import assign_listed
from entente.estimate.associate import gate
from entente.estimate.gate import gate_many
from entente.estimate.jpda import joint_probabilities
from entente.estimate.kalman import predict_linear, radar_measure, update
from entente.estimate.picture import gospa
from entente.estimate.reentry import predict_falling
from entente.estimate.score import log_det
from entente.estimate.steps import falling_step, steady_step
from entente.estimate.unscented import BALLISTIC, FALLING, predict_unscented, update_unscented
from entente.physics.earth import ecef_from_geodetic, enu_axes

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
    from stonesoup.dataassociator.probability import JPDAwithEHM2
    from stonesoup.hypothesiser.distance import DistanceHypothesiser
    from stonesoup.hypothesiser.probability import PDAHypothesiser
    from stonesoup.measures import Mahalanobis
    from stonesoup.metricgenerator.ospametric import GOSPAMetric
    from stonesoup.models.measurement.linear import LinearGaussian
    from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRange
    from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
    from stonesoup.predictor.kalman import ExtendedKalmanPredictor, KalmanPredictor
    from stonesoup.types.angle import Bearing, Elevation
    from stonesoup.types.detection import Detection
    from stonesoup.types.hypothesis import SingleHypothesis
    from stonesoup.types.state import GaussianState, State
    from stonesoup.types.track import Track
    from stonesoup.updater.kalman import ExtendedKalmanUpdater, KalmanUpdater

ROUNDS, LOOKS = 9, 60
DT, Q, SIGMA = 10.0, 4.0, np.array([30.0, 2e-3, 3e-3])
X = np.array([300e3, 500e3, 400e3, 900.0, 2500.0, 1200.0])
P = np.diag([800.0, 900.0, 700.0, 20.0, 30.0, 25.0]) ** 2
SITE, AXES = np.zeros(3), np.eye(3)
FAR = np.array([10.0, 10, 10, 1, 1, 1])  # for the ballistic step, so that the body is not inside the Earth
START = datetime(2013, 4, 8)
ORDER = np.array([0, 3, 1, 4, 2, 5])  # Stone Soup interleaves position and velocity
P_DETECT, P_GATE, CLUTTER, NOISE = 0.9, 0.95, 1e-10, 1e4
EDGE = gate(P_GATE, 3)
EQUAL = 1e-9  # relative; both sides' results before any time is taken
DIFFERENCE = 1e-7  # relative, the same where Stone Soup's derivative is a finite difference
MODEL = CombinedLinearGaussianTransitionModel([ConstantVelocity(Q)] * 3)


@kernel
def look_at(how, x, P, z, variance, site, axes, times):
    """As many looks at one falling body from its first state: 0 extended, 1 unscented with 6 numbers, 2 with 7."""
    n = 6 if how == 1 else 7
    now, cov, z_pred, H, x_out, P_out = (
        np.empty(n),
        np.empty((n, n)),
        np.empty(3),
        np.empty((3, n)),
        np.empty(n),
        np.empty((n, n)),
    )
    for _ in range(times):
        if how == 0:
            predict_falling(x, P, 2.0, 1.0, 1e-4, now, cov)
            radar_measure(now, site, axes, z_pred, H)
            update(now, cov, z, z_pred, H, variance, 1, x_out, P_out)
        else:
            predict_unscented(x, P, 2.0, 1.0, 1e-4, BALLISTIC if n == 6 else FALLING, 1.0, 0.0, now, cov)
            update_unscented(now, cov, z, variance, site, axes, 0.0, x_out, P_out)


def our_looks(how, height, times):
    """A function that makes so many radar looks, 2 s after a state at a height [m] that sinks at 2.5 km/s."""
    n, axes = 6 if how == 1 else 7, np.empty((3, 3))
    enu_axes(0.6, 0.8, axes)
    place, site = np.array(ecef_from_geodetic(0.6, 0.8, height)), np.array(ecef_from_geodetic(0.62, 0.77, 0.0))
    x = np.concatenate([place, axes.T @ [1500.0, 800.0, -2500.0], [math.log(3000.0)]])[:n]
    cov, z = np.diag([300.0, 300.0, 300.0, 10.0, 10.0, 10.0, 0.3][:n]) ** 2, np.empty(3)
    radar_measure(x, site, axes, z, np.empty((3, n)))
    return lambda: look_at(how, x, cov, z, SIGMA**2, site, axes, times)


def seen_looks(start):
    """What a radar at the origin measures of a straight flight, (LOOKS, 3)."""
    draws, z, H, truth = np.random.default_rng(1), np.empty((LOOKS, 3)), np.empty((3, 6)), start.copy()
    for k in range(LOOKS):
        truth[:3] += DT * truth[3:]
        radar_measure(truth, SITE, AXES, z[k], H)
    return z + draws.normal(size=z.shape) * SIGMA


@kernel
def follow(falling, x, P, z, variance, site, axes, times):
    """A whole track, `times` over, in compiled code; or as many falls from its first state; x and P hold the last posterior."""
    first, spread = x.copy(), P.copy()
    for _ in range(times):
        x[:], P[:] = first, spread
        for k in range(z.shape[0]):
            if falling:
                falling_step(first, spread, 10.0, 4.0, z[k], variance, site, axes, x, P)
            else:
                steady_step(x, P, 10.0, 4.0, z[k], variance, site, axes, x, P)


def our_track(falling, times):
    """A function that follows the track `times` over and returns its last state and covariance."""
    start = X * FAR if falling else X
    z = seen_looks(start)
    if falling:
        z[:] = z[0]

    def run():
        x, cov = start.copy(), P.copy()
        follow(falling, x, cov, z, SIGMA**2, SITE, AXES, times)
        return x, cov

    return run


def our_track_from_python():
    """The same, each step called from Python."""
    z, variance = seen_looks(X), SIGMA**2

    def run():
        x, cov = X.copy(), P.copy()
        for k in range(LOOKS):
            steady_step(x, cov, DT, Q, z[k], variance, SITE, AXES, x, cov)
        return x, cov

    return run


class RadarWithDerivative(CartesianToElevationBearingRange):
    """Stone Soup's radar with the derivative written out."""

    def jacobian(self, state, **kwargs):
        """Rows elevation, bearing (anticlockwise from x), range."""
        x, y, z = state.state_vector[0, 0], state.state_vector[2, 0], state.state_vector[4, 0]
        flat2, slant2 = x * x + y * y, x * x + y * y + z * z
        H = np.zeros((3, 6))
        H[0, 0], H[0, 2], H[0, 4] = np.array([-x * z, -y * z, flat2]) / (slant2 * math.sqrt(flat2))
        H[1, 0], H[1, 2] = -y / flat2, x / flat2
        H[2, 0], H[2, 2], H[2, 4] = np.array([x, y, z]) / math.sqrt(slant2)
        return H


def their_track(kind):
    """A function that follows the track once by Stone Soup."""
    model = kind(6, (0, 2, 4), np.diag(SIGMA[::-1] ** 2))
    predictor, updater = ExtendedKalmanPredictor(MODEL), ExtendedKalmanUpdater(model)
    seen = []
    for k, z in enumerate(seen_looks(X), start=1):
        at = START + timedelta(seconds=DT * k)
        seen.append(
            Detection([[Elevation(z[2])], [Bearing(np.pi / 2 - z[1])], [z[0]]], timestamp=at, measurement_model=model)
        )

    def run():
        state = GaussianState(X[ORDER].reshape(-1, 1), P[np.ix_(ORDER, ORDER)], timestamp=START)
        for each in seen:
            state = updater.update(SingleHypothesis(predictor.predict(state, timestamp=each.timestamp), each))
        # Stone Soup reckons a covariance only when it is asked for.
        back = np.argsort(ORDER)
        return np.array(state.state_vector, float)[back, 0], np.array(state.covar, float)[np.ix_(back, back)]

    return run


def close_tracks(groups=25, size=4, false=20):
    """States and covariances of tracks in close groups, and what a sensor of positions reports 10 s later."""
    draws = np.random.default_rng(3)
    place = (draws.uniform(-1e6, 1e6, (groups, 1, 3)) + draws.normal(0, 400.0, (groups, size, 3))).reshape(-1, 3)
    x = np.concatenate([place, draws.normal(0, 20.0, place.shape)], axis=1)
    root = draws.normal(size=(len(x), 6, 6)) * np.array([100.0, 100, 100, 5, 5, 5])[:, None]
    seen = x[:, :3] + DT * x[:, 3:] + draws.normal(0, 150.0, place.shape)
    seen = seen[draws.random(len(seen)) < P_DETECT]
    return x, root @ np.swapaxes(root, 1, 2), np.concatenate([seen, seen[:false] + draws.normal(0, 400.0, (false, 3))])


@kernel
def associate_scan(x, P, F, process, z, noise, edge, jointly, log_missed, rows, p, none, column, count):
    """Predict, gate and associate a scan of positions: the best assignment, or joint chances."""
    n = x.shape[0]
    x_pred, P_pred, z_pred, S = np.empty(6), np.empty((6, 6)), np.empty((n, 3)), np.empty((n, 3, 3))
    for i in range(n):
        predict_linear(x[i], P[i], F, process, x_pred, P_pred)
        for a in range(3):
            z_pred[i, a] = x_pred[a]
            for b in range(3):
                S[i, a, b] = P_pred[a, b] + (noise if a == b else 0.0)
    d2, dropped = np.empty(column.shape), np.empty(n, np.int32)
    gate_many(z, z_pred, S, edge, -1, column, d2, count, dropped)
    for i in range(n):
        volume = 3.0 * math.log(2.0 * math.pi) + log_det(S[i])
        for e in range(count[i]):
            d2[i, e] = -log_missed - 0.5 * (d2[i, e] + volume) if jointly else math.sqrt(d2[i, e])
    if jointly:
        joint_probabilities(column, d2, count, z.shape[0], 12, p, none, rows)
    else:
        assign_listed(column, d2, count, z.shape[0], np.full(n, math.sqrt(edge)), rows)


def our_association(jointly):
    """A function that associates the close tracks once: rows, or chances by track and detection."""
    x, cov, z = close_tracks()
    n = len(x)
    F = np.eye(6) + DT * np.eye(6, k=3)
    process = Q * np.kron([[DT**3 / 3, DT**2 / 2], [DT**2 / 2, DT]], np.eye(3))
    rows, p, none = np.empty(n, np.int32), np.empty((n, 32)), np.empty(n)
    column, count = np.empty((n, 32), np.int32), np.empty(n, np.int32)
    log_missed = math.log(CLUTTER * (1.0 - P_DETECT * P_GATE) / P_DETECT)

    def run():
        associate_scan(x, cov, F, process, z, NOISE, EDGE, jointly, log_missed, rows, p, none, column, count)
        if not jointly:
            return rows.tolist()
        return [{-1: none[i], **{int(column[i, e]): p[i, e] for e in range(count[i])}} for i in range(n)]

    def timed():
        associate_scan(x, cov, F, process, z, NOISE, EDGE, jointly, log_missed, rows, p, none, column, count)

    return run, timed


def their_association(jointly):
    """The same by Stone Soup: a function that makes new objects and returns one that associates them."""
    x, cov, z = close_tracks()
    at, model = START + timedelta(seconds=DT), LinearGaussian(6, (0, 2, 4), NOISE * np.eye(3))

    def make():
        predictor, updater = KalmanPredictor(MODEL), KalmanUpdater(model)
        if jointly:
            associator = JPDAwithEHM2(PDAHypothesiser(predictor, updater, CLUTTER, P_DETECT, P_GATE))
        else:
            measure = Mahalanobis()
            associator = GNNWith2DAssignment(DistanceHypothesiser(predictor, updater, measure, math.sqrt(EDGE)))
        start = [
            GaussianState(a[ORDER].reshape(-1, 1), b[np.ix_(ORDER, ORDER)], START) for a, b in zip(x, cov, strict=True)
        ]
        tracks = [Track([each]) for each in start]
        seen = [Detection(each.reshape(-1, 1), timestamp=at, measurement_model=model) for each in z]
        number = {id(each): j for j, each in enumerate(seen)}

        def run():
            return associator.associate(set(tracks), set(seen), at)

        def told(answer):
            if not jointly:
                return [number[id(answer[t].measurement)] if answer[t] else -1 for t in tracks]
            return [{(number[id(h.measurement)] if h else -1): float(h.probability) for h in answer[t]} for t in tracks]

        return run, told

    return make


def our_gospa(x, y):
    """A function that scores x against y."""
    match = np.empty(len(x), np.int32)
    return lambda: gospa(x, y, 1000.0, 2.0, match)[:4]


def their_gospa(x, y):
    """The same by Stone Soup."""
    a, b = ([State(each.reshape(-1, 1), timestamp=START) for each in points] for points in (x, y))
    metric = GOSPAMetric(p=2, c=1000.0)

    def run():
        value = metric.compute_gospa_metric(a, b)[0].value
        return [float(value[name]) for name in ("distance", "localisation", "missed", "false")]

    return run


def seconds(run, times=1):
    """Processor time of one run, averaged over `times`."""
    begin = time.process_time()
    for _ in range(times):
        run()
    return (time.process_time() - begin) / times


def compare(name, ours, theirs, share):
    """Print the times of both and their ratio; each entry of a list is of one round; `share`: steps in a run of each."""
    ours, theirs = [1e6 * t / share for t in ours], [1e6 * t / share for t in theirs]
    ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
    print(f"{name:46s} {shown(ours)} us {shown(theirs)} us {shown(ratios)} times")


def shown(values):
    """Median and spread."""
    return f"{statistics.median(values):9.2f} ({min(values):9.2f} to {max(values):9.2f})"


def bench_steps():
    """One look: compiled loop, from Python, falling; Stone Soup with its own derivative and with one written out."""
    times = 200
    ours, again, falling, python = (
        our_track(False, times),
        our_track(False, 1),
        our_track(True, times),
        our_track_from_python(),
    )
    own, written = their_track(CartesianToElevationBearingRange), their_track(RadarWithDerivative)
    x, cov = again()
    for other in (written(), python(), ours()):
        assert np.allclose(x, other[0], rtol=0, atol=EQUAL * np.abs(x).max()), "posterior states differ"
        assert np.allclose(cov, other[1], rtol=0, atol=EQUAL * np.abs(cov).max()), "posterior covariances differ"
    assert np.allclose(x, own()[0], rtol=0, atol=DIFFERENCE * np.abs(x).max()), (
        "states differ by more than a finite difference may"
    )
    falling()
    taken = {name: [] for name in ("ours", "python", "falling", "own", "written")}
    for _ in range(ROUNDS):
        taken["ours"].append(seconds(ours) / times)
        taken["falling"].append(seconds(falling) / times)
        taken["python"].append(seconds(python, 20))
        taken["own"].append(seconds(own))
        taken["written"].append(seconds(written))
    compare("radar step, constant velocity", taken["ours"], taken["own"], LOOKS)
    compare("  their derivative written out", taken["ours"], taken["written"], LOOKS)
    compare("  ours called from Python", taken["python"], taken["own"], LOOKS)
    print(f"{'ballistic radar step':46s} {shown([1e6 * t / LOOKS for t in taken['falling']])} us")


def bench_air():
    """Radar looks at a body whose drag is a part of its state, and by sigma points; no counterpart."""
    for name, how, height in (
        ("7 numbers, above the air (300 km)", 0, 300e3),
        ("7 numbers, thin air (70 km)", 0, 70e3),
        ("7 numbers, dense air (30 km)", 0, 30e3),
        ("unscented, 6 numbers (300 km)", 1, 300e3),
        ("unscented, 7 numbers (300 km)", 2, 300e3),
        ("unscented, 7 numbers, dense air (30 km)", 2, 30e3),
    ):
        run = our_looks(how, height, 2_000)
        run()
        print(f"{name:46s} {shown([1e6 * seconds(run) / 2_000 for _ in range(ROUNDS)])} us")


def bench_association(jointly, name):
    """100 close tracks."""
    run, timed = our_association(jointly)
    make = their_association(jointly)
    theirs, told = make()
    same(run(), told(theirs()))
    ours, others = [], []
    for _ in range(ROUNDS):
        ours.append(seconds(timed, 200))
        theirs, _ = make()
        others.append(seconds(theirs))
    compare(name, ours, others, 1)


def same(ours, theirs):
    """Stop unless both sides associate alike: the same rows, or the same chances."""
    for a, b in zip(ours, theirs, strict=True):
        if isinstance(a, dict):
            assert a.keys() == b.keys(), "gates differ"
            assert all(abs(a[j] - b[j]) < EQUAL for j in a), "chances differ"
        else:
            assert a == b, "assignments differ"


def bench_gospa():
    """100 against 100."""
    draws = np.random.default_rng(5)
    y = draws.uniform(0, 1e5, (100, 3))
    x = y + np.where(draws.random((100, 1)) < 0.5, draws.normal(0, 200.0, (100, 3)), draws.normal(0, 5e3, (100, 3)))
    ours, theirs = our_gospa(x, y), their_gospa(x, y)
    assert np.allclose(ours(), theirs(), rtol=EQUAL, atol=0), "GOSPA or its parts differ"
    pairs = [(seconds(ours, 50), seconds(theirs)) for _ in range(ROUNDS)]
    compare("GOSPA, 100 against 100", [a for a, _ in pairs], [b for _, b in pairs], 1)


def main():
    """Print everything: medians over ROUNDS alternations, least and greatest in brackets."""
    print(f"{'':46s} {'ours':>36s} {'Stone Soup 1.9.1':>36s} {'ratio':>36s}   {ROUNDS} alternations")
    bench_steps()
    bench_air()
    bench_association(False, "best assignment, 100 close tracks")
    bench_association(True, "joint chances (EHM2), 100 close tracks")
    bench_gospa()


if __name__ == "__main__":
    main()
