"""Write src/entente/physics/dop853.py: the published coefficients of the 8(5,3) method, checked before they are kept.

Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I (1993), the DOP853 method of appendix B. The numbers
are read from SciPy, which carries the same table; the conditions that any such table must meet are checked here.
"""

from pathlib import Path

import numpy as np
from scipy.integrate._ivp import dop853_coefficients as table

STAGES = 12
TARGET = Path(__file__).parents[1] / "src/entente/physics/dop853.py"
HEAD = '''"""Coefficients of the Runge-Kutta method of order 8(5,3) by Dormand and Prince. Written by builders/dop853.py.

Source: Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I (1993), appendix: DOP853.
"""

import numpy as np

'''


def checked() -> dict[str, np.ndarray]:
    """The table, after asserting row sums and the quadrature conditions to order 8."""
    a, b, c = table.A[:STAGES, :STAGES], table.B[:STAGES], table.C[:STAGES]
    assert np.allclose(a.sum(axis=1), c, atol=1e-14)
    for power in range(8):
        assert abs(b @ c**power - 1 / (power + 1)) < 1e-14, power
    return {"A": a, "B": b, "C": c, "E3": table.E3[:STAGES], "E5": table.E5[:STAGES]}


def main() -> None:
    """Write the file and say what changed."""
    lines = [HEAD]
    for name, values in checked().items():
        text = np.array2string(values, separator=", ", threshold=10**6, floatmode="unique", max_line_width=116)
        lines.append(f"{name} = np.array(\n    {text}\n)\n")
    new = "\n".join(lines)
    changed = not TARGET.exists() or TARGET.read_text() != new
    TARGET.write_text(new)
    print(f"{TARGET.name}: {'written' if changed else 'unchanged'}, {len(new)} characters (run ruff format on it)")


if __name__ == "__main__":
    main()
