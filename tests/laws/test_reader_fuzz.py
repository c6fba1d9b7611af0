"""Whatever a file holds, the reader answers with a scenario or with its mistakes, and with nothing else."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from entente.errors import ScenarioError
from entente.scenario.checks import check
from entente.scenario.load import EXAMPLES
from entente.scenario.reader import understand
from entente.scenario.schema import Scenario

SHELF = {path.stem: path for path in EXAMPLES.glob("*.yaml")}
SHEETS = {name: path.read_text(encoding="utf-8").splitlines() for name, path in sorted(SHELF.items())}

WORDS = """
    0 -1 97 1e9 1e999 .nan .inf 0o17 0x1F ~ true yes no 7,200 '7.2 km/s' 5 2013-06-01 9999-12-31T23:59:59-23:59
    0001-01-01T00:00:00+23:59 [] {} [1] {a:1} {low:1,nominal:2,high:3} &a *a !!int !x << us_nato mrbm_3000 x
    europe-2013 middle-east third attack sm3_ia_ship.p_kill mrbm_3000.rcs_m2.coast.X a.b F4 {F9:x} [[]] [{}] 2014
"""
KEYS = [
    "entente",
    "title",
    "epoch",
    "status",
    "parties",
    "regions",
    "cases",
    "rungs",
    "seeds",
    "exclude",
    "name",
    "low",
    "based_on",
    "ladder",
    "rung",
    "flows",
    "critical_sites",
    "paths",
    "steps",
    "year",
    "assume",
    "input",
    "value",
    "out_of_scope",
    "effect",
    "what",
    "notice",
    "by",
    "to",
    "nature",
    "launched_by",
    "answers_for",
    "priorities",
]
words = st.sampled_from(WORDS.split())
scraps = st.one_of(words, st.text(max_size=12), st.floats().map(str), st.integers().map(str))


plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), words)
trees = st.recursive(plain, lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.sampled_from(KEYS), inner)))


def refusals(data: bytes) -> tuple[str, ...]:
    try:
        understand(data, "any.yaml", Scenario, check, lambda: SHELF)
    except ScenarioError as error:
        return error.mistakes or ("no mistake named",)
    return ()


def answers(data: bytes) -> None:
    files = ("any.yaml:", *(f"{path}:" for path in SHELF.values()))
    assert all(mistake.startswith(files) for mistake in refusals(data))


@given(st.binary(max_size=200))
def test_any_bytes(data):
    answers(data)


@given(st.text(max_size=200))
def test_any_text(text):
    answers(text.encode("utf-8", "surrogatepass"))


@given(st.text(alphabet="-?:,[]{}#&*!|>'\"%@` \n0ab.~<", max_size=60))
def test_any_punctuation(text):
    answers(text.encode())


@given(st.dictionaries(st.sampled_from(KEYS), trees))
def test_any_tree_of_known_keys(tree):
    answers(json.dumps(tree).encode())


@given(st.dictionaries(st.sampled_from(KEYS), trees))
def test_any_tree_upon_a_shipped_scenario(tree):
    answers(json.dumps({"entente": 1, "title": "any", **tree, "based_on": "europe-2013"}).encode())


@st.composite
def spoilt_examples(draw: st.DrawFn) -> str:
    """A shipped scenario in which one line is not as it was."""
    lines = draw(st.sampled_from(list(SHEETS.values())))
    number, scrap = draw(st.integers(0, len(lines) - 1)), draw(scraps)
    line = lines[number]
    key, colon, _ = line.partition(":")
    spoilt = draw(
        st.sampled_from(
            [
                [f"{key}{colon} {scrap}"],
                [line.replace(key.strip(" -"), scrap, 1)],
                [line.replace(line.rpartition(" ")[2], scrap)],
                [scrap],
                [],
                [line, line],
                [" " + line],
            ]
        )
    )
    return "\n".join([*lines[:number], *spoilt, *lines[number + 1 :]])


@settings(max_examples=300, deadline=None)
@given(spoilt_examples())
def test_an_example_with_one_line_spoilt(text):
    answers(text.encode("utf-8", "surrogatepass"))
