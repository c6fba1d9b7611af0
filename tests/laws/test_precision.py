"""Laws of what messages carry: the double that was rounded is the one that is read; rounding again changes nothing."""

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.exchange.releasing import precision
from entente.exchange.releasing.precision import areas_kept, covariances_kept, covariances_said, round_turn

KINDS = {name: kind for name, kind in vars(precision).items() if isinstance(kind, precision.Precision)}
numbers = st.floats(-4e7, 4e7)
MOST = {
    "TIME": 1e6,
    "TIME_LATE": 1e6,
    "SPREAD": 1e6,
    "BEARING": 2 * math.pi,
    "ANGLE": 2 * math.pi,
    "ANGLE_SPREAD": math.pi,
    "PLACE": math.pi,
}


@pytest.mark.parametrize("name", KINDS)
@given(value=numbers)
def test_what_is_rounded_is_what_is_read(name, value):
    """A message's number is the double of its own decimal text, and survives JSON, SI units and a second rounding."""
    kind, most = KINDS[name], MOST.get(name, math.inf)
    value = max(-most, min(value, most))
    said = float(kind.number(np.array(value)))
    assert float(f"{said:.{kind.decimals}f}") == said
    assert msgspec.json.decode(msgspec.json.encode(said)) == said
    kept = float(kind.kept(np.array(value)))
    assert kept == said * kind.unit
    assert kind.number(np.array(kept)) == said
    assert kind.kept(np.array(kept)) == kept
    step = kind.unit / 10.0**kind.decimals
    low, high = (-2e-6, 1.0 + 1e-6) if kind.up else (-0.5 - 1e-6, 0.5 + 1e-6)
    assert low * step <= kept - value <= high * step


@given(st.lists(st.floats(-1e15, 1e15).filter(lambda v: v == 0 or abs(v) > 1e-3), min_size=36, max_size=36))
def test_a_covariance_is_read_as_it_was_said(values):
    """Twelve significant digits, the upper triangle twice, and the same again."""
    P = np.array(values).reshape(6, 6)
    kept, said = covariances_kept(P), covariances_said(P)
    np.testing.assert_array_equal(kept, kept.T)
    np.testing.assert_array_equal(covariances_kept(kept), kept)
    np.testing.assert_allclose(np.triu(kept), np.triu(P), rtol=1e-11, atol=1e-15)
    assert all(float(f"{v:.11e}") == v or abs(v) < 1e-10 for v in said.ravel())


@given(st.floats(-10, 10), st.sampled_from([180.0, 360.0]))
def test_a_turn_is_never_whole(angle, turn):
    kept = float(round_turn(precision.BEARING, np.array(angle), turn))
    assert 0.0 <= kept < math.radians(turn)
    assert round_turn(precision.BEARING, np.array(kept), turn) == kept
    assert math.cos((kept - angle) * (360 / turn)) == pytest.approx(1.0, abs=1e-9)


def test_an_unknown_area_stays_unknown_and_none_goes_round_the_earth():
    table = np.array([[np.nan] * 7, [0.1, 0.2, 9e6, 1e6, -0.3, 5.0004, 1.0001]])
    out = areas_kept(table)
    assert np.isnan(out[0]).all()
    assert np.isfinite(out[1]).all()
    assert out[1, 2] == pytest.approx(9e6, abs=1.0)
    assert areas_kept(table * [[1, 1, 2, 1, 1, 1, 1]])[1, 2] * precision.NINETY == pytest.approx(20_020e3)
    np.testing.assert_array_equal(areas_kept(out), out)
