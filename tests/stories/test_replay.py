"""A history as a document, and as files for other programs: the same numbers in the units of people, marked for what they are."""

import csv
import datetime as dt
import io
import json
import math
import re
from functools import cache

import numpy as np
import pytest
from typer.testing import CliRunner

import entente as en
from entente.cli import app
from entente.console.czml import czml
from entente.console.geojson import geojson
from entente.console.replay import FORMAT, replay
from entente.console.sources import as_json, source
from entente.console.spans import asked, known, ring, spans
from entente.console.table import COLUMNS, table
from entente.knowing import IN_90
from entente.physics.earth import geodesic, geodetic_from_ecef
from entente.run import at_rung, before_sharing
from entente.scenario.load import EXAMPLES

CASE = "mrbm-central-europe"
METRE_DEG = 1e-4  # of latitude: 11 m, what four digits hold
TEXT = (EXAMPLES / "one-launch.yaml").read_text(encoding="utf-8")
EXERCISE = "status: [deployed]", "status: [deployed]\norigin: exercise"


@cache
def document():
    return replay(en.load("one-launch"), CASE, 1)


@cache
def run():
    """The same history at rung 4, as the model has it."""
    return at_rung(before_sharing(en.load("one-launch"), CASE, 1), 4)


def exercise(tmp_path):
    """The same scenario as an exercise."""
    file = tmp_path / "exercise.yaml"
    file.write_text(TEXT.replace(*EXERCISE), encoding="utf-8")
    return str(file)


def test_every_track_is_in_it_where_the_model_has_it():
    """Place, height, 90 % ellipse and impact area, against the run itself by another way of turning axes."""
    what, tracks = asked(document(), 4), run().picture.tracks
    assert len(what.tracks) == tracks.held.any(axis=1).sum()
    seen = 0
    for told, k in zip(what.tracks, np.flatnonzero(tracks.held.any(axis=1)), strict=True):
        assert told["holder"] == tracks.holder[k]
        at = list(known(told))
        assert [g for _, g in at] == np.flatnonzero(tracks.held[k] & np.isfinite(tracks.x[k, :, 0])).tolist()
        for i, g in at[::20]:
            lat, lon, alt = geodetic_from_ecef(*tracks.x[k, g, :3])
            assert told["lat_deg"][i] == pytest.approx(math.degrees(lat), abs=METRE_DEG)
            assert told["lon_deg"][i] == pytest.approx(math.degrees(lon), abs=METRE_DEG)
            assert told["alt_km"][i] == pytest.approx(alt / 1e3, abs=0.01)
            east = np.array([-math.sin(lon), math.cos(lon), 0.0])
            up = np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])
            level = np.array([east, np.cross(up, east)])
            axes = np.sqrt(np.linalg.eigvalsh(level @ tracks.P[k, g, :3, :3] @ level.T) * IN_90)[::-1] / 1e3
            assert told["area"][i][:2] == pytest.approx(axes, rel=1e-3, abs=2e-3)
            assert told["velocity_km_s"][i] == pytest.approx(
                np.array([*level, up]) @ tracks.x[k, g, 3:] / 1e3, abs=1e-4
            )
            seen += 1
        areas = {
            g: area for b, e, area in spans(told["impact"], told["start"] + len(told["lat_deg"])) for g in range(b, e)
        }
        assert sorted(areas) == np.flatnonzero(tracks.held[k] & tracks.impact.known[k]).tolist()
        for g in list(areas)[::20]:
            there = tracks.impact[k, g]
            assert areas[g][:2] == pytest.approx(np.degrees([there.lat, there.lon]), abs=METRE_DEG)
            assert areas[g][2:4] == pytest.approx(there.axes * math.sqrt(IN_90) / 1e3, abs=1e-3)
    assert seen > 20


def test_the_truth_ends_where_the_flight_does():
    body, flights = document()["truth"][0], run().flights
    lat, lon, _ = geodetic_from_ecef(*flights.impact_ecef[0])
    assert body["impact_deg"] == pytest.approx(np.degrees([lat, lon]), abs=METRE_DEG)
    assert max(h for h in body["alt_km"] if h is not None) == pytest.approx(body["apogee_km"], abs=2.0)


def test_rungs_that_know_the_same_share_a_picture():
    told = document()
    assert [rung["rung"] for rung in told["rungs"]] == [0, 2, 4]
    assert len({rung["picture"] for rung in told["rungs"]}) == 3
    both = replay(en.load("europe-2013"), CASE, 1, [4, 5, 6])
    assert len({rung["picture"] for rung in both["rungs"]}) == 1


def test_it_is_small_json_and_the_same_again():
    told = as_json(document())
    assert len(told) < 500_000
    assert json.loads(told) == json.loads(as_json(replay(en.load("one-launch"), CASE, 1)))
    assert json.loads(told)["format"] == FORMAT
    assert b"NaN" not in told
    assert b"Infinity" not in told


def test_a_ring_has_the_area_of_its_ellipse_and_turns_left():
    """Also across the date line and near a pole, where longitudes run on rather than jump."""
    for lat, lon in ((48.0, 17.0), (10.0, 179.9), (84.0, -179.0)):
        corners = np.array(ring([lat, lon, 40.0, 15.0, 30.0]))
        assert (corners[0] == corners[-1]).all()
        assert np.abs(np.diff(corners[:, 0])).max() < 20.0
        x = (corners[:, 0] - lon) * 111.32 * math.cos(math.radians(lat))
        y = (corners[:, 1] - lat) * 110.9
        if lat < 80.0:  # a plane will do
            signed = 0.5 * (x[:-1] * y[1:] - x[1:] * y[:-1]).sum()
            assert signed == pytest.approx(math.pi * 40 * 15, rel=0.02)


def test_geojson_says_what_is_believed_and_when():
    told = geojson(asked(document(), 4))
    assert told["type"] == "FeatureCollection"
    kinds = [feature["properties"]["kind"] for feature in told["features"]]
    assert {"radar", "radar face", "satellite", "region", "truth", "track", "impact area", "launch area"} <= set(kinds)
    for feature in told["features"]:
        geometry = feature["geometry"]
        for place in _places(geometry):
            assert -90 <= place[1] <= 90
            assert -360 <= place[0] <= 360
        if geometry["type"] == "Polygon":
            assert geometry["coordinates"][0][0] == geometry["coordinates"][0][-1]
        if feature["properties"]["kind"] == "track" and geometry["type"] == "LineString":
            assert len(feature["properties"]["times"]) == len(geometry["coordinates"])
    truth = next(f for f in told["features"] if f["properties"]["kind"] == "truth")
    first, last = truth["geometry"]["coordinates"][0], truth["geometry"]["coordinates"][-1]
    away = geodesic(*np.radians([first[1], first[0], last[1], last[0]]))[0]
    assert away == pytest.approx(2_700e3, rel=0.05)


def _places(geometry):
    if geometry["type"] == "Point":
        return [geometry["coordinates"]]
    return geometry["coordinates"][0] if geometry["type"] == "Polygon" else geometry["coordinates"]


def test_czml_moves_what_moves():
    """The structure that Cesium asks for: the document first, one id a packet, rising times, intervals inside the clock."""
    packets = czml(asked(document(), 4))
    assert packets[0]["id"] == "document"
    assert packets[0]["version"] == "1.0"
    ids = [packet["id"] for packet in packets]
    assert len(ids) == len(set(ids))
    moving = [p for p in packets if "interpolationAlgorithm" in p.get("position", {})]
    assert moving
    for packet in moving:
        times = packet["position"]["cartographicDegrees"][::4]
        assert times == sorted(set(times))
        dt.datetime.fromisoformat(packet["position"]["epoch"])
    for packet in packets:
        if "ellipse" in packet:
            assert packet["ellipse"]["semiMajorAxis"] >= packet["ellipse"]["semiMinorAxis"] > 0
            begin, end = map(dt.datetime.fromisoformat, packet["availability"].split("/"))
            assert begin < end


def test_csv_has_a_row_a_moment():
    what = asked(document(), 4)
    rows = list(csv.DictReader(io.StringIO(table(what))))
    assert tuple(rows[0]) == COLUMNS
    truth = [row for row in rows if row["party"] == "truth"]
    assert len(truth) == sum(1 for _ in known(document()["truth"][0]))
    tracked = [row for row in rows if row["party"] == "russia" and row["lat_deg"]]
    assert len(tracked) == sum(len(list(known(t))) for t in what.tracks if what.holders[t["holder"]] == "russia")
    late = [float(row["impact_major_km"]) for row in rows if row["party"] == "us_nato" and row["impact_major_km"]]
    assert min(late) < 5.0


@pytest.mark.parametrize("side", ["us_nato", "russia", "centre", "truth"])
def test_one_side_gets_its_own_and_nothing_else(side):
    """The truth is for who asks for it."""
    rows = list(csv.DictReader(io.StringIO(table(asked(document(), 4, side)))))
    assert {row["party"] for row in rows} == {side}
    drawn = geojson(asked(document(), 4, side))["features"]
    about = {f["properties"]["kind"] for f in drawn if f["properties"]["kind"] in ("truth", "track")}
    assert about == {"truth"} if side == "truth" else about == {"track"}


def test_an_exercise_is_marked_in_every_export(tmp_path):
    shown = source(exercise(tmp_path)).document()
    what = asked(shown, 4)
    assert shown["origin"] == "exercise"
    assert czml(what)[0]["name"].startswith("EXERCISE: ")
    assert {feature["properties"]["origin"] for feature in geojson(what)["features"]} == {"exercise"}
    assert {row["origin"] for row in csv.DictReader(io.StringIO(table(what)))} == {"exercise"}


@pytest.mark.parametrize("ending", ["czml", "geojson", "csv", "json"])
def test_the_command_writes_every_form(ending, tmp_path):
    file = tmp_path / "made" / f"one.{ending}"
    done = CliRunner().invoke(app, ["export", "one-launch", "--rung", "2", "--out", str(file)])
    assert done.exit_code == 0, done.output
    assert re.fullmatch(rf"{re.escape(str(file))}: \d+ kB\n", done.output)
    if ending != "csv":
        json.loads(file.read_text(encoding="utf-8"))


BAD = {
    "ending": (
        ["--out", "a.txt"],
        "a.txt: its ending says no format; write one of .czml .geojson .csv .html .json, or",
    ),
    "rung": (["--out", "a.csv", "--rung", "3"], "rung: '3' is not known; known: 0, 2, 4"),
    "side": (["--out", "a.csv", "--side", "russla"], "side: 'russla' is not known; did you mean 'russia'?"),
    "case": (
        ["--out", "a.csv", "--case", "mrbm"],
        "case of 'One launch toward central Europe, 2013': 'mrbm' is not known",
    ),
    "seed": (["--out", "a.csv", "--seed", "-1"], "seed: -1 names no history; pick one from 0 to 2,147,483,647"),
}


@pytest.mark.parametrize("which", BAD)
def test_what_cannot_be_exported_is_said_in_one_line(which, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words, says = BAD[which]
    done = CliRunner().invoke(app, ["export", "one-launch", *words])
    assert done.exit_code == 1
    assert says in done.output
    assert done.output.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_run_s_folder_is_shown_as_it_was_asked(tmp_path):
    """Its own rungs, its own scenario; a run by other code says so; a damaged or newer one is refused in one line."""
    scenario = en.load("one-launch").model_copy(update={"rungs": [0, 4]})
    en.explore(scenario, 2, workers=1, out=tmp_path)
    shown = source(str(tmp_path))
    told = shown.document(seed=2)
    assert [rung["rung"] for rung in told["rungs"]] == [0, 1, 4]  # with what was in force
    assert told["notes"] == []
    assert told["pictures"] == replay(scenario, CASE, 2, [0, 1, 4])["pictures"]
    plan = tmp_path / "plan.json"
    text = plan.read_text(encoding="utf-8")
    said = json.loads(text)
    plan.write_text(json.dumps(said | {"code": "0" * 16, "version": "0.0.1"}), encoding="utf-8")
    assert "made by other code (version 0.0.1," in source(str(tmp_path)).notes[0]
    for other, says in (
        (json.dumps(said | {"format": 99}), "format 99 is newer than this version reads"),
        (text[:100], "is damaged, no JSON"),
        (json.dumps({"format": 1}), "is damaged"),
    ):
        plan.write_text(other, encoding="utf-8")
        with pytest.raises(en.StoreError, match=says) as refused:
            source(str(tmp_path))
        assert "\n" not in str(refused.value)
    plan.unlink()
    with pytest.raises(en.StoreError, match=r"has no plan\.json"):
        source(str(tmp_path))
