"""A centre in a room: its rules alone, no disk, no network. Two parties, real keys for what roots say, honest numbers.

A `Room` is a log in memory; its state is never changed in place, so that a copy costs nothing.
"""

from hashlib import sha256

from entente.exchange import messages as said
from entente.exchange.centre import Arrived, opened, receive, refuse
from entente.exchange.ruling.keyring import pinned, statement
from entente.exchange.ruling.nodes import number_of, sender
from entente.exchange.saying.decoding import encode
from entente.exchange.saying.instants import NS_PER_S, instant, nanoseconds
from entente.exchange.signing import KEY_STATEMENT, Key, new_key, pae, public_of

LOG = "exercise-1"
START = nanoseconds("2026-11-28T12:00:00.000Z")
S = NS_PER_S
POLICY_TEXT = "{}"
POLICY = sha256(POLICY_TEXT.encode()).hexdigest()
KEYS: dict[str, Key] = {name: new_key() for name in (
    "nato", "rus", "centre", "nato-radar", "nato-sat", "rus-radar", "rus-sat", "nato-desk", "nato-desk-2", "rus-desk", "spare",
)}  # fmt: skip
PUBLIC = {name: public_of(key).hex() for name, key in KEYS.items()}
HOLDERS = {name: name.split("-")[0] for name in KEYS if "-" in name}
ROLES = {name: "seat" if "desk" in name else "node" for name in HOLDERS}


def proof(message, key):
    """The consent of a key to what a root says of it."""
    return KEYS[key].sign(pae(KEY_STATEMENT, statement(message))).hex()


def circle(lat_deg, lon_deg, km=50.0, **more):
    shape = {"semi_minor_km": km, "bearing_deg": 0.0, "containment_percent": 90, "precision_km": 0.0} | more
    return said.Ellipse(lat_deg=lat_deg, lon_deg=lon_deg, semi_major_km=km, **shape)


class Room:
    """One log: `state`, `log` of (now_ns, digest, key, message), and what was sent last."""

    def __init__(self, state=None, heads=None, log=None, now_ns=START):
        self.state = state or opened(
            LOG, "exercise", pinned({name: PUBLIC[name] for name in ("nato", "rus", "centre")})
        )
        self.heads = dict(heads or {})  # sender -> boot, number, digest of the last
        self.log = list(log or ())
        self.now_ns, self.outgoing = now_ns, []

    def copy(self):
        return Room(self.state, self.heads, self.log, self.now_ns)

    def message(self, kind, node, *, number=None, previous=None, boot=None, **fields):
        """What an honest sender would send next; any field of the heading can be another."""
        party = HOLDERS.get(node, node)
        boots, last, head = self.heads.get(node, (1, 0, said.NOTHING))
        heading = {
            "log": LOG, "origin": "exercise", "party": party, "node": "root" if node == party else node,
            "boot": boot or boots, "number": number or last + 1, "previous": head if previous is None else previous,
            "sent": instant(self.now_ns),
        }  # fmt: skip
        if kind in (said.LaunchDetected, said.TrackState, said.AirTrack, said.LinesOfSight):
            heading["policy"] = POLICY
        return kind(**heading | fields)

    def arrive(self, message, key=None, digest=None, counts=True):
        """Let a message arrive as it stands; returns what goes on the log."""
        key = PUBLIC[key or (message.party if message.node == "root" else message.node)]
        digest = digest or sha256(encode(message)).hexdigest()
        earlier = next(
            (d for _, d, _, m in self.log if m.party != "centre" and number_of(m) == number_of(message)), None
        )
        return self.take(
            receive(self.state, Arrived(message, digest, key, earlier), self.now_ns), message, digest, key, counts
        )

    def gate(self, message, reason):
        """Let the shell refuse a message."""
        key, digest = PUBLIC[sender(message)], sha256(encode(message)).hexdigest()
        return self.take(
            refuse(self.state, Arrived(message, digest, key), reason, self.now_ns), message, digest, key, True
        )

    def take(self, followed, message, digest, key, counts):
        self.state, entries, self.outgoing = followed
        for entry in entries:
            own = entry is message
            self.log.append((self.now_ns, digest if own else "", key if own else PUBLIC["centre"], entry))
        if counts and entries:
            self.heads[sender(message)] = (message.boot, message.number, digest)
        return entries

    def say(self, kind, node, after_s=0.0, **fields):
        """The honest way: the next message of this sender."""
        self.now_ns += round(after_s * S)
        return self.arrive(self.message(kind, node, **fields))

    def reason(self, kind, node, **fields):
        """Why it is refused; None: it is not."""
        return why(self.say(kind, node, **fields))

    def alarms(self):
        return [str(sent.reason) for sent in self.outgoing if hasattr(sent, "reason")]

    def add(self, holder, key=None, **fields):
        """Its root adds a key for a holder."""
        party = fields.pop("party", None) or HOLDERS[holder]
        fields = {
            "key": PUBLIC[key or holder],
            "holder": holder,
            "role": ROLES.get(holder, "node"),
            "proof": "00" * 64,
        } | fields
        message = self.message(said.KeyAdd, party, **fields)
        given = {"proof": proof(message, key or holder)} if fields["proof"] == "00" * 64 else {}
        return self.say(said.KeyAdd, party, **fields | given)

    def launch(self, node, name="l-1", place=0, *, age_s=20.0, after_s=0.0, **more):
        self.now_ns += round(after_s * S)
        fields = {
            "launch": name, "revision": 1, "whose": "third party", "missile": "mrbm", "seen_by": "infrared",
            "observed": instant(self.now_ns - S), "observed_sigma_s": 0.5,
            "launched": instant(self.now_ns - round(age_s * S)), "launched_sigma_s": 5.0,
            "launch_area": circle(20.0 + 8.0 * place, 40.0 + 10.0 * place),
        }  # fmt: skip
        return self.say(said.LaunchDetected, node, **fields | more)

    def announce(self, node, serial=1, place=0, *, ahead_s=48 * 3600.0, **more):
        opens = self.now_ns + round(ahead_s * S)
        country = "US" if node.startswith("nato") else "RU"
        fields = {
            "notice": f"PLN/{country}/2026/{serial:03d}/001/01", "missile": "mrbm", "window_opens": instant(opens),
            "window_closes": instant(opens + 3600 * S), "launch_area": circle(20.0 + 8.0 * place, 40.0 + 10.0 * place),
            "azimuth_from_deg": 350.0, "azimuth_to_deg": 80.0,
        }  # fmt: skip
        return self.say(said.PreLaunch, node, **fields | more)

    def track(self, node, name="t-1", *, r=(3500.0, 3500.0, 4500.0), v=(1.0, 1.5, 2.0), after_s=0.0, **more):
        self.now_ns += round(after_s * S)
        fields = {
            "track": name, "whose": "third party", "missile": "mrbm", "seen_by": "radar", "frame": "ecef",
            "observed": instant(self.now_ns - S), "observed_sigma_s": 0.05, "r_km": r, "v_km_s": v,
            "covariance": UPPER, "bias_sigma_km": 1.0,
        }  # fmt: skip
        return self.say(said.TrackState, node, **fields | more)

    def acknowledge(self, seat, alert, nature=None, **more):
        """`alert`: (index, message)."""
        index, message = alert
        fields = {"about": index, "digest": sha256(encode(message)).hexdigest(), "nature": nature} | more
        return self.say(said.Acknowledgement, seat, **fields)

    def last(self, kind):
        """The latest entry of a kind, with its index."""
        return next((i, self.log[i][3]) for i in range(len(self.log) - 1, -1, -1) if isinstance(self.log[i][3], kind))


UPPER = tuple((25.0 if i < 3 else 0.0025) if i == j else 0.0 for i in range(6) for j in range(i, 6))


def why(entries):
    return entries[0].reason if entries and isinstance(entries[0], said.Refusal) else None


def furnished():
    """A room whose nodes and seats have their keys, and both of whose parties have a policy in force."""
    room = Room()
    for holder in HOLDERS:
        assert why(room.add(holder)) is None
    for party in ("nato", "rus"):
        room.say(said.PolicyInForce, party, digest=POLICY, text=POLICY_TEXT)
    return room
