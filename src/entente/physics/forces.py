"""What acts on a flying body at one instant: gravity, thrust along a pitch programme, drag.

The programme is the generic one of policy studies: straight up, then a turn at a constant rate down to a final pitch,
then that pitch held, all in axes frozen at lift-off. Only the final pitch is ever solved for.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.physics.atmosphere import TOP, air
from entente.physics.earth import altitude
from entente.physics.gravity import gravity

# Positions in the vector of what holds during one arc between discontinuities.
IGNITION, MASS, FLOW, THRUST, LOSS, AREA, INV_BETA, SPIN = 0, 1, 2, 3, 4, 5, 6, 7
UP, DOWNRANGE = 8, 11  # unit vectors at lift-off, inertial axes
TURN_START, TURN_END, FINAL_PITCH, LIFT_OFF = 14, 15, 16, 17
SIZE = 18

SEA_LEVEL_PRESSURE = 101_325.0  # Pa

# Drag coefficient of a slender body against Mach number (Forden 2007, figure 1, as re-implemented in open code).
MACH = np.array([0.0, 0.85, 1.0, 1.2, 2.0, 4.5])
DRAG = np.array([0.20, 0.20, 0.27, 0.27, 0.20, 0.20])


@kernel
def drag_coefficient(mach: float) -> float:
    """Drag coefficient [1] of a generic slender missile at a Mach number.

    Valid: small angles of attack; straight lines between the table's points, constant beyond Mach 4.5.
    Source: Forden, Science & Global Security 15 (2007), figure 1.
    """
    if mach >= MACH[-1]:
        return DRAG[-1]
    i = 0
    while mach >= MACH[i + 1]:
        i += 1
    return DRAG[i] + (mach - MACH[i]) / (MACH[i + 1] - MACH[i]) * (DRAG[i + 1] - DRAG[i])


@kernel
def pitch(t: float, arc: Floats) -> float:
    """Angle of the thrust above the horizontal of the launch point [rad] at time `t` [s]; own, see the module."""
    since = t - arc[LIFT_OFF]
    if since <= arc[TURN_START]:
        return 0.5 * math.pi
    if since >= arc[TURN_END]:
        return arc[FINAL_PITCH]
    share = (since - arc[TURN_START]) / (arc[TURN_END] - arc[TURN_START])
    return 0.5 * math.pi + share * (arc[FINAL_PITCH] - 0.5 * math.pi)


@kernel
def rates(t: float, y: Floats, arc: Floats, out: Floats) -> None:
    """Time derivative of a state in inertial axes.

    Args:
        t: time [s].
        y: position [m] and velocity [m/s], (6,), inertial axes (Earth-fixed axes frozen at some instant).
        arc: what holds during this arc, (SIZE,).
        out: (6,), written.
    Valid: a point mass; thrust falls by the stated share of the vacuum thrust at sea level, in proportion to pressure;
        drag by ballistic coefficient where one is given, else by area and Mach number.
    """
    x, yy, z, vx, vy, vz = y[0], y[1], y[2], y[3], y[4], y[5]
    ax, ay, az = gravity(x, yy, z)
    mass = arc[MASS] - arc[FLOW] * (t - arc[IGNITION])
    height = altitude(x, yy, z)
    pressure = 0.0
    if height < TOP and (arc[AREA] > 0.0 or arc[INV_BETA] > 0.0):
        rho, pressure, sound = air(height)
        # The air turns with the Earth.
        wx, wy = vx + arc[SPIN] * yy, vy - arc[SPIN] * x
        speed = math.sqrt(wx * wx + wy * wy + vz * vz)
        if arc[INV_BETA] > 0.0:
            slow = -0.5 * rho * speed * arc[INV_BETA]
        else:
            slow = -0.5 * rho * speed * drag_coefficient(speed / sound) * arc[AREA] / mass
        ax += slow * wx
        ay += slow * wy
        az += slow * vz
    if arc[THRUST] > 0.0:
        push = arc[THRUST] * (1.0 - arc[LOSS] * pressure / SEA_LEVEL_PRESSURE) / mass
        angle = pitch(t, arc)
        s, c = push * math.sin(angle), push * math.cos(angle)
        ax += s * arc[UP] + c * arc[DOWNRANGE]
        ay += s * arc[UP + 1] + c * arc[DOWNRANGE + 1]
        az += s * arc[UP + 2] + c * arc[DOWNRANGE + 2]
    out[0], out[1], out[2] = vx, vy, vz
    out[3], out[4], out[5] = ax, ay, az
