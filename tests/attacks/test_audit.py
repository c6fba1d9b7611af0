"""Rows T18 to T20, T76, T77 and T79: a log cut short, one bit turned, rows deleted or rewritten, a backup put back, two
centres on one file. The audit names the first bad entry; a start is refused."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import apsw
import msgspec
import pytest
from tests.attacks.recorded import KEYS, LOG_KEY, OPENING, ORIGIN, POLICY, QUORUM, WITNESS_KEYS, Recorded, record
from tests.attacks.room import POLICY_TEXT
from typer.testing import CliRunner

from entente.cli import app
from entente.errors import KeyRefused, LedgerError, Malformed, StoreError
from entente.exchange import messages as said
from entente.exchange.ledger import Ledger
from entente.exchange.proving.audit import audit, first_difference
from entente.exchange.proving.entries import entry_of, envelope_of, received_ns
from entente.exchange.proving.evidence import Evidence
from entente.exchange.proving.merkle import Frontier, leaf_hash
from entente.exchange.proving.notes import TreeHead, cosign, head_of, head_text, sign_head, write_signer
from entente.exchange.proving.pins import opening, quorum_in, read_pins
from entente.exchange.ruling.keyring import statement
from entente.exchange.saying.decoding import decode, encode
from entente.exchange.serving.reading import Reader
from entente.exchange.shell import Keys, Shell
from entente.exchange.signing import KEY_STATEMENT, digest, new_key, pae, public_of, seal, unseal

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def exercise(tmp_path_factory):
    """One exercise, recorded once and closed: the folder, and the state the centre ended in."""
    folder = tmp_path_factory.mktemp("exercise")
    room = record(folder)
    state, note = room.shell.state, room.shell.cosigning.latest
    room.close()
    return folder, state, note


@pytest.fixture
def copy(exercise, tmp_path):
    """A copy of the log to do harm to."""
    for name in ("log.db", "nato.db", "rus.db"):
        shutil.copy(exercise[0] / name, tmp_path / name)
    return tmp_path / "log.db"


def audited(path, elsewhere=()):
    with Ledger(path, ORIGIN, writing=False) as ledger:
        return audit(ledger, OPENING, QUORUM, elsewhere)


def change(path, *commands):
    db = apsw.Connection(str(path))
    for command, *values in commands:
        db.execute(command, values)
    db.close()


def entries_of(path):
    with Ledger(path, ORIGIN, writing=False) as ledger:
        return list(ledger.entries())


def rewritten(path, change_at, entry):
    """What an insider makes who can write the file and hash: one entry another, all of the tree made to fit."""
    entries = entries_of(path)
    entries[change_at] = entry
    frontier = Frontier(0, [])
    inner = frontier.append(leaf_hash(each) for each in entries)
    change(
        path,
        ("UPDATE entries SET entry = ?, leaf = ? WHERE at = ?", entry, leaf_hash(entry), change_at),
        *(("UPDATE inner_nodes SET hash = ? WHERE rank = ?", hash_, rank) for rank, hash_ in enumerate(inner, 1)),
    )
    return TreeHead(ORIGIN, len(entries), frontier.root())


def both_cosigned(head):
    """A checkpoint under all signatures, as thieves of all keys would make it."""
    lines = [cosign(head_text(head), f"{party}-witness", key, 5) for party, key in WITNESS_KEYS.items()]
    return sign_head(head, LOG_KEY) + "".join(lines)


def test_an_honest_log_and_both_mirrors_are_good(exercise):
    folder, state, note = exercise
    done = audited(folder / "log.db", [note])
    assert done.bad is None
    assert done.size == state.size > done.cosigned == head_of(note).size > 30
    assert done.state == state
    assert set(done.seen_s) == {"nato-witness", "rus-witness"}
    for name in ("nato.db", "rus.db"):
        copy = audited(folder / name, [note])
        assert (copy.bad, copy.size, copy.cosigned) == (None, done.cosigned, done.cosigned)


def test_an_empty_log_is_good_and_cosigned_by_nobody(tmp_path):
    with Ledger(tmp_path / "log.db", ORIGIN) as ledger:
        done = audit(ledger, OPENING, QUORUM)
    assert (done.bad, done.size, done.cosigned, done.checkpoints, done.seen_s) == (None, 0, 0, 0, {})


def test_t18_a_log_cut_short_is_refused_for_writing_and_named(copy, exercise):
    cosigned = head_of(exercise[2]).size
    change(copy, ("DELETE FROM entries WHERE at >= ?", cosigned - 4))
    with pytest.raises(LedgerError, match=f"but {cosigned} were cosigned"):
        Ledger(copy, ORIGIN)
    bad = audited(copy).bad
    assert bad.index == cosigned - 4
    assert "missing" in bad.reason or "not there" in bad.reason


def test_t18_a_tail_that_nobody_cosigned_may_be_missing_and_the_mirror_shows_it(copy):
    """What was not yet cosigned is proved by receipts alone; nobody holds one."""
    size = len(entries_of(copy))
    change(copy, ("DELETE FROM entries WHERE at >= ?", size - 1), ("DELETE FROM inner_nodes WHERE rank > ?", size - 1))
    assert audited(copy).bad is None


@pytest.mark.parametrize("at", [0, 1, 7, 20, 37])
@pytest.mark.parametrize("byte", [3, 9, 40, 120])
def test_t19_one_bit_turned_in_an_entry_is_named(copy, at, byte):
    entry = bytearray(entries_of(copy)[at])
    entry[byte] ^= 4
    change(copy, ("UPDATE entries SET entry = ? WHERE at = ?", bytes(entry), at))
    bad = audited(copy).bad
    assert (bad.index, "changed on the disk" in bad.reason) == (at, True)


def test_t19_one_bit_turned_in_a_kept_hash_is_named(copy):
    with Ledger(copy, ORIGIN, writing=False) as ledger:
        leaf, inner = ledger.node(0, 12), ledger.node(2, 3)
    change(copy, ("UPDATE entries SET leaf = ? WHERE at = 12", bytes([leaf[0] ^ 1]) + leaf[1:]))
    assert audited(copy).bad.index == 12
    change(copy, ("UPDATE entries SET leaf = ? WHERE at = 12", leaf))
    assert audited(copy).bad is None
    change(copy, ("UPDATE inner_nodes SET hash = ? WHERE hash = ?", bytes([inner[0] ^ 1]) + inner[1:], inner))
    bad = audited(copy).bad
    assert (bad.index, "entries 12 to 15" in bad.reason) == (15, True)


def test_t19_any_byte_of_the_file_changed_is_noticed_or_changes_nothing(copy, exercise):
    """Every 1,009th byte; what is not noticed is free space or says nothing of the log."""
    raw, whole = copy.read_bytes(), entries_of(copy)
    for at in range(0, len(raw), 1_009):
        copy.write_bytes(raw[:at] + bytes([raw[at] ^ 0x10]) + raw[at + 1 :])
        try:
            done = audited(copy, [exercise[2]])
        except (LedgerError, Malformed):
            continue
        assert done.bad or entries_of(copy) == whole, f"byte {at} was not noticed"


@pytest.mark.parametrize("at", [0, 11, 30])
def test_t20_a_deleted_row_is_named(copy, at):
    change(copy, ("DELETE FROM entries WHERE at = ?", at))
    assert str(audited(copy).bad) == f"entry {at}: " + "is not there; restore it from a mirror"


def test_t20_rows_rewritten_with_all_hashes_are_named_by_signature(copy):
    entry = entries_of(copy)[14]
    head = rewritten(copy, 14, entry[:80] + b"x" + entry[81:])
    bad = audited(copy).bad
    assert bad.index == 14
    assert head.size


def test_t20_a_time_rewritten_with_all_hashes_breaks_the_cosigned_root(copy, exercise):
    """The signature does not cover when the centre received it; the checkpoint does."""
    at = next(i for i, entry in enumerate(entries_of(copy)) if isinstance(said_in(entry), said.StateOfHealth))
    entry = entries_of(copy)[at]
    rewritten(copy, at, entry_of(received_ns(entry) + 1_000_000, envelope_of(entry)))
    bad = audited(copy).bad
    assert bad.index <= at <= bad.last < at + 5
    assert "is not what was signed" in bad.reason
    with pytest.raises(LedgerError, match="not those that were cosigned"):
        Ledger(copy, ORIGIN)
    with Ledger(copy, ORIGIN, writing=False) as one, Ledger(exercise[0] / "nato.db", ORIGIN, writing=False) as other:
        assert first_difference(one, other) == at


def said_in(entry):
    return decode(unseal(envelope_of(entry)).body)


def appended(path, *entries):
    with Ledger(path, ORIGIN) as ledger:
        first = ledger.append(entries)
        note = both_cosigned(TreeHead(ORIGIN, ledger.size, ledger.root()))
        ledger.save_checkpoint(ledger.size, note)
    return first


def test_what_no_known_key_signed_is_named_though_all_checkpoints_hold(copy):
    last = entries_of(copy)[-1]
    raw = envelope_of(last)
    stranger = seal(new_key(), unseal(raw).body)
    at = appended(copy, entry_of(received_ns(last), stranger))
    assert str(audited(copy).bad) == f"entry {at}: " + "is signed by no key that this log knows"


def test_a_signature_that_does_not_hold_is_named(copy):
    last = entries_of(copy)[-1]
    message = room_message(copy, last)
    raw = seal(KEYS["nato-desk"], encode(message))
    forged = raw[:10] + bytes([raw[10] ^ 1]) + raw[11:]
    at = appended(copy, entry_of(received_ns(last), forged))
    assert str(audited(copy).bad) == f"entry {at}: " + f"is not signed by {public_of(KEYS['nato-desk']).hex()}"


def room_message(path, last):
    """What an officer would ask next."""
    from hashlib import sha256

    from msgspec.structs import replace

    before = said_in(last)
    assert isinstance(before, said.Query)
    return replace(before, number=before.number + 1, previous=sha256(envelope_of(last)).hexdigest())


def test_what_the_centre_must_refuse_is_named_though_it_was_accepted(copy):
    from msgspec.structs import replace

    last = entries_of(copy)[-1]
    message = replace(room_message(copy, last), origin="real")
    at = appended(copy, entry_of(received_ns(last), seal(KEYS["nato-desk"], encode(message))))
    bad = audited(copy).bad
    assert bad.index == at
    assert "must stand there" in bad.reason or "refuses" in bad.reason


def test_what_cannot_be_so_is_named_though_the_centre_let_it_pass(tmp_path, monkeypatch):
    monkeypatch.setattr("entente.exchange.shell.gates.refusal", lambda said: None)
    room = Recorded(tmp_path)
    room.add("nato-radar")
    room.say(said.PolicyInForce, "nato", digest=POLICY, text=POLICY_TEXT)
    (track,) = room.track("nato-radar", r=(1.0, 2.0, 3.0))
    assert isinstance(track, said.TrackState), track
    monkeypatch.undo()
    with room.ledger as ledger:
        assert str(audit(ledger, OPENING, QUORUM).bad).endswith("cannot be so, and this stands on the log")
    room.close()


@pytest.mark.parametrize("batch", [1, 3, 41, 64])
def test_the_first_bad_signature_is_named_whatever_the_batches(copy, monkeypatch, batch):
    monkeypatch.setattr("entente.exchange.proving.audit.BATCH", batch)
    assert audited(copy).bad is None
    for at in (35, 20):
        entry = entries_of(copy)[at]
        rewritten(copy, at, entry[:20] + bytes([entry[20] ^ 1]) + entry[21:])
        assert str(audited(copy).bad).startswith(f"entry {at}: is not signed by")


def test_an_alert_that_the_centre_invented_or_left_out_is_named(copy):
    entries = entries_of(copy)
    at, alert = next((i, entry) for i, entry in enumerate(entries) if isinstance(said_in(entry), said.Alert))
    again = appended(copy, alert)
    bad = audited(copy).bad
    assert bad.index == again
    kept = entries[:at] + entries[at + 1 :]
    with Ledger(copy.with_name("without.db"), ORIGIN) as ledger:
        ledger.append(kept)
        ledger.save_checkpoint(ledger.size, both_cosigned(TreeHead(ORIGIN, ledger.size, ledger.root())))
    assert str(audited(copy.with_name("without.db")).bad) == f"entry {at}: " + "Alert must stand there; another does"
    with Ledger(copy.with_name("cut.db"), ORIGIN) as ledger:
        ledger.append(entries[:at])
    bad = audited(copy.with_name("cut.db")).bad
    assert (bad.index, "is missing" in bad.reason) == (at, True)


def test_an_entry_that_is_no_message_is_named(copy):
    for raw in (b"short", seal(KEYS["nato-desk"], b"{}")):
        at = appended(copy, entry_of(1, raw))
        assert audited(copy).bad.index <= at
    assert audited(copy).bad.index == at - 1


@pytest.mark.parametrize("harm", ["text", "log", "witness", "root", "larger"])
def test_a_bad_checkpoint_is_named(copy, exercise, harm):
    head = head_of(exercise[2])
    other = TreeHead(ORIGIN, head.size, bytes(32))
    note, index = {
        "text": ("no note", None),
        "log": (
            exercise[2].replace(exercise[2].split("\u2014")[1], sign_head(other, LOG_KEY).split("\u2014")[1]),
            head.size - 1,
        ),
        "witness": (exercise[2].replace("rus-witness ", "rus-witness A"), None),
        "root": (both_cosigned(other), head.size - 1),
        "larger": (both_cosigned(TreeHead(ORIGIN, head.size + 50, bytes(32))), head.size + 2),
    }[harm]
    if index is None:
        with pytest.raises(Malformed):
            audited(copy, [note])
        return
    bad = audited(copy, [note]).bad
    assert bad is not None
    assert bad.last == index


def test_t76_a_backup_put_back_over_a_newer_log_is_refused_and_named(tmp_path):
    room = Recorded(tmp_path)
    room.add("nato-radar")
    room.checkpoint()
    shutil.copy(tmp_path / "log.db", tmp_path / "backup.db")
    shutil.copy(tmp_path / "log.db-wal", tmp_path / "backup.db-wal")
    room.add("rus-radar")
    note = room.checkpoint()
    room.close()
    with Ledger(tmp_path / "backup.db", ORIGIN) as backup:
        assert backup.size == 1
        with pytest.raises(LedgerError, match="1 entries, but 2 were cosigned"):
            backup.must_hold(head_of(note))
        with pytest.raises(LedgerError, match="the checkpoint is of"):
            backup.must_hold(TreeHead("real/exercise-1", 1, backup.root()))
        bad = audit(backup, OPENING, QUORUM, [note]).bad
    assert str(bad) == ("entry 1: is not there, but 2 entries were signed: restore them from a mirror")


def test_t77_a_second_centre_on_one_file_exits(tmp_path):
    """In one process and in another; when the first ends, however it ends, the next may begin."""
    path = tmp_path / "log.db"
    program = (
        f"from pathlib import Path; from entente.exchange.ledger import Ledger; Ledger(Path({str(path)!r}), {ORIGIN!r})"
    )
    second = [sys.executable, "-c", program]
    with Ledger(path, ORIGIN):
        with pytest.raises(LedgerError, match="one log has one writer"):
            Ledger(path, ORIGIN)
        done = subprocess.run(second, capture_output=True, text=True, timeout=60)
        assert done.returncode == 1
        assert "one log has one writer" in done.stderr
    killed = subprocess.run([sys.executable, "-c", program + "; import os; os.kill(os.getpid(), 9)"], timeout=60)
    assert killed.returncode == -9
    assert subprocess.run(second, timeout=60).returncode == 0
    assert Ledger(path, ORIGIN).size == 0


def test_t79_every_dependency_is_pinned_by_hash():
    for name in ("run.txt", "dev.txt"):
        lines = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
        pinned = [line for line in lines if line.strip() and not line.lstrip().startswith(("#", "--"))]
        assert len(pinned) > 15
        for line in pinned:
            assert "==" in line, line
            assert "--hash=sha256:" in line, line


def test_a_witness_key_that_its_root_rotated_and_retired_is_judged_by_index(tmp_path):
    room, spare = Recorded(tmp_path), new_key()
    old = public_of(WITNESS_KEYS["nato"]).hex()
    head = {
        "party": "nato",
        "node": "root",
        "log": "exercise-1",
        "origin": "exercise",
        "boot": 1,
        "sent": "2026-11-28T12:00:00.000Z",
    }

    def consent(message, key):
        return key.sign(pae(KEY_STATEMENT, statement(message))).hex()

    added = said.KeyAdd(**head, number=1, key=old, holder="nato-witness", role="witness", proof="0" * 128)
    room.say(
        said.KeyAdd, "nato", key=old, holder="nato-witness", role="witness", proof=consent(added, WITNESS_KEYS["nato"])
    )
    room.checkpoint()
    turned = said.KeyRotate(**head, number=2, old=old, key=public_of(spare).hex(), holder="nato-witness",
                            proof="0" * 128, old_proof="0" * 128)  # fmt: skip
    room.say(said.KeyRotate, "nato", old=old, key=public_of(spare).hex(), holder="nato-witness",
             proof=consent(turned, spare), old_proof=consent(turned, WITNESS_KEYS["nato"]))  # fmt: skip
    room.say(said.KeyRetire, "nato", key=old)
    assert room.ledger.size == 3, room.replies
    here = TreeHead(ORIGIN, 3, room.ledger.root())

    def under(key):
        lines = cosign(head_text(here), "nato-witness", key, 5) + cosign(
            head_text(here), "rus-witness", WITNESS_KEYS["rus"], 5
        )
        return audit(room.ledger, OPENING, QUORUM, [sign_head(here, LOG_KEY) + lines])

    assert (under(spare).cosigned, under(spare).bad) == (3, None)
    assert (under(WITNESS_KEYS["nato"]).cosigned, under(WITNESS_KEYS["nato"]).bad) == (1, None)
    room.close()


def pins_of(folder, **changes):
    lines = {
        "name": "exercise-1", "origin": "exercise", "log": write_signer(QUORUM.log), "centre": public_of(KEYS["centre"]).hex(),
    } | changes  # fmt: skip
    text = "".join(f'{name} = "{value}"\n' for name, value in lines.items() if value)
    for party, witness in zip(("nato", "rus"), QUORUM.witnesses, strict=True):
        root = public_of(KEYS[party]).hex()
        text += f'\n[parties.{party}]\nroot = "{root}"\nwitness = "{write_signer(witness)}"\n'
    path = folder / "pins.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_pins_say_what_trust_begins_with(tmp_path):
    pins = read_pins(pins_of(tmp_path))
    assert quorum_in(pins) == QUORUM
    assert opening(pins) == OPENING
    assert pins.line == ORIGIN


@pytest.mark.parametrize(("changes", "error"), [
    ({"centre": "ab"}, StoreError),
    ({"centre": ""}, StoreError),
    ({"more": "x"}, StoreError),
    ({"origin": "war"}, StoreError),
    ({"origin": "real"}, StoreError),
    ({"name": "other"}, StoreError),
    ({"log": "exercise/exercise-1+00000000+AQ=="}, Malformed),
    ({"centre": public_of(KEYS["nato"]).hex()}, KeyRefused),
    ({"log": write_signer(QUORUM.witnesses[0])}, KeyRefused),
    ({"name": "\x00"}, StoreError),
])  # fmt: skip
def test_pins_that_cannot_be_are_refused(tmp_path, changes, error):
    with pytest.raises(error):
        read_pins(pins_of(tmp_path, **changes))
    with pytest.raises(StoreError, match="cannot be read"):
        read_pins(tmp_path / "none.toml")


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_command_says_what_holds_or_names_the_first_bad_entry(exercise, copy, tmp_path):
    pins, note = pins_of(tmp_path), tmp_path / "note.txt"
    note.write_text(exercise[2], encoding="utf-8")
    done = run("verify", copy, "--keys", pins, "--checkpoint", note)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("exercise/exercise-1: 41 entries, all of them good\n")
    assert "cosigned by both  the first 39: nato-witness at 2026-11-28" in done.output
    assert '"cosigned": 39' in run("verify", copy, "--keys", pins, "--json").output
    short = run("verify", exercise[0] / "nato.db", "--keys", pins, "--mirror", copy)
    assert (short.exit_code, "entry 39" in short.output) == (1, True)
    assert run("verify", copy, "--keys", pins, "--mirror", exercise[0] / "log.db").exit_code == 0
    change(copy, ("DELETE FROM entries WHERE at = 5",))
    bad = run("verify", copy, "--keys", pins)
    assert bad.exit_code == 1
    assert bad.output == f"Error: {copy}: entry 5: is not there; restore it from a mirror\n"
    assert "cannot be read" in run("verify", copy, "--keys", pins, "--checkpoint", tmp_path / "none").output


def test_t02_the_command_shows_both_signed_bodies(copy, tmp_path):
    """Of an equivocation: the log holds one, the evidence the other, and anybody checks both signatures."""
    entries = entries_of(copy)
    at = next(i for i, entry in enumerate(entries) if isinstance(said_in(entry), said.TrackState))
    first = said_in(entries[at])
    other = seal(KEYS[first.node], encode(msgspec.structs.replace(first, missile="other")))
    forged, note, unnumbered = (
        seal(KEYS["spare"], encode(first)),
        b"a checkpoint",
        seal(KEYS[first.node], b"no message"),
    )
    with Ledger(copy, ORIGIN) as ledger:
        for what in (other, forged, note, unnumbered):
            ledger.keep_evidence(Evidence("nato-radar", "equivocation", what))
    done = run("verify", copy, "--keys", pins_of(tmp_path), "--evidence", tmp_path / "proofs")
    assert done.exit_code == 0, done.output
    lines = [line for line in done.output.splitlines() if line.startswith("evidence")]
    heading = "evidence          nato-radar: equivocation"
    by, nobody = f"signed by {first.node}", "signed by no key of this log's nodes"
    assert lines == [
        f"{heading}, beside entry {at}; {by}; {digest(other)}", f"{heading}, beside entry {at}; {nobody}; {digest(forged)}",
        f"{heading}; {nobody}; {digest(note)}", f"{heading}; {by}; {digest(unnumbered)}",
    ]  # fmt: skip
    assert (tmp_path / "proofs" / digest(other)).read_bytes() == other
    told = json.loads(run("verify", copy, "--keys", pins_of(tmp_path), "--json").output)["evidence"]
    assert told[0] == {
        "about": "nato-radar", "reason": "equivocation", "digest": digest(other), "signers": [first.node], "entry": at,
    }  # fmt: skip
    refused = run("verify", copy, "--keys", pins_of(tmp_path), "--evidence", copy)
    assert (refused.exit_code, "pick another place" in refused.output) == (1, True)
    with Ledger(copy, ORIGIN, writing=False) as ledger:
        reader = Reader(ledger)
        assert reader.piece(digest(other)) == other
        assert reader.piece("0" * 64) is None
        assert [one.digest for one in reader.evidence(OPENING.keyring)] == [
            digest(piece.what) for piece in ledger.evidence()
        ]


def test_the_command_says_when_nobody_cosigned(tmp_path):
    with Ledger(tmp_path / "log.db", ORIGIN):
        pass
    assert "cosigned by both  nothing yet" in run("verify", tmp_path / "log.db", "--keys", pins_of(tmp_path)).output


def test_a_time_that_no_calendar_has_is_shown_as_it_stands(tmp_path):
    with Ledger(tmp_path / "log.db", ORIGIN) as ledger:
        head = TreeHead(ORIGIN, 0, ledger.root())
        lines = [cosign(head_text(head), f"{party}-witness", key, 2**62) for party, key in WITNESS_KEYS.items()]
        note = tmp_path / "note.txt"
        note.write_text(sign_head(head, LOG_KEY) + "".join(lines), encoding="utf-8")
    done = run("verify", tmp_path / "log.db", "--keys", pins_of(tmp_path), "--checkpoint", note, "--json")
    assert f"{2**62} s after 1970" in done.output


def test_keys_are_made_shown_and_checked(tmp_path):
    made = run("keys", "new", tmp_path / "a.key")
    assert made.exit_code == 0
    assert run("keys", "show", tmp_path / "a.key").output == made.output
    assert len(made.output.strip()) == 64
    witness = run("keys", "show", tmp_path / "a.key", "--for", "witness", "--name", "nato-witness").output
    assert witness.startswith("nato-witness+")
    assert run("keys", "new", tmp_path / "a.key").exit_code == 1
    unnamed = run("keys", "new", tmp_path / "b.key", "--for", "log")
    assert (unnamed.exit_code, (tmp_path / "b.key").exists()) == (1, False)
    assert "--name" in unnamed.output
    checked = run("keys", "check", pins_of(tmp_path))
    assert checked.exit_code == 0
    assert "cosigned by nato-witness and rus-witness" in checked.output
    assert checked.output.count("\n") == 8


def test_the_centre_goes_on_from_what_was_recorded(copy, exercise):
    with Ledger(copy, ORIGIN) as ledger:
        assert Shell(ledger, Keys(LOG_KEY, KEYS["centre"]), QUORUM, OPENING).state == exercise[1]
