"""The law of added data: unbiased data with the same false tracks and rules never make the expected picture worse."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from entente.fusing import join
from entente.run import before_sharing
from entente.scenario.load import load
from entente.sharing import share

CASE = "mrbm-central-europe"
SEEDS = range(1, 9)
NUMERIC = 1e-6  # of a variance: the weight of the joining is searched, not solved


@cache
def unbiased(seed):
    """A history whose parties release everything as they believe it, at once and unblurred."""
    begun = before_sharing(load("one-launch"), CASE, seed)
    open_hands = {"min_range": 0.0, "area_floor": 0.0, "track_sigma": 0.0, "track_delay": 0.0, "warning_delay": 0.0}
    policies = tuple(replace(policy, **open_hands, track_interval=1.0) for policy in begun.world.policies)
    return replace(begun, world=replace(begun.world, policies=policies))


def variance(seed, rung, party):
    """Position variance [m^2] of the best track of the body at each moment, (G,); inf where there is none."""
    begun = unbiased(seed)
    tracks = join(begun.world, begun.national, share(begun.world, begun.national, rung), rung).tracks.of(party)
    mine = tracks.rows(tracks.obj == 0)
    spread = np.trace(mine.P[..., :3, :3], axis1=-2, axis2=-1)
    return np.where(mine.held & np.isfinite(spread), spread, np.inf).min(axis=0, initial=np.inf)


@pytest.mark.parametrize("party", [0, 1])
@pytest.mark.parametrize(("less", "more"), [(0, 1), (0, 2), (0, 3), (0, 4), (2, 3), (2, 4)])
def test_expected_covariance_never_grows_when_unbiased_data_are_added(less, more, party):
    """Moment by moment, the mean over histories of the best position variance at the higher rung is no larger.

    Where a body is known at the lower rung it is known at the higher; among those moments the means are compared.
    """
    before = np.array([_padded(variance(seed, less, party)) for seed in SEEDS])
    after = np.array([_padded(variance(seed, more, party)) for seed in SEEDS])
    known = np.isfinite(before)
    assert known.any()
    assert np.isfinite(after[known]).all()
    counts = known.sum(axis=0)
    some = counts > 0
    mean_before = np.where(known, before, 0.0).sum(axis=0)[some] / counts[some]
    mean_after = np.where(known, after, 0.0).sum(axis=0)[some] / counts[some]
    assert (mean_after <= mean_before * (1.0 + NUMERIC)).all()


def test_the_law_can_fail():
    """With a bias nobody declares the picture is worse: one body is held twice. The law speaks of honest data."""
    begun = unbiased(1)
    shared = share(begun.world, begun.national, 3)
    shared.x[:, 0] += 100e3
    honest = join(begun.world, begun.national, share(begun.world, begun.national, 3), 3).tracks.of(1)
    biased = join(begun.world, begun.national, shared, 3).tracks.of(1)
    held = [int((tracks.held & np.isfinite(tracks.x[..., 0])).sum()) for tracks in (honest, biased)]
    assert held[1] > held[0]  # a track so far off is taken for another body: duplicates, moment after moment


def _padded(values, length=400):
    out = np.full(length, np.inf)
    out[: len(values)] = values
    return out
