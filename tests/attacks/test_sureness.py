"""Row 50: a node that claims to be more certain than it is, seen from its own states and from the other side's."""

import math

import numpy as np
import pytest
from msgspec.structs import replace
from tests.attacks.room import START, S, circle, furnished, why

from entente.exchange.centre import restored, snapshot
from entente.exchange.ruling.claims import BAND_AIR_KM_S2, BAND_KM_S2, COMPARED_NS, LIMIT, OFTEN, WINDOW, excess, noted
from entente.exchange.ruling.nodes import Fit, Track
from entente.exchange.ruling.reasons import Reason
from entente.exchange.saying.instants import instant

FURNISHED = furnished()


@pytest.fixture
def room():
    return FURNISHED.copy()


SPREAD = np.diag([0.2**2] * 3 + [0.02**2] * 3)  # km2, km2/s2: what a radar claims
UPPER = np.triu_indices(6)
R, V, G = np.array([4000.0, 3000.0, 5000.0]), np.array([2.0, -3.0, 4.0]), np.array([-5e-3, -4e-3, -6e-3])


MARKS = (Reason.TOO_SURE, Reason.DISAGREEING, Reason.CLAIMS_FIT)
OPENED = {"launched": instant(START - 100 * S), "launched_sigma_s": 5.0, "launch_area": circle(40.0, 40.0)}


def follow(room, seconds=60, *, seed=1, sharpness=1.0, shifts=(("nato-radar", 0.0),), **more):
    """These nodes follow one flight; their errors are `sharpness` times what they claim, and shifted [km]. The alarms."""
    rng, alarms = np.random.default_rng(seed), []
    for t in range(0, seconds, 2):
        room.now_ns = START + (t + 1) * S
        for node, shift_km in shifts:
            state = np.concatenate([R + V * t + G * t * t / 2 + shift_km / math.sqrt(3), V + G * t])
            alarms += told(room, node, state + sharpness * rng.multivariate_normal(np.zeros(6), SPREAD), **more)
    return alarms


def told(room, node, state, name="t-1", **more):
    """One more state; the alarms about claims that it leads to."""
    r, v = state[:3].tolist(), state[3:].tolist()
    fields = {"bias_sigma_km": 0.1, "observed_sigma_s": 0.001, "covariance": tuple(SPREAD[UPPER].tolist())} | more
    assert why(room.track(node, name, r=tuple(r), v=tuple(v), **fields)) is None
    return [sent for sent in room.outgoing if getattr(sent, "reason", None) in MARKS]


def test_t50_a_node_whose_states_jump_more_than_it_says_is_marked_and_both_are_told(room):
    (alarm,) = follow(room, sharpness=10.0)
    assert (alarm.reason, alarm.sender, alarm.to) == (Reason.TOO_SURE, "nato-radar", ("nato", "rus"))
    assert alarm.about < FURNISHED.state.size + 20, "within twenty states"
    marked = room.state.nodes["nato-radar"]
    assert (marked.own_fit.is_marked, marked.other_fit) == (True, Fit())
    assert marked.own_fit.bits < 1 << WINDOW
    assert restored(snapshot(room.state)) == room.state
    assert not room.state.launches, "a mark raises no alert"


def test_t50_the_mark_falls_when_all_of_the_window_fits(room):
    follow(room, sharpness=10.0)
    alarms = []
    for k in range(WINDOW + 2):
        room.now_ns += S
        alarms += [(k, sent.reason) for sent in told(room, "nato-radar", np.concatenate([R + V * k, V]), "t-2")]
    assert alarms == [(WINDOW, Reason.CLAIMS_FIT)], "after the first, which begins the track, a whole window"
    assert room.state.nodes["nato-radar"].own_fit == Fit()


BOTH = (("nato-radar", 0.0), ("rus-radar", 0.0))


@pytest.mark.parametrize("seed", range(3))
def test_t50_who_says_what_is_true_is_never_marked(room, seed):
    assert follow(room, 1000, seed=seed, shifts=BOTH, **OPENED) == []
    assert len(room.state.launches) == 1


def test_t50_two_sides_that_contradict_each_other_are_both_marked(room):
    """One is steadily wrong, so that its own states fit: only the other side shows it, and the centre takes no side."""
    alarms = follow(room, 40, sharpness=0.1, shifts=(BOTH[0], ("rus-radar", 5.0)), **OPENED)
    assert [(alarm.reason, alarm.sender) for alarm in alarms] == [
        (Reason.DISAGREEING, "rus-radar"), (Reason.DISAGREEING, "nato-radar"),
    ]  # fmt: skip
    assert all(not room.state.nodes[node].own_fit.bits for node, _ in BOTH)


def test_t50_the_state_of_the_other_side_that_fits_best_counts(room):
    alarms = follow(room, 40, sharpness=0.1, shifts=(*BOTH, ("rus-sat", 5.0)), **OPENED)
    assert {alarm.sender for alarm in alarms} == {"rus-sat"}, "who is alone with it, of two on its side"


@pytest.mark.parametrize("shifts", [
    (BOTH[0], ("rus-radar", 50.0)),  # no launch named: two flights, for all one knows
    (BOTH[0], ("nato-sat", 50.0)),  # one side
])  # fmt: skip
def test_t50_only_states_of_one_launch_and_of_two_sides_are_put_side_by_side(room, shifts):
    assert follow(room, 40, shifts=shifts, **(OPENED if shifts[1][0] == "nato-sat" else {})) == []
    assert room.state.nodes[shifts[1][0]].other_fit == Fit()


def test_t50_what_is_forgotten_or_long_ago_is_not_put_side_by_side(room):
    follow(room, 20, **OPENED)
    room.now_ns += 11 * S
    far = np.concatenate([R + 900.0, V])
    assert told(room, "rus-radar", far, **OPENED) == []
    assert room.state.nodes["rus-radar"].other_fit == Fit()
    (number,) = room.state.launches
    fewer = replace(room.state.nodes["nato-radar"], tracks={})
    room.state = replace(room.state, nodes=room.state.nodes | {"nato-radar": fewer})
    for k in range(3):
        room.now_ns += S
        told(room, "rus-radar", np.concatenate([R + 900.0 + V * (k + 1), V]))
    assert (room.state.nodes["rus-radar"].other_fit, room.state.nodes["rus-radar"].tracks["t-1"].launch) == (
        Fit(),
        number,
    )


def test_t50_a_jump_is_told_at_once_and_counts_too(room):
    alarms = []
    for k in range(2 * OFTEN):
        room.now_ns += S
        alarms += told(room, "nato-radar", np.concatenate([R + 900.0 * (k % 2), V]))
        assert ("track-jumped" in room.alarms()) == (k > 0)
    assert [alarm.reason for alarm in alarms] == [Reason.TOO_SURE]


# The measure itself

BEFORE = Track(START, tuple(R), tuple(V), 0.0, 0.0, 0, None, late=False, spread=(1.0, 0.0, 0.0))


def test_t50_the_measure_is_one_in_the_mean_whatever_the_shape():
    """Against draws from full covariances, correlated and flat; five standard errors of 4,000 draws."""
    rng = np.random.default_rng(7)
    for _ in range(5):
        shape = rng.normal(size=(6, 6)) * np.exp(rng.normal(size=(6, 1)))
        covariance = shape @ shape.T * 1e4  # so large that the band of accelerations is nothing beside it
        spread = np.trace(covariance[:3, :3]), np.trace(covariance[:3, 3:]), np.trace(covariance[3:, 3:])
        found = []
        for one, other in rng.multivariate_normal(np.zeros(6), covariance, (4_000, 2)):
            first = replace(BEFORE, r_km=tuple(one[:3]), v_km_s=tuple(one[3:]), spread=spread)
            second = replace(first, observed_ns=START + 3 * S, r_km=tuple(other[:3]), v_km_s=tuple(other[3:]))
            found.append(excess(first, second))
        assert abs(np.mean(found) - 1.0) < 5 * np.std(found) / math.sqrt(4_000)
        assert np.mean(np.array(found) > LIMIT) < 0.003 + 5 * math.sqrt(0.003 / 4_000)


@pytest.mark.parametrize(("down_km", "band"), [(0.0, BAND_KM_S2), (650.0, BAND_AIR_KM_S2)])
def test_t50_no_acceleration_within_the_band_counts(down_km, band):
    """The worst that there is: the least at first, the most in the second half."""
    dt = 4.0
    place = R * (1.0 - down_km / np.linalg.norm(R))
    push = band * np.array([0.6, 0.0, -0.8])
    v = V + push * dt / 2
    r = place + V * dt + push * (dt / 2) ** 2 / 2
    first = replace(BEFORE, r_km=tuple(place))
    second = replace(first, observed_ns=START + 4 * S, r_km=tuple(r), v_km_s=tuple(v))
    assert excess(first, second) == pytest.approx(0.0, abs=1e-18)
    farther = replace(second, r_km=tuple(r - 3.0 * np.array([0.6, 0.0, -0.8])))
    assert excess(first, farther) == pytest.approx(9.0 / 2.0)
    assert excess(first, farther, clocks_s=1.0) < 9.0 / 2.0


def test_t50_where_it_ends():
    first = replace(BEFORE, v_km_s=(0.0, 0.0, 0.0))
    edge = replace(first, observed_ns=START + COMPARED_NS)
    assert excess(first, edge) == 0.0
    assert excess(first, replace(edge, observed_ns=edge.observed_ns + 1)) is None
    nothing = replace(first, spread=(0.0, 0.0, 0.0))
    assert excess(nothing, replace(nothing, r_km=tuple(R + 1.0))) == math.inf


def test_t50_the_count_is_of_the_last_window():
    fit = Fit()
    for result, bits, is_marked in (
        (LIMIT, 0, False),
        *((LIMIT + 1, 2**k - 1, k == OFTEN) for k in range(1, OFTEN + 1)),
    ):
        fit = noted(fit, result)
        assert (fit.bits, fit.is_marked) == (bits, is_marked)
    for k in range(WINDOW):
        assert fit.is_marked, k
        fit = noted(fit, 0.0)
    assert fit == Fit()
