"""What did coverage find? The record of who sees which cells, and its answers: shares, areas, tables."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats
from entente.constants import R_MEAN
from entente.errors import ModelError, unknown
from entente.questions import cells
from entente.questions.watch import Mistakes
from entente.scenario.schema import Region
from entente.scenario.systems import Radar
from entente.scenario.units import DEG, KM

Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
Place = Region | tuple[float, float, float]  # a region, or latitude, longitude [deg] of its centroid and radius [km]
MILLION = 1e6


@dataclass(frozen=True)
class RadarLimit:
    """How far one radar sees: what is published of it apart from what the Earth's curve allows."""

    id: str
    title: str
    party: str
    published_km: float  # range of the catalogue row, for its own reference target
    reference_rcs_m2: float  # that target, nominal
    reach_km: float  # range for the target asked for, on boresight
    horizon_km: Floats  # (A,) along the ground, where a body at the height drops below the lowest elevation
    ground_km: Floats  # (A,) along the ground, where the range or the horizon ends the view, whichever is nearer
    row: Radar = field(repr=False)

    @property
    def ended_by(self) -> tuple[str, ...]:
        """What ends the view at each height: "range" or "horizon"."""
        return tuple("horizon" if g >= h else "range" for g, h in zip(self.ground_km, self.horizon_km, strict=True))

    def to_dict(self) -> dict[str, Any]:
        """The limits as plain values, without the catalogue row."""
        ended = {
            "horizon_km": self.horizon_km.tolist(),
            "ground_km": self.ground_km.tolist(),
            "ended_by": list(self.ended_by),
        }
        kept = {
            key: getattr(self, key) for key in ("id", "title", "party", "published_km", "reference_rcs_m2", "reach_km")
        }
        return kept | ended


@dataclass(frozen=True)
class Coverage:
    """Who sees what; arrays have one row a height (A,) and one column a cell (P,), parties first (K,) where they differ."""

    parties: tuple[str, ...]
    day: dt.date
    target: str  # what the ranges hold for
    reach: str  # which end of the ranges: low, nominal, high
    altitudes_km: Floats  # (A,)
    cell_km2: float  # area of every cell
    radars: tuple[RadarLimit, ...]
    lat_deg: Floats = field(repr=False)  # (P,) geodetic
    lon_deg: Floats = field(repr=False)  # (P,) -180 to 180
    counts: Ints = field(repr=False)  # (K, A, P) radars of each party that see the cell
    in_view: Floats | None = field(
        repr=False
    )  # (K + 1, A, P) share of the day in view of a satellite; last: of anybody's

    def seen_by(self, party: str, at_least: int = 1) -> Bools:
        """Cells that so many radars of a party see (A, P)."""
        return self.counts[self._index(party)] >= at_least

    @property
    def either(self) -> Bools:
        """Cells that anybody's radar sees (A, P)."""
        return np.any(self.counts > 0, axis=0)

    @property
    def both(self) -> Bools:
        """Cells that radars of all parties see (A, P); of one party alone, its own."""
        return np.all(self.counts > 0, axis=0)

    def gain(self, party: str) -> Bools:
        """Cells that the partner adds to what a party sees alone (A, P)."""
        return self.either & ~self.seen_by(party)

    def share_of_day(self, party: str | None = None) -> Floats:
        """Share of the day in which a satellite of a party, or of anybody, is in line with each cell (A, P)."""
        if self.in_view is None:
            raise ModelError("coverage: satellites were not asked for; give satellites=True")
        return self.in_view[-1 if party is None else self._index(party)]

    def share(self, found: Bools | Floats, region: Place | None = None) -> Floats:
        """Share of the Earth, or of a region, in such cells, (A,); of shares of the day, their mean."""
        kept = self.within(region) if region is not None else slice(None)
        return np.asarray(found, dtype=np.float64)[..., kept].mean(axis=-1)

    def area_million_km2(self, found: Bools, region: Place | None = None) -> Floats:
        """Area of such cells, (A,), on the Earth or in a region."""
        kept = self.within(region) if region is not None else slice(None)
        return found[..., kept].sum(axis=-1) * self.cell_km2 / MILLION

    def within(self, region: Place) -> Bools:
        """Cells whose centres lie within a region, (P,).

        Raises:
            ModelError: a centroid off the half-degree grid, a radius of a region smaller than any cell.
        """
        lat, lon, radius = _disc(region)
        toward = cells.normals(np.array([lat * DEG]), np.array([lon * DEG]))[0]
        apart = np.arccos(np.clip(cells.normals(self.lat_deg * DEG, self.lon_deg * DEG) @ toward, -1.0, 1.0))
        inside = apart * R_MEAN <= radius * KM
        if not inside.any():
            raise ModelError(
                f"region: no cell lies within {radius:g} km of {lat:g} N {lon:g} E; give a larger radius or nside"
            )
        return inside

    def counts_at(self, lat_deg: Floats, lon_deg: Floats) -> Ints:
        """Radars of each party that see places (N,), (K, A, N): what the cells say, anywhere between them."""
        whose = [self.parties.index(limit.party) for limit in self.radars]
        reaches = [limit.reach_km * KM for limit in self.radars]
        rows = [limit.row for limit in self.radars]
        return cells.counts_at(rows, whose, reaches, len(self.parties), self.altitudes_km, lat_deg, lon_deg)

    def table(self, region: Place | None = None) -> str:
        """Shares and areas by height, in lines of text."""
        lines = [("seen by radars of", *(f"at {height:g} km" for height in self.altitudes_km))]
        lines += [(name, *self._cells(found, region)) for name, found in self.answers().items()]
        if self.in_view is not None:
            lines.append(("share of the day in view of satellites of", *("" for _ in self.altitudes_km)))
            for name in (*self.parties, *((None,) if len(self.parties) > 1 else ())):
                shares = self.share(self.share_of_day(name), region)
                lines.append((name or "either", *(f"{share:.1%}" for share in shares)))
        return aligned(lines)

    def limits(self) -> str:
        """For every radar its published range and, apart, what the horizon allows at each height; in lines of text."""
        lines = [("radar", "published", "for target", *(f"horizon at {h:g} km" for h in self.altitudes_km))]
        for limit in self.radars:
            ends = zip(limit.horizon_km, limit.ended_by, strict=True)
            horizon = [f"{far:,.0f}{' (range ends first)' if end == 'range' else ''}" for far, end in ends]
            lines.append((limit.id, f"{limit.published_km:,.0f} km", f"{limit.reach_km:,.0f} km", *horizon))
        return aligned(lines)

    def to_dict(self, region: Place | None = None) -> dict[str, Any]:
        """What `table` and `limits` say as plain values, ready for JSON; without the cells."""
        shares = {name: self.share(found, region).tolist() for name, found in self.answers().items()}
        areas = {name: self.area_million_km2(found, region).tolist() for name, found in self.answers().items()}
        said = {
            "day": self.day.isoformat(),
            "parties": list(self.parties),
            "target": self.target,
            "reach": self.reach,
            "altitudes_km": self.altitudes_km.tolist(),
            "share": shares,
            "area_million_km2": areas,
            "radars": [limit.to_dict() for limit in self.radars],
        }
        if self.in_view is not None:
            names = (*self.parties, "either")
            means = [self.share(shares, region).tolist() for shares in self.in_view]
            said["share_of_day_in_view_of_satellites"] = dict(zip(names, means, strict=True))
        return said

    def answers(self) -> dict[str, Bools]:
        """Every set of cells that `table` shows, by name (A, P)."""
        found = {party: self.seen_by(party) for party in self.parties}
        if len(self.parties) > 1:
            found |= {"either": self.either, "both": self.both}
            found |= {f"added to {party}": self.gain(party) for party in self.parties}
        return found

    def _cells(self, found: Bools, region: Place | None) -> list[str]:
        pairs = zip(self.share(found, region), self.area_million_km2(found, region), strict=True)
        return [f"{share:6.1%} {area:7.2f} M km2" for share, area in pairs]

    def _index(self, party: str) -> int:
        if party not in self.parties:
            raise unknown("party", str(party), self.parties)
        return self.parties.index(party)


def aligned(lines: Sequence[tuple[str, ...]]) -> str:
    """Columns as wide as their widest cell, the first to the left and the others to the right."""
    wide = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(w) if n == 0 else cell.rjust(w) for n, (cell, w) in enumerate(zip(line, wide, strict=True))
        ).rstrip()
        for line in lines
    )


def _disc(region: Place) -> tuple[float, float, float]:
    """Latitude, longitude [deg] and radius [km] of a region."""
    if isinstance(region, Region):
        return region.lat_deg, region.lon_deg, region.radius_km
    try:
        lat, lon, radius = (float(value) for value in region)
    except (TypeError, ValueError):
        raise ModelError(f"region: {str(region)[:40]} is no region; give (lat_deg, lon_deg, radius_km)") from None
    wrong = Mistakes()
    if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
        wrong.add(f"region: {lat:g} N {lon:g} E is not on the Earth; give -90 to 90 and -180 to 180")
    elif lat * 2.0 % 1.0 or lon * 2.0 % 1.0:
        wrong.add(f"region: {lat:g} N {lon:g} E lies off the half-degree grid; regions are centroids, never places")
    if not 0.0 < radius <= 20_100.0:
        wrong.add(f"region: a radius of {radius:g} km is outside the model; give above 0 and at most 20,100")
    wrong.refuse()
    return lat, lon, radius
