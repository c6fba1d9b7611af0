"""What is checked against what: published values beside ours, differences from other codes, and the tests as sentences.

builders/reference.py writes it to docs/reference/validation.md.
"""

import ast
import math
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from tables import NOTE, cell, table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/authorities"))

from answers import Checked, checked, files  # noqa: E402
from measured import rounded_up, worst  # noqa: E402

FIRST = (  # files of published values and of tests that come first: flight; what is not named here follows
    "lofted_flights", "forden_vehicles", "gronlund_wright", "sounding_rocket", "other_flights", "boost_phase",
    "minimum_energy", "lofted_tests", "launch_speeds", "standard_atmosphere", "orbits",
)  # fmt: skip
FLIGHT = (
    "test_published", "test_vehicles", "test_against_heyoka", "test_integrator", "test_ballistics", "test_atmosphere",
    "test_earth", "test_orbits", "test_physics_flight", "test_ascent", "test_physics_ballistics", "test_physics_lanes",
    "test_ensembles", "test_physics_gravity", "test_physics_orbits",
)  # fmt: skip
KINDS = {"authorities": "Published values and other codes", "laws": "Laws", "honesty": "Statistics"}
WORDS = {  # of `shown`: what stands before and behind the number
    "vehicle": ("", ""), "payload_kg": ("payload ", " kg"), "lat_deg": ("latitude ", " deg"), "lon_deg": ("longitude ", " deg"),
    "azimuth_deg": ("azimuth ", " deg"), "range_km": ("range ", " km"), "apogee_km": ("apogee ", " km"),
    "reported_s": ("reported ", " s"), "reported_min": ("reported ", " min"),
}  # fmt: skip
PREFIXES = {"k": 1e3, "": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}


def claims(file: Path) -> str:
    """One line per test: its name as a sentence, and its docstring's first line if it has one."""
    lines = ""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            name = node.name.removeprefix("test_").replace("_", " ")
            said = (ast.get_docstring(node) or "").split("\n")[0]
            lines += f"- *{name[0].upper()}{name[1:]}.* {said}".rstrip() + "\n"
    return lines


def published(result: Checked) -> str:
    """What a source states: a value or a band, with its unit."""
    case = result.case
    unit = "" if case["unit"] == "1" else f" {case['unit']}"
    return " to ".join(f"{end:.10g}" for end in case.get("band", [case.get("value")])) + unit


def rough(result: Checked) -> bool:
    """Whether a case is judged by per cents; then no more digits are shown than every machine agrees on."""
    return "band" in result.case or result.allowed >= 0.01 * abs(result.case["value"])


def in_units(result: Checked) -> bool:
    """Whether a case is judged by an amount that is no small share of it, such as half a minute of a few."""
    return rough(result) and "band" not in result.case and not result.case["tolerance"]


def apart(result: Checked) -> str:
    """How far the computed number lies from the published one, in per cent of that; or whether it lies in the band."""
    if "band" in result.case:
        return "inside" if result.agrees else "outside"
    if in_units(result):
        return f"{result.computed - result.case['value']:+.2g} {result.case['unit']}"
    share = f"{100.0 * (result.computed / result.case['value'] - 1.0):+.{1 if rough(result) else 2}f}"
    return f"{share} %" if float(share) else "0 %"


def allowed(result: Checked) -> str:
    """The tolerance that a case is held to."""
    case = result.case
    if result.loose:
        return "listed only"
    if "band" in case:
        return "the band"
    parts = [f"{100.0 * case['tolerance']:g} %"] if case["tolerance"] else []
    parts += (
        [f"{case['rounding']:g}{'' if case['unit'] == '1' else ' ' + case['unit']}"] if case.get("rounding") else []
    )
    return " + ".join(parts) or "exact"


def shown(result: Checked) -> str:
    """What a case was computed with: those of its keys that its file asks to be shown."""
    case, said = result.case, []
    for key in case.get("shown", ()):
        if key == "rotation":
            said += [] if case.get(key, True) else ["no rotation"]
        elif key in case:
            before, behind = WORDS[key]
            said.append(f"{before}{f'{case[key]:,}' if behind else case[key]}{behind}")
    return ", ".join(said)


def about(name: str) -> str:
    """The comment that begins a file of published values, as a paragraph."""
    lines = (ROOT / f"tests/authorities/{name}.yaml").read_text(encoding="utf-8").splitlines()
    said = [line.removeprefix("#").strip() for line in takewhile(lambda line: line.startswith("#"), lines)]
    return " ".join(said).replace(". ", ".\n") + "\n\n" if said else ""


def titled(name: str) -> str:
    """A file's name as a heading."""
    return name.replace("_", " ").capitalize()


def tally(every: dict[str, list[Checked]]) -> str:
    """How many cases of each file are held to a tolerance, by what stands on the other side, and how many of them agree."""
    bases = ("document", "recalled", "formula", "input")

    def row(results: list[Checked]) -> list[object]:
        held = [[r for r in results if not r.loose and r.basis == basis] for basis in bases]
        listed = [r for r in results if r.loose]
        counts = [f"{sum(r.agrees for r in some)} of {len(some)}" if some else "-" for some in held]
        return [*counts, len(listed) or "-", sum(not r.agrees for r in listed) if listed else "-"]

    rows = [[f"[{titled(n)}](#{titled(n).lower().replace(' ', '-')})", *row(some)] for n, some in every.items()]
    rows.append(["all", *row([r for some in every.values() for r in some])])
    head = [
        "",
        "a document (A, B, C)",
        "recalled (D)",
        "a formula (calc)",
        "an input",
        "listed only",
        "of them outside",
    ]
    return table(head, rows)


def published_cases(name: str, results: list[Checked]) -> str:
    """One file of published values as a table; what all its cases share is said once, below."""
    formulas = [each.basis == "formula" for each in results]
    stated = "formula" if all(formulas) else "published"
    some = "formula: " if any(formulas) and not all(formulas) else ""
    head, rows = ["case", stated, "computed", "apart", "allowed"], []
    for each, formula in zip(results, formulas, strict=True):
        digits = 4 if rough(each) else 6
        beside = f"{some if formula else ''}{published(each)}"
        rows.append([each.case["name"], beside, f"{each.computed:.{digits}g}", apart(each), allowed(each)])
    page, shared = f"\n### {titled(name)}\n\n{about(name)}In `tests/authorities/{name}.yaml`.\n\n", ""
    columns = {"computed with": [shown(each) for each in results]}
    for key, title in (("tolerance_reason", "why that tolerance"), ("grade", "grade"), ("source", "source")):
        columns[title] = [cell(each.case[key]) for each in results]
    for title, values in columns.items():
        if len(set(values)) == 1:
            shared += f"\n{title.capitalize()}: {values[0]}\n" if values[0] else ""
        else:
            head.append(title)
            for row, value, before in zip(rows, values, ["", *values], strict=False):
                row.append("as above" if value == before else value)
    return page + table(head, rows) + shared


def amount(value: float, unit: str) -> str:
    """A small quantity with a prefix that keeps it readable; a share in per cent or in millionths."""
    if math.isnan(value):
        return "nothing claimed"
    if unit not in ("", "m", "s", "m/s"):
        return f"{value:g} {unit}"
    if not unit:
        return f"{100.0 * value:g} %" if value >= 1e-4 else f"{1e6 * value:g} parts in a million"
    prefix = next(p for p, size in PREFIXES.items() if value >= 0.1 * size or p == "n")
    return f"{value / PREFIXES[prefix]:g} {prefix}{unit}"


def other_codes() -> str:
    """The largest differences from other programs, computed while this page is written."""
    rows: list[list[object]] = []
    for each in worst():
        digits = 2 if each.unit.startswith("J2") else 1  # of the theory's own small quantity
        found, limit = amount(rounded_up(each.found, digits), each.unit), amount(each.allowed, each.unit)
        rows.append([each.what, each.against, each.of, found, limit])
    return table(["what", "against", "over", "worst found, rounded up", "held to"], rows)


def in_order(names: list[str], first: tuple[str, ...]) -> list[str]:
    """Those named first in their order, then the others in theirs."""
    return [name for name in first if name in names] + [name for name in names if name not in first]


def tests(flight: bool) -> Iterator[str]:
    """The sentences of every file of tests, of flight or of everything else."""
    for folder, title in KINDS.items():
        found = {file.stem: file for file in sorted((ROOT / "tests" / folder).glob("test_*.py"))}
        names = in_order([name for name in found if (name in FLIGHT) == flight], FLIGHT)
        yield f"\n### {title}\n" if names else ""
        for name in names:
            if lines := claims(found[name]):
                yield f"\n#### {found[name].relative_to(ROOT)}\n\n{lines}"


def validation() -> str:
    """The page."""
    every = {name: list(checked(name)) for name in in_order(files(), FIRST)}
    page = (
        f"# Validation\n\n{NOTE}Every line is a test that `make test` or `make nightly` runs, flight first.\n"
        "\n## Published cases\n\nWhat the public functions give for what others published.\n"
        "Grades: A primary text; B a reputable secondary source; C one secondary source; D recalled or unverified;\n"
        "calc computed from the cited formula.\n"
        'A rough statement ("listed only") is shown beside what we get, and fails nothing.\n\n'
        "Not every agreement is worth the same, so they are counted apart, by what stands on the other side:\n"
        "a document states it, of flights or orbits;\n"
        "it is recalled, or its source is unverified;\n"
        "it is a formula evaluated apart from the program, which shows only that we evaluate it rightly;\n"
        "or it judges an input of the catalogue, which the program does not compute.\n"
        "A lofted flight counts twice, by its time and by what of it is not free flight; it is one measurement.\n\n"
    )
    page += tally(every) + "".join(published_cases(name, results) for name, results in every.items())
    page += (
        "\n## Other codes\n\nThe largest difference found among some draws, computed while this page is written.\n"
        "The tests below hold more draws to the same limits.\n\n"
    ) + other_codes()
    page += "\n## Flight, test by test\n" + "".join(tests(flight=True))
    return page + "\n## Other topics, test by test\n" + "".join(tests(flight=False))
