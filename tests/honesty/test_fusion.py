"""Fusion's own claims, held against the errors it makes, over many histories.

Two-sided NEES where what both sides have in common is known and all is linear and Gaussian; an upper bound, with the
conservatism printed, where it is not known. `ALPHA` is the chance with which honest fusion would have failed a whole
family of tests; seeds are fixed, so that a test that passes once passes always.
"""

import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, chi2, norm

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "builders"))

from double_counting import ALONE, CAUTIOUS, CENTRAL, KNOWN, METHODS, NAIVE, double_counting

from entente import rng
from entente.estimate.fuse import covariance_intersection
from entente.fusing import FALSE_DOUBTS
from entente.run import all_rungs, before_sharing
from entente.scenario.load import load

ALPHA = 1e-3
HISTORIES = 4_000
LOOKED_AT = (2, 11, 29, 59)  # steps: the first exchange, after two, five and ten minutes
EXACT = 1e-9  # relative to the spread: two orders of the same sums


@cache
def counted():
    """The numbers of the figure, made once."""
    return double_counting(HISTORIES)


def bounds(freedom, tests):
    """Between which the average of that many squares lies, all tests together failing with chance ALPHA."""
    tail = ALPHA / tests / 2
    return chi2.ppf([tail, 1 - tail], freedom * HISTORIES) / HISTORIES


@pytest.mark.parametrize("method", [ALONE, KNOWN, CENTRAL])
def test_what_is_known_to_be_common_and_removed_leaves_an_honest_claim(method):
    """Two-sided: neither too bold nor too shy, at four moments and for three ways."""
    low, high = bounds(4, 3 * len(LOOKED_AT))
    average = counted().nees[method, list(LOOKED_AT)]
    print(METHODS[method], average, (low, high))
    assert ((average > low) & (average < high)).all()


def test_with_the_common_part_removed_the_partner_is_as_good_as_all_data():
    """At every exchange the fused estimate is the central filter's: spread and error, to rounding."""
    made = counted()
    at = np.arange(2, made.t.size, 3)
    np.testing.assert_allclose(made.claimed[KNOWN, at], made.claimed[CENTRAL, at], rtol=EXACT)
    np.testing.assert_allclose(made.error[KNOWN, at], made.error[CENTRAL, at], rtol=1e-7)
    np.testing.assert_allclose(made.squares[KNOWN][at], made.squares[CENTRAL][at], rtol=1e-5, atol=1e-6)


def test_who_counts_data_twice_claims_far_too_much():
    """The trap shown: after ten minutes the NEES is many times its design, and 90 % areas hold less than half."""
    made = counted()
    print({name: (made.nees[m, -1], made.inside[m, -1]) for m, name in enumerate(METHODS)})
    assert made.nees[NAIVE, -1] > 5 * 4
    assert made.inside[NAIVE, -1] < 0.5
    assert made.claimed[NAIVE, -1] < 0.5 * made.error[NAIVE, -1]


def test_intersection_never_claims_too_much_and_says_how_shy_it_is():
    """Upper bound of NEES at four moments; areas hold at least 90 %, by exact binomial tests."""
    made = counted()
    _, high = bounds(4, len(LOOKED_AT))
    print("NEES over its design", made.nees[CAUTIOUS] / 4)
    assert (made.nees[CAUTIOUS, list(LOOKED_AT)] < high).all()
    held = np.rint(made.inside[CAUTIOUS, list(LOOKED_AT)] * HISTORIES)
    assert (binom.cdf(held, HISTORIES, 0.9) > ALPHA / len(LOOKED_AT)).all()
    # Cautious, not useless: better than alone in truth.
    assert made.error[CAUTIOUS, -1] < made.error[ALONE, -1]


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
def test_the_fused_mean_squared_error_is_no_more_than_the_better_track_s(share):
    """Calibrated unbiased inputs whose errors share a part nobody knows: one-sided 95 %, corrected for three shares.

    Paired: the difference of squared errors history by history, so its own spread gives the bound.
    """
    random = np.random.default_rng(7)
    root = [random.normal(size=(6, 6)) * 10.0 ** random.uniform(0, 2, 6) for _ in range(2)]
    Pa, Pb = (r @ r.T + np.eye(6) for r in root)
    roots = [np.linalg.cholesky(P) for P in (Pa, Pb)]
    x, P = np.empty(6), np.empty((6, 6))
    worse, squares = np.empty(HISTORIES), np.empty(HISTORIES)
    for seed in range(HISTORIES):
        shared, one, two = (np.array([rng.normal(seed, rng.NOISE, k, i, 0) for i in range(6)]) for k in range(3))
        ea, eb = (
            root @ (np.sqrt(share) * shared + np.sqrt(1 - share) * own)
            for root, own in zip(roots, (one, two), strict=True)
        )
        covariance_intersection(ea, Pa, eb, Pb, x, P)
        better = ea if np.trace(Pa[:3, :3]) < np.trace(Pb[:3, :3]) else eb
        worse[seed] = x[:3] @ x[:3] - better[:3] @ better[:3]
        squares[seed] = x @ np.linalg.solve(P, x)
    assert np.trace(P[:3, :3]) <= min(np.trace(Pa[:3, :3]), np.trace(Pb[:3, :3]))
    # Surely not above: the mean lies below what chance would allow a difference of exactly 0.
    assert worse.mean() < norm.ppf(1 - 0.05 / 3) * worse.std() / np.sqrt(HISTORIES)
    assert squares.mean() < chi2.ppf(1 - ALPHA / 3, 6 * HISTORIES) / HISTORIES
    print(f"shared {share}: NEES {squares.mean():.2f} of 6, squared error {worse.mean():.1f} m^2 less")


CASE = "mrbm-central-europe"
LATER = 120.0  # s  after burnout, from when on a position is judged, at every fifth moment of the grid


def judged(seeds):
    """Of one-launch: 90 and 50 % areas at 300 s by (rung, party, share), squared errors by (rung, party), doubts in hours."""
    scenario = load("one-launch")
    inside, squared, doubts, hours = {}, {}, 0, 0.0
    for seed in seeds:
        begun = before_sharing(scenario, CASE, seed)
        runs = all_rungs(begun, (0, 3, 4), story=False)
        first = float(begun.flights.t_burnout[0]) + LATER
        for rung, run in runs.items():
            doubts += int(np.isfinite(run.picture.doubted).sum())
            hours += 2.0 * float(begun.national.tracks.t[-1]) / 3600.0 if rung else 0.0
            for party in (0, 1):
                for share, name in ((0.5, "impact_inside_50"), (0.9, "impact_inside_90")):
                    inside.setdefault((rung, party, share), []).append(run.assessment.values[name][party])
                squared.setdefault((rung, party), []).append(error_of_best(run, begun.flights, party, first))
    return inside, squared, doubts, hours


def error_of_best(run, flights, party, first):
    """Squared position error and claimed trace [m^2], (moments, 2), of the least spread track of a flight; nan where none."""
    tracks = run.picture.tracks.of(party)
    moments = np.flatnonzero((tracks.t >= first) & (tracks.t < flights.t_impact[0] - 60.0))[::5]
    out = np.full((len(moments), 2), np.nan)
    for row, g in enumerate(moments):
        held = np.flatnonzero(tracks.held[:, g] & np.isfinite(tracks.x[:, g, 0]) & (tracks.obj == 0))
        if len(held):
            spread = np.trace(tracks.P[held, g, :3, :3], axis1=1, axis2=2)
            error = tracks.x[held[np.argmin(spread)], g, :3] - flights.position_at(0, float(tracks.t[g]))
            out[row] = error @ error, spread.min()
    return out


def hold(seeds):
    """All claims of the pipeline over these histories; prints them, asserts those that must hold."""
    inside, squared, doubts, hours = judged(seeds)
    low = []
    for (rung, party, share), values in inside.items():
        known = np.array(values)[np.isfinite(values)]
        if rung:
            print(f"rung {rung}, party {party}: {share:.0%} areas hold {known.mean():.3f} of {len(known)}")
            if binom.cdf(known.sum(), len(known), share) < 0.01 / 8:
                low.append((rung, party, share))
    assert not low
    for rung in (3, 4):
        for party in (0, 1):
            worse, ratio = [], []
            for fused, alone in zip(squared[rung, party], squared[0, party], strict=True):
                both = np.isfinite(fused[:, 0]) & np.isfinite(alone[:, 0])
                # The trace law: at no moment more spread than alone.
                assert (fused[both, 1] <= alone[both, 1] * (1 + EXACT)).all()
                if both.any():
                    # In units of what the nation claims alone, so that no history with a broad track outweighs all others.
                    worse.append(np.mean((fused[both, 0] - alone[both, 0]) / alone[both, 1]))
                    ratio.append(np.mean(fused[both, 0] / fused[both, 1]))
            print(
                f"rung {rung}, party {party}: {np.mean(worse):+.3f} of alone's claim; error2 / claim {np.mean(ratio):.2f}"
            )
            assert np.mean(worse) < norm.ppf(1 - 0.05 / 4) * np.std(worse) / np.sqrt(len(worse))
    print(f"{doubts} doubts of honest partners in {hours:.0f} hours")
    assert doubts <= FALSE_DOUBTS * hours
    return doubts


def test_what_sharing_makes_of_a_launch_holds_what_it_claims():
    """40 histories at rungs 3 and 4: areas by exact one-sided binomial tests, errors no larger than alone, doubts few."""
    hold(range(1, 41))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_what_sharing_makes_of_many_launches_holds_what_it_claims():
    """600 histories, the same tests."""
    hold(range(2_000, 2_600))
