/** Ellipses, lines and corridors of vectors, traced on a path: cheap enough for a thousand tracks at every frame. */

import { EARTH_KM, DEG, unit } from "./columns";
import { type Ahead } from "./predict";
import { type Pen } from "./pen";
import { type View, pixels } from "./views";

export type Tracer = Pick<Pen, "moveTo" | "lineTo" | "closePath">;

const circles = new Map<number, Float64Array>();

function circle(count: number): Float64Array {
  let made = circles.get(count);
  if (!made) {
    made = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) {
      made[2 * i] = Math.cos((2 * Math.PI * i) / count);
      made[2 * i + 1] = Math.sin((2 * Math.PI * i) / count);
    }
    circles.set(count, made);
  }
  return made;
}

const SMALLEST = 1.2; // pixels: below, an ellipse is nothing but noise

/** An ellipse around a vector, semi-axes in kilometres; false where it is too small to be seen, or partly hidden. */
export function traceEllipse(
  pen: Tracer,
  view: View,
  x: number,
  y: number,
  z: number,
  major_km: number,
  minor_km: number,
  bearing_deg: number,
): boolean {
  const size = pixels(view, major_km);
  if (!(size >= SMALLEST) || !view.project(x, y, z)) return false;
  const { rect } = view;
  const reach = 2 * size;
  if (view.sx + reach < rect.x || view.sx - reach > rect.x + rect.w) return false;
  if (view.sy + reach < rect.y || view.sy - reach > rect.y + rect.h) return false;
  const count = size < 4 ? 8 : size < 16 ? 14 : size < 60 ? 28 : 64;
  const table = circle(count);
  const r = Math.sqrt(x * x + y * y + z * z);
  const flat = Math.sqrt(x * x + y * y) || 1e-9;
  const [ex, ey] = [-y / flat, x / flat];
  const [nx, ny, nz] = [(-z * x) / (flat * r), (-z * y) / (flat * r), flat / r];
  const sin = Math.sin(bearing_deg * DEG);
  const cos = Math.cos(bearing_deg * DEG);
  const a = r * Math.tan(Math.min(1.4, major_km / EARTH_KM));
  const b = r * Math.tan(Math.min(1.4, minor_km / EARTH_KM));
  const [ax, ay, az] = [a * (sin * ex + cos * nx), a * (sin * ey + cos * ny), a * cos * nz];
  const [bx, by, bz] = [b * (cos * ex - sin * nx), b * (cos * ey - sin * ny), -b * sin * nz];
  const jump = view.scale * 2.2;
  let whole = true;
  let down = false;
  let last = 0;
  for (let i = 0; i < count; i++) {
    const c = table[2 * i] as number;
    const s = table[2 * i + 1] as number;
    let px = x + c * ax + s * bx;
    let py = y + c * ay + s * by;
    let pz = z + c * az + s * bz;
    if (r > 1.001 || a > 0.02) {
      const k = r / Math.sqrt(px * px + py * py + pz * pz);
      px *= k;
      py *= k;
      pz *= k;
    }
    if (!view.project(px, py, pz)) {
      down = whole = false;
      continue;
    }
    if (down && Math.abs(view.sx - last) < jump) pen.lineTo(view.sx, view.sy);
    else {
      if (i > 0) whole = false;
      pen.moveTo(view.sx, view.sy);
    }
    down = true;
    last = view.sx;
  }
  if (whole) pen.closePath();
  return whole;
}

/** An ellipse around a place on the ground. */
export function traceArea(
  pen: Tracer,
  view: View,
  lat_deg: number,
  lon_deg: number,
  major_km: number,
  minor_km: number,
  bearing_deg: number,
): boolean {
  const [x, y, z] = unit(lat_deg, lon_deg);
  return traceEllipse(pen, view, x, y, z, major_km, minor_km, bearing_deg);
}

/** A line through vectors `from` to `to` of a table, then on to one more; gaps where nothing is believed or seen. */
export function traceLine(pen: Tracer, view: View, xyz: Float32Array, from: number, to: number): void {
  const jump = view.scale * 2.2;
  let down = false;
  let last = 0;
  for (let g = from; g <= to; g++) {
    if (!view.project(xyz[3 * g] as number, xyz[3 * g + 1] as number, xyz[3 * g + 2] as number)) {
      down = false;
      continue;
    }
    if (down && Math.abs(view.sx - last) < jump) pen.lineTo(view.sx, view.sy);
    else pen.moveTo(view.sx, view.sy);
    down = true;
    last = view.sx;
  }
}

/** The corridor of a predicted path: its two edges, joined, as wide on the ground as the area there is. */
export function traceCorridor(pen: Tracer, view: View, ahead: Ahead): void {
  const { count, xyz, half_km } = ahead;
  const left: number[] = [];
  const right: number[] = [];
  for (let i = 0; i < count; i++) {
    const [a, b] = [Math.max(0, i - 1), Math.min(count - 1, i + 1)];
    const at = [0, 1, 2].map((k) => xyz[3 * i + k] as number) as [number, number, number];
    const way = [0, 1, 2].map((k) => (xyz[3 * b + k] as number) - (xyz[3 * a + k] as number)) as [
      number,
      number,
      number,
    ];
    const side = [
      at[1] * way[2] - at[2] * way[1],
      at[2] * way[0] - at[0] * way[2],
      at[0] * way[1] - at[1] * way[0],
    ] as const;
    const k = (half_km[i] as number) / EARTH_KM / (Math.hypot(...side) || 1);
    if (view.project(at[0] + k * side[0], at[1] + k * side[1], at[2] + k * side[2])) left.push(view.sx, view.sy);
    if (view.project(at[0] - k * side[0], at[1] - k * side[1], at[2] - k * side[2])) right.push(view.sx, view.sy);
  }
  if (left.length < 4 || left.length !== right.length) return;
  for (let i = 2; i < left.length; i += 2)
    if (Math.abs((left[i] as number) - (left[i - 2] as number)) > view.scale * 2.2) return;
  pen.moveTo(left[0] as number, left[1] as number);
  for (let i = 2; i < left.length; i += 2) pen.lineTo(left[i] as number, left[i + 1] as number);
  for (let i = right.length - 2; i >= 0; i -= 2) pen.lineTo(right[i] as number, right[i + 1] as number);
  pen.closePath();
}
