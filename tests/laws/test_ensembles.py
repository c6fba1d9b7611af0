"""Laws of ensembles: a flight is the same alone and among many; what is drawn scatters as it says."""

import math

import numpy as np
import pytest

import entente as en
from entente.physics import dispersed, powered
from entente.questions.ensembles import CHUNK, TOLERANCE, Spread, draw, sigmas
from entente.questions.flying import planned
from entente.scenario.rows import vehicles

pytestmark = pytest.mark.kernel

METRE = 1.0  # m, that the ensembles' tolerance may cost a flight of up to 4,000 km; the largest seen is 0.3
FAR = 10.0  # m, and an intercontinental one, whose own spread is 100 km; the largest of 1,000 seen is 7
STILL = Spread(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, ballistic_coefficient=False)
SCUD = next(row for row in vehicles() if row.id == "scud_b").vehicle
PARTS = ("azimuth_deg", "pitch_deg", "impulse", "burn", "payload", "drag", "density")


def only(**what):
    """A spread of one thing."""
    return Spread(**dict.fromkeys(PARTS, 0.0) | {"ballistic_coefficient": False} | what)


@pytest.mark.parametrize(
    ("name", "range_km", "loft", "steering", "metres"),
    [
        ("scud_b", None, "lofted", "pitch programme", METRE),
        ("no_dong", None, "lofted", "pitch programme", METRE),
        ("sounding_rocket", None, "lofted", "pitch programme", METRE),
        ("mrbm_2000", 1_500, "lofted", "gravity turn", METRE),
        ("irbm_3500", 2_000, "depressed", "pitch programme", METRE),
        ("icbm_solid", 8_000, "lofted", "pitch programme", FAR),
        ("icbm_liquid", 9_000, "lofted", "pitch programme", FAR),
        ("icbm_liquid", 9_000, "depressed", "pitch programme", FAR),
        ("icbm_liquid", None, "lofted", "pitch programme", FAR),
    ],
)
def test_the_ensembles_tolerance_costs_metres(name, range_km, loft, steering, metres):
    """200 dispersed flights at steps ten thousand times finer: impacts within 1 m, intercontinental ones within 10 m."""
    flown = planned(name, 30.0, 20.0, 40.0, range_km, loft, True, None, steering)
    launch, body = flown.ascent.launch(flown.azimuth, flown.pitch, flown.bend), flown.ascent.body
    differences = np.empty((200, dispersed.COLUMNS))
    draw(3, sigmas(Spread()), 0, differences)
    times, states, phases = np.empty(0), np.empty((200, 0, 6)), np.empty((200, 0))
    ends = []
    for tolerance in (TOLERANCE, 1e-4 * TOLERANCE):
        status, events = np.empty(200), np.empty((200, powered.EVENTS))
        dispersed.fly_many(body, launch, differences, tolerance, times, status, events, states, phases)
        assert (status == 0).all()
        ends.append(events[:, powered.IMPACT_STATE :][:, :3])
    worst = np.linalg.norm(ends[0] - ends[1], axis=1).max()
    print(f"{name}: {worst:.2g} m")
    assert worst < metres


def test_a_flight_is_the_same_however_many_there_are():
    """Flight n of a seed, bit for bit: among few and many, in one thread and three; another seed is another."""
    many = en.ensemble(SCUD, flights=CHUNK + 50, threads=3, seed=4)
    few = en.ensemble(SCUD, flights=CHUNK + 7, threads=1, seed=4)
    for column in ("range_km", "apogee_km", "impact_lat_deg", "time_of_flight_s"):
        np.testing.assert_array_equal(getattr(many, column)[: CHUNK + 7], getattr(few, column))
    assert not (en.ensemble(SCUD, flights=20, seed=5).range_km == many.range_km[:20]).any()


def test_without_a_spread_all_fly_as_one():
    """The same as `fly`: 1 m in range, 1 m where sensors look."""
    times = np.array([10.0, 60.0, 200.0, 1_000.0])
    got = en.ensemble("mrbm_3000", 5, 1, STILL, times, 35.0, 50.0, 300.0, 2_000.0, apogee_km=900.0)
    alone = en.fly("mrbm_3000", 35.0, 50.0, 300.0, 2_000.0, apogee_km=900.0)
    np.testing.assert_allclose(got.range_km, alone.range_km, atol=1e-3)
    np.testing.assert_allclose(got.apogee_km, alone.apogee_km, atol=1e-3)
    np.testing.assert_allclose(got.time_of_flight_s, alone.time_of_flight_s, atol=1e-3)
    for moment, time in enumerate(times.astype(int)):
        assert np.ptp(got.position_km[:, moment], axis=0).max() == 0.0
        speed = np.linalg.norm(got.velocity_km_s[0, moment])
        assert speed == pytest.approx(alone.speed_km_s[time], abs=1e-6)


def test_what_came_down_is_nowhere_afterwards():
    """States end with the flight: nan exactly where a time lies after the impact."""
    got = en.ensemble(SCUD, flights=200, times_s=[0.0, 100.0, 300.0, 310.0, 400.0])
    down = got.times_s >= got.time_of_flight_s[:, None]
    np.testing.assert_array_equal(np.isnan(got.position_km).any(axis=2), down)
    assert down[:, 2].any()
    assert not down[:, 2].all()


def test_differences_scatter_as_they_are_declared():
    """20,000 draws: angles with mean 0, factors with median 1, each with its sigma; four standard errors."""
    sigmas, count = np.array([0.01, 0.02, 0.01, 0.02, 0.1, 0.2, 0.1, 0.05]), 20_000
    out = np.empty((count, dispersed.COLUMNS))
    draw(9, sigmas, 0, out)
    out[:, 2:] = np.log(out[:, 2:])
    error = 4.0 * sigmas / math.sqrt(count)
    assert (np.abs(out.mean(axis=0)) < error).all()
    assert (np.abs(out.std(axis=0) - sigmas) < error).all()
    assert np.abs(np.corrcoef(out.T) - np.eye(dispersed.COLUMNS)).max() < 4.0 / math.sqrt(count)


def test_each_difference_does_what_it_says():
    """Azimuth turns the impact aside; more impulse flies farther; more drag, denser air, more weight less far."""
    alone = en.max_range(SCUD)
    aside = en.ensemble(SCUD, flights=400, spread=only(azimuth_deg=0.5))
    across = np.std(aside.impact_lat_deg) / alone.range_km * 111.0
    assert across == pytest.approx(math.radians(0.5), rel=0.15)
    for what, sign in (("impulse", 1), ("drag", -1), ("density", -1), ("payload", -1)):
        got = en.ensemble(SCUD, flights=200, spread=only(**{what: 0.05}))
        drawn = np.empty((200, dispersed.COLUMNS))
        column = {"impulse": 2, "payload": 4, "drag": 6, "density": 7}[what]
        sigmas = np.zeros(dispersed.COLUMNS)
        sigmas[column] = 0.05
        draw(1, sigmas, 0, drawn)
        assert np.corrcoef(sign * drawn[:, column], got.range_km)[0, 1] > 0.95, what


def test_what_cannot_fly_is_marked():
    """A weight that some flights do not lift: status 2 and nan there, the others fly."""
    heavy = SCUD.model_copy(update={"payload_kg": 4_900.0})
    got = en.ensemble(heavy, flights=300, spread=only(payload=0.1), range_km=20.0)
    assert set(got.status) == {0, 2}
    np.testing.assert_array_equal(np.isnan(got.range_km), got.status == 2)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"flights": 0}, r"flights: 0 is outside the model; it must lie between 1 and 10,000,000"),
        ({"seed": -1}, r"seed: -1 is outside"),
        ({"times_s": [3.0, 2.0]}, r"times_s: .* must be numbers, 0 or more, and ascend"),
        ({"times_s": [math.nan]}, r"times_s: .* must be numbers, 0 or more, and ascend"),
        ({"flights": 10_000_000, "times_s": range(10)}, r"10,000,000 flights at 10 times"),
        ({"spread": Spread(drag=3.0)}, r"spread.drag: 3 is outside the model; it must lie between 0 and 0.5"),
    ],
)
def test_what_no_ensemble_answers_is_said(asked, said):
    """One line each, with what would be right."""
    with pytest.raises(en.ModelError, match=said):
        en.ensemble(SCUD, **asked)
