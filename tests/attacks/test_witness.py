"""Rows T13 to T16, T20 and T24: a log that rewinds, rewrites or shows two faces meets witnesses; a witness is put back to
an older day, loses its key, loses power, or its log's rows."""

import shutil
from pathlib import Path
from random import Random
from tempfile import mkdtemp

import apsw
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from entente.errors import BadProof, LedgerError, Malformed
from entente.exchange.ledger import Ledger
from entente.exchange.proving.entries import entry_of
from entente.exchange.proving.merkle import EMPTY, Frontier, consistency_proof, leaf_hash
from entente.exchange.proving.notes import (
    LOG_TYPE,
    WITNESS_TYPE,
    Signer,
    TreeHead,
    cosign,
    head_of,
    head_text,
    read_note,
    sign_head,
    signed_at,
)
from entente.exchange.proving.receipts import cosigned, quorum_of
from entente.exchange.proving.witness import Refused, Witness
from entente.exchange.signing import new_key, public_of

ORIGIN = "exercise/one"
LOG, ONE, OTHER = new_key(), new_key(), new_key()
LOG_SIGNER = Signer(ORIGIN, public_of(LOG), LOG_TYPE)
ONE_SIGNER = Signer("nato", public_of(ONE), WITNESS_TYPE)
OTHER_SIGNER = Signer("russia", public_of(OTHER), WITNESS_TYPE)
QUORUM = quorum_of(LOG_SIGNER, [ONE_SIGNER, OTHER_SIGNER])
NOW = 1_385_640_000


class Log:
    """A log in memory that says whatever it is told to; `fork` gives it another face."""

    def __init__(self, entries=()):
        self.entries = list(entries)

    def grow(self, count, face=b""):
        start = len(self.entries)
        self.entries += [entry_of(i, b"%s envelope %d" % (face, i)) for i in range(start, start + count)]
        return self

    def head(self, size=None):
        size = len(self.entries) if size is None else size
        frontier = Frontier(0, [])
        frontier.append(leaf_hash(entry) for entry in self.entries[:size])
        return TreeHead(ORIGIN, size, frontier.root())

    def note(self, size=None):
        return sign_head(self.head(size), LOG)

    def proof(self, old, size=None):
        def node(level, i):
            frontier = Frontier(0, [])
            frontier.append(leaf_hash(entry) for entry in self.entries[i << level : (i + 1) << level])
            return frontier.root()

        return consistency_proof(node, old, len(self.entries) if size is None else size)

    def ask(self, witness, old=None, size=None, now_s=NOW):
        """What an honest log does: send what is missing, prove from where the witness is."""
        old = witness.head.size if old is None else old
        witness.take(witness.mirror.size, self.entries[witness.mirror.size : size])
        return witness.cosign(self.note(size), old, self.proof(old, size), now_s)


@pytest.fixture
def mirror(tmp_path):
    with Ledger(tmp_path / "mirror.db", ORIGIN) as made:
        yield made


def witness_on(mirror, confirmed=True):
    witness = Witness(mirror, "nato", ONE, LOG_SIGNER, OTHER_SIGNER)
    if confirmed:
        witness.confirm(None)
    return witness


def holds(line, head):
    return signed_at(read_note(sign_head(head, LOG) + line), ONE_SIGNER)


def shown_by_other(log, size=None, key=OTHER):
    return log.note(size) + cosign(head_text(log.head(size)), "russia", key, NOW)


def refusal(answer, code, words=""):
    assert isinstance(answer, Refused), answer
    assert answer.code == code, answer
    assert words in answer.reason
    return answer


def test_an_honest_log_is_cosigned_as_it_grows(mirror):
    witness, log = witness_on(mirror), Log()
    assert witness.head == TreeHead(ORIGIN, 0, EMPTY)
    for count in (3, 0, 1, 12):
        log.grow(count)
        line = log.ask(witness, now_s=NOW + count)
        assert holds(line, log.head()) == NOW + count
        assert witness.head == log.head()
        assert list(mirror.entries()) == log.entries


def test_both_lines_make_a_checkpoint_that_both_cosigned(mirror):
    log = Log().grow(5)
    note = shown_by_other(log) + log.ask(witness_on(mirror))
    assert cosigned(note, QUORUM).head == log.head()


def test_entries_may_come_late_twice_or_too_early(mirror):
    witness, log = witness_on(mirror), Log().grow(9)
    assert witness.take(4, log.entries[4:]) == 0
    assert witness.take(0, log.entries[:3]) == 3
    assert witness.take(1, log.entries[1:6]) == 6
    answer = refusal(witness.cosign(log.note(), 0, [], NOW), 503, "6 entries here")
    assert answer.size == 0
    assert witness.take(0, log.entries) == 9
    assert holds(witness.cosign(log.note(7), 0, [], NOW), log.head(7)) == NOW
    assert mirror.size == 7
    assert holds(witness.cosign(log.note(), 7, log.proof(7), NOW), log.head()) == NOW


def test_waiting_entries_are_bounded(mirror, monkeypatch):
    monkeypatch.setattr("entente.exchange.proving.witness.MOST_WAITING", 100)
    witness, log = witness_on(mirror), Log().grow(9)
    each = len(log.entries[0])
    assert witness.take(0, log.entries) == 100 // each
    assert holds(log.ask(witness, size=3), log.head(3)) == NOW
    assert witness.take(3, log.entries[3:]) == 3 + 100 // each


def test_t13_a_log_that_rewinds_is_refused(mirror):
    witness, log = witness_on(mirror), Log().grow(8)
    log.ask(witness)
    for old in range(8):
        answer = refusal(
            witness.cosign(log.note(5), min(old, 5), log.proof(min(old, 5), 5), NOW), 409, "signed last at 8"
        )
        assert answer.size == 8
    refusal(witness.cosign(log.note(5), 8, [], NOW), 400, "a log only grows")
    refusal(witness.cosign(log.note(5), -1, [], NOW), 400)
    assert witness.head == log.head()


def test_t14_a_log_that_rewrites_an_old_entry_is_refused_and_the_mirror_keeps_the_original(mirror):
    witness, log = witness_on(mirror), Log().grow(8)
    log.ask(witness)
    original = list(log.entries)
    rewritten = Log([*original[:3], entry_of(3, b"another past"), *original[4:]]).grow(4)
    witness.take(8, rewritten.entries[8:])
    for proof in (rewritten.proof(8), log.grow(4).proof(8), []):
        refusal(witness.cosign(rewritten.note(), 8, proof, NOW), 422)
        witness.take(8, rewritten.entries[8:])
    assert list(mirror.entries()) == original
    assert [piece.what.decode() for piece in mirror.evidence()] == [rewritten.note()]


def test_t14_entries_that_are_not_what_the_root_says_are_refused_and_dropped(mirror):
    """The proof holds, but what was sent is not what was hashed: the mirror would keep a false copy."""
    witness, log = witness_on(mirror), Log().grow(8)
    witness.take(0, [*log.entries[:7], entry_of(7, b"something else")])
    refusal(witness.cosign(log.note(), 0, [], NOW), 422, "do not hash")
    assert mirror.size == 0
    assert witness.take(0, log.entries) == 8
    assert holds(witness.cosign(log.note(), 0, [], NOW), log.head()) == NOW


def test_t14_another_root_of_the_same_size_is_refused(mirror):
    witness, log = witness_on(mirror), Log().grow(8)
    log.ask(witness)
    fork = Log(log.entries[:7]).grow(1, b"other")
    refusal(witness.cosign(fork.note(), 8, [], NOW), 409)
    assert [piece.what.decode() for piece in mirror.evidence()] == [fork.note()]
    assert holds(witness.cosign(log.note(), 8, [], NOW + 5), log.head()) == NOW + 5


def test_only_what_the_log_signed_is_read(mirror):
    witness, log = witness_on(mirror), Log().grow(2)
    witness.take(0, log.entries)
    stranger = sign_head(log.head(), new_key())
    refusal(witness.cosign(stranger, 0, [], NOW), 403, "has not signed it")
    refusal(witness.cosign(log.note().replace("\n2\n", "\n3\n"), 0, [], NOW), 403, "does not hold")
    refusal(witness.cosign(sign_head(TreeHead("exercise/two", 2, log.head().root), LOG), 0, [], NOW), 404)
    refusal(witness.cosign("no note", 0, [], NOW), 400)
    refusal(witness.cosign(log.note(), 0, [bytes(31)], NOW), 422)
    assert mirror.size == 0


def test_t15_a_witness_signs_nothing_before_the_other_party_has_shown_what_it_holds(mirror):
    witness, log = witness_on(mirror, confirmed=False), Log().grow(2)
    refusal(log.ask(witness), 503, "has not shown")
    assert mirror.size == 0
    witness.confirm(None)
    assert holds(log.ask(witness), log.head()) == NOW


def test_t15_a_witness_put_back_to_an_older_day_signs_no_second_history(mirror, tmp_path):
    witness, log = witness_on(mirror), Log().grow(5)
    log.ask(witness)
    shutil.copy(tmp_path / "mirror.db", tmp_path / "old.db")
    shutil.copy(tmp_path / "mirror.db-wal", tmp_path / "old.db-wal")
    log.grow(5)
    log.ask(witness)
    with Ledger(tmp_path / "old.db", ORIGIN) as old:
        restored = witness_on(old, confirmed=False)
        fork = Log(log.entries[:5]).grow(5, b"other")
        refusal(fork.ask(restored), 503)
        with pytest.raises(BadProof):
            restored.confirm(shown_by_other(log), fork.proof(5))
        restored.confirm(shown_by_other(log), log.proof(5))
        refusal(fork.ask(restored), 422)  # the same size, another root
        fork.grow(3, b"other")
        refusal(fork.ask(restored), 422, "root of 10 entries")  # larger, over the other's checkpoint
        assert old.size == 5
        refusal(log.ask(restored, size=7), 503, "short of the 10")  # goes on with its copy, but signs nothing
        assert old.size == 7
        assert holds(log.ask(restored), log.head()) == NOW


def test_t15_what_the_other_shows_must_be_signed_by_it_and_by_the_log(mirror):
    witness, log = witness_on(mirror, confirmed=False), Log().grow(5)
    with pytest.raises(BadProof, match="russia, who shows it, has not signed it"):
        witness.confirm(log.note(), [])
    with pytest.raises(BadProof):
        witness.confirm(shown_by_other(log, key=ONE), [])
    with pytest.raises(BadProof):
        witness.confirm(shown_by_other(log).replace("\n5\n", "\n6\n"), [])
    with pytest.raises(Malformed):
        witness.confirm("no note", [])
    refusal(log.ask(witness), 503)


def test_t15_another_history_of_the_other_party_is_noticed(mirror):
    """Then one of the two checkpoints, both signed by the log, is evidence against it."""
    witness, log = witness_on(mirror), Log().grow(5)
    log.ask(witness)
    again = witness_on(mirror, confirmed=False)
    with pytest.raises(LedgerError, match="not those that were cosigned"):
        again.confirm(shown_by_other(Log().grow(4, b"other")))
    refusal(log.ask(again), 503)
    again.confirm(shown_by_other(log, 3))
    assert holds(log.ask(again), log.head()) == NOW


def test_a_witness_vouches_for_what_it_signed(mirror):
    witness, log = witness_on(mirror), Log().grow(5)
    assert witness.vouch(NOW) is None
    log.ask(witness)
    assert holds(witness.vouch(NOW + 1).splitlines(keepends=True)[-1], log.head()) == NOW + 1
    assert head_of(witness.vouch(NOW)) == log.head()
    other = Witness(mirror, "russia", OTHER, LOG_SIGNER, ONE_SIGNER)
    other.confirm(witness.vouch(NOW))


def test_a_copy_keeps_what_both_signed_and_nothing_less(mirror):
    witness, log = witness_on(mirror), Log().grow(5)
    line = log.ask(witness)
    with pytest.raises(BadProof, match="russia has not signed it"):
        witness.learn(log.note() + line)
    witness.learn(shown_by_other(log) + line)
    assert mirror.latest_checkpoint() == (5, shown_by_other(log) + line)
    with pytest.raises(LedgerError, match="no root over 6"):
        witness.learn(shown_by_other(Log(log.entries).grow(1)))


def test_a_copy_that_was_filled_in_another_way_is_checked_before_it_is_signed(mirror):
    log = Log().grow(8)
    mirror.append(log.entries)
    witness = witness_on(mirror)
    refusal(witness.cosign(Log().grow(6, b"other").note(), 0, [], NOW), 422)
    assert holds(witness.cosign(log.note(6), 0, [], NOW), log.head(6)) == NOW
    assert holds(witness.cosign(log.note(), 6, log.proof(6), NOW), log.head()) == NOW


def test_t16_a_stolen_witness_key_alone_makes_no_checkpoint_that_counts():
    fork = Log().grow(6, b"other")
    with pytest.raises(BadProof, match="russia has not signed"):
        cosigned(fork.note() + cosign(head_text(fork.head()), "nato", ONE, NOW), QUORUM)
    forged = cosign(head_text(fork.head()), "russia", ONE, NOW)
    with pytest.raises(BadProof, match="russia has not signed"):
        cosigned(fork.note() + cosign(head_text(fork.head()), "nato", ONE, NOW) + forged, QUORUM)


@pytest.mark.parametrize("sql", [
    "DELETE FROM entries WHERE at >= 6",
    "DELETE FROM entries",
    "UPDATE inner_nodes SET hash = zeroblob(32) WHERE rank = 7",
    "DROP TABLE entries",
    "DELETE FROM inner_nodes",
])  # fmt: skip
def test_t20_a_mirror_whose_rows_were_deleted_signs_nothing(tmp_path, sql):
    """Those rows that the right edge of the tree hangs on; the audit reads the others."""
    log = Log().grow(8)
    with Ledger(tmp_path / "mirror.db", ORIGIN) as mirror:
        log.ask(witness_on(mirror))
    apsw.Connection(str(tmp_path / "mirror.db")).execute(sql)
    with pytest.raises(LedgerError):
        Ledger(tmp_path / "mirror.db", ORIGIN)


def test_t24_a_disk_that_fails_signs_nothing(mirror, monkeypatch):
    witness, log = witness_on(mirror), Log().grow(3)
    log.ask(witness)

    def fail(*_args, **_kwargs):
        raise LedgerError("the disk failed")

    monkeypatch.setattr(mirror, "append", fail)
    log.grow(1)
    with pytest.raises(LedgerError):
        log.ask(witness)
    monkeypatch.undo()
    assert holds(log.ask(witness), log.head()) == NOW


class TwoWitnesses(RuleBasedStateMachine):
    """A log that grows two faces at will, and two witnesses that are asked and started again at will."""

    def __init__(self):
        super().__init__()
        self.signed = {0: set(), 1: set()}  # by witness: heads it signed

    @initialize()
    def start(self):
        self.folder = Path(mkdtemp(prefix="witness-"))
        self.faces = [Log(), Log()]
        self.ledgers = [Ledger(self.folder / f"{i}.db", ORIGIN) for i in (0, 1)]
        self.witnesses = [self.made(i) for i in (0, 1)]
        for witness in self.witnesses:
            witness.confirm(None)

    def made(self, i):
        name, key, other = (("nato", ONE, OTHER_SIGNER), ("russia", OTHER, ONE_SIGNER))[i]
        return Witness(self.ledgers[i], name, key, LOG_SIGNER, other)

    @rule(face=st.integers(0, 1), count=st.integers(1, 5), both=st.booleans())
    def grow(self, face, count, both):
        if both and self.faces[0].entries == self.faces[1].entries:
            for log in self.faces:
                log.grow(count)
        else:
            self.faces[face].grow(count, b"%d" % face)

    @rule(who=st.integers(0, 1), face=st.integers(0, 1), short=st.integers(0, 4), other_proof=st.booleans())
    def ask(self, who, face, short, other_proof):
        log, witness = self.faces[face], self.witnesses[who]
        size = max(0, len(log.entries) - short)
        old = min(witness.head.size, size)
        witness.take(witness.mirror.size, log.entries[witness.mirror.size : size])
        proof = self.faces[1 - face].proof(0) if other_proof else log.proof(old, size)
        answer = witness.cosign(log.note(size), old, proof, NOW)
        if isinstance(answer, str):
            self.signed[who].add(log.head(size))

    @rule(who=st.integers(0, 1))
    def restart(self, who):
        self.ledgers[who].close()
        self.ledgers[who] = Ledger(self.folder / f"{who}.db", ORIGIN)
        self.witnesses[who] = self.made(who)
        theirs = self.witnesses[1 - who].vouch(NOW)
        mine = self.witnesses[who].head
        for log in self.faces:
            try:
                size = head_of(theirs).size if theirs else 0
                proof = log.proof(mine.size, size) if mine.size < size <= len(log.entries) else []
                self.witnesses[who].confirm(theirs, proof)
            except (BadProof, LedgerError):
                continue

    @invariant()
    def no_witness_signed_two_histories(self):
        for heads in self.signed.values():
            assert any(all(self.is_on(log, head) for head in heads) for log in self.faces)

    def is_on(self, log, head):
        return head.size <= len(log.entries) and log.head(head.size) == head

    def teardown(self):
        if hasattr(self, "ledgers"):
            for ledger in self.ledgers:
                ledger.close()
            shutil.rmtree(self.folder)


TestTwoWitnesses = TwoWitnesses.TestCase
TestTwoWitnesses.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)


def test_t24_power_cut_between_storing_and_signing_never_signs_less_afterwards(tmp_path):
    """Whatever was stored, a later signature continues it: here with the copy of the disk of each moment."""
    draws, log = Random(24), Log()
    with Ledger(tmp_path / "mirror.db", ORIGIN) as mirror:
        witness = witness_on(mirror)
        for turn in range(8):
            log.grow(draws.randrange(1, 5))
            signed = log.ask(witness)
            for name in ("mirror.db", "mirror.db-wal"):
                shutil.copy(tmp_path / name, tmp_path / name.replace("mirror", f"cut-{turn}"))
            assert holds(signed, log.head()) == NOW
            with Ledger(tmp_path / f"cut-{turn}.db", ORIGIN) as left:
                assert Witness(left, "nato", ONE, LOG_SIGNER, OTHER_SIGNER).head == log.head()
