"""Envelopes over the brokers on one machine: a leaf, three hubs that sync at every write, a centre; how long, how many, how much.

`python bench/bus.py` prints how long one envelope alone takes from the node to the centre's answer, how many come in batches of
64, what each broker holds in memory, and how long nothing goes after the leading hub was killed. All of it
shares this machine, and each write is synced three times on one disk: at three sites each hub has its own.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.attacks.live.brokers import Fleet  # noqa: E402
from tests.attacks.live.hall import PARTIES, hall  # noqa: E402

from entente.exchange.serving.bus import STREAM, Road, carry, connected  # noqa: E402
from entente.exchange.serving.preparing import CERTIFICATES  # noqa: E402
from entente.exchange.serving.throttle import Limits  # noqa: E402

ALONE, BATCHES, BATCH, NODE = 300, 20, 64, "nato-0"
FREE = Limits(1e9, 1e9, 1e9, 1e9)


async def sent(road, raws):
    """Until there is an answer; seconds."""
    start = time.monotonic()
    while await road.send(raws) is None:
        await asyncio.sleep(0.05)
    return time.monotonic() - start


async def measured(room, fleet, voice):
    """Print all of it."""
    certificates = room.folder / CERTIFICATES
    road = await Road.opened(fleet.leaf("nato"), certificates, "nato", NODE)
    await sent(road, [voice.health()])
    alone = sorted([1e3 * await sent(road, [voice.health()]) for _ in range(ALONE)])
    print(f"one alone: p50 {statistics.median(alone):.1f} ms, p99 {alone[int(0.99 * ALONE)]:.1f} ms")
    batches = [[voice.health() for _ in range(BATCH)] for _ in range(BATCHES)]
    took_s = sum([await sent(road, raws) for raws in batches])
    print(f"one node in batches of {BATCH}: {BATCH * BATCHES / took_s:.0f} envelopes a second")
    for name, process in fleet.processes.items():
        lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        print(
            f"{name}: {int(next(line for line in lines if line.startswith('VmHWM')).split()[1]) / 1024:.0f} MB at most"
        )
    bus = await connected(fleet.address, certificates, "centre", lambda *_, **__: None)
    leader = (await bus.jetstream().stream_info(STREAM)).cluster.leader
    await bus.close()
    fleet.kill(leader)
    print(f"the leading hub killed: the next answer after {await sent(road, [voice.health()]):.1f} s")
    await road.close()


def main():
    """One exercise, all brokers."""
    with tempfile.TemporaryDirectory() as folder, hall(Path(folder) / "room", limits=FREE) as room:
        fleet, writer = Fleet(room.folder, PARTIES), room.centre.service.writer

        async def begin():
            at = room.folder / CERTIFICATES
            return asyncio.create_task(carry(fleet.address, at, "centre", writer, lambda *_, **__: None))

        try:
            fleet.start()
            gate = room.call(begin())
            asyncio.run(measured(room, fleet, room.voice("nato", NODE)))
            room.loop.call_soon_threadsafe(gate.cancel)
            time.sleep(0.5)
        finally:
            fleet.close()


if __name__ == "__main__":
    main()
