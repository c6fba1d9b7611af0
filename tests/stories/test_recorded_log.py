"""A history is put on a log by the nodes of both parties, and the study's own code makes the same picture of it, bit for bit."""

from dataclasses import fields, is_dataclass, replace
from functools import cache
from hashlib import sha256

import msgspec
import numpy as np
import pytest

from entente.conveying import LOG, NODE, SEAT, messages_of, policy_text, record
from entente.exchange.centre import opened
from entente.exchange.ledger import Ledger
from entente.exchange.messages import NOTHING, Acknowledgement, KeyAdd, LinesOfSight, PolicyInForce, PreLaunch
from entente.exchange.proving.entries import entry_of, envelope_of, received_ns
from entente.exchange.proving.notes import LOG_TYPE, WITNESS_TYPE, Signer
from entente.exchange.proving.receipts import quorum_of
from entente.exchange.ruling.keyring import pinned, statement
from entente.exchange.saying import gates
from entente.exchange.saying.decoding import decode, encode
from entente.exchange.saying.instants import instant
from entente.exchange.serving.throttle import Limits
from entente.exchange.shell import Keys, Shell
from entente.exchange.signing import KEY_STATEMENT, digest, is_signed, new_key, pae, public_of, seal, unseal
from entente.fusing import join
from entente.hearing import shared_of
from entente.run import at_rung, before_sharing
from entente.scenario.load import load
from entente.sharing import noticed

PARTIES = ("us_nato", "russia")
ROOTS = {name: new_key() for name in (*PARTIES, "centre")}
KEYS = {f"{who}-{party}": new_key() for who in (NODE, SEAT) for party in PARTIES}
PUBLIC = {name: public_of(key) for name, key in KEYS.items()}
EVERY = [
    ("europe-2013", "mrbm-central-europe-3", 1),
    ("europe-2013", "icbm-north-america", 2),
    ("europe-2013", "space-launch", 1),  # announced by who launches, without states of its own
    ("europe-2013", "sounding-rocket", 4),  # announced by a third party
]


@cache
def begun(name, case, seed):
    """One history before anybody shares."""
    return before_sharing(load(name), case, seed)


def recorded(ledger, run, before):
    """Put on a log what a history shared."""
    entries = []

    def append(ns, envelope):
        entries.append(entry_of(ns, envelope))
        return len(entries) - 1

    record(messages_of(run.world, run.shared, before), KEYS, append)
    ledger.append(entries, [None] * len(entries))


def heard(ledger, public):
    """The messages on a log, each verified, with the time at which it came: signature, gates, number and chain."""
    out, chain = [], dict.fromkeys(public, (0, NOTHING))
    for entry in ledger.entries():
        raw = envelope_of(entry)
        envelope = unseal(raw)
        said = decode(envelope.body)
        assert is_signed(envelope, public[said.node])
        assert gates.refusal(said) is None
        assert (said.number - 1, said.previous) == chain[said.node]
        chain[said.node] = said.number, digest(raw)
        out.append((received_ns(entry), said))
    assert [ns for ns, _ in out] == sorted(ns for ns, _ in out)
    return out


def same(a, b, where=""):
    """Whether two records are the same to the last bit, whatever is in them."""
    if is_dataclass(a):
        for field in fields(a):
            same(getattr(a, field.name), getattr(b, field.name), f"{where}.{field.name}")
    else:
        a, b = np.asarray(a), np.asarray(b)
        assert a.dtype == b.dtype, where
        assert a.shape == b.shape, where
        np.testing.assert_array_equal(a, b, err_msg=where)  # nan where nan is
        stated = a == a
        assert a[stated].tobytes() == b[stated].tobytes(), where  # and no negative nought for a nought


@pytest.mark.parametrize("rung", [2, 3, 4])
@pytest.mark.parametrize("case", EVERY, ids=[case for _, case, _ in EVERY])
def test_a_recorded_log_gives_the_same_picture(case, rung, tmp_path):
    """Rungs 2 to 4, both parties and the centre: what was shared, and what is believed of it."""
    run = at_rung(begun(*case), rung)
    before = noticed(run.world, False)
    with Ledger(tmp_path / "log", "study") as ledger:
        recorded(ledger, run, before)
    with Ledger(tmp_path / "log", "study") as ledger:
        arrived = heard(ledger, PUBLIC)
    assert len(arrived) >= len(run.shared.t)
    assert any(isinstance(said, LinesOfSight) for _, said in arrived) == (len(run.shared.reports.scan_t) > 0)
    again = shared_of(run.world, arrived, before, run.shared.reports.obj)
    same(again, run.shared)
    same(join(run.world, run.national, again, rung), run.picture)


def test_a_notice_is_known_of_by_those_whose_officers_said_so(tmp_path):
    """Over seeds: who knows of the announcement through the other side has acknowledged that very notice on the log."""
    found = set()
    for case in ("space-launch", "sounding-rocket"):
        for seed in range(1, 9):
            run = at_rung(begun("europe-2013", case, seed), 2)
            before = noticed(run.world, False)
            with Ledger(tmp_path / f"{case}-{seed}", "study") as ledger:
                recorded(ledger, run, before)
                arrived = heard(ledger, PUBLIC)
                bodies = [digest(unseal(envelope_of(entry)).body) for entry in ledger.entries()]
            told = [said.party for _, said in arrived if isinstance(said, PreLaunch)]
            acknowledged = [said for _, said in arrived if isinstance(said, Acknowledgement)]
            assert sorted(told) == sorted(np.array(["us_nato", "russia"])[before])
            for said in acknowledged:
                assert isinstance(arrived[said.about][1], PreLaunch)
                assert said.digest == bodies[said.about]
                assert arrived[said.about][1].party != said.party
            np.testing.assert_array_equal(shared_of(run.world, arrived, before).noticed, run.shared.noticed)
            found.add((case, len(told), len(acknowledged)))
    assert {("space-launch", 1, 1), ("sounding-rocket", 1, 1)} <= found
    assert any(acknowledged == 0 for _, _, acknowledged in found)


def rooted(shell, world, start):
    """What the roots of both parties say first: the keys of node and seat, and the policy in force."""
    for giver, party in enumerate(PARTIES):
        previous, text = NOTHING, policy_text(world, giver)
        statements = [(KeyAdd, {"key": PUBLIC[f"{who}-{party}"].hex(), "holder": f"{who}-{party}", "role": role,
                                "proof": "0" * 128}) for who, role in ((NODE, "node"), (SEAT, "seat"))]  # fmt: skip
        statements.append((PolicyInForce, {"digest": sha256(text.encode()).hexdigest(), "text": text}))
        for number, (kind, what) in enumerate(statements, 1):
            said = kind(log=LOG, origin="exercise", party=party, node="root", boot=1, number=number, sent=instant(start),
                        previous=previous, **what)  # fmt: skip
            if kind is KeyAdd:
                consent = KEYS[said.holder].sign(pae(KEY_STATEMENT, statement(said))).hex()
                said = msgspec.structs.replace(said, proof=consent)
            raw = seal(ROOTS[party], encode(said))
            previous = digest(raw)
            assert [reply.outcome for reply in shell.submit([raw], start)] == ["accepted"]


@pytest.mark.parametrize("case", [EVERY[0], EVERY[2]], ids=[EVERY[0][1], EVERY[2][1]])
def test_the_centre_takes_a_whole_history_and_its_log_gives_the_picture(case, tmp_path):
    """Through the running centre: every message accepted, alerts and all beside them on the log, and the same picture."""
    run = at_rung(begun(*case), 4)
    before, conveyed = noticed(run.world, False), messages_of(run.world, run.shared, noticed(run.world, False))
    log, witnesses = new_key(), [new_key() for _ in PARTIES]
    origin = f"exercise/{LOG}"
    quorum = quorum_of(Signer(origin, public_of(log), LOG_TYPE), [
        Signer(f"{party}-witness", public_of(key), WITNESS_TYPE) for party, key in zip(PARTIES, witnesses, strict=True)
    ])  # fmt: skip
    opening = opened(LOG, "exercise", pinned({name: public_of(key).hex() for name, key in ROOTS.items()}))
    free = Limits(crowd_per_s=1e9, crowd_at_once=1e9, reserved_per_s=1e9, reserved_at_once=1e9)
    with Ledger(tmp_path / "log", origin) as ledger:
        shell = Shell(ledger, Keys(log, ROOTS["centre"]), quorum, opening, free)
        rooted(shell, run.world, conveyed[0].received_ns)

        def append(ns, envelope):
            (reply,) = shell.submit([envelope], ns)
            assert reply.outcome == "accepted", (reply, envelope)
            return reply.index

        record(conveyed, KEYS, append)
        entries = [(received_ns(entry), decode(unseal(envelope_of(entry)).body)) for entry in ledger.entries()]
    said_by_centre = {type(said).__name__ for _, said in entries if said.party == "centre"}
    assert {"Alert", "Corroborated"} <= said_by_centre
    again = shared_of(
        run.world, [(ns, said) for ns, said in entries if said.party != "centre"], before, run.shared.reports.obj
    )
    same(again, run.shared)
    same(join(run.world, run.national, again, 4), run.picture)


def test_what_was_not_rounded_would_not_come_back(tmp_path):
    """The test above can fail: a history whose states are a millimetre off what a message carries comes back otherwise."""
    run = at_rung(begun(*EVERY[0]), 3)
    off = replace(run, shared=replace(run.shared, x=run.shared.x + 1e-3))
    with Ledger(tmp_path / "log", "study") as ledger:
        recorded(ledger, off, noticed(run.world, False))
        arrived = heard(ledger, PUBLIC)
    with pytest.raises(AssertionError, match=r"\.x"):
        same(shared_of(run.world, arrived, noticed(run.world, False)), off.shared)
