"""How likely a look is to detect."""

import math

from entente.compiled import kernel


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
