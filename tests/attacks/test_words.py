"""Words that are not what they look like: in texts, names and numbers; rows of the table of threats by their numbers."""

import csv
import io
import re

import pytest
from tests.attacks.specimens import SPECIMENS, judged, undecodable, written

from entente.errors import Undecodable
from entente.exchange.saying.decoding import decode
from entente.exchange.saying.gates import REAL

TRACK = "track-state"


@pytest.mark.parametrize(
    "text",
    [
        "o\u034fo", "tall\ufe0f", "\u3164", "\u00a0", "\u3000",
        "safe \u202egnp.exe", "zero\u200bwidth", "nul\0", "bell\a", "a\nb", "tab\t", "\u2066isolated\u2069", "line\u2028",
        "a\u0301", "o\u0323\u0302\u0301\u0308\u0301", "\ufeffmark", "\ue000private", "\U000e0041tag",
        "soft\u00adhyphen", "\u0378",
    ],
)  # fmt: skip
def test_t62_free_text_that_is_not_what_it_looks_like(text):
    assert judged("pre-launch", purpose=text) == "text"
    assert judged("geophysical-experiment", effect=text) == "text"
    assert judged("key-revoke", reason=text) == "text"
    assert judged("policy-in-force", text=text) == (None if text == "a\nb" else "text")


def test_t62_free_text_in_many_scripts_passes_and_has_an_end():
    for text in ("Испытание", "試験飛行", "régime ångström", "تجربة", "परीक्षण", "x <= 3 & y"):
        assert judged("pre-launch", purpose=text) is None
    assert judged("pre-launch", purpose="x" * 401) == "not-a-message"
    assert judged("pre-launch", purpose="o" + "\u0323" * 10_000) == "not-a-message"
    assert undecodable(written("pre-launch", purpose="?").replace(b'"?"', b'"\\ud800 lone"')) == "not-json"


@pytest.mark.parametrize(
    "sign",
    [
        "", "A" * 17, "abc", "A\u202eB", "A\u200bB", "\u0410BC", "A\0", "A\n", "\nA", "A\tB", "\uff21BC", "A\u0301", " A", "-A",
        "A/B", "A'B", "A;B", "<B>",
    ],
)  # fmt: skip
def test_t62_call_signs_are_capitals_and_digits(sign):
    assert judged("air-track", call_sign=sign) == "not-a-message"


@pytest.mark.parametrize("digits", ["１２", "٣", "१२", "²", "Ⅻ", "1_000", "0x1f", "01", "+1", " ", "1,5", "١e٣"])
def test_t63_digits_of_other_scripts(digits):
    """`float('１２')` is 12 in Python; here nothing but ASCII digits is a number, in numbers and in texts."""
    for field in ("boot", "bias_sigma_km"):
        body = re.sub(rf'("{field}": ?)[\d.]+', lambda found: found[1] + digits, written(TRACK).decode())
        assert undecodable(body.encode()) in {"not-json", "not-a-message"}
    for one in digits.replace("01", "x"):
        assert judged("cancel", notice=f"PLN/US/2026/012/00{one}/04") == (
            None if one in "0123456789" else "not-a-message"
        )
        assert judged("acknowledgement", digest="ab" * 31 + "0" + one) == (
            None if one in "0123456789abcdef" else "not-a-message"
        )


@pytest.mark.parametrize(
    "name", ["nato\nERROR forged", "nato\r\n", "nato\n", "nato\x1b[31m", "nato\u2028x", "nato\x85", "n\x7f"]
)
def test_t72_no_name_begins_a_line_of_its_own(name):
    for kind, field in ((TRACK, "node"), (TRACK, "party"), (TRACK, "track"), ("query", "log"), ("refusal", "reason")):
        assert judged(kind, **{field: name}) == "not-a-message"
    out = io.StringIO()
    try:
        decode(written(TRACK, node=name))
    except Undecodable as refused:
        csv.writer(out).writerow([refused.reason, str(refused)])
    assert out.getvalue() == "not-a-message,not-a-message\r\n"


@pytest.mark.parametrize("kind", sorted(SPECIMENS))
def test_t80_only_notices_and_what_keeps_them_going_are_ever_real(kind):
    """Everything else is exercise, replay or test, inside the signed body; and no body is without it."""
    may = SPECIMENS[kind].__class__ in REAL
    assert judged(kind, origin="real") == (None if may else "not-as-real")
    assert [judged(kind, origin=origin) for origin in ("exercise", "replay", "test")] == [None] * 3
    for origin in ("REAL", "Real", " real", "live", "", None, ...):
        assert undecodable(written(kind, origin=origin)) == "not-a-message"


def test_t80_the_kinds_that_may_be_real():
    named = {kind.__struct_config__.tag for kind in REAL}
    assert named == {
        "pre-launch", "window-change", "post-launch", "cancel", "geophysical-experiment", "de-orbit", "state-of-health",
        "acknowledgement",
    }  # fmt: skip
