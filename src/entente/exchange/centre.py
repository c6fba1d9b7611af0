"""The rules of the centre: what a message changes, what goes on the log, and what is sent. Pure.

`receive(state, arrived, now_ns)` returns the next state, the entries for the log in order (the message itself if it is
accepted, then what the centre says because of it), and what is sent. All entries of one call carry `now_ns` as the time of
receipt, so that whoever has the log can do all of it again. Four things are to know:

- An empty list of entries: these very bytes are on the log already; the same receipt is the answer.
- A list that begins with `Refusal`: refused; it says why. Nothing refused changes an alert.
- A refused message is not on the log, only its digest. Who replays the log calls `receive` with every message of the
  parties and compares what follows it, and `replay_refusal` with every `Refusal` that it meets.
- The clock of the centre may be set back: a `ClockStep` behind the entry says so. Entries are ordered by index; the rules go
  by the new time.

Never raises on data: whatever `decode` returns and a key has signed has an answer.
"""

from entente.exchange.messages import ClockStep, Refusal, Said
from entente.exchange.ruling.alarms import Outgoing, Show
from entente.exchange.ruling.due import due
from entente.exchange.ruling.entitlement import Arrived, content_refusal, person_refusal, place_refusal
from entente.exchange.ruling.keyring import CENTRE, ROOT
from entente.exchange.ruling.nodes import Node, clock_of, counted, heard, remembered, sender
from entente.exchange.ruling.reasons import Reason
from entente.exchange.ruling.rules import apply
from entente.exchange.ruling.state import Centre, opened, restored, snapshot
from entente.exchange.ruling.turn import Turn
from entente.exchange.saying.instants import NS_PER_S, nanoseconds

__all__ = [
    "TOLD", "Arrived", "Centre", "due", "opened", "receive", "refuse", "refuse_unread", "replay_refusal", "restored", "snapshot",
]  # fmt: skip

NOBODY, STRANGER = "nobody", Node(party=CENTRE)  # stand for the sender where no known key has signed
UNREADABLE = {"too-large", "not-json", "too-deep", "not-a-message", "key-twice", "no-such-day"}  # of `decoding.decode`
TOLD = {Reason.EQUIVOCATION, Reason.NOT_YOURS, Reason.KEY_REVOKED, Reason.CHAIN_BROKEN}  # refusals that both hear of

Followed = tuple[Centre, list[Said], list[Outgoing]]


def receive(state: Centre, arrived: Arrived, now_ns: int) -> Followed:
    """What follows from a message whose signature is good, received at `now_ns` [ns since 1970]."""
    if arrived.earlier == arrived.digest:
        return state, [], []
    reason = person_refusal(state, arrived) or _told_before(state, arrived) or place_refusal(state, arrived)
    reason = reason or content_refusal(state, arrived, now_ns)
    return _accept(state, arrived, now_ns) if reason is None else refuse(state, arrived, reason, now_ns)


def _accept(state: Centre, arrived: Arrived, now_ns: int) -> Followed:
    said, name = arrived.message, sender(arrived.message)
    before = state.nodes[name]
    node = counted(before, said.number, arrived.digest, said.previous, now_ns)
    turn = Turn(state, name, heard(node, now_ns - nanoseconds(said.sent)), now_ns)
    turn.entries.append(said)
    turn.outgoing.append(Show(state.parties, turn.index))
    apply(turn, said, arrived.key)
    return _end(turn, before)


def refuse(state: Centre, arrived: Arrived, reason: str, now_ns: int) -> Followed:
    """What follows from a message that is refused, here or by a gate before; who says it is asked first all the same."""
    spent = person_refusal(state, arrived) or _told_before(state, arrived) or place_refusal(state, arrived)
    number, reason = (0, spent) if spent else (arrived.message.number, reason)
    turn = _refused(state, _signer(state, arrived.key), arrived.digest, reason, number, now_ns)
    if reason in TOLD:
        earlier = () if arrived.earlier is None else (arrived.earlier,)
        turn.alarm(Reason(reason), about=turn.index, digests=(*earlier, arrived.digest))
    return _end(turn, state.nodes.get(turn.name, STRANGER))


def refuse_unread(state: Centre, digest: str, key: str, reason: str, now_ns: int) -> Followed:
    """What follows from an envelope that a known key signed, but whose body says no message; `reason`: of `decode`."""
    turn = _refused(state, _signer(state, key), digest, reason, 0, now_ns)
    return _end(turn, state.nodes.get(turn.name, STRANGER))


def replay_refusal(state: Centre, refusal: Refusal, now_ns: int) -> Followed:
    """Take over a refusal from the log, with what must follow it there; the message itself was not kept."""
    turn = _refused(state, refusal.sender, refusal.refused, refusal.reason, refusal.its_number, now_ns)
    return _end(turn, state.nodes.get(turn.name, STRANGER))


def _refused(state: Centre, name: str, digest: str, reason: str, number: int, now_ns: int) -> Turn:
    node = state.nodes.get(name, STRANGER)
    if number:
        node = counted(node, number, digest, None, now_ns)
    if number or reason in UNREADABLE:
        node = remembered(node, digest, reason)
    turn = Turn(state, name, node, now_ns)
    turn.say(Refusal, refused=digest, sender=name, reason=reason, its_number=number)
    return turn


def _told_before(state: Centre, arrived: Arrived) -> str | None:
    """The reason why these very bytes were refused, if they were lately."""
    return state.nodes[sender(arrived.message)].refused.get(arrived.digest)


def _signer(state: Centre, key: str) -> str:
    """The one name of who holds this key, or held it."""
    held = state.keyring.keys.get(key)
    if held is None:
        return NOBODY
    return held.party if held.role == ROOT else held.holder


def _end(turn: Turn, before: Node) -> Followed:
    """What every message ends with: alarms on what has changed with its sender, and the centre's own clock."""
    if turn.node.given_up > before.given_up:
        turn.alarm(Reason.GAP_GIVEN_UP, about=turn.index)
    if clock_of(turn.node) is not clock_of(before):
        turn.alarm(clock_of(turn.node), about=turn.index)
    if turn.now_ns < turn.state.clock_ns:
        turn.say(ClockStep, back_s=(turn.state.clock_ns - turn.now_ns) / NS_PER_S)
    return turn.after(), turn.entries, turn.outgoing
