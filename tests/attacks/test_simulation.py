"""Seeded histories of the whole centre, and of witnesses against a lying log: nothing is violated, and every planted defect
is found. Rows T12 to T15, T22 to T24, T29 to T31 and T33 in simulation."""

import pytest
from tests.attacks.simulator.defects import DEFECTS, found
from tests.attacks.simulator.histories import lied, lived

SEEDS, SHARE = 500, 25
LIES, LIES_SHARE = 200, 50
ENOUGH = 60  # seeds within which every defect is found; the slowest took 24


@pytest.mark.parametrize("first", range(0, SEEDS, SHARE))
def test_t22_t24_t29_t33_nothing_is_lost_or_twice_or_decided_by_one(first):
    for seed in range(first, first + SHARE):
        assert lived(seed).violations == [], f"seed {seed}"


@pytest.mark.parametrize("first", range(0, LIES, LIES_SHARE))
def test_t12_t15_a_lying_log_never_gets_both_signatures_on_two_histories(first):
    both = 0
    for seed in range(first, first + LIES_SHARE):
        outcome = lied(seed)
        assert outcome.violations == [], f"seed {seed}"
        both += outcome.counts["checkpoints of both"]
    assert both > LIES_SHARE, "witnesses that sign nothing prove nothing"


@pytest.mark.parametrize("name", DEFECTS)
def test_every_planted_defect_is_found(name):
    assert found(DEFECTS[name], ENOUGH) is not None


@pytest.mark.parametrize("play", [lived, lied])
def test_same_seed_same_run(play):
    assert play(7).hash == play(7).hash != play(8).hash


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_nights_of_histories():
    for seed in range(SEEDS, 2_000):
        assert lived(seed).violations == [], f"seed {seed}"
        assert lied(seed).violations == [], f"seed {seed}"
