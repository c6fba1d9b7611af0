"""How is it said why an event became an alarm, which rung would have changed it, and on which assumptions that hangs?"""

import numpy as np
from markupsafe import Markup

from entente.questions.events import SEEDS
from entente.questions.judged import assumed
from entente.report import words
from entente.report.event_pictures import alarmed
from entente.report.language import Tongue
from entente.scenario.event_files import load_event
from entente.scenario.parts import Ranged
from entente.scenario.rows import ladder
from entente.turning import Turn, range_of, turn_of

ADDS = 0.05  # from so much more on trust, or a higher rung, is named


def reasons(name: str, tongue: Tongue) -> tuple[Markup, Markup, Markup]:
    """Why it became an alarm, what would have changed it, under which assumptions; each with its head in bold."""
    one, told = turn_of(name), load_event(name)
    side = tongue.text(told.title_of(alarmed(told)))
    bar = float(np.median(assumed(SEEDS).numbers["cleared"]))
    why = tongue.say(
        "reasons.likeliest",
        at=tongue.clock(one.at_s),
        party=side,
        n=tongue.number(1.0 / one.chance),
        bar=tongue.number(1.0 / bar),
    )
    if one.weights:
        said = ", ".join(f"{_said(tongue, says)} ×{tongue.number(factor)}" for says, factor in one.weights)
        why = f"{why} {tongue.say('reasons.weights', rival=tongue.text(one.rival), reports=said)}"
    return (
        _headed(tongue, "reasons.why", why),
        _headed(tongue, "reasons.change", change_said(name, tongue)),
        _headed(tongue, "reasons.assumptions", _hangs(one, tongue)),
    )


def change_said(name: str, tongue: Tongue) -> str:
    """Which rung changes it, by how much, and what trust would."""
    one = turn_of(name)
    before, last = tongue.per_cent(one.right[0]), tongue.per_cent(one.right[-1])
    if one.changed_by is None:
        said = tongue.say("reasons.no_rung", before=before, last=last, rung=len(one.right) - 1)
    else:
        rung = next(row for row in ladder() if row.rung == one.changed_by)
        after = one.right[one.changed_by]
        said = tongue.say(
            "reasons.rung", rung=rung.rung, name=tongue.text(rung.name), before=before, after=tongue.per_cent(after)
        )
        more = max(one.right[one.changed_by :])
        said += (
            f" {tongue.say('reasons.more' if more - after >= ADDS else 'reasons.no_more', most=tongue.per_cent(more))}"
        )
    if one.believed is not None and one.believed - one.right[-1] >= ADDS:
        said += f" {tongue.say('reasons.believed', share=tongue.per_cent(one.believed), rung=len(one.right) - 1)}"
    return said


def _said(tongue: Tongue, says: str) -> str:
    """What is said in a channel; several reports of one were joined."""
    return tongue.listed(
        [f"«{tongue.text(one)}»" if tongue.code == "ru" else f"“{one}”" for one in says.split(" and ")]
    )


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
