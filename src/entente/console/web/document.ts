/** What the server hands over: one history at all its rungs (format 1, written by `entente.console.replay`).
 *
 * Angles are degrees, lengths kilometres, speeds km/s, times seconds since the epoch. Arrays over moments follow `grid`.
 */

import { damaged } from "./damage";

export const FORMAT = 1;
export const CENTRE = 2;

/** Pairs of a moment's number and what holds from then on; null is "nothing". */
export type Changes<T> = [number, T | null][];

/** A 90 % area: latitude, longitude, longer semi-axis, shorter, bearing of the longer, time, half width of that time. */
export type Area = [number, number, number, number, number, number, number];

/** Giver, kind, when it was true, when it arrived. */
export type Message = [number, "warning" | "track", number, number];

type Column = (number | null)[];

export interface Track {
  id: number;
  holder: number; // a party's number, or CENTRE
  since_s: number | null;
  object: number | null; // null: a false alarm
  start: number; // the moment at which the columns begin
  lat_deg: Column;
  lon_deg: Column;
  alt_km: Column;
  velocity_km_s: [number | null, number | null, number | null][]; // east, north, up
  area: [number | null, number | null, number | null][]; // longer semi-axis, shorter, bearing
  height_km: Column; // half width of the 90 % interval
  burns: Column; // chance that its motor burns
  launch: Changes<Area>;
  impact: Changes<Area>;
  seen_by: Changes<number>; // 1 radar, 2 infrared, 3 both
  made_of: Changes<number>; // 1 own, 2 the partner's, 3 both
  share: Changes<number>;
  sensors: Changes<number[]>;
  messages: Changes<number[]>;
  class: Changes<number[]>;
}

export interface Picture {
  told_s: Column;
  doubted_s: Column;
  refused: number[];
  noticed: boolean[];
  messages: Message[];
  tracks: Track[];
}

export interface Shot {
  site: number;
  object: number;
  launch_s: number;
  intercept_s: number;
  p_kill: number;
  hit: boolean;
  place: [number, number];
  alt_km: number;
}

export type Happening = "seen" | "told" | "track" | "warning" | "shot" | "intercept" | "impact" | "burnout" | "launch";

export interface Event {
  t_s: number;
  party: number | null;
  what: Happening;
  text: string;
}

export interface Rung {
  rung: number;
  name: string;
  flows: string[];
  fusion: string;
  engagement: string;
  picture: number;
  shots: Shot[];
  events: Event[];
  measures: Record<string, (number | null)[]>;
}

export interface Sensor {
  id: string;
  title: string;
  party: number;
  kind: "radar" | "satellite";
  lat_deg: number;
  lon_deg: number;
  revisit_s: number;
  latency_s: number;
  reach_km?: number;
  reach_body_km?: number;
  elevation_deg?: [number, number];
  faces?: { azimuth_deg: number; half_width_deg: number }[];
  alt_km?: number;
}

export interface Site {
  id: string;
  title: string;
  party: number;
  lat_deg: number;
  lon_deg: number;
  inventory: number;
  range_km: number | null;
}

export interface Region {
  name: string;
  title: string;
  lat_deg: number;
  lon_deg: number;
  radius_km: number;
  roles: string[];
  party: number | null;
}

export interface Notice {
  by: string;
  lat_deg: number;
  lon_deg: number;
  radius_km: number;
  window_s: [number, number];
}

export interface Truth {
  object: number;
  launch_s: number;
  burnout_s: number;
  impact_s: number;
  apogee_km: number;
  launch_deg: [number, number];
  impact_deg: [number, number];
  lat_deg: Column;
  lon_deg: Column;
  alt_km: Column;
}

export interface Replay {
  format: number;
  made_by: { program: string; version: string; code: string };
  scenario_hash: string;
  origin: string;
  title: string;
  question: string;
  epoch: string;
  case: {
    name: string;
    title: string;
    nature: string;
    launched_by: string;
    launches: number;
    vehicle: string;
    class: string;
  };
  cases: { name: string; title: string }[];
  seed: number;
  grid: { start_s: number; step_s: number; count: number };
  classes: string[];
  parties: { name: string; title: string }[];
  regions: Region[];
  sensors: Sensor[];
  sites: Site[];
  notice: Notice | null;
  truth: Truth[];
  measures: Record<string, { title: string; unit: string; better: string }>;
  pictures: Picture[];
  rungs: Rung[];
  notes?: string[]; // what else a reader must know: that other code made the run
}

/** What is wrong with the document, in one line; null where nothing is. */
export function wrong(value: unknown, name = "replay.json"): string | null {
  if (!isTable(value)) return `${name}: not a replay (a JSON object is expected); make it again with entente console`;
  const format = value.format;
  if (typeof format !== "number") return `${name}: has no format number; it is no replay, or damaged`;
  if (format > FORMAT) return `${name}: format ${format} is newer than this console reads (${FORMAT}); update entente`;
  if (format < FORMAT) return `${name}: format ${format} is older than this console reads (${FORMAT}); simulate again`;
  return damage(value, name);
}

const COLUMNS = ["lon_deg", "alt_km", "velocity_km_s", "area", "height_km", "burns"] as const;

function damage(doc: Record<string, unknown>, name: string): string | null {
  const part = damaged(doc);
  if (part) return `${name}: damaged, ${part}; simulate again`;
  const replay = doc as unknown as Replay;
  const { start_s, step_s, count } = replay.grid;
  if (!(Number.isFinite(start_s) && step_s > 0 && Number.isInteger(count) && count > 1))
    return `${name}: damaged, the grid of moments makes no sense; simulate again`;
  if (replay.rungs.length === 0) return `${name}: tells no rung; simulate again`;
  if (replay.parties.length !== 2) return `${name}: ${replay.parties.length} parties, 2 are expected`;
  for (const { rung, picture, shots } of replay.rungs) {
    if (!replay.pictures[picture]) return `${name}: damaged, rung ${rung} names a picture that is not there`;
    if (shots.some(({ site }) => !replay.sites[site]))
      return `${name}: damaged, rung ${rung} names an interceptor site that is not there`;
  }
  for (const [p, picture] of replay.pictures.entries())
    for (const track of picture.tracks)
      if (track.start + track.lat_deg.length > count || COLUMNS.some((key) => track[key].length < track.lat_deg.length))
        return `${name}: damaged, a track of picture ${p} is cut short; simulate again`;
  return null;
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
