"""What flies: the stages of a generic vehicle, and what sits on top of them."""

import math
from itertools import pairwise
from typing import Annotated

from pydantic import BeforeValidator, Field, ModelWrapValidatorHandler, ValidationInfo, model_validator

from entente.constants import G0
from entente.scenario.parts import Part, Ranged, as_tuple, within
from entente.scenario.told import told

SHORTEST, LONGEST = 1.0, 600.0  # s  of burning


class Stage(Part):
    """One stage of a generic vehicle. `fuelled_kg` excludes everything above the stage.

    Either the burn time or the vacuum thrust may be left out: the one follows from the other, the propellant and the
    specific impulse. With both given, propellant that is not burnt falls off with the stage.
    """

    fuelled_kg: Annotated[float, Field(gt=0, le=1e6)]
    dry_kg: Annotated[float, Field(gt=0, le=1e5)]
    isp_s: Annotated[float, Field(gt=100, le=500, description="in vacuum")]
    burn_s: Annotated[float | None, Field(ge=SHORTEST, le=LONGEST)] = None
    diameter_m: Annotated[float, Field(gt=0, le=12)]
    thrust_kn: Annotated[float | None, Field(gt=0, le=50_000, description="in vacuum")] = None
    sea_level_thrust_kn: Annotated[float | None, Field(gt=0, le=50_000, description="instead of sea_level_loss")] = None
    sea_level_loss: Annotated[
        float, Field(ge=0, lt=0.5, description="share of the vacuum thrust lost at sea level")
    ] = 0.02
    coast_s: Annotated[float, Field(ge=0, le=3_600, description="from burnout to the next ignition")] = 0.0

    @model_validator(mode="after")
    def _burns_what_it_has(self) -> "Stage":
        problems = []
        if self.dry_kg >= self.fuelled_kg:
            problems.append(f"dry_kg {self.dry_kg:g} leaves no propellant in fuelled_kg {self.fuelled_kg:g}")
        elif self.burn_s is None and self.thrust_kn is None:
            problems.append("neither burn_s nor thrust_kn is given; give one, or both")
        elif self.burn_s is not None and self.thrust_kn is not None and self.burn_s > 1.001 * self._longest_burn:
            problems.append(
                f"burn_s {self.burn_s:g} at thrust_kn {self.thrust_kn:g} burns longer than the propellant of "
                f"{self.fuelled_kg - self.dry_kg:g} kg lasts; at most {self._longest_burn:.1f} s"
            )
        elif not SHORTEST <= self.burn <= LONGEST:
            problems.append(
                f"thrust_kn {self.thrust_kn:g} burns the propellant of {self.fuelled_kg - self.dry_kg:g} kg in "
                f"{self.burn:.3g} s; it must take {SHORTEST:g} to {LONGEST:g} s (is thrust_kn in kN?)"
            )
        elif self.sea_level_thrust_kn is not None and "sea_level_loss" in self.model_fields_set:
            problems.append("sea_level_loss and sea_level_thrust_kn are two words for one thing; give one of them")
        elif (
            self.sea_level_thrust_kn is not None
            and not 0.5 * self.thrust_n < 1e3 * self.sea_level_thrust_kn <= self.thrust_n
        ):
            problems.append(
                f"sea_level_thrust_kn {self.sea_level_thrust_kn:g} must lie above half of the vacuum thrust of "
                f"{self.thrust_n / 1e3:g} kN and not above it"
            )
        if problems:
            raise ValueError("; ".join(problems))
        return self

    # Last of the validators, so that it holds what all of them say.
    @model_validator(mode="wrap")
    @classmethod
    def _in_lines(cls, given: object, handler: ModelWrapValidatorHandler["Stage"], info: ValidationInfo) -> "Stage":
        return told(cls, given, handler, info)

    @property
    def _longest_burn(self) -> float:
        return (self.fuelled_kg - self.dry_kg) * self.isp_s * G0 / (1e3 * (self.thrust_kn or math.inf))

    @property
    def burn(self) -> float:
        """How long it burns [s]."""
        return self._longest_burn if self.burn_s is None else self.burn_s

    @property
    def thrust_n(self) -> float:
        """Thrust in vacuum [N]."""
        if self.thrust_kn is not None:
            return 1e3 * self.thrust_kn
        return (self.fuelled_kg - self.dry_kg) * self.isp_s * G0 / self.burn

    @property
    def loss(self) -> float:
        """Share of the vacuum thrust that is lost at sea level."""
        if self.sea_level_thrust_kn is None:
            return self.sea_level_loss
        return 1.0 - 1e3 * self.sea_level_thrust_kn / self.thrust_n


class Vehicle(Part):
    """The masses and engines of a generic ballistic missile; never a particular weapon."""

    stages: Annotated[tuple[Stage, ...], BeforeValidator(as_tuple), Field(min_length=1, max_length=20)]
    payload_kg: Annotated[float, Field(gt=0, le=30_000)]
    separates: Annotated[bool, Field(description="the payload re-enters alone, not with the empty last stage")] = False
    ballistic_coefficient_kg_m2: Annotated[Ranged, within(100, 50_000)] | None = None
    drag_table: Annotated[
        tuple[tuple[float, float], ...] | None,
        BeforeValidator(as_tuple),
        Field(description="Mach number and drag coefficient on the stage's area; Forden's slender body if left out"),
    ] = None

    @model_validator(mode="after")
    def _flies_somehow(self) -> "Vehicle":
        problems = []
        if self.separates and self.ballistic_coefficient_kg_m2 is None:
            problems.append("a payload that separates needs a ballistic_coefficient_kg_m2")
        if self.stages[-1].coast_s > 0.0:
            problems.append(
                f"coast_s {self.stages[-1].coast_s:g} of the last stage: no stage lights after it; leave it out"
            )
        if self.drag_table == ():
            problems.append("drag_table: has no row; give Mach number and drag coefficient, or leave it out")
        elif self.drag_table is not None:
            machs = [mach for mach, _ in self.drag_table]
            if any(later <= earlier for earlier, later in pairwise([-1e-9, *machs])):
                problems.append(f"drag_table: Mach numbers {machs} must be at least 0 and ascend")
            if not all(0.0 < coefficient < 5.0 for _, coefficient in self.drag_table):
                problems.append("drag_table: drag coefficients must lie above 0 and below 5")
        if problems:
            raise ValueError("; ".join(problems))
        return self

    # Last of the validators, so that it holds what all of them say.
    @model_validator(mode="wrap")
    @classmethod
    def _in_lines(cls, given: object, handler: ModelWrapValidatorHandler["Vehicle"], info: ValidationInfo) -> "Vehicle":
        return told(cls, given, handler, info)
