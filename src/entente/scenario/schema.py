"""What a scenario file may say: every key with its type, unit and limits.

A key carries its unit (`min_range_km`). A value that nobody knows exactly is a `Ranged`: low, nominal, high.
"""

from typing import Annotated, Literal

from pydantic import Field, ModelWrapValidatorHandler, ValidationInfo, model_validator

from entente.scenario.accords import Bound, Measure, fits
from entente.scenario.parts import (
    Finding,
    Latitude,
    Longitude,
    Moment,
    Name,
    Part,
    PartyName,
    Ranged,
    RangedProbability,
    RangedSeconds,
    Source,
    Status,
    Text,
)
from entente.scenario.systems import Ally, Rung
from entente.scenario.told import told

RungNumber = Annotated[int, Field(ge=0, le=99)]


class Release(Part):
    """What a party lets go of, and how coarse: threshold, then class, area, delay, fields."""

    min_range_km: Annotated[
        float, Field(ge=0, le=20_000, description="flights predicted shorter than this are not released")
    ]
    area_floor_km: Annotated[
        float, Field(ge=0, le=1_000, description="added to the 1-sigma axes of every area, in quadrature")
    ]
    warning_delay_s: RangedSeconds
    track_sigma_km: Annotated[
        float, Field(ge=0, le=100, description="released positions are blurred by a constant bias of this size")
    ]
    track_delay_s: RangedSeconds
    track_interval_s: Annotated[float, Field(gt=0, le=600)]
    availability: Annotated[
        RangedProbability, Field(description="share of the time at which the line to the other side works")
    ] = Ranged(low=1, nominal=1, high=1)
    outage_s: Annotated[
        RangedSeconds, Field(description="mean length of an outage; what was to be sent waits for its end")
    ] = Ranged(low=300, nominal=300, high=300)
    # Both assumed. Frames: a boresight known to 0.005 deg is 170 m off at 2,000 km; clocks: time stamps to a tenth of a second.
    registration_sigma_km: Annotated[
        float,
        Field(gt=0, le=5, description="declared: 1-sigma offset of its frame from the common one, each component"),
    ] = 0.2
    clock_sigma_s: Annotated[float, Field(gt=0, le=2, description="declared: 1-sigma offset of its clock")] = 0.1
    # Assumed: as much again as a satellite of the catalogue errs by itself, 3 km on the ground below.
    report_sigma_deg: Annotated[
        float, Field(ge=0, le=5, description="lines of sight given to a joint centre are blurred by this much")
    ] = 0.005


class WarningRule(Part):
    """When a party itself calls a warning credible."""

    phenomenologies: Annotated[int, Field(ge=1, le=2)] = 2
    or_confirmed_track: bool = True
    impact_area_max_km2: Annotated[float, Field(gt=0, le=1e7, description="the 90 % impact area must be smaller")] = (
        500_000.0
    )


class Sector(Part):
    """A stretch of the Earth between two parallels and two meridians; across the date line write two."""

    south_deg: Latitude
    north_deg: Latitude
    west_deg: Longitude
    east_deg: Longitude

    @model_validator(mode="after")
    def _holds_something(self) -> "Sector":
        for low, high in (("south_deg", "north_deg"), ("west_deg", "east_deg")):
            if getattr(self, high) <= getattr(self, low):
                raise ValueError(f"{high} {getattr(self, high):g} must be more than {low} {getattr(self, low):g}")
        return self


class Party(Part):
    """One of the two parties, with the rules it has declared."""

    name: PartyName
    title: Text
    allies: Annotated[
        list[Ally],
        Field(
            description="owners whose systems stand on this party's screens as its own; nothing passes between them late"
        ),
    ] = []
    warning: WarningRule
    release: Release
    answers_for: Annotated[
        list[Name], Field(description="regions that this party defends first where the rung has such rules")
    ] = []
    sectors: Annotated[
        list[Sector],
        Field(
            description="over which it answers everything under sectoral engagement; none for either party: each place is "
            "in the sector of whoever answers for the nearest region"
        ),
    ] = []
    priorities: Annotated[
        list[Name], Field(min_length=1, description="the measures by which this party judges a step")
    ] = ["warning_lead_s", "impact_area_90_km2", "p_no_leaker"]
    source: Source


class OnGrid(Part):
    """Something at a centroid of a half-degree grid: never a place."""

    name: Name
    title: Text
    lat_deg: Latitude
    lon_deg: Longitude

    @model_validator(mode="after")
    def _on_the_grid(self) -> "OnGrid":
        for key in ("lat_deg", "lon_deg"):
            if (getattr(self, key) * 2) % 1:
                raise ValueError(
                    f"{key} {getattr(self, key):g} is not on the half-degree grid; regions are never places"
                )
        return self


class Region(OnGrid):
    """A launch or impact region: a centroid on a half-degree grid, and a radius."""

    radius_km: Annotated[float, Field(ge=0, le=1_000)]


class CriticalSite(OnGrid):
    """A notional site that must not be hit: a class that the scenario places, never a real facility."""

    kind: Literal["power station", "chemical plant", "dam", "port", "seat of government"]


class Notice(Part):
    """A launch announced beforehand, and how surely those on duty get to know."""

    by: Literal[PartyName, "third party"]
    to: Annotated[list[PartyName], Field(description="whom a third party tells; a party tells the other")] = []
    window_s: Annotated[float, Field(gt=0, le=30 * 86_400, description="length of the announced window")]
    radius_km: Annotated[float, Field(gt=0, le=1_000, description="of the announced launch area")]
    passed_on: Annotated[RangedProbability, Field(description="chance that a notice received reaches those on duty")]
    source: Source


class Doctrine(Part):
    """How sites spend what they have: one salvo, or a second one after a look; and what is held back."""

    rule: Annotated[
        Literal["barrage", "shoot-look-shoot"],
        Field(description="one salvo; or a second one at what is then taken for a survivor, where a window is left"),
    ] = "barrage"
    second_shots: Annotated[
        int | None, Field(ge=1, le=8, description="of the second salvo; as many as of the first if left out")
    ] = None
    look_s: Annotated[
        RangedSeconds, Field(description="from the first meeting until it is judged whether the body is stopped")
    ] = Ranged(low=5, nominal=15, high=60)
    look_right: Annotated[
        RangedProbability, Field(description="chance to judge right on a track as good as the seeker needs")
    ] = Ranged(low=0.6, nominal=0.8, high=0.95)
    reserve: Annotated[float, Field(ge=0, lt=1, description="share of each site's interceptors that is held back")] = (
        0.0
    )
    source: Source = "assumed: no source states how a look is judged"

    @model_validator(mode="after")
    def _one_rule(self) -> "Doctrine":
        if self.rule == "barrage" and self.second_shots is not None:
            raise ValueError("second_shots belongs to the rule shoot-look-shoot; leave it out, or name that rule")
        if self.look_right.low < 0.5:
            raise ValueError(f"look_right from {self.look_right.low:g} up is worse than a coin; give 0.5 to 1")
        return self


class TwoKeys(Part):
    """What joint engagement asks for: both parties agree to each salvo."""

    delay_s: Annotated[RangedSeconds, Field(description="that the second key takes, on top of the delay of commit")] = (
        Ranged(low=5, nominal=20, high=60)
    )
    refusal: Annotated[RangedProbability, Field(description="chance that one of the two keys is not turned")] = Ranged(
        low=0, nominal=0.05, high=0.2
    )
    source: Source = "invented: no joint system has ever been run by two keys"


class Case(Part):
    """What is launched, by whom, from where to where, and whether it was announced."""

    name: Name
    title: Text
    nature: Annotated[
        Literal["attack", "test", "space launch", "sounding rocket"], Field(description="what it is in truth")
    ] = "attack"
    launched_by: Literal[PartyName, "third party"] = "third party"
    notice: Notice | None = None
    vehicle: Name
    origin: Name
    target: Name
    launches: Annotated[int, Field(ge=1, le=10)] = 1
    loft: Annotated[
        Literal["lofted", "depressed"], Field(description="which of the two arcs through the planned range")
    ] = "lofted"
    launch_s: Annotated[float, Field(ge=0, le=86_400, description="after the epoch")] = 0.0
    shots_per_object: Annotated[int, Field(ge=1, le=8, description="interceptors of a site's salvo at an object")] = 2
    doctrine: Doctrine = Doctrine()


class Assumption(Part):
    """One ranged input of the catalogue or of a party, taken otherwise in this scenario."""

    input: Annotated[
        str, Field(pattern=r"^[a-z0-9_-]+(\.[A-Za-z0-9_]+)+$", description="row and key, such as gbi.p_kill")
    ]
    value: Annotated[Ranged, Field(description="what stands in the place of the catalogue's range, in the key's unit")]
    source: Source


class ProposedLimit(Part):
    """A limit that nobody has agreed to, which this scenario tries: `entente comply` says what it would come to."""

    name: Name
    title: Text
    measure: Annotated[Measure, Field(description="what is computed of each party and compared with the value")]
    value: Annotated[float, Field(ge=0)]
    unit: Annotated[str, Field(min_length=1, description="such as km/s, interceptors or warheads: of the measure")]
    bound: Bound = "at most"
    parties: Annotated[list[PartyName], Field(description="whom it would bind; both if left out")] = []
    source: Source

    @model_validator(mode="after")
    def _in_the_measures_unit(self) -> "ProposedLimit":
        fits(self.measure, self.unit)
        return self


class OutOfScope(Part):
    """Something real that this version does not model, and what leaving it out does to each finding."""

    what: Text
    effect: Annotated[
        dict[Finding, Text],
        Field(min_length=1, description="what leaving it out does, for each finding that it touches"),
    ]
    source: Source


class Stress(Part):
    """What goes wrong between the two systems, over and above what the parties declare; the same for both directions.

    Bias and skew are declared to nobody and stand in no covariance: whoever receives the data cannot know of them.
    """

    bias_km: Annotated[
        float, Field(ge=0, le=50, description="by which a giver's common frame is off, in a direction that is drawn")
    ] = 0.0
    clock_skew_s: Annotated[
        float, Field(ge=0, le=60, description="by which a giver's time stamps are off, early or late as drawn")
    ] = 0.0
    latency_s: Annotated[float, Field(ge=0, le=3_600, description="added to every declared delay")] = 0.0
    availability: Annotated[
        float, Field(ge=0.05, le=1, description="share of the time that a second cause of outages leaves the line up")
    ] = 1.0
    coarsening_km: Annotated[
        float, Field(ge=0, le=50, description="one more blur of this size, declared, on positions and areas")
    ] = 0.0

    @model_validator(mode="wrap")
    @classmethod
    def _told(cls, given: object, handler: ModelWrapValidatorHandler["Stress"], info: ValidationInfo) -> "Stress":
        return told(cls, given, handler, info)


class Step(Part):
    """One step of a path: from this year on, this rung."""

    year: Annotated[int, Field(ge=1945, le=2100, description="the first year on this rung")]
    rung: RungNumber


class Way(Part):
    """An ordered series of rungs over years, up or down."""

    name: Name
    title: Text
    steps: Annotated[
        list[Step], Field(min_length=1, description="from the earliest year on; the last may lead down again")
    ]

    @model_validator(mode="after")
    def _forward_in_time(self) -> "Way":
        for earlier, later in zip(self.steps, self.steps[1:], strict=False):
            if later.year <= earlier.year:
                raise ValueError(f"the step of {later.year} stands after the one of {earlier.year}; years must rise")
        return self


class Scenario(Part):
    """A possible world: who, when, which cases, which rungs."""

    entente: Literal[1]
    based_on: Annotated[
        Name | None, Field(description="another scenario, whose top-level keys hold where this file has none")
    ] = None
    title: Text
    question: Text
    origin: Literal["study", "exercise"] = "study"
    epoch: Moment
    status: Annotated[list[Status], Field(min_length=1)] = ["deployed"]
    parties: Annotated[list[Party], Field(min_length=2, max_length=2)]
    regions: Annotated[list[Region], Field(min_length=2)]
    cases: Annotated[
        list[Case], Field(min_length=1, description="what is launched; without a launch there is no question")
    ]
    rungs: Annotated[list[RungNumber], Field(min_length=1)]
    ladder: Annotated[
        list[Rung], Field(description="rungs of this scenario's own; one with a number of the ladder stands in for it")
    ] = []
    critical_sites: Annotated[
        list[CriticalSite], Field(description="notional sites; a measure counts those inside an impact area")
    ] = []
    paths: Annotated[list[Way], Field(description="series of rungs over years, walked over the rungs computed")] = []
    seeds: Annotated[int, Field(ge=1, le=100_000)] = 100
    inputs: Literal["drawn", "nominal"] = "drawn"
    stress: Annotated[Stress, Field(description="what goes wrong between the two systems, at every rung")] = Stress()
    two_keys: Annotated[TwoKeys, Field(description="used at rungs with joint engagement only")] = TwoKeys()
    exclude: Annotated[list[Name], Field(description="systems of the catalogue left out, by id")] = []
    assume: Annotated[
        list[Assumption], Field(description="inputs taken otherwise than in the catalogue, each with its source")
    ] = []
    limits: Annotated[
        list[ProposedLimit],
        Field(description="limits proposed here, judged beside those of agreements; no model uses them"),
    ] = []
    out_of_scope: Annotated[
        list[OutOfScope], Field(description="what is real and not modelled, for the reader of the findings")
    ] = []
