"""How precisely do messages say things? A number is rounded once, before it leaves, to the decimals that messages carry.

Rounding is to a whole number of steps, divided by a power of ten: for whole numbers below 2^53 that division gives the very
double that reading the text gives (IEEE 754, correct rounding of both). So what was rounded here goes into a message, onto
the log and back into a study without the change of one bit, and rounding it again changes nothing.
"""

import math
from dataclasses import dataclass

import numpy as np

from entente.compiled import Floats
from entente.scenario.units import DEG, KM, KM2, KM_S

NINETY = math.sqrt(-2.0 * math.log(0.1))  # semi-axis of the 90 % area of a plane normal error, in standard deviations
FIFTY = math.sqrt(-2.0 * math.log(0.5))
LONGEST_KM = 20_020.0  # half-way round the Earth: no area reaches farther
HARDLY = 1e-6  # of a step: what is no more than this above a whole number of steps is that number
DIGITS = 12  # significant ones of a covariance, which stays positive definite so
TENTHS = np.array([float(10**power) for power in range(23)])  # powers of ten that are exact doubles


@dataclass(frozen=True)
class Precision:
    """How one kind of number is said."""

    unit: float  # SI units in one of the message's
    decimals: int
    up: bool = False  # rounded up: standard deviations and axes are never said smaller than they are

    def number(self, si: Floats) -> Floats:
        """The numbers that a message carries, in its own unit, of values in SI units (...); nan stays nan."""
        steps = si / self.unit * TENTHS[self.decimals]
        whole = np.ceil(steps - HARDLY) if self.up else np.rint(steps)
        return np.asarray((whole + 0.0) / TENTHS[self.decimals])  # + 0: no negative nought

    def kept(self, si: Floats) -> Floats:
        """What is left of values in SI units (...) once they were said; doing it again changes no bit."""
        return np.asarray(self.number(si) * self.unit)


PLACE = Precision(DEG, 5)  # latitude, longitude: 1.1 m
LENGTH = Precision(KM, 3)
SPEED = Precision(KM_S, 6)
TIME = Precision(1.0, 3)
TIME_LATE = Precision(1.0, 3, up=True)  # when something is sent or arrives
SPREAD = Precision(1.0, 3, up=True)  # of a time
AXIS = Precision(KM / NINETY, 3, up=True)  # from one standard deviation to the semi-axis of the 90 % area
ANGLE = Precision(DEG, 6)  # of a line of sight: 0.7 m from a geostationary orbit
ANGLE_SPREAD = Precision(DEG, 6, up=True)
BEARING = Precision(DEG, 3)


def round_turn(precision: Precision, si: Floats, turn_deg: float) -> Floats:
    """Angles (...) from 0 to less than a turn (or half of one) as they are once they were said; the turn itself is none."""
    return np.asarray(precision.unit * (precision.number(si % (turn_deg * DEG)) % turn_deg))


def areas_kept(table: Floats) -> Floats:
    """Areas (..., 7) as `records.Areas` has them, as they are once they were said; 90 % areas go half round the Earth at most.

    Bearings are said between 0 and 180 degrees, as an axis has no front.
    """
    out = np.empty_like(table)
    out[..., :2] = PLACE.kept(table[..., :2])
    out[..., 2:4] = AXIS.unit * np.minimum(AXIS.number(table[..., 2:4]), LONGEST_KM)
    out[..., 4] = round_turn(BEARING, table[..., 4], 180.0)
    out[..., 5] = TIME.kept(table[..., 5])
    out[..., 6] = SPREAD.kept(table[..., 6])
    return out


def covariances_said(P: Floats) -> Floats:
    """What messages carry of covariances (..., 6, 6) in SI units: km2, km2/s, km2/s2, to twelve significant digits, symmetric."""
    numbers = _significant(P / KM2)
    upper = np.triu(numbers)
    return np.asarray(upper + np.swapaxes(np.triu(numbers, 1), -1, -2))


def covariances_kept(P: Floats) -> Floats:
    """What is left of covariances (..., 6, 6) once they were said."""
    return np.asarray(covariances_said(P) * KM2)


def _significant(values: Floats) -> Floats:
    """Values to DIGITS significant digits; what is smaller than 1e-10 has fewer."""
    size = np.abs(values)
    size = np.where((size > 0.0) & np.isfinite(size), size, 1.0)
    tenths = TENTHS[np.clip(DIGITS - 1 - np.floor(np.log10(size)), 0, len(TENTHS) - 1).astype(np.int64)]
    return np.asarray((np.rint(values * tenths) + 0.0) / tenths)
