/** The document as columns of numbers, made once: what is looked up at every frame. */

import { type Changes, type Replay, type Track, type Truth } from "./document";

export const EARTH_KM = 6371;
export const DEG = Math.PI / 180;

/** A path over moments: unit vectors times 1 + height / radius of the Earth; nan where nothing is believed. */
export interface Path {
  start: number;
  xyz: Float32Array; // three numbers a moment
  alt: Float32Array; // km
}

/** A track with its path, and its number among those of its holder. */
export interface Followed extends Path {
  track: Track;
  number: number;
}

export interface Columns {
  tracks: Followed[][]; // of each picture
  truth: (Path & { truth: Truth })[];
}

const made = new WeakMap<Replay, Columns>();

/** The columns of a document: computed when first asked for. */
export function columnsOf(doc: Replay): Columns {
  let columns = made.get(doc);
  if (!columns) {
    columns = {
      tracks: doc.pictures.map((picture) => numbered(picture.tracks)),
      truth: doc.truth.map((truth) => ({ truth, ...path(truth, 0) })),
    };
    made.set(doc, columns);
  }
  return columns;
}

/** Tracks in the order of the document; each holder's are numbered from 1 in the order in which they began. */
function numbered(tracks: Track[]): Followed[] {
  const last = new Map<number, number>();
  const number = new Map<Track, number>();
  for (const track of [...tracks].sort((a, b) => a.start - b.start)) {
    const n = (last.get(track.holder) ?? 0) + 1;
    last.set(track.holder, n);
    number.set(track, n);
  }
  return tracks.map((track) => ({ track, number: number.get(track) ?? 0, ...path(track, track.start) }));
}

function path(columns: Pick<Track, "lat_deg" | "lon_deg" | "alt_km">, start: number): Path {
  const count = columns.lat_deg.length;
  const xyz = new Float32Array(3 * count).fill(NaN);
  const alt = new Float32Array(count).fill(NaN);
  for (let g = 0; g < count; g++) {
    const lat = columns.lat_deg[g];
    const lon = columns.lon_deg[g];
    if (lat == null || lon == null) continue;
    const height = columns.alt_km[g] ?? 0;
    const r = 1 + height / EARTH_KM;
    const flat = r * Math.cos(lat * DEG);
    xyz[3 * g] = flat * Math.cos(lon * DEG);
    xyz[3 * g + 1] = flat * Math.sin(lon * DEG);
    xyz[3 * g + 2] = r * Math.sin(lat * DEG);
    alt[g] = height;
  }
  return { start, xyz, alt };
}

/** What holds at a moment: the last change at or before it. */
export function holds<T>(list: Changes<T>, moment: number): T | null {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle] as [number, T | null])[0] <= moment) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : (list[low - 1] as [number, T | null])[1];
}

/** Unit vector of a place. */
export function unit(lat_deg: number, lon_deg: number): [number, number, number] {
  const flat = Math.cos(lat_deg * DEG);
  return [flat * Math.cos(lon_deg * DEG), flat * Math.sin(lon_deg * DEG), Math.sin(lat_deg * DEG)];
}

/** Latitude and longitude [deg] of a vector. */
export function place(x: number, y: number, z: number): [number, number] {
  return [Math.atan2(z, Math.hypot(x, y)) / DEG, Math.atan2(y, x) / DEG];
}

/** The place that lies so many kilometres from another, in a direction [deg from north]. */
export function along(lat_deg: number, lon_deg: number, bearing_deg: number, km: number): [number, number] {
  const [sin, cos] = [Math.sin(km / EARTH_KM), Math.cos(km / EARTH_KM)];
  const [slat, clat] = [Math.sin(lat_deg * DEG), Math.cos(lat_deg * DEG)];
  const lat = Math.asin(Math.min(1, Math.max(-1, slat * cos + clat * sin * Math.cos(bearing_deg * DEG))));
  const lon = Math.atan2(Math.sin(bearing_deg * DEG) * sin * clat, cos - slat * Math.sin(lat));
  return [lat / DEG, ((lon_deg + lon / DEG + 540) % 360) - 180];
}

/** The direction [deg from north] in which another place lies. */
export function bearing(lat_deg: number, lon_deg: number, to_lat_deg: number, to_lon_deg: number): number {
  const [a, b, d] = [lat_deg * DEG, to_lat_deg * DEG, (to_lon_deg - lon_deg) * DEG];
  const y = Math.sin(d) * Math.cos(b);
  const x = Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(d);
  return (Math.atan2(y, x) / DEG + 360) % 360;
}

/** Kilometres between two places, along the ground. */
export function apart(a: readonly [number, number], b: readonly [number, number]): number {
  const [p, q] = [unit(a[0], a[1]), unit(b[0], b[1])];
  const chord = Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
  return 2 * Math.asin(Math.min(1, chord / 2)) * EARTH_KM;
}
