"""What a nation runs on its own side: its node, which releases by its own policy, and its witness. Each is a process.

A node reads drafts, one JSON object a line (`release.Draft`): what the nation would say if it withheld nothing. They wait, are
judged and coarsened here, by the policy that the party's root signed; only what is left goes into the outbox and out. The
queue is kept on the disk beside the outbox, so that a restart changes nothing. The centre may come and go.
"""

import asyncio
import re
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import msgspec

from entente.errors import ExchangeError, StoreError, unknown
from entente.exchange.client import Link, Node, Watch
from entente.exchange.ledger import Ledger
from entente.exchange.proving.outbox import Outbox
from entente.exchange.proving.pins import Pins, quorum_in, read_pins
from entente.exchange.proving.witness import Witness
from entente.exchange.release import Draft, Giver
from entente.exchange.releasing.policies import in_force
from entente.exchange.saying.instants import NS_PER_MS
from entente.exchange.serving.bus import Road
from entente.exchange.serving.departing import Releasing, read_queue
from entente.exchange.serving.pace import MOST, Pace
from entente.exchange.serving.papers import Papers
from entente.exchange.serving.preparing import (
    CERTIFICATES,
    MIRROR,
    PINS,
    POLICY_FILE,
    SECRET_FILE,
    party_of,
    witness_of,
)
from entente.exchange.serving.renewing import tell_of_the_end
from entente.exchange.serving.telling import Teller
from entente.exchange.signing import read_key

LONGEST_LINE = 2**20  # bytes of a draft
AHEAD = 256  # drafts that are read before they are taken
LOOK_S = 0.1  # between looks at what is due
ADDRESS = re.compile(r"https://[^/?#@\s]+:[0-9]{1,5}/?")


def run_node(
    folder: Path, holder: str, address: str, boot: int = 1, ready: Callable[[], None] = lambda: None,
    pace: Pace | None = None, bus: str = "",
) -> None:  # fmt: skip
    """Run a node until SIGINT or SIGTERM: drafts from standard input.

    Args:
        folder: with pins, certificates and the party's own folder.
        address: of the centre, https://HOST:PORT.
        pace: the clock of an exercise on one machine; None: civil time.
        bus: of the nation's own broker, tls://HOST:PORT, over which it sends first; empty: none.
    Raises:
        StoreError, ExchangeError: keys, certificates, policy or outbox cannot be had.
    """
    pins = read_pins(folder / PINS)
    party, clock = party_of(folder, pins, holder), pace or time.time_ns
    own, tell = folder / party, Teller()
    papers = Papers(folder / CERTIFICATES, holder)
    key = read_key(own / f"{holder}.key")

    async def until_told() -> None:
        async with _linked(address, papers, tell) as link:
            with Outbox(own / f"{holder}.{boot}.db", key, pins.name, holder, boot) as outbox:
                path = own / f"{holder}.queue"
                releasing = Releasing(_giver(own, pins, party), outbox, path, tell, read_queue(path))
                node = Node(outbox, quorum_in(pins), link, lambda _: None, tell)
                tell("up", node=holder, waiting=len(releasing.queue.waits), said=outbox.last)
                ready()
                async with _told_to_stop() as stopped:
                    await _first(
                        stopped,
                        node.run(),
                        _take_road(node, bus, folder / CERTIFICATES, party),
                        _read_drafts(releasing, clock),
                        _let_go(releasing, node, clock),
                        tell_of_the_end(papers.folder, papers.name, tell),
                    )
                tell("down", node=holder, said=outbox.last)

    asyncio.run(until_told())


def run_witness(
    folder: Path, party: str, address: str, ready: Callable[[], None] = lambda: None, pace: Pace | None = None
) -> None:
    """Run a party's witness until SIGINT or SIGTERM.

    Raises:
        StoreError, ExchangeError: keys, certificates or the copy cannot be had.
    """
    pins, tell = read_pins(folder / PINS), Teller()
    if party not in pins.parties:
        raise unknown("party", party, pins.parties)
    name, quorum = witness_of(party), quorum_in(pins)
    papers = Papers(folder / CERTIFICATES, name)
    key = read_key(folder / party / f"{name}.key")
    (other,) = [signer for signer in quorum.witnesses if signer.name != name]

    async def until_told() -> None:
        async with _linked(address, papers, tell) as link:
            with Ledger(folder / party / MIRROR, pins.line) as mirror:
                witness = Witness(mirror, name, key, quorum.log, other)
                tell("up", witness=name, entries=mirror.size)
                ready()
                async with _told_to_stop() as stopped:
                    clock = pace.seconds if pace else time.time
                    watch = Watch(witness, key, link, tell, clock)
                    await _first(stopped, watch.run(), tell_of_the_end(papers.folder, papers.name, tell))
                tell("down", witness=name, entries=mirror.size)

    asyncio.run(until_told())


def _linked(address: str, papers: Papers, tell: Teller) -> Link:
    """The way to the centre.

    Raises:
        StoreError: not that way.
    """
    if not ADDRESS.fullmatch(address):
        raise StoreError(
            f"--centre: {address!r}; write the address that the centre announces for nodes, https://HOST:PORT"
        )
    return Link(address, papers.context, papers, tell)


async def _read_drafts(releasing: Releasing, clock: Callable[[], int]) -> None:
    """Drafts from standard input; what is none is told of and passed over. At its end, nothing more comes."""
    lines: asyncio.Queue[bytes] = asyncio.Queue(AHEAD)
    loop = asyncio.get_running_loop()

    def listen() -> None:
        """In a thread: a file, a pipe and a terminal are read alike, and a process that ends does not wait for them."""
        # Not sys.stdin itself: whoever waits in it when the interpreter ends lets it abort.
        with suppress(RuntimeError), open(sys.stdin.fileno(), "rb", closefd=False) as drafts:  # the loop is closed
            while line := drafts.readline(LONGEST_LINE):
                asyncio.run_coroutine_threadsafe(lines.put(line), loop).result()

    threading.Thread(target=listen, daemon=True, name="drafts").start()
    while True:
        line = await lines.get()
        try:
            releasing.take(msgspec.json.decode(line, type=Draft), clock() // NS_PER_MS)
        except (msgspec.DecodeError, ExchangeError) as problem:
            releasing.tell("no-draft", reason=str(problem))


async def _take_road(node: Node, bus: str, certificates: Path, party: str) -> None:
    """The other road, once the broker is there; the node does not wait for it."""
    if bus:
        node.road = await Road.opened(bus, certificates, party, node.outbox.node, node.tell)
    await asyncio.Event().wait()


async def _let_go(releasing: Releasing, node: Node, clock: Callable[[], int]) -> None:
    """What is due leaves."""
    while True:
        if releasing.release(clock() // NS_PER_MS):
            node.spoke()
        await asyncio.sleep(LOOK_S if clock is time.time_ns else LOOK_S / MOST)


async def _first(*tasks: object) -> None:
    """Until the first of them ends; the others are ended, too. What one of them raises is raised."""
    running = [asyncio.ensure_future(task) for task in tasks]  # type: ignore[call-overload]
    done, others = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for task in done:
        task.result()


@asynccontextmanager
async def _told_to_stop() -> AsyncIterator["asyncio.Future[None]"]:
    """What ends when the process is told to."""
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[None] = loop.create_future()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, lambda: None if stopped.done() else stopped.set_result(None))
    yield stopped


def _giver(own: Path, pins: Pins, party: str) -> Giver:
    """Who releases: the policy that the party's root signed, and the secret."""
    policy, secret = own / POLICY_FILE, own / SECRET_FILE
    try:
        raw = policy.read_bytes() if policy.exists() else None
        return in_force(raw, bytes.fromhex(pins.parties[party].root), secret.read_bytes(), party)
    except OSError as problem:
        raise StoreError(
            f"{own}: {problem.strerror}; there are a signed policy and a secret in a party's folder"
        ) from None
