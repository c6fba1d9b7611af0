"""Write src/entente/physics/dop853.py: the 8(5,3) method as straight lines of code, its table checked before it is kept.

Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I (1993), the DOP853 method of appendix B. The numbers
are read from SciPy, which carries the same table; the conditions that any such table must meet are checked here. About
half of the table is zero: written out, a step costs half of what a loop over the whole table takes. The same sums are
written a second time for many arcs at once, see physics/lanes.py.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
from scipy.integrate._ivp import dop853_coefficients as table

STAGES = 12
TARGET = Path(__file__).parents[1] / "src/entente/physics/dop853.py"
HEAD = '''"""One step of the Runge-Kutta method of order 8(5,3) by Dormand and Prince. Written by builders/dop853.py.

Source: Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I (1993), appendix: DOP853.
"""

import math

from entente.compiled import Floats, kernel, kernel_inlined
from entente.physics.forces import rates

STAGES = 16  # rows of scratch: twelve stages, the slope at the end, three more for the states in between
POSITION_SCALE, VELOCITY_SCALE = 6.4e6, 7.0e3  # m, m/s: the tolerance of a step is relative to these


@kernel_inlined
def step(t: float, y: Floats, h: float, arc: Floats, k: Floats, work: Floats, out: Floats, tolerance: float) -> float:
    """One step of the 8(5,3) method.

    Args:
        t, y: time [s] and state (6,) at the start; h: length [s].
        arc: the forces' parameters, see `forces`.
        k: (STAGES, 6), its first row the slope at (t, y); the next eleven are written.
        work: (6,), scratch; out: (6,), the state at t + h, written.
        tolerance: of one step, relative to an Earth radius and an orbital speed.
    Returns:
        the estimated error over the tolerance; the step is good if it is at most 1.
    """
'''
BETWEEN = '''

@kernel_inlined
def lay(t: float, y: Floats, h: float, arc: Floats, k: Floats, work: Floats, out: Floats, dense: Floats) -> None:
    """Make ready for the states between the ends of the step that `step` just made.

    Args:
        t, y, h, arc, k, work, out: as `step` left them; the last four rows of k are written.
        dense: (7, 6), written; `within` reads it.
    """
    rates(t + h, out, arc, k[12])
'''
WITHIN = '''

@kernel_inlined
def within(y: Floats, dense: Floats, share: float, out: Floats) -> None:
    """State at a share of a step, 0 to 1, into `out` (6,): of seventh order.

    Args:
        y: (6,), the state at the step's start; dense: as `lay` wrote it.
    """
    rest = 1.0 - share
    for i in range(6):
        low = dense[3, i] + share * (dense[4, i] + rest * (dense[5, i] + share * dense[6, i]))
        out[i] = y[i] + share * (dense[0, i] + rest * (dense[1, i] + share * (dense[2, i] + rest * low)))
'''
MANY = '''

# Many arcs at once. What the arcs have in common is one after the other in one row: six components of LANES numbers.
LANES = 8
ROW = 6 * LANES
K0, K1, K2, K3, K4, K5, K6, K7, K8, K9, K10, K11 = range(0, 12 * ROW, ROW)
START, LENGTH, POINT, SLOPE, END = range(12 * ROW, 17 * ROW, ROW)
BEYOND = 17 * ROW  # where other numbers may follow
SMALL = 1e-300  # keeps 0/0 away


@kernel
def point_in_lanes(stage: int, lanes: Floats) -> None:
    """Where the forces are to be known next, for every arc; and the slopes that were found last are put away.

    Args:
        stage: 1 to 11.
        lanes: one array for all that changes, of BEYOND numbers or more: rows START (states), LENGTH (of the steps [s],
            six times the same) and SLOPE (slopes at the point before) are read, row POINT is written.
    Valid: constant distances in one array and no branch over lanes: only so does the compiler put eight arcs into one
        register. The forces must not depend on time.
    """
'''
MANY_END = '''

@kernel
def end_in_lanes(lanes: Floats) -> None:
    """The states at the ends of the steps and their errors, for every arc; as `step` after its last stage.

    Args:
        lanes: see `point_in_lanes`; row END is written; the first LANES numbers of row POINT become the estimated error
            per tolerance, that is, times the tolerance it is what `step` returns; rows POINT and SLOPE are spent.
    """
'''
ERRORS = """    for i in range(LANES):
        x3, y3, z3 = lanes[POINT + i], lanes[POINT + LANES + i], lanes[POINT + 2 * LANES + i]
        u3, v3, w3 = lanes[POINT + 3 * LANES + i], lanes[POINT + 4 * LANES + i], lanes[POINT + 5 * LANES + i]
        x5, y5, z5 = lanes[SLOPE + i], lanes[SLOPE + LANES + i], lanes[SLOPE + 2 * LANES + i]
        u5, v5, w5 = lanes[SLOPE + 3 * LANES + i], lanes[SLOPE + 4 * LANES + i], lanes[SLOPE + 5 * LANES + i]
        third = (x3 * x3 + y3 * y3 + z3 * z3) / POSITION_SCALE**2 + (u3 * u3 + v3 * v3 + w3 * w3) / VELOCITY_SCALE**2
        fifth = (x5 * x5 + y5 * y5 + z5 * z5) / POSITION_SCALE**2 + (u5 * u5 + v5 * v5 + w5 * w5) / VELOCITY_SCALE**2
        lanes[POINT + i] = abs(lanes[LENGTH + i]) * fifth / math.sqrt(6.0 * (fifth + 0.01 * third) + SMALL)
"""


def checked() -> None:
    """Row sums, and the quadrature conditions to order 8."""
    a, b, c = table.A[:STAGES, :STAGES], table.B[:STAGES], table.C[:STAGES]
    assert np.allclose(a.sum(axis=1), c, atol=1e-14)
    for power in range(8):
        assert abs(b @ c**power - 1 / (power + 1)) < 1e-14, power


def total(row: np.ndarray) -> str:
    """A sum over the rows of k as code, without the zeros."""
    terms = (f"{float(value)!r} * k[{j}, i]" for j, value in enumerate(row) if value != 0.0)
    return " + ".join(terms).replace("+ -", "- ")


def slopes(rows: range) -> str:
    """The lines that fill those rows of k."""
    text = ""
    for s in rows:
        text += f"    for i in range(6):\n        work[i] = y[i] + h * ({total(table.A[s, :s])})\n"
        text += f"    rates(t + {float(table.C[s])!r} * h, work, arc, k[{s}])\n"
    return text


def lane_total(row: np.ndarray, newest: int) -> str:
    """A sum over the slopes of all lanes as code, without the zeros; the newest slope has a name of its own."""
    names = ("newest" if j == newest else f"lanes[K{j} + i]" for j in range(len(row)))
    terms = (f"{float(value)!r} * {name}" for name, value in zip(names, row, strict=True) if value != 0.0)
    return " + ".join(terms).replace("+ -", "- ")


def lane_point(s: int) -> str:
    """The lines that make the point of a stage."""
    return f"""    {"if" if s == 1 else "elif"} stage == {s}:
        for i in range(ROW):
            newest = lanes[SLOPE + i]
            lanes[K{s - 1} + i] = newest
            lanes[POINT + i] = lanes[START + i] + lanes[LENGTH + i] * ({lane_total(table.A[s, :s], s - 1)})
"""


def in_lanes() -> str:
    """The part of the file for many arcs at once."""
    last = STAGES - 1
    return f"""{MANY}{"".join(lane_point(s) for s in range(1, STAGES))}{MANY_END}    for i in range(ROW):
        newest = lanes[SLOPE + i]
        lanes[END + i] = lanes[START + i] + lanes[LENGTH + i] * ({lane_total(table.B[:STAGES], last)})
        lanes[POINT + i] = {lane_total(table.E3[:STAGES], last)}
        lanes[SLOPE + i] = {lane_total(table.E5[:STAGES], last)}
{ERRORS}"""


def main() -> None:
    """Write the file and say what changed."""
    checked()
    text = HEAD + slopes(range(1, STAGES))
    text += f"""    third, fifth = 0.0, 0.0
    for i in range(6):
        out[i] = y[i] + h * ({total(table.B[:STAGES])})
        e3 = {total(table.E3[:STAGES])}
        e5 = {total(table.E5[:STAGES])}
        scale = tolerance * (POSITION_SCALE if i < 3 else VELOCITY_SCALE)
        third += (e3 / scale) ** 2
        fifth += (e5 / scale) ** 2
    if fifth == 0.0:
        return 0.0
    return abs(h) * fifth / math.sqrt(6.0 * (fifth + 0.01 * third))
"""
    text += BETWEEN + slopes(range(STAGES + 1, STAGES + 4))
    text += """    for i in range(6):
        move = out[i] - y[i]
        dense[0, i] = move
        dense[1, i] = h * k[0, i] - move
        dense[2, i] = 2.0 * move - h * (k[12, i] + k[0, i])
"""
    for row, values in enumerate(table.D):
        text += f"        dense[{3 + row}, i] = h * ({total(values)})\n"
    old = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    TARGET.write_text(text + WITHIN + in_lanes(), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(TARGET)], check=True)
    new = TARGET.read_text(encoding="utf-8")
    print(f"{TARGET.name}: {'unchanged' if new == old else 'written'}, {len(new)} characters")


if __name__ == "__main__":
    main()
