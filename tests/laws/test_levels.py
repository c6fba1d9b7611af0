"""Laws of force levels, interceptors and Sobol's indices."""

import numpy as np
import pytest

import entente as en
from entente.questions.levels import ASSUMED, LEVELS, against, levels
from entente.questions.sensitivity import index_sobol, sobol
from entente.questions.sides import ALERT, LEGS, POSTURES, force_of
from entente.questions.standing import ranges_of, side_of

pytestmark = pytest.mark.kernel

A, B = en.Force(400, 400, 1150), en.Force(700, 200, 850)
FEW = 40
INDEX = 0.02  # three standard errors of an index of 4,096 samples, where it is largest


@pytest.fixture(scope="module")
def falling():
    return levels(A, B, draws=FEW)


def test_without_uncertainty_a_level_is_the_index_itself():
    found = levels(A, B, warheads=(1550, 300), uncertain={}, draws=2)
    assert not found.shares
    assert found.index[0, 0] == pytest.approx(en.first_strike_index(A, B), rel=1e-12)
    share = 300 / 1550
    small = [
        en.Force(side.fixed_warheads * share, side.fixed_vehicles * share, side.survivable_warheads * share)
        for side in (A, B)
    ]
    assert found.index[0, 1] == pytest.approx(en.first_strike_index(*small), rel=1e-9)


def test_interceptors_that_are_not_there_change_nothing():
    none = levels(A, B, warheads=(1000,), interceptors=0, draws=FEW)
    assert (none.effect("cities") == 0.0).all()
    assert (none.margin() == -1.0).all()


def test_the_same_draws_stand_behind_every_level_and_defence(falling):
    """A draw is a function of its number: the first forty of a hundred are the forty."""
    more = levels(A, B, warheads=LEVELS[:2], draws=100)
    assert (more.index[:, :, :FEW] == falling.index[:, :2]).all()


def test_what_comes_back_falls_with_the_level(falling):
    assert (np.diff(falling.tenth_b[0], axis=0) <= 1e-9).mean() > 0.99
    assert (falling.index[np.isfinite(falling.index)] >= 0.0).all()
    assert falling.matters_from("forces") <= 1_000
    said = falling.to_dict()
    assert said["index"].shape == (3, len(LEVELS), 3)
    assert len(falling.table().splitlines()) == len(LEVELS) + 1


def test_more_interceptors_take_more():
    found = against(A, B, (0, 30, 100, 1_000), draws=FEW)
    assert (found.loss[0] == 0.0).all()
    assert (np.diff(np.median(found.loss, axis=1)) > 0.0).all()
    assert ((found.loss >= 0.0) & (found.loss <= 1.0)).all()
    assert (found.offset >= found.without - found.tenth - 1e-9).all()  # no warhead is surer than sure
    assert found.to_dict()["loss"].shape == (4, 3)


def test_every_mistake_is_said_at_once():
    with pytest.raises(en.ModelError) as told:
        levels(A, 3, warheads=(0,), uncertain={"alert": (0.9, 0.5, 1), "alret": (0, 0, 0), "reliability": (0, 1, 2)})
    lines = str(told.value).splitlines()
    assert lines[0] == "levels: side_b: '3' is no Force; write en.Force(...)"
    assert "rising order" in lines[1]
    assert "'alret'" in lines[2]
    assert "reliability: 2 is outside" in lines[3]
    assert lines[4].startswith("levels: warheads: 0 is outside")
    with pytest.raises(en.ModelError, match="it has no warhead"):
        levels(en.Force(), B)


def test_sobol_finds_the_indices_of_a_sum_and_of_a_product():
    """Of x + 2 y on equal ranges: 0.2 and 0.8 (calculus). Of x y, centred: all of it together, nothing alone."""
    plain = sobol({"x": (0, 1), "y": (0, 1), "z": (0, 1)}, lambda x: x[:, 0] + 2.0 * x[:, 1])
    np.testing.assert_allclose(plain.first, [0.2, 0.8, 0.0], atol=INDEX)
    np.testing.assert_allclose(plain.total, [0.2, 0.8, 0.0], atol=INDEX)
    assert plain.ranked()[0][0] == "y"
    together = sobol({"x": (-1, 1), "y": (-1, 1)}, lambda x: x[:, 0] * x[:, 1])
    np.testing.assert_allclose(together.first, [0.0, 0.0], atol=INDEX)
    np.testing.assert_allclose(together.total, [1.0, 1.0], atol=INDEX)
    still = sobol({"x": (0, 1), "y": (0, 1)}, lambda x: np.ones(len(x)), samples=8)
    assert (still.total == 0.0).all()


def test_the_index_hangs_on_no_interceptor_where_there_is_none():
    found = index_sobol(A, B, samples=256)
    at = dict(zip(found.names, found.total, strict=True))
    assert len(at) == 2 * len(ASSUMED)
    assert at["a.p_intercept"] == at["b.p_intercept"] == 0.0
    assert max(at, key=at.get) in ("a.alert", "b.alert", "a.value_w80")


def test_sobol_refuses_in_lines():
    with pytest.raises(en.ModelError, match="rising order\nsobol: samples: 100 is no power of two"):
        sobol({"x": (1, 0), "y": (0, 1)}, lambda x: x[:, 0], samples=100)
    with pytest.raises(en.ModelError, match="one input alone"):
        sobol({"x": (0, 1)}, lambda x: x[:, 0])
    with pytest.raises(en.ModelError, match="undefined for some"):
        sobol({"x": (0, 1), "y": (0, 1)}, lambda x: x[:, 0] * np.nan, samples=8)


def test_a_side_may_have_a_range_of_its_own():
    wide, own = {"alert": (0.2, 0.5, 0.9)}, {"alert": (0.2, 0.5, 0.9), "b.alert": (0.8, 0.8, 0.8)}
    both, one = (levels(A, B, warheads=(1000,), uncertain=each, draws=FEW) for each in (wide, own))
    assert (both.tenth_a == one.tenth_a).mean() > 0.2  # of A nothing changes but what B spends on it
    assert np.ptp(one.tenth_b) < np.ptp(both.tenth_b)
    assert index_sobol(A, B, uncertain=own | {"kill_per_weapon": (0.5, 0.6, 0.7)}, samples=64).names == (
        "a.alert", "a.kill_per_weapon", "b.kill_per_weapon",
    )  # fmt: skip


def test_a_year_of_the_catalogue_makes_a_force():
    side, ranges = side_of("united_states", 2013), ranges_of("united_states", 2013)
    assert (side.fixed_warheads, side.fixed_vehicles) == (470, 449)
    assert side.survivable_warheads == 1073 + 300
    assert side.alert == pytest.approx((1073 * 0.6 + 300 * 0.0) / 1373)
    assert ranges["alert"] == pytest.approx(((1073 * 0.4 + 0) / 1373, side.alert, (1073 * 0.7 + 300 * 0.1) / 1373))
    assert ranges["fixed_warheads"] == (449, 470, 550)
    submarines = side_of("united_kingdom", 2013)
    assert submarines.fixed_warheads == submarines.fixed_vehicles == 0
    assert side_of("russia", 2013, kill_per_weapon=0.5).kill_per_weapon == 0.5


def test_legs_make_a_force():
    found = force_of(1000, {"silo": 0.4, "mobile": 0.1, "sea": 0.4, "air": 0.1}, 4, "day-to-day", kill_per_weapon=0.5)
    assert (found.fixed_warheads, found.fixed_vehicles, found.survivable_warheads) == (400, 100, 600)
    assert found.alert == pytest.approx((100 * 0.15 + 400 * 0.5 + 0) / 600)
    assert found.kill_per_weapon == 0.5
    assert force_of(1000, {"sea": 1}).alert == 0.9
    for posture in POSTURES:
        for leg in LEGS:
            low, nominal, high = ALERT[posture][leg]
            assert 0 <= low <= nominal <= high <= 1
            assert nominal <= ALERT["generated"][leg][1]
    with pytest.raises(en.ModelError, match=r"add up to 0\.9; they must add up to 1"):
        force_of(1000, {"silo": 0.5, "sea": 0.4})
    with pytest.raises(en.ModelError, match="'space' is neither"):
        force_of(-1, {"space": 1.0}, posture="asleep")
