"""What is late? Alarms that stand as long as something does not happen: nothing on the log, nothing in the state.

The same alarm comes again, equal, as long as it stands; who shows it tells new from old by that.
Times chosen by us: gaps after 5 s; feeds silent for 30 s; what is older than an hour is history, and silent.
"""

from collections.abc import Iterator

from entente.exchange.ruling.alarms import Alarm
from entente.exchange.ruling.alerts import ACKNOWLEDGE_NS, CLOSE_NS, CORROBORATE_NS
from entente.exchange.ruling.queries import ANSWER_NS, FORGET_NS
from entente.exchange.ruling.reasons import Reason
from entente.exchange.ruling.state import Centre
from entente.exchange.saying.instants import NS_PER_S

GAP_NS = 5 * NS_PER_S
SILENT_NS = 30 * NS_PER_S
HISTORY_NS = 3600 * NS_PER_S


def due(state: Centre, now_ns: int) -> list[Alarm]:
    """Every alarm that stands at this time [ns since 1970]: gaps, silent feeds, missed deadlines, open questions."""
    return [*_of_nodes(state, now_ns), *_of_alerts(state, now_ns), *_of_queries(state, now_ns)]


def _of_nodes(state: Centre, now_ns: int) -> Iterator[Alarm]:
    """A gap is told to both; the node's own party sends what is missing, or says that it cannot."""
    for name, node in state.nodes.items():
        for gap in node.gaps:
            if now_ns > gap.since_ns + GAP_NS:
                numbers = gap.first, gap.last
                yield Alarm(to=state.parties, reason=Reason.GAP, sender=name, since_ns=gap.since_ns, numbers=numbers)
        if node.heard_ns is not None and now_ns > node.heard_ns + SILENT_NS:
            yield Alarm(to=state.parties, reason=Reason.SILENT, sender=name, since_ns=node.heard_ns)


def _of_alerts(state: Centre, now_ns: int) -> Iterator[Alarm]:
    for launch in state.launches.values():
        alert = launch.alerts[-1]
        age_ns = now_ns - alert.raised_ns
        missed = [
            (Reason.NOT_ACKNOWLEDGED, alert.acknowledged is None and age_ns > ACKNOWLEDGE_NS),
            (Reason.NOT_CORROBORATED, alert.corroborated is None and age_ns > CORROBORATE_NS),
            (Reason.NO_BULLETIN, not alert.bulletins and age_ns > CLOSE_NS),
        ]
        for reason, is_missed in missed:
            if is_missed and age_ns <= HISTORY_NS:
                yield Alarm(
                    to=state.parties, reason=reason, sender="centre", since_ns=alert.raised_ns, about=alert.index
                )


def _of_queries(state: Centre, now_ns: int) -> Iterator[Alarm]:
    for index, query in state.queries.items():
        if query.answered is None and ANSWER_NS < now_ns - query.asked_ns <= FORGET_NS:
            yield Alarm(
                to=state.parties, reason=Reason.NOT_ANSWERED, sender=query.party, since_ns=query.asked_ns, about=index
            )
