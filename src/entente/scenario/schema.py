"""What a scenario file and the catalogue may say: every key with its type, unit and limits.

A key carries its unit (`reach_km`). A value that nobody knows exactly is a `Ranged`: low, nominal, high.
Limits are wide enough for any real system and narrow enough to catch a slip of units (metres for kilometres).
"""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator


class Part(BaseModel):
    """Common rules: unknown keys are errors, nan and infinity are errors, and a part never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


class Ranged(Part):
    """A number nobody knows exactly. Half the probability lies below `nominal`, half above.

    Each half is uniform, in the logarithm where high/low is 10 or more. A bare number means no uncertainty.
    """

    low: float
    nominal: float
    high: float

    @model_validator(mode="before")
    @classmethod
    def _bare_number(cls, value: object) -> object:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return {"low": value, "nominal": value, "high": value}
        return value

    @model_validator(mode="after")
    def _ordered(self) -> "Ranged":
        if not self.low <= self.nominal <= self.high:
            raise ValueError(f"low {self.low:g}, nominal {self.nominal:g}, high {self.high:g} are not in rising order")
        return self


@dataclass(frozen=True)
class Within:
    """The limits of a `Ranged`, kept where messages can read them."""

    least: float
    most: float

    def __call__(self, value: Ranged) -> Ranged:
        """The value itself, when all of it lies inside."""
        if value.low < self.least or value.high > self.most:
            given = f"{value.low:.12g} to {value.high:.12g}" if value.low < value.high else f"{value.high:.12g}"
            raise ValueError(f"{given} is outside {self.least:g} to {self.most:g}")
        return value


def _within(least: float, most: float) -> AfterValidator:
    return AfterValidator(Within(least, most))


def _date(value: object) -> object:
    """ISO dates stay text in YAML 1.2; a bare year means its first day."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = f"{value:04d}-01-01"
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value[:40]!r} is not a date; write 2013-06-01, or a year") from None
    return value


def _utc(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value[:40]!r} is not a moment; write 2013-06-01T12:00:00Z") from None
    if moment.tzinfo is None:
        raise ValueError(f"{value[:40]!r} has no time zone; write 2013-06-01T12:00:00Z")
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError(f"{value[:40]!r} lies outside the years 1 to 9999") from None


def _tuple(value: object) -> object:
    """A list becomes a tuple, so that what holds it can be a key."""
    return tuple(value) if isinstance(value, list) else value


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=64)]
Text = Annotated[str, Field(min_length=1, max_length=600)]
Source = Annotated[str, Field(min_length=8, max_length=900, description="where the numbers come from")]
Date = Annotated[dt.date, BeforeValidator(_date)]
Moment = Annotated[dt.datetime, BeforeValidator(_utc)]
Latitude = Annotated[float, Field(ge=-90, le=90, description="geodetic, north positive")]
Longitude = Annotated[float, Field(ge=-180, le=180, description="east positive")]
Azimuth = Annotated[float, Field(ge=0, le=360, description="clockwise from north")]
Elevation = Annotated[float, Field(ge=-5, le=90, description="above the local horizontal")]
Seconds = Annotated[float, Field(ge=0, le=86_400)]
Basis = Literal["retrieved", "secondary", "recalled", "derived", "assumed", "invented"]
Confidence = Literal["high", "medium", "low"]
Status = Literal["deployed", "planned", "cancelled", "retired"]
PartyName = Literal["us_nato", "russia"]

RangedKm = Annotated[Ranged, _within(0, 50_000)]
RangedSpeed = Annotated[Ranged, _within(0.1, 12)]
RangedProbability = Annotated[Ranged, _within(0, 1)]
RangedSeconds = Annotated[Ranged, _within(0, 3_600)]
RangedArea = Annotated[Ranged, _within(1e-5, 1e3)]
RangedDegrees = Annotated[Ranged, _within(1e-5, 10)]


class Row(Part):
    """What every catalogue row says about itself: what it is, whose, since when, and who says so."""

    id: Name
    title: Text
    source: Annotated[list[Source], Field(min_length=1)]
    basis: Basis
    confidence: Confidence
    notes: Text | None = None


class Stay(Part):
    """One period in the life of a system; `to` is the first day it no longer holds."""

    status: Status
    since: Date
    to: Date | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Stay":
        if self.to is not None and self.to <= self.since:
            raise ValueError(f"ends on {self.to}, not after it begins on {self.since}")
        return self


class System(Row):
    """A row that someone owns and that comes and goes."""

    owner: PartyName
    periods: Annotated[list[Stay], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_after_the_other(self) -> "System":
        for earlier, later in zip(self.periods, self.periods[1:], strict=False):
            if earlier.to is None or later.since < earlier.to:
                raise ValueError(f"the period since {later.since} begins before the one since {earlier.since} ends")
        return self

    def status_on(self, day: dt.date) -> Status | None:
        """The status on that day, or None before the first period and in gaps."""
        for stay in self.periods:
            if stay.since <= day and (stay.to is None or day < stay.to):
                return stay.status
        return None


class Face(Part):
    """One face of a radar: where it looks."""

    boresight_deg: Azimuth
    half_width_deg: Annotated[float, Field(gt=0, le=180)]


class Radar(System):
    """A ground radar, as open sources describe it."""

    kind: Literal["radar"] = "radar"
    lat_deg: Latitude
    lon_deg: Longitude
    band: Literal["HF", "VHF", "UHF", "L", "S", "C", "X"]
    faces: Annotated[list[Face], Field(min_length=1, max_length=6)]
    min_elevation_deg: Elevation
    max_elevation_deg: Annotated[float, Field(ge=0, le=90)]
    reach_km: Annotated[
        RangedKm, Field(description="range at which one look detects the reference target with chance 0.5")
    ]
    reference_rcs_m2: Annotated[
        RangedArea, Field(description="cross-section for which the published range is taken to hold")
    ]
    revisit_s: Annotated[float, Field(gt=0, le=600)]
    range_sigma_m: Annotated[float, Field(gt=0, le=10_000)]
    angle_sigma_deg: RangedDegrees
    false_alarms_per_scan: Annotated[float, Field(ge=0, le=100)]


class Satellite(System):
    """A geostationary infrared early-warning satellite."""

    kind: Literal["satellite"] = "satellite"
    longitude_deg: Longitude
    revisit_s: Annotated[float, Field(gt=0, le=600)]
    angle_sigma_deg: RangedDegrees
    p_detect: RangedProbability
    cloud_break_km: Annotated[
        RangedKm, Field(description="altitude below which clouds hide a plume; drawn per history")
    ]
    report_latency_s: RangedSeconds
    false_alarms_per_scan: Annotated[float, Field(ge=0, le=100)]


class Interceptor(System):
    """One site, or one ship's notional patrol area, with its interceptors."""

    kind: Literal["interceptor"] = "interceptor"
    lat_deg: Latitude
    lon_deg: Longitude
    inventory: Annotated[int, Field(ge=0, le=1000)]
    nuclear_armed: bool = False
    burnout_speed_km_s: RangedSpeed
    boost_s: RangedSeconds
    floor_km: RangedKm
    ceiling_km: RangedKm
    p_kill: Annotated[RangedProbability, Field(description="one shot, against a target correctly picked out")]
    p_common: Annotated[
        RangedProbability, Field(description="chance that detection, tracking and classification hold for this object")
    ]
    handover_sigma_km: Annotated[RangedKm, Field(description="largest position error (1 sigma, per axis) at commit")]
    commit_delay_s: Annotated[RangedSeconds, Field(description="from a good enough track to ignition")]


class Stage(Part):
    """One stage of a generic vehicle. `fuelled_kg` excludes everything above the stage."""

    fuelled_kg: Annotated[float, Field(gt=0, le=1e6)]
    dry_kg: Annotated[float, Field(gt=0, le=1e5)]
    isp_s: Annotated[float, Field(gt=100, le=500, description="in vacuum")]
    burn_s: Annotated[float, Field(gt=1, le=600)]
    diameter_m: Annotated[float, Field(gt=0, le=12)]
    sea_level_loss: Annotated[
        float, Field(ge=0, lt=0.5, description="share of the vacuum thrust lost at sea level")
    ] = 0.02

    @model_validator(mode="after")
    def _burns_something(self) -> "Stage":
        if self.dry_kg >= self.fuelled_kg:
            raise ValueError(f"dry_kg {self.dry_kg:g} leaves no propellant in fuelled_kg {self.fuelled_kg:g}")
        return self


class Vehicle(Part):
    """The masses and engines of a generic ballistic missile; never a particular weapon."""

    stages: Annotated[tuple[Stage, ...], BeforeValidator(_tuple), Field(min_length=1, max_length=4)]
    payload_kg: Annotated[float, Field(gt=0, le=30_000)]
    separates: Annotated[bool, Field(description="the payload re-enters alone, not with the empty last stage")] = False
    ballistic_coefficient_kg_m2: Annotated[Ranged, _within(100, 50_000)] | None = None

    @model_validator(mode="after")
    def _re_enters_somehow(self) -> "Vehicle":
        if self.separates and self.ballistic_coefficient_kg_m2 is None:
            raise ValueError("a payload that separates needs a ballistic_coefficient_kg_m2")
        return self


class VehicleClass(Row):
    """A class of ballistic missile: how it flies and how large it looks."""

    kind: Literal["vehicle"] = "vehicle"
    range_class: Literal["SRBM", "MRBM", "IRBM", "ICBM", "SLBM", "space launch", "sounding rocket"]
    vehicle: Vehicle
    rcs_m2: Annotated[
        dict[Literal["boost", "coast"], dict[Literal["VHF", "UHF", "L", "S", "C", "X"], RangedArea]],
        Field(min_length=2),
    ]


class Rung(Part):
    """A named set of switches: what flows, how it is released, who fuses, how engagements are coordinated."""

    rung: Annotated[int, Field(ge=0, le=8)]
    name: Text
    flows: list[Literal["notices", "warnings", "tracks", "reports", "rules", "assignments"]]
    fusion: Literal["none", "receiver", "centre"]
    engagement: Literal["alone", "deconflicted", "coordinated", "sectoral", "joint"]
    source: Annotated[list[Source], Field(min_length=1)]


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


class WarningRule(Part):
    """When a party itself calls a warning credible."""

    phenomenologies: Annotated[int, Field(ge=1, le=2)] = 2
    or_confirmed_track: bool = True
    impact_area_max_km2: Annotated[float, Field(gt=0, le=1e7, description="the 90 % impact area must be smaller")] = (
        500_000.0
    )


class Party(Part):
    """One of the two parties, with the rules it has declared."""

    name: PartyName
    title: Text
    warning: WarningRule
    release: Release
    source: Source


class Region(Part):
    """A launch or impact region: a centroid on a half-degree grid, and a radius."""

    name: Name
    title: Text
    lat_deg: Latitude
    lon_deg: Longitude
    radius_km: Annotated[float, Field(ge=0, le=1_000)]

    @model_validator(mode="after")
    def _on_the_grid(self) -> "Region":
        for key in ("lat_deg", "lon_deg"):
            if (getattr(self, key) * 2) % 1:
                raise ValueError(
                    f"{key} {getattr(self, key):g} is not on the half-degree grid; regions are never places"
                )
        return self


class Case(Part):
    """What is launched, from where to where."""

    name: Name
    title: Text
    vehicle: Name
    origin: Name
    target: Name
    launches: Annotated[int, Field(ge=1, le=10)] = 1
    loft: Annotated[
        Literal["lofted", "depressed"], Field(description="which of the two arcs through the planned range")
    ] = "lofted"
    launch_s: Annotated[float, Field(ge=0, le=86_400, description="after the epoch")] = 0.0
    shots_per_object: Annotated[int, Field(ge=1, le=8)] = 2


class Scenario(Part):
    """A possible world: who, when, which cases, which rungs."""

    entente: Literal[1]
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
    rungs: Annotated[list[Annotated[int, Field(ge=0, le=8)]], Field(min_length=1)]
    seeds: Annotated[int, Field(ge=1, le=100_000)] = 100
    inputs: Literal["drawn", "nominal"] = "drawn"
    exclude: list[Name] = []
