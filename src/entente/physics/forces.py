"""What acts on a flying body at one instant: gravity, thrust along a pitch programme, drag.

Everything that holds between two discontinuities stands in one vector, the arc: which layer of the air the body is in,
between which points of its drag table, how its pitch changes. Inside an arc the forces are smooth, so that an
integrator keeps its order; whoever integrates ends its steps where the arc ends and opens the next one.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel, kernel_inlined
from entente.physics.atmosphere import EDGES, air_in, layer
from entente.physics.earth import height_by_series
from entente.physics.gravity import gravity

# Positions in an arc. Mass and thrust:
SINCE, MASS, FLOW, THRUST, LOSS = 0, 1, 2, 3, 4
# Drag: area [m^2] with a coefficient linear in the Mach number, or the inverse of a ballistic coefficient [m^2/kg];
AREA, INV_BETA, CD, CD_SLOPE, CELL, MACH_LOW, MACH_HIGH = 5, 6, 7, 8, 9, 10, 11
# the air: which one, how dense against the standard, the Earth's spin [rad/s], the layer and its edges [m].
AIR, DENSITY, SPIN, LAYER, LOW, HIGH = 12, 13, 14, 15, 16, 17
# Steering: the pitch at SINCE [rad] and its rate [rad/s], or along the motion; unit vectors at lift-off, inertial axes.
PITCH, PITCH_RATE, FOLLOWS, UP, DOWNRANGE = 18, 19, 20, 21, 24
SIZE = 27

NO_AIR, STANDARD, SMOOTH = 0, 1, 2  # values of AIR
SMOOTH_RHO0 = 1.752  # kg/m^3  the smooth air thins exponentially: Regan & Anandakrishnan, Dynamics of Atmospheric
SMOOTH_SCALE = 6_700.0  # m     Re-Entry (1993); for comparisons between integrators
SEA_LEVEL_PRESSURE = 101_325.0  # Pa

# Drag coefficient of a slender body against Mach number (Forden 2007, figure 1, as re-implemented in open code).
SLENDER = np.array([[0.0, 0.20], [0.85, 0.20], [1.0, 0.27], [1.2, 0.27], [2.0, 0.20], [4.5, 0.20]])


@kernel
def free_fall(inv_beta: float, omega: float, air: int) -> Floats:
    """The arc of a body that falls freely.

    Args:
        inv_beta: inverse of its ballistic coefficient [m^2/kg]; omega: the Earth's spin [rad/s].
        air: NO_AIR, STANDARD (then `enter_air` says in which layer it begins) or SMOOTH.
    Returns:
        (SIZE,).
    """
    arc = np.zeros(SIZE)
    arc[MASS], arc[INV_BETA], arc[SPIN], arc[AIR], arc[DENSITY] = 1.0, inv_beta, omega, air, 1.0
    arc[LOW], arc[HIGH], arc[MACH_LOW], arc[MACH_HIGH] = -math.inf, math.inf, -math.inf, math.inf
    return arc


@kernel
def enter_air(arc: Floats, height: float) -> None:
    """Put the body into the layer of the standard air at a height [m]."""
    enter_layer(arc, layer(height))


@kernel
def enter_layer(arc: Floats, index: int) -> None:
    """Put the body into a layer, 0 the lowest; above the last edge there is no air."""
    arc[LAYER] = index
    arc[LOW] = EDGES[index - 1] if index > 0 else -math.inf
    arc[HIGH] = EDGES[index] if index < EDGES.size else math.inf


@kernel
def enter_mach(arc: Floats, drag: Floats, index: int) -> None:
    """Put the body between points `index` and `index + 1` of a drag table (D, 2): Mach number, coefficient.

    Below the first point and beyond the last one the coefficient is theirs.
    """
    last = drag.shape[0] - 1
    arc[CELL] = index
    arc[MACH_LOW] = drag[index, 0] if index >= 0 else -math.inf
    arc[MACH_HIGH] = drag[index + 1, 0] if index < last else math.inf
    arc[CD_SLOPE] = 0.0
    if index < 0 or index == last:
        arc[CD] = drag[max(index, 0), 1]
    else:
        arc[CD_SLOPE] = (drag[index + 1, 1] - drag[index, 1]) / (drag[index + 1, 0] - drag[index, 0])
        arc[CD] = drag[index, 1] - arc[CD_SLOPE] * drag[index, 0]


@kernel
def mach_index(drag: Floats, mach: float) -> int:
    """The point of a drag table (D, 2) at or below a Mach number; -1 below the first."""
    index = -1
    while index + 1 < drag.shape[0] and mach >= drag[index + 1, 0]:
        index += 1
    return index


@kernel_inlined
def mach_number(y: Floats, arc: Floats) -> float:
    """Speed through the air over the speed of sound of the layer the body is in."""
    wx, wy = y[3] + arc[SPIN] * y[1], y[4] - arc[SPIN] * y[0]
    _, _, sound = air_in(int(arc[LAYER]), height_by_series(y[0], y[1], y[2]))
    return math.sqrt(wx * wx + wy * wy + y[5] * y[5]) / sound


@kernel_inlined
def rates(t: float, y: Floats, arc: Floats, out: Floats) -> None:
    """Time derivative of a state in inertial axes.

    Args:
        t: time [s].
        y: position [m] and velocity [m/s], (6,), inertial axes (Earth-fixed axes frozen at some instant).
        arc: what holds during this arc, (SIZE,).
        out: (6,), written.
    Valid: a point mass; thrust falls by the stated share of the vacuum thrust at sea level, in proportion to pressure;
        drag by ballistic coefficient where one is given, else by area and Mach number; no lift, no wind.
    Source: Montenbruck & Gill, Satellite Orbits (2000), chapter 3; Forden, Science & Global Security 15 (2007).
    """
    x, yy, z, vx, vy, vz = y[0], y[1], y[2], y[3], y[4], y[5]
    ax, ay, az = gravity(x, yy, z)
    # The air turns with the Earth.
    wx, wy = vx + arc[SPIN] * yy, vy - arc[SPIN] * x
    mass = arc[MASS] - arc[FLOW] * (t - arc[SINCE])
    pressure = 0.0
    if arc[AIR] > 0.0:
        height = height_by_series(x, yy, z)
        speed = math.sqrt(wx * wx + wy * wy + vz * vz)
        if arc[AIR] == SMOOTH:
            rho, sound = SMOOTH_RHO0 * math.exp(-height / SMOOTH_SCALE), 1.0
        else:
            rho, pressure, sound = air_in(int(arc[LAYER]), height)
        over_mass = arc[INV_BETA]
        if over_mass == 0.0:
            over_mass = (arc[CD] + arc[CD_SLOPE] * speed / sound) * arc[AREA] / mass
        slow = -0.5 * arc[DENSITY] * rho * speed * over_mass
        ax += slow * wx
        ay += slow * wy
        az += slow * vz
    if arc[THRUST] > 0.0:
        push = arc[THRUST] * (1.0 - arc[LOSS] * pressure / SEA_LEVEL_PRESSURE) / mass
        if arc[FOLLOWS] > 0.0:
            push /= math.sqrt(wx * wx + wy * wy + vz * vz)
            ax += push * wx
            ay += push * wy
            az += push * vz
        else:
            angle = arc[PITCH] + arc[PITCH_RATE] * (t - arc[SINCE])
            s, c = push * math.sin(angle), push * math.cos(angle)
            ax += s * arc[UP] + c * arc[DOWNRANGE]
            ay += s * arc[UP + 1] + c * arc[DOWNRANGE + 1]
            az += s * arc[UP + 2] + c * arc[DOWNRANGE + 2]
    out[0], out[1], out[2] = vx, vy, vz
    out[3], out[4], out[5] = ax, ay, az
