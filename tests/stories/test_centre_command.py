"""Who writes for the centre with other tools asks it what a body looks like."""

import json
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import msgspec

from entente.exchange.messages import NOTHING, Clock, Feed, StateOfHealth
from entente.exchange.release import Draft
from entente.exchange.saying.instants import NS_PER_S, instant
from entente.exchange.saying.schema import KINDS


def entente(*words):
    program = Path(sys.executable).with_name("entente")
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=60)


def test_the_schema_of_one_kind_and_of_all():
    one = json.loads(entente("centre", "schema", "launch-detected").stdout)
    assert one["$ref"] == "#/$defs/LaunchDetected"
    assert {"observed", "observed_sigma_s", "launch_area", "origin"} <= set(one["$defs"]["LaunchDetected"]["required"])
    every = json.loads(entente("centre", "schema").stdout)
    assert set(every["discriminator"]["mapping"]) == set(KINDS)


def test_a_kind_that_is_not_there_is_named_with_its_neighbour():
    done = entente("centre", "schema", "launch-detect")
    assert (done.returncode, done.stdout) == (1, "")
    assert "'launch-detect' is not known; did you mean 'launch-detected'?" in done.stderr
    assert "Traceback" not in done.stderr


def draft(node):
    """What a node might say of its feeds."""
    head = {"log": "drill", "origin": "exercise", "party": node[0], "node": node, "boot": 1, "number": 1}
    sent = instant(1_795_867_200 * NS_PER_S)
    feeds = (Feed(name="radar", state="up", since=sent),)
    clock = Clock(source="ntp", error_s=0.001)
    said = StateOfHealth(**head, sent=sent, previous=NOTHING, policy=NOTHING, feeds=feeds, clock=clock)
    return msgspec.json.encode(Draft(said=said))


@contextmanager
def started(*words, stdin=subprocess.PIPE):
    """A command that runs, and its first line; it ends in order."""
    program = Path(sys.executable).with_name("entente")
    process = subprocess.Popen(
        [program, *words], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_a_node_that_is_set_up_anew_runs_at_the_boot_that_its_root_announced(tmp_path):
    folder = str(tmp_path / "ex")
    assert entente("centre", "prepare", folder, "--name", "drill", "--party", "a", "--party", "b").returncode == 0
    with started("centre", "serve", folder, "--port", "0", "--console-port", "0") as centre:
        address = re.search(r"https://\S+:\d+", centre.stdout.readline())[0]
        assert entente("centre", "introduce", folder, "--centre", address).returncode == 0
        said = entente("node", "boot", folder, "a-node", "--centre", address)
        assert said.stdout.rstrip().endswith("--boot 2"), said.stderr
        old = entente("node", "run", folder, "a-node", "--centre", address)
        assert old.returncode == 1
        assert old.stderr.splitlines()[-1].endswith(
            "is of boot 1, and the log knows this node at boot 2; run it with --boot 2"
        )
        assert "Traceback" not in old.stderr
        drafts = tmp_path / "drafts.jsonl"
        drafts.write_bytes(b"no draft\n" + draft("a-node") + b"\n" + draft("b-node") + b"\n")
        with (
            drafts.open() as file,
            started("node", "run", folder, "a-node", "--centre", address, "--boot", "2", stdin=file) as node,
        ):
            told = [json.loads(node.stderr.readline()) for _ in range(4)]
        assert node.returncode == 0
        assert [line["event"] for line in told] == ["up", "no-draft", "withheld", "no-draft"]
        assert told[3]["reason"] == "a draft of 'b-node' for 'drill'; this is 'a-node' for 'drill'"
    assert centre.returncode == 0


def test_who_starts_a_witness_of_nobody_or_with_no_address_is_told(tmp_path):
    folder = str(tmp_path / "ex")
    assert entente("centre", "prepare", folder, "--name", "drill", "--party", "a", "--party", "b").returncode == 0
    for words, wrong in (
        (("witness", folder, "c", "--centre", "https://localhost:1"), "party: 'c' is not known; known: a, b"),
        (
            ("witness", folder, "a", "--centre", "http://localhost:1"),
            "--centre: 'http://localhost:1'; write the address",
        ),
        (("run", folder, "a-node", "--centre", "localhost"), "--centre: 'localhost'; write the address"),
    ):
        done = entente("node", *words)
        assert done.returncode == 1
        assert wrong in done.stderr
