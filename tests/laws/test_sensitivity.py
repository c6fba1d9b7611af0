"""Sobol's indices of closed forms: against published ones, SALib called directly, and a second estimator."""

import numpy as np
import pytest
from SALib.analyze import sobol as analyze
from SALib.sample import sobol as sample
from scipy.stats import qmc

import entente as en
from entente.questions.sensitivity import index_of, index_sobol, sobol
from entente.questions.sides import PLACES
from entente.strategy import stability as kernels

A, B = 7.0, 0.1


def ishigami(x):
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_ishigami_s_function_has_its_published_indices():
    """Ishigami and Homma (1990): first order 0.3139, 0.4424, 0; total 0.5576, 0.4424, 0.2437."""
    found = sobol(dict.fromkeys("xyz", (-np.pi, np.pi)), ishigami)
    assert found.first == pytest.approx([0.3139, 0.4424, 0.0], abs=0.01)
    assert found.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)
    assert found.variance == pytest.approx(A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5, rel=0.01)


def test_it_is_salib_s_number():
    """Called directly with the same samples, SALib gives the same indices: nothing is swapped on the way."""
    problem = {"num_vars": 3, "names": list("xyz"), "bounds": [[0.0, 1.0], [2.0, 5.0], [-1.0, 1.0]]}

    def number(x):
        return x[:, 0] + x[:, 1] ** 2 * np.exp(x[:, 2])

    drawn = sample.sample(problem, 256, calc_second_order=False, seed=0)
    theirs = analyze.analyze(problem, number(drawn), calc_second_order=False, seed=0)
    ours = sobol(dict(zip("xyz", map(tuple, problem["bounds"]), strict=True)), number, 256)
    np.testing.assert_allclose(ours.first, theirs["S1"], rtol=1e-12)
    np.testing.assert_allclose(ours.total, theirs["ST"], rtol=1e-12)
    assert ours.evaluations == 256 * 5


def test_the_index_of_stability_agrees_with_a_second_estimator():
    """Jansen's total and Saltelli's first-order estimator over points of SciPy, without SALib."""
    a = en.Force(fixed_warheads=400, fixed_vehicles=400, survivable_warheads=1150)
    b = en.Force(fixed_warheads=700, fixed_vehicles=200, survivable_warheads=850)
    uncertain = {"alert": (0.3, 0.7, 0.95), "reliability": (0.7, 0.85, 0.95)}
    found = index_sobol(a, b, uncertain, samples=2048)
    points = qmc.Sobol(8, seed=1).random(4096)
    ends = np.array([uncertain[name.partition(".")[2]] for name in found.names])
    first, second = (ends[:, 0] + half * (ends[:, 2] - ends[:, 0]) for half in (points[:, :4], points[:, 4:]))

    def number(values):
        rows = {side: np.tile(force.row(), (len(values), 1)) for side, force in (("a", a), ("b", b))}
        for n, name in enumerate(found.names):
            rows[name[0]][:, getattr(kernels, PLACES[name[2:]].upper())] = values[:, n]
        return index_of(rows["a"], rows["b"], "exponential")

    y_a, y_b = number(first), number(second)
    variance = np.concatenate([y_a, y_b]).var()
    for n in range(4):
        mixed = first.copy()
        mixed[:, n] = second[:, n]
        y_mixed = number(mixed)
        assert found.total[n] == pytest.approx(0.5 * np.mean((y_a - y_mixed) ** 2) / variance, abs=0.03)
        assert found.first[n] == pytest.approx(np.mean(y_b * (y_mixed - y_a)) / variance, abs=0.05)
