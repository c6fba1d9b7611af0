"""How likely is a satellite to see a burning stage? How bright the plume is, what the air lets through, what lies behind.

A plume is told by the thrust of its stage: what it radiates is taken as proportional to that. It is seen with the full
chance of a look where what arrives reaches the satellite's threshold, and with the part of it that arrives where it does
not. Clouds are not asked for here: what hides behind them (physics.geometry.hidden_by_earth) has no chance at all.
"""

import math

from entente.compiled import Floats, kernel
from entente.constants import R_MEAN
from entente.physics.earth import altitude
from entente.physics.geometry import before_earth

# Recalled or assumed, grade D; what each may be instead is said behind it.
VAPOUR_HEIGHT = 2_000.0  # m  scale height of water vapour; recalled, 1,500 to 3,000
VAPOUR_DEPTH = 8.0  # 1  optical depth of all of it, straight up, in the bands of 2.7 um; assumed, 3 to 20
BURNS_ON, BURNT_OUT = 40e3, 80e3  # m  between them the exhaust stops burning in the air; recalled, 10 km either way
VACUUM_SHARE = 0.3  # 1  of the brightness is left above; assumed, 0.1 to 1
DARK_SKY = 3.0  # 1  times fainter is the dimmest plume seen against space than against the disc; assumed, 1 to 10


@kernel
def burning_thrust(since: float, burns: Floats) -> float:
    """Thrust [N] so long after lift-off [s]; burns: begin, end [s] and thrust [N] of each stage, (S, 3). 0 if none burns."""
    for s in range(burns.shape[0]):
        if burns[s, 0] <= since < burns[s, 1]:
            return burns[s, 2]
    return 0.0


@kernel
def afterburning(height: float) -> float:
    """Brightness at a height [m] as a share of that low down, where the exhaust burns on in the air.

    Valid: orders of magnitude; falls evenly in the logarithm from BURNS_ON to BURNT_OUT.
    Source: recalled (Simmons, Rocket Exhaust Plume Phenomenology, 2000: afterburning ends at some 40 to 60 km).
    """
    part = min(1.0, max(0.0, (height - BURNS_ON) / (BURNT_OUT - BURNS_ON)))
    return VACUUM_SHARE**part


@kernel
def air_mass(sine: float) -> float:
    """Water vapour along a ray that rises at an elevation of that sine (>= 0), over what lies straight up.

    Valid: at the ground; within 0.2 % at all elevations for the scale height of vapour (tests/laws/test_plumes.py).
    Source: Chapman's grazing-incidence function by its error-function form, own derivation from the parabola of the ray.
    """
    y = sine * math.sqrt(0.5 * R_MEAN / VAPOUR_HEIGHT)
    if y > 5.0:
        return (1.0 - 0.5 / (y * y)) / sine
    return math.sqrt(0.5 * math.pi * R_MEAN / VAPOUR_HEIGHT) * math.exp(y * y) * math.erfc(y)


@kernel
def transmission(site: Floats, place: Floats) -> float:
    """Share of what a plume radiates that the water vapour lets through to a satellite.

    Args:
        site: the satellite, above the vapour, place: the plume, Earth-fixed [m], (3,).
    Returns:
        share, 0 to 1; a ray that first comes down, towards the limb, crosses the vapour at its lowest point as well.
    Valid: clear air of one temperature; a band of 2.7 um as one grey depth, which makes the edge too sharp.
    Source: Beer's law; `air_mass`.
    """
    dx, dy, dz = site[0] - place[0], site[1] - place[1], site[2] - place[2]
    up = math.sqrt(place[0] ** 2 + place[1] ** 2 + place[2] ** 2)
    sine = (dx * place[0] + dy * place[1] + dz * place[2]) / (up * math.sqrt(dx * dx + dy * dy + dz * dz))
    height = altitude(place[0], place[1], place[2])
    above = math.exp(-height / VAPOUR_HEIGHT) * air_mass(abs(sine))
    if sine < 0.0:
        lowest = (R_MEAN + height) * math.sqrt(1.0 - sine * sine) - R_MEAN
        above = 2.0 * math.exp(-lowest / VAPOUR_HEIGHT) * air_mass(0.0) - above
    return math.exp(-VAPOUR_DEPTH * max(0.0, above))


@kernel
def plume_chance(thrust: float, dimmest: float, p_detect: float, site: Floats, place: Floats) -> float:
    """Chance that one look detects a burning stage that nothing hides.

    Args:
        thrust: of the stage, in vacuum [N]; dimmest: thrust whose plume is just detected in full, low and in clear air,
            against the Earth's disc [N], above 0.
        p_detect: chance of a look at a plume that is bright enough.
        site: the satellite, place: the plume, Earth-fixed [m], (3,).
    Returns:
        probability, 0 to p_detect.
    Valid: brightness in proportion to thrust (fuels differ by a factor of three either way, recalled), any aspect, one
        distance: a satellite near its perigee would see fainter plumes.
    Source: own; the threshold is held to what is known: DSP saw all Scuds of 1991, some 110 kN (Forden, Podvig and Postol,
        IEEE Spectrum, March 2000).
    """
    bright = thrust * afterburning(altitude(place[0], place[1], place[2])) / dimmest
    if not before_earth(site, place):
        bright *= DARK_SKY
    return p_detect * min(1.0, bright * transmission(site, place))
