"""What the catalogue may say of evidence: how likely each report is if the event is this or that, and what judging it takes.

Almost all of it is assumed: nobody has published how often sensors say what of which kind of event.
"""

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from entente.scenario.events import Nature
from entente.scenario.parts import Ranged, RangedProbability, within
from entente.scenario.systems import Row

Channel = Literal["infrared", "radar", "screen", "raw", "feed", "notice", "word", "partner", "partner-feed"]


class EvidenceType(Row):
    """One thing that can be said of an event, and the chance that it is said, by nature of the event.

    The answers of one channel exclude each other: their chances sum to one, or less where the channel may be silent.
    """

    kind: Literal["evidence"] = "evidence"
    channel: Annotated[Channel, Field(description="the question that it answers; answers of one exclude each other")]
    threat: Annotated[bool, Field(description="whether it alone is an alarm under the rule OR")] = False
    chance: Annotated[dict[Nature, RangedProbability], Field(description="that it is said, if the event is this")]

    @model_validator(mode="after")
    def _every_nature(self) -> "EvidenceType":
        missing = [nature for nature in get_args(Nature) if nature not in self.chance]
        if missing:
            raise ValueError(f"no chance if the event is {', '.join(missing)}; give one for every nature")
        return self


class Judgement(Row):
    """A number that judging an event takes: a share, a chance, a time, a rate."""

    kind: Literal["judgement"] = "judgement"
    unit: Literal["probability", "s", "a year"]
    value: Annotated[Ranged, within(0, 3_600)]

    @model_validator(mode="after")
    def _a_chance_is_one(self) -> "Judgement":
        if self.unit == "probability" and self.value.high > 1.0:
            raise ValueError(f"a probability of {self.value.high:g} is more than 1; give s or a year as the unit")
        return self
