"""What keys and values are made of: the common rules, a number nobody knows exactly, and the types with their limits.

Limits are wide enough for any real system and narrow enough to catch a slip of units (metres for kilometres).
"""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

FROM_FILE = "a file"  # the context in which a reader validates: it knows the line of each mistake


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


def within(least: float, most: float) -> AfterValidator:
    """Validate that all of a range lies inside these limits."""
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


def as_tuple(value: object) -> object:
    """A list becomes a tuple, and those within it, so that what holds it can be a key."""
    return tuple(map(as_tuple, value)) if isinstance(value, list | tuple) else value


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
Finding = Literal["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8"]

RangedKm = Annotated[Ranged, within(0, 50_000)]
RangedSpeed = Annotated[Ranged, within(0.1, 12)]
RangedProbability = Annotated[Ranged, within(0, 1)]
RangedSeconds = Annotated[Ranged, within(0, 3_600)]
RangedArea = Annotated[Ranged, within(1e-5, 1e3)]
RangedDegrees = Annotated[Ranged, within(1e-5, 10)]
RangedThrust = Annotated[Ranged, within(0.1, 10_000)]
RangedFactor = Annotated[Ranged, within(1, 10_000)]
