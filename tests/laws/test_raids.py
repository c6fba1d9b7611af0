"""Laws of raids: the closed form and the histories agree, no shot is fired twice, and what more stock, chance and shots do."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

import entente as en
from entente.strategy import attrition, raids

EXACT = 1e-12
HISTORIES = 400  # drawn where a law holds history by history: few are as good as many
ALL = 20_000  # drawn where shares are compared
SURE = (
    1 - 1e-6
)  # of a test that a right program fails once in a million runs; the draws are keyed, so it fails always or never

chances = st.floats(0.0, 1.0)
defences = st.fixed_dictionaries(
    {
        "warheads": st.integers(1, 12),
        "interceptors": st.integers(0, 60),
        "p_kill": chances,
        "p_track": chances,
        "shots": st.none() | st.integers(1, 6),
        "common_mode": st.sampled_from(["per_object", "system"]),
        "decoys": st.integers(0, 15),
    }
)


@given(defences)
def test_chances_sum_to_one_and_their_mean_is_what_is_expected(asked):
    """Also that every shot comes from the stock and every object is counted."""
    found = en.leakage(**asked)
    assert found.pmf.shape == (asked["warheads"] + 1,)
    assert found.pmf.sum() == pytest.approx(1.0, abs=EXACT)
    assert (found.pmf >= 0.0).all()
    assert found.pmf @ np.arange(asked["warheads"] + 1) == pytest.approx(found.expected_leakers, abs=1e-9)
    assert found.pmf[0] == found.p_none
    assert (
        sum(count for count, _ in found.salvos)
        == found.engaged + found.unengaged
        == asked["warheads"] + asked["decoys"]
    )
    assert found.fired == sum(count * n for count, n in found.salvos) <= asked["interceptors"]


def brute(warheads, salvos, k, track, system):
    """Chances of so many leakers by every choice of warheads among the objects, and every outcome."""
    shots = [n for count, n in salvos for _ in range(count)]
    total, picks = np.zeros(warheads + 1), list(itertools.combinations(range(len(shots)), warheads))
    for worked, weight in ((1.0, track), (0.0, 1.0 - track)) if system else ((track, 1.0),):
        for pick in picks:
            each = np.ones(1)
            for obj in pick:
                stopped = worked * (1.0 - (1.0 - k) ** shots[obj])
                each = np.convolve(each, [stopped, 1.0 - stopped])
            total += weight * each / len(picks)
    return total


@given(
    st.integers(1, 4),
    st.integers(0, 4),
    st.integers(0, 20),
    st.none() | st.integers(1, 4),
    chances,
    chances,
    st.booleans(),
)
@settings(max_examples=60)
def test_leakage_is_what_counting_every_case_gives(warheads, decoys, stock, shots, k, track, system):
    """A second way: all ways in which warheads lie among the objects; so permuting the objects changes nothing."""
    found = en.leakage(warheads, stock, k, track, shots, "system" if system else "per_object", decoys)
    np.testing.assert_allclose(found.pmf, brute(warheads, found.salvos, k, track, system), atol=1e-12)
    turned = brute(warheads, found.salvos[::-1], k, track, system)
    np.testing.assert_allclose(found.pmf, turned, atol=1e-12)


@given(defences, st.integers(1, 20), chances)
def test_more_stock_and_surer_shots_never_let_more_through(asked, more, surer):
    """Expected leakers, planned salvos or spread evenly."""
    before = en.leakage(**asked).expected_leakers
    assert en.leakage(**asked | {"interceptors": asked["interceptors"] + more}).expected_leakers <= before + EXACT
    for name in ("p_kill", "p_track"):
        better = asked | {name: max(surer, asked[name])}
        assert en.leakage(**better).expected_leakers <= before + EXACT


@given(defences, st.permutations(range(12)))
def test_no_assignment_lets_fewer_through_than_the_even_one(asked, order):
    """Move shots between objects at will: the expected number of leakers is never lower than with an even spread."""
    even = en.leakage(**asked | {"shots": None, "decoys": 0, "common_mode": "per_object"})
    shots = np.array([n for count, n in even.salvos for _ in range(count)])
    moved = shots.copy()
    a, b = order[0] % len(shots), order[1] % len(shots)
    if moved[a]:
        moved[a] -= 1
        moved[b] += 1
    through = sum(1 - attrition.kill_chance(asked["p_kill"], n, asked["p_track"]) for n in moved.tolist())
    assert even.expected_leakers <= through + EXACT


def test_more_shots_at_each_may_let_more_through_where_the_stock_is_short():
    """The rule that breaks the law: salvos fixed in advance. Two at each of 20 stops 17.5 of them, four at each only ten."""
    two, four = (en.leakage(20, 40, 0.7, shots=n).expected_leakers for n in (2, 4))
    assert (two, four) == pytest.approx((20 * 0.09, 10 + 10 * 0.3**4))
    drawn = [en.raid(20, 44, 0.4, shots=n, doctrine="shoot-look-shoot", histories=ALL).expected_leakers for n in (3, 6)]
    assert drawn[0] < drawn[1]  # the first survivors take what the others would have needed
    held = [en.raid(20, 40, 0.7, shots=2, doctrine=d, histories=ALL).expected_leakers for d in ("barrage", "reserve")]
    assert held[0] < held[1]  # what is held back is missing in the barrage


@given(
    st.integers(1, 10), st.integers(0, 40), st.integers(1, 10), chances, chances, chances, st.integers(0, 10),
    st.sampled_from(["barrage", "shoot-look-shoot", "reserve"]), st.integers(1, 6), st.booleans(),
)  # fmt: skip
@settings(max_examples=60)
@pytest.mark.kernel
def test_rules_obey_stock_and_chance(warheads, stock, more, k, surer, track, decoys, doctrine, shots, system):
    """Every doctrine as simulated: never more shots than inventory, no fewer stopped with a larger stock.

    History by history, since each draws the same whatever the stock: the mean of the leakers cannot rise by chance.
    """
    asked = {"p_kill": k, "p_track": track, "shots": shots, "decoys": decoys, "doctrine": doctrine}
    asked |= {"common_mode": "system" if system else "per_object", "histories": HISTORIES}
    found = en.raid(warheads, stock, **asked)
    assert found.fired <= stock
    assert found.pmf.sum() == pytest.approx(1.0)
    assert ((found.low <= found.pmf + EXACT) & (found.pmf <= found.high + EXACT)).all()
    if not decoys:  # among decoys one shot more shifts which objects it is that turn out to be warheads
        assert en.raid(warheads, stock + more, **asked).expected_leakers <= found.expected_leakers + EXACT


CASES = [
    (10, 44, 0.56, 0.95, 4, "per_object", 0),
    (10, 44, 0.56, 0.95, 4, "system", 100),
    (20, 45, 0.7, 0.9, 4, "per_object", 0),
    (5, 37, 0.3, 0.8, None, "per_object", 20),
    (8, 3, 0.9, 1.0, 4, "system", 0),
    (3, 30, 0.2, 0.99, None, "system", 0),
]


@pytest.mark.kernel
@pytest.mark.parametrize("asked", CASES)
def test_histories_agree_with_the_closed_form(asked):
    """The whole distribution of leakers: chi-squared over numbers expected at least five times, and every interval's share."""
    exact, drawn = en.leakage(*asked), en.raid(*asked, histories=ALL)
    counts, wanted = drawn.pmf * ALL, exact.pmf * ALL
    often = wanted >= 5.0
    assert counts[wanted == 0.0].sum() == 0.0
    squares = ((counts[often] - wanted[often]) ** 2 / wanted[often]).sum()
    assert squares <= chi2.ppf(SURE, max(1, often.sum() - 1))
    low, high = attrition.clopper(round(drawn.p_none * ALL), ALL, SURE)
    assert low <= exact.p_none <= high


@pytest.mark.kernel
@pytest.mark.parametrize(
    "asked", [(10, 44, 4, 0.56, 0.95), (12, 30, 3, 0.7, 0.9), (6, 15, 6, 0.3, 1.0), (9, 11, 4, 0.5, 0.8)]
)
def test_a_look_agrees_with_its_closed_form(asked):
    """The mean of leakers within 5 standard errors."""
    objects, stock, shots, k, track = asked
    drawn = en.raid(objects, stock, k, track, shots, doctrine="shoot-look-shoot", histories=ALL)
    error = (drawn.expected_leakers_interval[1] - drawn.expected_leakers) / 1.96
    wanted = attrition.expected_after_look(objects, stock, shots, k, track)
    assert abs(drawn.expected_leakers - wanted) <= 5 * error


@pytest.mark.kernel
def test_a_look_uses_on_the_average_what_the_closed_form_says():
    """2 W + (n - 2) W (1 - k)^2 where every object is tracked and the stock lasts."""
    drawn = en.raid(20, 200, 0.7, shots=6, doctrine="shoot-look-shoot", histories=ALL)
    assert drawn.fired == pytest.approx(attrition.stock_for(20, 6, 0.7, looks=True), rel=0.01)


@pytest.mark.kernel
@pytest.mark.parametrize("system", [False, True])
@pytest.mark.parametrize("beside", [0, 3])
@pytest.mark.parametrize("shots", [0, 1, 3])
def test_exact_curves_are_leakage_size_by_size(system, beside, shots):
    """Another way: dealing shot by shot and means of products, against binomials and hypergeometric weights."""
    mode = "system" if system else "per_object"
    curve = en.raid_curve(23, 0.6, 0.9, shots or None, mode, beside, up_to=30)
    for size, none, stopped in zip(curve.warheads, curve.p_none, curve.stopped, strict=True):
        one = en.leakage(int(size), 23, 0.6, 0.9, shots or None, mode, int(size) * beside)
        assert none == pytest.approx(one.p_none, abs=EXACT)
        assert stopped == pytest.approx(size - one.expected_leakers, abs=1e-9)


@pytest.mark.kernel
def test_pooled_stocks_of_one_kind_are_one_stock():
    """A stock of 23 in two parts, the same chances: the same curve."""
    sizes = np.arange(1, 31)
    found = []
    for stocks in ([23], [9, 14]):
        none, stopped, n = np.empty(30), np.empty(30), len(stocks)
        raids.curve_exact(sizes, 2, np.array(stocks), np.full(n, 0.6), np.full(n, 0.9), 3, False, none, stopped)
        found.append((none, stopped))
    np.testing.assert_allclose(found[0], found[1], atol=EXACT)


@pytest.mark.kernel
@pytest.mark.parametrize("doctrine", ["barrage", "shoot-look-shoot", "reserve"])
def test_drawn_curves_are_the_raids_they_are_made_of(doctrine):
    """The same histories one raid at a time."""
    curve = en.raid_curve(20, 0.6, 0.9, 4, decoys_each=1, doctrine=doctrine, up_to=12, histories=HISTORIES)
    for size in (1, 4, 12):
        one = en.raid(size, 20, 0.6, 0.9, 4, decoys=size, doctrine=doctrine, histories=HISTORIES)
        assert curve.p_none[size - 1] == one.p_none
        assert curve.stopped[size - 1] == pytest.approx(size - one.expected_leakers)


@pytest.mark.kernel
def test_limits():
    """No shots, certain shots, no track, a stock that grows: nothing, everything, nothing, the common failure alone."""
    for asked, through in (((5, 0, 0.7), 5.0), ((5, 5, 1.0), 0.0), ((5, 50, 0.7, 0.0), 5.0), ((5, 50, 0.0), 5.0)):
        assert en.leakage(*asked).expected_leakers == through
        assert en.raid(*asked, histories=HISTORIES).expected_leakers == through
    many = en.leakage(10, 5_000, 0.5, 0.9)
    assert many.p_none == pytest.approx(0.9**10)
    assert en.leakage(10, 5_000, 0.5, 0.9, common_mode="system").p_none == pytest.approx(0.9)
    assert en.kill_probability(0.3, 1_000, 0.8) == pytest.approx(0.8)
    assert en.raid_curve(100, 1.0, 0.9).half == pytest.approx(6.0 + (0.9**6 - 0.5) / (0.9**6 - 0.9**7))
    assert en.raid_curve(100, 1.0, up_to=50).half == float("inf")


@given(st.integers(1, 40), st.floats(0.01, 0.99), st.floats(0.05, 0.95), st.floats(0.5, 1.0))
def test_the_stock_that_is_needed_is_enough_and_no_more(warheads, confidence, k, track):
    """With n shots at each, not whole, the chance is just the confidence; out of reach says the most there is."""
    if confidence >= track**warheads:
        with pytest.raises(en.ModelError, match=re.escape(f"{track**warheads:.4g}")):
            en.interceptors_needed(warheads, confidence, k, track)
        return
    stock = en.interceptors_needed(warheads, confidence, k, track)
    n = attrition.shots_for(confidence ** (1 / warheads), k, track)
    assert attrition.kill_chance(k, n, track) ** warheads == pytest.approx(confidence)
    assert stock - 1 < n * warheads * (1 + 1e-9)
    assert stock >= n * warheads * (1 - 1e-9)
    look = en.interceptors_needed(warheads, confidence, k, track, doctrine="shoot-look-shoot")
    assert look == stock if n <= 2 else look <= stock


@pytest.mark.kernel
def test_sizes_that_do_not_fit_are_a_status():
    """Kernels do not raise: 4 says that arrays or numbers do not belong together, and nothing is counted."""
    counts, fired = np.zeros(4, np.int64), np.zeros(2, np.int64)
    wrong = [
        (3, 2, 5, 0),
        (4, 4, 5, 0),
        (3, 3, 5, 6),
    ]  # fewer objects than warheads; counts too short; more held than there
    for warheads, objects, stock, held in wrong:
        status = raids.raid_many(1, 9, warheads, objects, stock, raids.BARRAGE, 2, held, 0.5, 0.9, False, counts, fired)
        assert status == raids.BAD
    assert not counts.any()
    table = np.zeros((2, 4), np.int64)
    for sizes in (np.array([1, 9]), np.array([1, 2, 3])):
        assert raids.curve_many(1, 9, sizes, 0, 5, raids.BARRAGE, 2, 0, 0.5, 0.9, False, table) == raids.BAD
    one = np.array([5]), np.array([0.5]), np.array([0.9])
    none, stopped = np.empty(2), np.empty(2)
    assert raids.curve_exact(np.array([0, 1]), 0, *one, 2, False, none, stopped) == raids.BAD
    assert raids.curve_exact(np.array([1, 2]), 0, np.array([0]), *one[1:], 2, False, none, stopped) == raids.OK
    assert none.tolist() == stopped.tolist() == [0.0, 0.0]


@pytest.mark.kernel
@pytest.mark.parametrize(("k", "track"), [(0.3, 0.8), (0.05, 1.0), (0.9, 0.95)])
def test_the_shot_that_stops_an_object_is_geometric(k, track):
    """Shares of objects stopped by the nth shot, and of those whose track fails, by chi-squared; far tails as well."""
    needed = np.empty(40_000, np.int64)
    raids.draw_needed(3, k, track, False, needed)
    n = np.arange(1, 200)
    wanted = np.append(track * k * (1 - k) ** (n - 1), 1 - track) * len(needed)
    counts = np.append((needed[:, None] == n).sum(axis=0), (needed == raids.LOST).sum())
    often = wanted >= 5.0
    squares = ((counts[often] - wanted[often]) ** 2 / wanted[often]).sum()
    assert squares <= chi2.ppf(SURE, often.sum() - 1)
