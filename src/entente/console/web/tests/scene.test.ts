import assert from "node:assert/strict";
import test from "node:test";
import { holds } from "../columns";
import type { Rung } from "../document";
import { opening } from "../opening";
import { eventsOf, extent, impactAreas, scene } from "../scene";
import { sample } from "./sample";

const doc = sample();
const [low, high] = doc.rungs as [Rung, Rung];

test("what holds is the last change at or before a moment", () => {
  const list: [number, string | null][] = [
    [2, "a"],
    [5, null],
    [7, "b"],
  ];
  assert.deepEqual(
    [0, 2, 4, 5, 6, 7, 99].map((g) => holds(list, g)),
    [null, "a", "a", null, null, "b", "b"],
  );
});

test("a party sees its own tracks, sensors and sites, and never the truth", () => {
  const seen = scene(doc, high, 0, 45);
  assert.deepEqual(
    seen.tracks.map((track) => track.holder),
    [0],
  );
  assert.deepEqual(
    seen.sites.map((site) => site.party),
    [0],
  );
  assert.deepEqual(
    seen.sensors.map(({ sensor }) => sensor.party),
    [0],
  );
  assert.equal(seen.truth.length, 0);
  assert.deepEqual(
    scene(doc, high, 1, 45).sensors.map(({ sensor, sees }) => [sensor.party, sees]),
    [
      [0, true],
      [1, false],
    ],
  );
});

test("the truth has everything, and ends where an interceptor hit", () => {
  const before = scene(doc, low, "truth", 45);
  assert.equal(before.tracks.length, 2);
  assert.ok(before.truth[0]?.flies);
  const after = scene(doc, low, "truth", 60);
  assert.ok(after.truth[0]?.stopped && !after.truth[0].flies);
});

test("positions lie between those of the grid, at their height", () => {
  const [track] = scene(doc, low, 0, 45).tracks;
  assert.ok(track);
  assert.ok(Math.abs(Math.hypot(track.x, track.y, track.z) - (1 + 300 / 6371)) < 1e-6);
  assert.ok(Math.abs((Math.asin(track.z / Math.hypot(track.x, track.y, track.z)) * 180) / Math.PI - 44.5) < 0.02);
});

test("the partner's interceptors are seen only where rules flow", () => {
  assert.equal(scene(doc, low, 1, 40).shots.length, 0);
  assert.equal(scene(doc, high, 1, 40).shots.length, 1);
  assert.equal(scene(doc, low, 0, 40).shots.length, 1);
});

test("a notice is seen by those who were told, and closes", () => {
  assert.equal(scene(doc, low, 0, 20).notice, null);
  assert.equal(scene(doc, low, 1, 20).notice?.open, true);
  assert.equal(scene(doc, low, 1, 60).notice?.open, false);
});

test("events are those that a side knows of", () => {
  assert.deepEqual(
    eventsOf(low, 0).map((event) => event.what),
    ["warning"],
  );
  assert.equal(eventsOf(low, "centre").length, 2);
  assert.equal(eventsOf(low, "truth").length, 3);
});

test("the opening shows the party and the moment at which the area shrinks most", () => {
  const first = opening(doc);
  assert.deepEqual([first.left, first.right, first.side], [0, 1, 0]);
  const [alone, together] = [low, high].map((rung) => impactAreas(doc, rung, 0, 4).get(0));
  assert.ok(alone && together && Math.abs(extent(alone) / extent(together) - 100) < 1e-9);
});
