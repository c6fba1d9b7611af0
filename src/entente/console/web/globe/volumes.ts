// What sensors can see, as volumes: a radar's fan from its lowest beam up, a satellite's cone down to the horizon.
import { EARTH_KM } from "../columns";
import type { Sensor } from "../document";
import { faded } from "./colors";
import type { Ribbons } from "./ribbons";
import type { Sheets } from "./sheets";
import { type Point, cross, point, scaled, seen, unit } from "./sphere";

type Rgb = [number, number, number];

const TURN = 4; // degrees between the points of an arc
const TOP = 62; // degrees: walls have faded out by there

/** The directions that a radar's faces cover together: from, to [deg], faces that touch made one. A full turn is one of 360. */
export function arcs(faces: readonly { azimuth_deg: number; half_width_deg: number }[]): [number, number][] {
  const sorted = faces
    .map((face): [number, number] => {
      const from = (((face.azimuth_deg - face.half_width_deg) % 360) + 360) % 360;
      return [from, from + Math.min(360, 2 * face.half_width_deg)];
    })
    .sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = out[out.length - 1];
    if (last && from <= last[1] + 0.5) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  const [first, last] = [out[0], out[out.length - 1]];
  if (first && last && first !== last && last[1] >= first[0] + 359.5) {
    first[0] = last[0] - 360;
    out.pop();
  }
  return out.map(([from, to]) => (to - from >= 359.5 ? [0, 360] : [from, to]));
}

export interface Drawn {
  air: Sheets;
  ground: Sheets;
  airLines: Ribbons;
  groundLines: Ribbons;
}

/** A radar's fan. `weight` is how much it matters now, about 1; one that is not `full` is only outlined on
 * the ground; `floor` is how strongly the ground below is washed. */
export function fan(sensor: Sensor, reach_km: number, color: Rgb, weight: number, full: boolean, floor: number, to: Drawn): void {
  const [low, high] = sensor.elevation_deg ?? [3, 85];
  const { lat_deg, lon_deg } = sensor;
  const top = Math.min(high, TOP);
  const thin = Math.min(1, Math.sqrt(1800 / reach_km)); // large volumes are fainter
  for (const [from, until] of arcs(sensor.faces ?? [])) {
    const turns = Math.max(2, Math.ceil((until - from) / TURN));
    const whole = until - from >= 360;
    const azimuth = (k: number) => from + ((until - from) * k) / turns;
    const steps = Array.from({ length: turns + 1 }, (_, k) => k);
    const rim = steps.map((k) => seen(lat_deg, lon_deg, azimuth(k), low, reach_km));
    const site = point(lat_deg, lon_deg);
    const foot = rim.map(unit);

    // What lies beneath, on the ground.
    const rings = Math.max(2, Math.ceil(reach_km / 350));
    const shadow = Array.from({ length: rings + 1 }, (_, r) =>
      steps.map((k) => unit(seen(lat_deg, lon_deg, azimuth(k), low, (reach_km * r) / rings))),
    );
    to.ground.net(shadow, (r) => faded(color, weight * thin * floor * (full ? 0.085 - (0.04 * r) / rings : 0.05)));
    to.groundLines.add(whole ? foot.slice(0, -1) : [site, ...foot], { width: 0.9, from: faded(color, (full ? 0.16 : 0.4) * weight) }, true);
    if (!full) continue;

    // The far side, fading upward; the lowest beam; the two walls.
    const rows = Array.from({ length: 9 }, (_, r) => low + ((top - low) * r) / 8);
    const fade = (r: number) => (1 - r / 8) ** 1.6;
    to.air.net(
      rows.map((elevation) => steps.map((k) => seen(lat_deg, lon_deg, azimuth(k), elevation, reach_km))),
      (r) => faded(color, 0.055 * weight * thin * fade(r)),
    );
    to.airLines.add(whole ? rim.slice(0, -1) : rim, { width: 1.2, from: faded(color, 0.62 * weight) }, whole);
    if (whole) continue;
    for (const side of [from, until]) {
      const along = Array.from({ length: 9 }, (_, c) => c / 8);
      to.air.net(
        rows.map((elevation) => along.map((f) => seen(lat_deg, lon_deg, side, elevation, reach_km * f))),
        (r, c) => faded(color, weight * thin * fade(r) * (0.15 - 0.08 * (c / 8))),
      );
      to.airLines.add([site, seen(lat_deg, lon_deg, side, low, reach_km)], { width: 1.2, from: faded(color, 0.7 * weight) });
      const edge = rows.map((elevation) => seen(lat_deg, lon_deg, side, elevation, reach_km));
      to.airLines.add(edge, { width: 1, from: faded(color, 0.4 * weight), to: faded(color, 0) });
    }
  }
}

/** A satellite's cone: from where it stands to its horizon. */
export function cone(sensor: Sensor, color: Rgb, weight: number, to: Drawn): void {
  const at = point(sensor.lat_deg, sensor.lon_deg, sensor.alt_km ?? 0);
  const below = unit(at);
  const half = Math.acos(1 / (1 + (sensor.alt_km ?? 0) / EARTH_KM));
  const rim = horizon(below, half);
  to.groundLines.add(rim, { width: 0.9, from: faded(color, 0.3 * weight) }, true);
  const closed = [...rim, rim[0]!];
  to.air.net([closed.map(() => at), closed], (r) => faded(color, weight * (r ? 0.035 : 0.1)));
  for (let k = 0; k < rim.length; k += 12) {
    to.airLines.add([at, rim[k]!], { width: 0.8, from: faded(color, 0.4 * weight), to: faded(color, 0.06 * weight) });
  }
  to.airLines.add([at, below], { width: 0.8, from: faded(color, 0.5 * weight), to: faded(color, 0.1 * weight), dash: 6 });
}

function horizon(below: Point, half: number): Point[] {
  const side: Point = Math.abs(below[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0];
  const d = side[0] * below[0] + side[1] * below[1] + side[2] * below[2];
  const u = unit([side[0] - d * below[0], side[1] - d * below[1], side[2] - d * below[2]]);
  const v = cross(below, u);
  const [c, s] = [Math.cos(half), Math.sin(half)];
  return Array.from({ length: 96 }, (_, k) => {
    const a = (2 * Math.PI * k) / 96;
    const [p, q] = [s * Math.cos(a), s * Math.sin(a)];
    return [
      c * below[0] + p * u[0] + q * v[0],
      c * below[1] + p * u[1] + q * v[1],
      c * below[2] + p * u[2] + q * v[2],
    ] as Point;
  });
}

/** A wall from a path in the air down to the ground. */
export function curtain(path: readonly Point[], color: Rgb, alpha: (f: number) => number, to: Sheets): void {
  if (path.length < 2) return;
  const rows = [0, 1, 2].map((r) => path.map((p) => scaled(unit(p), 1 + (Math.hypot(...p) - 1) * (r / 2))));
  to.net(rows, (r, c) => faded(color, alpha(c / (path.length - 1)) * (0.25 + 0.375 * r)));
}
