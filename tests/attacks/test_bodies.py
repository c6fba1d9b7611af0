"""Bytes that say no message, and bytes that are not what was signed: rows of the table of threats by their numbers."""

import json
import re
import time

import pytest
from tests.attacks.specimens import HEAD, NOW, SPECIMENS, UPPER, judged, undecodable, written

from entente.errors import Malformed, Undecodable
from entente.exchange import signing
from entente.exchange.messages import Feed, StateOfHealth
from entente.exchange.saying.decoding import BODY_LIMIT, decode, encode

TRACK = "track-state"


@pytest.mark.parametrize("kind", sorted(SPECIMENS))
def test_t05_one_changed_bit_is_another_message(kind):
    """Every single bit of the signature and the key's hint, and one bit of every byte of the body."""
    key = signing.new_key()
    public, raw = signing.public_of(key), signing.seal(key, encode(SPECIMENS[kind]))
    assert signing.is_signed(signing.unseal(raw), public)
    bits = [8 * byte + byte % 8 for byte in range(68, len(raw))] + list(range(32, 8 * 68, 7))
    for bit in bits:
        bent = bytearray(raw)
        bent[bit // 8] ^= 1 << bit % 8
        assert not signing.is_signed(signing.unseal(bytes(bent)), public)


def test_t05_a_forged_signature_and_another_key_do_not_pass():
    key, other = signing.new_key(), signing.new_key()
    body = encode(SPECIMENS[TRACK])
    envelope = signing.unseal(signing.seal(key, body))
    assert not signing.is_signed(envelope, signing.public_of(other))
    forged = signing.unseal(signing.seal(other, body)[:4] + envelope.signature + body)
    assert not signing.is_signed(forged, signing.public_of(other))
    zero = signing.unseal(b"\0" * 68 + body)
    assert not signing.is_signed(zero, signing.public_of(key))


@pytest.mark.parametrize(
    "opening", ["[", '{"a":', '{"kind":', '{"kind":"track-state","r_km":[', '{"kind":"bulletin","views":{"a":']
)
def test_t40_deep_nesting(opening):
    """As deep as a body can be, quickly; whoever reads it gets a reason, not an exception of the reader's own."""
    body = (opening * BODY_LIMIT)[:BODY_LIMIT].encode()
    start = time.thread_time()
    assert undecodable(body) in {"too-deep", "not-json", "not-a-message"}
    assert time.thread_time() - start < 0.5


def test_t40_too_large_is_not_read_at_all():
    good = encode(SPECIMENS[TRACK])
    assert decode(good.ljust(BODY_LIMIT)) == SPECIMENS[TRACK]
    assert undecodable(good.ljust(BODY_LIMIT + 1)) == "too-large"
    assert undecodable(b"[" * 100_000_000) == "too-large"
    with pytest.raises(Undecodable, match="too-large"):
        encode(SPECIMENS[TRACK], bucket=BODY_LIMIT + 1)


@pytest.mark.parametrize("number", ["NaN", "-NaN", "nan", "Infinity", "-Infinity", "1e999", "-1e999", "1e309"])
@pytest.mark.parametrize("field", ["observed_sigma_s", "bias_sigma_km"])
def test_t41_what_is_no_number(number, field):
    body = re.sub(rb'("%s": ?)[0-9.]+' % field.encode(), rb"\g<1>" + number.encode(), written(TRACK))
    assert undecodable(body) in {"not-json", "not-a-message"}
    covariance = json.dumps(list(UPPER)).replace("25.0", number, 1)
    assert undecodable(written(TRACK, covariance="?").replace(b'"?"', covariance.encode())) in {
        "not-json",
        "not-a-message",
    }


def doubled(text, key, value):
    """The body with one more pair in front of a key that is there, in the object where it stands."""
    assert f'"{key}"' in text
    return text.replace(f'"{key}"', f'"{key}": {json.dumps(value)}, "{key}"', 1).encode()


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        (TRACK, "boot", 1), (TRACK, "boot", 2), (TRACK, "party", "rus"), (TRACK, "kind", TRACK), (TRACK, "origin", "exercise"),
        ("launch-detected", "lat_deg", 35.0), ("launch-detected", "shape", "ellipse"), ("state-of-health", "name", "other"),
        ("state-of-health", "source", "nts"), ("bulletin", "nato", "attack"), ("lines-of-sight", "azimuth_deg", 3.0),
    ],
)  # fmt: skip
def test_t42_keys_twice(kind, key, value):
    """At any depth, with the same value too, and with a key written in escapes; readers differ in which they take."""
    text = written(kind).decode()
    assert undecodable(doubled(text, key, value)) == "key-twice"
    escaped = text.replace(f'"{key}"', f'"\\u{ord(key[0]):04x}{key[1:]}": {json.dumps(value)}, "{key}"', 1)
    assert undecodable(escaped.encode()) == "key-twice"


def test_t42_keys_twice_in_our_own_compact_form():
    body = encode(SPECIMENS["query"])
    assert undecodable(body[:-1] + b',"about":12}') == "key-twice"
    assert undecodable(b'{"kind":"query",' + body[1:]) == "key-twice"


@pytest.mark.parametrize("kind", sorted(SPECIMENS))
def test_t43_unknown_missing_and_mistyped_fields(kind):
    assert undecodable(written(kind, height_km=3)) == "not-a-message"
    assert undecodable(written(kind, kind="attack-order")) == "not-a-message"
    assert undecodable(written(kind, kind=...)) == "not-a-message"
    values = json.loads(encode(SPECIMENS[kind]))
    for field, value in values.items():
        wrong = [True, [[]], {"a": 1}, 1] if isinstance(value, str) else [str(value), True, [[]], {"a": 1}, "1"]
        if isinstance(value, str) and field not in {"purpose", "effect", "reason", "text"}:
            wrong.append(value + "?")
        for other in wrong:
            if other != value:
                assert undecodable(written(kind, **{field: other})) in {"not-a-message", "key-twice"}, (field, other)
    for field in HEAD:
        assert undecodable(written(kind, **{field: ...})) == "not-a-message"
        assert undecodable(written(kind, **{field: None})) == "not-a-message"


def test_t43_what_is_no_object():
    for body in (
        b"",
        b" ",
        b"null",
        b"3",
        b'"query"',
        b"[]",
        b"{}",
        b"\0",
        b"\xff\xfe{}",
        b"\xef\xbb\xbf" + written("query"),
    ):
        assert undecodable(body) in {"not-json", "not-a-message"}
    assert undecodable(written("query") + b"{}") == "not-json"
    assert undecodable(written("query") + b"\0") == "not-json"
    assert undecodable(written("query").replace(b"nato", b"nat\xff")) == "not-json"
    assert undecodable(written("query").replace(b"is it yours", b"\xff")) == "not-json"


@pytest.mark.parametrize("digits", [20, 400, 5_000, 60_000])
def test_t44_huge_numbers(digits):
    number = b"9" * digits
    for field in (b"boot", b"number"):
        start = time.thread_time()
        body = re.sub(rb'("%s": ?)\d+' % field, rb"\g<1>" + number, written(TRACK))
        assert undecodable(body) == "not-a-message"
        body = re.sub(rb'("bias_sigma_km": ?)[\d.]+', rb"\g<1>" + number, written(TRACK))
        assert undecodable(body) == "not-a-message"
        assert time.thread_time() - start < 0.5
    assert decode(re.sub(rb'("bias_sigma_km": ?)[\d.]+', rb"\g<1>1." + number, written(TRACK))).bias_sigma_km < 2.1


@pytest.mark.parametrize(
    "day",
    [
        "2026-02-29T12:00:00.000Z", "2026-04-31T12:00:00.000Z", "0000-01-01T00:00:00.000Z", "2026-11-28T24:00:00.000Z",
        "2026-11-28T23:59:60.000Z", "2026-13-01T00:00:00.000Z", "2026-11-28T12:00:00Z", "2026-11-28T12:00:00.000+01:00",
        "2026-11-28 12:00:00.000Z", "2026-11-28T12:00:00.000z", "+2026-11-28T12:00:00.000Z", "2026-11-28T12:00:00.0000Z",
        "٢٠٢٦-11-28T12:00:00.000Z", "2026-11-28T12:00:00.000Z\n",
    ],
)  # fmt: skip
def test_t45_times_that_no_clock_shows(day):
    for kind, field in ((TRACK, "sent"), (TRACK, "observed"), ("pre-launch", "window_closes"), ("alert", "deadline")):
        assert judged(kind, **{field: day}) in {"not-a-message", "no-such-day"}
    since = Feed(name="radar", state="up", since=NOW)
    health = encode(StateOfHealth(**HEAD, feeds=(since,))).decode()
    assert undecodable(health.replace(json.dumps(NOW), json.dumps(day)).encode()) in {"not-a-message", "no-such-day"}


def test_t45_times_of_another_age_decode_and_are_judged_against_what_they_say_themselves():
    """Whether they are late or early is for the centre, by its own clock; nothing is seen after it was said."""
    for sent in ("1970-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"):
        assert decode(written("query", sent=sent)).sent == sent
    assert judged(TRACK, sent="1970-01-01T00:00:00.000Z") == "times"
    assert judged(TRACK, observed="9999-12-31T23:59:59.999Z") == "times"


def test_a_version_that_is_not_known_is_refused():
    for version in (0, 2, "1", 1.0, None):
        assert undecodable(written("query", version=version)) == "not-a-message"
    assert decode(written("query", version=...)).version == 1


def test_an_envelope_without_a_body_or_too_long_is_malformed():
    for raw in (b"", b"x" * 68, b"x" * 65_537):
        with pytest.raises(Malformed):
            signing.unseal(raw)
