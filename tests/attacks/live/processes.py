"""Real processes of an exercise, which can be killed at any instant: a centre, nodes that speak, witnesses.

Each is forked from a server that has loaded the code already (`forkserver`), so that a new one stands in a tenth of a
second; from there on it is what `entente centre serve` and `entente node run` start.
"""

import asyncio
import multiprocessing
import os
import resource
import signal
import socket
import sys
import time
from contextlib import suppress
from random import Random

import apsw
from tests.attacks.live.ground import ADDRESS
from tests.attacks.simulator import sayings
from tests.attacks.simulator.disk import Disk, Disks
from tests.attacks.simulator.world import key_of

from entente.exchange.client import Link, Node, Watch
from entente.exchange.saying.decoding import decode
from entente.exchange.serving.running import serve
from entente.exchange.signing import digest, unseal

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["entente.exchange.serving.running", "entente.exchange.client"])
READY_S = 30.0


class Child:
    """One process, started, and started again."""

    def __init__(self, name, work, *arguments) -> None:
        self.name, self.work, self.arguments = name, work, arguments
        self.starts, self.process, self.pipe = 0, None, None

    def start(self, **more):
        """Start it; what the process tells comes through `pipe`."""
        self.pipe, theirs = CONTEXT.Pipe(duplex=False)
        self.process = CONTEXT.Process(
            target=_begin, args=(self.work, theirs, *self.arguments), kwargs=more, daemon=True, name=self.name
        )
        self.process.start()
        theirs.close()
        self.starts += 1

    @property
    def is_alive(self):
        """Whether it runs."""
        return self.process is not None and self.process.is_alive()

    def wait_ready(self):
        """Until it says that it stands; False: it ended before."""
        with suppress(EOFError, OSError):
            return self.pipe.poll(READY_S) and self.pipe.recv() == "up"  # what it tells next stays in the pipe
        return False

    def told(self):
        """All that it told since the last time."""
        heard = []
        with suppress(EOFError, OSError):
            while self.pipe.poll(0):
                heard.append(self.pipe.recv())
        return heard

    def kill(self):
        """kill -9, now."""
        if self.is_alive:
            self.process.kill()
            self.process.join()

    def stop(self):
        """Ask it to end, and see that it does; its exit status."""
        self.process.terminate()
        self.process.join(15.0)
        return self.process.exitcode


def _begin(work, pipe, *arguments, **more):
    """A process is told nothing by its parent's terminal, and keeps its own words in a file."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    work(pipe, *arguments, **more)


def be_centre(pipe, ground, cut=None, disk=None, files=None):
    """Run the centre.

    Args:
        cut: (operations of the disk, way, seed), after which the power fails.
        disk: (what fails it, seconds from the start, seconds of it): "full" or "error".
        files: how many it may have open.
    """
    sys.stderr = (ground.folder / "centre.jsonl").open("a", buffering=1)
    # SQLite forgets a file system that nobody holds.
    _held = _fail_after(ground, *cut) if cut else _fail_between(ground, *disk) if disk else None
    if files is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    serve(ground.settings, lambda _: pipe.send("up"))


def _fail_after(ground, operations, way, seed):
    """Let the power fail under the centre's disk: what is left stands beside it in `left`, and the process is gone."""
    disks = Disks()
    disk = disks.hold(Disk(ground.folder / "centre"))

    def watch(_):
        if disk.operations >= operations:
            disk.cut_power(ground.folder / "left", way, Random(seed))
            os.kill(os.getpid(), signal.SIGKILL)

    disk.watch = watch
    return disks


def _fail_between(ground, how, from_s, for_s):
    """A disk that is full or answers with errors, for a while."""
    disks, began_s = Disks(), time.monotonic() + from_s
    disk = disks.hold(Disk(ground.folder / "centre"))

    def fault(what, _):
        if not 0.0 <= time.monotonic() - began_s <= for_s:
            return
        if how == "full" and what == "write":
            raise apsw.FullError("database or disk is full")
        if how == "error" and what == "sync":
            raise apsw.IOError("disk I/O error")

    disk.fault = fault
    return disks


def be_node(pipe, ground, name, party, per_s, port):
    """Run a node that speaks so often, and tells of each message once it is in its outbox."""
    context = ground.context(name)

    async def speak(outbox, node):
        while True:
            head = sayings.header(party, name, 1, 1, time.time_ns(), "0" * 64)
            raw = outbox.put(_next(head, outbox.last + 1))
            pipe.send((decode(unseal(raw).body).number, digest(raw)))
            node.spoke()
            await asyncio.sleep(1.0 / per_s)

    async def live():
        with ground.outbox(name) as outbox:
            node = Node(outbox, ground.quorum, Link(f"https://{ADDRESS}:{port}", context))
            pipe.send("up")
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(node.run())
                tasks.create_task(speak(outbox, node))

    _until_terminated(live())


def _next(head, number):
    """What a node says: its health, and now and then a launch."""
    now_ns = time.time_ns()
    if number % 50 == 7:
        return sayings.detected(head, now_ns, number // 50 % 5, f"l-{number}")
    return sayings.healthy(head, now_ns)


def be_witness(pipe, ground, name, port):
    """Run a witness."""
    context = ground.context(name)

    async def live():
        witness = ground.witness(name)
        watch = Watch(witness, key_of(name), Link(f"https://{ADDRESS}:{port}", context))
        pipe.send("up")
        try:
            await watch.run()
        finally:
            witness.mirror.close()

    _until_terminated(live())


def _until_terminated(work):
    """Run it until SIGTERM."""

    async def run():
        task = asyncio.ensure_future(work)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(run())


def free_port():
    """A port that nobody has now."""
    with socket.socket() as held:
        held.bind((ADDRESS, 0))
        return held.getsockname()[1]
