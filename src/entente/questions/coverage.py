"""Who sees which part of the Earth, from what height on, and what does joining add? Counted on cells of equal area.

Cells are HEALPix cells in ring order, their latitudes taken as authalic ones, so that they are equal on the ellipsoid.
Real sites are answered for 10 km and above: what lies lower belongs to notional radars only.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats
from entente.physics import geometry
from entente.questions import cells
from entente.questions.covered import Coverage, RadarLimit
from entente.questions.watch import Mistakes, Watch, check_bands, reach_of, target_of, watch_on
from entente.scenario.schema import Scenario
from entente.scenario.systems import Radar, Satellite
from entente.scenario.units import DEG, KM, KM2

Kind = TypeVar("Kind", np.float64, np.int32)

LOWEST_KM, HIGHEST_KM = 10.0, 40_000.0
FINEST = 256  # nside; 786,432 cells of 25 km
MOST_HEIGHTS = 100


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
    Valid: "sees" means within the range at which one look detects with chance 0.5, which shrinks off a face's boresight,
        inside a face, between the lowest and the highest elevation, over the horizon of the ellipsoid; straight rays, no
        terrain, no jamming. Of satellites only the line of sight above the clouds counts, at ten minutes' steps over a day;
        constellations stand where an undrawn history puts them, and nothing says that a body burns.
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
    lowest = min(row.elevations(face)[0] for face in row.faces)
    horizon = geometry.horizon_distance(heights * KM, np.array(max(0.0, lowest) * DEG)) / KM
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


def _frozen(array: NDArray[Kind]) -> NDArray[Kind]:
    array.setflags(write=False)
    return array
