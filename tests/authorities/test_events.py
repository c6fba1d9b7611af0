"""Two events against our own physics: the rocket of 1995 and its first sight, and the glint of 1983."""

import dataclasses

import pytest

from entente.errors import ModelError
from entente.questions.first_views import first_view
from entente.questions.glinting import find_glint
from entente.scenario.event_files import load_event

THREE_PER_CENT = 0.03  # what tests/authorities/sounding_rocket.yaml allows, and why
A_SECOND = 1.0  # s  the flight is sampled so
A_TENTH = 0.06  # deg  the event prints tenths


def edges(ranged):
    return ranged.low, ranged.nominal, ranged.high


@pytest.fixture(scope="module")
def rocket():
    event = load_event("sounding-rocket-1995")
    return event, first_view(event)


def test_the_rocket_of_1995_flies_as_reported(rocket):
    event, seen = rocket
    assert seen.apogee_km == pytest.approx(event.flight.apogee_km, rel=THREE_PER_CENT)
    assert seen.time_min == pytest.approx(event.flight.time_min, rel=THREE_PER_CENT)
    assert (seen.reported_apogee_km, seen.reported_time_min) == (1453.0, 24.0)


def test_the_event_says_what_is_computed_of_the_first_sight(rocket):
    """Its evidence is timed by the flight over 0, 2 and 5.5 deg, and the radar's own time."""
    event, seen = rocket
    row = next(row for row in event.evidence if row.id == event.first_view.evidence)
    assert edges(row.at_s) == pytest.approx(seen.track_s, abs=A_SECOND)
    assert seen.track_s == pytest.approx(
        [a + b for a, b in zip(seen.seen_s, edges(event.first_view.track_s), strict=True)]
    )
    assert list(seen.seen_s) == sorted(seen.seen_s)


def test_the_sight_fits_the_reports(rocket):
    """Two minutes as told lie 15 s to 106 s after the first sight, within which a radar makes a track and a crew a report.

    At 0 deg the height is that of the closed form for 736 km on a sphere, within the ellipsoid's 1 km and the second's 2 km.
    """
    _, seen = rocket
    assert 0.0 < seen.after_s[0] < seen.after_s[1] < 120.0
    assert seen.altitude_km[0] == pytest.approx(42.7, abs=3.0)
    assert seen.seen_s[-1] < seen.thrust_ends_s  # it still burns: nobody can tell where it will fall


def test_the_glint_of_1983_is_computed():
    """Every place of the orbit with the field at the limb is dazzled; the angles are those that the event prints."""
    event = load_event("glint-1983")
    found = find_glint(event)
    assert found.glinting == 1.0
    assert found.half_day_before == 0.0  # the Sun behind the satellite: the test can fail
    assert found.grazing_deg == pytest.approx(edges(event.glint.angle_deg), abs=A_TENTH)
    assert found.grazing_deg[2] < found.limit_deg
    assert found.beside_deg[1] < 45.0
    assert found.sun_lat_deg == pytest.approx(-0.9, abs=0.1)  # two days after the equinox, 0.4 deg a day


def test_another_season_gives_no_such_glint():
    """In June and December at that hour the Sun stands elsewhere: the angles leave the range of the day."""
    event = load_event("glint-1983")
    of_day = find_glint(event).grazing_deg
    for month in (6, 12):
        other = event.model_copy(
            update={"glint": event.glint.model_copy(update={"moment": event.glint.moment.replace(month=month)})}
        )
        moved = find_glint(other)
        assert moved.grazing_deg[1] != pytest.approx(of_day[1], abs=3.0)


def test_what_is_not_there_is_refused_in_one_line():
    chip = load_event("failed-chip-1980")
    with pytest.raises(ModelError, match="no flight with a radar that sees it; add flight and first_view"):
        first_view(chip)
    with pytest.raises(ModelError, match="names no satellite that the Sun could dazzle; add glint"):
        find_glint(chip)


def test_a_radar_that_never_sees_it_is_refused(rocket):
    event, _ = rocket
    far = event.first_view.model_copy(update={"lat_deg": -60.0})
    with pytest.raises(ModelError, match=r"never rises above 5\.5 deg there; is the radar's place right"):
        first_view(event.model_copy(update={"first_view": far}))


def test_the_answer_is_plain_data(rocket):
    assert set(dataclasses.asdict(rocket[1])) >= {"seen_s", "track_s", "after_s"}
