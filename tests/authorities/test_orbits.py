"""Drifting orbits and ground tracks against heyoka's integrated ones; erfa turns the Earth and finds the places below."""

import math

import erfa
import numpy as np
import pytest
from bulge_by_heyoka import flown, integrator
from scipy.interpolate import CubicSpline

import entente as en
from entente.constants import GM, J2, OMEGA, R_EQ
from entente.physics.orbits import node_by_apogee, period, place_by_elements, secular_rates
from entente.scenario.rows import satellites

pytestmark = pytest.mark.kernel

REVOLUTIONS, SAMPLES = 30, 400  # of each revolution
J2000 = 2_451_545.0  # a Julian date; any would do, for only differences of the Earth's angle are used
# Theory of first order in epsilon = J2 (R/p)^2; what it leaves out are a few epsilon^2 of the mean motion, in the fast angles
# of nearly round orbits over e. The largest seen: 3.5 for the node, 6.7 for perigee and anomaly together.
SECOND_ORDER, FAST_ANGLES = 5.0, 10.0
# Within a revolution the flattening moves a satellite by a few epsilon in angle, and J2 R^2 / p in height. Largest seen: 2.5
# and 1.9, both by the transfer orbit.
SHORT_PERIODS, SHORT_HEIGHTS = 3.0, 2.5
STEERED = (
    2.5  # deg a day by which tracks of the catalogue fail to close: heights are published to 10 to 50 km of the axis
)
ORBITS = {  # axis [m], eccentricity, inclination, argument of perigee [deg]
    "molniya": (26_554e3, 0.74, 63.4, 270.0),
    "tundra": (42_164e3, 0.2684, 63.4, 270.0),
    "eks": (26_453e3, 0.6965, 63.8, 270.0),
    "transfer": (24_400e3, 0.73, 28.0, 178.0),
    "medium": (12_000e3, 0.3, 40.0, 100.0),
    "sun-synchronous": (7_200e3, 0.05, 98.7, 30.0),
    "low": (6_900e3, 0.02, 51.6, 60.0),
}


class Integrated:
    """An orbit by heyoka, from its apogee over 30 revolutions, with the mean elements that it turns out to have."""

    def __init__(self, a, e, i, argument):
        self.y, self.taylor = np.empty(6), integrator()
        place_by_elements(0.0, np.array([a, e, math.radians(i), 0.3, math.radians(argument), math.pi]), self.y)
        # A little more than whole revolutions, and a little before 0, so that both apogees lie inside.
        t = np.linspace(-0.1, REVOLUTIONS + 0.6, round((REVOLUTIONS + 0.7) * SAMPLES)) * period(a)
        a_t, e_t, i_t, node, argument, mean = osculating(self.at(t))
        mean += 2.0 * math.pi * round((math.pi - np.interp(0.0, t, mean)) / (2.0 * math.pi))
        ends = math.pi * np.array([1.0, 1.0 + 2.0 * REVOLUTIONS])
        first, last = CubicSpline(mean, t)(ends)
        whole = np.linspace(first, last, REVOLUTIONS * SAMPLES + 1)[:-1]
        angles = [CubicSpline(t, each) for each in (node, argument, mean)]
        self.e, self.i = (float(CubicSpline(t, each)(whole).mean()) for each in (e_t, i_t))
        self.a = self.mean_axis(a_t.mean())
        self.measured = np.array([np.diff(each([first, last]))[0] / (last - first) for each in angles])
        self.theory = np.array(secular_rates(self.a, self.e, self.i))
        middles = np.array([each(whole).mean() for each in angles])
        self.zero = (math.pi - middles[2]) / self.theory[2] + whole.mean()  # when the mean satellite is at its apogee
        self.node, self.argument = middles[:2] + self.theory[:2] * (self.zero - whole.mean())

    def at(self, t):
        """States [m, m/s] at these times, which may begin before 0."""
        behind = flown(self.taylor, self.y, np.r_[0.0, t[t < 0.0][::-1]])[1:][::-1]
        return np.concatenate([behind, flown(self.taylor, self.y, np.r_[0.0, t[t >= 0.0]])[1:]])

    def mean_axis(self, a):
        """Where -GM/2a is the energy without the bulge's share averaged over a revolution, GM J2 R^2 <P2(sin lat)/r^3>."""
        r = np.linalg.norm(self.y[:3])
        p2 = 1.5 * (self.y[2] / r) ** 2 - 0.5
        energy = 0.5 * self.y[3:] @ self.y[3:] - GM / r * (1.0 - J2 * (R_EQ / r) ** 2 * p2)
        for _ in range(5):
            share = GM * J2 * R_EQ**2 * (0.5 - 0.75 * math.sin(self.i) ** 2) / (a**3 * (1.0 - self.e**2) ** 1.5)
            a = -0.5 * GM / (energy + share)
        return a

    @property
    def epsilon(self):
        return J2 * (R_EQ / (self.a * (1.0 - self.e**2))) ** 2


def osculating(states):
    """Axis, eccentricity, inclination, node, argument of perigee, mean anomaly of states (N, 6), angles unwrapped."""
    r, v = states[:, :3], states[:, 3:]
    d, h = np.linalg.norm(r, axis=1), np.cross(r, v)
    a = 1.0 / (2.0 / d - (v * v).sum(axis=1) / GM)
    node = np.arctan2(h[:, 0], -h[:, 1])
    to_node = np.stack([np.cos(node), np.sin(node), 0.0 * node], axis=1)
    ahead = np.cross(h, to_node) / np.linalg.norm(h, axis=1)[:, None]
    perigee = np.cross(v, h) / GM - r / d[:, None]
    argument = np.arctan2((perigee * ahead).sum(axis=1), (perigee * to_node).sum(axis=1))
    sine = (r * v).sum(axis=1) / np.sqrt(GM * a)
    mean = np.arctan2(sine, 1.0 - d / a) - sine
    i = np.arctan2(np.hypot(h[:, 0], h[:, 1]), h[:, 2])
    return a, np.linalg.norm(perigee, axis=1), i, np.unwrap(node), np.unwrap(argument), np.unwrap(mean)


@pytest.fixture(scope="module", params=ORBITS)
def integrated(request):
    return Integrated(*ORBITS[request.param])


def test_the_drifts_are_heyokas(integrated):
    """Node, argument of perigee, mean anomaly from apogee to apogee over 30 revolutions: right to second order in J2."""
    n = math.sqrt(GM / integrated.a**3)
    off = np.abs(integrated.measured - integrated.theory) / (n * integrated.epsilon**2)
    drift = np.abs(integrated.theory - [0.0, 0.0, n]) / (n * integrated.epsilon)
    print(f"epsilon {integrated.epsilon:.1e}: drifts {drift} epsilon n, off by {off} epsilon^2 n")
    assert off[0] < SECOND_ORDER
    assert (off[1:] < FAST_ANGLES + 0.5 / integrated.e).all()
    latitude = abs((integrated.measured - integrated.theory)[1:].sum()) / (n * integrated.epsilon**2)
    assert latitude < FAST_ANGLES


def test_the_tracks_are_heyokas(integrated):
    """A day, every minute: the ground below within 3 J2 (R/p)^2, 6 km for a Molniya orbit, height within 2.5 J2 R^2/p.

    heyoka's satellite in inertial axes, erfa's Earth rotation angle, erfa's way from Earth-fixed axes to WGS 84.
    """
    a, e, node, argument = integrated.a, integrated.e, integrated.node, integrated.argument
    at_apogee = node - node_by_apogee(integrated.i, argument, 0.0)
    orbit = en.Orbit(
        perigee_km=(a * (1.0 - e) - R_EQ) / 1e3,
        apogee_km=(a * (1.0 + e) - R_EQ) / 1e3,
        inclination_deg=math.degrees(integrated.i),
        argument_of_perigee_deg=math.degrees(argument) % 360.0,
        apogee_longitude_deg=math.degrees(math.remainder(at_apogee, 2.0 * math.pi)),
        phase=0.5,
    )
    track = en.ground_track(orbit)
    r = integrated.at(track.t_s + integrated.zero)[:, :3]
    turned = erfa.era00(J2000, track.t_s / 86_400.0) - erfa.era00(J2000, 0.0)
    c, s = np.cos(turned), np.sin(turned)
    fixed = np.stack([c * r[:, 0] + s * r[:, 1], c * r[:, 1] - s * r[:, 0], r[:, 2]], axis=1)
    lon, lat, height = erfa.gc2gd(1, fixed)
    below = erfa.seps(lon, lat, np.radians(track.lon_deg), np.radians(track.lat_deg)).max()
    above = np.abs(height - 1e3 * track.altitude_km).max()
    scale = integrated.epsilon * a * (1.0 - e * e)
    print(f"{below * R_EQ / 1e3:.2f} km, {below / integrated.epsilon:.2f}; {above / 1e3:.2f} km, {above / scale:.2f}")
    assert len(track.t_s) == 1441
    assert below < SHORT_PERIODS * integrated.epsilon
    assert above < SHORT_HEIGHTS * scale


def crossings(track):
    """How often a track on the unit sphere crosses itself: arcs whose ends lie on both sides of each other's planes."""
    lat, lon = np.radians(track.lat_deg), np.radians(track.lon_deg)
    places = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
    begin, end = places[:-1], places[1:]
    normals = np.cross(begin, end)
    apart = (normals @ begin.T) * (normals @ end.T) < 0.0
    return int(np.triu(apart & apart.T & (begin @ begin.T > 0.0), 2).sum())


def once_round(satellite):
    """A track from its beginning to just before it closes."""
    return en.ground_track(satellite, hours=0.9999 * en.ground_track(satellite).repeats_after_s / 3600.0, step_s=300.0)


def test_a_tundra_orbit_draws_a_figure_of_eight():
    """One crossing, on the meridian of its apogee; 16 of 24 hours in the north; never far from that meridian."""
    track = once_round("tundra")
    assert crossings(track) == 1
    assert np.abs(track.lon_deg).max() < 50.0
    assert track.apogee_longitude_deg == pytest.approx([0.0], abs=1e-6)
    assert (track.lat_deg > 0.0).mean() == pytest.approx(16.0 / 24.0, abs=0.02)


def test_a_molniya_orbit_draws_two_loops():
    """One crossing below each of two apogees half the world apart; 11 of 12 hours of each revolution in the north."""
    track = once_round("molniya")
    assert crossings(track) == 2
    assert track.apogee_longitude_deg == pytest.approx([0.0, -180.0], abs=0.01)
    assert (track.lat_deg > 0.0).mean() == pytest.approx(11.0 / 12.0, abs=0.02)
    # The satellite stays within 10 degrees of the meridian of an apogee while it lies above 20,000 km.
    high = track.lon_deg[track.altitude_km > 20_000.0]
    assert np.minimum(np.abs(high), 180.0 - np.abs(high)).max() < 10.0


def test_a_geostationary_track_is_a_dot():
    """And so is, within 0.02 degrees, what drifting elements make of the same radius in a day."""
    track = en.ground_track(-37.0)
    assert np.ptp(track.lon_deg) == np.ptp(track.lat_deg) == 0.0
    assert track.lon_deg[0] == -37.0
    dsp = en.ground_track("dsp_37w")
    np.testing.assert_array_equal(dsp.lon_deg, track.lon_deg)
    height = float(track.altitude_km[0])
    flat = {"inclination_deg": 0.0, "argument_of_perigee_deg": 0.0, "apogee_longitude_deg": -37.0}
    drifting = en.ground_track(en.Orbit(constellation="dot", perigee_km=height, apogee_km=height, **flat))
    # Node, perigee and anomaly together run 3 J2 (R/r)^2 ahead of Kepler, who is a little ahead of the Earth at this radius.
    r = R_EQ + 1e3 * height
    ahead = 3.0 * J2 * (R_EQ / r) ** 2 + 2.0 * math.pi / OMEGA / period(r) - 1.0
    assert np.ptp(drifting.lon_deg) == pytest.approx(360.0 * ahead, rel=0.01)
    assert np.abs(drifting.lon_deg + 37.0).max() < 0.02
    assert np.abs(drifting.lat_deg).max() < 1e-9
    assert drifting.altitude_km == pytest.approx(height, abs=1e-6)


@pytest.mark.parametrize("row", [row for row in satellites() if row.orbit], ids=lambda row: row.id)
def test_tracks_of_the_catalogue_nearly_close(row):
    """Two revolutions a day; what does not close is less than 2.5 deg, and what the track itself shows, apogee by apogee."""
    track = en.ground_track(row.id, hours=60.0)
    assert track.revolutions == 2
    assert track.repeats
    assert abs(track.track_shift_deg) < STEERED
    apogees = track.apogee_longitude_deg
    assert len(apogees) >= 4
    first = math.ceil(row.orbit.phase - 0.5)  # revolutions after the passage that the row names
    assert apogees[first] == pytest.approx(row.orbit.apogee_longitude_deg, abs=1e-9 if first == 0 else STEERED)
    assert abs(math.remainder(apogees[first] - apogees[first + 1], 360.0)) == pytest.approx(180.0, abs=STEERED)
    moved = np.remainder(apogees[2:] - apogees[:-2] + 180.0, 360.0) - 180.0
    # Perigee to perigee, not node to node: the perigee's own drift, thousandths of a degree a day, is the difference.
    assert moved == pytest.approx(track.track_shift_deg, abs=0.02)
    top = np.argmax(track.altitude_km[:720])
    assert track.altitude_km[top] == pytest.approx(row.orbit.apogee_km, abs=20.0)


def test_an_orbit_that_does_not_repeat_is_said_to():
    """Five revolutions of 4.2 h fall far short of a turn of the Earth, six pass it; the track shows the shift that is told."""
    heights = {"perigee_km": 600.0, "apogee_km": 14_500.0, "inclination_deg": 63.4, "argument_of_perigee_deg": 270.0}
    track = en.ground_track(en.Orbit(**heights, apogee_longitude_deg=0.0), hours=60.0)
    assert not track.repeats
    assert abs(track.track_shift_deg) > 10.0
    apogees = track.apogee_longitude_deg
    moved = np.remainder(apogees[track.revolutions :] - apogees[: -track.revolutions] + 180.0, 360.0) - 180.0
    assert moved == pytest.approx(track.track_shift_deg, abs=0.02)


def test_satellites_of_a_constellation_follow_one_track():
    """Half a period ahead is half a period ahead."""
    lead, follower = en.ground_track("sbirs_heo2", step_s=1.0), en.ground_track("sbirs_heo1", step_s=1.0)
    ahead = lead.period_s / 2.0
    for name in ("lat_deg", "altitude_km"):
        later = np.interp(lead.t_s[:1000] + ahead, follower.t_s, getattr(follower, name))
        assert later == pytest.approx(getattr(lead, name)[:1000], abs=1e-4)


@pytest.mark.parametrize(
    ("asked", "error", "lines"),
    [
        (("eks_9",), en.UnknownName, ["satellite: 'eks_9' is not known; did you mean"]),
        (("us_k",), en.ModelError, ["satellite: 'us_k' is listed but its place cannot be computed: it saw plumes only"]),
        ((180.5,), en.ModelError, ["satellite: 180.5 names no orbit; give"]),
        ((math.nan,), en.ModelError, ["satellite: nan names no orbit; give"]),
        ((None,), en.ModelError, ["satellite: None names no orbit; give"]),
        ((True,), en.ModelError, ["satellite: True names no orbit; give"]),
        ((np.timedelta64(5, "s"),), en.ModelError, ["satellite: np.timedelta64(5,'s') names no orbit; give"]),
        (("tundra", 0), en.ModelError, ["hours: 0 is outside the model; it must be above 0 and at most 744"]),
        (("tundra", 745.0), en.ModelError, ["hours: 745.0 is outside"]),
        (("tundra", math.nan), en.ModelError, ["hours: nan is outside"]),
        ((0.0, "a day"), en.ModelError, ["hours: 'a day' is outside"]),
        ((0.0, 1.0, 0.0), en.ModelError, ["step_s: 0.0 is outside the model; over 1 h it must lie between 0.0036 and 3600"]),
        ((0.0, 1.0, 3601), en.ModelError, ["step_s: 3601 is outside"]),
        (("eks_9", -1.0, -1.0), en.UnknownName, ["satellite: 'eks_9'", "hours: -1.0 is", "step_s: -1.0 is"]),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(asked, error, lines):
    """One line each, all at once."""
    with pytest.raises(error) as caught:
        en.ground_track(*asked)
    said = str(caught.value).splitlines()
    assert len(said) == len(lines)
    for got, line in zip(said, lines, strict=True):
        assert got.startswith(line)
