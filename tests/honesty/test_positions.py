"""Are bodies where national tracks say? 50 % and 90 % regions of position, from burnout to the ground, over many histories."""

import numpy as np
import pytest
from scipy.stats import binom, chi2

from entente.physics.earth import geodetic_from_ecef
from entente.run import before_sharing
from entente.scenario.load import load

CASE = "mrbm-central-europe"
# s  before the impact: from two minutes after burnout, over 90 km of height, to 53, 35 and 16 km
BEFORE = (900.0, 600.0, 300.0, 120.0, 60.0, 30.0, 20.0, 15.0, 10.0)
RARE = 0.01  # chance that honest regions fail, all comparisons together
CLAIMS = (0.5, 0.9)


def squares(seeds):
    """Squared position errors in claimed standard deviations, and heights [m], by (party, seconds before the impact)."""
    scenario, out = load("one-launch"), {}
    for seed in seeds:
        begun = before_sharing(scenario, CASE, seed)
        for party in (0, 1):
            tracks = begun.national.tracks.of(party)
            for before in BEFORE:
                at = int(np.searchsorted(tracks.t, begun.flights.t_impact[0] - before))
                held = np.flatnonzero(tracks.held[:, at] & np.isfinite(tracks.x[:, at, 0]) & (tracks.obj == 0))
                if not len(held):
                    continue
                best = held[np.argmin(np.trace(tracks.P[held, at, :3, :3], axis1=1, axis2=2))]
                truth = begun.flights.position_at(0, float(tracks.t[at]))
                error = tracks.x[best, at, :3] - truth
                square = error @ np.linalg.solve(tracks.P[best, at, :3, :3], error)
                out.setdefault((party, before), []).append((square, geodetic_from_ecef(*truth)[2]))
    return {key: np.array(values) for key, values in out.items()}


def judge(seeds):
    """Print every share; return the regions that hold less than they claim."""
    bold, tests = [], len(BEFORE) * len(CLAIMS) * 2
    for (party, before), values in squares(seeds).items():
        total, height = len(values), np.median(values[:, 1]) / 1e3
        for claim in CLAIMS:
            count = int((values[:, 0] < chi2.ppf(claim, 3)).sum())
            line = f"party {party}, {before:.0f} s before impact, {height:.0f} km up: {claim:.0%} regions hold {count} of {total}"
            print(line)
            if binom.cdf(count, total, claim) < RARE / tests:
                bold.append(line)
    return bold


def test_a_falling_body_is_where_national_tracks_say():
    """40 histories, exact one-sided binomial tests, 1 % for all together; in the air too, where drag is learned."""
    assert judge(range(1, 41)) == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_falling_body_is_where_national_tracks_say_over_many_histories():
    """600 histories, the same tests."""
    assert judge(range(3_000, 3_600)) == []
