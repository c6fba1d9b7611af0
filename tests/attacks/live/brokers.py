"""Real NATS servers of an exercise: three at the centre's site, a leaf for each nation, and the line of one leaf."""

import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.attacks.live.proxy import Proxy

from entente.exchange.serving.brokers import HUB, LEAVES, ROUTES, Brokers, Place, leaf_of, nodes_of, write_brokers

SERVER = Path(sys.executable).parent / "nats-server"
ADDRESS = "127.0.0.1"
CUT_OFF = "nato"  # whose leaf has a line that can be cut


class Fleet:
    """All brokers; each can be killed and started again."""

    def __init__(self, folder, parties) -> None:
        self.folder, self.processes = folder, {}
        places = [Place(ADDRESS, port) for port in free_ports(3 + len(parties))]
        self.plan = Brokers(folder, tuple(places[:3]), dict(zip(parties, places[3:], strict=True)), nodes_of(folder))
        self.files = {path.stem: path for path in write_brokers(self.plan)}
        self.hubs = [name for name in self.files if name.startswith(HUB)]
        self.lines = [Proxy(place.port + LEAVES).__enter__() for place in self.plan.hubs]
        self.divert()

    def divert(self):
        """Let one leaf go through the lines."""
        file = self.files[leaf_of(CUT_OFF)]
        text = file.read_text()
        for place, line in zip(self.plan.hubs, self.lines, strict=True):
            text = text.replace(f"tls://{place.leaves}", f"tls://{ADDRESS}:{line.port}")
        file.write_text(text)

    @property
    def address(self):
        """Of all hubs, as `--bus` takes it."""
        return ",".join(place.address for place in self.plan.hubs)

    def leaf(self, party):
        """Of a party's own broker."""
        return self.plan.leaves[party].address

    def start(self, *names):
        """Start these, and wait until each can be reached."""
        for name in names or self.files:
            self.processes[name] = serve(self.folder, self.files[name])
        places = dict(zip(self.hubs, self.plan.hubs, strict=True))
        places |= {leaf_of(party): place for party, place in self.plan.leaves.items()}
        for name in names or self.files:
            until_reached(places[name].port, self.processes[name])

    def kill(self, *names):
        """kill -9."""
        for name in names:
            self.processes[name].kill()
            self.processes[name].wait()

    def lose(self):
        """The hubs lose all that they keep."""
        self.kill(*self.hubs)
        for name in self.hubs:
            shutil.rmtree(self.folder / HUB / f"{name}.store")
        self.start(*self.hubs)

    def reload(self, name):
        """Let one read its file again."""
        self.processes[name].send_signal(signal.SIGHUP)

    def log(self, name):
        """What a broker wrote."""
        return self.files[name].with_suffix(".log").read_text()

    def cut(self):
        """Cut one nation's line to all hubs, until it is healed."""
        for line in self.lines:
            line.shut = True
            line.cut()

    def heal(self):
        """The line stands again."""
        for line in self.lines:
            line.heal()

    def close(self):
        """End all."""
        for process in self.processes.values():
            process.kill()
            process.wait()
        for line in self.lines:
            line.__exit__()


def serve(folder, file):
    """A broker, started as its file says; what it writes goes beside the file."""
    with file.with_suffix(".log").open("a") as err:
        return subprocess.Popen([SERVER, "-c", file.relative_to(folder)], cwd=folder, stderr=err)


def until_reached(port, process):
    """Until a broker takes connections."""
    end_s = time.monotonic() + 20.0
    while time.monotonic() < end_s:
        with suppress(OSError):
            socket.create_connection((ADDRESS, port), 1.0).close()
            return
        assert process.poll() is None, process.args
        time.sleep(0.02)
    raise AssertionError(f"{process.args} cannot be reached")


def free_ports(count):
    """Ports of which the two that follow from each are free as well."""
    found = []
    while len(found) < count:
        with socket.socket() as held, socket.socket() as routes, socket.socket() as leaves, suppress(OSError):
            held.bind((ADDRESS, 0))
            port = held.getsockname()[1]
            if port + LEAVES < 2**16:
                routes.bind((ADDRESS, port + ROUTES))
                leaves.bind((ADDRESS, port + LEAVES))
                found.append(port)
    return found
