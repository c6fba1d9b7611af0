// What of the globe is pure: geometry, filling, views and where names go.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { fill } from "../globe/earth";
import { type Box, beside, free, inside, overlap } from "../globe/labels";
import { type Point, between, cross, dot, inSight, place, point, seen } from "../globe/sphere";
import { across, blended, dragged, limited, stance } from "../globe/view";
import { arcs } from "../globe/volumes";
import { decode } from "../world";

const map = JSON.parse(readFileSync("../../scenario/places/world.json", "utf8"));
const rings = decode(map).land.coordinates;
const land = fill(rings.map((polygon) => polygon.map((ring) => ring.slice(0, -1).map(([lon, lat]) => point(lat!, lon!)))));
const corner = (k: number) => [...land.places.subarray(3 * k, 3 * k + 3)] as Point;
const faces = Array.from({ length: land.faces.length / 3 }, (_, k) => [0, 1, 2].map((i) => corner(land.faces[3 * k + i]!)) as [Point, Point, Point]);
const isLand = (lat: number, lon: number) => {
  const p = point(lat, lon);
  return faces.some(([a, b, c]) => dot(cross(a, b), p) > 0 && dot(cross(b, c), p) > 0 && dot(cross(c, a), p) > 0);
};

test("land is filled right at both poles and on both sides of the date line", () => {
  for (const [lat, lon] of [[-89.9, 0], [-86, 179.99], [-86, -179.99], [67, 179.9], [67, -179.9], [48, 15], [-25, 135], [0, 22]] as const)
    assert.ok(isLand(lat, lon), `${lat} ${lon} is land`);
  for (const [lat, lon] of [[89.9, 0], [0, 180], [0, -179.9], [42, -170], [35, 18], [-55, 0], [42, 51]] as const)
    assert.ok(!isLand(lat, lon), `${lat} ${lon} is sea`);
});

test("the triangles cover as much as there is land, and all face outward", () => {
  const R2 = 6371 ** 2;
  let area = 0;
  for (const [a, b, c] of faces) {
    const turned = dot(cross(a, b), c);
    assert.ok(turned > -1e-9);
    area += 2 * Math.atan2(turned, 1 + dot(a, b) + dot(b, c) + dot(c, a)) * R2;
  }
  assert.ok(Math.abs(area / 148e6 - 1) < 0.02, `${area} km2`); // 148 million km2 of land; the map is drawn at 1:50 million
});

test("a place is found again, and a slant range is kept", () => {
  for (const [lat, lon] of [[0, 0], [48.5, 17.5], [-89, 170], [12, -179]] as const) {
    const [lat2, lon2] = place(point(lat, lon, 300));
    assert.ok(Math.abs(lat - lat2) < 1e-9 && Math.abs(lon - lon2) < 1e-9);
    const p = seen(lat, lon, 77, 12, 1500);
    const off = p.map((v, i) => v - point(lat, lon)[i as 0]);
    assert.ok(Math.abs(Math.hypot(...off) * 6371 - 1500) < 1e-6);
  }
});

test("what the Earth hides is not in sight, and what stands above its rim is", () => {
  const eye: Point = [3, 0, 0];
  assert.ok(inSight(eye, point(0, 0)));
  assert.ok(!inSight(eye, point(0, 180)));
  assert.ok(!inSight(eye, point(0, 90)));
  assert.ok(inSight(eye, point(0, 90, 1500)));
  assert.ok(!inSight(eye, point(0, 180, 35786)));
});

test("faces that touch are one arc; together they may be a full turn", () => {
  const face = (azimuth_deg: number, half_width_deg: number) => ({ azimuth_deg, half_width_deg });
  assert.deepEqual(arcs([face(0, 60), face(120, 60), face(240, 60)]), [[0, 360]]);
  assert.deepEqual(arcs([face(47, 60), face(167, 60)]), [[-13, 227]]);
  assert.deepEqual(arcs([face(110, 60)]), [[50, 170]]);
  assert.deepEqual(arcs([face(8, 70)]), [[298, 438]]);
});

test("views stay within limits, turn the short way, and the eye stays outside the Earth", () => {
  const view = { lat_deg: 20, lon_deg: 170, distance: 1, tilt_deg: 30, heading_deg: 0 };
  assert.equal(limited({ ...view, lon_deg: 190 }).lon_deg, -170);
  assert.equal(limited({ ...view, lat_deg: 140 }).lat_deg, 89.5);
  assert.ok(Math.abs(Math.abs(blended(view, { ...view, lon_deg: -170 }, 0.5).lon_deg) - 180) < 1e-9);
  assert.ok(dragged(view, 100, 0, 1000, 800).lon_deg < 170);
  for (const distance of [0.05, 0.5, 2, 4, 20])
    for (const tilt_deg of [0, 40, 78]) assert.ok(Math.hypot(...stance({ ...view, distance, tilt_deg }).eye) > 1.005);
});

test("home looks at the middle of a flight", () => {
  const home = across(point(36, 46), point(48.5, 17.5), false);
  assert.ok(between(point(home.lat_deg, home.lon_deg), point(42.9, 33)) < 0.1);
});

test("names never lie on one another and never leave the canvas", () => {
  const room = { left: 0, top: 0, right: 360, bottom: 300 };
  const taken: Box[] = [];
  let random = 1;
  const draw = () => (random = (random * 48271) % 2147483647) / 2147483647;
  for (let k = 0; k < 400; k++) {
    const [x, y, wide] = [draw() * 360, draw() * 300, 20 + draw() * 120];
    const spots: [number, number][] = [[1, 0], [-1, 0], [0, -1], [0, 1]];
    const found = free(spots, (spot) => beside(x, y, wide, 14, 8, spot), room, taken);
    if (!found) continue;
    assert.ok(inside(found[1], room));
    assert.ok(!taken.some((other) => overlap(other, found[1])));
    taken.push(found[1]);
  }
  assert.ok(taken.length > 20);
});
