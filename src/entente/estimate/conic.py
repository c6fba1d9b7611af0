"""A fall without air around a round Earth, in closed form: what sigma points need, which are only compared with one another."""

import math

from entente.compiled import kernel
from entente.constants import GM


@kernel
def fall(
    x: float, y: float, z: float, vx: float, vy: float, vz: float, radius: float
) -> tuple[float, float, float, float, int]:
    """Where and when a body meets a sphere from above.

    Args:
        x, y, z: position [m], vx, vy, vz: velocity [m/s], inertial, from the Earth's centre.
        radius: of the sphere [m].
    Returns:
        position there [m], inertial; time until then [s]; status: 2 where it never comes down or is not bound to the
        Earth; nan in, nan or 2 out. A body below the sphere already and still sinking is put straight up onto it, at once.
    Valid: point mass. The Earth's bulge moves the end by some km in 1,000 s, nearly the same for neighbouring bodies.
    Source: Vallado, Fundamentals of Astrodynamics (2013), section 2.3: f and g by the change of eccentric anomaly, which
        is not searched for, since the radius at the end is given.
    """
    r = math.sqrt(x * x + y * y + z * z)
    rv = x * vx + y * vy + z * vz
    v2 = vx * vx + vy * vy + vz * vz
    if r <= radius and rv <= 0.0:
        up = radius / r
        return up * x, up * y, up * z, 0.0, 0
    # The radial speed at the end, from energy and angular momentum; differences of radii first, they may be small.
    h2 = r * r * v2 - rv * rv
    sink2 = v2 + 2.0 * GM * (r - radius) / (radius * r) - h2 / (radius * radius)
    per_a = 2.0 / r - v2 / GM
    if not (sink2 > 0.0 and per_a > 0.0):
        return math.nan, math.nan, math.nan, math.nan, 2
    rate = math.sqrt(GM * per_a) * per_a  # mean motion
    scale = math.sqrt(per_a / GM)
    # e cos E and e sin E at both ends.
    c0, s0 = 1.0 - r * per_a, rv * scale
    c1, s1 = 1.0 - radius * per_a, -radius * math.sqrt(sink2) * scale
    e2 = c0 * c0 + s0 * s0
    cos_turn, sin_turn = (c0 * c1 + s0 * s1) / e2, (s1 * c0 - c1 * s0) / e2
    turn = math.atan2(sin_turn, cos_turn)
    if turn < 0.0:
        turn += 2.0 * math.pi
    f = 1.0 - (1.0 - cos_turn) / (per_a * r)
    g = (sin_turn - s1 + s0) / rate
    return f * x + g * vx, f * y + g * vy, f * z + g * vz, (turn - s1 + s0) / rate, 0
