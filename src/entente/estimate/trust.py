"""Do the partner's data make things worse? A sequential test that no dependence between moments or tracks can fool.

Each look at a matched pair gives a bet against "both claims are honest": the likelihood ratio of errors WIDER times as
large (in variance) over honest ones. An honest pair wins 1 on average or less. The errors of a track last for minutes, so
the wins of one pair must not be multiplied as if they were news; they are added, and what adds up to n looks has a mean of
at most n, however the looks depend on each other. An alarm at a sum of LOOKS / rate is then false at most `rate` times in
LOOKS looks (Markov).

A body that both sides follow apart, near each other and not within the gate, is a near miss: it bets a fixed amount,
the inverse of the share of looks at which that happens between honest partners.
"""

import math

from entente.compiled import kernel

WIDER = 4.0  # times the variance that is betted on: errors twice as large as claimed
# Share of looks at which tracks of honest partners stand near and apart. Chosen: in 44,000 looks of five cases (one to ten
# missiles at once, a sounding rocket) there was none, so it is below 7e-5 there; salvos that each side sees half of are rarer.
NEAR_MISSES = 0.0005
HIGHEST = 200.0  # logarithm of the highest win, far above any alarm; sums stay finite


@kernel
def win(distance2: float, freedom: int) -> float:
    """What a look at a matched pair wins: the likelihood ratio of errors WIDER times as large over honest ones.

    Args:
        distance2: squared distance of both under the sum of their covariances.
        freedom: how many components were compared.
    Returns:
        a factor above 0; its mean is 1 if `distance2` is chi-square with that many degrees of freedom, below if claims are
        conservative; 0 where the distance is no number, for then nothing was compared.
    Source: Wald, Sequential Analysis (1947), the ratio of two centred Gaussian densities.
    """
    if not distance2 >= 0.0:
        return 0.0
    log = 0.5 * distance2 * (1.0 - 1.0 / WIDER) - 0.5 * freedom * math.log(WIDER)
    return math.exp(min(log, HIGHEST))


@kernel
def near_miss() -> float:
    """What a look at a near miss wins."""
    return 1.0 / NEAR_MISSES


@kernel
def alarm_level(rate: float, interval: float) -> float:
    """The sum of wins at which the partner's data are no longer believed.

    Args:
        rate: false alarms an hour, at most; above 0.
        interval: time between looks [s], above 0.
    Returns:
        the level; nan for arguments that are none.
    Valid: whatever the looks have to do with each other; far fewer alarms than stated where claims are conservative.
    Source: Markov's inequality on a sum of e-values (Vovk & Wang, E-values, Annals of Statistics 49 (2021) 1736-1754).
    """
    if not (rate > 0.0 and interval > 0.0):
        return math.nan
    return 3_600.0 / interval / rate
