"""What the catalogue may say of strategic forces: by leg what is really loaded, beside it what treaties counted.

A row of forces is one party's estimate for some years. An exchange is what one treaty counted on a day; an inventory is what
one yearbook printed. The three differ by design: a treaty counts a bomber as one warhead, a yearbook counts retired ones.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from entente.scenario.parts import Basis, Confidence, Date, Part, Ranged, RangedProbability, Source, Text, within
from entente.scenario.systems import Row

Nation = Literal["united_states", "united_kingdom", "france", "russia", "china"]
LegName = Literal["silo", "mobile", "sea", "air"]
LEGS: tuple[LegName, ...] = ("silo", "mobile", "sea", "air")
Count = Annotated[Ranged, within(0, 50_000)]
Number = Annotated[int, Field(ge=0, le=100_000)]
Year = Annotated[int, Field(ge=1945, le=2100)]


class Leg(Part):
    """One way of basing: how many carriers, with how many warheads, and which share is ready or out on an ordinary day."""

    carriers: Annotated[Count, Field(description="deployed missiles (tubes at sea) or bombers")]
    warheads: Annotated[Count, Field(description="on them or, of bombers, at their bases")]
    alert: Annotated[
        RangedProbability,
        Field(description="share of the warheads ready in a silo, out of garrison, at sea or in the air day to day"),
    ]
    basis: Basis
    confidence: Confidence
    note: Text | None = None

    @model_validator(mode="after")
    def _warheads_ride_on_something(self) -> "Leg":
        for end in ("low", "nominal", "high"):
            if getattr(self.warheads, end) > 0 and not getattr(self.carriers, end):
                raise ValueError(
                    f"{getattr(self.warheads, end):g} warheads without carriers ({end}); give carriers, or no warheads"
                )
        return self


class Published(Part):
    """A total that a source states, and the legs that add up to it in the row."""

    what: Literal["carriers", "warheads"]
    legs: Annotated[list[LegName], Field(min_length=1)]
    value: Number
    year: Year
    basis: Basis
    source: Source
    note: Text | None = None


class Forces(Row):
    """One party's strategic forces by leg, for the years in which these ranges are claimed to hold."""

    kind: Literal["forces"] = "forces"
    party: Nation
    since: Annotated[Year, Field(description="first year for which the ranges hold")]
    to: Annotated[Year, Field(description="last year for which they hold")]
    counting: Annotated[
        Literal["loading", "start_i_1991"],
        Field(description="loading: what is thought to be on the carriers; else the treaty whose rules attribute them"),
    ] = "loading"
    legs: Annotated[dict[LegName, Leg], Field(min_length=1)]
    able_to_reach: Annotated[
        Count | None,
        Field(description="warheads on carriers of intercontinental reach, for parties of which that is less than all"),
    ] = None
    stockpile: Annotated[Count | None, Field(description="all warheads for military use, retired ones left out")] = None
    published: Annotated[list[Published], Field(description="totals that the nominal values of the legs meet exactly")]

    @model_validator(mode="after")
    def _adds_up(self) -> "Forces":
        problems = [f"ends in {self.to}, before it begins in {self.since}"] if self.to < self.since else []
        for total in self.published:
            missing = [name for name in total.legs if name not in self.legs]
            if missing:
                problems.append(
                    f"a total of {total.value} {total.what} counts the leg {missing[0]}, which is not given"
                )
                continue
            found = sum(getattr(self.legs[name], total.what).nominal for name in total.legs)
            if found != total.value:
                said = " and ".join(total.legs)
                problems.append(f"{total.what} of {said} add up to {found:g}, and the source says {total.value}")
        within_all = self.able_to_reach, self.stockpile
        if within_all[0] and within_all[1] and within_all[0].high > within_all[1].high:
            problems.append(
                f"{within_all[0].high:g} able to reach are more than the stockpile of {within_all[1].high:g}"
            )
        if problems:
            raise ValueError("; ".join(problems))
        return self


class Counted(Part):
    """What New START counted of one party: deployed missiles and bombers, their warheads, and all launchers."""

    deployed_vehicles: Number
    deployed_warheads: Annotated[Number, Field(description="a deployed heavy bomber counts as one")]
    all_launchers: Annotated[Number, Field(description="deployed and not deployed launchers and bombers")]

    @model_validator(mode="after")
    def _deployed_are_some_of_all(self) -> "Counted":
        if self.deployed_vehicles > self.all_launchers:
            raise ValueError(f"{self.deployed_vehicles} deployed are more than {self.all_launchers} in all")
        if self.deployed_warheads and not self.deployed_vehicles:
            raise ValueError(f"{self.deployed_warheads} warheads without carriers; give carriers, or no warheads")
        return self


class Exchange(Row):
    """One exchange of numbers under New START, by its counting rules."""

    kind: Literal["exchange"] = "exchange"
    as_of: Date
    counting: Literal["new_start_2010"] = "new_start_2010"
    united_states: Counted
    russia: Annotated[Counted | None, Field(description="none: it gave no numbers")] = None


class Inventory(Row):
    """All warheads of each party in one January, retired ones too, as SIPRI printed them."""

    kind: Literal["inventory"] = "inventory"
    year: Year
    inventory: dict[Nation, Number]
    deployed: Annotated[dict[Nation, Number], Field(default_factory=dict)]

    @model_validator(mode="after")
    def _deployed_are_some_of_all(self) -> "Inventory":
        for party, deployed in self.deployed.items():
            if deployed > self.inventory.get(party, 0):
                raise ValueError(f"{deployed} deployed of {party} are more than its inventory")
        return self
