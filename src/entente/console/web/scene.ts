/** What is seen at one moment, at one rung, from one side. Pure: a document and a question in, a scene out.
 *
 * Vectors are Earth-fixed (x through 0 N 0 E, z through the North Pole) in units of the Earth's radius: a point at
 * height h stands at 1 + h / 6371 km. Drawers read scenes and nothing else of the document.
 */

import { EARTH_KM, type Followed, type Path, columnsOf, holds, place, unit } from "./columns";
import {
  type Area,
  CENTRE,
  type Event,
  type Notice,
  type Region,
  type Replay,
  type Rung,
  type Sensor,
  type Shot,
  type Site,
} from "./document";

/** Who looks: a party by its number, the joint centre, or the analyst who knows what really happened. */
export type Perspective = 0 | 1 | "centre" | "truth";

export const TRAIL = 20; // moments
const BURST_S = 45; // an interception stays on the screen so long

/** An ellipse on the ground: semi-axes [km], bearing of the longer [deg]. */
export interface Ellipse {
  lat_deg: number;
  lon_deg: number;
  major_km: number;
  minor_km: number;
  bearing_deg: number;
}

export interface SeenTrack {
  followed: Followed; // the whole track, with its columns
  holder: number; // 0, 1 or CENTRE
  name: string; // "T1": its number among those of its holder
  moment: number; // the moment of the grid at or before t
  known: boolean; // whether a position is believed; the rest of the position fields are nan otherwise
  x: number;
  y: number;
  z: number;
  alt_km: number;
  east_km_s: number;
  north_km_s: number;
  up_km_s: number;
  height_km: number; // half width of the 90 % interval of the height
  major_km: number; // the 90 % area of the position
  minor_km: number;
  bearing_deg: number;
  burns: number; // chance
  trail: number; // the trail begins at this moment and ends at `moment`
  launch: Area | null;
  impact: Area | null;
}

export interface SeenTruth {
  path: Path;
  object: number;
  x: number;
  y: number;
  z: number;
  alt_km: number;
  moment: number;
  trail: number;
  flies: boolean;
  stopped: boolean; // hit by an interceptor before t
  launch_deg: [number, number];
  impact_deg: [number, number];
}

export interface SeenShot {
  shot: Shot;
  number: number; // in the rung's list
  site: Site;
  party: number;
  flies: boolean; // else it has met its target, or missed it, a moment ago
  x: number;
  y: number;
  z: number;
}

export interface SeenNotice {
  notice: Notice;
  open: boolean; // whether t lies in the window
}

export interface Scene {
  t: number;
  moment: number;
  rung: Rung;
  perspective: Perspective;
  sensors: { sensor: Sensor; number: number; sees: boolean }[]; // sees: its reports are in a track held now
  sites: Site[];
  regions: Region[];
  tracks: SeenTrack[];
  truth: SeenTruth[];
  shots: SeenShot[];
  notice: SeenNotice | null;
}

/** The scene at t [s since the epoch]. */
export function scene(doc: Replay, rung: Rung, perspective: Perspective, t: number): Scene {
  const moment = momentAt(doc, t);
  const tracks = seenTracks(doc, rung, perspective, t);
  const sees = new Set<number>();
  for (const { followed } of tracks) for (const n of holds(followed.track.sensors, moment) ?? []) sees.add(n);
  const all = perspective === "centre" || perspective === "truth";
  return {
    t,
    moment,
    rung,
    perspective,
    sensors: doc.sensors
      .map((sensor, number) => ({ sensor, number, sees: sees.has(number) }))
      .filter((seen) => all || seen.sees || seen.sensor.party === perspective),
    sites: doc.sites.filter((site) => all || site.party === perspective),
    regions: doc.regions.filter((region) =>
      perspective === "truth"
        ? region.party !== null || region.roles.length > 0
        : region.party !== null && (all || region.party === perspective),
    ),
    tracks,
    truth: perspective === "truth" ? seenTruth(doc, rung, t) : [],
    shots: seenShots(doc, rung, perspective, t),
    notice: seenNotice(doc, rung, perspective, t),
  };
}

/** The moment of the grid at or before t. */
export function momentAt(doc: Replay, t: number): number {
  const { start_s, step_s, count } = doc.grid;
  return Math.min(count - 1, Math.max(0, Math.floor((t - start_s) / step_s + 1e-9)));
}

/** Whether a track belongs to what a side sees. */
export function isHeldBy(holder: number, perspective: Perspective): boolean {
  if (perspective === "truth") return true;
  return holder === (perspective === "centre" ? CENTRE : perspective);
}

function seenTracks(doc: Replay, rung: Rung, perspective: Perspective, t: number): SeenTrack[] {
  const moment = momentAt(doc, t);
  const part = (t - doc.grid.start_s) / doc.grid.step_s - moment;
  const out: SeenTrack[] = [];
  for (const followed of columnsOf(doc).tracks[rung.picture] ?? []) {
    if (!isHeldBy(followed.track.holder, perspective)) continue;
    const g = moment - followed.track.start;
    if (g < 0 || g >= followed.alt.length || holds(followed.track.made_of, moment) === null) continue;
    out.push(seenTrack(followed, moment, Math.min(1, Math.max(0, part))));
  }
  return out;
}

const at: [number, number, number, number] = [0, 0, 0, 0];

function seenTrack(followed: Followed, moment: number, part: number): SeenTrack {
  const { track } = followed;
  const g = moment - track.start;
  interpolate(followed, g, part, at);
  const velocity = track.velocity_km_s[g];
  const area = track.area[g];
  return {
    followed,
    holder: track.holder,
    name: `T${followed.number}`,
    moment,
    known: at[0] === at[0],
    x: at[0],
    y: at[1],
    z: at[2],
    alt_km: at[3],
    east_km_s: velocity?.[0] ?? NaN,
    north_km_s: velocity?.[1] ?? NaN,
    up_km_s: velocity?.[2] ?? NaN,
    height_km: track.height_km[g] ?? NaN,
    major_km: area?.[0] ?? NaN,
    minor_km: area?.[1] ?? NaN,
    bearing_deg: area?.[2] ?? NaN,
    burns: track.burns[g] ?? 0,
    trail: Math.max(track.start, moment - TRAIL + 1),
    launch: holds(track.launch, moment),
    impact: holds(track.impact, moment),
  };
}

/** Position and height between moment g of a path and the next, into `out`; nan where nothing is believed. */
function interpolate(path: Path, g: number, part: number, out: [number, number, number, number]): void {
  const { xyz, alt } = path;
  const next = g + 1 < alt.length && alt[g + 1] === alt[g + 1] ? g + 1 : g;
  for (let a = 0; a < 3; a++) {
    const from = xyz[3 * g + a] as number;
    out[a as 0] = from + part * ((xyz[3 * next + a] as number) - from);
  }
  out[3] = (alt[g] as number) + part * ((alt[next] as number) - (alt[g] as number));
  const r = Math.hypot(out[0], out[1], out[2]);
  const scale = (1 + out[3] / EARTH_KM) / r; // the chord lies below the arc
  out[0] *= scale;
  out[1] *= scale;
  out[2] *= scale;
}

function seenTruth(doc: Replay, rung: Rung, t: number): SeenTruth[] {
  const moment = momentAt(doc, t);
  const out: SeenTruth[] = [];
  for (const path of columnsOf(doc).truth) {
    const { truth } = path;
    if (t < truth.launch_s) continue;
    const hit = rung.shots.find((shot) => shot.hit && shot.object === truth.object && shot.intercept_s <= t);
    const flies = t <= truth.impact_s && !hit;
    interpolate(path, moment, (t - doc.grid.start_s) / doc.grid.step_s - moment, at);
    const ended = hit ? hit.intercept_s : Math.min(t, truth.impact_s);
    out.push({
      path,
      object: truth.object,
      x: at[0],
      y: at[1],
      z: at[2],
      alt_km: at[3],
      moment: momentAt(doc, ended),
      trail: momentAt(doc, truth.launch_s),
      flies: flies && at[0] === at[0],
      stopped: hit !== undefined,
      launch_deg: truth.launch_deg,
      impact_deg: truth.impact_deg,
    });
  }
  return out;
}

function seenShots(doc: Replay, rung: Rung, perspective: Perspective, t: number): SeenShot[] {
  const told = rung.flows.includes("rules") || rung.flows.includes("assignments");
  const out: SeenShot[] = [];
  for (const [number, shot] of rung.shots.entries()) {
    const site = doc.sites[shot.site];
    if (!site || t < shot.launch_s || t > shot.intercept_s + BURST_S) continue;
    if (perspective !== "truth" && perspective !== site.party && !told) continue;
    const part = Math.min(1, (t - shot.launch_s) / Math.max(1e-9, shot.intercept_s - shot.launch_s));
    const [x, y, z] = climb(site, shot, part);
    out.push({ shot, number, site, party: site.party, flies: t <= shot.intercept_s, x, y, z });
  }
  return out;
}

/** Where an interceptor is, as far as the document tells: on the great circle to where it meets its target, climbing evenly. */
export function climb(site: Site, shot: Shot, part: number): [number, number, number] {
  const from = unit(site.lat_deg, site.lon_deg);
  const to = unit(shot.place[0], shot.place[1]);
  const v = [0, 1, 2].map((a) => (from[a] as number) * (1 - part) + (to[a] as number) * part);
  const r = (1 + (part * shot.alt_km) / EARTH_KM) / Math.hypot(v[0] as number, v[1] as number, v[2] as number);
  return [(v[0] as number) * r, (v[1] as number) * r, (v[2] as number) * r];
}

function seenNotice(doc: Replay, rung: Rung, perspective: Perspective, t: number): SeenNotice | null {
  const { notice } = doc;
  if (!notice) return null;
  const noticed = doc.pictures[rung.picture]?.noticed ?? [];
  const knows =
    perspective === "truth" || (perspective === "centre" ? noticed.some(Boolean) : noticed[perspective] === true);
  return knows ? { notice, open: t >= notice.window_s[0] && t <= notice.window_s[1] } : null;
}

/** The events of a rung that a side knows of: its own; all of them for the truth, both parties' for the centre. */
export function eventsOf(rung: Rung, perspective: Perspective): Event[] {
  if (perspective === "truth") return rung.events;
  if (perspective === "centre") return rung.events.filter((event) => event.party !== null);
  return rung.events.filter((event) => event.party === perspective);
}

/** Where a seen track is above the ground, as an ellipse of its 90 % area; null where no position is believed. */
export function positionArea(track: SeenTrack): Ellipse | null {
  if (!track.known) return null;
  const [lat_deg, lon_deg] = place(track.x, track.y, track.z);
  return {
    lat_deg,
    lon_deg,
    major_km: track.major_km,
    minor_km: track.minor_km,
    bearing_deg: track.bearing_deg,
  };
}

/** A stated area as an ellipse. */
export function ellipseOf(area: Area): Ellipse {
  return { lat_deg: area[0], lon_deg: area[1], major_km: area[2], minor_km: area[3], bearing_deg: area[4] };
}

/** Square kilometres in an area. */
export function extent(area: Area): number {
  return Math.PI * area[2] * area[3];
}

/** The smallest impact area that a side states for each object: what it would act on. */
export function impactAreas(doc: Replay, rung: Rung, perspective: Perspective, moment: number): Map<number, Area> {
  const out = new Map<number, Area>();
  for (const { track } of columnsOf(doc).tracks[rung.picture] ?? []) {
    if (!isHeldBy(track.holder, perspective) || track.object === null) continue;
    const area = holds(track.impact, moment);
    const best = out.get(track.object);
    if (area && (!best || extent(area) < extent(best))) out.set(track.object, area);
  }
  return out;
}
