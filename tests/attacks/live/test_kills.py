"""Rows T22 to T24 on real processes: kill -9 at random instants, and power cuts under the centre's own file system."""

import pytest
from tests.attacks.live.ground import NODES, WITNESSES
from tests.attacks.live.killing import played, played_in_lots


def test_t22_t24_fifty_kills_lose_nothing(tmp_path):
    wrong, facts = played(tmp_path, kills=50, seed=1)
    assert not any(wrong.values()), (wrong, facts)
    assert facts["entries"] > 150, facts
    assert facts["cosigned"] >= 1, facts
    assert all(facts[name] for name in ("centre", *NODES, *WITNESSES)), facts


def test_t23_ten_power_cuts_under_a_real_centre_lose_nothing(tmp_path):
    wrong, facts = played(tmp_path, cuts=10, seed=2)
    assert not any(wrong.values()), (wrong, facts)
    assert facts["power"] == 10


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("blows", [{"cuts": 1_000}, {"kills": 100, "cuts": 100}])
def test_t22_t24_a_thousand_blows_lose_nothing(tmp_path, blows):
    wrong, facts = played_in_lots(tmp_path, seed=3, **blows)
    assert not any(wrong.values()), (wrong, facts)
    assert facts["power"] == blows["cuts"]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_t22_t24_a_thousand_kills_of_one_centre_lose_nothing(tmp_path):
    wrong, facts = played(tmp_path, seed=3, kills=1_000)
    assert not any(wrong.values()), (wrong, facts)
