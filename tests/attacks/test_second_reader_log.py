"""A second reader's attempts on the log, its proofs and its auditor. What stands after `against:` was possible once."""

from shutil import copy

import apsw
import msgspec
import pytest
from tests.attacks.recorded import (
    KEYS,
    LOG_KEY,
    OPENING,
    ORIGIN,
    PUBLIC,
    QUORUM,
    SIGNERS,
    WITNESS_KEYS,
    Recorded,
    record,
)  # fmt: skip
from tests.attacks.test_audit import pins_of
from typer.testing import CliRunner

from entente.cli import app
from entente.errors import BadProof, EntenteError, KeyRefused, LedgerError, Malformed, StoreError
from entente.exchange import messages as said
from entente.exchange.centre import opened, snapshot
from entente.exchange.ledger import Ledger
from entente.exchange.proving.audit import audit
from entente.exchange.proving.entries import entry_of, envelope_of
from entente.exchange.proving.evidence import Evidence
from entente.exchange.proving.notes import (
    LOG_TYPE,
    WITNESS_TYPE,
    Signer,
    TreeHead,
    cosign,
    head_text,
    read_note,
    read_signer,
    sign_head,
    write_signer,
)  # fmt: skip
from entente.exchange.proving.pins import read_pins
from entente.exchange.proving.receipts import check_receipt, cosigned, quorum_of
from entente.exchange.proving.vouching import VOUCH, held_by
from entente.exchange.proving.witness import Refused
from entente.exchange.ruling.keyring import pinned, statement
from entente.exchange.saying.decoding import encode
from entente.exchange.saying.instants import instant
from entente.exchange.shell import Keys, Shell
from entente.exchange.signing import KEY_STATEMENT, new_key, pae, public_of, read_key, seal, write_key


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    folder = tmp_path_factory.mktemp("honest")
    record(folder).close()
    return folder / "log.db"


# Tables changed on the disk: whatever stands there, the auditor says so in a line.


@pytest.mark.parametrize("sql", [
    "UPDATE entries SET entry = 'text' WHERE at = 3",
    "UPDATE entries SET entry = 7 WHERE at = 3",
    "UPDATE entries SET leaf = 7 WHERE at = 3",
    "UPDATE entries SET entry = (SELECT entry FROM entries WHERE at = 4) WHERE at = 3",
    "INSERT INTO entries VALUES (1000000000000000000, x'00', x'00')",
    "INSERT INTO entries VALUES (9223372036854775807, x'00', x'00')",
    "UPDATE inner_nodes SET hash = 'x' WHERE rank = 3",
    "DELETE FROM inner_nodes WHERE rank = 3",
    "DROP TABLE inner_nodes",
    "UPDATE checkpoints SET note = x'00'",
    "UPDATE checkpoints SET note = 5",
    "UPDATE checkpoints SET size = size + 1000",
    "UPDATE checkpoints SET size = 1 WHERE size = (SELECT max(size) FROM checkpoints)",
    "UPDATE checkpoints SET size = -5 WHERE size = (SELECT max(size) FROM checkpoints)",
    "UPDATE checkpoints SET note = replace(note, 'exercise', char(27) || '[2J')",
    "DROP TABLE checkpoints",
    "UPDATE about SET origin = x'00'",
])  # fmt: skip
def test_no_change_of_a_table_makes_the_auditor_stumble(honest, tmp_path, sql):
    """Against: text for bytes, and a checkpoint under another size, ended in a traceback that named no entry."""
    path = tmp_path / "log.db"
    copy(honest, path)
    db = apsw.Connection(str(path))
    db.execute(sql)
    db.close()
    try:
        with Ledger(path, ORIGIN, writing=False) as ledger:
            what = str(audit(ledger, OPENING, QUORUM).bad or "")
    except EntenteError as problem:
        what = str(problem)
    assert what
    assert what.replace("\n", "").isprintable()


@pytest.mark.parametrize("sql", [
    "UPDATE checkpoints SET note = x'00'",
    "UPDATE snapshots SET state = 'text'",
    "UPDATE snapshots SET root = 'text'",
])  # fmt: skip
def test_a_centre_starts_or_says_why_not_whatever_its_tables_hold(honest, tmp_path, sql):
    path = tmp_path / "log.db"
    copy(honest, path)
    with Ledger(path, ORIGIN) as ledger:
        ledger.save_snapshot(0, ledger.root(0), snapshot(OPENING))
    db = apsw.Connection(str(path))
    db.execute(sql)
    db.close()
    if "checkpoints" in sql:
        with pytest.raises(LedgerError, match="no text"):
            Ledger(path, ORIGIN)
        return
    with Ledger(path, ORIGIN) as ledger:
        assert Shell(ledger, Keys(LOG_KEY, KEYS["centre"]), QUORUM, OPENING).state.size == ledger.size


def test_a_snapshot_of_other_pins_begins_nothing(honest, tmp_path):
    """Against: a centre started with new pins went on under the old roots, for its snapshot knew them."""
    path = tmp_path / "log.db"
    copy(honest, path)
    roots = {"nato": public_of(new_key()).hex(), "rus": PUBLIC["rus"], "centre": PUBLIC["centre"]}
    other = opened("exercise-1", "exercise", pinned(roots))
    with Ledger(path, ORIGIN) as ledger:
        state = Shell(ledger, Keys(LOG_KEY, KEYS["centre"]), QUORUM, OPENING).state
        ledger.save_snapshot(ledger.size, ledger.root(), snapshot(state))
        with pytest.raises(LedgerError):
            Shell(ledger, Keys(LOG_KEY, KEYS["centre"]), QUORUM, other)


@pytest.mark.parametrize("changes", [{"size": 3}, {"log": "another"}, {"origin": "test"}])
def test_a_snapshot_that_is_not_of_this_place_is_passed_over(honest, tmp_path, changes):
    path = tmp_path / "log.db"
    copy(honest, path)
    with Ledger(path, ORIGIN) as ledger:
        state = Shell(ledger, Keys(LOG_KEY, KEYS["centre"]), QUORUM, OPENING).state
        ledger.save_snapshot(ledger.size, ledger.root(), snapshot(msgspec.structs.replace(state, **changes)))
        assert Shell(ledger, Keys(LOG_KEY, KEYS["centre"]), QUORUM, OPENING).state == state


def test_a_table_of_numbers_turned_round_accuses_nobody(honest, tmp_path):
    """Against: an old message sent again was said to be an equivocation, on the log and for ever."""
    path = tmp_path / "log.db"
    copy(honest, path)
    db = apsw.Connection(str(path))
    db.execute("UPDATE numbers SET at = (SELECT max(at) FROM numbers) WHERE at = 0")
    db.close()
    with Ledger(path, ORIGIN) as ledger:
        size, shell = ledger.size, Shell(ledger, Keys(LOG_KEY, KEYS["centre"]), QUORUM, OPENING)
        with pytest.raises(LedgerError, match="table of numbers"):
            shell.submit([envelope_of(ledger.entry(0))], shell.state.clock_ns)
        assert ledger.size == size


def test_nobody_s_many_crimes_keep_out_another_s_first(tmp_path, monkeypatch):
    """Against: ten names with a hundred pieces each, and nothing more was kept of anybody."""
    monkeypatch.setattr("entente.exchange.ledger.MOST_EVIDENCE", 6)
    with Ledger(tmp_path / "log.db", ORIGIN) as ledger:
        for n in range(9):
            ledger.keep_evidence(Evidence(f"rus-{n % 3}", "equivocation", b"%d" % n))
        ledger.keep_evidence(Evidence("nato-1", "equivocation", b"nato"))
        for _ in range(9):
            ledger.keep_evidence(Evidence("nato-1", "equivocation", b"nato"))
        kept = [piece.about for piece in ledger.evidence()]
    assert len(kept) == 6
    assert kept.count("nato-1") == 1
    assert {"rus-0", "rus-1", "rus-2"} < set(kept)


def test_evidence_that_somebody_wrote_into_the_file_moves_no_terminal(honest, tmp_path):
    path = tmp_path / "log.db"
    copy(honest, path)
    db = apsw.Connection(str(path))
    db.execute("INSERT INTO evidence (about, reason, what) VALUES (char(27) || '[2J', 'a' || char(10) || 'b', x'00')")
    db.close()
    told = CliRunner().invoke(app, ["verify", str(path), "--keys", str(pins_of(tmp_path))])
    assert told.exit_code == 0
    assert all(line.isprintable() for line in told.output.split("\n"))
    assert "?[2J: a?b" in told.output


# Signatures that pass for others.


def test_a_root_that_takes_the_name_of_the_other_s_witness_cosigns_nothing_for_it(tmp_path):
    """Against: `cosigned by both` was printed under a checkpoint that one party and the log had made alone."""
    room, thief = Recorded(tmp_path), new_key()
    head = {"log": "exercise-1", "origin": "exercise", "party": "rus", "node": "root", "boot": 1, "number": 1,
            "sent": instant(room.now_ns)}  # fmt: skip
    words = {"key": public_of(thief).hex(), "holder": "nato-witness", "role": "witness"}
    consent = thief.sign(pae(KEY_STATEMENT, statement(said.KeyAdd(**head, **words, proof="0" * 128))))
    room.say(said.KeyAdd, "rus", **words, proof=consent.hex())
    assert room.ledger.size == 1
    here = TreeHead(ORIGIN, 1, room.ledger.root())
    note = sign_head(here, LOG_KEY)
    note += cosign(head_text(here), "nato-witness", thief, 5)
    note += cosign(head_text(here), "rus-witness", WITNESS_KEYS["rus"], 5)
    assert audit(room.ledger, OPENING, QUORUM, [note]).cosigned == 0
    with pytest.raises(BadProof):
        cosigned(note, QUORUM)
    room.close()


def test_a_receipt_and_a_checkpoint_of_another_log_count_for_nothing(tmp_path):
    room = record(tmp_path)
    envelope, receipt = envelope_of(room.ledger.entry(0)), room.shell.receipt(0)
    other = quorum_of(Signer("exercise/exercise-2", QUORUM.log.public, LOG_TYPE), QUORUM.witnesses)
    assert check_receipt(receipt, envelope, QUORUM)[0].index == 0
    with pytest.raises(BadProof):
        check_receipt(receipt, envelope, other)
    with pytest.raises(BadProof):
        check_receipt(receipt, envelope_of(room.ledger.entry(1)), QUORUM)
    with pytest.raises(BadProof):
        check_receipt(receipt.replace("index 0", "index 1"), envelope, QUORUM)
    foreign = sign_head(TreeHead("exercise/exercise-2", room.ledger.size, room.ledger.root()), LOG_KEY)
    refused = room.witnesses[0].cosign(foreign, room.witnesses[0].head.size, [], 9)
    assert isinstance(refused, Refused)
    assert refused.code == 404
    room.close()


def test_a_cosignature_stands_whatever_time_it_says_and_the_time_is_shown(honest):
    """Each side's clock is its own: what it says is printed, and decides nothing."""
    with Ledger(honest, ORIGIN, writing=False) as ledger:
        here = TreeHead(ORIGIN, ledger.size, ledger.root())
        note = sign_head(here, LOG_KEY)
        for (name, key), time_s in zip(WITNESS_KEYS.items(), (0, 2**62), strict=True):
            note += cosign(head_text(here), f"{name}-witness", key, time_s)
        done = audit(ledger, OPENING, QUORUM, [note])
    assert (done.bad, done.seen_s) == (None, {"nato-witness": 0, "rus-witness": 2**62})


@pytest.mark.parametrize("body", [b"\xff\xfe", b"", b"\n\n\n", "exercise\u2028".encode()])
def test_a_witness_that_vouches_in_no_words_is_refused_in_words(body):
    """Against: bytes that are no text, under the other witness's own key, stopped a starting witness."""
    key = new_key()
    with pytest.raises((BadProof, Malformed)):
        held_by(seal(key, body, VOUCH), public_of(key), "exercise/x", "00")


# What the centre may write that nobody said.


@pytest.mark.parametrize("words", [
    {"sender": "nobody-knows", "reason": "future", "its_number": 1},
    {"sender": "nobody", "reason": "future", "its_number": 1},
    {"sender": "nato-sat", "reason": "because"},
    {"sender": "nato-sat", "reason": "future"},
    {"sender": "nato-sat", "reason": "future", "its_number": 1},
    {"sender": "nato-sat", "reason": "equivocation", "its_number": 99},
    {"sender": "nato-sat", "reason": "not-json", "its_number": 99},
    {"sender": "spare", "reason": "number-used"},
])  # fmt: skip
def test_a_refusal_that_cannot_have_been_is_named(honest, tmp_path, words):
    """Against: any word about anybody passed for a refusal, and could use up numbers that were used."""
    with Ledger(honest, ORIGIN, writing=False) as source, Ledger(tmp_path / "forged.db", ORIGIN) as ledger:
        entries = list(source.entries())
        done = audit(source, OPENING, QUORUM)
        refusal = said.Refusal(log="exercise-1", origin="exercise", party="centre", node="centre", boot=1,
                               number=done.state.said + 1, sent=instant(done.state.clock_ns), refused="a" * 64,
                               **words)  # fmt: skip
        ledger.append([*entries, entry_of(done.state.clock_ns, seal(KEYS["centre"], encode(refusal)))])
        bad = audit(ledger, OPENING, QUORUM).bad
    assert bad is not None
    assert bad.index == len(entries)


# Keys and what is printed.


@pytest.mark.parametrize("name", ["a\x9b2J", "a\x7f", "a\u202eb", "a\u200bb", "a\ufeff", "a\u2066b", "a\u00ad"])
def test_no_name_of_a_key_bends_what_is_shown_of_it(name):
    """Against: a name could turn the line round in which two officers compare a key."""
    signer = Signer(name, public_of(new_key()), WITNESS_TYPE)
    with pytest.raises(Malformed):
        read_signer(write_signer(signer))
    with pytest.raises(Malformed):
        read_note(sign_head(TreeHead("exercise/x", 0, b"\0" * 32), new_key()) + cosign("x\n", name, new_key(), 5))


def test_an_unknown_word_in_pins_is_shown_without_its_controls(tmp_path):
    path = tmp_path / "pins.toml"
    path.write_text('"\\u001b[2J\\u202e" = 1\n', encoding="utf-8")
    with pytest.raises(StoreError) as problem:
        read_pins(path)
    assert str(problem.value).isprintable()


@pytest.mark.parametrize("what", ["log", "nato-root", "rus-root", "nato-witness"])
def test_one_key_for_two_uses_is_no_file_of_pins(tmp_path, what):
    """Against: the centre's key could be the log's, or a root the other party's witness."""
    shared = {
        "log": QUORUM.log.public, "nato-root": bytes.fromhex(PUBLIC["nato"]), "rus-root": bytes.fromhex(PUBLIC["rus"]),
        "nato-witness": SIGNERS[0].public,
    }[what]  # fmt: skip
    path = pins_of(tmp_path, centre=shared.hex())
    with pytest.raises(KeyRefused):
        read_pins(path)


KINDS_OF_KEY = (
    """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VxBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
-----END PRIVATE KEY-----
""",
    """-----BEGIN PRIVATE KEY-----
MCwCAQAwAwYBKgQiBCAAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHw==
-----END PRIVATE KEY-----
""",
)  # of another curve, and of an algorithm that nobody has


@pytest.mark.parametrize("pem", KINDS_OF_KEY)
def test_a_key_of_an_algorithm_that_nobody_has_is_refused_in_words(tmp_path, pem):
    path = tmp_path / "odd.key"
    path.write_text(pem)
    path.chmod(0o600)
    with pytest.raises(StoreError):
        read_key(path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_key_that_others_may_touch_is_not_read(tmp_path, mode):
    path = tmp_path / "mine.key"
    write_key(path, new_key())
    path.chmod(mode)
    with pytest.raises(StoreError, match="chmod 600"):
        read_key(path)


def test_a_key_is_written_through_no_link(tmp_path):
    (tmp_path / "link.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="already"):
        write_key(tmp_path / "link.key", new_key())
    assert not (tmp_path / "elsewhere").exists()
