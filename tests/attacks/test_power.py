"""Rows T22, T23, T25 and T26: the real ledger on a disk whose power is cut after every single write and sync, fills up,
answers with errors, or cannot be written."""

from random import Random

import apsw
import pytest
from tests.attacks.simulator import sayings
from tests.attacks.simulator.disk import WAYS, Disk, Disks
from tests.attacks.simulator.sayings import LOG
from tests.attacks.simulator.small import KEYS, NOW, OPENING, QUORUM, Room
from tests.attacks.simulator.world import PARTIES

from entente.errors import LedgerError, LedgerFull
from entente.exchange.ledger import Ledger
from entente.exchange.proving.entries import envelope_of
from entente.exchange.proving.notes import TreeHead, sign_head
from entente.exchange.shell import Shell
from entente.exchange.signing import new_key

ORIGIN = "exercise-1"
BATCHES = (1, 3, 16, 2, 40, 1, 1, 7, 9, 5, 1, 2)


@pytest.fixture
def disks():
    held = Disks()
    often = lambda connection: connection.wal_autocheckpoint(8)  # noqa: E731  # pages move to the file itself often
    apsw.connection_hooks.append(often)
    yield held
    apsw.connection_hooks.remove(often)
    held.unregister()


def batch(first, count):
    return [b"%08d" % i + bytes(Random(i).randrange(20, 900)) for i in range(first, first + count)]


def append(ledger, count):
    """Append so many more, each with its index as number; return the size."""
    first = ledger.size
    assert ledger.append(batch(first, count), [("node", 1, i) for i in range(first, first + count)]) == first
    return first + count


def fill(ledger, key, acknowledged):
    """Append batches, keep a checkpoint after every second one and a snapshot at the end; tell what was acknowledged."""
    for turn, count in enumerate(BATCHES):
        acknowledged(append(ledger, count))
        if turn % 2:
            ledger.save_checkpoint(ledger.size, sign_head(TreeHead(ORIGIN, ledger.size, ledger.root()), key))
    ledger.save_snapshot(ledger.size, ledger.root(), b"state")


def check(path, acknowledged):
    """It opens, holds what was acknowledged, byte for byte, and goes on."""
    with Ledger(path, ORIGIN) as ledger:
        assert ledger.size >= acknowledged
        assert list(ledger.entries()) == batch(0, ledger.size)
        for i in range(0, ledger.size, 7):
            assert ledger.found("node", 1, i)[0] == i
        first = ledger.append([b"after the cut"])
        assert ledger.entry(first) == b"after the cut"


# "all" is what a killed process leaves: whatever the system had accepted.
@pytest.mark.parametrize("way", WAYS)
def test_t22_t23_power_cut_after_every_write_and_sync(disks, tmp_path, way):
    disk, key, draws = disks.hold(Disk(tmp_path / "live")), new_key(), Random(way)
    acknowledged, images = 0, []

    def watch(_):
        images.append((acknowledged, disk.image(way, draws)))

    def told(size):
        nonlocal acknowledged
        acknowledged = size

    disk.watch = watch
    ledger = Ledger(disk.folder / "log.db", ORIGIN)
    fill(ledger, key, told)
    disk.watch = None
    disks.drop(disk)
    ledger.close()
    assert len(images) > 200, "the disk was hardly used"
    different = {tuple(sorted(image.items())): count for count, image in images}  # the largest count of equal images
    for n, (image, count) in enumerate(different.items()):
        left = tmp_path / str(n)
        left.mkdir()
        for name, data in image:
            (left / name).write_bytes(data)
        check(left / "log.db", count)


def test_t25_full_disk_takes_nothing_keeps_all_and_recovers(disks, tmp_path):
    disk = disks.hold(Disk(tmp_path / "live"))
    ledger = Ledger(disk.folder / "log.db", ORIGIN)
    append(ledger, 30)
    root = ledger.root()

    def full(what, _):
        if what == "write":
            raise apsw.FullError("database or disk is full")

    disk.fault = full
    for _ in range(3):
        with pytest.raises(LedgerFull, match="make room"):
            append(ledger, 5)
    assert (ledger.size, ledger.root()) == (30, root)
    assert list(ledger.entries()) == batch(0, 30)
    disk.fault = None
    assert append(ledger, 5) == 35
    ledger.close()
    check(disk.folder / "log.db", 35)


@pytest.mark.parametrize("what", ["write", "sync"])
def test_t26_error_of_the_disk_ends_the_ledger_until_it_is_opened_again(disks, tmp_path, what):
    disk = disks.hold(Disk(tmp_path / "live"))
    ledger = Ledger(disk.folder / "log.db", ORIGIN)
    append(ledger, 30)

    def fail(asked, _):
        if asked == what:
            raise apsw.IOError("disk I/O error")

    disk.fault = fail
    with pytest.raises(LedgerError, match="disk failed"):
        append(ledger, 5)
    disk.fault = None
    with pytest.raises(LedgerError, match="open it again"):  # a sync that succeeds now would prove nothing
        append(ledger, 5)
    assert ledger.size == 30
    for way in WAYS:
        left = disk.cut_power(tmp_path / way, way, Random(1))
        check(left.folder / "log.db", 30)
    disks.drop(disk)
    ledger.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # errors on closing reach nobody
@pytest.mark.parametrize("nth", range(1, 40, 3))
def test_t26_error_at_any_operation_loses_nothing_acknowledged(disks, tmp_path, nth):
    disk, key, count = disks.hold(Disk(tmp_path / "live")), new_key(), 0
    acknowledged = 0

    def fail(*_):
        nonlocal count
        count += 1
        if count >= 10 * nth:
            raise apsw.IOError("disk I/O error")

    def told(size):
        nonlocal acknowledged
        acknowledged = size

    disk.fault = fail
    ledger = None
    try:
        ledger = Ledger(disk.folder / "log.db", ORIGIN)
        fill(ledger, key, told)
    except LedgerError:
        pass
    left = disk.cut_power(tmp_path / "left", "some", Random(nth))
    check(left.folder / "log.db", acknowledged)
    disk.fault = None
    disks.drop(disk)
    if ledger:
        ledger.close()


def test_t26_read_only_disk_is_refused_for_writing(disks, tmp_path):
    disk = disks.hold(Disk(tmp_path / "live"))
    ledger = Ledger(disk.folder / "log.db", ORIGIN)
    append(ledger, 30)

    def locked(what, _):
        raise apsw.ReadOnlyError("attempt to write a readonly database")

    disk.fault = locked
    with pytest.raises(LedgerError):
        append(ledger, 5)
    assert list(ledger.entries()) == batch(0, 30)
    disk.fault = None
    disks.drop(disk)
    ledger.close()


@pytest.mark.parametrize("way", WAYS)
def test_t22_t23_t24_power_cut_under_the_whole_centre(disks, tmp_path, way):
    """Log and both mirrors lose power at once, after every write and sync: what was answered is there, state and all."""
    disk, draws = disks.hold(Disk(tmp_path / "live")), Random(way)
    answered, images = [], []
    disk.watch = lambda _: images.append((len(answered), disk.image(way, draws)))
    room = Room(disk.folder)
    both = {party: room.witness(party) for party in PARTIES}
    for turn in range(3):
        raws = [room.radars[party](sayings.detected, NOW, turn, f"l-{turn}") for party in PARTIES]
        answered += [(reply.index, raw) for reply, raw in zip(room.shell.submit(raws, NOW), raws, strict=True)]
        room.shell.checkpoint(NOW, both)
    disk.watch = None
    disks.drop(disk)
    for file in (room.ledger, *(witness.mirror for witness in both.values())):
        file.close()
    assert len(images) > 100
    different = {tuple(sorted(image.items())): count for count, image in images}
    for n, (image, count) in enumerate(different.items()):
        left = tmp_path / str(n)
        left.mkdir()
        for name, data in image:
            (left / name).write_bytes(data)
        with Ledger(left / "log.db", LOG) as ledger:
            started = Shell(ledger, KEYS, QUORUM, OPENING)  # replays the log: it follows from itself
            for index, raw in answered[:count]:
                assert envelope_of(ledger.entry(index)) == raw
            assert started.state.size == ledger.size
            for party in PARTIES:
                with Ledger(left / f"{party}.db", LOG) as mirror:
                    assert mirror.size <= ledger.size
                    assert list(mirror.entries()) == list(ledger.entries(0, mirror.size))
