"""Machines: what has a disk and a clock, crashes and starts again."""

import apsw
from tests.attacks.simulator.clock import Clock
from tests.attacks.simulator.disk import WAYS, Disk

from entente.errors import LedgerError


class Machine:
    """Up or down; its disk outlives it. `start` and `stop` are what a kind of machine adds."""

    def __init__(self, world, name, offset_s=0.0, drift=0.0) -> None:
        self.world, self.name = world, name
        self.clock = Clock(world.scheduler, offset_s, drift)
        self.boots = 0
        self.backup = None
        self.disk = world.disks.hold(Disk(self.folder()))
        self.is_up = False
        self.open = []  # files of this and of earlier boots: those are closed when the world ends
        world.network.join(self)

    def folder(self):
        """Each boot has a folder of its own, so that what an earlier one still holds open cannot be mistaken for it."""
        return self.world.folder / f"{self.name}-{self.boots}"

    def keep(self, file):
        """Remember to close it when the world ends."""
        self.open.append(file)
        return file

    def back_up(self):
        """Put a copy of the disk aside, as it is."""
        self.backup = self.disk.image("all", None)

    def restore(self):
        """Put the disk back to the copy, if there is one, and start from there."""
        if self.backup is None:
            return
        self.crash("none")
        self.world.restored[self.party] = len(self.world.order)
        self.world.disks.drop(self.disk)
        for old in self.disk.folder.iterdir():
            old.unlink()
        for name, data in self.backup.items():
            (self.disk.folder / name).write_bytes(data)
        self.disk = self.world.disks.hold(Disk(self.disk.folder))
        if not self.is_up:
            self.boot()

    def boot(self):
        """Start from what is on the disk."""
        self.is_up = True
        self.world.scheduler.note("boot", self.name)
        self.start()

    def crash(self, way=None):
        """The power is cut; what was not synced survives in part, or in the way that is named."""
        if not self.is_up:
            return
        draws = self.world.scheduler.draws
        self.is_up = False
        self.boots += 1
        self.disk.fault = None
        old, way = self.disk, way or draws.choice(WAYS)
        self.disk = self.world.disks.hold(old.cut_power(self.folder(), way, draws))
        self.world.disks.drop(old)
        self.world.scheduler.note("crash", self.name, way)
        self.world.crashes += 1

    def guarded(self, what, *arguments):
        """Do it; a machine whose disk fails stops at once, and what is then on its disk is what it starts from."""
        try:
            what(*arguments)
        except LedgerError as problem:
            self.world.scheduler.note("failed", self.name)
            self.world.counts["disk failed"] += 1
            if self.disk.fault is None:
                self.world.wrong(f"{self.name} stopped without a fault of its disk: {problem}")
            self.crash()

    def fail_at(self, nth):
        """From the n-th operation from now on the disk answers with errors, until the machine is started again."""
        count = 0

        def fault(what, file):
            nonlocal count
            count += 1
            if count >= nth:
                raise apsw.IOError("disk I/O error")

        self.disk.fault = fault

    def send(self, receiver, what, *arguments):
        """Send by the network."""
        self.world.network.send(self.name, receiver, what, *arguments)

    def every(self, seconds, what):
        """Do it again and again while the machine is up and in this boot."""
        boot = self.boots

        def tick():
            if self.is_up and self.boots == boot:
                self.guarded(what)
                self.world.scheduler.after(seconds * self.world.scheduler.draws.uniform(0.8, 1.2), tick)

        self.world.scheduler.after(seconds * self.world.scheduler.draws.random(), tick)
