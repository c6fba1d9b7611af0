"""What follows when a message is accepted? One rule a kind; each writes what follows into a turn.

What no rule mentions (looks, aircraft, intents, witnesses' words) changes nothing but the count of its sender: it stands on
the log and is shown. An engagement intent is information like any other.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from entente.exchange.messages import (
    Acknowledgement,
    Answer,
    Boot,
    Cancel,
    Checkpoint,
    Deorbit,
    Experiment,
    KeyAdd,
    KeyRetire,
    KeyRevoke,
    KeyRotate,
    LaunchDetected,
    Notice,
    PolicyInForce,
    PostLaunch,
    PreLaunch,
    Query,
    Said,
    StateOfHealth,
    TrackState,
    WindowChange,
)
from entente.exchange.ruling import queries
from entente.exchange.ruling.launching import hear_acknowledgement, notice_fell
from entente.exchange.ruling.nodes import Feed, Node
from entente.exchange.ruling.notices import noticed
from entente.exchange.ruling.reasons import Reason
from entente.exchange.ruling.state import CHECKPOINTS, InForce
from entente.exchange.ruling.tracking import hear_launch, hear_track
from entente.exchange.ruling.turn import Turn, body_digest
from entente.exchange.saying.identifiers import is_in_time
from entente.exchange.saying.instants import NS_PER_S

FEED_ALARMS = {"up": Reason.FEED_UP, "degraded": Reason.FEED_DEGRADED, "down": Reason.FEED_DOWN}


def apply(turn: Turn, said: Said, key: str) -> None:
    """Let an accepted message have its effects; `key`: the public key, hex, by which it was signed."""
    rule = RULES.get(said.__class__)
    if rule is not None:
        rule(turn, said, key)


def _notice(turn: Turn, said: Notice, _key: str) -> None:
    after = noticed(turn.state.notices, said, turn.index, body_digest(said), turn.now_ns)
    turn.changes["notices"] = after
    if isinstance(said, Cancel):
        notice_fell(turn, said.original)
    if is_in_time(said) is False:
        turn.alarm(Reason.NOT_IN_TIME, about=turn.index)


def _health(turn: Turn, said: StateOfHealth, _key: str) -> None:
    node = turn.node
    if said.number <= node.health:
        return  # one that filled a gap is older than what is known
    for feed in said.feeds:
        before = node.feeds.get(feed.name)
        if feed.state != (before.state if before else "up"):
            turn.alarm(FEED_ALARMS[feed.state], about=turn.index)
    for _no_longer_told in node.feeds.keys() - {feed.name for feed in said.feeds}:
        turn.alarm(FEED_ALARMS["down"], about=turn.index)
    error_ns = round(said.clock.error_s * NS_PER_S) if said.clock else 0
    feeds = {feed.name: Feed(feed.state, feed.covers) for feed in said.feeds}
    turn.node = replace(node, health=said.number, heard_ns=turn.now_ns, clock_error_ns=error_ns, feeds=feeds)


def _query(turn: Turn, said: Query, _key: str) -> None:
    turn.changes["queries"] = queries.asked(turn.state.queries, said.party, said.about, turn.index, turn.now_ns)


def _answer(turn: Turn, said: Answer, _key: str) -> None:
    turn.changes["queries"] = queries.answered(turn.state.queries, said.about, turn.index)


def _checkpoint(turn: Turn, said: Checkpoint, _key: str) -> None:
    """Two roots of one size are two histories; more entries than there are is a log that was cut."""
    shown = turn.state.checkpoints
    others = {root for party in shown for size, root in shown[party] if size == said.size}
    if said.size > turn.state.size or others - {said.root}:
        turn.alarm(Reason.TWO_FACES, about=turn.index, digests=(said.root, *sorted(others - {said.root})))
    own = (*shown.get(said.party, ()), (said.size, said.root))
    turn.put("checkpoints", said.party, own[-CHECKPOINTS:])


def _keys(turn: Turn, said: KeyAdd | KeyRotate | KeyRetire | KeyRevoke, key: str) -> None:
    turn.changes["keyring"] = turn.state.keyring.after(turn.index, said, key)
    if isinstance(said, KeyAdd) and said.holder not in turn.state.nodes:
        turn.put("nodes", said.holder, Node(party=said.party))


def _boot(turn: Turn, said: Boot, _key: str) -> None:
    """A node set up anew has forgotten its tracks and names; that it is silent, and which feeds it had, is not forgotten."""
    before = turn.node if said.started == said.node else turn.state.nodes[said.started]
    new = Node(party=said.party, boot=said.its_boot, heard_ns=before.heard_ns, feeds=before.feeds)
    if before.gaps:
        turn.alarm(Reason.GAP_GIVEN_UP, about=turn.index)
    if said.started == said.node:
        turn.node = new
    else:
        turn.put("nodes", said.started, new)


def _policy(turn: Turn, said: PolicyInForce, _key: str) -> None:
    before = turn.state.policies.get(said.party)
    turn.put("policies", said.party, InForce(said.digest, turn.now_ns, before.digest if before else None))


def _launch(turn: Turn, said: LaunchDetected, _key: str) -> None:
    hear_launch(turn, said)


def _track(turn: Turn, said: TrackState, _key: str) -> None:
    hear_track(turn, said)


RULES: dict[type, Callable[[Turn, Any, str], None]] = {
    **dict.fromkeys((PreLaunch, WindowChange, PostLaunch, Cancel, Experiment, Deorbit), _notice),
    **dict.fromkeys((KeyAdd, KeyRotate, KeyRetire, KeyRevoke), _keys),
    LaunchDetected: _launch,
    TrackState: _track,
    StateOfHealth: _health,
    Query: _query,
    Answer: _answer,
    Acknowledgement: hear_acknowledgement,
    Checkpoint: _checkpoint,
    Boot: _boot,
    PolicyInForce: _policy,
}
