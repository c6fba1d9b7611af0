"""The integrator against SciPy's DOP853 at 1e-12, with the forces written a second time in plain Python."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from entente.ascent import TOLERANCE, Ascent
from entente.constants import ECC2, G0, GAS_AIR, GM, J2, OMEGA, R_EQ, R_GEOPOTENTIAL
from entente.physics import forces, powered
from entente.physics.dop853 import STAGES, step
from entente.physics.earth import ecef_from_geodetic, enu_axes
from entente.physics.forces import free_fall, rates
from entente.physics.integrate import advance
from entente.physics.upper_air import JOINTS, LN_DENSITY
from entente.scenario.rows import vehicles

pytestmark = pytest.mark.kernel

# m at impact: SciPy's steps cross the corners of the drag table and the edges of the air, ours end there
DECIMETRES = 0.3
CENTIMETRE_PER_SECOND = 0.01  # m/s at impact
MILLISECOND = 1e-3  # s of impact and apogee, in which a re-entering body flies a few metres
ORDER = 8

LAYERS = (  # height of the foot [m], temperature there [K], lapse [K/m], pressure there [Pa]: table 4 of the standard
    (71_000.0, 214.65, -0.002, 3.956420),
    (51_000.0, 270.65, -0.0028, 66.93887),
    (47_000.0, 270.65, 0.0, 110.9063),
    (32_000.0, 228.65, 0.0028, 868.0187),
    (20_000.0, 216.65, 0.001, 5_474.889),
    (11_000.0, 216.65, 0.0, 22_632.06),
    (-5_000.0 * 1e6, 288.15, -0.0065, 101_325.0),
)


def height(r):
    """Above the ellipsoid [m], by Newton's method for the foot point's latitude."""
    p, lat = math.hypot(r[0], r[1]), math.atan2(r[2], (1.0 - ECC2) * math.hypot(r[0], r[1]))
    for _ in range(4):
        n = R_EQ / math.sqrt(1.0 - ECC2 * math.sin(lat) ** 2)
        lat = math.atan2(r[2] + ECC2 * n * math.sin(lat), p)
    return p * math.cos(lat) + r[2] * math.sin(lat) - R_EQ**2 / n


def weather(z):
    """Density, pressure, speed of sound at a height."""
    if z >= 1e6:
        return 0.0, 0.0, 274.1
    if z >= 86_000.0:
        i = np.searchsorted(JOINTS, z, side="right") - 1
        t = np.interp(z, JOINTS[i : i + 2], [-1.0, 1.0])
        return math.exp(np.polynomial.polynomial.polyval(t, LN_DENSITY[i])), 0.0, 274.1
    h = R_GEOPOTENTIAL * z / (R_GEOPOTENTIAL + z)
    foot, warm, lapse, p = next(layer for layer in LAYERS if h >= layer[0])
    foot = max(foot, 0.0)
    t = warm + lapse * (h - foot)
    p *= math.exp(-G0 * (h - foot) / (GAS_AIR * warm)) if lapse == 0.0 else (t / warm) ** (-G0 / (GAS_AIR * lapse))
    return p / (GAS_AIR * t), p, math.sqrt(1.4 * GAS_AIR * t)


def pull(r):
    """Gravity as the negative gradient of -GM/r (1 - J2 (R/r)^2 P2(z/r)), differentiated by hand."""
    d = math.sqrt(r[0] ** 2 + r[1] ** 2 + r[2] ** 2)
    sine = r[2] / d
    radial = -GM / d**2 * (1.0 - 3.0 * J2 * (R_EQ / d) ** 2 * 0.5 * (3.0 * sine**2 - 1.0))
    polar = -GM / d**2 * J2 * (R_EQ / d) ** 2 * 3.0 * sine
    return np.array([radial * r[0] / d - polar * sine * r[0] / d, radial * r[1] / d - polar * sine * r[1] / d,
                     radial * sine + polar * (1.0 - sine**2)])  # fmt: skip


def falling(beta):
    """Slope of a re-entering body's state in inertial axes; beta None for no air."""

    def slope(_t, y):
        a = pull(y[:3])
        if beta is not None:
            wind = y[3:] - OMEGA * np.array([-y[1], y[0], 0.0])
            a = a - 0.5 * weather(height(y[:3]))[0] * math.sqrt(wind @ wind) / beta * wind
        return np.concatenate([y[3:], a])

    return slope


def climbing(vehicle, stage, lit, ascent, azimuth, programme, burns):
    """Slope while a stage burns, coasts unlit, or (stage -1) stays on empty: thrust, drag on its area, shrinking mass."""
    row = vehicle.stages[stage]
    left = row.dry_kg if stage == -1 else sum(above.fuelled_kg for above in vehicle.stages[stage:])
    flow = (row.fuelled_kg - row.dry_kg) / row.burn
    area = math.pi * row.diameter_m**2 / 4.0
    table = np.array(vehicle.drag_table or [[0, 0.2], [0.85, 0.2], [1.0, 0.27], [1.2, 0.27], [2.0, 0.2], [4.5, 0.2]])
    axes = np.empty((3, 3))
    enu_axes(ascent.lat, ascent.lon, axes)
    up, downrange = axes[2], math.sin(azimuth) * axes[0] + math.cos(azimuth) * axes[1]

    def slope(t, y):
        now = vehicle.payload_kg + left - (flow * (t - lit) if burns else 0.0)
        rho, p, sound = weather(height(y[:3]))
        wind = y[3:] - OMEGA * np.array([-y[1], y[0], 0.0])
        speed = math.sqrt(wind @ wind)
        coefficient = np.interp(speed / sound, table[:, 0], table[:, 1])
        a = pull(y[:3]) - 0.5 * rho * speed * coefficient * area / now * wind
        if burns:
            angle = np.interp(t, programme[:, 0], programme[:, 1])
            along = math.sin(angle) * up + math.cos(angle) * downrange
            if ascent.follows and t >= programme[-1, 0]:
                along = wind / speed
            a = a + flow * row.isp_s * G0 * (1.0 - row.loss * p / 101_325.0) / now * along
        return np.concatenate([y[3:], a])

    return slope


def flown_by_dop853(vehicle, ascent, azimuth, programme):
    """Time and state at the last burnout, and at the ground, cut at every jump of the forces."""
    r = np.array(ecef_from_geodetic(ascent.lat, ascent.lon, 0.0))
    y, t, lit = np.concatenate([r, OMEGA * np.array([-r[1], r[0], 0.0])]), 0.0, 0.0
    for stage, row in enumerate(vehicle.stages):
        out = lit + row.burn
        last = stage == len(vehicle.stages) - 1
        ends = {corner for corner in programme[:, 0] if t < corner < out + row.coast_s} | {out}
        for end in sorted(ends if last else ends | {out + row.coast_s}):
            if end > t:
                burns = end <= out
                above = stage if burns else stage + 1
                slope = climbing(vehicle, above, lit, ascent, azimuth, programme, burns)
                t, y = by_dop853(slope, t, y, end)
        lit = out + row.coast_s
    burnout = t, y
    slope = (
        falling(ascent.body.beta) if vehicle.separates else climbing(vehicle, -1, t, ascent, azimuth, programme, False)
    )
    return burnout, by_dop853(slope, t, y, 20_000.0, ground=True)


def by_dop853(slope, t, y, end, ground=False):
    """SciPy's DOP853 at 1e-12; to the ground if asked."""

    def level(_t, state):
        return height(state[:3])

    level.terminal, level.direction = True, -1
    answer = solve_ivp(slope, (t, end), y, "DOP853", rtol=1e-12, atol=1e-9, events=level if ground else None)
    return answer.t[-1], answer.y[:, -1]


def inertial(lat, lon, alt, speed, elevation, azimuth):
    """A state given by place and velocity over the turning Earth."""
    axes = np.empty((3, 3))
    enu_axes(lat, lon, axes)
    level = speed * math.cos(elevation)
    r = np.array(ecef_from_geodetic(lat, lon, alt))
    v = axes.T @ [level * math.sin(azimuth), level * math.cos(azimuth), speed * math.sin(elevation)]
    return np.concatenate([r, v + OMEGA * np.array([-r[1], r[0], 0.0])])


@pytest.mark.parametrize(
    ("speed", "elevation", "azimuth", "beta"),
    [
        (1800.0, 0.6, 0.7, 3000.0),
        (4500.0, 0.5, -0.7, 500.0),
        (4500.0, 0.9, 2.0, 9000.0),
        (6800.0, 0.35, 5.5, 3000.0),
        (6800.0, 0.35, 0.1, None),
    ],
)
def test_ballistic_arcs_are_dop853s(speed, elevation, azimuth, beta):
    """SciPy's DOP853 at 1e-12, from 200 km to impact with J2 and drag: within 0.3 m and 1 cm/s at impact."""
    y = inertial(0.63, 0.8, 200e3, speed, elevation, azimuth)
    t, end = by_dop853(falling(beta), 0.0, y, 6000.0, ground=True)
    arc = free_fall(1.0 / beta if beta else 0.0, OMEGA, forces.STANDARD if beta else forces.NO_AIR)
    ours = y.copy()
    assert advance(0.0, ours, t, arc, TOLERANCE) == 0
    apart = np.linalg.norm(ours[:3] - end[:3]), np.linalg.norm(ours[3:] - end[3:])
    print(f"{speed:.0f} m/s, beta {beta}: {apart[0]:.1e} m, {apart[1]:.1e} m/s after {t:.0f} s")
    assert apart[0] < DECIMETRES
    assert apart[1] < CENTIMETRE_PER_SECOND


def catalogue(name, **changes):
    return next(row for row in vehicles() if row.id == name).vehicle.model_copy(update=changes)


COASTING = tuple(
    stage.model_copy(update={"coast_s": 12.0 * (i == 0)}) for i, stage in enumerate(catalogue("mrbm_3000").stages)
)
BLUNT = ((0.5, 0.5), (1.5, 0.9), (3.0, 0.3))  # from above Mach 0 on


@pytest.mark.parametrize(
    ("vehicle", "pitch", "bend", "azimuth", "follows"),
    [
        (catalogue("mrbm_3000"), 0.8, 0.0, 5.5, False),
        (catalogue("mrbm_3000"), 0.5, 0.0, 0.7, False),
        (catalogue("scud_b"), 0.75, 0.0, 3.0, False),
        (catalogue("mrbm_3000"), 1.2, 0.0, 1.5, False),
        (catalogue("mrbm_3000"), 1.0, 0.0, 5.28, False),
        (catalogue("no_dong"), 0.7, 0.0, 0.7, False),
        (catalogue("icbm_solid"), 0.44, 0.17, 3.5, False),
        (catalogue("mrbm_3000", stages=COASTING), 0.9, 0.3, 1.0, False),
        (catalogue("sounding_rocket"), 1.3, 0.0, 5.9, False),
        (catalogue("scud_b", drag_table=BLUNT), 0.8, 0.0, 2.0, False),
        (catalogue("mrbm_3000"), 0.95, 0.0, 4.0, True),
        (catalogue("scud_b"), 1.2, 0.0, 0.3, True),
    ],
    ids=[
        "mrbm", "mrbm flat", "scud", "mrbm steep", "mrbm north-west", "no-dong", "three stages and a bend", "a coast and a bend",
        "three coasts", "another drag table", "gravity turn", "gravity turn of one stage",
    ],
)  # fmt: skip
def test_powered_flights_are_dop853s(vehicle, pitch, bend, azimuth, follows):
    """SciPy's DOP853 at 1e-12, cut where forces jump, from lift-off: events within 1 ms, impact within 0.3 m."""
    ascent = Ascent(vehicle, 0.63, 0.8, 4_000.0, follows=follows)
    status, events = ascent.fly(azimuth, pitch, bend)
    assert status == 0
    burnout, impact = flown_by_dop853(vehicle, ascent, azimuth, ascent.programme(pitch, bend))
    t, y = burnout
    wind = y[3:] - OMEGA * np.array([-y[1], y[0], 0.0])
    assert events[powered.BURNOUT] == pytest.approx(t, abs=1e-9)
    assert events[powered.BURNOUT_SPEED] == pytest.approx(np.linalg.norm(wind), abs=CENTIMETRE_PER_SECOND)
    assert events[powered.BURNOUT_ALT] == pytest.approx(height(y[:3]), abs=DECIMETRES)
    sine = y[:3] @ wind / np.linalg.norm(y[:3]) / np.linalg.norm(wind)
    assert math.sin(events[powered.BURNOUT_ANGLE]) == pytest.approx(sine, abs=1e-6)
    t, y = impact
    apart = np.linalg.norm(events[powered.IMPACT_STATE :][:3] - y[:3])
    print(f"impact {apart:.1e} m, {abs(events[powered.IMPACT] - t):.1e} s")
    assert abs(events[powered.IMPACT] - t) < MILLISECOND
    assert apart < DECIMETRES


def test_the_method_is_of_order_eight():
    """Halving fixed steps on a smooth arc divides the error by about 2^8 (between 2^7 and 2^9.5)."""
    y = inertial(0.2, 0.1, 500e3, 6000.0, 0.7, 1.0)
    arc = free_fall(0.0, OMEGA, forces.NO_AIR)
    k, work, total = np.empty((STAGES, 6)), np.empty(6), 1600.0

    def end(steps):
        now, out = y.copy(), np.empty(6)
        for i in range(steps):
            rates(i * total / steps, now, arc, k[0])
            step(i * total / steps, now, total / steps, arc, k, work, out, 1.0)
            now[:] = out
        return now

    right = end(64)
    errors = [np.linalg.norm((end(steps) - right)[:3]) for steps in (4, 8, 16)]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    print(f"errors {errors} m, orders {orders}")
    assert (orders > ORDER - 1.0).all()
    assert (orders < ORDER + 1.5).all()


def test_an_arc_flown_there_and_back_ends_where_it_began():
    """Backward in time as well as forward, without air: 1 cm."""
    y = inertial(0.2, 0.1, 500e3, 6000.0, 0.7, 1.0)
    arc = free_fall(0.0, OMEGA, forces.NO_AIR)
    there = y.copy()
    assert advance(0.0, there, 1500.0, arc, TOLERANCE) == 0
    assert np.linalg.norm(there - y) > 1e6
    assert advance(1500.0, there, 0.0, arc, TOLERANCE) == 0
    np.testing.assert_allclose(there[:3], y[:3], rtol=0, atol=0.01)
    np.testing.assert_allclose(there[3:], y[3:], rtol=0, atol=1e-5)


def test_steps_that_never_end_are_said():
    """A time that never comes (nan never passes) ends with status 3, not in a loop."""
    y = inertial(0.2, 0.1, 500e3, 6000.0, 0.7, 1.0)
    arc = free_fall(0.0, OMEGA, forces.NO_AIR)
    assert advance(0.0, np.full(6, math.nan), 100.0, arc, TOLERANCE) == 3
    assert advance(5.0, y, 5.0, arc, TOLERANCE) == 0
