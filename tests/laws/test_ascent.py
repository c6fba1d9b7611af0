"""Laws of steering: what a solved programme keeps to, what stages and coasts mean, and what physics forbids."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import entente as en
from entente.ascent import CLOSE, NEAR, Ascent
from entente.physics import powered
from entente.scenario.rows import vehicles

MRBM = next(row for row in vehicles() if row.id == "mrbm_3000").vehicle
SCUD = next(row for row in vehicles() if row.id == "scud_b").vehicle
METRE = 1e-3  # km
FLIGHT = 2e-4  # km, two ways to the same flight whose steps end elsewhere
few = settings(max_examples=4)


def stage(**what):
    """Forden's Scud stage, but for what is said."""
    return en.Stage(**{"fuelled_kg": 4897, "dry_kg": 1198, "isp_s": 230, "burn_s": 75, "diameter_m": 0.84} | what)


def vehicle(*stages, **what):
    return en.Vehicle(**{"stages": list(stages), "payload_kg": 1000} | what)


@few
@given(st.floats(700e3, 2_600e3), st.floats(0.1, 0.9), st.floats(0, 6.28))
def test_a_planned_range_and_apogee_are_both_flown(ground_range, share, azimuth):
    """Anywhere between the lowest and the highest apogee: range within a metre, apogee within 100 m."""
    ascent = Ascent(MRBM, 0.6, 0.8, 5_000.0)
    steep = ascent.pitch_for(azimuth, ground_range, lofted=True)
    highest = ascent.fly(azimuth, steep)[1][powered.APOGEE_ALT]
    with pytest.raises(en.Unreachable, match="climbs to between") as said:
        ascent.bend_for(azimuth, ground_range, 1.2 * highest)
    lowest = 1e3 * float(str(said.value).split("between ")[1].split(" and")[0].replace(",", ""))
    asked = lowest + 1e3 + share * (highest - lowest - 2e3)
    pitch, bend = ascent.bend_for(azimuth, ground_range, asked)
    assert bend > 0.0
    assert abs(ascent.ground_range(azimuth, pitch, bend) - ground_range) < CLOSE
    assert abs(ascent.fly(azimuth, pitch, bend)[1][powered.APOGEE_ALT] - asked) < NEAR


def test_a_bend_costs_energy():
    """Over one range, the lower a lofted flight is planned, the slower it burns out."""
    speeds = [en.fly(MRBM, 35, 50, 300, 2_000, apogee_km=top).burnout_speed_km_s for top in (1_200, 1_000, 800, 600)]
    assert (np.diff(speeds) < 0.0).all(), speeds


def test_a_gravity_turn_follows_the_motion():
    """It loses no more than the straight programme, is steered by its kick alone, and covers a planned range."""
    turn, straight = (en.max_range(MRBM, 35, 50, 300, steering=way) for way in ("gravity turn", "pitch programme"))
    assert 0.97 * straight.range_km < turn.range_km < 1.1 * straight.range_km
    planned = en.fly(MRBM, 35, 50, 300, 2_000, steering="gravity turn")
    assert abs(planned.range_km - 2_000.0) < METRE
    assert 50.0 < planned.turn_pitch_deg < 90.0


def test_thrust_and_burn_time_are_two_words_for_one_thing():
    """A stage given by its thrust, by its burn time, by its two thrusts: the same flight."""
    by_burn = stage()
    by_thrust = stage(burn_s=None, thrust_kn=by_burn.thrust_n / 1e3)
    by_both = stage(burn_s=None, thrust_kn=by_burn.thrust_n / 1e3, sea_level_thrust_kn=0.98 * by_burn.thrust_n / 1e3)
    ranges = [en.max_range(vehicle(one), azimuth_deg=40).range_km for one in (by_burn, by_thrust, by_both)]
    assert np.ptp(ranges) < FLIGHT


def test_a_stage_in_two_halves_flies_as_one():
    """Half the propellant, then the other half in a stage whose empty weight is all that is left: the same flight."""
    whole = vehicle(stage(sea_level_loss=0))
    first = stage(fuelled_kg=1850, dry_kg=0.5, burn_s=37.5, sea_level_loss=0)
    second = stage(fuelled_kg=3047.5, dry_kg=1198, burn_s=37.5, sea_level_loss=0)
    one, two = (en.fly(v, 10, 20, 40, 250) for v in (whole, vehicle(first, second)))
    assert two.time_of_flight_s == pytest.approx(one.time_of_flight_s, abs=0.2)
    assert two.apogee_km == pytest.approx(one.apogee_km, abs=0.2)
    assert two.events["burnout_1_s"] == 37.5
    assert two.events["burnout_s"] == one.events["burnout_s"] == 75.0


def test_a_coast_delays_the_next_stage():
    """Its burnouts come later by it; in the coast nothing burns, so the body slows as it climbs."""
    upper = stage(fuelled_kg=1000, dry_kg=200, burn_s=30)
    soon, late = (en.fly(vehicle(stage(coast_s=wait), upper), range_km=400) for wait in (0, 20))
    assert soon.events["burnout_2_s"] == 105.0
    assert late.events["burnout_2_s"] == 125.0
    coasting = (late.t_s >= 75) & (late.t_s <= 95)
    assert (np.diff(late.speed_km_s[coasting]) < 0.0).all()


def test_a_drag_table_is_used():
    """Forden's own table is the default; twice the drag flies less far; a single point holds at every speed."""
    forden = [[0, 0.2], [0.85, 0.2], [1, 0.27], [1.2, 0.27], [2, 0.2], [4.5, 0.2]]
    default, said, twice, held = (
        en.max_range(vehicle(stage(), drag_table=table), azimuth_deg=40).range_km
        for table in (None, forden, [[mach, 2 * drag] for mach, drag in forden], [[0, 0.2]])
    )
    assert default == said
    assert twice < said < held


@few
@given(st.floats(0.3, 1.4), st.floats(50.0, 2_000.0), st.floats(1.01, 1.5), st.floats(0, 6.28))
def test_without_drag_more_payload_never_flies_farther(pitch, payload, more, azimuth):
    """No air, any programme, rotation on: the heavier one lands nearer, along the way it flies."""
    ends = []
    for weight in (payload, payload * more):
        ascent = Ascent(MRBM.model_copy(update={"payload_kg": weight}), 0.6, 0.8, 5_000.0)
        launch = ascent.launch(azimuth, pitch)._replace(density=0.0)
        events = np.empty(powered.EVENTS)
        status = powered.fly(ascent.body, launch, 1e-10, np.empty(0), np.empty((0, 6)), np.empty(0), events)
        assert status == 0
        ends.append(events[[powered.BURNOUT_SPEED, powered.APOGEE_ALT, powered.IMPACT]])
    assert (ends[1] < ends[0]).all()


def test_reach_beyond_the_antipode_is_said():
    """No longest range exists then; a planned one does, depressed and to the north too."""
    fast = next(row for row in vehicles() if row.id == "icbm_solid").vehicle.model_copy(update={"payload_kg": 300.0})
    with pytest.raises(en.Unreachable, match="reaches every range, beyond the antipode; give one"):
        en.max_range(fast, 50, 40, 350)
    for loft in ("lofted", "depressed"):
        assert abs(en.fly(fast, 50, 40, 350, 9_000, loft=loft).range_km - 9_000) < METRE


@pytest.mark.parametrize(("range_km", "apogee_km"), [(5_000, 100), (9_000, 200), (15_000, 100), (15_000, 3_000)])
def test_a_low_arc_nearly_in_orbit_is_found(range_km, apogee_km):
    """To the north, where programmes beside it end in orbit or go round."""
    fast = next(row for row in vehicles() if row.id == "icbm_solid").vehicle.model_copy(update={"payload_kg": 300.0})
    flight = en.fly(fast, 50, 40, 350, range_km, apogee_km=apogee_km)
    assert abs(flight.range_km - range_km) < METRE
    assert abs(flight.apogee_km - apogee_km) < NEAR / 1e3


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"range_km": 8_000},
            "range 8,000 km: by lofting to a pitch of 90 deg this vehicle stays up for a day or more; ask",
        ),
        ({}, "range_km: left out, but toward azimuth 90 deg"),
        ({"range_km": 8_000, "apogee_km": 50_000}, "apogee 50,000 km: no programme with it was found over 8,000 km"),
        ({"range_km": 2_000, "apogee_km": 60_000}, "apogee 60,000 km: no programme with it was found over 2,000 km"),
    ],
)
def test_what_reaches_orbit_gets_one_line(asked, said):
    """Faster than any orbit, whose lofted flights do not come down within a day: a refusal, no nan, no traceback."""
    upper = (
        stage(fuelled_kg=30_000, dry_kg=1_500, isp_s=320, burn_s=150),
        stage(fuelled_kg=8_000, dry_kg=500, isp_s=330),
    )
    beyond = vehicle(
        stage(fuelled_kg=100_000, dry_kg=5_000, isp_s=300, burn_s=150, diameter_m=2), *upper, payload_kg=100
    )
    with pytest.raises(en.Unreachable, match=said) as problem:
        en.fly(beyond, **asked)
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"rotation": "no"}, "rotation: 'no' is neither True nor False"),
        ({"range_km": np.timedelta64(250, "s")}, "range_km: '250 seconds' is not a number"),
        ({"range_km": np.array([250.0, 200.0])}, r"range_km: '\[250. 200.\]' is not a number"),
        ({"lat_deg": 90}, "lat_deg: 90 is outside the model; it must lie between -89.9 and 89.9, for at a pole every"),
        ({"azimuth_deg": 400}, "azimuth_deg: 400 is outside the model; it must lie between 0 and 360"),
        ({"range_km": math.nan}, "range_km: nan is outside the model"),
        ({"range_km": 1_000}, "range 1,000 km: this vehicle reaches at most 29[0-9] km toward azimuth 90 deg"),
        (
            {"range_km": 200, "apogee_km": 5},
            "apogee 5 km: over 200 km this vehicle climbs to between 2[0-9] and 12[0-9] km",
        ),
        ({"range_km": 200, "apogee_km": 500}, "apogee 500 km: over 200 km this vehicle climbs to between"),
        ({"apogee_km": 60}, "apogee_km: given without range_km; give both, or neither"),
        ({"range_km": 200, "apogee_km": 60, "steering": "gravity turn"}, "apogee_km: a gravity turn has one way"),
        ({"loft": "high"}, "loft: 'high' is neither 'lofted' nor 'depressed'"),
        ({"steering": "by hand"}, "steering: 'by hand' is neither 'pitch programme' nor 'gravity turn'"),
    ],
)
def test_what_no_flight_answers_is_said(asked, said):
    """One line that says what was given, which rule it breaks, and what would be right."""
    with pytest.raises(en.ModelError, match=said) as problem:
        en.fly(SCUD, **asked)
    assert "\n" not in str(problem.value)


@pytest.mark.parametrize(
    ("name", "azimuth_deg", "range_km"),
    [("icbm_liquid", 30, 200), ("icbm_liquid", 30, 500), ("icbm_solid", 30, 200), ("space_launcher", 20, 19_000)],
)
def test_a_range_that_is_jumped_over_is_refused(name, azimuth_deg, range_km):
    """High flights are carried aside by the Earth's turn: what is near they never hit; and never another range instead."""
    with pytest.raises(en.Unreachable, match=r"carries this vehicle aside|reaches at most|still flies"):
        en.fly(name, azimuth_deg=azimuth_deg, range_km=range_km)


@pytest.mark.parametrize("name", ["scud_b", "no_dong", "srbm_300", "mrbm_2000", "mrbm_3000", "irbm_3500", "icbm_solid"])
def test_the_longest_gravity_turn_lies_inside_the_kicks_tried(name):
    """Kicks a little to both sides of the best one fly less far: it is no edge of what is tried."""
    row = next(row for row in vehicles() if row.id == name)
    beta = row.vehicle.ballistic_coefficient_kg_m2
    ascent = Ascent(row.vehicle, 0.6, 0.8, beta.nominal if beta else 1.0, follows=True)
    pitch, most = ascent.farthest(0.0)
    assert ascent.pitches[0] + 0.02 < pitch < ascent.pitches[1] - 1e-4
    assert ascent.ground_range(0.0, pitch - 0.01) < most > ascent.ground_range(0.0, pitch + 0.005)


def test_a_range_near_the_antipode_is_a_number():
    """Where Vincenty's geodesic fails the range is the sphere's, never nan; beyond 19,900 km nothing is asked."""
    got = en.ensemble("icbm_liquid", 300, azimuth_deg=90, range_km=19_890)
    assert not np.isnan(got.range_km[got.status == 0]).any()
    with pytest.raises(en.ModelError, match="range_km: 19,985 is outside the model"):
        en.fly("icbm_solid", azimuth_deg=90, range_km=19_985)


def test_limits_of_the_apogee_may_be_asked_for():
    """The whole kilometres that a refusal names are flown."""
    with pytest.raises(en.Unreachable) as said:
        en.fly(SCUD, range_km=200, apogee_km=500)
    low, high = (float(part.split(" ")[0]) for part in str(said.value).split("between ")[1].split("and ")[:2])
    for asked in (low, high, high + 0.9 * NEAR / 1e3 - (high % 1)):
        assert abs(en.fly(SCUD, range_km=200, apogee_km=asked).apogee_km - asked) < NEAR / 1e3


def test_every_mistake_is_said_at_once():
    with pytest.raises(en.ModelError) as problem:
        en.fly(SCUD, lat_deg=95, azimuth_deg=-1, range_km=-3, loft="x")
    assert [line.split(":")[0] for line in str(problem.value).splitlines()] == [
        "lat_deg",
        "azimuth_deg",
        "range_km",
        "loft",
    ]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: stage(burn_s=None), "Stage: neither burn_s nor thrust_kn is given; give one, or both"),
        (lambda: stage(thrust_kn=111, burn_s=90), "Stage: burn_s 90 at thrust_kn 111 burns longer than the propellant"),
        (lambda: stage(thrust_kn=111, sea_level_thrust_kn=150), "Stage: sea_level_thrust_kn 150 must lie above half"),
        (lambda: stage(dry_kg=5_000), "Stage: dry_kg 5000 leaves no propellant in fuelled_kg 4897"),
        (lambda: stage(isp_s=900), r"Stage.isp_s: .*900"),
        (lambda: stage(burn_s=None, thrust_kn=50_000), "in 0.16[0-9] s; it must take 1 to 600 s"),
        (
            lambda: stage(thrust_kn=111, burn_s=70, sea_level_thrust_kn=105, sea_level_loss=0.1),
            "two words for one thing",
        ),
        (lambda: vehicle(stage(), drag_table=[]), "Vehicle: drag_table: has no row"),
        (lambda: vehicle(stage(coast_s=4)), "Vehicle: coast_s 4 of the last stage: no stage lights after it"),
        (
            lambda: vehicle(stage(), drag_table=[[0, 0.3], [0, 9]]),
            "ascend; drag_table: drag coefficients must lie above 0",
        ),
        (lambda: vehicle(stage(), separates=True), "Vehicle: a payload that separates needs a ballistic_coefficient"),
        (
            lambda: en.max_range(vehicle(stage(burn_s=200))),
            "vehicle: thrust at lift-off is not above its weight, so it",
        ),
    ],
)
def test_what_is_no_vehicle_is_said(make, said):
    """In Python as in a file: the part, what was given, which rule it breaks; no traceback of the validator's."""
    with pytest.raises(en.ModelError, match=said) as problem:
        make()
    assert "pydantic" not in str(problem.value)
