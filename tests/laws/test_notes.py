"""Notes, checkpoints, quorums and receipts: what was written is read, and nothing but that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.errors import BadProof, KeyRefused, Malformed
from entente.exchange.proving.entries import entry_of
from entente.exchange.proving.merkle import Frontier, leaf_hash
from entente.exchange.proving.notes import (
    LOG_TYPE,
    WITNESS_TYPE,
    Note,
    Signature,
    Signer,
    TreeHead,
    cosign,
    head_of,
    head_text,
    read_head,
    read_note,
    read_signer,
    sign_head,
    signed_at,
    unbase64,
    write_signer,
)
from entente.exchange.proving.receipts import (
    Receipt,
    check_receipt,
    cosigned,
    log_signed,
    quorum_of,
    read_receipt,
    write_receipt,
)
from entente.exchange.signing import new_key, public_of

LOG, ONE, OTHER = new_key(), new_key(), new_key()
LOG_SIGNER = Signer("exercise/one", public_of(LOG), LOG_TYPE)
ONE_SIGNER = Signer("nato", public_of(ONE), WITNESS_TYPE)
OTHER_SIGNER = Signer("russia", public_of(OTHER), WITNESS_TYPE)
QUORUM = quorum_of(LOG_SIGNER, [ONE_SIGNER, OTHER_SIGNER])
HEAD = TreeHead("exercise/one", 1, leaf_hash(entry_of(-5, b"envelope")))
TEXT = head_text(HEAD)
HASH = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
LINE = "\u2014 a AAAAAAA="
TOP = "c2sp.org/tlog-proof@v1\nextra AAAAAAAAAAE=\nindex 0\n"


def full(head=HEAD):
    text = head_text(head)
    return sign_head(head, LOG) + cosign(text, "nato", ONE, 1_000) + cosign(text, "russia", OTHER, 2_000)


def test_what_a_quorum_signed_is_read():
    checked = cosigned(full(), QUORUM)
    assert checked.head == HEAD
    assert checked.seen_s == {"nato": 1_000, "russia": 2_000}
    assert head_of(full()) == HEAD
    assert log_signed(read_note(sign_head(HEAD, LOG)), LOG_SIGNER) == HEAD


def test_signatures_of_others_are_passed_over():
    stranger = cosign(TEXT, "stranger", new_key(), 5)
    assert cosigned(full() + stranger, QUORUM).head == HEAD
    assert signed_at(read_note(full()), Signer("stranger", public_of(LOG), LOG_TYPE)) is None
    assert signed_at(read_note(full()), Signer("nato", public_of(OTHER), WITNESS_TYPE)) is None


@pytest.mark.parametrize("without", ["exercise/one", "nato", "russia"])
def test_a_quorum_is_all(without):
    note = "".join(line for line in full().splitlines(keepends=True) if f"\u2014 {without}" not in line)
    with pytest.raises(BadProof, match=f"{without} has not signed"):
        cosigned(note, QUORUM)


@pytest.mark.parametrize("name", ["exercise/one", "nato", "russia"])
def test_a_signature_over_another_text_is_refused(name):
    text = head_text(TreeHead("exercise/one", 2, HEAD.root))
    lines = full(HEAD).splitlines(keepends=True)
    moved = [
        line for line in full(TreeHead("exercise/one", 2, HEAD.root)).splitlines(keepends=True) if f" {name} " in line
    ]
    note = "".join(moved[0] if f" {name} " in line else line for line in lines)
    assert text not in note
    with pytest.raises(BadProof, match=f"signature of {name} does not hold"):
        cosigned(note, QUORUM)


def test_a_bad_line_beside_a_good_one_of_the_same_key_is_refused():
    other = cosign(head_text(TreeHead("exercise/one", 2, HEAD.root)), "nato", ONE, 1_000)
    for note in (full() + other, sign_head(HEAD, LOG) + other + cosign(TEXT, "nato", ONE, 1_000)):
        with pytest.raises(BadProof):
            signed_at(read_note(note), ONE_SIGNER)


def test_the_time_of_a_cosignature_is_signed():
    line = cosign(TEXT, "nato", ONE, 1_000)
    raw = unbase64(line.split(" ")[2].strip(), "line")
    later = Note(TEXT, (Signature("nato", raw[:4], (1_001).to_bytes(8, "big") + raw[12:]),))
    with pytest.raises(BadProof):
        signed_at(later, ONE_SIGNER)
    huge = ONE.sign(f"cosignature/v1\ntime {2**63}\n{TEXT}".encode())
    with pytest.raises(BadProof):
        signed_at(Note(TEXT, (Signature("nato", raw[:4], (2**63).to_bytes(8, "big") + huge),)), ONE_SIGNER)
    last = ONE.sign(f"cosignature/v1\ntime {2**63 - 1}\n{TEXT}".encode())
    assert signed_at(Note(TEXT, (Signature("nato", raw[:4], (2**63 - 1).to_bytes(8, "big") + last),)), ONE_SIGNER)


@pytest.mark.parametrize("signature", [b"", b"1", b"12345678", b"x" * 71, b"x" * 73])
def test_signatures_of_another_length_are_refused(signature):
    for signer in (LOG_SIGNER, ONE_SIGNER):
        with pytest.raises(BadProof):
            signed_at(Note(TEXT, (Signature(signer.name, signer.key_id, signature),)), signer)


def test_a_key_has_one_use():
    """A witness's signature does not stand for a log's, nor a log's for a witness's, under the same key and name."""
    as_log = Signer("nato", public_of(ONE), LOG_TYPE)
    assert signed_at(read_note(full()), as_log) is None
    note = read_note(full())
    relabelled = Note(note.text, tuple(Signature(s.name, as_log.key_id, s.signature) for s in note.signatures))
    with pytest.raises(BadProof):
        signed_at(relabelled, as_log)


def test_another_log_is_refused():
    other = Signer("exercise/two", public_of(LOG), LOG_TYPE)
    with pytest.raises(BadProof, match="of the log 'exercise/one'; this is about 'exercise/two'"):
        cosigned(full(), quorum_of(other, [ONE_SIGNER, OTHER_SIGNER]))


@pytest.mark.parametrize("witnesses", [
    [],
    [ONE_SIGNER],
    [ONE_SIGNER, ONE_SIGNER],
    [ONE_SIGNER, Signer("russia", public_of(ONE), WITNESS_TYPE)],
    [ONE_SIGNER, Signer("nato", public_of(OTHER), WITNESS_TYPE)],
    [ONE_SIGNER, Signer("russia", public_of(LOG), WITNESS_TYPE)],
    [ONE_SIGNER, Signer("russia", public_of(OTHER), LOG_TYPE)],
    [ONE_SIGNER, Signer("russia", bytes(32), WITNESS_TYPE)],
    [ONE_SIGNER, Signer("russia", b"short", WITNESS_TYPE)],
])  # fmt: skip
def test_a_quorum_needs_keys_of_its_own_for_everyone(witnesses):
    with pytest.raises(KeyRefused):
        quorum_of(LOG_SIGNER, witnesses)


def test_signers_are_read_as_they_were_written():
    for signer in (LOG_SIGNER, ONE_SIGNER):
        assert read_signer(write_signer(signer)) == signer


@pytest.mark.parametrize("signer", [
    Signer("a", b"x" * 31, LOG_TYPE),
    Signer("a", b"x" * 33, WITNESS_TYPE),
    Signer("a b", public_of(ONE), LOG_TYPE),
    Signer("", public_of(ONE), LOG_TYPE),
    Signer("a", public_of(ONE), 0x06),
])  # fmt: skip
def test_signers_that_cannot_be_are_refused_though_their_id_is_right(signer):
    with pytest.raises(Malformed, match="is no Ed25519 key"):
        read_signer(write_signer(signer))


@pytest.mark.parametrize("note", [
    "",
    "\n",
    "\n\n",
    f"\n\n{LINE}\n",
    "text\n",
    "text\n\n",
    f"text\n{LINE}\n",
    f"text\n\n{LINE}",
    f"text\n\n{LINE}\n\n",
    f"text\n\n{LINE}\nmore\n",
    "text\n\n\u2014 a\n",
    "text\n\n\u2014  AAAAAAA=\n",
    "text\n\n\u2014 a+b AAAAAAA=\n",
    "text\n\n\u2014 a\u00a0b AAAAAAA=\n",
    "text\n\n- a AAAAAAA=\n",
    "text\n\n\u2014 a AAAAAA==\n",  # a key's id alone
    "text\n\n\u2014 a AAAAAAB=\n",  # spare bits
    "text\n\n\u2014 a AAAAAAA\n",
    "text\n\n\u2014 a AAAA AAA=\n",
    "text\n\n\u2014 a AAAAAA\u0663=\n",
    f"text\r\n\r\n{LINE}\r\n",
    f"te\txt\n\n{LINE}\n",
    f"te\x00xt\n\n{LINE}\n",
    f"te\ud800xt\n\n{LINE}\n",
    "text\n\n" + f"{LINE}\n" * 17,
    "x" * 65_536 + f"\n\n{LINE}\n",
])  # fmt: skip
def test_what_is_no_note_is_refused(note):
    with pytest.raises(Malformed):
        read_note(note)


def test_the_largest_notes_are_read():
    assert len(read_note("text\n\n" + f"{LINE}\n" * 16).signatures) == 16
    longest = "x" * (65_536 - len(f"\n\n{LINE}\n")) + f"\n\n{LINE}\n"
    assert len(read_note(longest).text) == 65_536 - len(f"\n{LINE}\n")
    assert read_note(f"\n\n\n{LINE}\n").text == "\n\n"
    assert read_note("text\n\n\u2014 a AAAAAAA=\n").signatures == (Signature("a", bytes(4), bytes(1)),)


@pytest.mark.parametrize(("read", "text", "where"), [
    (read_note, "text\n\n\u2014 a AAA\n", "note: signature: 'AAA' is not base64"),
    (read_signer, "a+00000000+AAA", "key: 'AAA' is not base64"),
    (read_head, "log\n1\nAAA\n", "checkpoint: its root: 'AAA' is not base64"),
    (read_receipt, "c2sp.org/tlog-proof@v1\nextra AAA\nindex 0\n\n", "receipt: extra: 'AAA' is not base64"),
    (read_receipt, TOP + "AAA\n\n", "receipt: proof: 'AAA' is not base64"),
])  # fmt: skip
def test_an_error_says_where_it_is(read, text, where):
    with pytest.raises(Malformed) as problem:
        read(text)
    assert str(problem.value) == where


@pytest.mark.parametrize("text", [
    "",
    f"log\n1\n{HASH}",
    f"log\n1\n{HASH}\nmore\n",
    f"log\n1\n{HASH}\n\n",
    f"\n1\n{HASH}\n",
    f"a log\n1\n{HASH}\n",
    f"a+log\n1\n{HASH}\n",
    f"log\n01\n{HASH}\n",
    f"log\n-1\n{HASH}\n",
    f"log\n+1\n{HASH}\n",
    f"log\n1_0\n{HASH}\n",
    f"log\n\u0661\n{HASH}\n",
    f"log\n\n{HASH}\n",
    f"log\n{'9' * 20}\n{HASH}\n",
    "log\n1\nAAAA\n",
    f"log\n1\n{HASH[:-1]}\n",
    f"log\n1\n{HASH}{HASH}\n",
    "log\n1\n\n",
    f"{'l' * 201}\n1\n{HASH}\n",
])  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(Malformed):
        read_head(text)


@given(st.integers(0, 2**62), st.binary(min_size=32, max_size=32), st.from_regex(r"[a-z/.-]{1,200}", fullmatch=True))
def test_checkpoints_are_read_as_they_were_written(size, root, origin):
    head = TreeHead(origin, size, root)
    assert read_head(head_text(head)) == head


@given(st.text(max_size=200))
def test_any_text_is_a_note_or_malformed(text):
    for read in (read_note, read_head, read_receipt, read_signer):
        try:
            read(text)
        except Malformed:
            continue


@given(st.binary(min_size=1, max_size=60))
def test_bytes_have_one_base64_form(raw):
    from base64 import b64encode, urlsafe_b64encode

    text = b64encode(raw).decode()
    assert unbase64(text, "here") == raw
    other = urlsafe_b64encode(raw).decode()
    for wrong in (text + "\n", " " + text, text + "=", *([other] if other != text else [])):
        with pytest.raises(Malformed, match="here"):
            unbase64(wrong, "here")


def test_a_receipt_shows_where_an_envelope_stands():
    entries = [entry_of(-5, b"envelope"), entry_of(7, b"second"), entry_of(2**62, b"third")]
    leaves = [leaf_hash(entry) for entry in entries]
    frontier = Frontier(0, [])
    frontier.append(leaves)
    head = TreeHead("exercise/one", 3, frontier.root())
    receipt = Receipt(2**62, 2, (frontier.peaks[0],), full(head))
    text = write_receipt(receipt)
    assert text.startswith("c2sp.org/tlog-proof@v1\nextra QAAAAAAAAAA=\nindex 2\n")
    assert read_receipt(text) == receipt
    assert check_receipt(text, b"third", QUORUM)[0] == receipt
    assert check_receipt(text, b"third", QUORUM)[1].head == head
    for wrong in (
        Receipt(2**62 + 1, 2, (frontier.peaks[0],), full(head)),
        Receipt(2**62, 1, (frontier.peaks[0],), full(head)),
        Receipt(2**62, 2, (leaves[0],), full(head)),
        Receipt(2**62, 2, (frontier.peaks[0],), sign_head(head, LOG)),
    ):
        with pytest.raises(BadProof):
            check_receipt(write_receipt(wrong), b"third", QUORUM)
    with pytest.raises(BadProof):
        check_receipt(text, b"other", QUORUM)


def test_the_receipt_of_a_lone_entry_has_no_hashes():
    text = write_receipt(Receipt(-5, 0, (), full()))
    assert text.startswith("c2sp.org/tlog-proof@v1\nextra //////////s=\nindex 0\n\n")
    assert check_receipt(text, b"envelope", QUORUM)[0].received_ns == -5


@pytest.mark.parametrize("text", [
    "",
    "c2sp.org/tlog-proof@v1\n",
    f"c2sp.org/tlog-proof@v2\nextra AAAAAAAAAAE=\nindex 0\n\n{full()}",
    f"c2sp.org/tlog-proof@v1\nindex 0\n{HASH}\n\n{full()}",
    f"c2sp.org/tlog-proof@v1\nextra AAAAAAAAAAE=\n{HASH}\n\n{full()}",
    f"c2sp.org/tlog-proof@v1\nextra AAAAAAAAAAE=\nindex 01\n\n{full()}",
    f"c2sp.org/tlog-proof@v1\nextra AAAAAAAAAAE=\nindex \u0661\n\n{full()}",
    f"c2sp.org/tlog-proof@v1\nextra AAAA\nindex 0\n\n{full()}",
    f"{TOP}AAAA\n\n{full()}",
    f"{TOP}{HASH}\nx\n\n{full()}",
    TOP + f"{HASH}\n" * 64 + f"\n{full()}",
    TOP + "\n" + "x" * 2 * 65_536,
])  # fmt: skip
def test_what_is_no_receipt_is_refused(text):
    with pytest.raises(Malformed):
        read_receipt(text)


def test_the_largest_receipt_is_read():
    assert len(read_receipt(TOP + f"{HASH}\n" * 63 + f"\n{full()}").proof) == 63
    assert len(read_receipt((TOP + "\n").ljust(2 * 65_536, "x")).note) == 2 * 65_536 - len(TOP) - 1
