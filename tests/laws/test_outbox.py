"""A node's memory: what was put is there until a receipt holds, in order, numbered, chained, and never said twice."""

import shutil

import pytest

from entente.errors import BadProof, ExchangeError, LedgerError, Malformed
from entente.exchange.ledger import Ledger
from entente.exchange.messages import NOTHING, Feed, StateOfHealth
from entente.exchange.proving.entries import entry_of
from entente.exchange.proving.merkle import inclusion_proof
from entente.exchange.proving.notes import LOG_TYPE, WITNESS_TYPE, Signer, TreeHead, cosign, head_text, sign_head
from entente.exchange.proving.outbox import Outbox
from entente.exchange.proving.receipts import Receipt, quorum_of, write_receipt
from entente.exchange.saying.decoding import decode
from entente.exchange.signing import digest, is_signed, new_key, public_of, unseal

KEY, LOG, ONE, OTHER = new_key(), new_key(), new_key(), new_key()
QUORUM = quorum_of(
    Signer("exercise/one", public_of(LOG), LOG_TYPE),
    [Signer("nato", public_of(ONE), WITNESS_TYPE), Signer("russia", public_of(OTHER), WITNESS_TYPE)],
)
SENT = "2013-11-28T12:00:00.000Z"


def word(**changes):
    feeds = (Feed(name="radar", state="up", since=SENT),)
    said = {"log": "one", "origin": "exercise", "party": "nato", "node": "ramstein", "boot": 2, "number": 999}
    return StateOfHealth(**(said | changes), sent=SENT, feeds=feeds)


@pytest.fixture
def outbox(tmp_path):
    with Outbox(tmp_path / "out.db", KEY, "one", "ramstein", 2) as made:
        yield made


def receipt_for(raws, index, tmp_path, signers=(ONE, OTHER)):
    """A receipt for one of the envelopes in a log of its own."""
    with Ledger(tmp_path / f"log-{index}.db", "exercise/one") as ledger:
        ledger.append([entry_of(50 + i, raw) for i, raw in enumerate(raws)])
        head = TreeHead("exercise/one", ledger.size, ledger.root())
        lines = [cosign(head_text(head), name, key, 7) for name, key in zip(("nato", "russia"), signers, strict=True)]
        proof = tuple(inclusion_proof(ledger.node, index, ledger.size))
    return write_receipt(Receipt(50 + index, index, proof, sign_head(head, LOG) + "".join(lines)))


def test_messages_are_numbered_chained_and_signed(outbox):
    raws = [outbox.put(word()) for _ in range(3)]
    said = [decode(unseal(raw).body) for raw in raws]
    assert [each.number for each in said] == [1, 2, 3]
    assert [each.previous for each in said] == [NOTHING, digest(raws[0]), digest(raws[1])]
    assert all(is_signed(unseal(raw), public_of(KEY)) for raw in raws)
    assert outbox.waiting() == [(1, raws[0]), (2, raws[1]), (3, raws[2])]
    assert outbox.waiting(2) == [(1, raws[0]), (2, raws[1])]
    assert outbox.last == 3


def test_what_was_put_is_there_after_another_start(tmp_path):
    with Outbox(tmp_path / "out.db", KEY, "one", "ramstein", 2) as outbox:
        assert outbox.last == 0
        raw = outbox.put(word())
    with Outbox(tmp_path / "out.db", KEY, "one", "ramstein", 2) as again:
        assert again.waiting() == [(1, raw)]
        assert decode(unseal(again.put(word())).body).previous == digest(raw)


def test_a_receipt_ends_the_waiting_and_is_kept(outbox, tmp_path):
    raws = [outbox.put(word()) for _ in range(3)]
    receipt = receipt_for(raws, 1, tmp_path)
    assert outbox.settle(2, receipt, QUORUM).index == 1
    assert [number for number, _ in outbox.waiting()] == [1, 3]
    assert outbox.receipt(2) == receipt
    assert outbox.receipt(1) is None
    assert outbox.receipt(4) is None


def test_a_receipt_that_does_not_hold_ends_no_waiting(outbox, tmp_path):
    raws = [outbox.put(word()) for _ in range(3)]
    with pytest.raises(BadProof):
        outbox.settle(1, receipt_for(raws, 1, tmp_path), QUORUM)
    with pytest.raises(BadProof):
        outbox.settle(3, receipt_for(raws, 2, tmp_path, signers=(ONE, ONE)), QUORUM)
    with pytest.raises(Malformed):
        outbox.settle(1, "no receipt", QUORUM)
    with pytest.raises(LedgerError, match="no message 4"):
        outbox.settle(4, receipt_for(raws, 0, tmp_path), QUORUM)
    assert len(outbox.waiting()) == 3


@pytest.mark.parametrize("changes", [{"node": "brize"}, {"boot": 3}, {"log": "two"}])
def test_messages_of_others_are_refused(outbox, changes):
    with pytest.raises(ExchangeError, match="this is the outbox of 'ramstein'"):
        outbox.put(word(**changes))
    assert outbox.last == 0


@pytest.mark.parametrize("other", [("two", "ramstein", 2), ("one", "brize", 2), ("one", "ramstein", 3)])
def test_the_file_is_of_one_node_at_one_boot(outbox, tmp_path, other):
    outbox.close()
    with pytest.raises(LedgerError, match="holds messages of"):
        Outbox(tmp_path / "out.db", KEY, *other)
    with Outbox(tmp_path / "out.db", KEY, "one", "ramstein", 2) as again:
        assert again.last == 0


def test_an_outbox_put_back_to_an_older_day_speaks_no_more(outbox, tmp_path):
    first = outbox.put(word())
    outbox.must_know(2, 1, digest(first))
    shutil.copy(tmp_path / "out.db", tmp_path / "old.db")
    shutil.copy(tmp_path / "out.db-wal", tmp_path / "old.db-wal")
    second = outbox.put(word())
    with Outbox(tmp_path / "old.db", KEY, "one", "ramstein", 2) as old:
        old.must_know(2, 1, digest(first))
        with pytest.raises(LedgerError, match="begin a new outbox"):
            old.must_know(2, 2, digest(second))
        old.put(word(party="russia"))
        with pytest.raises(LedgerError, match="begin a new outbox"):
            old.must_know(2, 2, digest(second))
    for boot, right in ((1, "let its root announce the new one"), (3, "run it with --boot 3")):
        with pytest.raises(LedgerError, match=right):
            outbox.must_know(boot, 1, digest(first))
    outbox.must_know(2, 0, NOTHING)
