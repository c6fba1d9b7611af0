import assert from "node:assert/strict";
import test from "node:test";
import { apart, place } from "../columns";
import type { Rung } from "../document";
import { across, ahead, step } from "../predict";
import { scene } from "../scene";
import { sample } from "./sample";

const MU = 398600.4418;

test("free fall keeps its energy", () => {
  const energy = (s: number[]): number =>
    (s[3]! ** 2 + s[4]! ** 2 + s[5]! ** 2) / 2 - MU / Math.hypot(s[0]!, s[1]!, s[2]!);
  let s = [6900, 0, 0, 1, 4, 2];
  const before = energy(s);
  for (let i = 0; i < 30; i++) s = step(s, 10);
  assert.ok(Math.abs(energy(s) / before - 1) < 1e-8);
});

test("the step is of the fourth order", () => {
  const fly = (h: number): number[] => {
    let s = [6900, 0, 0, 1, 4, 2];
    for (let t = 0; t < 320; t += h) s = step(s, h);
    return s;
  };
  const exact = fly(1);
  const off = (h: number): number =>
    Math.hypot(
      ...fly(h)
        .map((value, i) => value - exact[i]!)
        .slice(0, 3),
    );
  assert.ok(Math.abs(Math.log2(off(80) / off(40)) - 4) < 0.6);
});

test("a corridor is as wide as what it leads to, seen along the path", () => {
  assert.ok(Math.abs(across(20, 5, 30, 30) - 5) < 1e-9);
  assert.ok(Math.abs(across(20, 5, 120, 30) - 20) < 1e-9);
  assert.ok(Math.abs(across(7, 7, 11, 83) - 7) < 1e-9);
});

test("a predicted path begins at the track and ends in the middle of the stated area, as wide as it", () => {
  const doc = sample();
  const [track] = scene(doc, doc.rungs[0] as Rung, 0, 40).tracks;
  assert.ok(track?.impact);
  // Fall short, so that the sample's invented numbers agree within what is bent.
  const path = ahead({ ...track, impact: null });
  assert.ok(path);
  const end = 3 * (path.count - 1);
  const [lat, lon] = place(path.xyz[end]!, path.xyz[end + 1]!, path.xyz[end + 2]!);
  const near: [number, number] = [lat + 1, lon - 1];
  const bent = ahead({ ...track, impact: [near[0], near[1], 20, 5, 0, 0, 0] });
  assert.ok(bent);
  assert.ok(apart(place(bent.xyz[end]!, bent.xyz[end + 1]!, bent.xyz[end + 2]!), near) < 1);
  const half = bent.half_km[bent.count - 1]!;
  assert.ok(half >= 5 && half <= 20 && half > bent.half_km[0]!);
  assert.ok(Math.abs(bent.xyz[0]! - track.x) < 1e-6);
});
