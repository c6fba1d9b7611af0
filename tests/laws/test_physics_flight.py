"""Laws of flight: what is conserved, what symmetry demands, and where events lie."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente.aiming import aim
from entente.ascent import CLOSE, PITCHES, TOLERANCE, Ascent
from entente.constants import GM, J2, OMEGA, R_EQ
from entente.errors import ModelError, Unreachable
from entente.physics import forces, powered
from entente.physics.earth import altitude, ecef_from_geodetic, enu_axes, geodesic, spin, vertical_speed
from entente.physics.integrate import advance
from entente.scenario.rows import vehicles
from entente.scenario.vehicle import Stage

pytestmark = pytest.mark.kernel

CONSERVED = 1e-11  # relative, over up to 4,000 s; TOLERANCE is 1e-11 of one step
CENTIMETRE = 0.01  # m
FLIGHT = 0.1  # m, between two whole flights that differ in rounding, and so in where their steps end
MILLIMETRE = 1e-3  # m, of height at an event; `share_at` ends within a micrometre of it
MRBM = next(row for row in vehicles() if row.id == "mrbm_3000").vehicle
SCUD = next(row for row in vehicles() if row.id == "scud_b").vehicle


def start(lat, lon, alt, speed, elevation, azimuth):
    """A state in inertial axes."""
    axes = np.empty((3, 3))
    enu_axes(lat, lon, axes)
    level = speed * math.cos(elevation)
    v = axes.T @ [level * math.sin(azimuth), level * math.cos(azimuth), speed * math.sin(elevation)]
    return np.concatenate([ecef_from_geodetic(lat, lon, alt), v])


arcs = st.builds(
    start,
    st.floats(-1.5, 1.5), st.floats(-3, 3), st.floats(150e3, 800e3), st.floats(1e3, 8e3), st.floats(0.1, 1.4),
    st.floats(0, 6.28),
)  # fmt: skip
durations = st.floats(10.0, 4_000.0)
few = settings(max_examples=25)


def vacuum():
    """Forces of free fall."""
    return forces.free_fall(0.0, OMEGA, forces.NO_AIR)


def energy(y):
    """Per mass, bulge included [m^2/s^2]."""
    d = np.linalg.norm(y[:3])
    bulge = 0.5 * J2 * (R_EQ / d) ** 2 * (3.0 * (y[2] / d) ** 2 - 1.0)
    return 0.5 * y[3:] @ y[3:] - GM / d * (1.0 - bulge)


def fall(y, duration):
    """Free fall in pieces, ended at the ground: deeper down lies a centre that no integrator likes. Returns its time."""
    t = 0.0
    while t < duration and altitude(*y[:3]) > 0.0:
        end = min(t + 60.0, duration)
        assert advance(t, y, end, vacuum(), TOLERANCE) == 0
        t = end
    return t


@few
@given(arcs, durations)
def test_free_fall_keeps_energy_and_spin(y, duration):
    """Energy and axial angular momentum, with J2, no air: 1e-11."""
    end = y.copy()
    fall(end, duration)
    assert abs(energy(end) - energy(y)) < CONSERVED * GM / R_EQ
    turning = end[0] * end[4] - end[1] * end[3] - (y[0] * y[4] - y[1] * y[3])
    assert abs(turning) < CONSERVED * math.sqrt(GM * R_EQ)


@few
@given(arcs, durations)
def test_free_fall_runs_backward_as_forward(y, duration):
    """A reversed body flies back along its arc: 1 cm."""
    end = y.copy()
    taken = fall(end, duration)
    end[3:] *= -1.0
    assert advance(0.0, end, taken, vacuum(), TOLERANCE) == 0
    np.testing.assert_allclose(end[:3], y[:3], rtol=0, atol=CENTIMETRE)


@few
@given(arcs)
def test_air_only_takes(y):
    """With drag in air at rest (no spin) energy never grows."""
    arc = forces.free_fall(1.0 / 2_000.0, 0.0, forces.STANDARD)
    before, now = energy(y), y.copy()
    for t in np.arange(0.0, 1_000.0, 20.0):
        if altitude(*now[:3]) < 0.0:
            break
        assert advance(t, now, t + 20.0, arc, TOLERANCE) == 0
        assert energy(now) <= before + CONSERVED * GM / R_EQ
        before = energy(now)


@settings(max_examples=10)
@given(st.floats(-1.2, 1.2), st.floats(-3, 3), st.floats(0, 6.28), st.floats(0.4, 1.3))
def test_with_the_spin_off_longitude_means_nothing(lat, lon, azimuth, pitch):
    """A launch site turned about the axis: the same flight, turned."""
    here = Ascent(MRBM, lat, 0.0, 5000.0, 0.0).fly(azimuth, pitch)[1]
    there = Ascent(MRBM, lat, lon, 5000.0, 0.0).fly(azimuth, pitch)[1]
    np.testing.assert_allclose(there[: powered.IMPACT_STATE], here[: powered.IMPACT_STATE], rtol=1e-6, atol=1e-3)
    place = here[powered.IMPACT_STATE :]
    turned = spin(place[0], place[1], lon)
    np.testing.assert_allclose(there[powered.IMPACT_STATE :][:2], turned, rtol=0, atol=FLIGHT)


@settings(max_examples=10)
@given(st.floats(-1.2, 1.2), st.floats(0.05, 3.1), st.floats(0.4, 1.3))
def test_with_the_spin_off_east_is_as_far_as_west(lat, azimuth, pitch):
    """Mirrored in the meridian: the same range, but for where the steps fall."""
    ascent = Ascent(MRBM, lat, 0.5, 5000.0, 0.0)
    assert ascent.ground_range(azimuth, pitch) == pytest.approx(ascent.ground_range(-azimuth, pitch), abs=FLIGHT)


def test_rows_lie_on_the_flight():
    """Each row of the coast against the row before it, carried on by the integrator for a second: 1 mm and 1 mm/s."""
    ascent, worst = Ascent(MRBM, 0.6, 0.8, 5000.0), 0.0
    _, events = ascent.fly(5.5, 0.7)
    times = np.arange(math.ceil(events[powered.IMPACT]))
    _, _, states, phases = ascent.sampled(5.5, 0.7, 0.0, times)
    coast = np.flatnonzero(phases[:-1] > powered.BURNS)
    assert len(coast) > 300
    for row in coast:
        y = states[row].copy()
        assert (
            advance(times[row], y, times[row + 1], forces.free_fall(1.0 / 5_000.0, OMEGA, forces.STANDARD), TOLERANCE)
            == 0
        )
        worst = max(worst, float(np.abs(y - states[row + 1]).max()))
    assert worst < MILLIMETRE


@pytest.mark.parametrize("lat", [0.0, 0.6, -0.9])
def test_the_turning_earth_helps_eastward(lat):
    """Over the turning Earth the longest range is longer toward the east than toward the west."""
    ascent = Ascent(MRBM, lat, 0.5, 5000.0)
    assert ascent.farthest(math.pi / 2)[1] > ascent.farthest(-math.pi / 2)[1]


def test_more_payload_never_flies_farther():
    """Without drag to speak of (a very slender body, which separates), range falls with payload."""
    ranges = []
    for payload in (200.0, 400.0, 650.0, 900.0, 1_300.0):
        slender = tuple(stage.model_copy(update={"diameter_m": 1e-3}) for stage in MRBM.stages)
        vehicle = MRBM.model_copy(update={"payload_kg": payload, "stages": slender})
        ranges.append(Ascent(vehicle, 0.6, 0.8, 1e12).ground_range(5.5, 0.7))
    assert (np.diff(ranges) < 0.0).all(), ranges


def test_a_denser_body_comes_down_faster_and_farther():
    """Range grows with the ballistic coefficient; the time of flight shrinks."""
    ranges, times = [], []
    for beta in (500.0, 2_000.0, 5_000.0, 20_000.0):
        events = Ascent(MRBM, 0.6, 0.8, beta).fly(5.5, 0.7)[1]
        ranges.append(Ascent(MRBM, 0.6, 0.8, beta).ground_range(5.5, 0.7))
        times.append(events[powered.IMPACT])
    assert (np.diff(ranges) > 0.0).all(), ranges
    assert (np.diff(times) < 0.0).all(), times


@settings(max_examples=10)
@given(st.floats(-1.2, 1.2), st.floats(0, 6.28), st.floats(0.4, 1.3))
def test_events_lie_where_they_say(lat, azimuth, pitch):
    """The states at the events' own times: 100 km up and down, top, ground, within a millimetre."""
    ascent = Ascent(MRBM, lat, 0.5, 4000.0)
    status, events = ascent.fly(azimuth, pitch)
    assert status == 0
    assert events[powered.BURNOUT] == ascent.burn
    named = [powered.UP_100, powered.APOGEE, powered.DOWN_100]
    assert (np.diff(events[[powered.UP_100, powered.APOGEE, powered.DOWN_100, powered.IMPACT]]) > 0.0).all()
    up, top, down = ascent.sampled(azimuth, pitch, 0.0, events[named])[2]
    assert abs(altitude(*up[:3]) - powered.EDGE) < MILLIMETRE
    assert up[:3] @ up[3:] > 0.0
    assert abs(altitude(*down[:3]) - powered.EDGE) < MILLIMETRE
    assert down[:3] @ down[3:] < 0.0
    assert abs(vertical_speed(*top)) < MILLIMETRE
    assert altitude(*top[:3]) == pytest.approx(events[powered.APOGEE_ALT], abs=MILLIMETRE)
    assert abs(altitude(*events[powered.IMPACT_STATE :][:3])) < MILLIMETRE


@settings(max_examples=5)
@given(st.floats(-1.2, 1.2), st.floats(0, 6.28), st.floats(0.4, 1.3))
def test_a_path_has_a_row_a_second_and_one_for_the_impact(lat, azimuth, pitch):
    """Times, phases in their order, the highest row near the apogee, the last row at the ground."""
    ascent = Ascent(MRBM, lat, 0.5, 4000.0)
    t, states, phase, events = ascent.path(azimuth, pitch, 1.0)
    np.testing.assert_array_equal(t[:-1], np.arange(len(t) - 1))
    assert t[-1] == events[powered.IMPACT]
    heights = [altitude(*r) for r in states[:, :3]]
    around = np.arange(-3.0, 4.0) + round(events[powered.APOGEE])
    parabola = np.polynomial.Polynomial.fit(around, np.array(heights)[around.astype(int)], 4)
    assert parabola(events[powered.APOGEE]) == pytest.approx(events[powered.APOGEE_ALT], abs=MILLIMETRE)
    assert max(heights) <= events[powered.APOGEE_ALT] + MILLIMETRE
    assert abs(heights[-1]) < MILLIMETRE
    assert (np.diff(phase) >= 0.0).all()
    assert set(phase) == {powered.BURNS, powered.COASTS, powered.FALLS}
    assert (phase == powered.BURNS).sum() == ascent.burn  # the row at burnout coasts already


@pytest.mark.parametrize(("lat", "pitch"), [(20.0, -2.2), (45.0, -2.12), (30.0, -2.0), (10.0, -2.3)])
def test_who_goes_up_through_100_km_comes_down_through_it(lat, pitch):
    """Flat flights that graze 100 km, southward: the highest row tells whether there are two crossings or none."""
    solid = next(row for row in vehicles() if row.id == "icbm_solid").vehicle
    ascent = Ascent(solid, math.radians(lat), 0.3, 9_000.0)
    for more in np.linspace(-0.4, 0.4, 17):
        _, states, _, events = ascent.path(math.pi, math.radians(pitch + more), 0.5)
        above = max(altitude(*r) for r in states[:, :3]) > powered.EDGE
        crossings = events[[powered.UP_100, powered.DOWN_100]]
        assert np.isnan(crossings).sum() == (0 if above else 2)
        assert not above or crossings[0] < events[powered.APOGEE] < crossings[1]


def test_asking_for_states_changes_no_flight():
    """They are read from the steps' own polynomials: the same impact, bit for bit."""
    ascent = Ascent(MRBM, 0.6, 0.8, 4000.0)
    asked = ascent.sampled(5.5, 0.7, 0.0, np.arange(0.0, 2_000.0, 0.7))
    np.testing.assert_array_equal(asked[1], ascent.fly(5.5, 0.7)[1])
    assert np.isnan(asked[2][asked[3] == 0.0]).all()
    assert not np.isnan(asked[2][asked[3] > 0.0]).any()


@settings(max_examples=8)
@given(st.floats(-1.0, 1.0), st.floats(0, 6.28), st.floats(1_500e3, 2_400e3))
def test_the_planned_range_is_flown(lat, azimuth, ground_range):
    """Lofted: within a metre; steeper than the pitch of the longest range."""
    ascent = Ascent(MRBM, lat, 0.5, 5000.0)
    pitch = ascent.pitch_for(azimuth, ground_range, lofted=True)
    assert abs(ascent.ground_range(azimuth, pitch) - ground_range) < CLOSE
    assert PITCHES[0] < pitch < PITCHES[1]
    assert pitch > ascent.farthest(azimuth)[0]


@settings(max_examples=8)
@given(st.floats(-1.0, 1.0), st.floats(0, 6.28), st.floats(1_500e3, 2_400e3))
def test_the_point_aimed_at_is_hit(lat, azimuth, ground_range):
    """Within a metre, from the programme of the range alone, over the turning Earth."""
    ascent = Ascent(MRBM, lat, 0.5, 5000.0)
    pitch = ascent.pitch_for(azimuth, ground_range, lofted=True)
    there = ascent.impact(azimuth + 0.02, pitch + 0.01)[:2]
    aimed = aim(ascent, *there, start=(azimuth, pitch))
    landed = ascent.impact(*aimed)[:2]
    assert geodesic(*landed, *there)[0] < 1.5 * CLOSE  # CLOSE along and across, across measured as an angle


def test_lofted_and_depressed_are_two_ways_to_one_range():
    """The same range; the lofted one goes higher and takes longer."""
    ascent = Ascent(MRBM, 0.6, 0.8, 5000.0)
    low, high = (ascent.pitch_for(5.5, 2_600e3, lofted) for lofted in (False, True))
    assert low < ascent.farthest(5.5)[0] < high
    flat, steep = ascent.fly(5.5, low)[1], ascent.fly(5.5, high)[1]
    assert flat[powered.APOGEE_ALT] < steep[powered.APOGEE_ALT]
    assert flat[powered.IMPACT] < steep[powered.IMPACT]


def test_what_is_out_of_reach_is_said_with_the_reach():
    """Too far, too near, and a point that no azimuth reaches: refused, with the numbers."""
    ascent = Ascent(MRBM, 0.6, 0.8, 5000.0)
    with pytest.raises(Unreachable, match=r"at most [23],\d{3} km toward azimuth 315"):
        ascent.pitch_for(-math.pi / 4, 6_000e3, lofted=True)
    with pytest.raises(Unreachable, match="by depressing to a pitch of -20 deg"):
        ascent.pitch_for(5.5, 50e3, lofted=False)
    with pytest.raises(Unreachable, match="too near the edge"):
        aim(ascent, -0.6, -2.0, start=(5.5, 0.8))


def test_what_cannot_fly_is_said():
    """Thrust below the weight: status 2; orbit: status 3; a path without room: status 3."""
    heavy = Ascent(MRBM.model_copy(update={"payload_kg": 25_000.0}), 0.6, 0.8, 5000.0)
    assert heavy.fly(5.5, 0.7)[0] == 2
    with pytest.raises(ModelError, match="never lifts off"):
        heavy.impact(5.5, 0.7)
    light = MRBM.model_copy(
        update={
            "stages": (
                *MRBM.stages,
                Stage(fuelled_kg=2_000.0, dry_kg=100.0, isp_s=450.0, burn_s=60.0, diameter_m=1.0),
            ),
            "payload_kg": 10.0,
        }
    )
    orbiting = Ascent(light, 0.0, 0.8, 5000.0)
    assert orbiting.fly(math.pi / 2, 0.3)[0] == 3
    with pytest.raises(ModelError, match="orbit"):
        orbiting.impact(math.pi / 2, 0.3)


def test_a_short_hop_has_no_100_km_and_an_empty_stage_stays_on():
    """A low flight of a vehicle that does not separate: no crossing of 100 km, impact after apogee."""
    status, events = Ascent(SCUD, 0.6, 0.8, 1.0).fly(5.5, 0.35)
    assert status == 0
    assert np.isnan(events[[powered.UP_100, powered.DOWN_100]]).all()
    assert events[powered.BURNOUT] < events[powered.APOGEE] < events[powered.IMPACT]
    assert 0.0 < events[powered.APOGEE_ALT] < powered.EDGE
