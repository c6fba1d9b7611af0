"""Arcs of free flight: the hit equation, least energy, digits at the edges, and what is seen from the ground."""

import math
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.constants import GM, OMEGA, R_MEAN
from entente.physics import ballistics

HALF_WAY = math.pi * R_MEAN
RADIUS, MU = Decimal(R_MEAN), Decimal(GM)
ROUNDING = 1e-13  # relative: some hundred roundings of a closed form
ranges = st.floats(1e3, 0.999 * HALF_WAY)
heights = st.floats(0.0, 2_000e3)
rises = st.floats(1.0, 40_000e3)
latitudes = st.floats(-1.4, 1.4)


def sine_and_cosine(x):
    """Taylor's series in 60 digits: textbook forms may lose what the package's must not."""
    term, sums = Decimal(1), [Decimal(0), Decimal(0)]
    for n in range(1, 80):
        sums[n % 2] += term if n % 4 in (1, 2) else -term
        term = term * x / n
    return sums[0], sums[1]


def arctangent(y, x):
    """Of y over x, both positive; halved five times, then Gregory's series."""
    t = y / x
    for _ in range(5):
        t = t / (1 + (1 + t * t).sqrt())
    return 32 * sum((-1) ** n * t ** (2 * n + 1) / (2 * n + 1) for n in range(40))


def textbook_minimum(ground_range):
    """Wheelon's formulas as printed: speed, angle, apogee."""
    half = Decimal(ground_range) / (2 * RADIUS)
    s, c = sine_and_cosine(half)
    return (
        (2 * MU / RADIUS * s / (1 + s)).sqrt(),
        arctangent(Decimal(1), Decimal(1)) - half / 2,
        RADIUS / 2 * (s + c - 1),
    )


def textbook_arc(ground_range, apogee):
    """The conic through both ends and its apogee between them, from the surface: speed, angle, time."""
    half, top = Decimal(ground_range) / (2 * RADIUS), RADIUS + Decimal(apogee)
    s, c = sine_and_cosine(half)
    e = (top - RADIUS) / (top - RADIUS * c)
    a = top / (1 + e)
    s2, c2 = sine_and_cosine(half / 2)
    anomaly = 2 * arctangent((1 - e).sqrt() * c2, (1 + e).sqrt() * s2)
    half_turn = 4 * arctangent(Decimal(1), Decimal(1))
    mean = anomaly - e * sine_and_cosine(anomaly)[0]
    speed = (MU * (2 / RADIUS - 1 / a)).sqrt()
    return speed, arctangent(e * s, 1 - e * c), 2 * (a**3 / MU).sqrt() * (half_turn - mean)


@given(ranges, rises, heights)
def test_arcs_obey_the_hit_equation(ground_range, rise, height):
    """Wheelon's: r1/r2 = (1 - cos phi)/(lambda cos^2 g) + cos(g + phi)/cos g, multiplied by cos^2 g."""
    speed, angle, _ = ballistics.through_apogee(ground_range, height + rise, height)
    phi, r1 = ground_range / R_MEAN, R_MEAN + height
    strength = speed**2 * r1 / GM
    got = (1.0 - math.cos(phi)) / strength + math.cos(angle + phi) * math.cos(angle)
    # The apogee less the burnout height is rounded to some 1e-10 m.
    assert got == pytest.approx(r1 / R_MEAN * math.cos(angle) ** 2, abs=1e-11 + 1e-9 / rise)


@given(ranges, rises, heights)
def test_the_apogee_is_where_the_energy_says(ground_range, rise, height):
    """Energy and angular momentum at burnout put the apogee back, and the speed there is level."""
    speed, angle, _ = ballistics.through_apogee(ground_range, height + rise, height)
    r1, top = R_MEAN + height, R_MEAN + height + rise
    across = r1 * speed * math.cos(angle) / top
    energy = 0.5 * speed**2 - GM / r1
    assert 0.5 * across**2 - GM / top == pytest.approx(energy, rel=1e-11)
    assert ballistics.speed_at(height + rise, speed, angle, height + rise, height) == pytest.approx(
        across, rel=ROUNDING
    )
    assert ballistics.speed_at(height, speed, angle, height + rise, height) == pytest.approx(speed, rel=1e-9)


@pytest.mark.parametrize("ground_range", [1.0, 1e3, 55e3, 300e3, 5_000e3, 15_000e3, 19_900e3, 20_014e3, 20_015_086.0])
def test_least_energy_keeps_its_digits(ground_range):
    """Against the printed formulas in 60 digits, from a metre to a metre short of half a circumference."""
    speed, angle, apogee, _ = ballistics.minimum_energy(ground_range)
    with localcontext(prec=60):
        known = [float(value) for value in textbook_minimum(ground_range)]
    short = math.pi - ground_range / R_MEAN  # what the rounding of the range itself does near half a circumference
    assert abs(speed / known[0] - 1) < ROUNDING
    assert abs(angle - known[1]) < ROUNDING
    assert abs(apogee / known[2] - 1) < ROUNDING + 1e-15 / short


@pytest.mark.parametrize("ground_range", [1e3, 55e3, 1_000e3, 10_000e3, 20_014e3])
@pytest.mark.parametrize("apogee", [1e3, 100e3, 1_000e3, 10_000e3, 900_000e3])
def test_arcs_keep_their_digits(ground_range, apogee):
    """From flat ones to a loft of 1 km range and 900,000 km height."""
    with localcontext(prec=60):
        known = [float(value) for value in textbook_arc(ground_range, apogee)]
    speed, angle, time = ballistics.through_apogee(ground_range, apogee)
    assert abs(speed / known[0] - 1) < ROUNDING
    assert abs(angle - known[1]) < ROUNDING
    assert abs(time / known[2] - 1) < ROUNDING


@given(ranges, heights)
def test_the_least_energy_arc_is_that_arc(ground_range, height):
    """Its speed, angle and time are those of the arc through its range and apogee, and no neighbour is slower."""
    speed, angle, apogee, time = ballistics.minimum_energy(ground_range, height)
    through = ballistics.through_apogee(ground_range, apogee, height)
    # The apogee less the burnout height is rounded to 1e-9 m; the angle of a small rise feels that most.
    blur = 1e-9 / (apogee - height) + ROUNDING
    assert through[0] == pytest.approx(speed, rel=10 * blur)
    assert through[1] == pytest.approx(angle, rel=10 * blur, abs=10 * blur)
    assert through[2] == pytest.approx(time, rel=10 * blur)
    rise = apogee - height
    for factor in (0.9, 1.1):
        assert ballistics.through_apogee(ground_range, height + factor * rise, height)[0] >= speed * (1.0 - ROUNDING)


@given(st.floats(10.0, 7_900.0))
def test_the_farthest_range_needs_that_speed(speed):
    assert ballistics.minimum_energy(ballistics.farthest(speed))[0] == pytest.approx(speed, rel=ROUNDING)


@given(ranges, rises, st.floats(1.001, 2.0))
def test_time_grows_with_range_and_with_apogee(ground_range, apogee, factor):
    """What claims rely on when they widen a range and an apogee by their errors."""
    time = ballistics.through_apogee(ground_range, apogee)[2]
    assert ballistics.through_apogee(ground_range, factor * apogee)[2] > time
    assert ballistics.through_apogee(min(factor * ground_range, HALF_WAY), apogee)[2] >= time


@given(latitudes, latitudes, st.floats(-3.1, 3.1))
def test_bearing_and_distance_lead_there(lat, lat_to, eastward):
    """The point at that distance and azimuth, by vectors, is the other end."""
    distance, azimuth = ballistics.bearing(lat, lat_to, eastward)
    up, north = np.array([math.cos(lat), 0.0, math.sin(lat)]), np.array([-math.sin(lat), 0.0, math.cos(lat)])
    along = math.cos(azimuth) * north + math.sin(azimuth) * np.array([0.0, 1.0, 0.0])
    end = math.cos(distance / R_MEAN) * up + math.sin(distance / R_MEAN) * along
    other = [math.cos(lat_to) * math.cos(eastward), math.cos(lat_to) * math.sin(eastward), math.sin(lat_to)]
    np.testing.assert_allclose(end, other, atol=1e-13)


@given(latitudes, latitudes, st.floats(0.01, 3.1), st.booleans(), st.one_of(st.none(), st.floats(100e3, 90_000e3)))
def test_the_lead_is_the_time_of_flight(lat, lat_to, apart, west, apogee):
    """Solved to a nanosecond whatever the places, and alone: the excess falls all the way."""
    eastward = -apart if west else apart

    def time_of(inertial):
        if apogee is None:
            return ballistics.minimum_energy(np.maximum(inertial, 1e-3))[3]
        return ballistics.through_apogee(np.maximum(inertial, 1e-3), apogee)[2]

    longest = ballistics.period(R_MEAN + (apogee or 0.0))
    lead, miss = ballistics.lead_time(np.array(lat), np.array(lat_to), np.array(eastward), time_of, longest, OMEGA)
    assert abs(miss) <= ballistics.SETTLED
    assert abs(time_of(ballistics.bearing(lat, lat_to, eastward + OMEGA * lead)[0]) - lead) <= ballistics.SETTLED
    leads = np.linspace(0.0, 1.5 * float(lead), 200)
    assert (np.diff(time_of(ballistics.bearing(lat, lat_to, eastward + OMEGA * leads)[0]) - leads) < 0.0).sum() > 190


@given(st.floats(100.0, 9_000.0), st.floats(0.0, 1.5), st.floats(0.0, 6.28), st.floats(0.0, 500.0))
def test_what_the_ground_sees_adds_up(speed, angle, azimuth, eastward):
    """Adding the ground's own speed gives the inertial velocity back."""
    seen = ballistics.seen_from_ground(speed, angle, azimuth, eastward)
    back = ballistics.seen_from_ground(*seen, -eastward)
    assert back[0] == pytest.approx(speed, rel=1e-12)
    assert back[1] == pytest.approx(angle, abs=1e-9)
    assert math.cos(angle) * math.remainder(back[2] - azimuth, 2 * math.pi) == pytest.approx(0.0, abs=1e-9)
