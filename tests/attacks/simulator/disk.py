"""What is on a disk after the power is cut? An SQLite VFS that passes everything on and remembers what was synced.

`Disks` is registered as SQLite's default VFS, so that the code under test opens its files through it without knowing.
A `Disk` is one directory. Of each file it keeps the bytes that a sync made safe, and the writes that came after; what a
power cut leaves is the first and any part of the second:

- none: every write that was not synced is lost
- all: every one arrived
- some: any of them arrived, in any order, sector by sector
- torn: the first ones arrived, the last of these in part

A file's creation is safe with its first sync, its deletion with the next sync of any file of the directory, as on ext4
and XFS. SQLite's shared-memory file is no part of the disk: it is rebuilt when a database is opened.
"""

from itertools import pairwise
from pathlib import Path

import apsw

SECTOR = 512
WAYS = ("none", "all", "some", "torn")
NAME, BELOW = "power-cut", "unix"


class Disk:
    """A directory, what of it is safe, and what is not yet."""

    def __init__(self, folder) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.safe = {each.name: bytearray(each.read_bytes()) for each in self.folder.iterdir()}
        self.pending = []  # (file, "write", offset, bytes), (file, "cut", size) or (file, "delete")
        self.operations = 0
        self.watch = None  # called after every write, cut, delete and sync with its name
        self.fault = None  # called before them with (what, file); raises what the disk answers

    def did(self, name, what, *details):
        """Something was asked of the disk and is not yet safe."""
        self.operations += 1
        self.pending.append((name, what, *details))
        if self.watch:
            self.watch(what)

    def ask(self, what, name):
        """Let a fault speak first."""
        if self.fault:
            self.fault(what, name)

    def synced(self, name):
        """Everything written to this file is safe, and every deletion so far."""
        later = []
        for each in self.pending:
            if each[0] == name or each[1] == "delete":
                apply(self.safe, each)
                if each[1] == "delete":  # what was written to it before is gone with it
                    later = [other for other in later if other[0] != each[0]]
            else:
                later.append(each)
        self.safe.setdefault(name, bytearray())
        self.pending = later
        self.operations += 1
        if self.watch:
            self.watch("sync")

    def image(self, way, draws):
        """The files as a power cut may leave them, bytes by name."""
        files = {name: bytearray(data) for name, data in self.safe.items()}
        for each in survivors(self.pending, way, draws):
            apply(files, each)
        return {name: bytes(data) for name, data in files.items()}

    def cut_power(self, folder, way, draws):
        """What is left of it, as a new disk in another folder; handles that are still open write to the old one."""
        folder = Path(folder)
        folder.mkdir(parents=True)
        for name, data in self.image(way, draws).items():
            (folder / name).write_bytes(data)
        return Disk(folder)


def apply(files, each):
    """One operation on files, bytearrays by name."""
    name, what, *details = each
    if what == "delete":
        files.pop(name, None)
    elif what == "cut":
        data = files.setdefault(name, bytearray())
        del data[details[0] :]
    else:
        offset, written = details
        data = files.setdefault(name, bytearray())
        data.extend(bytes(max(0, offset - len(data))))
        data[offset : offset + len(written)] = written


def survivors(pending, way, draws):
    """Which of the writes that were not synced reach the disk."""
    if way == "all":
        return list(pending)
    if way == "none":
        return []
    if way == "torn":
        kept = pending[: draws.randint(0, len(pending))]
        if kept and kept[-1][1] == "write":
            name, what, offset, written = kept[-1]
            kept[-1] = (name, what, offset, written[: draws.randrange(0, len(written) + 1)])
        return kept
    return [part for each in pending for part in sectors(each) if draws.random() < 0.5]


def sectors(each):
    """A write as the sectors that the disk writes one by one."""
    if each[1] != "write":
        return [each]
    name, what, offset, written = each
    edges = [0, *range(SECTOR - offset % SECTOR, len(written), SECTOR), len(written)]
    return [(name, what, offset + a, written[a:b]) for a, b in pairwise(edges)]


class Disks(apsw.VFS):
    """The VFS: a file belongs to the disk whose folder it lies in; all others go straight through."""

    def __init__(self) -> None:
        self.disks = {}
        super().__init__(NAME, BELOW, makedefault=True)

    def hold(self, disk):
        """From here on this disk is looked after."""
        self.disks[str(disk.folder)] = disk
        return disk

    def drop(self, disk):
        """Files of this disk go straight through again."""
        self.disks.pop(str(disk.folder), None)

    def disk_of(self, name):
        """Which disk a file lies on, and its name there; files for shared memory lie on none."""
        folder, _, file = str(name).rpartition("/")
        return self.disks.get(folder), file

    def xOpen(self, name, flags):
        """Open a file, watched or not."""
        disk, file = (
            (None, "") if name is None else self.disk_of(name.filename() if hasattr(name, "filename") else name)
        )
        return Watched(disk, file, name, flags) if disk else apsw.VFSFile(BELOW, name, flags)

    def xDelete(self, name, sync_directory):
        """Delete a file."""
        disk, file = self.disk_of(name)
        if disk:
            disk.ask("delete", file)
        super().xDelete(name, sync_directory)
        if disk:
            disk.did(file, "delete")


class Watched(apsw.VFSFile):
    """A file of a disk."""

    def __init__(self, disk, file, name, flags) -> None:
        self.disk, self.file = disk, file
        super().__init__(BELOW, name, flags)

    def xWrite(self, data, offset):
        """Write; not yet safe."""
        self.disk.ask("write", self.file)
        super().xWrite(data, offset)
        self.disk.did(self.file, "write", offset, bytes(data))

    def xTruncate(self, size):
        """Shorten; not yet safe."""
        self.disk.ask("cut", self.file)
        super().xTruncate(size)
        self.disk.did(self.file, "cut", size)

    def xSync(self, flags):
        """Make safe; the real disk is not bothered."""
        self.disk.ask("sync", self.file)
        self.disk.synced(self.file)
