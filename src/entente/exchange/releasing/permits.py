"""What may a nation release? A small table of permits, each with its obligations, and one question to it.

Plain data, no language (ADR 24). What no permit names is refused. Where several permits fit, all of their obligations hold,
the strictest of each. What cannot be decided is refused: an attribute that is not known stands for every value it may have,
so that each of these must have a permit, and the strictest of them all holds.
"""

from dataclasses import dataclass
from functools import cache, reduce
from itertools import product
from typing import Any, Literal, get_args

import msgspec

from entente.exchange.messages import Kind, Message, Name, Notice, Part, Report, Whose, Word

Withheld = Literal[
    "no policy in force", "no permit", "undecidable", "cannot be combined", "below threshold", "cannot be coarsened",
    "overtaken", "queue full",
]  # fmt: skip
Classes = Literal["as known", "peaceful or unknown", "unknown"]  # from fine to coarse
CLASSES: tuple[Classes, ...] = get_args(Classes)
PEACEFUL: tuple[Kind, ...] = ("space launch", "sounding rocket")
WHOSE: tuple[Whose, ...] = ("own", "partner", "third party")
MISSILES: tuple[Kind, ...] = tuple(kind for kind in get_args(Kind) if kind != "unknown")
FLIGHTS = ("launch-detected", "track-state", "lines-of-sight")  # kinds about which it is asked whose, what and how far
RELEASED: dict[str, type[Message]] = {
    str(kind.__struct_config__.tag): kind for family in (Notice, Report, Word) for kind in get_args(family)
}
"""Kinds that a nation releases; what its root says of keys and policies, and what the centre says, are no releases."""

HEADER = frozenset(field.name for field in msgspec.structs.fields(Message))
DECLARED = frozenset({"bias_sigma_km", "bias_sigma_km_s"})  # said of what the release itself did; nobody removes them
TOGETHER = (
    frozenset({"azimuth_deg", "azimuth_sigma_deg"}),
    frozenset({"impact_area", "impact", "impact_sigma_s"}),
    frozenset({"launch_area", "launched", "launched_sigma_s"}),
)  # fields that tell of one another
OBLIGED = {
    "min_range_km": FLIGHTS,
    "classes": FLIGHTS[:2],
    "area_floor_km": ("launch-detected", "track-state", "air-track"),
    "azimuth_floor_deg": ("launch-detected",),
    "bias_km": ("track-state",),
    "angle_floor_deg": ("lines-of-sight",),
}
"""The obligations that a permit must state if it is for one of these kinds."""


@cache
def left_out(kind: str) -> dict[str, Any]:
    """The fields that a message of this kind may leave out, and what each then is; only those that a permit names are stated."""
    fields = msgspec.structs.fields(RELEASED[kind])
    return {field.name: field.default for field in fields if not field.required and field.name not in HEADER | DECLARED}


@cache
def optional(kind: str) -> frozenset[str]:
    """Their names."""
    return frozenset(left_out(kind))


class Permit(Part, frozen=True):
    """Leave to release some kinds of messages about some flights, and what must be done to them first.

    Attributes:
        whose, missiles: flights it is for; none named: any.
        min_range_km: a flight is released once it is surely so long.
        area_floor_km, bias_km: one standard deviation, a step of `blurring.LADDER`.
        azimuth_floor_deg, angle_floor_deg: one standard deviation, of a direction of flight and of a line of sight.
        delay_s, slot_s: released at the first multiple of the slot after the delay, at most one message a slot and flight.
        fields: of those that a message may leave out, the ones that it states.
    """

    name: Name
    kinds: tuple[str, ...]
    delay_s: int
    slot_s: int
    fields: tuple[str, ...]
    whose: tuple[Whose, ...] = ()
    missiles: tuple[Kind, ...] = ()
    min_range_km: float | None = None
    classes: Classes | None = None
    area_floor_km: float | None = None
    azimuth_floor_deg: float | None = None
    bias_km: float | None = None
    angle_floor_deg: float | None = None


class Policy(Part, frozen=True):
    """What one party lets out; `number` rises with each policy, so that an old one cannot come back."""

    party: Name
    number: int
    permits: tuple[Permit, ...]


@dataclass(frozen=True)
class Terms:
    """All obligations under which one message is released."""

    min_range_km: float
    classes: Classes
    area_floor_km: float
    azimuth_floor_deg: float
    bias_km: float
    angle_floor_deg: float
    delay_s: int
    slot_s: int
    fields: frozenset[str]


def terms(policy: Policy, kind: str, whose: Whose | None, missile: Kind | None) -> Terms | Withheld:
    """Under which obligations a message of this kind about such a flight may go, or why it may not.

    Args:
        whose, missile: not asked where the kind is about no flight; "unknown" is every value at once, None is undecidable.
    """
    fit: list[Permit] = []
    for one, other in _possible(kind, whose, missile):
        permits = [permit for permit in policy.permits if _is_for(permit, kind, one, other)]
        if not permits:
            return "undecidable" if kind in FLIGHTS and "unknown" in (whose, missile) else "no permit"
        fit += permits
    if not fit:
        return "undecidable"
    out = reduce(_strictest, (_of(permit, kind) for permit in fit))
    slots = {permit.slot_s for permit in fit}
    return out if all(out.slot_s % slot == 0 for slot in slots) else "cannot be combined"


def _possible(kind: str, whose: Whose | None, missile: Kind | None) -> list[tuple[Whose | None, Kind | None]]:
    """The values that the two attributes may have; none where one is missing that is asked."""
    if kind not in FLIGHTS:
        return [(None, None)]
    if whose is None or missile is None:
        return []
    return list(product(WHOSE if whose == "unknown" else (whose,), MISSILES if missile == "unknown" else (missile,)))


def _is_for(permit: Permit, kind: str, whose: Whose | None, missile: Kind | None) -> bool:
    """Whether a permit names this kind and this flight."""
    if kind not in permit.kinds or kind not in FLIGHTS:
        return kind in permit.kinds
    return (not permit.whose or whose in permit.whose) and (not permit.missiles or missile in permit.missiles)


def _of(permit: Permit, kind: str) -> Terms:
    """The terms of one permit alone."""
    allowed = optional(kind) & set(permit.fields)
    broken = [group for group in TOGETHER if group & optional(kind) - allowed]
    return Terms(
        min_range_km=permit.min_range_km or 0.0,
        classes=permit.classes or "as known",
        area_floor_km=permit.area_floor_km or 0.0,
        azimuth_floor_deg=permit.azimuth_floor_deg or 0.0,
        bias_km=permit.bias_km or 0.0,
        angle_floor_deg=permit.angle_floor_deg or 0.0,
        delay_s=permit.delay_s,
        slot_s=permit.slot_s,
        fields=allowed.difference(*broken),
    )


def _strictest(one: Terms, other: Terms) -> Terms:
    """Of two sets of obligations the stricter of each."""
    return Terms(
        min_range_km=max(one.min_range_km, other.min_range_km),
        classes=max(one.classes, other.classes, key=CLASSES.index),
        area_floor_km=max(one.area_floor_km, other.area_floor_km),
        azimuth_floor_deg=max(one.azimuth_floor_deg, other.azimuth_floor_deg),
        bias_km=max(one.bias_km, other.bias_km),
        angle_floor_deg=max(one.angle_floor_deg, other.angle_floor_deg),
        delay_s=max(one.delay_s, other.delay_s),
        slot_s=max(one.slot_s, other.slot_s),
        fields=one.fields & other.fields,
    )
