"""Would a notice have been due? Silence is evidence only where somebody owed a word.

Whether one is due depends on what the thing looks like, on whose it would be, and on what the agreements ask for: the
memorandum of 2000 begins at 500 km of range or height, the agreement of 1988 is about intercontinental and submarine-launched
missiles, the pact of India and Pakistan about ballistic ones. A third party is taken to be bound by none.
"""

import numpy as np

from entente.compiled import Floats
from entente.questions.judged import Assumed
from entente.scenario.events import Event, LooksLike, Suspicion
from entente.scenario.parts import Ranged
from entente.scenario.rows import judging

SAID: dict[LooksLike, str] = {
    "flight over threshold": "a flight that has to be announced",
    "flight under threshold": "a flight too short and low to be announced",
    "space launch": "a space launch",
    "winged flight": "an aircraft or a cruise missile",
    "nothing": "nothing that flies",
    "unclear": "something of which it cannot tell whether it has to be announced",
}


def due(event: Event, party: str, takes: Assumed) -> Floats:
    """The chance that whoever a party suspects would owe it a notice of such a thing, where notices flow (S,)."""
    one = suspicion_of(event, party)
    if one is None or one.whom == "third party":
        return np.zeros(len(takes.prior))
    return takes.numbers[due_id(one.looks_like)]


def suspicion_of(event: Event, party: str) -> Suspicion | None:
    """What a party suspects; None: nobody."""
    return next((one for one in event.suspected if one.by == party), None)


def due_id(looks_like: LooksLike) -> str:
    """The row of `judging` that has the chance that a notice is due."""
    return f"due-{looks_like.replace(' ', '-')}"


def none_due(event: Event, party: str) -> bool:
    """Whether the partner, suspected, owes no notice of such a thing, whatever it is."""
    one = suspicion_of(event, party)
    return one is not None and one.whom == "partner" and _value(one.looks_like).high == 0.0


def due_said(event: Event, party: str) -> str:
    """What silence is worth to a party, in a sentence; nothing where it suspects nobody."""
    one = suspicion_of(event, party)
    if one is None:
        return ""
    side = event.title_of(party)
    if one.whom == "third party":
        return f"{side} suspects a third party, which owes it no notice: that there is none weighs nothing"
    value = _value(one.looks_like)
    worth = "weighs nothing" if value.high == 0.0 else "counts in full" if value.low == 1.0 else "counts in part"
    why = f" ({one.why})" if one.why else ""
    return f"{side} sees {SAID[one.looks_like]}{why}: from rung 1 on, that there is no notice {worth}"


def _value(looks_like: LooksLike) -> Ranged:
    return next(row.value for row in judging() if row.id == due_id(looks_like))
