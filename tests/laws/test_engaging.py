"""Laws of who fires: by sector, by one assignment and two keys, after a look, with a reserve; and what is then spent."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import stats

from entente.assessment import done
from entente.defence import REFUSED, defend
from entente.engaging import NONE_LEFT, OTHERS_SECTOR
from entente.records import RADAR
from entente.run import at_rung, before_sharing
from entente.salvos import COIN, options
from entente.scenario.load import load
from entente.scenario.rows import interceptors
from entente.scenario.schema import Sector

CASE = "mrbm-central-europe"
FLOATING = 1e-12  # products of a few chances
RARE = 1e-3  # chance that a true statement fails its test; keys are fixed, so it fails always or never
ABLE = {"handover_sigma": 100e3, "speed": 6_000.0, "floor": 50e3, "ceiling": 1e6, "inventory": 100}
SECTORAL, JOINT = 7, 8


@cache
def history():
    """Three launches toward central Europe at rung 4, the one site twice: one of each party."""
    scenario = load("one-launch")
    others = [row.id for row in interceptors() if row.id != "sm3_ia_ship"]
    case = scenario.cases[0].model_copy(update={"launches": 3})
    scenario = scenario.model_copy(update={"cases": [case], "exclude": others})
    found = at_rung(before_sharing(scenario, CASE, 3), 4)
    site = replace(found.world.sites[0], **ABLE)
    return replace(found, world=replace(found.world, sites=(site, replace(site, id="other", party=1 - site.party))))


def changed(rules=None, sites=({}, {}), sectors=None, owner=None, shots=None):
    """The same world with other rules, sites, sectors or owner of the regions."""
    world = history().world
    world = replace(world, sites=tuple(replace(s, **change) for s, change in zip(world.sites, sites, strict=True)))
    world = replace(world, rules=replace(world.rules, **{"refusal": 0.0, "key_delay": 0.0, **(rules or {})}))
    if sectors is not None:
        parties = tuple(p.model_copy(update={"sectors": own}) for p, own in zip(world.parties, sectors, strict=True))
        world = replace(world, parties=parties)
    if owner is not None:
        world = replace(world, defended=tuple(replace(home, party=owner) for home in world.defended))
    if shots is not None:
        world = replace(world, case=world.case.model_copy(update={"shots_per_object": shots}))
    return world


def answered(world, rung, picture=None):
    """(party, object) of every shot, and the outcome."""
    outcome = defend(world, history().flights, picture or history().picture, rung)
    return {(world.sites[n].party, int(obj)) for n, obj in zip(outcome.site, outcome.obj, strict=True)}, outcome


def box(west, east):
    """A sector from pole to pole."""
    return [Sector(south_deg=-90, north_deg=90, west_deg=west, east_deg=east)]


def test_each_side_answers_its_sector_whoever_is_hit():
    """The meetings lie at about 33 east: who has that sector answers all three, though the region is the other's."""
    for owner in (0, 1):
        for holder in (0, 1):
            sectors = (box(-180, 40), box(40, 180)) if holder == 0 else (box(40, 180), box(-180, 40))
            world = changed(sectors=sectors, owner=owner)
            fired, outcome = answered(world, SECTORAL)
            assert fired == {(holder, obj) for obj in range(3)}
            assert {why for (n, _), why in outcome.why_not.items() if world.sites[n].party != holder} == {OTHERS_SECTOR}


def test_a_seam_that_neither_answers_is_counted():
    """Sectors that leave out where the bodies can be met: nobody fires, and each body is a gap at the seam."""
    world = changed(sectors=(box(-180, 0), box(60, 180)))
    fired, outcome = answered(world, SECTORAL)
    assert not fired
    assert outcome.left_to_other.all()
    assert (done(world, history().flights, outcome, SECTORAL)["seam_gaps"] == 1.0).all()
    for rung in (4, 5, 6, JOINT):
        assert not answered(world, rung)[1].left_to_other.any()


def test_without_sectors_the_nearest_region_decides():
    """Whoever answers for the nearest region has the sector."""
    for owner in (0, 1):
        assert answered(changed(owner=owner), SECTORAL)[0] == {(owner, obj) for obj in range(3)}


def test_coordination_serves_own_regions_first_and_joint_engagement_does_not():
    """One surer site with one salvo, whose party's region is hit by none of them: offered only what its owner leaves."""
    scarce = changed(sites=({"inventory": 2, "p_kill": 0.9}, {"inventory": 6, "p_kill": 0.3}), owner=1)
    own, both = (answered(scarce, rung)[1] for rung in (6, JOINT))
    assert both.p_no_leak.sum() >= own.p_no_leak.sum() - FLOATING
    assert {int(obj) for obj in own.obj[own.site == 1]} == {0, 1, 2}


@pytest.mark.parametrize("rung", [6, SECTORAL, JOINT])
def test_nobody_gives_more_than_it_may(rung):
    """Every inventory and reserve: shots of a site plus what is held back never exceed what it has."""
    for inventory in range(8):
        for reserve in (0.0, 0.3, 0.9):
            world = changed({"reserve": reserve}, ({"inventory": inventory}, {"inventory": 3}), owner=0)
            _, outcome = answered(world, rung)
            for number, site in enumerate(world.sites):
                assert (outcome.site == number).sum() <= (1.0 - reserve) * site.inventory + FLOATING
                assert outcome.left[number] == site.inventory - (outcome.site == number).sum()


@pytest.mark.parametrize("rung", [6, JOINT])
def test_leakage_does_not_rise_with_stock_or_sureness(rung):
    """One more interceptor, a surer shot, a smaller reserve: as many are stopped or more, in expectation."""

    def stopped(inventory, chance, reserve):
        sites = ({"inventory": inventory, "p_kill": chance}, {"inventory": 2, "p_kill": 0.4})
        return answered(changed({"reserve": reserve}, sites, owner=0), rung)[1].p_no_leak.sum()

    for inventory in range(7):
        assert stopped(inventory + 1, 0.5, 0.0) >= stopped(inventory, 0.5, 0.0) - FLOATING
        assert stopped(inventory, 0.6, 0.0) >= stopped(inventory, 0.5, 0.0) - FLOATING
        assert stopped(inventory, 0.5, 0.0) >= stopped(inventory, 0.5, 0.5) - FLOATING


def test_two_keys_cost_what_they_say():
    """A chance of refusal lowers every chance by its share; where a key is refused, nothing leaves and that is said."""
    sure, doubtful = changed(), changed({"refusal": 0.25})
    before, after = answered(sure, JOINT)[1], answered(doubtful, JOINT)[1]
    np.testing.assert_allclose(after.p_no_leak, 0.75 * before.p_no_leak, atol=FLOATING)
    values = done(doubtful, history().flights, after, JOINT), done(sure, history().flights, before, JOINT)
    assert np.nanmax(values[0]["p_no_leaker"] / values[1]["p_no_leaker"]) == pytest.approx(0.75**3)
    never = answered(changed({"refusal": 1.0}, owner=0), JOINT)[1]
    assert len(never.site) == 0
    assert set(never.why_not.values()) == {REFUSED}
    assert len(answered(changed({"refusal": 1.0}, owner=0), 6)[1].site) > 0


def test_as_many_are_refused_as_the_chance_says():
    """200 histories of the same raid, a body each: binomial, 99.9 % bounds."""
    world = changed({"refusal": 0.3}, owner=0)
    none = sum(0 not in answered(replace(world, seed=seed), JOINT)[1].obj for seed in range(200))
    low, high = stats.binom.interval(1 - RARE, 200, 0.3)
    assert low <= none <= high


def test_the_second_key_takes_time():
    """What is decided later leaves no earlier; an hour's delay leaves no window at all."""
    quick, slow = (options(changed(owner=0), history().flights, history().picture, delay) for delay in (0.0, 3_600.0))
    assert quick.plans
    assert not slow.plans
    for delay in (10.0, 60.0):
        later = options(changed(owner=0), history().flights, history().picture, delay)
        assert len(later.plans) <= len(quick.plans)
    assert not answered(changed({"key_delay": 3_600.0}, owner=0), JOINT)[0]


LOOKING = {"second_shots": 2, "look": 10.0, "look_right": 1.0}


def test_a_perfect_look_stops_as_many_and_spends_less():
    """One shot, a look, one more at survivors: p_common (1 - (1 - k)^2), as two at once, for fewer interceptors."""
    sites = ({"p_kill": 0.5, "handover_sigma": 1e9}, {"inventory": 0})
    look = changed({**LOOKING, "second_shots": 1}, sites, owner=0, shots=1)
    once = changed({}, sites, owner=0, shots=2)
    with_look, at_once = answered(look, 4)[1], answered(once, 4)[1]
    plans = options(look, history().flights, history().picture).plans
    assert any(plan.second for plan in plans.values())
    for (number, obj), plan in plans.items():
        if number == 0 and plan.second:
            assert plan.second.right == 1.0
            assert plan.t_intercept + 10.0 == plan.second.t_look <= plan.second.t_launch < plan.second.t_intercept
            assert with_look.p_no_leak[obj] == pytest.approx(at_once.p_no_leak[obj], abs=FLOATING)
    spent = [sum(len(answered(replace(w, seed=s), 4)[1].site) for s in range(40)) for w in (look, once)]
    assert spent[0] < spent[1]


def test_as_many_are_stopped_after_a_look_as_the_chance_says():
    """200 draws of the same engagement with an imperfect look: binomial, 99.9 % bounds."""
    world = changed({**LOOKING, "look_right": 0.8}, ({"p_kill": 0.4}, {"inventory": 0}), owner=0, shots=1)
    chance = answered(world, 4)[1].p_no_leak
    for obj in range(3):
        stopped = sum(answered(replace(world, seed=seed), 4)[1].stopped[obj] for seed in range(200))
        low, high = stats.binom.interval(1 - RARE, 200, chance[obj])
        assert low <= stopped <= high


def test_a_poor_picture_makes_the_look_a_coin():
    """The better the track for the seeker, the surer the look; nowhere worse than a coin, nowhere above what is stated."""
    rights = []
    for seeker in (1e9, 3e3):
        world = changed({**LOOKING, "look_right": 0.9}, ({"handover_sigma": seeker}, {}), owner=0)
        plans = options(world, history().flights, history().picture).plans
        rights.append([p.second.right for (n, _), p in plans.items() if n == 0 and p.second])
    assert all(right == pytest.approx(0.9) for right in rights[0])
    assert all(COIN <= right <= 0.9 for right in rights[1])


def test_stock_for_a_second_salvo_is_set_aside():
    """One shot and one more after a look, four interceptors for three bodies: only one body may be shot at twice."""
    world = changed({**LOOKING, "second_shots": 1}, ({"inventory": 4}, {"inventory": 0}), owner=0, shots=1)
    for seed in range(20):
        _, outcome = answered(replace(world, seed=seed), 4)
        assert set(outcome.obj) == {0, 1, 2}
        assert len(outcome.obj) <= 4
        assert outcome.left[0] == 4 - len(outcome.obj)
    empty = changed(LOOKING, ({"inventory": 2}, {"inventory": 0}), owner=0, shots=1)
    assert NONE_LEFT in answered(empty, 4)[1].why_not.values()


def test_one_party_alone_gains_nothing_from_coordination():
    """Where only one side has sites, rungs 4 to 8 answer alike but for the keys: what differs is cooperation alone."""
    for inventory in (2, 5, 100):
        world = changed({}, ({"inventory": inventory}, {"inventory": inventory, "party": 0}), owner=0)
        world = replace(world, sites=tuple(replace(site, party=0) for site in world.sites))
        alone = answered(world, 4)[1].p_no_leak
        for rung in (5, 6, SECTORAL, JOINT):
            np.testing.assert_allclose(answered(world, rung)[1].p_no_leak.sum(), alone.sum(), atol=1e-6)


def test_twice_is_counted_only_where_neither_knows():
    """Regions of nobody: both fire alone, all six salvos are spent twice; from rung 5 on none."""
    world = changed()
    for rung, twice in ((4, 6.0), (5, 0.0), (6, 0.0), (JOINT, 0.0)):
        found = done(world, history().flights, answered(world, rung)[1], rung)
        np.testing.assert_array_equal(found["shots_twice"], twice)
        np.testing.assert_array_equal(found["double_engaged"], float(twice > 0))


def test_what_the_other_sees_and_was_not_told():
    """Seen by a sensor and not told of at rung 4; told of at rung 5, with a keep-out a salvo."""
    world = changed(owner=0)
    alone, told = (done(world, history().flights, answered(world, rung)[1], rung) for rung in (4, 5))
    assert alone["flight_untold"][0] == alone["flight_seen"][0]
    assert told["flight_untold"][0] == told["flight_alarm"][0] == 0.0
    assert alone["keep_outs"][0] == 0.0
    assert told["keep_outs"][0] == 3.0
    blind = replace(world, sensors=tuple(s for s in world.sensors if s.party == 0 and s.kind == RADAR))
    assert done(blind, history().flights, answered(blind, 4)[1], 4)["flight_seen"][0] == 0.0
