"""Rows T10 and T11: odd points, signatures that are bent, wrong lengths; a signature for one use shown for another.
And what surrounds them: an envelope is taken apart byte for byte, a private key is kept from others."""

import os

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from hypothesis import given
from hypothesis import strategies as st

from entente.errors import KeyRefused, Malformed, StoreError
from entente.exchange.signing import (
    CHALLENGE,
    KEY_STATEMENT,
    LONGEST,
    MESSAGE,
    POLICY,
    PRIME,
    SMALL_ORDER,
    Envelope,
    check_public,
    digest,
    fits,
    is_signed,
    key_id,
    new_key,
    pae,
    public_of,
    read_key,
    seal,
    unseal,
    write_key,
)

ORDER = 2**252 + 27742317777372353535851937790883648493  # of the base point; RFC 8032, section 5.1
D = -121665 * pow(121666, -1, PRIME) % PRIME
KEY = new_key()
PUBLIC = public_of(KEY)
TYPES = (MESSAGE, POLICY, KEY_STATEMENT, CHALLENGE)


def x_of(y):
    """An x with -x^2 + y^2 = 1 + D x^2 y^2, or None; RFC 8032, section 5.1.3."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    return None if (x * x - square) % PRIME else x


def doubled(point):
    x, y = point
    xy, both = x * y % PRIME, D * x * x * y * y % PRIME
    return (2 * xy * pow(1 + both, -1, PRIME) % PRIME, (y * y + x * x) * pow(1 - both, -1, PRIME) % PRIME)


def test_t10_all_eight_points_of_small_order_are_no_keys():
    points = set()
    for y in SMALL_ORDER:
        x = x_of(y)
        assert doubled(doubled(doubled((x, y)))) == (0, 1)
        points |= {(x, y), (-x % PRIME, y)}
    assert len(points) == 8, "the curve has exactly eight points whose order divides eight"
    for x, y in points:
        with pytest.raises(KeyRefused, match="large order"):
            check_public((y | (x & 1) << 255).to_bytes(32, "little"))


def test_t10_a_key_of_small_order_would_sign_everything_and_is_refused():
    """Under the neutral point, R = neutral and S = 0 satisfy the equation for every text."""
    neutral = (1).to_bytes(32, "little")
    assert not fits(neutral, neutral + bytes(32), b"any text")


@pytest.mark.parametrize("y", [PRIME, PRIME + 1, PRIME + 18, 2**255 - 1])
@pytest.mark.parametrize("sign", [0, 1 << 255])
def test_t10_a_point_in_another_form_is_no_key(y, sign):
    with pytest.raises(KeyRefused):
        check_public((y | sign).to_bytes(32, "little"))


def test_t10_other_points_are_keys():
    for y in (2, 3, PRIME - 2):
        check_public(y.to_bytes(32, "little"))
    check_public(PUBLIC)


@pytest.mark.parametrize(
    "public", [b"", PUBLIC[:31], PUBLIC + b"\x00", bytes(31)], ids=["none", "31", "33", "31 zeros"]
)
def test_t10_a_key_of_another_length_is_no_key(public):
    with pytest.raises(KeyRefused, match=f"{len(public)} bytes"):
        check_public(public)
    assert not fits(public, KEY.sign(b"text"), b"text")


def test_t10_a_signature_bent_by_the_group_order_is_refused():
    """S + L satisfies the equation as S does; RFC 8032 demands S < L, or one message has two signatures."""
    signature = KEY.sign(b"text")
    s = int.from_bytes(signature[32:], "little")
    assert fits(PUBLIC, signature, b"text")
    for bent in (s + ORDER, s + 2 * ORDER):
        assert not fits(PUBLIC, signature[:32] + bent.to_bytes(32, "little"), b"text")


@pytest.mark.parametrize("length", [0, 1, 32, 63, 65, 128])
def test_t10_a_signature_of_another_length_is_refused(length):
    assert not fits(PUBLIC, KEY.sign(b"text").ljust(length, b"\x00")[:length], b"text")


def test_t10_a_signature_whose_r_is_no_point_is_refused():
    signature = KEY.sign(b"text")
    for r in (bytes(32), b"\xff" * 32, (1).to_bytes(32, "little"), (2**255 - 19).to_bytes(32, "little")):
        assert not fits(PUBLIC, r + signature[32:], b"text")


@given(st.integers(0, 8 * 64 - 1))
def test_t10_one_bit_changed_in_a_signature_is_refused(bit):
    raw = bytearray(KEY.sign(b"text"))
    raw[bit // 8] ^= 1 << bit % 8
    assert not fits(PUBLIC, bytes(raw), b"text")


@pytest.mark.parametrize("signed", TYPES)
@pytest.mark.parametrize("shown", TYPES)
def test_t11_a_signature_for_one_use_is_refused_for_another(signed, shown):
    envelope = unseal(seal(KEY, b"body", signed))
    assert is_signed(envelope, PUBLIC, shown) == (signed == shown)


def test_t11_no_body_can_pretend_to_be_another_type_or_end_elsewhere():
    """Lengths stand before the texts they measure, so that no two pairs of type and body are signed alike."""
    assert pae("a", b"b c") != pae("a 3 b", b"c")
    assert pae("", b"x") != pae("x", b"")
    assert len({pae(kind, body) for kind in ("", "1", "1 1") for body in (b"", b"1", b"1 1")}) == 9


def test_messages_are_the_type_unless_another_is_said():
    assert MESSAGE == "application/vnd.entente.message+json"
    assert is_signed(unseal(seal(KEY, b"body")), PUBLIC, "application/vnd.entente.message+json")
    assert is_signed(unseal(seal(KEY, b"body", MESSAGE)), PUBLIC)
    assert (POLICY, KEY_STATEMENT, CHALLENGE) == (
        "application/vnd.entente.policy+json",
        "application/vnd.entente.key+text",
        "application/vnd.entente.challenge+text",
    )


@given(st.binary(min_size=1, max_size=300))
def test_an_envelope_is_taken_apart_as_it_was_put_together(body):
    raw = seal(KEY, body)
    assert unseal(raw) == Envelope(key_id(PUBLIC), KEY.sign(pae(MESSAGE, body)), body)
    assert is_signed(unseal(raw), PUBLIC)
    assert not is_signed(unseal(raw + b" "), PUBLIC)
    assert not is_signed(unseal(raw), public_of(new_key()))


def test_the_longest_envelope_and_one_byte_more():
    longest = seal(KEY, b"x" * (LONGEST - 68))
    assert len(longest) == LONGEST == 65_536
    assert unseal(longest).body == b"x" * (LONGEST - 68)
    with pytest.raises(Malformed, match="holds at most 65,468"):
        seal(KEY, b"x" * (LONGEST - 67))
    with pytest.raises(Malformed, match="65,537 bytes"):
        unseal(longest + b"x")


@pytest.mark.parametrize("length", [0, 4, 67, 68])
def test_an_envelope_without_a_body_is_none(length):
    with pytest.raises(Malformed):
        unseal(bytes(length))
    assert unseal(bytes(69)).body == b"\x00"


def test_bytes_are_named_by_their_sha256():
    assert digest(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_private_key_is_kept_for_its_owner_alone(tmp_path):
    path = tmp_path / "node.key"
    write_key(path, KEY)
    assert path.stat().st_mode & 0o777 == 0o600
    assert public_of(read_key(path)) == PUBLIC
    with pytest.raises(StoreError, match="never overwritten"):
        write_key(path, new_key())
    assert public_of(read_key(path)) == PUBLIC
    path.chmod(0o640)
    with pytest.raises(StoreError, match="others may read"):
        read_key(path)


def test_a_private_key_does_not_show_itself():
    assert repr(KEY) == f"Key({PUBLIC.hex()})"
    private = KEY.private.private_bytes_raw().hex()
    assert private not in f"{KEY} {KEY!r}"


def test_keys_cannot_be_written_nowhere_nor_read_from_what_is_none(tmp_path):
    with pytest.raises(StoreError, match="cannot be written"):
        write_key(tmp_path / "none" / "node.key", KEY)
    with pytest.raises(StoreError, match="entente keys new"):
        read_key(tmp_path / "node.key")
    (tmp_path / "text").write_text("no key", encoding="utf-8")
    with pytest.raises(StoreError, match="entente keys new"):
        read_key(tmp_path / "text")
    other = generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(tmp_path / "other", os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(other)
    with pytest.raises(StoreError, match="not for Ed25519"):
        read_key(tmp_path / "other")
