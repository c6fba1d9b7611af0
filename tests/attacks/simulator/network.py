"""How do messages travel? Late, in another order, twice, or not at all; each direction of a link fails by itself."""


class Network:
    """Delivers by calling the receiver's method of that name, if the receiver is up when the message arrives."""

    def __init__(self, scheduler, loss=0.0, repeat=0.0, delay_s=0.02, tail_s=0.3) -> None:
        self.scheduler = scheduler
        self.loss, self.repeat = loss, repeat
        self.delay_s, self.tail_s = delay_s, tail_s
        self.machines = {}
        self.cuts = set()
        self.sent = self.delivered = 0

    def join(self, machine):
        """A machine is reachable under its name."""
        self.machines[machine.name] = machine

    def cut(self, sender, receiver, seconds):
        """Nothing gets from one to the other for a while; the way back may be open."""
        self.cuts.add((sender, receiver))
        self.scheduler.after(seconds, self.cuts.discard, (sender, receiver))

    def calm(self):
        """From here on everything arrives, once: what is still missing afterwards was lost by the machines."""
        self.loss = self.repeat = 0.0
        self.cuts.clear()

    def send(self, sender, receiver, what, *arguments):
        """Send a message; it may arrive never, once or twice."""
        draws = self.scheduler.draws
        self.sent += 1
        copies = 2 if draws.random() < self.repeat else 1
        for _ in range(copies):
            if draws.random() < self.loss or (sender, receiver) in self.cuts:
                continue
            slow = draws.expovariate(1 / self.tail_s) if draws.random() < 0.1 else 0.0
            self.scheduler.after(self.delay_s * draws.uniform(0.5, 2.0) + slow, self.deliver, receiver, what, arguments)

    def deliver(self, receiver, what, arguments):
        """It arrives; a machine that is down hears nothing."""
        machine = self.machines[receiver]
        if machine.is_up:
            self.delivered += 1
            machine.guarded(getattr(machine, what), *arguments)
