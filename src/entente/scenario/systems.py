"""What the catalogue may say: every kind of row, with the type, unit and limits of each key.

A key carries its unit (`reach_km`). A value that nobody knows exactly is a `Ranged`: low, nominal, high.
"""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, ModelWrapValidatorHandler, ValidationInfo, model_validator

from entente.scenario.parts import (
    Azimuth,
    Basis,
    Confidence,
    Date,
    Elevation,
    Latitude,
    Longitude,
    Name,
    Part,
    PartyName,
    RangedArea,
    RangedDegrees,
    RangedFactor,
    RangedKm,
    RangedProbability,
    RangedSeconds,
    RangedSpeed,
    RangedThrust,
    Source,
    Status,
    Text,
)
from entente.scenario.told import told
from entente.scenario.vehicle import Vehicle

Ally = Literal["china", "israel", "japan", "south_korea", "taiwan"]  # who may stand beside a party
Owner = Literal[PartyName, Ally, "other"]  # other: nobody whom the models know
Flow = Literal["notices", "warnings", "tracks", "reports", "rules", "assignments"]


class Row(Part):
    """What every catalogue row says about itself: what it is, whose, since when, and who says so."""

    id: Name
    title: Text
    source: Annotated[list[Source], Field(min_length=1)]
    basis: Basis
    confidence: Confidence
    notes: Text | None = None
    assumed: Annotated[
        list[str], Field(description="the keys whose values no source states: a verdict they decide is capped")
    ] = []


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

    owner: Owner
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
    """One face of a radar: where it looks.

    Attributes:
        boresight_deg, boresight_elevation_deg: the direction at right angles to the array; how far arrays lean back is
            rarely published: 20 is what is said of the PAVE PAWS family (recalled), and assumed of all others.
        half_width_deg: of the published sector in azimuth; above 90 the antenna turns to what it looks at.
        off_boresight_deg: how far the array steers its beam; left out, the sector and the elevations are the only limits.
        min_elevation_deg, max_elevation_deg: of this face, where they differ from those of its radar.
    """

    boresight_deg: Azimuth
    half_width_deg: Annotated[float, Field(gt=0, le=180)]
    boresight_elevation_deg: Annotated[Elevation, Field(description="how far the array leans back")] = 20.0
    off_boresight_deg: Annotated[float | None, Field(gt=0, le=90, description="how far the array steers")] = None
    min_elevation_deg: Elevation | None = None
    max_elevation_deg: Annotated[float | None, Field(ge=0, le=90)] = None


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

    @model_validator(mode="after")
    def _looks_somewhere(self) -> "Radar":
        problems = []
        for number, face in enumerate(self.faces, 1):
            low, high = self.elevations(face)
            if low >= high:
                problems.append(f"face {number} looks from elevation {low:g} up to {high:g}; the second must be higher")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def elevations(self, face: Face) -> tuple[float, float]:
        """The lowest and highest elevation of a face [deg]: its own, or the radar's."""
        low, high = face.min_elevation_deg, face.max_elevation_deg
        return (
            self.min_elevation_deg if low is None else low,
            self.max_elevation_deg if high is None else high,
        )


class Orbit(Part):
    """An elliptical orbit, named by what it looks like from the ground.

    Attributes:
        perigee_km, apogee_km: heights above the equator's radius of 6,378.137 km, 150 to 50,000 and to 80,000.
        inclination_deg: of its plane to the equator's, 0 to 180; above 90 it runs westward.
        argument_of_perigee_deg: from the northward crossing of the equator to the perigee, 0 to 360; at 270 the apogee
            is the northernmost point.
        apogee_longitude_deg: the meridian below one passage of the apogee, -180 to 180.
        phase: revolutions ahead of the constellation's own place, 0 to below 2.
        constellation: satellites of one name keep their spacing, for one draw places them all in a history; None: a
            satellite with a draw of its own.
    Valid: any heights are taken. The early-warning orbits that it is meant for repeat their tracks; whether this one does,
        `ground_track` says (`repeats`, `track_shift_deg`).
    """

    constellation: Annotated[
        Name | None, Field(description="satellites that keep their spacing: one draw places them all")
    ] = None
    perigee_km: Annotated[float, Field(ge=150, le=50_000)]
    apogee_km: Annotated[float, Field(ge=150, le=80_000)]
    inclination_deg: Annotated[float, Field(ge=0, le=180)]
    argument_of_perigee_deg: Annotated[float, Field(ge=0, le=360)]
    apogee_longitude_deg: Longitude
    phase: Annotated[float, Field(ge=0, lt=2, description="periods ahead of the constellation's own place")] = 0.0

    @model_validator(mode="after")
    def _apogee_above_perigee(self) -> "Orbit":
        if self.apogee_km < self.perigee_km:
            raise ValueError(f"apogee_km {self.apogee_km:g} lies below perigee_km {self.perigee_km:g}")
        return self

    @model_validator(mode="wrap")
    @classmethod
    def _in_lines(cls, given: object, handler: ModelWrapValidatorHandler["Orbit"], info: ValidationInfo) -> "Orbit":
        return told(cls, given, handler, info)


class Satellite(System):
    """An infrared early-warning satellite: geostationary, or on a highly elliptical orbit."""

    kind: Literal["satellite"] = "satellite"
    longitude_deg: Annotated[Longitude | None, Field(description="geostationary satellites only")] = None
    orbit: Annotated[Orbit | None, Field(description="all others")] = None
    revisit_s: Annotated[float, Field(gt=0, le=600)]
    angle_sigma_deg: RangedDegrees
    p_detect: RangedProbability
    cloud_break_km: Annotated[
        RangedKm, Field(description="altitude below which clouds hide a plume; drawn per history")
    ]
    dimmest_plume_kn: Annotated[
        RangedThrust,
        Field(description="thrust whose plume it just sees in full, low and in clear air, before the Earth"),
    ]
    report_latency_s: RangedSeconds
    false_alarms_per_scan: Annotated[float, Field(ge=0, le=100)]
    glint_factor: Annotated[
        RangedFactor, Field(description="times more false detections while sunlit clouds glint towards it")
    ]

    @model_validator(mode="after")
    def _somewhere(self) -> "Satellite":
        if (self.longitude_deg is None) == (self.orbit is None):
            given = "neither" if self.orbit is None else "both"
            raise ValueError(f"{given} of longitude_deg and orbit is given; give one of the two")
        return self


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
    target_speed_max_km_s: Annotated[
        RangedSpeed | None, Field(description="faster targets are not engaged; no such limit if left out")
    ] = None
    range_max_km: Annotated[
        RangedKm | None, Field(description="largest distance from the site along the ground; no such limit if left out")
    ] = None


class NotComputable(System):
    """A system that open sources do not let us compute: listed with the reason, never in a model."""

    kind: Literal["not computable"] = "not computable"
    periods: list[Stay] = []
    why_not: Annotated[Text, Field(description="what is missing, or what the models cannot say")]
    figures: Annotated[Text | None, Field(description="what is said of it, in words")] = None
    nuclear_armed: bool = False


class VehicleClass(Row):
    """A class of ballistic missile: how it flies and how large it looks."""

    kind: Literal["vehicle"] = "vehicle"
    range_class: Literal["SRBM", "MRBM", "IRBM", "ICBM", "SLBM", "space launch", "sounding rocket"]
    vehicle: Vehicle
    rcs_m2: Annotated[
        dict[Literal["boost", "coast"], dict[Literal["VHF", "UHF", "L", "S", "C", "X"], RangedArea]],
        Field(min_length=2),
    ]


class TestRecord(Row):
    """How often a system hit in tests, as one source counts; never an input of a model."""

    kind: Literal["tests"] = "tests"
    system: Text
    as_of: Date
    hits: Annotated[int, Field(ge=0)]
    tests: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _no_more_hits_than_tests(self) -> "TestRecord":
        if self.hits > self.tests:
            raise ValueError(f"{self.hits} hits of {self.tests} tests; there cannot be more hits than tests")
        return self


class Switches(Part):
    """What a step of cooperation turns on: what flows, who fuses, how engagements are coordinated."""

    flows: list[Flow]
    fusion: Literal["none", "receiver", "centre"]
    engagement: Literal["alone", "deconflicted", "coordinated", "sectoral", "joint"]

    @model_validator(mode="after")
    def _not_contradictory(self) -> "Switches":
        """What is fused must flow, and rules that are kept must have been agreed."""
        needed: dict[str, Flow] = {
            "receiver": "tracks",
            "centre": "tracks",
            "deconflicted": "rules",
            "coordinated": "assignments",
            "sectoral": "assignments",
            "joint": "assignments",
        }
        for key in ("fusion", "engagement"):
            value = getattr(self, key)
            if value in needed and needed[value] not in self.flows:
                raise ValueError(f"{key} {value} needs {needed[value]} among flows, which are {self.flows or 'empty'}")
        if len(set(self.flows)) < len(self.flows):
            raise ValueError(f"flows {self.flows} name something twice")
        return self


class Rung(Switches):
    """A named set of switches, and what the step means for those who take it."""

    rung: Annotated[int, Field(ge=0, le=99)]
    name: Text
    gives: Annotated[list[Text], Field(description="facts that a party lets the other know by taking part")] = []
    needs: Annotated[list[Text], Field(description="what must be in place before the step")] = []
    source: Annotated[list[Source], Field(min_length=1)]
