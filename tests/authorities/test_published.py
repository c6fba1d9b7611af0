"""Every published value that the program answers, and whether this check would notice a wrong one."""

import math
from pathlib import Path

import pytest
from answers import Checked, answer_of, cases, files, mistakes
from measured import Worst, rounded_up, worst

HERE = Path(__file__).parent
ROWS = [(name, case) for name in files() for case in cases(name)]
UNANSWERED = {"philox", "signed_notes"}  # words in hexadecimal, and texts; test_rng.py and test_log.py compare them
EXAMPLE = {
    "name": "x",
    "unit": "km",
    "value": 100.0,
    "tolerance": 0.03,
    "rounding": 0.5,
    "grade": "A",
    "source": "here",
}
EXAMPLE |= {"tolerance_reason": "three per cent"}


@pytest.mark.parametrize(("name", "case"), ROWS, ids=[f"{name}: {case['name']}" for name, case in ROWS])
def test_the_program_gives_what_was_published(name, case):
    """Each value of tests/authorities/*.yaml within its own tolerance; a loose one is computed and listed."""
    result = Checked(case, float(answer_of(name)(case)))
    assert math.isfinite(result.computed), str(result)
    assert result.agrees or result.loose, str(result)


def test_a_wrong_value_is_noticed_and_explained():
    """100 km within 3 % and half a kilometre: 103.4 agrees, 103.6 and nan do not, and the line says why."""
    assert Checked(EXAMPLE, 103.4).agrees
    assert not Checked(EXAMPLE, 103.6).agrees
    assert not Checked(EXAMPLE, 96.4).agrees
    assert not Checked(EXAMPLE, math.nan).agrees
    said = str(Checked(EXAMPLE, 103.6))
    assert said == "x: computed 103.6 km, published 100 km, apart +3.6, allowed 3.5 (three per cent); grade A, here"


def test_a_band_is_a_claim_and_a_loose_one_only_listed():
    """A band fails outside its ends unless it is loose."""
    band = {key: value for key, value in EXAMPLE.items() if key not in ("value", "tolerance")} | {"band": [5, 7]}
    assert Checked(band, 5.0).agrees
    assert not Checked(band, 7.1).agrees
    assert not Checked(band, 7.1).loose
    assert Checked(band | {"suitability": "loose"}, 7.1).loose
    assert "published 5 to 7 km" in str(Checked(band, 7.1))


def test_every_case_can_be_checked_and_looked_up():
    """Name, unit, grade, source, and a value with its tolerance and reason, or a band with its reason."""
    wrong = [f"{name}: {case.get('name')}: {line}" for name, case in ROWS for line in mistakes(case)]
    assert not wrong, "\n".join(wrong)
    assert mistakes({"name": "x", "value": 1}) == [
        "unit: missing", "grade: missing", "source: missing", "tolerance: missing", "tolerance_reason: missing",
    ]  # fmt: skip
    assert mistakes(EXAMPLE | {"band": [1, 2]}) == ["give one of value and band"]


@pytest.mark.parametrize(
    ("grade", "basis"),
    [("A", "document"), ("C; press", "document"), ("D, recalled", "recalled"), ("D", "recalled"), ("calc", "formula")],
)
def test_what_agrees_is_counted_by_what_it_agrees_with(grade, basis):
    """A value from memory, a formula or an input of ours never counts as a document."""
    assert Checked(EXAMPLE | {"grade": grade}, 100.0).basis == basis
    assert Checked(EXAMPLE | {"grade": grade, "checks": "input"}, 100.0).basis == "input"


def test_no_case_is_counted_twice():
    """One question stands in one file, once; and no formula's value through one range and apogee in two files."""
    said = ("name", "source", "grade", "shown", "tolerance", "tolerance_reason", "suitability", "checks", "rounding")
    asked = [
        {key: value for key, value in case.items() if key not in said} | {"file": name}
        for name, case in ROWS
        if name != "boost_phase"  # where several sources speak of one burn time
    ]
    assert not [case for i, case in enumerate(asked) if case in asked[:i]]
    keys = ("unit", "value", "range_km", "apogee_km", "altitude_km")
    formulas = [tuple(map(case.get, keys)) for _, case in ROWS if case["grade"] == "calc" and "range_km" in case]
    assert not [case for i, case in enumerate(formulas) if case in formulas[:i]]


def test_other_codes_lie_as_near_as_the_page_says():
    """What docs/reference/validation.md shows of other codes: each largest difference within its limit, none exactly 0."""
    found = list(worst())
    assert len(found) > 15
    for each in found:
        assert isinstance(each, Worst)
        assert each.found > 0.0, each
        assert math.isnan(each.allowed) or each.found <= each.allowed, each


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (0.00021, 1, 0.0003),
        (0.05, 1, 0.05),
        (0.97, 1, 1.0),
        (2.5, 1, 3.0),
        (1.0, 1, 1.0),
        (2.5, 2, 2.5),
        (1.861, 2, 1.9),
    ],
)
def test_a_largest_difference_is_rounded_up(value, digits, shown):
    """To so many digits, never below."""
    assert rounded_up(value, digits) == shown


def test_every_file_is_answered():
    """Each YAML file here has its answers; and none answers a file that is not there."""
    assert {file.stem for file in HERE.glob("*.yaml")} == set(files()) | UNANSWERED
