"""A history is put on a log by the nodes of both parties, and the study's own code makes the same picture of it, bit for bit."""

from dataclasses import fields, is_dataclass, replace
from functools import cache

import numpy as np
import pytest

from entente.conveying import messages_of, record
from entente.exchange import gates
from entente.exchange.decoding import decode
from entente.exchange.entries import entry_of, envelope_of, received_ns
from entente.exchange.ledger import Ledger
from entente.exchange.messages import NOTHING, Acknowledgement, LinesOfSight, PreLaunch
from entente.exchange.signing import digest, is_signed, new_key, public_of, unseal
from entente.fusing import join
from entente.hearing import shared_of
from entente.run import at_rung, before_sharing
from entente.scenario.load import load
from entente.sharing import noticed

KEYS = {"us_nato": new_key(), "russia": new_key()}
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
        assert is_signed(envelope, public[said.party])
        assert gates.refusal(said) is None
        assert (said.number - 1, said.previous) == chain[said.party]
        chain[said.party] = said.number, digest(raw)
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
        arrived = heard(ledger, {party: public_of(key) for party, key in KEYS.items()})
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
                arrived = heard(ledger, {party: public_of(key) for party, key in KEYS.items()})
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


def test_what_was_not_rounded_would_not_come_back(tmp_path):
    """The test above can fail: a history whose states are a millimetre off what a message carries comes back otherwise."""
    run = at_rung(begun(*EVERY[0]), 3)
    off = replace(run, shared=replace(run.shared, x=run.shared.x + 1e-3))
    with Ledger(tmp_path / "log", "study") as ledger:
        recorded(ledger, off, noticed(run.world, False))
        arrived = heard(ledger, {party: public_of(key) for party, key in KEYS.items()})
    with pytest.raises(AssertionError, match=r"\.x"):
        same(shared_of(run.world, arrived, noticed(run.world, False)), off.shared)
