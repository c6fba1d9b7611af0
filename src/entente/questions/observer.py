"""What would a third party get as an observer of the cooperation of two others, and what would it give? As data.

Notices, the state of health of the line, and joint bulletins: never tracks. What it learns from them is computed from a study
by `entente.comparison.observed`.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from entente.scenario.parts import Name, Part, Ranged, Source, Text, within
from entente.scenario.reader import read

FILE = Path(__file__).parent / "observer.yaml"


class Offered(Part):
    """One thing that an observer gets."""

    name: Text
    flows: Annotated[Literal["notices", "warnings"], Field(description="what must flow between the parties for it")]
    what: Text
    fields: list[Text]
    when: Text
    after_min: Annotated[Ranged | None, within(0, 10_000), Field(description="from when both know until it is out")] = (
        None
    )
    region_km: Annotated[float | None, Field(ge=100, le=5_000, description="how coarse places are")] = None


class Product(Part):
    """All that an observer gets, what is withheld, what it learns and what it gives."""

    entente: Literal[1]
    products: list[Offered]
    withheld: list[Text]
    learns: list[Text]
    gives: list[Text]
    source: Source

    def named(self, name: Name) -> Offered:
        """One of the products."""
        return next(one for one in self.products if one.name == name)

    def at(self, flows: list[str]) -> tuple[Offered, ...]:
        """Those that can be, where the parties let this much flow between them."""
        return tuple(one for one in self.products if one.flows in flows)


@cache
def product() -> Product:
    """The product, read once."""
    return read(FILE, Product)
