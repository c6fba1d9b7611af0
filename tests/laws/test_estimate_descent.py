"""What a tracker does with a body that comes down: when it says so, and that the seven numbers are the six until then."""

import math

import numpy as np
import pytest

from entente.estimate.associate import gate
from entente.estimate.bank import begin_track, carry, correct, empty_bank, note_state, settle
from entente.estimate.descent import DRAG_LN, SHAKEN, WALK, comes_down, with_drag
from entente.estimate.follow import GATE, MEAN_BOOST, MEAN_COAST, Q
from entente.estimate.kalman import radar_measure
from entente.estimate.reentry import falling_at, predict_falling
from entente.physics.earth import ecef_from_geodetic, enu_axes

pytestmark = pytest.mark.kernel

LAT, LON = 0.6, 0.8
STAY = np.array([MEAN_BOOST, MEAN_COAST])
SPREAD = np.diag([200.0] * 3 + [20.0] * 3) ** 2


def body(height, up, east=1_500.0):
    """A state at a height [m] with an upward speed [m/s]."""
    axes = np.empty((3, 3))
    enu_axes(LAT, LON, axes)
    return np.concatenate([ecef_from_geodetic(LAT, LON, height), axes.T @ [east, 800.0, up]])


@pytest.mark.parametrize(
    ("height", "up", "within", "says"),
    [
        (300e3, -2_500.0, 10.0, False),  # high above the air
        (130e3, -2_500.0, 1.0, False),  # not yet
        (110e3, -2_500.0, 10.0, True),
        (60e3, -2_500.0, 0.0, True),
        (60e3, 2_500.0, 10.0, False),  # rises, whatever it is
        (60e3, -50.0, 0.0, False),  # within three standard deviations of rising
        (60e3, -70.0, 0.0, True),
    ],
)
def test_only_what_surely_sinks_into_the_air_comes_down(height, up, within, says):
    assert comes_down(body(height, up), SPREAD, within) is says


def started(height, up):
    """A coasting track in the only slot of a bank."""
    track = empty_bank(1)[0]
    begin_track(track, body(height, up), SPREAD, 0.0, 0.0, 0.0, 0)
    return track


def noted(track):
    """What is written of a track."""
    x, P = np.empty(7), np.empty((7, 7))
    note_state(track, x, P)
    return x, P


def test_until_then_drag_is_what_all_classes_have():
    track = started(400e3, -1_000.0)
    assert carry(track, 10.0, Q, STAY) == 0
    x, P = noted(track)
    assert not track["falls"]
    np.testing.assert_array_equal(x[:6], track["mean"])
    np.testing.assert_array_equal(P[:6, :6], track["cov"])
    assert (x[6], P[6, 6]) == (DRAG_LN[0], DRAG_LN[1] ** 2)
    assert not P[6, :6].any()


def test_then_it_is_the_filter_of_falling_bodies_for_good():
    """To the bit that filter, in both modes; no chance of burning is left."""
    track = started(110e3, -2_500.0)
    x, P, there, spread = np.empty(7), np.empty((7, 7)), np.empty(7), np.empty((7, 7))
    with_drag(body(110e3, -2_500.0), SPREAD, x, P)
    for now in (5.0, 12.0, 20.0):
        assert carry(track, now, Q, STAY) == 0
        predict_falling(
            x, P, now - (0.0 if now == 5.0 else (5.0 if now == 12.0 else 12.0)), SHAKEN, WALK, there, spread
        )
        x, P = there.copy(), spread.copy()
        assert track["falls"]
        np.testing.assert_array_equal(noted(track)[0], x)
        np.testing.assert_array_equal(noted(track)[1], P)
        for mode in range(2):
            np.testing.assert_array_equal(track["x"][mode], x[:6])
        assert track["p"].tolist() == [0.0, 1.0]
    assert abs(P[6, :6]).max() > 0.0


@pytest.mark.parametrize("gap", [2.0, 5.0, 10.0])
@pytest.mark.parametrize("ln_beta", [math.log(600.0), math.log(5_000.0), math.log(20_000.0)])
def test_no_class_leaves_its_gate_on_the_way_down(ln_beta, gap):
    """Sounding rocket, warhead, whole missile: looks without errors, from 110 km to 25 km; enough of them tell the drag."""
    site, axes = np.array(ecef_from_geodetic(0.605, 0.81, 0.0)), np.empty((3, 3))
    enu_axes(0.605, 0.81, axes)
    track, truth = started(110e3, -2_500.0), np.append(body(110e3, -2_500.0), ln_beta)
    variance, z, H = np.array([30.0, 1e-3, 1e-3]) ** 2, np.empty(3), np.empty((3, 7))
    for look in range(1, int(34.0 / gap) + 1):
        falling_at(truth, gap, truth)
        radar_measure(truth, site, axes, z, H)
        assert carry(track, gap * look, Q, STAY) == 0
        nis, _ = correct(track, z, variance, site, axes)
        assert nis < gate(GATE, 3)
        settle(track, gap * look)
    x, P = noted(track)
    assert np.linalg.norm(x[:3] - truth[:3]) < 500.0
    if gap == 2.0:
        assert P[6, 6] < 0.1 * DRAG_LN[1] ** 2
        assert abs(x[6] - ln_beta) < 0.5


def test_a_new_track_in_an_old_slot_starts_above_the_air_again():
    track = started(60e3, -2_500.0)
    carry(track, 1.0, Q, STAY)
    assert track["falls"]
    begin_track(track, body(400e3, 1_000.0), SPREAD, 0.8, 5.0, 5.0, 1)
    assert not track["falls"]
