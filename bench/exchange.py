"""The centre's core beside the raw rate of `cryptography`, in one process and one run; envelopes are signed beforehand.

`python bench/exchange.py` prints medians of ROUNDS rounds, least and greatest in brackets. In each round the raw rate is
taken first: `verify` of the library, one thread, on the envelopes that the round then sends; a ratio is to the raw rate of
its own round. Rates are by the clock, for disks and two threads count. The ratio of processor times stands beside that of the
clock: it is what one core would give with a disk that takes no time, and other work on the machine hardly moves it.

- Whole path: `Shell.submit` in batches of BATCH: form, key, signature, body, throttle, gates, numbers, rules, tree, and a
  transaction with a real sync (WAL, synchronous=FULL). After every EVERY batches a checkpoint with both witnesses, each
  with a full mirror that is synced on the same disk. Nine of ten messages are track states of about 800 bytes.
- Audit: `audit` of that log: every signature, the tree, the rules again, every checkpoint.
- Restart: a log of LARGE entries is opened: the last snapshot, and what came after it replayed, TAIL entries, the most
  there can be. What stands before the snapshot is filler with a true tree, put in past the shell, for a start does not read
  it; the tail is real. The audit of the filler would fail, and is not what is timed.
- Memory is the most the process ever held; disk is one copy's file after it was closed, to the bytes of its envelopes.
"""

import resource
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from entente.exchange.centre import opened, snapshot
from entente.exchange.ledger import Ledger
from entente.exchange.messages import NOTHING, Feed, KeyAdd, PolicyInForce, StateOfHealth, TrackState
from entente.exchange.proving.audit import audit
from entente.exchange.proving.entries import entry_of
from entente.exchange.proving.notes import LOG_TYPE, WITNESS_TYPE, Signer
from entente.exchange.proving.receipts import quorum_of
from entente.exchange.proving.witness import Witness
from entente.exchange.ruling.keyring import pinned, statement
from entente.exchange.saying.decoding import encode
from entente.exchange.saying.instants import NS_PER_S, instant
from entente.exchange.serving.throttle import Limits
from entente.exchange.shell import SNAPSHOT_EVERY, Keys, Shell
from entente.exchange.signing import KEY_STATEMENT, digest, new_key, pae, public_of, seal, unseal

ROUNDS, MESSAGES, BATCH, EVERY = 5, 4_096, 256, 4
LARGE, TAIL = 1_000_000, SNAPSHOT_EVERY - BATCH
LOG, PARTIES, NOW = "bench-1", ("nato", "russia"), 1_385_640_000 * NS_PER_S
FREE = Limits(1e9, 1e9, 1e9, 1e9)
POLICY = "everything"


class Sender:
    """A node or a root: numbers, chains and seals what it says."""

    def __init__(self, party, holder) -> None:
        self.party, self.holder, self.key = party, holder, new_key()
        self.number, self.previous = 0, NOTHING

    def seal(self, kind, **fields):
        """The envelope of its next message."""
        self.number += 1
        heading = {
            "log": LOG, "origin": "exercise", "party": self.party, "node": self.holder, "boot": 1, "number": self.number,
            "sent": instant(NOW), "previous": self.previous,
        }  # fmt: skip
        message = kind(**heading, **fields)
        raw = seal(self.key, encode(message))
        self.previous = digest(raw)
        return raw


class Centre:
    """Keys, opening state, a shell and two witnesses in a folder."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.roots = {party: Sender(party, "root") for party in PARTIES}
        self.radars = [Sender(party, f"{party}-radar") for party in PARTIES]
        self.keys = Keys(new_key(), new_key())
        pins = {party: public_of(root.key).hex() for party, root in self.roots.items()}
        self.opening = opened(LOG, "exercise", pinned(pins | {"centre": public_of(self.keys.centre).hex()}))
        witness_keys = {party: new_key() for party in PARTIES}
        signers = [Signer(party, public_of(key), WITNESS_TYPE) for party, key in witness_keys.items()]
        self.quorum = quorum_of(Signer(LOG, public_of(self.keys.log), LOG_TYPE), signers)
        self.ledger = Ledger(folder / "log.db", LOG)
        self.shell = Shell(self.ledger, self.keys, self.quorum, self.opening, FREE)
        self.witnesses = {}
        for mine, other in (signers, signers[::-1]):
            mirror = Ledger(folder / f"{mine.name}.db", LOG)
            self.witnesses[mine.name] = Witness(mirror, mine.name, witness_keys[mine.name], self.quorum.log, other)
            self.witnesses[mine.name].confirm(None)

    def introduce(self):
        """Keys of the radars and the policies, as the roots say them."""
        raws = []
        for radar in self.radars:
            root = self.roots[radar.party]
            raws.append(root.seal(PolicyInForce, digest=digest(POLICY.encode()), text=POLICY))
            fields = {"key": public_of(radar.key).hex(), "holder": radar.holder, "role": "node"}
            bare = KeyAdd(**HEADING, log=LOG, party=radar.party, **fields)
            proof = radar.key.sign(pae(KEY_STATEMENT, statement(bare))).hex()
            raws.append(root.seal(KeyAdd, **fields, proof=proof))
        accept(self.shell, raws)

    def reports(self, count):
        """So many envelopes, of both radars in turn."""
        return [report(self.radars[i % 2], i) for i in range(count)]

    def take(self, raws):
        """The whole path."""
        for turn, start in enumerate(range(0, len(raws), BATCH), 1):
            accept(self.shell, raws[start : start + BATCH])
            if turn % EVERY == 0:
                self.shell.checkpoint(NOW, self.witnesses)
        assert self.shell.cosigning.size == self.ledger.size, "not all is cosigned"

    def close(self):
        """Close all files."""
        for ledger in (self.ledger, *(witness.mirror for witness in self.witnesses.values())):
            ledger.close()


HEADING = {"origin": "exercise", "node": "root", "boot": 1, "number": 1, "sent": instant(NOW), "proof": "0" * 128}


def report(sender, i):
    """A track state, or every tenth time the state of the feeds."""
    if i % 10 < 1:
        return sender.seal(StateOfHealth, feeds=(Feed(name="radar", state="up", since=instant(NOW - 60 * NS_PER_S)),))
    variances = [25.0] * 3 + [0.0025] * 3
    upper = tuple(variances[a] if a == b else 0.0 for a in range(6) for b in range(a, 6))
    return sender.seal(
        TrackState, policy=digest(POLICY.encode()), track=f"t-{i % 64}", whose="third party", missile="mrbm",
        seen_by="radar", frame="ecef", observed=instant(NOW - NS_PER_S), observed_sigma_s=0.05,
        r_km=(3500.0 + i % 7, 3500.0, 4500.0), v_km_s=(1.0, 1.5, 2.0), covariance=upper, bias_sigma_km=1.0,
    )  # fmt: skip


def accept(shell, raws):
    """All of them must be."""
    replies = shell.submit(raws, NOW)
    assert {reply.outcome for reply in replies} == {"accepted"}, replies[0]


def raw_rate(raws, senders):
    """Signatures a second: the library alone, one thread."""
    keys = [sender.key.private.public_key() for sender in senders]
    checks = [
        (keys[i % 2], envelope.signature, pae("application/vnd.entente.message+json", envelope.body))
        for i, envelope in enumerate(map(unseal, raws))
    ]

    def verify():
        for key, signature, text in checks:
            key.verify(signature, text)

    return rates(verify, len(raws))


def rates(run, count):
    """So many a second by the clock, and by the processor."""
    clock, processor = time.perf_counter(), time.process_time()
    run()
    return np.array([count / (time.perf_counter() - clock), count / (time.process_time() - processor)])


def shown(values, form=".2f"):
    """Median and spread."""
    return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def bench_path_and_audit(folder):
    """The whole path and the audit of what it wrote, each round beside the raw rate."""
    centre, raw, path, audited = Centre(folder), [], [], []
    centre.introduce()
    sizes = 0

    def work_out():
        found = audit(centre.ledger, centre.opening, centre.quorum)
        assert found.bad is None, found.bad
        assert found.state == centre.shell.state, "the audit came to another state"

    for _ in range(ROUNDS):
        raws = centre.reports(MESSAGES)
        sizes += sum(map(len, raws))
        raw.append(raw_rate(raws, centre.radars))
        path.append(rates(partial(centre.take, raws), MESSAGES))
        audited.append(rates(work_out, centre.ledger.size))
    centre.close()
    print(f"{'verify alone, one thread':26s} {shown(np.array(raw)[:, 0], ',.0f'):>24s} a second")
    for name, each, goal in (("whole path", path, 0.5), ("audit", audited, 0.8)):
        clock, processor = (np.array(each) / np.array(raw)).T
        rate = shown(np.array(each)[:, 0], ",.0f")
        ratio = f"{shown(clock)} of it by the clock (goal {goal}), {shown(processor)} by the processor"
        print(f"{name:26s} {rate:>24s} a second, {ratio}")
    for name in ("log", *PARTIES):
        copy = (folder / f"{name}.db").stat().st_size / sizes
        print(
            f"{'disk, ' + name:26s} {copy:24.2f} of the envelopes, {sizes // (ROUNDS * MESSAGES)} bytes each   goal 2.50"
        )


def bench_restart(folder):
    """A log of a million entries, opened again and again."""
    centre = Centre(folder)
    centre.introduce()
    start = time.perf_counter()
    filler = centre.reports(BATCH)
    for first in range(centre.ledger.size, LARGE - TAIL, BATCH):
        numbers = [("filler", 1, number) for number in range(first, first + BATCH)]
        centre.ledger.append(
            [entry_of(NOW + number, raw) for (_, _, number), raw in zip(numbers, filler, strict=True)], numbers
        )
    state = with_size(centre, centre.ledger.size)
    centre.ledger.save_snapshot(centre.ledger.size, centre.ledger.root(), snapshot(state))
    shell = Shell(centre.ledger, centre.keys, centre.quorum, centre.opening, FREE)
    for radar in centre.radars:
        radar.number, radar.previous = 0, NOTHING
    raws = centre.reports(LARGE - centre.ledger.size)
    for at in range(0, len(raws), BATCH):
        accept(shell, raws[at : at + BATCH])
    tail, state = centre.ledger.size - centre.ledger.latest_snapshot().index, shell.state
    print(f"made {centre.ledger.size:,} entries in {time.perf_counter() - start:.0f} s, {tail:,} behind the snapshot")
    taken = []
    for _ in range(ROUNDS):
        centre.ledger.close()
        start = time.perf_counter()
        centre.ledger = Ledger(folder / "log.db", LOG)
        again = Shell(centre.ledger, centre.keys, centre.quorum, centre.opening, FREE)
        taken.append(time.perf_counter() - start)
        assert again.state == state, "another state after the restart"
    centre.close()
    print(f"{'restart':26s} {shown(taken):>24s} s   goal 5")


def with_size(centre, size):
    """The centre's state as if the filler had been refused: nothing of it is known, but the log is as long."""
    return msgspec.structs.replace(centre.shell.state, size=size)


def main():
    """Print everything."""
    with tempfile.TemporaryDirectory() as folder:
        for name, bench in (("small", bench_path_and_audit), ("large", bench_restart)):
            (Path(folder) / name).mkdir()
            bench(Path(folder) / name)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'memory':26s} {most:24.0f} MB   goal 300")


if __name__ == "__main__":
    main()
