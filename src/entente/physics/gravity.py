"""What pulls: a point mass with the Earth's bulge, and what a turning frame adds."""

import math

from entente.compiled import kernel, kernel_inlined
from entente.constants import GM, J2, OMEGA, R_EQ


@kernel_inlined
def gravity(x: float, y: float, z: float) -> tuple[float, float, float]:
    """Gravitational acceleration, point mass plus J2.

    Args:
        x, y, z: position [m], Earth-centred, z along the rotation axis; inertial or Earth-fixed.
    Returns:
        acceleration [m/s^2], same axes.
    Valid: outside the Earth; neglects J3 and above (about 1e-5 of g).
    Source: Montenbruck & Gill, Satellite Orbits (2000), section 3.2.
    """
    r2 = x * x + y * y + z * z
    z2 = z * z / r2
    bulge = 1.5 * J2 * R_EQ * R_EQ / r2
    pull = -GM / (r2 * math.sqrt(r2))
    # The z row feels 3 - 5z^2/r^2 where x and y feel 1 - 5z^2/r^2.
    across = pull * (1.0 + bulge * (1.0 - 5.0 * z2))
    return across * x, across * y, pull * (1.0 + bulge * (3.0 - 5.0 * z2)) * z


@kernel
def ecef_acceleration(x: float, y: float, z: float, vx: float, vy: float, vz: float) -> tuple[float, float, float]:
    """Acceleration of a free-falling body seen in Earth-fixed axes: gravity, Coriolis and centrifugal terms.

    Args:
        x, y, z: position [m]; vx, vy, vz: velocity [m/s]; both Earth-fixed.
    Returns:
        acceleration [m/s^2], Earth-fixed.
    Valid: no drag; constant spin about z.
    Source: Montenbruck & Gill (2000), section 3.2; Goldstein, Classical Mechanics, section 4.10.
    """
    gx, gy, gz = gravity(x, y, z)
    return gx + 2.0 * OMEGA * vy + OMEGA * OMEGA * x, gy - 2.0 * OMEGA * vx + OMEGA * OMEGA * y, gz
