import assert from "node:assert/strict";
import test from "node:test";
import { unit } from "../columns";
import { VIEWS, home, makeView } from "../views";

const RECT = { x: 30, y: 20, w: 1500, h: 900 };

test("points stand where d3-geo draws the land below them", () => {
  for (const name of VIEWS) {
    const view = makeView({ ...home(name), zoom: 1.7, x: 0.1, y: -0.05 }, RECT);
    const d3 = view.forD3();
    for (let lat = -80; lat <= 85; lat += 15)
      for (let lon = -170; lon <= 180; lon += 23) {
        const seen = view.project(...unit(lat, lon));
        const other = d3([lon, lat]);
        if (!seen || !other) continue;
        assert.ok(Math.hypot(view.sx - other[0], view.sy - other[1]) < 0.01, `${name} ${lat} ${lon}`);
      }
  }
});

test("on the globe a high point is seen past the limb, and hidden only behind the Earth", () => {
  const view = makeView({ ...home("globe"), lon_deg: 0, lat_deg: 0 }, RECT);
  const [x, y, z] = unit(0, 100);
  assert.equal(view.project(x, y, z), false);
  assert.equal(view.project(1.3 * x, 1.3 * y, 1.3 * z), true);
  assert.equal(view.project(-6.6, 0, 0), false);
});
