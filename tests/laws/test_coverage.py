"""Laws of coverage: what adds, what grows, what is symmetric, and the closed form of a cap."""

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import entente as en
from entente.constants import ECC2, R_MEAN
from entente.physics import geometry
from entente.physics.earth import ecef_from_geodetic, enu_axes
from entente.physics.geometry import azimuth_elevation_range, hidden_by_earth
from entente.physics.sight import count_in_sight, in_line, share_in_view
from entente.physics.signals import off_boresight, scan_reach
from entente.questions import cells
from entente.scenario.parts import Ranged
from entente.scenario.rows import radars, satellites
from entente.scenario.schema import Assumption
from entente.scenario.systems import Radar
from entente.scenario.world import face_table

COARSE = 24  # nside: 6,912 cells of 272 km
EARTH_KM2 = 510_065_622.0  # area of the WGS 84 ellipsoid; Moritz, Geodetic Reference System 1980, to 1 km2
OBLATE = 0.005  # share by which a cap on the ellipsoid differs from the sphere's
MODEL = next(row for row in radars() if row.id == "fylingdales").model_dump()
FACE = {"boresight_deg": 0.0, "half_width_deg": 180.0}


def radar(name="r1", **changes):
    """An invented radar that looks all round, from the horizon to overhead, as far as anything goes."""
    plain = {
        "id": name,
        "lat_deg": 0.0,
        "lon_deg": 0.0,
        "faces": [FACE],
        "min_elevation_deg": 0.0,
        "max_elevation_deg": 90.0,
        "reach_km": {"low": 40_000, "nominal": 40_000, "high": 40_000},
    }
    return Radar(**(MODEL | plain | changes))


def only(*rows, altitude_km=500.0, nside=COARSE, **asked):
    """Coverage by these radars alone, in a year without others."""
    return en.coverage("russia", 1950, altitude_km, nside=nside, extra=rows, **asked)


latitudes, longitudes = st.floats(-90, 90), st.floats(-180, 180)
faces = st.builds(
    lambda a, w, tilt, limit, low: {
        "boresight_deg": a,
        "half_width_deg": w,
        "boresight_elevation_deg": tilt,
        "off_boresight_deg": limit,
        "min_elevation_deg": low,
    },
    st.floats(0, 360),
    st.floats(1.0, 180.0),
    st.floats(0.0, 60.0),
    st.none() | st.floats(10.0, 90.0),
    st.none() | st.floats(0.0, 20.0),
)
some_radar = st.builds(
    lambda lat, lon, look, low, high, reach: radar(
        lat_deg=lat,
        lon_deg=lon,
        faces=look,
        min_elevation_deg=low,
        max_elevation_deg=high,
        reach_km={"low": reach, "nominal": reach, "high": reach},
    ),
    latitudes,
    longitudes,
    st.lists(faces, min_size=1, max_size=3),
    st.floats(-5.0, 10.0),
    st.floats(30.0, 90.0),
    st.floats(100.0, 8_000.0),
)


# --- cells ---


@pytest.mark.parametrize("nside", [1, 7, 24])
def test_cells_are_equal_and_cover_the_ellipsoid(nside):
    found = en.coverage(nside=nside)
    assert len(found.lat_deg) == len(found.lon_deg) == 12 * nside**2
    assert found.cell_km2 * len(found.lat_deg) == pytest.approx(EARTH_KM2, abs=1.0)
    assert found.share(np.ones_like(found.either)) == pytest.approx(1.0)


def test_authalic_latitudes_halve_the_area_where_they_should():
    """Snyder's 3-12 of the geodetic latitude is the sine of the authalic one, to a millimetre."""
    e = math.sqrt(ECC2)

    def q(lat):
        s = np.sin(lat)
        return (1 - ECC2) * (s / (1 - ECC2 * s * s) - np.log((1 - e * s) / (1 + e * s)) / (2 * e))

    authalic = np.linspace(-1.5, 1.5, 61)
    geodetic = geometry.geodetic_from_authalic(authalic)
    np.testing.assert_allclose(np.arcsin(q(geodetic) / q(math.pi / 2)), authalic, atol=1.6e-10)


# --- one radar ---


def reaches(row, sides, azimuth, elevation, edge=1e-7):
    """How far a radar looks that way, if all its limits were a little narrower, and a little wider [m]."""
    for wider in (-edge, edge):
        looks = sides + wider * np.array([0.0, 1.0, 0.0, 1.0, -1.0, 1.0])
        low, high = max(0.0, looks[:, 4].min()) - wider, looks[:, 5].max()
        angle = off_boresight(azimuth, elevation, looks, low, high)
        yield scan_reach(angle) * row.reach_km.nominal * 1e3 * (1.0 + wider)


@pytest.mark.kernel
@settings(max_examples=40)
@given(some_radar, st.floats(10.0, 3_000.0))
def test_a_cell_is_seen_if_azimuth_elevation_and_range_say_so(row, height):
    """A second way: angles as the stages compute them, for 192 places."""
    lat, lon = cells.centres(4)
    counts = cells.counts_at([row], [0], [row.reach_km.nominal * 1e3], 1, np.array([height]), lat, lon)[0, 0]
    axes, out = np.empty((3, 3)), np.empty(3)
    enu_axes(math.radians(row.lat_deg), math.radians(row.lon_deg), axes)
    site = np.array(ecef_from_geodetic(math.radians(row.lat_deg), math.radians(row.lon_deg), 0.0))
    sides = face_table(row)
    for place in range(len(lat)):
        point = np.array(ecef_from_geodetic(math.radians(lat[place]), math.radians(lon[place]), height * 1e3))
        azimuth_elevation_range(point, site, axes, out)
        seen = [off_by < out[2] for off_by in reaches(row, sides, *out[:2])]
        if len(set(seen)) == 1:
            assert bool(counts[place]) != seen[0]
        if counts[place]:
            assert not hidden_by_earth(point, site + 1.0 * axes[2], 0.0)


@pytest.mark.parametrize("height", [100.0, 500.0, 2_000.0])
@pytest.mark.parametrize("lowest", [0.0, 3.0])
@pytest.mark.parametrize("lat", [0.0, 50.0, -90.0])
def test_a_radar_all_round_covers_the_cap_of_the_closed_form(height, lowest, lat):
    """Within the cells that its edge crosses, and the ellipsoid's half per cent."""
    found = only(radar(lat_deg=lat, min_elevation_deg=lowest), altitude_km=height, nside=91)
    angle = en.horizon(height, lowest) * 1e3 / R_MEAN
    cap = 2e-6 * math.pi * R_MEAN**2 * (1.0 - math.cos(angle))
    edge = 2e-3 * math.pi * R_MEAN * math.sin(angle) * math.sqrt(found.cell_km2)
    # Cells fall in or out at random, so a twentieth of those on the edge is ten times their noise; at a pole whole rings do.
    loose = 0.5 if abs(lat) == 90.0 else 0.05
    assert found.area_million_km2(found.either)[0] * 1e6 == pytest.approx(cap, abs=loose * edge + 2 * OBLATE * cap)


def test_a_range_ends_the_view_where_the_law_of_cosines_says():
    row = radar(reach_km={"low": 1_500, "nominal": 1_500, "high": 1_500})
    found = only(row, altitude_km=[100.0, 400.0, 1_400.0, 1_600.0], nside=91)
    limit = found.radars[0]
    assert limit.ended_by == ("horizon", "range", "range", "range")
    assert limit.published_km == limit.reach_km == 1_500
    cap = 2e-12 * math.pi * R_MEAN**2 * (1.0 - np.cos(limit.ground_km * 1e3 / R_MEAN))
    np.testing.assert_allclose(found.area_million_km2(found.either), cap, rtol=0.02)
    assert limit.ground_km[-1] == 0.0
    assert not found.either[-1].any()


@settings(max_examples=40)
@given(some_radar, st.floats(10, 1_000), st.floats(0, 1_000))
def test_higher_is_never_less_in_line_of_sight(row, height, more):
    """Inside the range, a body that climbs stays in view, unless it climbs out of what an array can steer to."""
    steered = [face.model_copy(update={"off_boresight_deg": None}) for face in row.faces]
    row = row.model_copy(update={"max_elevation_deg": 90.0, "reach_km": radar().reach_km, "faces": steered})
    found = only(row, altitude_km=[height, height + more], nside=8)
    assert not np.any(found.either[0] & ~found.either[1])


@settings(max_examples=20)
@given(st.floats(0.0, 180.0), st.floats(1.0, 180.0), latitudes)
def test_a_symmetric_radar_sees_symmetric_cells(lon, half, lat):
    """Faces north and south of a radar on a meridian of the cells: east and west mirror each other."""
    looks = [{"boresight_deg": b, "half_width_deg": half} for b in (0.0, 180.0)]
    row = radar(lat_deg=lat, lon_deg=0.0, faces=looks)
    at = np.linspace(-80, 80, 33), np.full(33, min(lon, 179.0))
    east = only(row, nside=1).counts_at(*at)
    west = only(row, nside=1).counts_at(at[0], -at[1])
    np.testing.assert_array_equal(east, west)


def test_the_same_radar_north_and_south_of_the_equator():
    north, south = only(radar(lat_deg=40.0)), only(radar(lat_deg=-40.0))
    assert north.either.sum() == south.either.sum() > 100
    order = np.lexsort((north.lon_deg, north.lat_deg.round(9)))
    mirror = np.lexsort((south.lon_deg, -south.lat_deg.round(9)))
    np.testing.assert_array_equal(north.either[0][order], south.either[0][mirror])


@given(st.floats(0.01, 100.0), st.floats(1.0, 4.0))
def test_the_range_goes_with_the_fourth_root(area, times):
    one, more = only(radar(), rcs_m2=area, nside=1), only(radar(), rcs_m2=min(area * times**4, 1e6), nside=1)
    if area * times**4 <= 1e6:
        assert more.radars[0].reach_km == pytest.approx(times * one.radars[0].reach_km)
    reference = only(radar(), rcs_m2=radar().reference_rcs_m2.nominal, nside=1)
    assert reference.radars[0].reach_km == pytest.approx(reference.radars[0].published_km)


# --- many radars, two parties ---

PARTIES = "us_nato", "russia"


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.sampled_from([row.id for row in radars() if row.owner in PARTIES]), max_size=6, unique=True),
    st.sampled_from([1975, 1990, 2013, 2024]),
)
def test_more_sensors_never_see_fewer_cells(joining, year):
    alone = en.coverage(on=year, altitude_km=[100.0, 1_000.0], nside=8)
    more = en.coverage(on=year, altitude_km=[100.0, 1_000.0], nside=8, extra=joining)
    less = en.coverage(on=year, altitude_km=[100.0, 1_000.0], nside=8, without=joining)
    assert np.all(more.counts >= alone.counts)
    assert np.all(less.counts <= alone.counts)


@settings(max_examples=10, deadline=None)
@given(st.sampled_from([1980, 2007, 2013, 2024]), st.lists(st.floats(10, 2_000), min_size=1, max_size=4))
def test_either_is_the_sum_less_both(year, heights):
    found = en.coverage(on=year, altitude_km=heights, nside=8)
    a, b = (found.seen_by(party) for party in ("us_nato", "russia"))
    np.testing.assert_array_equal(found.either.sum(1), a.sum(1) + b.sum(1) - found.both.sum(1))
    np.testing.assert_array_equal(found.either, a | found.gain("us_nato"))
    assert not np.any(a & found.gain("us_nato"))
    np.testing.assert_array_equal(found.seen_by("russia", at_least=2), found.counts[1] >= 2)
    np.testing.assert_allclose(
        found.area_million_km2(found.either) * 1e6 / EARTH_KM2, found.share(found.either), rtol=1e-6
    )


def test_places_between_the_cells_are_counted_as_the_cells_are():
    found = en.coverage(nside=16, altitude_km=[200.0, 800.0])
    np.testing.assert_array_equal(found.counts_at(found.lat_deg, found.lon_deg), found.counts)


def test_ends_of_the_ranges_lie_around_the_nominal():
    shares = [
        en.coverage(on=2013, altitude_km=1_500.0, nside=32, reach=end, rcs_m2=0.1) for end in ("low", "nominal", "high")
    ]
    shares = [found.share(found.either)[0] for found in shares]
    assert shares[0] < shares[1] < shares[2]


# --- the offers of 2007 ---

MIDDLE_EAST = (32.0, 53.0, 1_000.0)


def test_gabala_and_armavir_would_have_added_the_south():
    """Joined to the radars of US and NATO in the middle of 2007, they add cells, and these lie south of them."""
    alone = en.coverage("us_nato", 2007, [200.0, 500.0])
    joined = en.coverage("us_nato", 2007, [200.0, 500.0], extra=["gabala", "armavir_southwest", "armavir_southeast"])
    added = joined.either & ~alone.either
    assert joined.area_million_km2(added)[0] > 1.0
    assert np.average(joined.lat_deg, weights=added[1]) < 41.0
    assert np.all(alone.share(alone.either, MIDDLE_EAST) == 0.0)
    assert np.all(joined.share(joined.either, MIDDLE_EAST) > [0.5, 0.95])


# --- satellites ---


def test_a_geostationary_satellite_sees_its_cap_all_day():
    """Without clouds in the way, the cap of the closed form for its distance, always; and nothing else ever."""
    row = next(s for s in satellites() if s.id == "dsp_10e").model_copy(
        update={"cloud_break_km": next(iter(satellites())).cloud_break_km.model_copy(update={"low": 0, "nominal": 0})}
    )
    found = en.coverage("russia", 1950, 10.0, extra=[row], satellites=True)
    share = found.share_of_day("russia")
    assert set(np.unique(share)) == {0.0, 1.0}
    angle = math.acos(6_378.137 / 42_164.0) + math.acos(6_378.137 / 6_388.137)
    assert found.share(share)[0] == pytest.approx(0.5 * (1.0 - math.cos(angle)), abs=2e-3)


def test_highly_elliptical_satellites_watch_the_north():
    found = en.coverage(on=dt.date(2014, 7, 1), altitude_km=[20.0, 300.0], nside=COARSE, satellites=True)
    us = found.share_of_day("us_nato")
    assert us[0, np.argmax(found.lat_deg)] > 0.9
    assert us[0, np.argmin(found.lat_deg)] < 0.1
    assert np.all(us[1] >= us[0])
    assert np.all(found.share_of_day("russia") == 0.0)  # none after the last of the old ones in April 2014
    np.testing.assert_array_equal(found.share_of_day(), us)


@pytest.mark.kernel
@settings(max_examples=200)
@given(
    latitudes, longitudes, st.floats(10.0, 2_000.0), st.floats(0.0, 12.0), latitudes, longitudes, st.floats(8e6, 5e7)
)
def test_a_satellite_is_in_line_if_the_earth_does_not_hide_it(lat, lon, height, clouds, below, beside, far):
    """The shortcut for satellites above the horizon says what the whole question says."""
    ground, up = cells.surface(np.array([lat]), np.array([lon]))
    point = ground[0] + height * 1e3 * up[0]
    station = far * cells.normals(np.radians([below]), np.radians([beside]))[0]
    seen = in_line(station, point, up[0], height * 1e3, clouds * 1e3)
    assert seen == (not hidden_by_earth(station, point, clouds * 1e3))


@pytest.mark.kernel
def test_kernels_count_and_share():
    """Small tables: one radar, one satellite that stands and one that moves."""
    lat, lon = cells.centres(2)
    ground, up = cells.surface(lat, lon)
    axes = np.empty((3, 3))
    enu_axes(0.0, 0.0, axes)
    count = np.zeros((1, len(lat)), np.int32)
    site = np.array(ecef_from_geodetic(0.0, 0.0, 0.0))
    sides = np.array([[math.pi / 2, math.pi / 4, 0.3, math.pi, 0.0, 1.0]])
    count_in_sight(ground, up, np.array([5e6]), site, axes, sides, np.array([0.0, 1.0]), 2e7, count)
    assert 0 < count.sum() < 12
    assert np.all(lon[count[0] > 0] > 0)
    far = 4.2e7
    moving = np.array([[[far, 0, 0], [far, 0, 0]], [[-far, 0, 0], [0, far, 0]]], dtype=float)
    out = np.zeros((3, 1, len(lat)))
    share_in_view(
        ground, up, np.array([1e4]), moving, np.array([0, 1], np.int32), np.zeros(2), np.array([0, 1], np.int32), out
    )
    front, back = np.abs(lon) < 30, np.abs(lon) > 175
    assert np.all(out[0, 0, front] == 1.0)
    assert np.all(out[1, 0, back] == 0.5)
    assert np.all(out[2, 0] >= out[:2, 0].max(0))


# --- what the horizon allows ---


@given(st.floats(0.1, 20_000.0), st.floats(0.0, 89.0))
def test_the_horizon_undoes_the_lowest_height(height, elevation):
    distance = en.horizon(height, elevation)
    assert en.lowest_visible(distance, elevation) == pytest.approx(height, rel=1e-6)


@given(st.floats(1_000.0, 12_000.0), st.floats(1.01, 3.0))
def test_lofted_flights_are_seen_farther(range_km, more):
    least = en.minimum_energy(range_km)
    lofted = en.arc(range_km, more * least.apogee_km)
    for elevation in (0.0, 3.0):
        assert en.horizon(lofted.apogee_km, elevation) > en.horizon(least.apogee_km, elevation)


# --- what cannot be asked ---


def test_every_mistake_is_said_at_once():
    with pytest.raises(en.ModelError) as said:
        en.coverage(
            "nato", "summer", 5.0, nside=300, rcs_m2=-1, reach="best", extra=["gabla"], without=[7], phase="fall"
        )
    lines = str(said.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "altitude_km", "nside", "reach", "phase", "rcs_m2", "owner", "on", "without", "extra",
    ]  # fmt: skip
    assert "did you mean 'gabala'?" in lines[-1]
    assert "real sites" in lines[0]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"altitude_km": 9.9},
            "altitude_km: 9.9 is below 10 km, where coverage of real sites is not drawn; give 10 or more",
        ),
        ({"altitude_km": "high"}, "altitude_km: 'high' is neither a height nor a list of up to 100 heights; give km"),
        ({"altitude_km": [300.0, np.nan]}, "altitude_km: '[300.0, nan]' is neither"),
        ({"altitude_km": 1e6}, "altitude_km: 1e+06 is outside the model; give at most 40,000"),
        ({"on": 1950}, "on: us_nato and russia had no sensor on 1950-07-01"),
        ({"on": 12.5}, "on: the year 12.5 is not a whole number"),
        ({"nside": 91.0}, "nside: 91.0 is not a fineness of cells"),
        ({"nside": True}, "nside: True is not a fineness of cells"),
        ({"owner": []}, "owner: [] names nobody"),
        ({"owner": ["russia", "russia"]}, "owner: ['russia', 'russia'] names nobody, or somebody twice"),
        ({"rcs_m2": {"UHF": 1.0}}, "rcs_m2: nothing is given for C, L, VHF, X, where radars on watch look"),
        ({"rcs_m2": 1.0, "vehicle": "scud_b"}, "rcs_m2: the vehicle 'scud_b' has cross-sections of its own"),
        ({"extra": [12]}, "extra: '12' is not the id of a sensor"),
        ({"scenario": en.load("europe-2013"), "on": 2013}, "on: the scenario has a day of its own"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(asked, said):
    with pytest.raises(en.ModelError) as refused:
        en.coverage(**asked)
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize("asked", [{"owner": "china"}, {"vehicle": "v2"}, {"rcs_m2": {"Q": 1.0}}, {"without": "gabla"}])
def test_a_name_that_does_not_exist_is_an_unknown_name(asked):
    with pytest.raises(en.UnknownName, match="is not known"):
        en.coverage(**asked)


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ((32.1, 53.0, 500.0), "off the half-degree grid"),
        ((95.0, 53.0, 500.0), "not on the Earth"),
        ((32.0, 53.0, 0.0), "radius of 0 km"),
        ((32.0, 53.0, 5.0), "no cell lies within"),
        ("Europe", "is no region"),
    ],
)
def test_a_region_that_cannot_be_is_refused(region, said):
    found = en.coverage(nside=2)
    with pytest.raises(en.ModelError, match=said):
        found.share(found.either, region)


def test_what_an_answer_does_not_hold_is_refused():
    found = en.coverage(nside=2)
    with pytest.raises(en.ModelError, match="satellites=True"):
        found.share_of_day()
    with pytest.raises(en.UnknownName, match="party"):
        found.seen_by("china")
    with pytest.raises(ValueError, match="read-only"):
        found.counts[0, 0, 0] = 1


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: en.horizon(-1.0, 95.0),
            "altitude_km: -1 is outside the model; it must be from 0 to 100,000\nelevation_deg: 95",
        ),
        (lambda: en.lowest_visible(11_000.0), "range_km: 11000 is outside the model"),
        (lambda: en.horizon([1.0, 2.0], [1.0, 2.0, 3.0]), "do not fit together"),
        (lambda: en.horizon("high"), "neither a number nor an array"),
    ],
)
def test_a_horizon_outside_the_model_is_refused(call, said):
    with pytest.raises(en.ModelError) as refused:
        call()
    assert said in str(refused.value)


def test_a_scenario_gives_day_parties_and_assumed_ranges():
    """The shipped scenario is the catalogue on its day; one that assumes a shorter range sees less."""
    scenario = en.load("europe-2013")
    same, plain = en.coverage(scenario=scenario, nside=16), en.coverage(on="2013-06-01", nside=16)
    np.testing.assert_array_equal(same.counts, plain.counts)
    assert same.day == plain.day
    shorter = Assumption(
        input="armavir_southwest.reach_km",
        value=Ranged(low=300, nominal=400, high=500),
        source="invented for this test",
    )
    less = en.coverage(scenario=scenario.model_copy(update={"assume": [shorter]}), nside=16)
    assert np.all(less.counts <= same.counts)
    assert less.counts.sum() < same.counts.sum()
    fine = en.coverage(scenario=scenario, owner="russia")
    assert fine.share(fine.either, scenario.regions[0]) == 1.0
