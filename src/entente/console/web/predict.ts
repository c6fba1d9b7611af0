/** Where a track will be if nothing but gravity acts: the path ahead, and how wide what is known of it is.
 *
 * Two-body motion about a rotating spherical Earth, Runge-Kutta of the fourth order, steps of 10 s: a picture, not an estimate.
 * Without bending it ends 2 to 40 km from what tracks state (air, and the Earth's flattening); where a track states an
 * impact area, the path is bent to end in its middle,
 * and its half width grows evenly from that of the position's area, across the path, to that of the impact's.
 */

import { DEG, EARTH_KM, bearing, place, unit } from "./columns";
import { type SeenTrack } from "./scene";

const MU = 398600.4418; // km^3/s^2  gravity of the Earth; EGM96
const SPIN = 7.292115e-5; // rad/s  rotation of the Earth; WGS 84
const STEP_S = 10;
const LONGEST_S = 3600;
const KEPT = 60; // points of the path, at most

/** Vectors in radii of the Earth, Earth-fixed, three numbers a point; the half width across the path [km] at each. */
export interface Ahead {
  count: number;
  xyz: Float32Array;
  half_km: Float32Array;
  lands_s: number; // after the moment of the state
}

/** The path ahead of a track; null where no position is believed, or it burns, or it stays up longer than an hour. */
export function ahead(track: SeenTrack): Ahead | null {
  if (!track.known || track.burns > 0.5 || !Number.isFinite(track.up_km_s)) return null;
  const flown = fall(track);
  if (!flown) return null;
  bend(flown.points, track);
  return thinned(flown.points, flown.lands_s, track);
}

/** State [km, km/s] in axes that stand still and agree with the Earth's now. */
function inertial(track: SeenTrack): number[] {
  const r = Math.hypot(track.x, track.y, track.z);
  const [ux, uy, uz] = [track.x / r, track.y / r, track.z / r];
  const flat = Math.hypot(ux, uy) || 1e-9;
  const east = [-uy / flat, ux / flat, 0];
  const north = [(-uz * ux) / flat, (-uz * uy) / flat, flat];
  const up = [ux, uy, uz];
  const v = [0, 1, 2].map(
    (a) =>
      track.east_km_s * (east[a] as number) +
      track.north_km_s * (north[a] as number) +
      track.up_km_s * (up[a] as number),
  );
  const [x, y, z] = [track.x * EARTH_KM, track.y * EARTH_KM, track.z * EARTH_KM];
  return [x, y, z, (v[0] as number) - SPIN * y, (v[1] as number) + SPIN * x, v[2] as number];
}

function fall(track: SeenTrack): { points: number[][]; lands_s: number } | null {
  let s = inertial(track);
  const points = [[track.x, track.y, track.z]];
  for (let t = STEP_S; t <= LONGEST_S; t += STEP_S) {
    const before = s;
    s = step(s, STEP_S);
    const height = radius(s) - EARTH_KM;
    if (height > 0) {
      points.push(fixed(s, t));
      continue;
    }
    const part = (radius(before) - EARTH_KM) / (radius(before) - radius(s));
    const landed = step(before, STEP_S * part);
    points.push(fixed(landed, t - STEP_S * (1 - part)));
    return { points, lands_s: t - STEP_S * (1 - part) };
  }
  return null;
}

function radius(s: number[]): number {
  return Math.hypot(s[0] as number, s[1] as number, s[2] as number);
}

/** Earth-fixed place, in radii. */
function fixed(s: number[], t: number): number[] {
  const [sin, cos] = [Math.sin(SPIN * t), Math.cos(SPIN * t)];
  const [x, y, z] = [s[0] as number, s[1] as number, s[2] as number];
  return [(cos * x + sin * y) / EARTH_KM, (cos * y - sin * x) / EARTH_KM, z / EARTH_KM];
}

function slope(s: number[]): number[] {
  const r = radius(s);
  const g = -MU / (r * r * r);
  return [s[3]!, s[4]!, s[5]!, g * s[0]!, g * s[1]!, g * s[2]!];
}

/** One step of the classical Runge-Kutta method. */
export function step(s: number[], h: number): number[] {
  const moved = (k: number[], part: number): number[] => s.map((value, i) => value + h * part * k[i]!);
  const k1 = slope(s);
  const k2 = slope(moved(k1, 0.5));
  const k3 = slope(moved(k2, 0.5));
  const k4 = slope(moved(k3, 1));
  return s.map((value, i) => value + (h / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!));
}

/** Shift the path, ever more towards its end, so that it ends in the middle of the stated impact area. */
function bend(points: number[][], track: SeenTrack): void {
  const end = points[points.length - 1] as number[];
  if (!track.impact) return;
  const to = unit(track.impact[0], track.impact[1]);
  const off = [0, 1, 2].map((a) => to[a as 0] - (end[a] as number));
  if (Math.hypot(...off) > 0.1) return; // 600 km: the two disagree, and both are shown as they are
  points.forEach((point, i) => {
    for (let a = 0; a < 3; a++) point[a] = (point[a] as number) + ((off[a] as number) * i) / (points.length - 1);
  });
}

/** The direction [deg from north] from one vector to another. */
function way(a: number[], b: number[]): number {
  return bearing(...place(a[0]!, a[1]!, a[2]!), ...place(b[0]!, b[1]!, b[2]!));
}

/** Half the width of an ellipse, seen along a direction: its corridor touches it. */
export function across(major: number, minor: number, bearing_deg: number, way_deg: number): number {
  const off = (bearing_deg - way_deg) * DEG;
  return Math.hypot(major * Math.sin(off), minor * Math.cos(off));
}

function thinned(points: number[][], lands_s: number, track: SeenTrack): Ahead {
  const count = Math.min(KEPT, points.length);
  const xyz = new Float32Array(3 * count);
  const half_km = new Float32Array(count);
  const [first, second] = [points[0] as number[], points[Math.min(1, points.length - 1)] as number[]];
  const [before, last] = [points[Math.max(0, points.length - 2)] as number[], points[points.length - 1] as number[]];
  const from = across(track.major_km, track.minor_km, track.bearing_deg, way(first, second));
  const { impact } = track;
  const to = impact ? across(impact[2], impact[3], impact[4], way(before, last)) : from;
  for (let i = 0; i < count; i++) {
    const part = count > 1 ? i / (count - 1) : 0;
    xyz.set(points[Math.round(part * (points.length - 1))] as number[], 3 * i);
    half_km[i] = from + part * (to - from);
  }
  return { count, xyz, half_km, lands_s };
}
