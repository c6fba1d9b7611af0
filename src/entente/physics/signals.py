"""Where a face may look, how likely a look is to detect, and how well it then measures.

An echo is told by its signal-to-noise ratio, one look's whole energy over the noise of the receiver. What the catalogue
says of a radar fixes it: at the published range, on boresight, the reference target is detected with chance one half, and
measured with the published errors.
"""

import math

from entente.compiled import Floats, kernel

P_FALSE = 1e-6  # chance of a false alarm in the cell looked at; the usual design value, assumed
SNR_HALF = math.log(P_FALSE) / math.log(0.5) - 1.0  # 12.8 dB  mean at which a look detects with chance one half
# Two-way gain goes with this power of the cosine of the angle off boresight: 2 for the foreshortened aperture alone, 3 with
# elements that fade as well (0.25 to 0.37 of the range lost at 60 deg is the whole difference); 2.5 is Barton's, and the
# default of MathWorks' arrayscanloss. Recalled, grade D.
SCAN_POWER = 2.5
FLOOR_SHARE = 0.3  # of a published error, what no signal takes away (calibration, refraction); assumed, 0.1 to 0.5
LEAST_COSINE = 0.05  # 87 deg  beams are not steered farther
ZENITH_COSINE = 1e-3  # 0.06 deg from overhead an azimuth says nothing any more


@kernel
def detection_probability(slant: float, reach: float, p_false: float = P_FALSE) -> float:
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
def scan_reach(angle: float) -> float:
    """Share of the range on boresight that is left at an angle off it [rad]; 0 from a right angle on, and for inf.

    Valid: plane arrays, up to some 70 deg; nearer the plane of the array real ones fade faster.
    Source: SCAN_POWER; range goes with the fourth root of the two-way gain.
    """
    return math.cos(angle) ** (0.25 * SCAN_POWER) if angle < 0.5 * math.pi else 0.0


@kernel
def measured_snr(luck: float, slant: float, reach: float) -> float:
    """Signal-to-noise ratio that a detecting look measures, from the draw that made it detect.

    Args:
        luck: the uniform draw; the look detects where it lies below detection_probability(slant, reach).
        slant, reach: as there [m].
    Returns:
        ratio, at least -ln(P_FALSE) - 1 (10.7 dB) in a detecting look.
    Source: own; a Swerling 1 echo and noise have an exponential power of mean 1 + SNR, above the threshold -ln(P_FALSE)
        where luck < P_FALSE^(1/(1 + SNR)).
    """
    return -(1.0 + SNR_HALF * (reach / slant) ** 4) * math.log(luck) - 1.0


@kernel
def error_share(snr: float) -> float:
    """Error of a look with that signal-to-noise ratio, as a share of the catalogue's figure, which holds at SNR_HALF.

    Valid: where a look detects; up to 1.2 at the threshold, FLOOR_SHARE for the strongest echoes.
    Source: Barton, Radar System Analysis (1964), chapter 2 (error proportional to the root of 1/SNR; recalled); the floor is
        assumed.
    """
    return math.sqrt(FLOOR_SHARE**2 + (1.0 - FLOOR_SHARE**2) * SNR_HALF / snr)


@kernel
def look_errors(sigma: Floats, share: float, angle: float, elevation: float, out: Floats) -> None:
    """Standard deviations of one look.

    Args:
        sigma: the catalogue's, in range [m], azimuth and elevation on boresight [rad], (3,); share: see `error_share`.
        angle: off boresight [rad]; elevation: of the target [rad].
        out: (3,), written: range [m], azimuth, elevation [rad].
    Valid: the beam widens as 1/cos in the plane in which it is steered and keeps its width across; both angles are taken
        as widened, so the one across is overstated. Azimuth widens with 1/cos(elevation) as well, being no arc.
    Source: Skolnik, Introduction to Radar Systems (1980), chapter 8 (beamwidth over the cosine; recalled).
    """
    broad = share / max(LEAST_COSINE, math.cos(angle))
    out[0] = share * sigma[0]
    out[1] = broad * sigma[1] / max(ZENITH_COSINE, math.cos(elevation))
    out[2] = broad * sigma[2]


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
