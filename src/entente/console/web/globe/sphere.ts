// Points and directions on and above the Earth, in the frame of the scene: x through 0 N 0 E, z through the North Pole, in
// radii of the Earth. The ellipsoid is drawn as a sphere: at most 21 km off, less than a line is wide at any zoom allowed.

import { DEG, EARTH_KM } from "../columns";

export type Point = [number, number, number];

/** The point at a latitude, longitude and height. */
export function point(lat_deg: number, lon_deg: number, alt_km = 0): Point {
  const r = 1 + alt_km / EARTH_KM;
  const level = r * Math.cos(lat_deg * DEG);
  return [level * Math.cos(lon_deg * DEG), level * Math.sin(lon_deg * DEG), r * Math.sin(lat_deg * DEG)];
}

/** Latitude and longitude of a point, in degrees. */
export function place([x, y, z]: Point): [number, number] {
  return [Math.atan2(z, Math.hypot(x, y)) / DEG, Math.atan2(y, x) / DEG];
}

export const dot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const length = (a: Point): number => Math.hypot(a[0], a[1], a[2]);
export const scaled = (a: Point, k: number): Point => [a[0] * k, a[1] * k, a[2] * k];
export const unit = (a: Point): Point => scaled(a, 1 / (length(a) || 1));
export const sum = (a: Point, b: Point): Point => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const less = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const cross = (a: Point, b: Point): Point => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const between = (a: Point, b: Point): number => Math.acos(Math.max(-1, Math.min(1, dot(unit(a), unit(b)))));

/** East, north and up at a place. */
export function axes(lat_deg: number, lon_deg: number): [Point, Point, Point] {
  const [sp, cp] = [Math.sin(lat_deg * DEG), Math.cos(lat_deg * DEG)];
  const [sl, cl] = [Math.sin(lon_deg * DEG), Math.cos(lon_deg * DEG)];
  return [
    [-sl, cl, 0],
    [-sp * cl, -sp * sl, cp],
    [cp * cl, cp * sl, sp],
  ];
}

/** The point seen from a place in a direction, at a slant range. */
export function seen(lat_deg: number, lon_deg: number, azimuth_deg: number, elevation_deg: number, range_km: number): Point {
  const [east, north, up] = axes(lat_deg, lon_deg);
  const s = range_km / EARTH_KM;
  const level = s * Math.cos(elevation_deg * DEG);
  const [e, n, u] = [level * Math.sin(azimuth_deg * DEG), level * Math.cos(azimuth_deg * DEG), s * Math.sin(elevation_deg * DEG)];
  return [
    e * east[0] + n * north[0] + (1 + u) * up[0],
    e * east[1] + n * north[1] + (1 + u) * up[1],
    e * east[2] + n * north[2] + (1 + u) * up[2],
  ];
}

/** The point on the ground that lies a distance away along a bearing. */
export function away(lat_deg: number, lon_deg: number, bearing_deg: number, distance_km: number): Point {
  const [east, north, up] = axes(lat_deg, lon_deg);
  const d = distance_km / EARTH_KM;
  const [c, s] = [Math.cos(d), Math.sin(d)];
  const [e, n] = [s * Math.sin(bearing_deg * DEG), s * Math.cos(bearing_deg * DEG)];
  return [
    c * up[0] + e * east[0] + n * north[0],
    c * up[1] + e * east[1] + n * north[1],
    c * up[2] + e * east[2] + n * north[2],
  ];
}

/** The rim of an ellipse on the ground: semi-axes in km, bearing of the longer one from north. */
export function ellipse(lat_deg: number, lon_deg: number, major_km: number, minor_km: number, bearing_deg: number, steps: number): Point[] {
  const rim: Point[] = [];
  for (let k = 0; k < steps; k++) {
    const a = (2 * Math.PI * k) / steps;
    const [along, across] = [major_km * Math.cos(a), minor_km * Math.sin(a)];
    const turned = bearing_deg + Math.atan2(across, along) / DEG;
    rim.push(away(lat_deg, lon_deg, turned, Math.hypot(along, across)));
  }
  return rim;
}

/** A point on the great circle between two, at the share `f` of the way. Heights go over linearly. */
export function along(a: Point, b: Point, f: number): Point {
  const angle = between(a, b);
  const r = length(a) * (1 - f) + length(b) * f;
  if (angle < 1e-9) return scaled(unit(a), r);
  const [p, q] = [Math.sin((1 - f) * angle) / Math.sin(angle), Math.sin(f * angle) / Math.sin(angle)];
  return scaled(unit(sum(scaled(unit(a), p), scaled(unit(b), q))), r);
}

/** Whether the Earth does not stand between two points outside it. */
export function inSight(eye: Point, p: Point): boolean {
  const d: Point = [p[0] - eye[0], p[1] - eye[1], p[2] - eye[2]];
  const t = -dot(eye, d) / dot(d, d);
  if (t <= 0 || t >= 1) return true;
  return length(sum(eye, scaled(d, t))) > 0.9995;
}
