"""What does a report of a launch lead to? Alerts, their corroboration, and their end when a notice falls away.

Late, by more than 120 s after it was observed: it joins a launch that is known, as evidence, for launches are joined by
when they took place, not by when they were told; it raises no alert of its own, and an alarm tells both sides of it.
A node whose clock is degraded raises alerts, which stand alone: nothing is joined with them automatically.
A revision that can no longer be of the launch it was of (another time, place or class) is of another.
A track that names its launch time and area is evidence of a launch, too; without, it is only kept.
"""

from msgspec.structs import replace

from entente.exchange.messages import Acknowledgement, Alert, Bulletin, Corroborated, LaunchDetected, TrackState
from entente.exchange.ruling.alerts import (
    ACKNOWLEDGE_NS,
    ALERTS,
    OF_NODE,
    OF_PARTY,
    Launch,
    Raised,
    acknowledged,
    backing,
    is_agreed,
    is_closed,
    joining,
    standing,
    views_for_bulletin,
)
from entente.exchange.ruling.correlation import Detection, can_be_one, detection, is_vague
from entente.exchange.ruling.nodes import clock_of, offset_ns
from entente.exchange.ruling.notices import Notices, explaining
from entente.exchange.ruling.reasons import Reason
from entente.exchange.ruling.turn import Turn, body_digest
from entente.exchange.saying.instants import NS_PER_S, instant

LATE_NS = 120 * NS_PER_S


def seen(turn: Turn, said: LaunchDetected | TrackState, source: str, known: int | None, *, late: bool) -> int | None:
    """Work a report into the launches; returns the number of the launch it is of.

    Args:
        source: who says it, under which name.
        known: the launch that this source was of before, if it is still remembered.
        late: it may join, but raises nothing.
    """
    alone = clock_of(turn.node) is Reason.CLOCK_DEGRADED
    new = detection(said, turn.index, offset_ns(turn.node), alone=alone)
    if new is None:
        return known
    launches: dict[int, Launch] = turn.now("launches")
    stays = known in launches and all(can_be_one(new, other) for other in launches[known].sources.values())
    number = known if stays else joining(launches, source, new)
    hint = said.announced if isinstance(said, LaunchDetected) else None
    if number is not None:
        return _join(turn, number, source, new, hint, late=late)
    if late:
        turn.alarm(Reason.LATE_LAUNCH, about=turn.index)
        return None
    return _open(turn, source, new, hint)


def _open(turn: Turn, source: str, new: Detection, hint: str | None) -> int | None:
    """A launch nobody spoke of before: number it and raise the alert."""
    launches: dict[int, Launch] = turn.now("launches")
    party = turn.node.party
    for field, whose, most in (("opener", turn.name, OF_NODE), ("party", party, OF_PARTY)):
        own = [at for at, launch in turn.now("launches").items() if getattr(launch, field) == whose]
        if len(own) < most:
            continue
        closed = [at for at in own if is_closed(launches[at], turn.now_ns)]
        if not closed:
            turn.alarm(Reason.FULL, about=turn.index)
            return None
        _forget(turn, closed[0])
    number = turn.changes["opened"] = turn.now("opened") + 1
    turn.put("launches", number, Launch(opened_ns=turn.now_ns, party=party, opener=turn.name, sources={source: new}))
    _explain(turn, number, explaining(turn.now("notices"), [new], number, hint))
    _raise(turn, number)
    return number


def _forget(turn: Turn, number: int) -> None:
    launches = dict(turn.now("launches"))
    gone = {alert.index for alert in launches.pop(number).alerts}
    turn.changes["launches"] = launches
    turn.changes["alerts"] = {index: of for index, of in turn.now("alerts").items() if index not in gone}


def _join(turn: Turn, number: int, source: str, new: Detection, hint: str | None, *, late: bool) -> int:
    """More, or newer, of a launch that is known.

    The other party's first word after an alert was acknowledged, or ran out, is no footnote to it, nor is anybody's first
    word with some precision after words that would fit anything: it raises another, so that no early, vague report can
    swallow a later one.
    """
    launch: Launch = turn.now("launches")[number]
    sources = launch.sources | {source: new}
    turn.put("launches", number, replace(launch, sources=sources))
    notice = explaining(turn.now("notices"), sources.values(), number, hint)
    alert = launch.alerts[-1]
    is_other = new.party not in {seen.party for seen in launch.sources.values()}
    is_first = not is_vague(new) and all(map(is_vague, launch.sources.values()))
    is_news = is_first or (is_other and standing(alert, turn.now_ns) != "open")
    if (is_news and not late) or (alert.notice is not None and notice != alert.notice):
        _supersede(turn, number, notice)
    else:
        _explain(turn, number, notice)
    _corroborate(turn, number)
    return number


def _explain(turn: Turn, number: int, notice: str | None) -> None:
    """Let this notice, and no other, explain the launch."""
    notices: Notices = turn.now("notices")
    for name, known in notices.items():
        if known.launch == number and name != notice:
            turn.put("notices", name, replace(known, launch=None))
    if notice is not None:
        turn.put("notices", notice, replace(notices[notice], launch=number))


def _notice_of(turn: Turn, number: int) -> str | None:
    """The notice that explains a launch now."""
    notices: Notices = turn.now("notices")
    return next((name for name, known in notices.items() if known.launch == number), None)


def _evidence(turn: Turn, number: int) -> tuple[int, ...]:
    """Entries that speak of a launch: its sources and the notice that explains it, in order."""
    launch: Launch = turn.now("launches")[number]
    notice = _notice_of(turn, number)
    told = [turn.now("notices")[notice].index] if notice else []
    return tuple(sorted({*told, *(seen.index for seen in launch.sources.values())}))


def _raise(turn: Turn, number: int) -> None:
    """Put an alert on the log, and corroborate it if it can be at once."""
    launch: Launch = turn.now("launches")[number]
    notice = _notice_of(turn, number)
    parties = tuple(sorted({seen.party for seen in launch.sources.values()}))
    index, said = turn.say(
        Alert,
        launch=number,
        evidence=_evidence(turn, number),
        parties=parties,
        notice=notice,
        deadline=instant(turn.now_ns + ACKNOWLEDGE_NS),
    )
    raised = Raised(index=index, digest=body_digest(said), notice=notice, raised_ns=turn.now_ns)
    dropped = {alert.index for alert in launch.alerts[: 1 - ALERTS]}
    turn.put("launches", number, replace(launch, alerts=(*launch.alerts[1 - ALERTS :], raised)))
    kept = {at: of for at, of in turn.now("alerts").items() if at not in dropped}
    turn.changes["alerts"] = kept | {index: number}
    _corroborate(turn, number)


def _corroborate(turn: Turn, number: int) -> None:
    """Say, once for an alert, that both parties' own evidence stands behind it."""
    launch: Launch = turn.now("launches")[number]
    alert = launch.alerts[-1]
    notice = _notice_of(turn, number)
    parties = backing(launch, turn.now("notices")[notice].said.party if notice else None)
    if alert.corroborated is not None or len(parties) < 2:
        return
    evidence = _evidence(turn, number)
    index, _ = turn.say(
        Corroborated, launch=number, alert=alert.index, evidence=evidence, parties=parties, notice=notice
    )
    _put_alert(turn, number, replace(alert, corroborated=index))


def _supersede(turn: Turn, number: int, notice: str | None) -> None:
    """The latest alert says of a notice what no longer holds: cancel it, and raise another."""
    launch: Launch = turn.now("launches")[number]
    _put_alert(turn, number, replace(launch.alerts[-1], cancelled=turn.index))
    _explain(turn, number, notice)
    _raise(turn, number)


def notice_fell(turn: Turn, notice: str) -> None:
    """A notice was cancelled: if it explained a launch, it does so no more."""
    number: int | None = turn.now("notices")[notice].launch
    launches: dict[int, Launch] = turn.now("launches")
    if number is None or number not in launches:
        return
    if launches[number].alerts[-1].notice == notice:
        _supersede(turn, number, None)
    else:
        _explain(turn, number, None)


def hear_acknowledgement(turn: Turn, said: Acknowledgement, key: str) -> None:
    """Of an alert or of a notice, which `centre` has found to exist and to have this digest."""
    number = turn.now("alerts").get(said.about)
    if number is None:
        notices: Notices = turn.now("notices")
        name = next(name for name, known in notices.items() if known.index == said.about)
        turn.put("notices", name, replace(notices[name], seen_by=notices[name].seen_by | {said.party: turn.index}))
        return
    launch: Launch = turn.now("launches")[number]
    alert = acknowledged(alert_at(launch, said.about), said, turn.index, key)
    views = views_for_bulletin(alert)
    if views:
        turn.say(
            Bulletin,
            launch=number,
            alert=alert.index,
            evidence=_evidence(turn, number),
            agreed=is_agreed(views),
            views=views,
        )
        alert = replace(alert, bulletins=alert.bulletins + 1, views=views)
    _put_alert(turn, number, alert)


def alert_at(launch: Launch, index: int) -> Raised:
    """The alert of a launch that stands at this index."""
    return next(alert for alert in launch.alerts if alert.index == index)


def _put_alert(turn: Turn, number: int, alert: Raised) -> None:
    launch: Launch = turn.now("launches")[number]
    changed = tuple(alert if old.index == alert.index else old for old in launch.alerts)
    turn.put("launches", number, replace(launch, alerts=changed))
