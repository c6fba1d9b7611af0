"""What is written is what is read, by whomever it was written; and the kinds say what they are meant to."""

import json
import re
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.attacks.specimens import SPECIMENS, changed

from entente.errors import UnknownName
from entente.exchange import messages
from entente.exchange.saying.decoding import INSTANT_FIELDS, decode, encode, instants_of
from entente.exchange.saying.gates import refusal
from entente.exchange.saying.instants import instant, nanoseconds
from entente.exchange.saying.schema import KINDS, schema

MILLISECOND = 1_000_000  # ns
YEAR_10000 = 253_402_300_800_000  # ms
UNITS = ("_km", "_km_s", "_m", "_m_s", "_s", "_deg", "_percent")
UNITLESS = {  # counts, indices, and what the docstring gives the units of
    "boot", "number", "revision", "about", "size", "its_boot", "its_number", "launch", "alert", "evidence", "corners",
    "covariance",
}  # fmt: skip

every_kind = pytest.mark.parametrize("kind", sorted(SPECIMENS))


@every_kind
def test_what_is_written_is_what_is_read(kind):
    assert decode(encode(SPECIMENS[kind])) == SPECIMENS[kind]


def in_escapes(text):
    """A string of JSON with every letter as its number."""
    return '"' + "".join(f"\\u{ord(letter):04x}" for letter in json.loads(text[0])) + '"'


@every_kind
def test_another_writer_says_the_same(kind):
    """Keys in another order, blanks, every letter escaped, what is left at its default left out."""
    values = json.loads(encode(SPECIMENS[kind]))
    plain = dict(reversed(values.items()))
    defaults = {"previous": messages.NOTHING, "policy": messages.NOTHING, "version": 1}
    fewer = {key: value for key, value in values.items() if key not in defaults or defaults[key] != value}
    escaped = re.sub(r'"(?:[^"\\]|\\.)*"', in_escapes, json.dumps(values))
    for text in (json.dumps(plain, indent=3), json.dumps(fewer), escaped):
        assert decode(text.encode()) == SPECIMENS[kind]


@every_kind
def test_an_honest_message_passes_the_gates(kind):
    assert refusal(SPECIMENS[kind]) is None


@every_kind
def test_blanks_hide_the_length_and_change_nothing(kind):
    body = encode(SPECIMENS[kind], bucket=512)
    assert len(body) % 512 == 0
    assert decode(body) == SPECIMENS[kind]


@every_kind
def test_every_time_in_a_message_is_found(kind):
    """By the pattern of an instant in the values themselves, whatever the fields are called."""
    there = re.findall(r"\d{4}-\d{2}-\d{2}T[\d:.]+Z", encode(SPECIMENS[kind]).decode())
    assert sorted(instants_of(SPECIMENS[kind])) == sorted(there)


def test_no_time_has_a_name_that_is_not_looked_for():
    named = {name for kind in KINDS.values() for name, hint in get_type_hints(kind, include_extras=True).items()
             if messages.Instant in (hint, *get_args(hint))}  # fmt: skip
    assert named == {"sent", *INSTANT_FIELDS}


def test_every_number_says_its_unit():
    for name, part in schema()["$defs"].items():
        for field, said in part["properties"].items():
            if re.search('"(number|integer)"', json.dumps(said)):
                assert field.endswith(UNITS) or field in UNITLESS, f"{name}.{field}"


def test_no_pattern_lets_a_line_break_follow():
    patterns = set(re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', json.dumps(schema())))
    assert len(patterns) >= 7
    for pattern in map(json.loads, (f'"{pattern}"' for pattern in patterns)):
        assert pattern.startswith("^")
        assert pattern.endswith(messages.END)


def test_positions_are_areas_or_carry_a_covariance():
    """No message has a bare point: latitude and longitude stand in an ellipse or in a polygon, nowhere else."""
    for kind in KINDS.values():
        assert not {"lat_deg", "lon_deg", "corners"} & set(kind.__struct_fields__)
    assert "covariance" in messages.TrackState.__struct_fields__


def test_the_schema_names_every_kind_and_no_other_field():
    defined = schema()["$defs"]
    tags = {part["properties"]["kind"]["enum"][0] for part in defined.values() if "kind" in part["properties"]}
    assert tags == set(KINDS) == set(SPECIMENS)
    assert not any(part["additionalProperties"] for part in defined.values())
    with pytest.raises(UnknownName, match="did you mean 'track-state'"):
        schema("track-stat")


@pytest.mark.parametrize("kind", ["engagement-intent", "answer", "query", "bulletin"])
def test_no_message_commands(kind):
    """What is said of engagements is who, when and where others keep out; no place to aim at, no weapon, no order."""
    forbidden = re.compile(r"aim|target|weapon|interceptor|assign|order|fire|command", re.IGNORECASE)
    assert not any(forbidden.search(field) for field in KINDS[kind].__struct_fields__)


@given(st.integers(-62_135_596_800_000, YEAR_10000 - 1))
def test_instants_and_nanoseconds_are_the_same_times(ms):
    assert nanoseconds(instant(ms * MILLISECOND)) == ms * MILLISECOND
    assert instant(ms * MILLISECOND + MILLISECOND - 1) == instant(ms * MILLISECOND)
    assert decode(encode(changed("query", sent=instant(ms * MILLISECOND)))).sent == instant(ms * MILLISECOND)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=21, max_size=21))
def test_no_number_loses_a_bit(numbers):
    said = changed("track-state", covariance=tuple(numbers))
    assert decode(encode(said)) == said
