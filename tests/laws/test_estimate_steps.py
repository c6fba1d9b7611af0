"""One look at once gives the numbers of predict, measure and correct one after the other."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.estimate.kalman import predict_ballistic, predict_linear, radar_measure, update
from entente.estimate.steps import falling_step, steady_step
from entente.physics.earth import ecef_from_geodetic, enu_axes

pytestmark = pytest.mark.kernel

POSITION = 1e-8  # m, beside positions of 6e6 m whose last bit is 1e-9 m; m/s
COVARIANCE = 1e-10  # relative to the geometric mean of its variances; both ways round differently
VARIANCE = np.array([30.0, 2e-3, 3e-3]) ** 2
STEPS = {"steady": steady_step, "falling": falling_step}


def case(seed):
    """A radar, a body that it sees, a full covariance, and a measurement some deviations off."""
    draws = np.random.default_rng(seed)
    lat, lon = draws.uniform(-1.5, 1.5), draws.uniform(-3.1, 3.1)
    site, enu = np.array(ecef_from_geodetic(lat, lon, 100.0)), np.empty((3, 3))
    enu_axes(lat, lon, enu)
    local = draws.uniform(-1e6, 1e6, 3) * [1, 1, 0.2] + [0, 0, 5e5]
    x = np.concatenate([site + enu.T @ local, draws.normal(0, 3e3, 3)])
    root = draws.normal(size=(6, 6)) * np.array([800.0, 900.0, 700.0, 20.0, 30.0, 25.0])[:, None]
    return x, root @ root.T, site, enu, draws.uniform(0.0, 20.0), 10 ** draws.uniform(-4, 4), draws.normal(size=3)


def in_turn(kind, x, P, site, enu, dt, q, offset):
    """What `kalman` makes of it, and the measurement."""
    x1, P1, x2, P2, z, H = np.empty(6), np.empty((6, 6)), np.empty(6), np.empty((6, 6)), np.empty(3), np.empty((3, 6))
    if kind == "falling":
        assert predict_ballistic(x, P, dt, q, x1, P1) == 0
    else:
        noise = q * np.kron([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]], np.eye(3))
        predict_linear(x, P, np.eye(6) + dt * np.eye(6, k=3), noise, x1, P1)
    assert radar_measure(x1, site, enu, z, H) == 0
    seen = z + offset * np.array([500.0, 2e-3, 2e-3])
    seen[1] += 2 * math.pi * round(offset[0])  # an azimuth some turns off is the same
    nis, likelihood = update(x1, P1, seen, z, H, VARIANCE, 1, x2, P2)
    return x2, P2, nis, likelihood, seen


@pytest.mark.parametrize("kind", STEPS)
@given(st.integers(0, 2**32 - 1))
def test_one_look_at_once_is_its_parts_in_turn(kind, seed):
    x, P, site, enu, dt, q, offset = case(seed)
    x2, P2, nis, likelihood, seen = in_turn(kind, x, P, site, enu, dt, q, offset)
    x_out, P_out = np.empty(6), np.empty((6, 6))
    ours = STEPS[kind](x, P, dt, q, seen, VARIANCE, site, enu, x_out, P_out)
    np.testing.assert_allclose(x_out, x2, rtol=0, atol=POSITION)
    scale = np.sqrt(np.outer(np.diag(P2), np.diag(P2)))
    np.testing.assert_allclose(P_out / scale, P2 / scale, rtol=0, atol=COVARIANCE)
    assert (P_out == P_out.T).all()
    assert ours == (pytest.approx(nis, rel=1e-8, abs=1e-9), pytest.approx(likelihood, rel=1e-8, abs=1e-8))
    # In place, nothing changes.
    assert STEPS[kind](x, P, dt, q, seen, VARIANCE, site, enu, x, P) == ours
    assert (x == x_out).all()
    assert (P_out == P).all()


@pytest.mark.parametrize("kind", STEPS)
def test_what_is_no_step_gives_nan(kind):
    x, P, site, enu, dt, q, _ = case(1)
    seen, out = np.array([1e6, 1.0, 0.5]), (np.empty(6), np.empty((6, 6)))

    def fails(x=x, P=P, dt=dt, q=q, seen=seen, variance=VARIANCE):
        return np.isnan(STEPS[kind](x, P, dt, q, seen, variance, site, enu, *out)).all()

    assert not fails()
    for bad in (-1.0, math.nan, math.inf):
        assert fails(dt=bad)
    for bad in (-1.0, math.nan):
        assert fails(q=bad)
    assert fails(P=-1e9 * np.eye(6))
    assert fails(variance=-np.ones(3) * 1e12)
    assert fails(x=np.concatenate([site + 1e5 * enu[2], np.zeros(3)]), dt=0.0)
    assert fails(x=np.full(6, math.nan))
    assert fails(x=np.concatenate([site, np.zeros(3)]), dt=0.0)


def test_a_body_inside_the_earth_does_not_fall_on():
    _, P, site, enu, _, q, _ = case(1)
    deep = np.concatenate([0.5 * site, np.zeros(3)])
    out = np.empty(6), np.empty((6, 6))
    assert np.isnan(falling_step(deep, P, 1.0, q, np.ones(3), VARIANCE, site, enu, *out)).all()
