"""Where a face may look, and how likely a look is to detect."""

import math

from entente.compiled import Floats, kernel


@kernel
def detection_probability(slant: float, reach: float, p_false: float = 1e-6) -> float:
    """Chance that one look detects a fluctuating target.

    Args:
        slant: range to the target [m].
        reach: range at which the chance is one half [m].
        p_false: chance of a false alarm in the cell looked at.
    Returns:
        probability, between p_false and 1.
    Valid: noise-limited radar, Swerling 1 target, one pulse, no clutter, no jamming.
    Source: Richards, Fundamentals of Radar Signal Processing (2005), section 6.3: P_D = P_FA^(1/(1 + SNR)).
    """
    at_reach = math.log(p_false) / math.log(0.5) - 1.0
    snr = at_reach * (reach / slant) ** 4
    return p_false ** (1.0 / (1.0 + snr))


@kernel
def off_boresight(azimuth: float, elevation: float, faces: Floats, low: float, high: float) -> float:
    """Smallest angle off the boresight of a face that may look in a direction.

    Args:
        azimuth, elevation: of the direction [rad].
        faces: boresight azimuth, half width in azimuth (0 for no face), boresight elevation, largest angle off boresight,
            lowest and highest elevation [rad], (F, 6). A face wider than a half circle turns to what it looks at.
        low, high: lowest and highest elevation of the whole radar [rad]; no face looks outside.
    Returns:
        angle [rad], 0 for a face that turns; inf where no face may look, and for a direction that is nan.
    Valid: plane arrays; a face looks only at what its sector, its elevations and its electronic limit all allow.
    Source: own; spherical law of cosines.
    """
    least = math.inf
    if not low <= elevation <= high:
        return least
    for f in range(faces.shape[0]):
        half = faces[f, 1]
        away = (azimuth - faces[f, 0] + math.pi) % (2.0 * math.pi) - math.pi
        if half <= 0.0 or not abs(away) <= half or not faces[f, 4] <= elevation <= faces[f, 5]:
            continue
        if half > 0.5 * math.pi:
            return 0.0
        up = math.sin(elevation) * math.sin(faces[f, 2])
        cosine = up + math.cos(elevation) * math.cos(faces[f, 2]) * math.cos(away)
        angle = math.acos(min(1.0, max(-1.0, cosine)))
        if angle <= faces[f, 3]:
            least = min(least, angle)
    return least
