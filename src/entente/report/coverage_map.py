"""How does coverage look on a map? Three tones, one party, the other, both; each named where it lies."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from markupsafe import Markup

from entente.questions.covered import Coverage
from entente.report.maps import View
from entente.report.outlines import Bools, Claim
from entente.report.svg import Floats
from entente.report.tones import marks_of, tone_map, write_card
from entente.scenario.places import CREDIT_LAND
from entente.scenario.units import DEG

NAMES = {"us_nato": "US and NATO", "russia": "Russia"}


def coverage_map(
    found: Coverage, view: View, row: int = 0, names: Mapping[str, str] | None = None, clipped: bool = True
) -> Markup:
    """What everybody sees at one of the heights, as one group of elements the size of the view.

    Args:
        names: of the tones; clipped: whether to cut what hangs over the edge, by a name that a file can have once.
    """
    alone = [f"p{k}" for k in range(len(found.parties))]
    tones = {kind: _claim(found, row, k) for k, kind in enumerate(alone)}
    if len(found.parties) > 1:
        tones["all"] = _claim(found, row, None)
    sites = [
        (one.row.lat_deg * DEG, one.row.lon_deg * DEG, one.title, found.parties.index(one.party))
        for one in found.radars
    ]
    return tone_map(view, tones, names or _alone(found), marks_of(sites, view), alone, clipped)


def write_map(found: Coverage, file: Path, view: View, row: int = 0) -> Path:
    """The map as an SVG file of its own, with what it shows said above it.

    Raises:
        StoreError: the file cannot be written.
    """
    below = f"Ranges: {found.target}. {CREDIT_LAND}"
    return write_card(file, view, coverage_map(found, view, row), headline(found, row), summary(found, row), below)


def headline(found: Coverage, row: int) -> str:
    """What the map shows."""
    return f"Where radars see a body {found.altitudes_km[row]:,.0f} km up, {found.day.day} {found.day:%B %Y}"


def summary(found: Coverage, row: int) -> str:
    """Areas of the tones, over the whole Earth, in a sentence."""
    said = [f"{NAMES[p]} {found.area_million_km2(found.seen_by(p))[row]:.1f}" for p in found.parties]
    if len(found.parties) > 1:
        said.append(f"both {found.area_million_km2(found.both)[row]:.1f}")
    return f"On the whole Earth, in million km²: {', '.join(said)}."


def _claim(found: Coverage, row: int, party: int | None) -> Claim:
    def holds(lat: Floats, lon: Floats) -> Bools:
        counts = found.counts_at(lat / DEG, lon / DEG)[:, row]
        return np.all(counts > 0, axis=0) if party is None else counts[party] > 0

    return holds


def _alone(found: Coverage) -> dict[str, str]:
    """What each tone is called, by its class."""
    if len(found.parties) == 1:
        return {"p0": NAMES[found.parties[0]]}
    return {f"p{k}": f"{NAMES[party]} alone" for k, party in enumerate(found.parties)} | {"all": "both"}
