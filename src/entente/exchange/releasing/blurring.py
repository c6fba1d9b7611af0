"""By how much is what a nation releases off? By a bias that belongs to the body, follows from the party's secret, and stays.

Noise that is drawn anew for every message averages out: of 10,000 of them a hundredth is left. So the bias is a function of
the secret and of the body's name: a repetition, a new track and another message of the same body all have the same one.

Two attacks are left, and each has its answer.

- A policy that changes from 2 km to 5 km would give two different multiples of one vector, and with them the vector. So the
  bias is a *walk*: the coarser one is the finer one plus something of its own, and who has both knows no more than from the
  finer. Sizes are those of a ladder, for the walk has steps.
- A state that is off by one constant vector does not move as gravity makes it move, and a fit over minutes finds the vector.
  So a released state is that of the same flight *turned* about the Earth's centre by a small angle, in axes that do not
  rotate: it falls as freely as the true one. What it hides is where over the ground the body is, not how high.
"""

import hmac
import math
from functools import lru_cache
from itertools import pairwise

import numpy as np

from entente.compiled import Floats
from entente.constants import OMEGA, R_MEAN
from entente.scenario.units import KM

LADDER = (
    0.0,
    *(float(f"{step}e{power}") for power in (-3, -2, -1, 0, 1, 2) for step in (1, 2, 5)),
    1000.0,
)  # the sizes there are, in their unit
DOMAIN = b"entente release 1\0"  # what the secret is used for here, so that another use of it gives other numbers


def keyed(secret: bytes, *words: str) -> bytes:
    """32 bytes that follow from the secret and these words, HMAC-SHA256; without the secret they look like chance."""
    said = [word.encode() for word in words]
    return hmac.digest(secret, DOMAIN + b"".join(b"%d:%b" % (len(word), word) for word in said), "sha256")


def normals(secret: bytes, count: int, *words: str) -> Floats:
    """Standard normal numbers (count,) that follow from the secret and these words; Box and Muller."""
    out: list[float] = []
    for block in range((count + 1) // 2):
        raw = keyed(secret, *words, str(block))
        u, angle = ((int.from_bytes(raw[i : i + 8], "big") >> 11) + 0.5 for i in (0, 8))
        size, turn = math.sqrt(-2.0 * math.log(u * 2.0**-53)), 2.0 * math.pi * angle * 2.0**-53
        out += (size * math.cos(turn), size * math.sin(turn))
    return np.array(out[:count])


@lru_cache(maxsize=4096)
def walk(secret: bytes, body: str, what: str, size: float, count: int) -> Floats:
    """The bias of a body, (count,), each of this standard deviation, in its unit; for a greater size the same and more.

    Args:
        size: one of LADDER.
        what: of which of its properties; each has a bias of its own.
    """
    total = np.zeros(count)
    for below, step in pairwise(LADDER):
        if step <= size:
            total += math.sqrt(step**2 - below**2) * normals(secret, count, "bias", what, body, f"{step:g}")
    total.flags.writeable = False  # it is kept, for the next message of the body
    return total


def turned(x: Floats, angle: Floats, t: float) -> Floats:
    """The state (6,), Earth-fixed [m, m/s], at t [s] since 1970, of the same flight turned about the Earth's centre.

    Args:
        angle: by which it is turned [rad], (3,), a rotation vector in axes that do not rotate and met the Earth's at t = 0.
    """
    turn = _rotation(np.array([0.0, 0.0, -OMEGA * t])) @ angle  # as the Earth-fixed axes of this moment have it
    about = _rotation(turn)
    r = about @ x[:3]
    return np.concatenate([r, about @ (x[3:] + carried(x)) - carried(r)])


def carried(x: Floats) -> Floats:
    """The velocity [m/s], (3,), of the Earth-fixed axes where a body is, by its position or state."""
    return OMEGA * np.array([-x[1], x[0], 0.0])


def turn_of(secret: bytes, body: str, size_km: float) -> Floats:
    """By which rotation vector [rad], (3,), the flight of a body is turned; at the ground that moves it by `size_km` an axis."""
    return walk(secret, body, "flight", size_km, 3) * KM / R_MEAN


def _rotation(vector: Floats) -> Floats:
    """The matrix (3, 3) that turns by a rotation vector [rad]; Rodrigues' formula."""
    size = float(np.linalg.norm(vector))
    if size == 0.0:
        return np.eye(3)
    x, y, z = vector / size
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(np.eye(3) + math.sin(size) * cross + (1.0 - math.cos(size)) * cross @ cross)
