"""What the catalogue may say of decisions: how long each step takes, how long missiles fly, and how often alarms are false.

Almost all of it is assumed and says so: nobody has published an operational budget, and most chances cannot be measured.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from entente.scenario.parts import Ranged, RangedSeconds, within
from entente.scenario.systems import Row


class Moment(Row):
    """A step between ignition and the last moment to act, or the flight that all of them must fit into."""

    kind: Literal["moment"] = "moment"
    role: Literal["step", "flight"]
    seconds: RangedSeconds


class Chance(Row):
    """A leaf of the fault tree: so often a year, or with this probability; or by how much sharing changes one."""

    kind: Literal["chance"] = "chance"
    unit: Annotated[Literal["a year", "probability"], Field(description="a rate, or a chance of 0 to 1")]
    value: Annotated[Ranged, within(0, 1_000)]
    shared: Annotated[bool, Field(description="whether it is there only where warning is shared")] = False

    @model_validator(mode="after")
    def _a_chance_is_one(self) -> "Chance":
        if self.unit == "probability" and self.value.high > 1.0:
            raise ValueError(f"a probability of {self.value.high:g} is more than 1; give a year as the unit of a rate")
        return self
