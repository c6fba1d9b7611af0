"""Rows T25 and T27 on a real centre: no room on the disk, and no more files to be opened."""

import socket
import time
from collections import Counter

import pytest
from tests.attacks.live.ground import ADDRESS, LINE, Ground, Voice, introduced, posted
from tests.attacks.live.processes import Child, be_centre, free_port
from tests.attacks.simulator import sayings

from entente.exchange.ledger import Ledger
from entente.exchange.proving.entries import envelope_of

NODE = "nato-radar"
STARTED_S = 1.0  # after the start the shortage begins


@pytest.fixture
def begun(tmp_path):
    """Start a centre on this ground, in a shortage, with what the roots say on its log."""
    laid, centres = Ground.laid_out(tmp_path, free_port()), []

    def start(**shortage):
        centre = Child("centre", be_centre, laid)
        centres.append(centre)
        centre.start()
        assert centre.wait_ready()
        with laid.client(NODE) as client:
            for raw in introduced(time.time_ns()):
                assert posted(client, raw)[1].outcome == "accepted"
        assert centre.stop() == 0
        centre.start(**shortage)
        assert centre.wait_ready()
        return laid, centre

    yield start
    for centre in centres:
        centre.kill()


def speak(ground, for_s, gap_s=0.02):
    """Say one thing after the other for so long, again where asked to; how often each status came, and what was answered."""
    voice, statuses, answered = Voice("nato", NODE), Counter(), {}
    until_s, raw = time.monotonic() + for_s, None
    with ground.client(NODE) as client:
        while time.monotonic() < until_s:
            raw = raw or voice(time.time_ns(), sayings.healthy, time.time_ns())
            status, answer = posted(client, raw)
            statuses[status] += 1
            if answer is not None and answer.index is not None:
                answered[answer.index], raw = raw, None
            time.sleep(gap_s)
    return statuses, answered


def stands(ground, answered):
    """Whether all that was answered is on the log where it was said to be."""
    with Ledger(ground.log, LINE, writing=False) as ledger:
        return all(envelope_of(ledger.entry(index)) == raw for index, raw in answered.items())


def test_t25_a_full_disk_answers_507_keeps_all_and_recovers(begun):
    ground, centre = begun(disk=("full", STARTED_S, 1.5))
    statuses, answered = speak(ground, 5.0)
    assert statuses[507] > 3
    assert set(statuses) == {200, 507}, statuses
    last_s = max(answered)
    assert last_s > 10, "after the shortage it goes on"
    assert centre.stop() == 0
    assert stands(ground, answered)


def test_t27_without_files_to_open_who_is_in_goes_on(begun):
    ground, centre = begun(files=60)
    held = []
    with ground.client(NODE) as client:
        voice = Voice("nato", NODE)
        answered = {}
        for turn in range(60):
            if turn == 20:
                for k in range(100):
                    address = f"127.0.0.{10 + k % 4}"
                    held.append(socket.create_connection((ADDRESS, ground.port), 5.0, source_address=(address, 0)))
            raw = voice(time.time_ns(), sayings.healthy, time.time_ns())
            status, answer = posted(client, raw)
            assert status == 200, turn
            answered[answer.index] = raw
            time.sleep(0.01)
    for each in held:
        each.close()
    time.sleep(0.5)
    with ground.client("rus-radar") as other:
        assert other.get("/health").status_code == 200, "room again, and others come in"
    assert centre.stop() == 0
    assert stands(ground, answered)
    told = (ground.folder / "centre.jsonl").read_text()
    assert "accept-failed" in told
