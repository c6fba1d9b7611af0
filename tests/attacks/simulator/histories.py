"""`lied(seed)`: witnesses against a log with two faces."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.attacks.simulator import sayings
from tests.attacks.simulator.disk import Disks
from tests.attacks.simulator.invariants import judge, one_history, words_are_kept
from tests.attacks.simulator.liars import LyingLog
from tests.attacks.simulator.nodes import Equivocator, Forger, Root, Seat, Thief
from tests.attacks.simulator.wiring import Wiring, planted
from tests.attacks.simulator.witnesses import WitnessMachine
from tests.attacks.simulator.world import PARTIES, World

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # real disks only make it slower
COUNTRIES = {"nato": "US", "rus": "RU"}


@dataclass
class Outcome:
    """What a run was, and what was wrong with it."""

    hash: str
    violations: list
    counts: dict
    seconds: float


def played(seed, build, judge, until_s, wiring=None):
    """Build a world, let it run, judge it, clear it away."""
    wiring = wiring or Wiring()
    with tempfile.TemporaryDirectory(prefix="entente-world-", dir=MEMORY) as folder, planted(wiring):
        disks = Disks()
        try:
            world = World(seed, Path(folder), disks, wiring)
            build(world)
            judge(world, until_s)
            return Outcome(world.scheduler.hash.hexdigest(), world.violations, dict(world.counts), until_s)
        finally:
            disks.disks.clear()
            for machine in world.network.machines.values():
                machine.disk.fault = None
                for file in machine.open:
                    file.close()
            disks.unregister()


def lied(seed, wiring=None, until_s=40.0):
    """Two honest witnesses that crash, and a log that lies."""

    def build(world):
        draws = world.scheduler.draws
        world.network.loss, world.network.repeat = 0.1, 0.1
        machines = [WitnessMachine(world, *names, offset_s=draws.uniform(-2, 2)) for names in (PARTIES, PARTIES[::-1])]
        for machine in (*machines, LyingLog(world, "centre")):
            machine.boot()
        for machine in machines:
            for _ in range(draws.randint(1, 4)):
                at = draws.uniform(1, until_s - 5)
                world.scheduler.after(at, machine.crash)
                world.scheduler.after(at + draws.uniform(0.1, 3), boot, machine)
        if draws.random() < 0.5:  # one of them is put back to an older day
            machine, at = draws.choice(machines), draws.uniform(1, until_s - 10)
            world.scheduler.after(at, machine.back_up)
            world.scheduler.after(at + draws.uniform(1, 8), machine.restore)

    def judged(world, until_s):
        world.scheduler.run(until_s)
        world.counts["checkpoints of both"] = len(world.cosigned())
        one_history(world)
        words_are_kept(world)

    return played(seed, build, judged, until_s, wiring)


def lived(seed, wiring=None, until_s=60.0, rest_s=30.0):
    """A day at the centre in short: two parties, their nodes, desks and witnesses, and all that goes wrong."""
    cast = {}

    def build(world):
        draws = world.scheduler.draws
        world.network.loss, world.network.repeat = draws.choice([0.0, 0.05, 0.2]), draws.choice([0.0, 0.1, 0.3])
        cast.update(people(world))
        for machine in cast["machines"]:
            machine.boot()
        for party in PARTIES:
            introduce(world, cast[party])
        busy(world, cast, until_s)
        trouble(world, cast, until_s)

    def judged(world, until_s):
        world.scheduler.run(until_s)
        world.network.calm()
        world.is_quiet = True
        for machine in cast["machines"]:
            machine.disk.fault = None
            boot(machine)
        world.scheduler.run(until_s + rest_s)
        judge(world, cast["centre"], cast["witnesses"], cast["nodes"])
        world.counts["crashes"] = world.crashes

    return played(seed, build, judged, until_s, wiring)


def people(world):
    """Who is there, in the order in which they start."""
    draws, wiring = world.scheduler.draws, world.wiring

    def clock():
        return {"offset_s": draws.uniform(-0.4, 0.4), "drift": draws.uniform(-1e-4, 1e-4)}

    cast = {"centre": wiring.centre(world, "centre", **clock())}
    cast["witnesses"] = [WitnessMachine(world, *names, **clock()) for names in (PARTIES, PARTIES[::-1])]
    liar = draws.choice([None, *PARTIES])
    cast["nodes"] = []
    for party in PARTIES:
        eye = Equivocator if party == liar else wiring.node
        own = [Root(world, party, "root", **clock()), wiring.node(world, party, f"{party}-radar", **clock())]
        own += [eye(world, party, f"{party}-eye", **clock()), Seat(world, party, f"{party}-desk", **clock())]
        cast[party] = own
        cast["nodes"] += own
    cast["machines"] = [cast["centre"], *cast["witnesses"], *cast["nodes"]]
    return cast


def introduce(world, own):
    """A root says whose keys are whose, and which policy is in force."""
    root, radar, eye, desk = own
    root.say(sayings.in_force)
    for machine, role in ((radar, "node"), (eye, "node"), (desk, "seat")):
        root.add(machine.name, role, machine.key)


def busy(world, cast, until_s):
    """What is reported and announced: some launches are seen by both, some by one."""
    scheduler, draws = world.scheduler, world.scheduler.draws
    for launch in range(draws.randint(2, 5)):
        at, place = draws.uniform(12, until_s - 12), launch
        for party in draws.choice([PARTIES, PARTIES, PARTIES[:1], PARTIES[1:]]):
            machine = draws.choice(cast[party][1:3])
            report(scheduler, at + draws.uniform(0, 3), machine, sayings.detected, place, f"l-{launch}")
    for party in PARTIES:
        for _ in range(draws.randint(2, 8)):
            report(scheduler, draws.uniform(10, until_s - 5), draws.choice(cast[party][1:3]), sayings.healthy)
        for _ in range(draws.randint(0, 12)):
            report(scheduler, draws.uniform(10, until_s - 5), cast[party][1], sayings.tracked)
        serial = draws.randint(1, 900)
        report(
            scheduler, draws.uniform(10, until_s - 5), cast[party][1], sayings.announced, 6, serial, COUNTRIES[party]
        )


def report(scheduler, at, machine, what, *arguments):
    """At that time the machine says it, of its own time."""
    scheduler.after(at, lambda: machine.say(lambda head: what(head, machine.clock.now_ns(), *arguments)))


def trouble(world, cast, until_s):
    """Crashes, disks that fail, cuts one way or both, clocks that step, a witness that stays away, a stolen key."""
    scheduler, draws = world.scheduler, world.scheduler.draws
    for machine in cast["machines"]:
        for _ in range(draws.choice([0, 0, 1, 2])):
            at = draws.uniform(3, until_s - 6)
            if draws.random() < 0.4:
                scheduler.after(at, machine.fail_at, draws.randint(1, 12))
                scheduler.after(at + 3, machine.crash)
            else:
                scheduler.after(at, machine.crash)
            scheduler.after(at + draws.uniform(3.1, 5), boot, machine)
        for _ in range(draws.choice([0, 0, 1, 2])):
            ways = draws.choice([[("centre", machine.name)], [(machine.name, "centre")],
                                 [("centre", machine.name), (machine.name, "centre")]])  # fmt: skip
            at, long = draws.uniform(3, until_s - 15), draws.uniform(1, 10)
            for way in ways:
                scheduler.after(at, world.network.cut, *way, long)
        if draws.random() < 0.15:
            scheduler.after(draws.uniform(5, until_s), machine.clock.step, draws.uniform(-1.5, 1.5))
    if draws.random() < 0.3:
        away = draws.choice(cast["witnesses"])
        scheduler.after(10, world.network.cut, "centre", away.name, until_s)
    if draws.random() < 0.3:
        forger = Forger(world, "forger")
        cast["machines"].append(forger)
        scheduler.after(draws.uniform(8, until_s / 2), boot, forger)
    if draws.random() < 0.3:
        theft(world, cast, until_s)


def theft(world, cast, until_s):
    """Somebody steals the key of a node; its root revokes it some time later."""
    scheduler, draws = world.scheduler, world.scheduler.draws
    root, victim, *_ = cast[draws.choice(PARTIES)]
    thief = Thief(world, victim)
    cast["machines"].append(thief)
    at = draws.uniform(15, until_s - 20)
    scheduler.after(at, boot, thief)
    scheduler.after(at + draws.uniform(1, 15), root.revoke, victim.key)


def boot(machine):
    """Start it unless it runs."""
    if not machine.is_up:
        machine.boot()
