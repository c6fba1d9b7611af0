"""What class of vehicle is it? Chances of classes from a track, and what each class says of drag.

Two numbers say most: how fast the body left the ground, and how much more steeply than the arc of least energy. The
first is the same all along a free fall, over a turning Earth too (Jacobi's integral), so a track that is found late says
as much as one that is found at burnout. How long it was seen to burn, and whether it rose from the sea, say more.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import GM, OMEGA, R_MEAN
from entente.estimate.factor import cholesky

CLASSES = ("SRBM", "MRBM", "IRBM", "ICBM", "SLBM", "space launch", "sounding rocket")
SPACE_LAUNCH = 5  # its number in CLASSES
# Columns of a table of kinds of vehicle, each of one class. A kind flies with two habits, the second one rarer.
CLASS, PRIOR, SLOW, FAST, STEEP, STEEP_SIGMA, RARE, RARE_STEEP, RARE_SIGMA = 0, 1, 2, 3, 4, 5, 6, 7, 8
BURN_SHORT, BURN_LONG, AT_SEA, BETA_LN_MEAN, BETA_LN_SIGMA = 9, 10, 11, 12, 13
COLUMNS = 14
HARDLY = 1e-9  # chance of burning, or of not burning, below which that side is not asked
IN_ORBIT = 100_000.0  # m  a body whose lowest point lies above this height goes round
OWN_SPEED = 60.0  # m/s  left over when drag on the way up and the height of the burnout are neglected
OWN_ANGLE = 0.03  # rad  the same, and what the turning of the Earth does to an angle
# How an arc without thrust misses the launch when it is run backwards, as shares of the length of the boost and of that times
# the speed: time and its spread, place (1 sigma, each axis). From the flights of the catalogue (tests/laws); a launcher is flat.
SOONER, SOONER_SIGMA, ASIDE = np.array([0.64, 0.30]), np.array([0.04, 0.10]), np.array([0.025, 0.27])
RISING = math.radians(20.0), math.radians(20.0)  # rad  steepness while it burns, mean and standard deviation; assumed
GAINING = 1.3  # power of the time in which the speed grows during boost: acceleration rises as mass burns; assumed


@kernel
def leaving(x: Floats) -> tuple[float, float, float]:
    """How a body in free fall left the ground, or would have without a boost phase.

    Args:
        x: [r, v] Earth-fixed [m, m/s], (>= 6,).
    Returns:
        speed against the turning ground at the mean radius [m/s]; angle above the horizontal there, less that of the arc
        of least energy with the same speed [rad]; lowest point of its orbit above the mean radius [m]. All nan for a body
        below half the Earth's radius.
    Valid: free fall without J2; the angle is the inertial one, which is within some 3 degrees of the one that the ground sees.
    Source: Jacobi's integral v^2/2 - GM/r - (omega rho)^2/2 is constant in axes that turn; angle of least energy: Wheelon,
        ARS Journal 29 (1959) 915-926.
    """
    r2, rho2 = x[0] * x[0] + x[1] * x[1] + x[2] * x[2], x[0] * x[0] + x[1] * x[1]
    r = math.sqrt(r2)
    if not r > 0.5 * R_MEAN:
        return math.nan, math.nan, math.nan
    v2 = x[3] * x[3] + x[4] * x[4] + x[5] * x[5]
    turning = OMEGA * OMEGA * rho2
    down = 2.0 * GM * (1.0 / R_MEAN - 1.0 / r)
    speed2 = max(v2 + down - turning * (1.0 - R_MEAN * R_MEAN / r2), 1.0)
    vx, vy = x[3] - OMEGA * x[1], x[4] + OMEGA * x[0]
    hx, hy, hz = x[1] * x[5] - x[2] * vy, x[2] * vx - x[0] * x[5], x[0] * vy - x[1] * vx
    h2 = hx * hx + hy * hy + hz * hz
    at_ground = math.sqrt(max(vx * vx + vy * vy + x[5] * x[5] + down, 1.0))
    angle = math.acos(min(math.sqrt(h2) / (R_MEAN * at_ground), 1.0))
    q = min(speed2 * R_MEAN / GM, 1.0)
    least = 0.25 * (math.pi - 2.0 * math.atan2(q, 2.0 * math.sqrt(1.0 - q)))
    twice_energy = vx * vx + vy * vy + x[5] * x[5] - 2.0 * GM / r
    eccentricity = math.sqrt(max(1.0 + twice_energy * h2 / (GM * GM), 0.0))
    return math.sqrt(speed2), angle - least, h2 / (GM * (1.0 + eccentricity)) - R_MEAN


@kernel
def kind_probabilities(
    x: Floats,
    P: Floats,
    burns: float,
    aloft: float,
    burned: float,
    burn_sigma: float,
    at_sea: float,
    kinds: Floats,
    p_out: Floats,
) -> int:
    """Chances of all kinds of vehicle, given a track and what else is known of the body.

    Args:
        x: [r, v] Earth-fixed [m, m/s], (>= 6,); P: its covariance, (>= 6, >= 6).
        burns: chance that it burns now.
        aloft: time since the launch [s]; burned: how long it was seen to burn, from the launch on [s]; burn_sigma: standard
            deviation of both [s]; at_sea: chance that it was launched at sea. Each nan where it is not known.
        kinds: (R, 14), columns as above: number in CLASSES; prior chance; slowest and fastest departure [m/s]; steepness
            (see `leaving`) of the usual habit, mean and standard deviation [rad], share of the rarer habit and its mean and
            deviation; shortest and longest burn [s]; chance that it is launched at sea; mean and standard deviation of the
            logarithm of the ballistic coefficient [kg/m^2].
        p_out: (R,), written; adds up to 1, or all nan where the status is not 0.
    Returns:
        status: 4 where P is not positive definite, or something is nan that may not be.
    Valid: one body, not two that were taken for one; the kinds are priors, and the chances no better than they are. A body
        that goes round is a space launch, whatever the priors say.
    Source: Bayes' rule; errors by sigma points as in `predict`, the speeds of a kind equally likely between their bounds.
    """
    mean, cov, count = np.empty(2), np.empty((2, 2)), kinds.shape[0]
    lowest, status = _departure(x, P, mean, cov)
    if status != 0 or not 0.0 <= burns <= 1.0:
        p_out[:] = math.nan
        return 4
    rising = np.zeros(count)
    for k in range(count):
        sea = kinds[k, AT_SEA]
        prior = kinds[k, PRIOR] * (1.0 if math.isnan(at_sea) else at_sea * sea + (1.0 - at_sea) * (1.0 - sea))
        orbits = lowest > IN_ORBIT
        if orbits and kinds[k, CLASS] != SPACE_LAUNCH:
            prior = 0.0
        p_out[k], rising[k] = prior, prior
        if not orbits and burns < 1.0 - HARDLY:
            p_out[k] *= _when_falling(mean, cov, burned, burn_sigma, kinds[k])
        if not orbits and burns > HARDLY:
            rising[k] *= _when_rising(mean, cov, aloft, burn_sigma, kinds[k])
    _shares(p_out)
    _shares(rising)
    for k in range(count):
        p_out[k] = (1.0 - burns) * p_out[k] + burns * rising[k]
    return 0


@kernel
def class_probabilities(p: Floats, kinds: Floats, p_out: Floats) -> None:
    """Chances of the classes, (7,) in the order of CLASSES, from those of the kinds of vehicle, p (R,)."""
    p_out[:] = 0.0
    for k in range(kinds.shape[0]):
        p_out[int(kinds[k, CLASS])] += p[k]


@kernel
def drag_of_kinds(p: Floats, kinds: Floats) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm of the ballistic coefficient [ln kg/m^2], given chances of kinds (R,).

    Of what comes down: launchers are left out. Both nan if nothing else is possible.
    """
    mean, square, total = 0.0, 0.0, 0.0
    for k in range(kinds.shape[0]):
        if kinds[k, CLASS] != SPACE_LAUNCH:
            total += p[k]
            mean += p[k] * kinds[k, BETA_LN_MEAN]
            square += p[k] * (kinds[k, BETA_LN_MEAN] ** 2 + kinds[k, BETA_LN_SIGMA] ** 2)
    if not total > 0.0:
        return math.nan, math.nan
    mean, square = mean / total, square / total
    return mean, math.sqrt(max(square - mean * mean, 0.0))


@kernel
def boost_of_kinds(p: Floats, kinds: Floats) -> tuple[float, float, float]:
    """What the boost does to an arc of free fall that is run back to the ground, given chances of kinds (R,).

    Of launchers, where one is likelier than not; else of the others.

    Returns:
        how far the arc ends from the launch, standard deviation of each axis [m]; how much later than the launch [s], and the
        standard deviation of that [s].
    """
    aside, mean, square, total, launcher = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(kinds.shape[0]):
        launcher += p[k] if kinds[k, CLASS] == SPACE_LAUNCH else 0.0
    flat = 1 if launcher > 0.5 else 0
    for k in range(kinds.shape[0]):
        if (kinds[k, CLASS] == SPACE_LAUNCH) != (flat == 1):
            continue
        total += p[k]
        burn, width = 0.5 * (kinds[k, BURN_SHORT] + kinds[k, BURN_LONG]), kinds[k, BURN_LONG] - kinds[k, BURN_SHORT]
        speed = 0.5 * (kinds[k, SLOW] + kinds[k, FAST])
        later = SOONER[flat] * burn
        aside += p[k] * (ASIDE[flat] * speed * burn) ** 2
        mean += p[k] * later
        square += p[k] * (later**2 + (SOONER_SIGMA[flat] * burn) ** 2 + (SOONER[flat] * width) ** 2 / 12.0)
    mean, square = mean / total, square / total
    return math.sqrt(aside / total), mean, math.sqrt(max(square - mean * mean, 0.0))


@kernel
def _departure(x: Floats, P: Floats, mean: Floats, cov: Floats) -> tuple[float, int]:
    """Mean (2,) and covariance (2, 2) of how it left the ground; its lowest point [m], and the status."""
    lower, y = np.empty((6, 6)), np.empty(6)
    speed, steep, lowest = leaving(x)
    cov[0, 0], cov[0, 1], cov[1, 1] = OWN_SPEED**2, 0.0, OWN_ANGLE**2
    whole = np.empty((6, 6))
    for i in range(6):
        for j in range(6):
            whole[i, j] = P[i, j]
    if cholesky(whole, lower) != 0 or not abs(speed + steep) < math.inf:
        return math.nan, 4
    mean[0], mean[1] = 0.0, 0.0
    ends = np.empty((12, 2))
    for point in range(12):
        off = math.sqrt(6.0) if point % 2 == 0 else -math.sqrt(6.0)
        for i in range(6):
            y[i] = x[i] + off * lower[i, point // 2]
        ends[point, 0], ends[point, 1], _ = leaving(y)
        mean[0] += ends[point, 0] / 12.0
        mean[1] += ends[point, 1] / 12.0
    for point in range(12):
        a, b = ends[point, 0] - mean[0], ends[point, 1] - mean[1]
        cov[0, 0] += a * a / 12.0
        cov[0, 1] += a * b / 12.0
        cov[1, 1] += b * b / 12.0
    cov[1, 0] = cov[0, 1]
    return lowest, 0 if abs(mean[0] + mean[1]) < math.inf else 4


@kernel
def _when_falling(mean: Floats, cov: Floats, burned: float, burn_sigma: float, kind: Floats) -> float:
    """Likelihood of a kind for a body that no longer burns."""
    usual = _arc(mean, cov, kind[SLOW], kind[FAST], kind[STEEP], kind[STEEP_SIGMA])
    rare = _arc(mean, cov, kind[SLOW], kind[FAST], kind[RARE_STEEP], kind[RARE_SIGMA])
    said = (1.0 - kind[RARE]) * usual + kind[RARE] * rare
    if not math.isnan(burned):
        low, high = kind[BURN_SHORT], kind[BURN_LONG]
        said *= _between(burned, burn_sigma, low, high) / (high - low)
    return said


@kernel
def _when_rising(mean: Floats, cov: Floats, aloft: float, burn_sigma: float, kind: Floats) -> float:
    """Likelihood of a kind for a body that burns: it still burns so late, and is so fast already."""
    if math.isnan(aloft):
        return 1.0
    short, long = kind[BURN_SHORT], kind[BURN_LONG]
    lasts = 0.5 * (_below((long - aloft) / burn_sigma) + _below((short - aloft) / burn_sigma))
    # Speed grows with time over burn: the slowest of a class burns longest.
    slow = kind[SLOW] * min(max(aloft, 1.0) / long, 1.0) ** GAINING
    fast = kind[FAST] * min(max(aloft, 1.0) / short, 1.0) ** GAINING
    return lasts * _arc(mean, cov, slow, fast, RISING[0], RISING[1])


@kernel
def _arc(mean: Floats, cov: Floats, slow: float, fast: float, steep: float, sigma: float) -> float:
    """Density of a departure (2,) with covariance (2, 2), speeds even between two bounds, steepness Gaussian."""
    wide = cov[1, 1] + sigma * sigma
    off = mean[1] - steep
    density = math.exp(-0.5 * off * off / wide) / math.sqrt(2.0 * math.pi * wide)
    slope = cov[0, 1] / wide
    spread = math.sqrt(max(cov[0, 0] - slope * cov[0, 1], 1.0))
    return density * _between(mean[0] - slope * off, spread, slow, fast) / (fast - slow)


@kernel
def _between(value: float, sigma: float, low: float, high: float) -> float:
    """Chance that a Gaussian about `value` lies between two bounds."""
    return _below((high - value) / sigma) - _below((low - value) / sigma)


@kernel
def _below(z: float) -> float:
    """Chance that a standard Gaussian lies below z."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


@kernel
def _shares(p: Floats) -> None:
    """Make likelihoods times priors add up to 1; all alike where every one of them is nought."""
    total = 0.0
    for c in range(p.shape[0]):
        total += p[c] + 1e-30
    for c in range(p.shape[0]):
        p[c] = (p[c] + 1e-30) / total
