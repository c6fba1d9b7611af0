"""May this be said, by this key, now, of what is known? Every reason for which the centre itself refuses a message.

First who says it (log, origin, key, role), then its number, then its content; what fails on its content was said by its
sender all the same, and uses up its number.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, get_args

import msgspec

from entente.exchange.messages import (
    NOTHING,
    Acknowledgement,
    Answer,
    Boot,
    Checkpoint,
    EngagementIntent,
    Governance,
    KeyAdd,
    KeyRetire,
    KeyRevoke,
    KeyRotate,
    Notice,
    PolicyInForce,
    Query,
    Report,
    Said,
    StateOfHealth,
)
from entente.exchange.ruling.alerts import acknowledgement_refusal
from entente.exchange.ruling.keyring import CENTRE
from entente.exchange.ruling.launching import alert_at
from entente.exchange.ruling.nodes import AHEAD_NS, chain_refusal, number_refusal, sender
from entente.exchange.ruling.notices import notice_refusal
from entente.exchange.ruling.queries import answer_refusal, query_refusal
from entente.exchange.ruling.reasons import Reason
from entente.exchange.ruling.state import Centre
from entente.exchange.saying.gates import coverage
from entente.exchange.saying.instants import NS_PER_S, nanoseconds

GRACE_NS = 60 * NS_PER_S  # for which the policy before the one in force is still good; chosen by us
NOTICES, REPORTS, GOVERNANCE = get_args(Notice), get_args(Report), get_args(Governance)
KEYS = (KeyAdd, KeyRotate, KeyRetire, KeyRevoke)
WORDS = (Query, Answer, EngagementIntent, Acknowledgement)

MAY_SAY: dict[type, frozenset[str]] = {
    **dict.fromkeys(REPORTS, frozenset({"node"})),
    **dict.fromkeys(NOTICES, frozenset({"node", "seat"})),
    **dict.fromkeys(WORDS, frozenset({"seat"})),
    **dict.fromkeys(GOVERNANCE, frozenset({"root"})),
    StateOfHealth: frozenset({"node"}),
    Checkpoint: frozenset({"node", "seat", "witness"}),
}
"""Roles of keys that say each kind. What the centre says arrives from nobody."""


class Arrived(msgspec.Struct, frozen=True):
    """A message whose signature was found good.

    Attributes:
        digest: of its envelope, hex.
        key: the public key, hex, by which it was found good.
        earlier: digest of the envelope that the log holds under the same sender, boot and number (`nodes.number_of`), if any.
    """

    message: Said
    digest: str
    key: str
    earlier: str | None = None


def person_refusal(state: Centre, arrived: Arrived) -> Reason | None:
    """Why this sender may not say this here."""
    said = arrived.message
    if said.log != state.log:
        return Reason.OTHER_LOG
    if said.origin != state.origin:
        return Reason.OTHER_ORIGIN
    held = state.keyring.holder_of(arrived.key, state.size)
    if held is None:
        known = state.keyring.keys.get(arrived.key)
        if known is None:
            return Reason.KEY_UNKNOWN
        return Reason.KEY_REVOKED if known.revoked else Reason.KEY_RETIRED
    if (held.party, held.holder) != (said.party, said.node):
        return Reason.NOT_YOURS
    return Reason.NOT_ENTITLED if held.role == CENTRE else None  # what it says arrives from nobody


def place_refusal(state: Centre, arrived: Arrived) -> Reason | None:
    """Why this number cannot be its; asked of those only whom `person_refusal` lets pass."""
    if arrived.earlier is not None:
        return Reason.EQUIVOCATION
    said = arrived.message
    node = state.nodes[sender(said)]
    return number_refusal(node, said) or chain_refusal(node, said, arrived.digest)


def content_refusal(state: Centre, arrived: Arrived, now_ns: int) -> Reason | None:
    """Why what it says cannot stand against the time and what is known."""
    said = arrived.message
    if state.keyring.keys[arrived.key].role not in MAY_SAY.get(said.__class__, ()):
        return Reason.NOT_ENTITLED
    if nanoseconds(said.sent) > now_ns + AHEAD_NS:
        return Reason.FUTURE
    if isinstance(said, REPORTS) and nanoseconds(said.observed) > now_ns + AHEAD_NS:
        return Reason.FUTURE
    reason = _policy_refusal(state, said, now_ns)
    refers = REFERENCES.get(said.__class__)
    return reason if reason is not None or refers is None else refers(state, said, arrived.key, now_ns)


def _policy_refusal(state: Centre, said: Said, now_ns: int) -> Reason | None:
    """A report needs a policy in force; whatever names one must name that, or the one before for a while."""
    if said.policy == NOTHING:
        return Reason.NO_POLICY if isinstance(said, REPORTS) else None
    policy = state.policies.get(said.party)
    if policy is None:
        return Reason.NO_POLICY
    in_time = said.policy == policy.before and now_ns <= policy.since_ns + GRACE_NS
    return None if said.policy == policy.digest or in_time else Reason.OLD_POLICY


def _acknowledgement_refusal(state: Centre, said: Acknowledgement, _key: str, now_ns: int) -> Reason | None:
    number = state.alerts.get(said.about)
    if number is not None:
        return acknowledgement_refusal(alert_at(state.launches[number], said.about), said, now_ns)
    notice = next((known for known in state.notices.values() if known.index == said.about), None)
    if notice is None:
        return Reason.UNKNOWN_ENTRY
    return None if said.digest == notice.digest else Reason.OTHER_TEXT


def _query_refusal(state: Centre, said: Query, _key: str, now_ns: int) -> Reason | None:
    return query_refusal(state.queries, said.party, said.about, state.size, now_ns)


def _answer_refusal(state: Centre, said: Answer, _key: str, now_ns: int) -> Reason | None:
    return answer_refusal(state.queries, said, now_ns)


def _intent_refusal(state: Centre, said: EngagementIntent, _key: str, _now_ns: int) -> Reason | None:
    return None if said.about in state.alerts else Reason.UNKNOWN_ENTRY


def _notice_refusal(state: Centre, said: Notice, _key: str, now_ns: int) -> Reason | None:
    return notice_refusal(state.notices, said, now_ns)


def _coverage_refusal(state: Centre, said: Report, _key: str, _now_ns: int) -> Reason | None:
    """A node's own account of where its feeds can see; one feed without an account may see anywhere."""
    told = [feed.covers for feed in state.nodes[sender(said)].feeds.values()]
    known = [area for area in told if area is not None]
    if not known or len(known) < len(told):
        return None
    return Reason.OUTSIDE_COVERAGE if coverage(said, known) else None


def _key_refusal(state: Centre, said: Governance, key: str, _now_ns: int) -> Reason | None:
    return state.keyring.refusal(state.size, said, key)


def _boot_refusal(state: Centre, said: Boot, _key: str, _now_ns: int) -> Reason | None:
    node = state.nodes.get(said.started if said.started != said.node else said.party)
    if said.started == said.party or node is None or node.party != said.party:
        return Reason.UNKNOWN_ENTRY
    return None if said.its_boot > node.boot else Reason.OLD_BOOT


def _policy_text_refusal(_state: Centre, said: PolicyInForce, _key: str, _now_ns: int) -> Reason | None:
    return None if sha256(said.text.encode()).hexdigest() == said.digest else Reason.OTHER_TEXT


REFERENCES: dict[type, Callable[[Centre, Any, str, int], Reason | None]] = {
    **dict.fromkeys(NOTICES, _notice_refusal),
    **dict.fromkeys(REPORTS, _coverage_refusal),
    **dict.fromkeys(KEYS, _key_refusal),
    Boot: _boot_refusal,
    PolicyInForce: _policy_text_refusal,
    Acknowledgement: _acknowledgement_refusal,
    Query: _query_refusal,
    Answer: _answer_refusal,
    EngagementIntent: _intent_refusal,
}
