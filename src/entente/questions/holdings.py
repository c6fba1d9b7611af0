"""What strategic forces does a party have in a year? Ranges by leg, beside them what a treaty counted and a yearbook printed."""

from dataclasses import dataclass
from typing import Any, get_args

from entente.errors import ModelError, unknown
from entente.scenario import rows
from entente.scenario.holdings import Counted, Exchange, Forces, Leg, LegName, Nation
from entente.scenario.parts import Ranged
from entente.scenario.table import ranged

TITLES = {"silo": "silos", "mobile": "road and rail", "sea": "at sea", "air": "bombers"}


@dataclass(frozen=True)
class Holdings:
    """A party's strategic forces in a year.

    Attributes:
        row: the row of the catalogue, with its legs, totals, sources, basis and confidence.
        exchanges: what New START counted of the party that year, by day; none of a party that it did not bind.
        inventory: all its warheads in January of that year as SIPRI printed them, retired ones too; None: not in the table.
    """

    party: str
    year: int
    row: Forces
    exchanges: tuple[Exchange, ...]
    inventory: int | None

    @property
    def legs(self) -> dict[LegName, Leg]:
        """By leg: carriers, warheads and the share on alert, each with its range."""
        return self.row.legs

    @property
    def carriers(self) -> Ranged:
        """Deployed carriers of all legs; the ends are those of all legs at once, so wider than any estimate."""
        return _sum([leg.carriers for leg in self.legs.values()])

    @property
    def warheads(self) -> Ranged:
        """Warheads of all legs; the ends are those of all legs at once, so wider than any estimate."""
        return _sum([leg.warheads for leg in self.legs.values()])

    @property
    def able_to_reach(self) -> Ranged:
        """Warheads on carriers of intercontinental reach; all of them where the row does not say less."""
        return self.row.able_to_reach or self.warheads

    def counted(self) -> list[tuple[str, Counted]]:
        """The day of each exchange of that year, and what it counted of this party."""
        sides = [(each.as_of.isoformat(), getattr(each, self.party, None)) for each in self.exchanges]
        return [(day, side) for day, side in sides if side is not None]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {
            "party": self.party,
            "year": self.year,
            "forces": self.row.model_dump(mode="json"),
            "carriers": self.carriers.model_dump(),
            "warheads": self.warheads.model_dump(),
            "able_to_reach": self.able_to_reach.model_dump(),
            "counted_by_new_start": {day: side.model_dump() for day, side in self.counted()},
            "inventory": self.inventory,
        }

    def __str__(self) -> str:
        """A table by leg, then the totals by each way of counting, then the sources."""
        by_rule = "loaded, as estimated" if self.row.counting == "loading" else "attributed by the rules of START I"
        head = ("leg", "carriers", f"warheads ({by_rule})", "on alert", "basis")
        lines = [head]
        for name, leg in self.legs.items():
            basis = f"{leg.basis}, {leg.confidence}"
            lines.append((TITLES[name], ranged(leg.carriers), ranged(leg.warheads), ranged(leg.alert), basis))
        lines.append(("together", ranged(self.carriers), ranged(self.warheads), "", ""))
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        text = [f"{self.row.title} ({self.year} asked), {self.row.basis}, {self.row.confidence}"]
        text += ["  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines]
        if self.row.able_to_reach:
            text.append(f"able to reach another continent: {ranged(self.row.able_to_reach)} warheads")
        if self.row.stockpile:
            text.append(f"stockpile: {ranged(self.row.stockpile)}")
        for day, side in self.counted():
            text.append(
                f"New START counted on {day}: {side.deployed_warheads} warheads, {side.deployed_vehicles} deployed "
                f"carriers, {side.all_launchers} in all; a bomber is one warhead"
            )
        if self.inventory is not None:
            text.append(f"SIPRI, January {self.year}: {self.inventory} warheads, retired ones too")
        if self.row.notes:
            text.append(self.row.notes)
        return "\n".join([*text, "", *(f"[{n}] {source}" for n, source in enumerate(self.row.source, start=1))])


def forces(party: str, year: int) -> Holdings:
    """A party's strategic forces in a year, by leg, as ranges with their sources.

    Args:
        party: united_states, united_kingdom, france, russia (the Soviet Union in 1990) or china.
        year: one that the table covers for that party.
    Returns:
        the legs of the row that holds for the year, and beside them what New START counted and SIPRI printed that year.
    Raises:
        UnknownName: no such party.
        ModelError: not a year, or none of the table's for that party.
    Valid: aggregates of the open literature; alert shares and most splits among legs are assumed, and say so.
    Source: the rows of catalogue/forces.yaml, exchanges.yaml and inventories.yaml.
    """
    if party not in get_args(Nation):
        raise unknown("forces party", str(party), get_args(Nation))
    rows.first_of_july("forces", year)
    own = [row for row in rows.forces() if row.party == party]
    row = next((row for row in own if row.since <= year <= row.to), None)
    if row is None:
        spans = [f"{row.since}" if row.since == row.to else f"{row.since} to {row.to}" for row in own]
        raise ModelError(f"forces: {party} in {year} is not in the table; it has {', '.join(spans)}")
    held = tuple(each for each in rows.exchanges() if each.as_of.year == year and hasattr(each, party))
    printed = next((each.inventory.get(row.party) for each in rows.inventories() if each.year == year), None)
    return Holdings(party, year, row, held, printed)


def _sum(parts: list[Ranged]) -> Ranged:
    return Ranged(
        low=sum(part.low for part in parts),
        nominal=sum(part.nominal for part in parts),
        high=sum(part.high for part in parts),
    )
