"""Two nations and a centre, each its own process, by commands alone; one nation speaks on while the centre is away."""

import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from entente.exchange.ledger import Ledger
from entente.exchange.proving.audit import audit
from entente.exchange.proving.pins import opening, quorum_in, read_pins
from entente.exchange.saying.decoding import decode
from entente.exchange.saying.instants import instant

ENTENTE = [sys.executable, "-m", "entente"]
PERMITS = [{"name": "states", "kinds": ["state-of-health"], "delay_s": 0, "slot_s": 1, "fields": ["clock"]}]
READY_S = 30.0


def entente(*words, **more):
    """A command, done."""
    return subprocess.run([*ENTENTE, *map(str, words)], capture_output=True, text=True, timeout=60, **more)


def draft(i):
    """What a node says if it withholds nothing."""
    now = instant(time.time_ns())
    said = {
        "kind": "state-of-health", "log": "baltic-1", "origin": "exercise", "party": "nato", "node": "nato-node",
        "boot": 1, "number": 1, "sent": now, "feeds": [{"name": f"radar-{i}", "state": "up", "since": now}],
    }  # fmt: skip
    return json.dumps({"said": said}) + "\n"


class Exercise:
    """The processes of one."""

    def __init__(self, folder, stack) -> None:
        self.folder, self.stack = folder, stack
        self.ports = free_port(), free_port()
        self.address = f"https://localhost:{self.ports[0]}"

    def start(self, name, *words, **more):
        """A process that goes on; what it tells is kept."""
        err = self.stack.enter_context((self.folder / f"{name}.err").open("a"))
        process = subprocess.Popen([*ENTENTE, *map(str, words)], stderr=err, text=True, **more)
        self.stack.callback(stopped, process)
        return process

    def centre(self):
        """The centre, ready."""
        ports = "--port", self.ports[0], "--console-port", self.ports[1]
        process = self.start("centre", "centre", "serve", self.folder / "x", *ports, stdout=subprocess.PIPE)
        assert self.address in process.stdout.readline()
        return process

    def told(self, name):
        """What a process told so far."""
        return [json.loads(line) for line in (self.folder / f"{name}.err").read_text().splitlines()]

    def log(self):
        """The messages of the log, and up to where both signed."""
        pins = read_pins(self.folder / "x" / "pins.toml")
        with Ledger(self.folder / "x" / "centre" / "log.db", pins.line, writing=False) as ledger:
            found = audit(ledger, opening(pins), quorum_in(pins))
            assert found.bad is None, found.bad
            return [decode(entry[76:]) for entry in ledger.entries()], found.cosigned

    def feeds(self):
        """Names of the feeds that are on the log, in order."""
        return [said.feeds[0].name for said in self.log()[0] if hasattr(said, "feeds")]


def stopped(process):
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def until(what, patience_s=READY_S):
    end_s = time.monotonic() + patience_s
    while not what():
        assert time.monotonic() < end_s, "it did not come"
        time.sleep(0.1)


@pytest.fixture
def exercise(tmp_path):
    """Everything made; nothing runs yet."""
    policies = []
    for party in ("nato", "russia"):
        policies += ["--policy", tmp_path / f"{party}.json"]
        policies[-1].write_text(json.dumps({"party": party, "number": 1, "permits": PERMITS}))
    words = "--name", "baltic-1", "--party", "nato", "--party", "russia", *policies
    made = entente("centre", "prepare", tmp_path / "x", *words)
    assert made.stdout.startswith("exercise/baltic-1: keys, pins and certificates for nato and russia"), made.stderr
    with ExitStack() as stack:
        yield Exercise(tmp_path, stack)


def test_a_nation_works_on_alone_and_drains_in_order(exercise):
    folder, address = exercise.folder / "x", exercise.address
    node = exercise.start("node", "node", "run", folder, "nato-node", "--centre", address, stdin=subprocess.PIPE)
    for i in range(3):
        node.stdin.write(draft(i))
    node.stdin.write("no draft\n")
    node.stdin.flush()
    until(lambda: any(each["event"] == "no-draft" for each in exercise.told("node")))
    centre = exercise.centre()
    introduced = entente("centre", "introduce", folder, "--centre", address)
    assert [line.split()[0] for line in introduced.stdout.splitlines()] == ["accepted"] * 6, introduced.stderr
    for party in ("nato", "russia"):
        exercise.start(party, "node", "witness", folder, party, "--centre", address)
    until(lambda: len(exercise.feeds()) == 3)
    centre.kill()
    centre.wait()
    for i in range(3, 6):
        node.stdin.write(draft(i))
        node.stdin.flush()
        time.sleep(0.3)
    centre = exercise.centre()
    until(lambda: len(exercise.feeds()) == 6)
    assert exercise.feeds() == [f"radar-{i}" for i in range(6)]
    until(lambda: exercise.log()[1] == len(exercise.log()[0]))
    centre.send_signal(signal.SIGTERM)
    assert centre.wait(20.0) == 0
    node.send_signal(signal.SIGINT)
    assert node.wait(20.0) == 0
    events = [each["event"] for each in exercise.told("centre")]
    assert events.count("up") == 2
    assert events[-1] == "down"
    mirror = folder / "russia" / "mirror.db"
    seen = entente("verify", mirror, "--keys", folder / "pins.toml")
    assert "cosigned by both" in seen.stdout, seen.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("centre", "prepare", "{}/x", "--name", "a", "--party", "b"), "1 parties, 0 policies; name two parties"),
        (("centre", "certificates", "{}/c"), "holders: none, or not NAME@PARTY; write such as nato-node@nato"),
        (("centre", "certificates", "{}/c", "--revoke", "nobody"), "give the folder where it was made"),
        (("centre", "serve", "{}"), "give the file of pinned keys"),
        (("node", "run", "{}", "nato-node", "--centre", "https://localhost:1"), "give the file of pinned keys"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path, words, told):
    done = entente(*(word.format(tmp_path) for word in words))
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert told in done.stderr


def test_certificates_by_one_command(tmp_path):
    folder = Path(tmp_path) / "c"
    done = entente("centre", "certificates", folder, "centre@centre", "nato-node@nato", "--days", "7")
    assert done.stdout == f"{folder}: certificates for centre, nato-node, good for 7 days\n"
    assert entente("centre", "certificates", folder, "--revoke", "nato-node").stdout.startswith("nato-node: is revoked")
