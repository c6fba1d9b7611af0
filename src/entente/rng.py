"""A draw is a pure function of its key (seed, stage, object, sensor, index).

The rung of cooperation is never in the key, so the rungs of one history share every draw and differences between them
are paired. Philox 4x32-10 counts instead of remembering: no generator state, the same draw on any worker.
"""

import math

import numpy as np

from entente.compiled import kernel

# Stage codes: the second part of every key. Never renumber: a seed would change its history.
INPUTS = 1
FLIGHT = 2
WEATHER = 3
DETECT = 4
NOISE = 5
FALSE_ALARM = 6
SHARE = 7
SHOT = 8
LINE = 9
NOTICE = 10
ORBIT = 11
STRESS = 12
REPORT = 13
RAID = 14
LOOK = 15
KEYS = 16

Word = np.uint64
LOW32 = np.uint64(0xFFFFFFFF)
SHIFT32 = np.uint64(32)
M0 = np.uint64(0xD2511F53)
M1 = np.uint64(0xCD9E8D57)
W0 = np.uint64(0x9E3779B9)
W1 = np.uint64(0xBB67AE85)


@kernel
def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[Word, Word, Word, Word]:
    """Ten rounds of Philox 4x32.

    Args:
        c0, c1, c2, c3: counter, four 32-bit words.
        k0, k1: key, two 32-bit words.
    Returns:
        four 32-bit words, as uint64.
    Source: Salmon, Moraes, Dror, Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC11), figure 2.
    """
    # Masking before the conversion lets -1 through with compilation off, where uint64(-1) is an error.
    x0, x1 = np.uint64(c0 & 0xFFFFFFFF), np.uint64(c1 & 0xFFFFFFFF)
    x2, x3 = np.uint64(c2 & 0xFFFFFFFF), np.uint64(c3 & 0xFFFFFFFF)
    a, b = np.uint64(k0 & 0xFFFFFFFF), np.uint64(k1 & 0xFFFFFFFF)
    for _ in range(10):
        p0 = M0 * x0
        p1 = M1 * x2
        x0, x1, x2, x3 = (p1 >> SHIFT32) ^ x1 ^ a, p1 & LOW32, (p0 >> SHIFT32) ^ x3 ^ b, p0 & LOW32
        a = (a + W0) & LOW32
        b = (b + W1) & LOW32
    return x0, x1, x2, x3


@kernel
def uniform(seed: int, stage: int, obj: int, sensor: int, index: int) -> float:
    """One number, uniform in the open interval (0, 1).

    Args:
        seed: the history, 0 to 2^32 - 1.
        stage: one of the codes above.
        obj, sensor, index: what the draw is for; -1 is allowed and distinct.
    Returns:
        a multiple of 2^-53, shifted by half a step so that neither 0 nor 1 occurs.
    """
    w0, w1, _, _ = philox(index, sensor, obj, 0, seed, stage)
    bits = ((w0 << SHIFT32) | w1) >> np.uint64(11)
    return (float(bits) + 0.5) * 2.0**-53


@kernel
def normal(seed: int, stage: int, obj: int, sensor: int, index: int) -> float:
    """One standard normal number, by Box and Muller from one Philox block."""
    w0, w1, w2, w3 = philox(index, sensor, obj, 0, seed, stage)
    u = (float(((w0 << SHIFT32) | w1) >> np.uint64(11)) + 0.5) * 2.0**-53
    angle = float(((w2 << SHIFT32) | w3) >> np.uint64(11)) * (2.0 * math.pi * 2.0**-53)
    return math.sqrt(-2.0 * math.log(u)) * math.cos(angle)


@kernel
def poisson(mean: float, seed: int, stage: int, obj: int, sensor: int, index: int) -> int:
    """One Poisson count by inversion of a single uniform draw; meant for means below 30."""
    u = uniform(seed, stage, obj, sensor, index)
    term = math.exp(-mean)
    total = term
    count = 0
    while u > total and count < 1000:
        count += 1
        term *= mean / count
        total += term
    return count
