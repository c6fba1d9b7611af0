"""Who sees which part of the Earth, from what height on, and what does joining add? Counted on cells of equal area.

Cells are HEALPix cells in ring order, their latitudes taken as authalic ones, so that they are equal on the ellipsoid.
Real sites are answered for 10 km and above: what lies lower belongs to notional radars only.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats
from entente.constants import R_MEAN
from entente.errors import ModelError, unknown
from entente.physics import geometry
from entente.questions import cells
from entente.questions.watch import Mistakes, Watch, check_bands, reach_of, target_of, watch_on
from entente.scenario.schema import Region, Scenario
from entente.scenario.systems import Radar, Satellite
from entente.scenario.units import DEG, KM, KM2

Bools = NDArray[np.bool_]
Ints = NDArray[np.int32]
Kind = TypeVar("Kind", np.float64, np.int32)
Place = Region | tuple[float, float, float]  # a region, or latitude, longitude [deg] of its centroid and radius [km]

LOWEST_KM, HIGHEST_KM = 10.0, 40_000.0
FINEST = 256  # nside; 786,432 cells of 25 km
MOST_HEIGHTS = 100
MILLION = 1e6


@dataclass(frozen=True)
class RadarLimit:
    """How far one radar sees: what is published of it apart from what the Earth's curve allows."""

    id: str
    title: str
    party: str
    published_km: float  # range of the catalogue row, for its own reference target
    reference_rcs_m2: float  # that target, nominal
    reach_km: float  # range for the target asked for
    horizon_km: Floats  # (A,) along the ground, where a body at the height drops below the lowest elevation
    ground_km: Floats  # (A,) along the ground, where the range or the horizon ends the view, whichever is nearer
    row: Radar = field(repr=False)

    @property
    def ended_by(self) -> tuple[str, ...]:
        """What ends the view at each height: "range" or "horizon"."""
        return tuple("horizon" if g >= h else "range" for g, h in zip(self.ground_km, self.horizon_km, strict=True))


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
        wide = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        return "\n".join(
            "  ".join(
                [line[0].ljust(wide[0]), *(cell.rjust(w) for cell, w in zip(line[1:], wide[1:], strict=True))]
            ).rstrip()
            for line in lines
        )

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


def coverage(
    owner: str | Sequence[str] | None = None,
    on: dt.date | str | int | None = None,
    altitude_km: float | Sequence[float] | Floats = 500.0,
    rcs_m2: float | Mapping[str, float] | None = None,
    vehicle: str | None = None,
    phase: str = "coast",
    reach: str = "nominal",
    nside: int = 91,
    scenario: Scenario | None = None,
    extra: Iterable[str | Radar | Satellite] = (),
    without: Iterable[str] = (),
    satellites: bool = False,
) -> Coverage:
    """Which cells of the Earth a body at a height is seen over, by whom, and by how many radars.

    Args:
        owner: us_nato, russia, or both (the default); on: a date, ISO text, or a year for its first of July; 2013-06-01
            if left out. Deployed sensors count.
        altitude_km: one height or several above the ellipsoid, 10 to 40,000.
        rcs_m2: cross-section of the target, one number or one a band, {"UHF": 0.5, ...}; or vehicle: the id of a class of
            the catalogue, with phase "boost" or "coast". Left out, each radar's published range holds as it is.
        reach: which end of the radars' ranges: "low", "nominal" or "high".
        nside: fineness of the cells, 12 nside^2 of them, 1 to 256.
        scenario: takes day, parties, statuses, exclusions and assumed ranges from there.
        extra: sensors that join, ids or rows; for one party they join it, else they are their owner's. without: ids left out.
        satellites: whether to add the share of a day in which infrared satellites are in line with each cell.
    Returns:
        Coverage; heights in the order given.
    Raises:
        ModelError, UnknownName: a question that cannot be; every mistake on a line of its own.
    Valid: "sees" means within the range at which one look detects with chance 0.5, inside a face, between the lowest and the
        highest elevation, over the horizon of the ellipsoid; straight rays, no terrain, no jamming. Of satellites only the
        line of sight above the clouds counts, at ten minutes' steps over a day; constellations stand where an undrawn history
        puts them, and nothing says that a body burns.
    Source: own; range by the radar equation, the fourth root of the cross-section. docs/explanation/coverage.md.
    """
    wrong = Mistakes()
    heights = _heights(altitude_km, wrong)
    if not _is_whole(nside) or not 1 <= nside <= FINEST:
        wrong.add(f"nside: {str(nside)[:40]} is not a fineness of cells; it must be a whole number from 1 to {FINEST}")
    if reach not in ("low", "nominal", "high"):
        wrong.unknown("reach", reach, ("low", "nominal", "high"))
    areas, target = target_of(rcs_m2, vehicle, phase, wrong)
    watch = watch_on(owner, on, scenario, extra, without, wrong)
    check_bands(watch.radars, areas, wrong)
    wrong.refuse()
    reaches = [reach_of(row, areas, reach, watch.assumed) for row in watch.radars]
    lat, lon = cells.centres(nside)
    whose = watch.radar_party, watch.satellite_party
    parties = len(watch.parties)
    return Coverage(
        parties=watch.parties,
        day=watch.day,
        target=target,
        reach=reach,
        altitudes_km=heights,
        cell_km2=geometry.earth_area() / KM2 / (12 * nside**2),
        radars=tuple(_limit(watch, n, reaches[n], heights) for n in range(len(watch.radars))),
        lat_deg=_frozen(lat),
        lon_deg=_frozen(lon),
        counts=_frozen(cells.counts_at(watch.radars, whose[0], reaches, parties, heights, lat, lon)),
        in_view=_frozen(cells.share_of_day(watch.satellites, whose[1], parties, heights, lat, lon))
        if satellites
        else None,
    )


def _limit(watch: Watch, n: int, reach: float, heights: Floats) -> RadarLimit:
    row = watch.radars[n]
    horizon = geometry.horizon_distance(heights * KM, np.array(max(0.0, row.min_elevation_deg) * DEG)) / KM
    along = geometry.reach_distance(np.array(reach), heights * KM) / KM
    return RadarLimit(
        id=row.id,
        title=row.title,
        party=watch.parties[watch.radar_party[n]],
        published_km=row.reach_km.nominal,
        reference_rcs_m2=row.reference_rcs_m2.nominal,
        reach_km=reach / KM,
        horizon_km=_frozen(horizon),
        ground_km=_frozen(np.minimum(along, horizon)),
        row=row,
    )


def _heights(given: object, wrong: Mistakes) -> Floats:
    """Heights (A,) [km]."""
    try:
        heights = np.atleast_1d(np.asarray(given, dtype=np.float64))
    except (TypeError, ValueError):
        heights = np.array([np.nan])
    if heights.ndim > 1 or not 1 <= heights.size <= MOST_HEIGHTS or np.isnan(heights).any():
        wrong.add(
            f"altitude_km: {str(given)[:40]!r} is neither a height nor a list of up to {MOST_HEIGHTS} heights; give km"
        )
        return np.array([LOWEST_KM])
    if (heights < LOWEST_KM).any():
        wrong.add(
            f"altitude_km: {heights.min():g} is below 10 km, where coverage of real sites is not drawn; give 10 or more"
        )
    if (heights > HIGHEST_KM).any():
        wrong.add(f"altitude_km: {heights.max():g} is outside the model; give at most {HIGHEST_KM:,.0f}")
    return _frozen(heights.copy())


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


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


def _frozen(array: NDArray[Kind]) -> NDArray[Kind]:
    array.setflags(write=False)
    return array
