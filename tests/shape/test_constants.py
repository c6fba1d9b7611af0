"""A physical constant has one home, constants.py: no other source file writes its number."""

import io
import tokenize
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "src/entente"
# Significant digits, so that metres, kilometres and 6.378e6 are all found.
DIGITS = {
    "6378": "equatorial radius",
    "6371": "mean radius",
    "6356": "polar radius",
    "3986": "GM",
    "7292": "spin",
    "298257": "flattening",
    "10826": "J2",
    "980665": "standard gravity",
    "28705": "gas constant of air",
}
COEFFICIENTS = {"dop853.py"}  # a table of pure numbers, written by builders/dop853.py


def constants_in(text):
    """(line, number, constant) for each number of the source that begins like a constant of nature."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.NUMBER or not token.string[-1].isdigit() or token.string[:2] in {"0x", "0b", "0o"}:
            continue
        value = float(token.string.replace("_", ""))
        digits = f"{value:.15e}".replace(".", "")
        for start, name in DIGITS.items():
            if digits.startswith(start):
                yield token.start[0], token.string, name
        if 9.795 <= value <= 9.835:
            yield token.start[0], token.string, "standard gravity"


def test_the_search_finds_what_it_should():
    found = {name for _, _, name in constants_in("a = 6378.137e3 + 3.986e14 + 9.81 + 6_371_000.0 + 7.292115e-5 + 638")}
    assert found == {"equatorial radius", "GM", "standard gravity", "mean radius", "spin"}


def test_only_constants_py_defines_physical_constants():
    wrong = [
        f"{file.relative_to(PACKAGE)}:{line}: {number} ({name})"
        for file in sorted(PACKAGE.rglob("*.py"))
        if file.name not in COEFFICIENTS | {"constants.py"}
        for line, number, name in constants_in(file.read_text(encoding="utf-8"))
    ]
    assert not wrong, wrong


def test_every_constant_says_unit_and_source():
    for line in (PACKAGE / "constants.py").read_text(encoding="utf-8").splitlines():
        if line and line[0].isupper():
            unit, _, rest = line.partition("# ")[2].partition("  ")
            assert unit, line
            assert "; " in rest, line
