"""What the catalogue may say of agreements: dates, limits that a program can check, duties with deadlines; and what happened.

A limit with a `measure` is one that the models know a value for; without one, only a person can judge it.
"""

import datetime as dt
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from entente.scenario.parts import Basis, Date, Finding, Name, Part, Text
from entente.scenario.systems import Flow, Row

Standing = Literal["in force", "signed only", "never operated", "lapsed"]
Bound = Literal["at most", "at least"]
Measure = Literal[
    "interceptor_speed",
    "interceptors",
    "strategic_interceptors",
    "strategic_areas",
    "strategic_interceptors_an_area",
    "deployed_warheads",
    "deployed_vehicles",
    "all_launchers",
    "silo_carriers",
    "sea_carriers",
    "ballistic_warheads",
    "mobile_warheads",
    "release_min_range",
    "warning_delay",
    "area_floor",
    "track_delay",
]
UNITS: dict[str, tuple[str, ...]] = {
    "interceptor_speed": ("km/s",),
    "interceptors": ("interceptors",),
    "strategic_interceptors": ("interceptors",),  # faster than the 3 km/s of 1997
    "strategic_areas": ("areas",),
    "strategic_interceptors_an_area": ("interceptors",),
    "deployed_warheads": ("warheads",),
    "deployed_vehicles": ("vehicles",),
    "all_launchers": ("launchers",),
    "silo_carriers": ("silos", "launchers"),
    "sea_carriers": ("tubes", "launchers"),
    "ballistic_warheads": ("warheads",),
    "mobile_warheads": ("warheads",),
    "release_min_range": ("km",),
    "warning_delay": ("s",),
    "area_floor": ("km",),
    "track_delay": ("s",),
}
"""The unit in which each measure is computed; a limit on it is written in the same."""


class Limit(Part):
    """One number that an agreement sets."""

    quantity: Text
    value: Annotated[float, Field(description="in the unit given beside it")]
    unit: Annotated[
        Text, Field(description="such as km/s, interceptors or warheads; a limit without a unit says nothing")
    ]
    bound: Annotated[Bound, Field(description="at most or at least the value")] = "at most"
    measure: Annotated[Measure | None, Field(description="what the program computes to compare it with")] = None
    beyond: Annotated[
        Literal["exceeded", "needs judgement"],
        Field(description="what lies beyond it: a breach, or a case that the text leaves to each party"),
    ] = "exceeded"
    applies_to: Text = "each party"
    since: Annotated[Date | None, Field(description="the day from which it must be met")] = None
    until: Annotated[Date | None, Field(description="the first day on which a stricter one replaces it")] = None
    clause: Annotated[Text | None, Field(description="where it stands in the text")] = None
    basis: Basis
    note: Text | None = None

    @model_validator(mode="after")
    def _in_the_measures_unit(self) -> "Limit":
        fits(self.measure, self.unit)
        return self


def fits(measure: str | None, unit: str) -> None:
    """Refuse a unit in which the measure is not computed.

    Raises:
        ValueError: with the unit that is right.
    """
    if measure is not None and unit not in UNITS[measure]:
        raise ValueError(f"the unit {unit[:40]!r} does not fit {measure}; write {' or '.join(UNITS[measure])}")


class Duty(Part):
    """Something an agreement obliges the parties to do, and by when."""

    what: Text
    deadline: Annotated[Text, Field(description="in words, such as at least 24 h before the launch")]
    value: Annotated[float | None, Field(ge=0, description="the deadline as a number, if it is one")] = None
    unit: Literal["s", "h", "days", "a year"] | None = None
    clause: Text | None = None
    basis: Basis

    @model_validator(mode="after")
    def _number_with_unit(self) -> "Duty":
        if (self.value is None) != (self.unit is None):
            raise ValueError("a deadline in numbers has both value and unit; give both, or neither")
        return self


class Agreement(Row):
    """An agreement between states: its dates, its limits, what is notified under it, and what that makes flow."""

    parties: Annotated[list[Text], Field(min_length=1)]
    signed: Date
    in_force: Annotated[Date | None, Field(description="none: it never entered into force")] = None
    ended: Annotated[Date | None, Field(description="the first day it no longer holds")] = None
    suspended: Annotated[Date | None, Field(description="the day since which a party says it does not apply it")] = None
    operated: Annotated[bool, Field(description="false: in force on paper only, nothing of it ever ran")] = True
    limits: list[Limit] = []
    duties: list[Duty] = []
    rules: list[Text] = []
    notifies: Annotated[list[Text], Field(description="the elements of its notifications")] = []
    flows: Annotated[list[Flow], Field(description="what it makes flow between US/NATO and Russia while it runs")] = []
    covers: Annotated[Text | None, Field(description="which launches its notifications are about")] = None

    @model_validator(mode="after")
    def _in_order(self) -> "Agreement":
        days = [(k, getattr(self, k)) for k in ("signed", "in_force", "suspended", "ended") if getattr(self, k)]
        for (before, earlier), (after, later) in pairwise(days):
            if later < earlier:
                raise ValueError(f"{after} {later} lies before {before} {earlier}")
        return self

    def status_on(self, day: dt.date) -> Standing | None:
        """How it stands on that day; None before it was signed."""
        if day < self.signed:
            return None
        if self.ended is not None and day >= self.ended:
            return "lapsed"
        if not self.operated:
            return "never operated"
        return "in force" if self.in_force is not None and day >= self.in_force else "signed only"


class Event(Row):
    """Something that happened to an agreement or a scheme of cooperation, and whether a defence was named as the reason.

    The models measure incentive, not causation: the verdict is never more than that the event fits the claim.
    """

    kind: Literal["event"] = "event"
    day: Date
    what: Text
    who: Annotated[list[Text], Field(min_length=1)]
    touches: Annotated[list[Name], Field(description="agreements of the catalogue")] = []
    reason_given: Text
    grade: Annotated[Literal["A", "B", "C", "D"], Field(description="of the source, as in the page of validation")]
    finding: Finding = "F2"
    verdict: Annotated[
        Literal["consistent with the record", "not computable"],
        Field(description="consistent: who acted named a defence, or its limits, as the reason"),
    ]
