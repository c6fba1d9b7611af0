"""Whatever a file holds, the reader answers with a scenario or with its mistakes, and with nothing else."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from entente.errors import ScenarioError
from entente.scenario.checks import check
from entente.scenario.load import EXAMPLES
from entente.scenario.reader import understand
from entente.scenario.schema import Scenario

GOOD = (EXAMPLES / "one-launch.yaml").read_text(encoding="utf-8")
LINES = GOOD.splitlines()

WORDS = """
    0 -1 97 1e9 1e999 .nan .inf 0o17 0x1F ~ true yes no 7,200 '7.2 km/s' 5 2013-06-01 9999-12-31T23:59:59-23:59
    0001-01-01T00:00:00+23:59 [] {} [1] {a:1} {low:1,nominal:2,high:3} &a *a !!int !x << us_nato mrbm_3000 x
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
]
words = st.sampled_from(WORDS.split())
scraps = st.one_of(words, st.text(max_size=12), st.floats().map(str), st.integers().map(str))


plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), words)
trees = st.recursive(plain, lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.sampled_from(KEYS), inner)))


def refusals(data: bytes) -> tuple[str, ...]:
    try:
        understand(data, "any.yaml", Scenario, check)
    except ScenarioError as error:
        return error.mistakes or ("no mistake named",)
    return ()


def answers(data: bytes) -> None:
    assert all(mistake.startswith("any.yaml:") for mistake in refusals(data))


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


@settings(max_examples=200)
@given(st.integers(0, len(LINES) - 1), scraps, st.sampled_from(["value", "key", "line", "drop", "twice", "indent"]))
def test_the_example_with_one_line_spoilt(number, scrap, how):
    line = LINES[number]
    key, colon, _ = line.partition(":")
    spoilt = {
        "value": [f"{key}{colon} {scrap}"],
        "key": [line.replace(key.strip(" -"), scrap, 1)],
        "line": [scrap],
        "drop": [],
        "twice": [line, line],
        "indent": [" " + line],
    }[how]
    answers("\n".join([*LINES[:number], *spoilt, *LINES[number + 1 :]]).encode("utf-8", "surrogatepass"))
