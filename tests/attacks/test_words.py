"""What a hostile or clumsy sender can put into a body: rows of the table of threats by their numbers.

Each is refused with a word for the reason, before anything is kept of it; what refuses is the code that the centre runs.
"""

import ast
import csv
import io
import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.attacks.room import furnished, why
from tests.attacks.specimens import HEAD, NOW, SPECIMENS, UPPER, changed, ellipse, written

import entente.exchange
from entente.errors import Malformed, Undecodable
from entente.exchange import signing
from entente.exchange.decoding import BODY_LIMIT, decode, encode
from entente.exchange.gates import REAL, refusal
from entente.exchange.messages import Feed, StateOfHealth
from entente.report.data import Sheet
from entente.scenario.yaml12 import UnreadableError, compose

TRACK = "track-state"
EXCHANGE = Path(entente.exchange.__file__).parent


def undecodable(body):
    """The reason for which this body is no message."""
    with pytest.raises(Undecodable) as refused:
        decode(body)
    assert re.fullmatch("[a-z][a-z-]*", refused.value.reason)
    return refused.value.reason


def judged(kind, /, **fields):
    """The reason for which a body with these fields is refused: by what decodes or by what judges; None if it is not."""
    try:
        return refusal(decode(written(kind, **fields)))
    except Undecodable as refused:
        return refused.reason


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


@pytest.mark.parametrize(
    ("ahead", "said"), [("12:00:05.000", None), ("12:00:05.251", "times"), ("12:00:30.000", "times")]
)
def test_t46_a_sensor_clock_before_the_sender_s(ahead, said):
    """Half a second or five may be two clocks of one node; thirty are a mistake."""
    for kind in (TRACK, "launch-detected", "air-track", "lines-of-sight"):
        assert judged(kind, observed=f"2026-11-28T{ahead}Z") == said


R, V = SPECIMENS[TRACK].r_km, SPECIMENS[TRACK].v_km_s
KILOFOOT, KNOT, METRE_IN_FEET = 1_000 / 304.8, 0.514444, 3.28084


def times(values, factor):
    return [factor * value for value in values]


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        (TRACK, {"r_km": times(R, 1_000), "v_km_s": times(V, 1_000)}, "radius"),  # m for km
        (TRACK, {"r_km": times(R, 0.001)}, "radius"),  # thousands of km for km
        (TRACK, {"r_km": times(R, KILOFOOT)}, "energy"),  # thousands of feet for km
        (TRACK, {"v_km_s": times(V, 1_000)}, "speed"),  # m/s for km/s
        (TRACK, {"v_km_s": times(V, 3.6)}, "energy"),  # thousands of km/h for km/s
        (TRACK, {"r_km": [45.0, 45.0, 300.0]}, "radius"),  # degrees and height for axes
        (TRACK, {"covariance": times(UPPER, 1e6)}, "covariance"),  # m2 for km2
        (TRACK, {"covariance": times(UPPER, 1e-6)}, "overconfident"),  # and the other way
        ("air-track", {"alt_m": 10_500 * METRE_IN_FEET}, "flight"),  # feet for m
        ("air-track", {"alt_m": 10.5, "speed_m_s": 480.0}, "flight"),  # km for m, knots for m/s, near the ground
        ("air-track", {"alt_m": 105_000.0}, "not-a-message"),
        ("air-track", {"speed_m_s": 8.0}, None),  # a balloon
        ("launch-detected", {"azimuth_deg": 300.0 * 0.0174533}, "direction"),  # radians for degrees
        ("launch-detected", {"observed_sigma_s": 500_000.0}, "not-a-message"),  # us for s
        ("pre-launch", {"azimuth_from_deg": 120.0, "azimuth_to_deg": 160.0}, "direction"),  # mils, or another zero
    ],
)  # fmt: skip
def test_t47_wrong_units(kind, fields, said):
    assert judged(kind, **fields) == said


FAR_OFF = {"direction", "range", "flight-time"}


def place(lat_deg, lon_deg, km=50.0):
    return json.loads(encode(changed("de-orbit", area=ellipse(lat_deg, lon_deg, km))))["area"]


def test_t48_places_swapped_or_of_the_other_sign():
    """Against the direction of flight, without which two places cannot be told; and against what the feed covers."""
    start, end = (35.0, 54.0), (42.0, 32.0)
    for wrong in ((54.0, 35.0), (-35.0, 54.0), (35.0, -54.0)):
        assert judged("launch-detected", launch_area=place(*wrong), impact_area=place(*end)) in FAR_OFF
    for wrong in ((32.0, 42.0), (-42.0, 32.0), (42.0, -32.0)):
        assert judged("launch-detected", launch_area=place(*start), impact_area=place(*wrong)) in FAR_OFF
    assert (
        undecodable(written("launch-detected", launch_area=place(35.0, 54.0) | {"lat_deg": 154.0})) == "not-a-message"
    )


def test_t48_what_lies_where_the_feed_cannot_see():
    """The frame must be named, and is Earth-fixed; a state in axes that do not turn lies elsewhere after some hours."""
    covers = (ellipse(45.0, 45.0, 2_500.0),)
    for frame in ("eci", "j2000", "ECEF", None, ...):
        assert undecodable(written(TRACK, frame=frame)) == "not-a-message"
    assert refusal(SPECIMENS[TRACK], covers) is None
    inertial = changed(TRACK, r_km=(-3500.0, 3500.0, 4500.0))  # six hours earlier or later
    assert refusal(inertial) is None
    assert refusal(inertial, covers) == "outside-coverage"
    assert refusal(changed(TRACK, r_km=(3500.0, 3500.0, -4500.0)), covers) == "outside-coverage"
    assert (
        refusal(changed("launch-detected", launch_area=ellipse(-45.0, 45.0), impact_area=None), covers)
        == "outside-coverage"
    )


def test_t48_the_centre_holds_a_node_to_its_own_account_of_what_it_covers():
    """A state of health says where its feeds can see; while one feed does not say, any place may be."""
    from_here = ellipse(45.0, 45.0, 2_500.0)
    feeds = [Feed(name=name, state="up", since="2026-01-01T00:00:00.000Z", covers=from_here) for name in ("a", "b")]
    for told, said in ((feeds, "outside-coverage"), ([feeds[0], replace(feeds[1], covers=None)], None)):
        room = furnished()
        room.say(StateOfHealth, "nato-sat", feeds=tuple(told))
        assert why(room.track("nato-sat")) is None
        before = room.state
        assert why(room.launch("nato-sat", launch_area=ellipse(-45.0, 45.0))) == said
        assert (room.state.launches == before.launches) == (said is not None)


ORDER = [a + b for i, a in enumerate("xyzuvw") for b in "xyzuvw"[i:]]  # position x y z, velocity u v w


def triangle(**entries):
    """UPPER with other entries, such as xy=30."""
    assert set(entries) <= set(ORDER)
    return [entries.get(name, value) for name, value in zip(ORDER, UPPER, strict=True)]


@pytest.mark.parametrize(
    ("covariance", "said"),
    [
        (triangle(xx=-25.0), "covariance"),
        (triangle(ww=-1e-9), "covariance"),
        (triangle(xy=30.0), "covariance"),  # correlation 1.2
        (triangle(xy=25.0), "covariance"),  # and 1
        (triangle(xy=24.9), None),
        (triangle(xy=24.0, xz=24.0, yz=-24.0), "covariance"),  # each pair may be, the three may not
        (triangle(xu=0.26), "covariance"),
        ([0.0] * 21, "covariance"),
        ([1e30] * 21, "covariance"),
        (triangle(xx=1e30), "covariance"),
        (triangle(uu=1e30), "covariance"),
        (triangle(xx=1e-7), "covariance"),  # 0.3 m
        (triangle(uu=1e-13), "covariance"),
        ([1e308] * 21, "covariance"),
        (list(UPPER) * 2, "not-a-message"),  # all 36 and more: nothing can be asymmetrical
        (list(UPPER)[:20], "not-a-message"),
    ],
)  # fmt: skip
def test_t49_covariances_that_nobody_can_have(covariance, said):
    assert judged(TRACK, covariance=covariance) == said


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=21, max_size=21))
def test_t49_no_covariance_raises(numbers):
    assert refusal(changed(TRACK, covariance=tuple(numbers))) in {"covariance", "overconfident", None}


def test_t50_more_certain_than_its_sensor():
    """Ten metres in all for a radar, a hundred for infrared eyes; and never more certain than the bias it declares."""
    unbiased = {"bias_sigma_km": 0.0, "bias_sigma_km_s": 0.0}
    for share, seen_by, said in (
        (1e-6, "radar", "overconfident"), (1e-5, "radar", None), (1e-4, "infrared", "overconfident"), (1e-3, "infrared", None),
    ):  # fmt: skip
        covariance = [share * value for value in UPPER]  # 5 km and 50 m/s on an axis, times the root
        assert judged(TRACK, covariance=covariance, seen_by=seen_by, **unbiased) == said
        assert judged(TRACK, covariance=covariance, seen_by=seen_by, bias_sigma_km=1.0) == "overconfident"
    assert judged("launch-detected", launch_area=place(35.0, 54.0) | {"semi_major_km": 0.0}) == "not-a-message"


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


def test_t67_only_json_is_read():
    """No YAML, so neither billion laughs nor tags nor `NO`."""
    for body in (b"kind: query\nabout: 12\n", b"!!python/object/apply:os.system ['true']", b"a: &a [1]\nb: [*a, *a]"):
        assert undecodable(body) == "not-json"
    for word in ("NO", "no", "on", "10:30", "~", "1e3"):
        assert judged("query", about=word) == "not-a-message"
        assert judged("query", party=word) in {None, "not-a-message"}
        if judged("query", party=word) is None:
            assert decode(written("query", party=word)).party == word


def test_t67_scenarios_are_yaml_of_plain_values_only():
    """Nothing is multiplied by reference, nothing is made by a tag, and words stay words."""
    laughs = "a0: &a0 [lol, lol]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    start = time.thread_time()
    page = compose(laughs, "laughs.yaml")
    assert time.thread_time() - start < 0.5
    assert len(page.findings) >= 3 * 39
    assert all(finding.text.startswith(("'&", "'*")) for finding in page.findings)
    (tag,) = compose("a: !!python/object/apply:os.system ['true']", "tag.yaml").findings
    assert "is a tag, which is refused" in tag.text
    plain = compose("a: NO\nb: 10:30\nc: on\nd: 0o17\ne: １２\nf: 2013-06-01\ng: ٣", "plain.yaml")
    assert [plain.value((key,)) for key in "abcdefg"] == ["NO", "10:30", "on", 15, "１２", "2013-06-01", "٣"]
    with pytest.raises(UnreadableError, match="nested deeper"):
        compose("a: " + "[" * 20_000, "deep.yaml")


def imported():
    """Every name that the package imports, by file."""
    for file in EXCHANGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((file.name, alias.name) for alias in node.names)
            if isinstance(node, ast.ImportFrom):
                yield file.name, node.module or ""


def called():
    """Every function that the package calls by a plain or dotted name, by file."""
    for file in EXCHANGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield file, ast.unparse(node.func), node


def test_t68_nothing_that_runs_what_it_reads():
    wide = {"pickle", "marshal", "shelve", "dill", "joblib", "h5py", "h5netcdf", "yaml", "subprocess", "ctypes"}
    assert not [(file, name) for file, name in imported() if name.split(".")[0] in wide]
    assert not [
        (file.name, name) for file, name, _ in called() if name in {"eval", "exec", "np.load", "__import__", "compile"}
    ]


def test_t69_no_name_or_call_sign_is_a_formula():
    for sign in ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"):
        for kind, field in (
            ("air-track", "call_sign"),
            ("air-track", "track"),
            (TRACK, "party"),
            ("key-add", "holder"),
        ):
            assert judged(kind, **{field: sign}) == "not-a-message"


def test_t69_no_table_of_a_report_holds_a_formula():
    rows = [["=1+1", "+1", "-1", "@A1", "\t=1", "a=1", "", -1.5, None]]
    assert Sheet("x.csv", list("abcdefghi"), rows).text.splitlines()[1] == "'=1+1,'+1,'-1,'@A1,'\t=1,a=1,,-1.5,"


def test_t70_no_address_is_ever_fetched():
    """What looks like one is text: nothing that the package imports can open a connection, but for its server and client."""
    nets = {"socket", "ssl", "http", "urllib", "requests", "httpx", "aiohttp", "websockets", "ftplib", "smtplib"}
    found = {(file, name) for file, name in imported() if name.split(".")[0] in nets and name != "urllib.parse"}
    assert not {file for file, _ in found} - {"server.py", "client.py"}
    said = decode(written("pre-launch", purpose="http://169.254.169.254/latest/meta-data"))
    assert refusal(said) is None
    assert said.purpose.startswith("http://")


def test_t71_no_value_is_put_into_sql():
    """Every statement is fixed text, or put together from constants of its own file; values go in as parameters."""
    for file, name, call in called():
        if name.rsplit(".", 1)[-1] in {"execute", "executemany", "executescript"} and call.args:
            names = {node.id for node in ast.walk(call.args[0]) if isinstance(node, ast.Name)}
            text = file.read_text(encoding="utf-8")
            for one in names - {"asked", "tables", "pragma"}:
                assert re.search(rf"^{one}\b.* = |^    +{one} = f?\"", text, re.MULTILINE), (
                    file.name,
                    ast.unparse(call),
                )
    for name in ("'; DROP TABLE entries; --", 'x" OR 1=1', "%", "a'b"):
        assert judged(TRACK, node=name) == "not-a-message"


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


def test_a_version_that_is_not_known_is_refused():
    for version in (0, 2, "1", 1.0, None):
        assert undecodable(written("query", version=version)) == "not-a-message"
    assert decode(written("query", version=...)).version == 1


def test_an_envelope_without_a_body_or_too_long_is_malformed():
    for raw in (b"", b"x" * 68, b"x" * 65_537):
        with pytest.raises(Malformed):
            signing.unseal(raw)
