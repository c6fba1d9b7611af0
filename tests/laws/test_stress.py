"""Laws of stress: what is wrong between two systems is as large as asked, constant, undeclared, and the same luck at any size."""

from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest

import entente as en
from entente.lines import UNSTRESSED
from entente.physics.earth import geodesic
from entente.records import TRACK, Areas
from entente.run import all_rungs, before_sharing
from entente.scenario.load import load
from entente.scenario.schema import Scenario, Stress
from entente.sharing import releases, share

ROUNDING = 1e-8  # m; kilometres added to positions of 6e6 m
METRE = 1.0


@cache
def history(seed):
    """One history before anybody shares."""
    return before_sharing(load("one-launch"), "mrbm-central-europe", seed)


def released(seed=1, **stress):
    """World and what flows at rung 4 under a stress."""
    begun = history(seed)
    world = replace(begun.world, stress=Stress(**stress))
    return world, share(world, begun.national, 4)


def sorted_by_content(shared):
    """The messages in an order that no delay changes."""
    return shared.rows(np.lexsort([shared.t, shared.kind, shared.track, shared.giver]))


def pair(seed=1, **stress):
    """What flows without and with the stress, message by message."""
    return sorted_by_content(released(seed)[1]), sorted_by_content(released(seed, **stress)[1])


def test_no_stress_is_the_very_same_bits():
    begun = history(1)
    assert begun.world.stress == UNSTRESSED
    plain = share(begun.world, begun.national, 4)
    again = released(1, availability=1.0, bias_km=0.0)[1]
    for name in (field.name for field in fields(plain) if field.name != "reports"):  # none without a stage of its own
        a, b = getattr(plain, name), getattr(again, name)
        a, b = (a.columns, b.columns) if isinstance(a, Areas) else (a, b)
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("size", [1.0, 50.0])
def test_a_bias_moves_a_whole_frame_by_one_vector_that_nobody_declares(size):
    plain, off = pair(bias_km=size)
    toward = []
    for giver in (0, 1):
        rows = (plain.giver == giver) & (plain.kind == TRACK)
        shift = off.x[rows, :3] - plain.x[rows, :3]
        np.testing.assert_allclose(shift, shift[:1].repeat(rows.sum(), 0), rtol=0, atol=ROUNDING)
        assert np.linalg.norm(shift[0]) == pytest.approx(1e3 * size)
        toward.append(shift[0] / (1e3 * size))
    np.testing.assert_array_equal(off.P, plain.P)
    np.testing.assert_array_equal(off.bias, plain.bias)
    np.testing.assert_array_equal(off.x[:, 3:], plain.x[:, 3:])
    assert abs(toward[0] @ toward[1]) < 0.999  # each giver is off by a vector of its own
    known = np.flatnonzero(plain.impact.known)
    moved = [geodesic(plain.impact.lat[i], plain.impact.lon[i], off.impact.lat[i], off.impact.lon[i])[0] for i in known]
    assert len(moved) > 3
    assert max(moved) <= 1e3 * size + METRE  # along the ground no farther than in space
    np.testing.assert_array_equal(off.impact.axes, plain.impact.axes)


def test_directions_are_even_over_the_sphere():
    """Means of the three parts and of their squares over 300 histories: within four standard errors of 0 and 1/3."""
    begun = history(1)
    ready = releases(begun.world, begun.national)
    part = next(one for one in ready if one.kind[0] == TRACK)
    out = []
    for seed in range(300):
        world = replace(begun.world, seed=seed, stress=Stress(bias_km=1))
        moved = share(world, begun.national, 4)
        plain = share(replace(world, stress=UNSTRESSED), begun.national, 4)
        rows = (plain.giver == part.giver[0]) & (plain.kind == TRACK)
        out.append((moved.x[rows, :3] - plain.x[rows, :3])[0] / 1e3)
    parts = np.array(out)
    assert (np.abs(parts.mean(axis=0)) < 4.0 / np.sqrt(3 * len(parts))).all()
    assert (np.abs((parts**2).mean(axis=0) - 1 / 3) < 4.0 * np.sqrt(4 / 45 / len(parts))).all()


def test_a_clock_is_off_early_or_late_by_one_time_and_delays_nothing():
    signs = set()
    for seed in (1, 2, 3, 4):
        plain, off = pair(seed, clock_skew_s=7.0)
        for giver in (0, 1):
            rows = plain.giver == giver
            skew = np.unique(np.round(off.t[rows] - plain.t[rows], 9))
            assert len(skew) == 1
            assert abs(skew[0]) == 7.0
            signs.add(float(skew[0]))
            said = rows & plain.impact.known
            np.testing.assert_allclose(off.impact.t[said] - plain.impact.t[said], skew[0])
        np.testing.assert_array_equal(np.sort(off.arrives), np.sort(plain.arrives))
        np.testing.assert_array_equal(off.x, plain.x)
    assert signs == {-7.0, 7.0}


def test_latency_makes_everything_later_by_as_much():
    plain, off = pair(latency_s=30.0)
    np.testing.assert_allclose(off.arrives - plain.arrives, 30.0)
    np.testing.assert_array_equal(off.t, plain.t)


def test_a_worse_line_holds_back_and_loses_nothing():
    late = []
    for seed in (1, 2, 3):
        plain, off = pair(seed, availability=0.3)
        assert len(off.t) == len(plain.t)
        assert (off.arrives >= plain.arrives).all()
        late.append(float((off.arrives > plain.arrives).mean()))
    assert max(late) > 0.3


def test_coarsening_is_declared_and_belongs_to_the_body():
    plain, off = pair(coarsening_km=10.0)
    rows = plain.kind == TRACK
    np.testing.assert_allclose(off.P[rows, :3, :3], plain.P[rows, :3, :3] + 1e8 * np.eye(3), rtol=1e-12, atol=ROUNDING)
    np.testing.assert_allclose(off.bias[rows], np.hypot(plain.bias[rows], 1e4))
    for giver in (0, 1):
        mine = rows & (plain.giver == giver) & (plain.track == plain.track[rows & (plain.giver == giver)][0])
        shift = off.x[mine, :3] - plain.x[mine, :3]
        np.testing.assert_allclose(shift, shift[:1].repeat(mine.sum(), 0), rtol=0, atol=ROUNDING)
        assert 0.0 < np.abs(shift[0]).max() < 6e4
    known = plain.impact.known
    np.testing.assert_allclose(off.impact.axes[known], np.hypot(plain.impact.axes[known], 1e4))


def test_sizes_share_their_luck():
    """Twice the bias is twice the same vector: what differs between two sizes is the size."""
    plain, one = pair(bias_km=5.0, coarsening_km=3.0)
    _, two = pair(bias_km=10.0, coarsening_km=6.0)
    rows = plain.kind == TRACK
    np.testing.assert_allclose((two.x - plain.x)[rows, :3], 2.0 * (one.x - plain.x)[rows, :3], rtol=0, atol=1e-6)


def test_every_way_of_running_a_history_is_under_the_same_stress():
    scenario = load("one-launch").model_copy(update={"stress": Stress(bias_km=20, latency_s=60)})
    begun = before_sharing(scenario, "mrbm-central-europe", 3)
    whole = en.simulate(scenario, "mrbm-central-europe", 4, 3).assessment.values
    together = all_rungs(begun, [2, 4])[4].assessment.values
    for name, values in whole.items():
        np.testing.assert_array_equal(values, together[name])
    plain = en.simulate(load("one-launch"), "mrbm-central-europe", 4, 3).assessment.values
    np.testing.assert_allclose(whole["given_delay_s"] - plain["given_delay_s"], 60.0)


def test_a_file_may_set_it(tmp_path):
    file = tmp_path / "late.yaml"
    file.write_text(
        "entente: 1\nbased_on: one-launch\ntitle: A worse line\nstress: {latency_s: 30, availability: 0.95}\n",
        encoding="utf-8",
    )
    assert load(file).stress == Stress(latency_s=30, availability=0.95)
    file.write_text(
        "entente: 1\nbased_on: one-launch\ntitle: A worse line\nstress: {latency: 30, bias_km: 1000}\n",
        encoding="utf-8",
    )
    with pytest.raises(en.ScenarioError) as refused:
        load(file)
    assert len(refused.value.mistakes) == 2
    assert "latency_s" in str(refused.value)
    assert "1000 is outside 0 to 50" in str(refused.value)


def test_python_hears_of_every_mistake_at_once():
    with pytest.raises(en.ModelError) as refused:
        Stress(bias_km=51, clock_skew_s=-1, availability=1.5, latency_s="soon", coarsening=1)
    said = str(refused.value).splitlines()
    assert [line.split(":")[0] for line in said] == [
        "Stress.bias_km", "Stress.clock_skew_s", "Stress.latency_s", "Stress.availability", "Stress.coarsening",
    ]  # fmt: skip
    assert Scenario.model_fields["stress"].default == UNSTRESSED
