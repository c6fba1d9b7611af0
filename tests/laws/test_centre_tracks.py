"""Can one body have been in both states? At the edges, axis by axis, with sigmas too small to forgive anything."""

import pytest
from msgspec.structs import replace
from tests.attacks.room import START, S, furnished

from entente.exchange.ruling.nodes import Track
from entente.exchange.ruling.tracking import FASTEST_KM_S2, STALE_NS, reachable

BEFORE = Track(START, (7000.0, 100.0, -200.0), (5.0, -4.0, 3.0), 0.0, 0.0, 0, None, late=False, spread=(0.0, 0.0, 0.0))
STRAIGHT = ((7010.0, 92.0, -194.0), (5.0, -4.0, 3.0))  # after 2 s
room = furnished()
room.track("nato-radar")
SAID = room.log[-1][3]


def is_one(r, v, *, dt_s=2, before=BEFORE, sigma_km=0.0, sigma_km_s=0.0):
    return reachable(before, START + round(dt_s * S), replace(SAID, r_km=r, v_km_s=v), sigma_km, sigma_km_s)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_as_far_and_as_fast_as_the_strongest_acceleration_allows(axis, sign):
    far, turned = 0.5 * FASTEST_KM_S2 * 4.0, FASTEST_KM_S2 * 2.0
    r, v = STRAIGHT
    for share, one in ((0.99, True), (1.01, False)):
        moved = tuple(x + sign * share * far * (k == axis) for k, x in enumerate(r))
        faster = tuple(x + sign * share * turned * (k == axis) for k, x in enumerate(v))
        assert is_one(moved, v) == one
        assert is_one(r, faster) == one


def test_three_sigma_of_each_are_forgiven():
    r, v = STRAIGHT
    before = replace(BEFORE, sigma_km=1.0, sigma_km_s=2.0)
    slack = 3.0 * (1.0 + 2.0 * 2.0 + 4.0)
    for extra, one in ((slack - 0.01, True), (slack + 0.01, False)):
        assert is_one((r[0] + 0.8 + extra, *r[1:]), v, before=before, sigma_km=4.0) == one
    for extra, one in ((3.0 * (2.0 + 1.0) - 0.01, True), (3.0 * (2.0 + 1.0) + 0.01, False)):
        assert is_one(r, (v[0] + 0.8 + extra, *v[1:]), before=before, sigma_km_s=1.0) == one


def test_after_ten_minutes_of_silence_it_is_another():
    for dt_s, one in ((STALE_NS // S, True), (STALE_NS / S + 0.001, False)):
        there = tuple(x + u * dt_s for x, u in zip(BEFORE.r_km, BEFORE.v_km_s, strict=True))
        assert is_one(there, BEFORE.v_km_s, dt_s=dt_s) == one


def test_sigmas_are_the_largest_of_the_axes():
    for index, field, sigma in ((0, "sigma_km", 9.0), (6, "sigma_km", 9.0), (11, "sigma_km", 9.0),
                                (15, "sigma_km_s", 9.0), (18, "sigma_km_s", 9.0), (20, "sigma_km_s", 9.0)):  # fmt: skip
        covariance = tuple(81.0 if k == index else SAID.covariance[k] for k in range(21))
        other = room.copy()
        other.track("nato-radar", "t-2", covariance=covariance)
        assert getattr(other.state.nodes["nato-radar"].tracks["t-2"], field) == sigma
