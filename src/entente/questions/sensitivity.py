"""Which inputs of a closed form matter? Sobol's indices: what each explains alone, and with all that it does with others."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from entente.compiled import Floats
from entente.errors import ModelError
from entente.questions.asked import one_of, whole
from entente.questions.attrition import refuse
from entente.questions.levels import ASSUMED, Range, of_side, ranges_wrong
from entente.questions.sides import PLACES, Force
from entente.questions.stability import CURVES, Curve, asked
from entente.strategy import stability as kernels

SAMPLES = 4_096
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Sobol:
    """Indices of one number on its inputs, all (K,), in the order of `names`.

    Attributes:
        first: share of the variance that goes if the input were known; total: that stays while it alone is unknown.
        first_error, total_error: half of their 95 % intervals.
        evaluations: how often the number was computed; mean, variance: of the number.
    """

    names: tuple[str, ...]
    first: Floats
    first_error: Floats
    total: Floats
    total_error: Floats
    evaluations: int
    mean: float
    variance: float

    def ranked(self) -> list[tuple[str, float, float]]:
        """(name, first, total), the largest total first."""
        order = np.argsort(-self.total, kind="stable")
        return [(self.names[n], float(self.first[n]), float(self.total[n])) for n in order]


def sobol(
    bounds: Mapping[str, tuple[float, float]], number: Callable[[Floats], Floats], samples: int = SAMPLES
) -> Sobol:
    """Sobol's first-order and total indices of a closed form over uniform inputs.

    Args:
        bounds: least and most of each input.
        number: of many inputs at once, (n, K), gives (n,), all finite.
        samples: a power of two; the number is computed samples x (K + 2) times.
    Raises:
        ModelError: bounds that are not in rising order, a number of samples that is no power of two.
    Valid: independent inputs.
    Source: Saltelli et al. (2010), Computer Physics Communications 181:259-270; by SALib, Herman and Usher (2017).
    """
    wrong = [f"bounds.{name}: {ends} are not in rising order" for name, ends in bounds.items() if not ends[0] < ends[1]]
    few = whole("samples", samples, 2, 2**20)
    if not few and int(samples) & (int(samples) - 1):
        few = [f"samples: {samples} is no power of two; give one, such as 4096"]
    wrong += few
    if len(bounds) < 2:  # SALib needs two
        wrong.append("bounds: one input alone decides everything; give two or more")
    refuse("sobol", wrong)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of packages that SALib imports
        from SALib.analyze import sobol as analyze  # a second of imports, which only this pays for
        from SALib.sample import sobol as sample

    problem = {"num_vars": len(bounds), "names": list(bounds), "bounds": [list(ends) for ends in bounds.values()]}
    inputs = sample.sample(problem, int(samples), calc_second_order=False, seed=0)
    outputs = np.asarray(number(inputs), np.float64)
    if not np.isfinite(outputs).all():
        raise ModelError("sobol: the number is undefined for some of the inputs; narrow their bounds")
    if np.ptp(outputs) == 0.0:
        none = np.zeros(len(bounds))
        return Sobol(tuple(bounds), none, none, none, none, len(outputs), float(outputs[0]), 0.0)
    found = analyze.analyze(problem, outputs, calc_second_order=False, num_resamples=100, conf_level=CONFIDENCE, seed=0)
    first, first_error, total, total_error = (
        np.asarray(found[name], np.float64) for name in ("S1", "S1_conf", "ST", "ST_conf")
    )
    return Sobol(
        names=tuple(bounds),
        first=first,
        first_error=first_error,
        total=total,
        total_error=total_error,
        evaluations=len(outputs),
        mean=float(outputs.mean()),
        variance=float(outputs.var()),
    )


def index_sobol(
    side_a: Force,
    side_b: Force,
    uncertain: Mapping[str, Range] = ASSUMED,
    samples: int = SAMPLES,
    curve: Curve = "exponential",
) -> Sobol:
    """Which inputs the first-strike index hangs on, each side's apart.

    Args:
        side_a, side_b: their forces.
        uncertain: fields of `Force` with (low, nominal, high), as of `levels`; uniform between the ends.
        samples, curve: as of `sobol` and `first_strike_index`.
    Returns:
        indices of inputs named "a.alert", "b.alert" and so on.
    Raises:
        ModelError: what is outside its limits, one line each.
    """
    refuse("index_sobol", asked(side_a, side_b, curve) + ranges_wrong(uncertain) + one_of("curve", curve, CURVES))
    bounds = {
        f"{side}.{field}": (ends[0], ends[2])
        for side in "ab"
        for field, ends in of_side(uncertain, side).items()
        if ends[0] < ends[2]
    }
    places = [getattr(kernels, PLACES[name[2:]].upper()) for name in bounds]
    half = sum(name.startswith("a.") for name in bounds)

    def number(inputs: Floats) -> Floats:
        rows_a, rows_b = (np.tile(side.row(), (len(inputs), 1)) for side in (side_a, side_b))
        rows_a[:, places[:half]], rows_b[:, places[half:]] = inputs[:, :half], inputs[:, half:]
        return index_of(rows_a, rows_b, curve)

    return sobol(bounds, number, samples)


def index_of(rows_a: Floats, rows_b: Floats, curve: str) -> Floats:
    """The index of many pairs of rows, (n,); nan where it is undefined."""
    out = np.empty(len(rows_a))
    kernels.index_many(np.ascontiguousarray(rows_a), np.ascontiguousarray(rows_b), CURVES.index(curve), out)
    return out
