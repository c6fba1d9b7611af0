"""How is it said why an event could not be cleared, which rung would have changed it, and on which assumptions that hangs?"""

from collections.abc import Iterable

from markupsafe import Markup

from entente.questions.tidings import NOTICES, suspect_of
from entente.report import words
from entente.report.event_pictures import alarmed
from entente.report.language import Tongue
from entente.scenario.event_files import load_event
from entente.scenario.events import Event
from entente.scenario.parts import Ranged
from entente.scenario.rows import ladder
from entente.turning import Turn, range_of, turn_of

ADDS = 0.05  # from so much more on trust, or a higher rung, is named
SPEAKS = 1.2  # times: what is less likelier speaks neither for an attack nor against one


def brief(name: str, tongue: Tongue) -> Markup:
    """Three sentences: why it could not be cleared, which rung changes it, what that hangs on."""
    one, told = turn_of(name), load_event(name)
    said = (_open_said(one, told, tongue), _turned(one, told, alarmed(told), tongue), _hangs(one, tongue))
    return Markup("{} <b>{}</b> {}").format(*said)


def reasons(name: str, tongue: Tongue) -> tuple[Markup, Markup, Markup]:
    """Why it could not be cleared, what would have changed it, under which assumptions; each with its head in bold."""
    one, told = turn_of(name), load_event(name)
    right, wrong, still = (tongue.per_cent(share) for share in one.ends)
    why = tongue.say(
        "reasons.likeliest",
        at=tongue.clock(one.at_s),
        party=tongue.text(told.title_of(alarmed(told))),
        n=_one_in(one.chance, tongue),
        bar=_one_in(range_of("judging.cleared").nominal, tongue),
        held=_one_in(range_of("judging.held").nominal, tongue),
        ends=tongue.say(
            "reasons.ends" if one.ends[1] > 1e-9 else "reasons.never", right=right, wrong=wrong, still=still
        ),
    )
    return (
        _headed(tongue, "reasons.why", " ".join([why, *_evidence(one, tongue)])),
        _headed(tongue, "reasons.change", change_said(name, tongue)),
        _headed(tongue, "reasons.assumptions", _hangs(one, tongue)),
    )


def change_said(name: str, tongue: Tongue) -> str:
    """Which rung changes it, by how much, what harms, and what trust would do; for every side that suspects somebody."""
    told = load_event(name)
    sides = [one.by for one in told.suspected]
    said = [_change(turn_of(name, party), told, party, tongue) for party in sides]
    if len(sides) == 1:
        return said[0]
    named = zip(sides, said, strict=True)
    return " ".join(
        tongue.say("reasons.side", party=tongue.text(told.title_of(party)), said=one) for party, one in named
    )


def _change(one: Turn, told: Event, party: str, tongue: Tongue) -> str:
    said = [_turned(one, told, party, tongue), *_harms(one, tongue)]
    if one.changed_by is not None:
        more = max(one.right[one.changed_by :])
        key = "reasons.more" if more - one.right[one.changed_by] >= ADDS else "reasons.no_more"
        said.append(tongue.say(key, most=tongue.per_cent(more)))
    if one.believed is not None and one.believed - one.right[-1] >= ADDS:
        said.append(tongue.say("reasons.believed", share=tongue.per_cent(one.believed), rung=len(one.right) - 1))
    return " ".join(said)


def _turned(one: Turn, told: Event, party: str, tongue: Tongue) -> str:
    """Which rung changes it, or that none does."""
    before, last = tongue.per_cent(one.right[0]), tongue.per_cent(one.right[-1])
    if one.changed_by is None:
        key = "reasons.no_rung.partner" if suspect_of(told, party) == "partner" else "reasons.no_rung"
        return tongue.say(key, before=before, last=last, rung=len(one.right) - 1)
    rung = next(row for row in ladder() if row.rung == one.changed_by)
    after = tongue.per_cent(one.right[one.changed_by])
    key = "reasons.rung.notice" if one.changed_by == NOTICES else "reasons.rung"
    return tongue.say(key, rung=rung.rung, name=tongue.text(rung.name), before=before, after=after)


def _harms(one: Turn, tongue: Tongue) -> Iterable[str]:
    """At which rung it is read worse, and why; that a missing notice speaks for an attack."""
    if one.worst is not None:
        key = "reasons.worse.unseen" if one.unseen else "reasons.worse"
        yield tongue.say(key, rung=one.worst, share=tongue.per_cent(one.right[one.worst]))
    if one.silent and one.first[1] > SPEAKS * one.first[0]:
        before, after = (tongue.per_cent(one.early[rung]) for rung in (0, 1))
        early = tongue.say("reasons.early", before=before, after=after) if before != after else ""
        was, now = (_one_in(chance, tongue) for chance in one.first)
        yield tongue.say("reasons.silence", was=was, now=now, early=early)


def _open_said(one: Turn, told: Event, tongue: Tongue) -> str:
    """What spoke for an attack and what against, and what chance of one was left."""
    return tongue.say(
        "brief.base" if one.speaks < 1.0 else "brief.open",
        party=tongue.text(told.title_of(alarmed(told))),
        reports=_named(tongue, [says for says, factor in one.weights if factor >= SPEAKS]),
        against=_named(tongue, [says for says, factor in one.weights if factor <= 1.0 / SPEAKS]),
        n=_one_in(one.chance, tongue),
        base=_one_in(one.base, tongue),
        bar=_one_in(range_of("judging.cleared").nominal, tongue),
    )


def _named(tongue: Tongue, reports: list[str]) -> str:
    """Reports in plain words; that there are none."""
    return tongue.listed([_plain(tongue, one) for one in reports]) if reports else tongue.say("reasons.nothing")


def _evidence(one: Turn, tongue: Tongue) -> Iterable[str]:
    """What speaks for an attack and what against, each so many times; and what both come to together."""
    rival = tongue.say(f"reasons.in.{one.rival.replace(' ', '_')}")
    towards = [(says, factor) for says, factor in one.weights if factor >= SPEAKS]
    against = [(says, 1.0 / factor) for says, factor in one.weights if factor <= 1.0 / SPEAKS]
    for key, some in (("reasons.for", towards), ("reasons.against", against)):
        said = [f"{_plain(tongue, says)} (×{tongue.number(factor)})" for says, factor in some]
        yield tongue.say(key, rival=rival, reports=tongue.listed(said) or tongue.say("reasons.nothing"))
    if one.speaks < 1.0:
        bar = _one_in(range_of("judging.cleared").nominal, tongue)
        factor, base = tongue.number(1.0 / one.speaks), _one_in(one.base, tongue)
        yield tongue.say("reasons.together", factor=factor, base=base, bar=bar)


def _plain(tongue: Tongue, says: str) -> str:
    """What is said in a channel in plain words; several reports of one were joined."""
    return tongue.listed([tongue.say(f"plain.{one.replace(' ', '_')}") for one in says.split(" and ")])


def _one_in(chance: float, tongue: Tongue) -> str:
    """`40` of one in 40."""
    return tongue.number(1.0 / chance)


def _hangs(one: Turn, tongue: Tongue) -> str:
    """The inputs with their ranges."""
    if not one.deciders:
        return tongue.say("reasons.none_stands_out")
    ranges = [f"{words.input_name(tongue, name)} ({_range(tongue, range_of(name))})" for name in one.deciders]
    return tongue.say("reasons.hangs", inputs="; ".join(ranges))


def _range(tongue: Tongue, value: Ranged) -> str:
    return tongue.say("span", low=tongue.number(value.low), high=tongue.number(value.high))


def _headed(tongue: Tongue, key: str, said: str) -> Markup:
    return Markup("<b>{}</b> {}").format(tongue.say(key), said)
