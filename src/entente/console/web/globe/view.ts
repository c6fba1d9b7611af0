// Where one looks from: a place that is looked at, how far away the eye is, how much it leans and where it faces.
import { DEG } from "../columns";
import { type Point, axes, between, scaled, sum } from "./sphere";

export interface View {
  lat_deg: number;
  lon_deg: number;
  distance: number; // radii of the Earth, from the place that is looked at
  tilt_deg: number; // 0 looks straight down
  heading_deg: number;
}

export const NEAREST = 0.05;
export const FARTHEST = 20;
export const MOST_TILT = 78;
const FIELD = 30 * DEG; // of the canvas's shorter side

/** Between 0 and 1 with level ends. */
export function eased(from: number, to: number, x: number): number {
  const f = Math.max(0, Math.min(1, (x - from) / (to - from)));
  return f * f * (3 - 2 * f);
}

/** The vertical field of view that holds FIELD on the shorter side. */
export function field(width: number, height: number): number {
  return width >= height ? FIELD : 2 * Math.atan((Math.tan(FIELD / 2) * height) / Math.max(1, width));
}

/** The eye, the point it looks at, and up. Close by it looks at the ground; far off at the middle of the Earth. */
export function stance(view: View): { eye: Point; target: Point; up: Point } {
  const [east, north, high] = axes(view.lat_deg, view.lon_deg);
  const close = 1 - eased(2.2, 6, view.distance);
  const target = scaled(high, close);
  const tilt = view.tilt_deg * DEG * close;
  const heading = view.heading_deg * DEG;
  const ahead = sum(scaled(north, Math.cos(heading)), scaled(east, Math.sin(heading)));
  const back = sum(scaled(high, Math.cos(tilt)), scaled(ahead, -Math.sin(tilt)));
  return {
    eye: sum(target, scaled(back, view.distance + (1 - close))),
    target,
    up: sum(scaled(ahead, Math.cos(tilt)), scaled(high, Math.sin(tilt))),
  };
}

/** The same view within its limits. */
export function limited(view: View): View {
  return {
    lat_deg: Math.max(-89.5, Math.min(89.5, view.lat_deg)),
    lon_deg: ((((view.lon_deg + 180) % 360) + 360) % 360) - 180,
    distance: Math.max(NEAREST, Math.min(FARTHEST, view.distance)),
    tilt_deg: Math.max(0, Math.min(MOST_TILT, view.tilt_deg)),
    heading_deg: ((((view.heading_deg + 180) % 360) + 360) % 360) - 180,
  };
}

/** The view after the ground was dragged by so many pixels of a canvas so high. */
export function dragged(view: View, dx: number, dy: number, width: number, height: number): View {
  const away = view.distance;
  const step = (2 * Math.tan(field(width, height) / 2) * Math.min(away, 3 + 0.1 * away)) / height / DEG;
  const h = view.heading_deg * DEG;
  const lean = 1 / Math.max(0.5, Math.cos(view.tilt_deg * DEG * (1 - eased(2.2, 6, away))));
  const [right, ahead] = [-dx * step, dy * step * lean];
  return limited({
    ...view,
    lat_deg: view.lat_deg + ahead * Math.cos(h) - right * Math.sin(h),
    lon_deg: view.lon_deg + (ahead * Math.sin(h) + right * Math.cos(h)) / Math.max(0.25, Math.cos(view.lat_deg * DEG)),
  });
}

/** Somewhere between two views, the shorter way round. */
export function blended(a: View, b: View, f: number): View {
  const turn = (from: number, to: number) => from + (((((to - from + 540) % 360) + 360) % 360) - 180) * f;
  return limited({
    lat_deg: a.lat_deg + (b.lat_deg - a.lat_deg) * f,
    lon_deg: turn(a.lon_deg, b.lon_deg),
    distance: a.distance * (b.distance / a.distance) ** f,
    tilt_deg: a.tilt_deg + (b.tilt_deg - a.tilt_deg) * f,
    heading_deg: turn(a.heading_deg, b.heading_deg),
  });
}

/** A view that holds a flight from one end to the other, leaning so that its height is seen. */
export function across(from: Point, to: Point, portrait: boolean): View {
  const [x, y, z] = sum(from, to);
  const angle = between(from, to);
  return limited({
    lat_deg: Math.atan2(z, Math.hypot(x, y)) / DEG + (portrait ? 0 : 4),
    lon_deg: Math.atan2(y, x) / DEG,
    distance: Math.max(0.6, Math.min(3.4, 0.45 + angle * (portrait ? 1.35 : 1.25))),
    tilt_deg: (portrait ? 30 : 42) - 14 * angle,
    heading_deg: 0,
  });
}
