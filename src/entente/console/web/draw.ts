/** What moves: one scene on one view. Paths of one style are traced together, in chunks that a software canvas fills quickly. */

import { traceArea, traceCorridor, traceEllipse, traceLine } from "./areas";
import { type Followed, unit } from "./columns";
import { CENTRE, type Area } from "./document";
import { type Label, drawLabels } from "./labels";
import { DASHES, type Palette, colourOf, mark } from "./palette";
import { type Pen } from "./pen";
import { type Ahead, ahead } from "./predict";
import { type Scene, type SeenTrack, extent } from "./scene";
import { type Rect, type View } from "./views";
import { WORDS, km, number, squareKm } from "./words";

/** A place on the screen that can be chosen. */
export interface Hit {
  x: number;
  y: number;
  key: string;
}

export interface Drawing {
  pen: Pen;
  view: View;
  palette: Palette;
  clip: Rect; // labels stay inside
  taken: Rect[]; // and out of these
  selected: string; // "" where nothing is
  hits: Hit[];
}

export const MOST_PATHS = 40;
const SMALL = 420; // pixels: a map less wide names only what matters now
const IDLE = 60; // the rank from which names are of what only stands there
const MANY = 14; // up to so many tracks, each says its height and its impact area
const CROWD = 200; // with more tracks than this, lines are thin and plain
const CHUNK = 4; // a software canvas fills a few small shapes at a time fastest
const HOLDERS = [0, 1, CENTRE] as const;

/** "track.4.2": how a thing is named in selections and deep links. */
export function trackKey(scene: Scene, track: SeenTrack): string {
  return `track.${scene.rung.picture}.${track.followed.track.id}`;
}

export function drawScene(drawing: Drawing, scene: Scene): void {
  const labels: Label[] = [];
  drawRegions(drawing, scene, labels);
  drawNotice(drawing, scene, labels);
  for (const holder of HOLDERS) drawAreas(drawing, scene, holder);
  drawAhead(drawing, scene);
  for (const holder of HOLDERS) drawTrails(drawing, scene, holder);
  drawTruth(drawing, scene, labels);
  drawFixed(drawing, scene, labels);
  drawShots(drawing, scene, labels);
  for (const holder of HOLDERS) drawTracks(drawing, scene, holder);
  drawSelected(drawing, scene);
  nameTracks(drawing, scene, labels);
  const shown = drawing.clip.w < SMALL ? labels.filter((label) => label.rank < IDLE) : labels;
  drawLabels(drawing.pen, shown, drawing.clip, drawing.taken, drawing.palette.halo, drawing.palette.muted);
}

/** Trace things one after another and stroke and fill them a few at a time. */
function batched<T>(pen: Pen, things: readonly T[], trace: (thing: T) => boolean | void, paint: () => void): void {
  let n = 0;
  pen.beginPath();
  for (const thing of things) {
    if (trace(thing) === false) continue;
    if (++n % CHUNK === 0) {
      paint();
      pen.beginPath();
    }
  }
  if (n % CHUNK > 0) paint();
}

function drawAreas({ pen, view, palette }: Drawing, scene: Scene, holder: number): void {
  const colour = colourOf(palette, holder);
  const traceStated = (area: Area): boolean => traceArea(pen, view, area[0], area[1], area[2], area[3], area[4]);
  const paint = (wash: number, alpha: number, width: number) => (): void => {
    pen.fillStyle = pen.strokeStyle = colour;
    pen.globalAlpha = wash;
    if (wash > 0) pen.fill();
    pen.globalAlpha = alpha;
    pen.lineWidth = width;
    pen.stroke();
  };
  const held = scene.tracks.filter((track) => track.holder === holder);
  const many = scene.tracks.length > MANY;
  pen.setLineDash([1.5, 3]);
  batched(pen, held, (track) => track.launch !== null && traceStated(track.launch), paint(many ? 0 : 0.06, many ? 0.4 : 0.75, 1.1));
  const crowd = scene.tracks.length > CROWD;
  pen.setLineDash(crowd ? [] : (DASHES[holder as 0] ?? []));
  // What the partner's warning says is coarse: an outline behind what the holder's own track says.
  batched(pen, held, (track) => !track.known && track.impact !== null && traceStated(track.impact), paint(0, many ? 0.3 : 0.55, 1));
  batched(pen, held, (track) => track.known && track.impact !== null && traceStated(track.impact), paint(crowd ? 0.1 : 0.18, crowd ? 0.6 : 0.95, crowd ? 1 : 1.5));
  pen.setLineDash([]);
  batched(
    pen,
    held,
    (track) => track.known && traceEllipse(pen, view, track.x, track.y, track.z, track.major_km, track.minor_km, track.bearing_deg),
    paint(crowd ? 0 : 0.14, 0.7, 1),
  );
  pen.globalAlpha = 1;
}

const kept = new WeakMap<Followed, { moment: number; ahead: Ahead | null }>();

/** The path ahead, computed once a moment of the grid, and begun where the track is now. */
export function aheadOf(track: SeenTrack): Ahead | null {
  let known = kept.get(track.followed);
  if (known?.moment !== track.moment) {
    known = { moment: track.moment, ahead: ahead(track) };
    kept.set(track.followed, known);
  }
  const path = known?.ahead ?? null;
  path?.xyz.set([track.x, track.y, track.z]);
  return path;
}

function drawAhead({ pen, view, palette, selected }: Drawing, scene: Scene): void {
  const all = scene.tracks.length <= MOST_PATHS;
  for (const track of scene.tracks) {
    if (!track.known || !(all || trackKey(scene, track) === selected)) continue;
    const path = aheadOf(track);
    if (!path) continue;
    pen.fillStyle = pen.strokeStyle = colourOf(palette, track.holder);
    pen.beginPath();
    traceCorridor(pen, view, path);
    pen.globalAlpha = 0.16;
    pen.fill();
    pen.beginPath();
    traceLine(pen, view, path.xyz, 0, path.count - 1);
    pen.globalAlpha = 0.75;
    pen.lineWidth = 1;
    pen.setLineDash([2, 4]);
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }
}

function drawTrails({ pen, view, palette }: Drawing, scene: Scene, holder: number): void {
  pen.strokeStyle = colourOf(palette, holder);
  pen.lineWidth = scene.tracks.length > CROWD ? 1 : 2;
  pen.setLineDash(scene.tracks.length > CROWD ? [] : (DASHES[holder as 0] ?? []));
  pen.globalAlpha = 0.85;
  const held = scene.tracks.filter((track) => track.holder === holder);
  batched(
    pen,
    held,
    ({ followed, trail, moment, x, y, z, known }) => {
      traceLine(pen, view, followed.xyz, trail - followed.start, moment - followed.start);
      if (known && view.project(x, y, z)) pen.lineTo(view.sx, view.sy);
    },
    () => pen.stroke(),
  );
  pen.setLineDash([]);
  pen.globalAlpha = 1;
}

function drawTracks({ pen, view, palette, hits }: Drawing, scene: Scene, holder: number): void {
  const size = scene.tracks.length > CROWD ? 3.4 : 6;
  const held = scene.tracks.filter((track) => track.holder === holder && track.known);
  pen.fillStyle = colourOf(palette, holder);
  pen.strokeStyle = palette.halo;
  pen.lineWidth = 1.5;
  batched(
    pen,
    held,
    (track) => {
      if (!view.project(track.x, track.y, track.z)) return false;
      mark(pen, holder, view.sx, view.sy, size);
      hits.push({ x: view.sx, y: view.sy, key: trackKey(scene, track) });
      return true;
    },
    () => {
      pen.stroke();
      pen.fill();
    },
  );
}

function drawSelected({ pen, view, palette, selected }: Drawing, scene: Scene): void {
  if (!selected) return;
  let at: [number, number, number] | null = null;
  for (const track of scene.tracks) {
    if (trackKey(scene, track) !== selected) continue;
    if (track.known) at = [track.x, track.y, track.z];
    else if (track.impact) at = unit(track.impact[0], track.impact[1]);
  }
  for (const site of scene.sites) if (`site.${site.id}` === selected) at = unit(site.lat_deg, site.lon_deg);
  for (const truth of scene.truth) if (`truth.${truth.object}` === selected) at = [truth.x, truth.y, truth.z];
  if (!at || !view.project(...at)) return;
  pen.beginPath();
  pen.arc(view.sx, view.sy, 13, 0, 2 * Math.PI);
  pen.strokeStyle = palette.halo;
  pen.lineWidth = 4;
  pen.stroke();
  pen.strokeStyle = palette.ink;
  pen.lineWidth = 2;
  pen.stroke();
}

function nameTracks({ view, palette, selected, hits }: Drawing, scene: Scene, labels: Label[]): void {
  const few = scene.tracks.length <= MANY;
  scene.tracks.forEach((track, i) => {
    const key = trackKey(scene, track);
    const chosen = key === selected;
    const colour = colourOf(palette, track.holder);
    if (track.known) {
      if (scene.tracks.length > 300 && !chosen) return;
      if (!view.project(track.x, track.y, track.z)) return;
      labels.push({ text: track.name, note: (few && scene.perspective !== "truth") || chosen ? `${number(Math.round(track.alt_km))} km ${WORDS.high}` : "", x: view.sx, y: view.sy, off: 8, rank: chosen ? 0 : 10 + i / 1e4, colour, bold: true });
    } else if (track.impact && few) {
      if (!view.project(...unit(track.impact[0], track.impact[1]))) return;
      const off = Math.min(70, (track.impact[2] / 6371) * view.scale);
      hits.push({ x: view.sx, y: view.sy, key });
      labels.push({ text: `${track.name}`, note: WORDS.partnersWarning, x: view.sx, y: view.sy, off, rank: 40 + i / 1e4, colour, bold: false });
    }
    if (few && track.known && track.impact && view.project(...unit(track.impact[0], track.impact[1]))) {
      hits.push({ x: view.sx, y: view.sy, key });
      const off = Math.min(90, (track.impact[2] / 6371) * view.scale);
      labels.push({ text: squareKm(extent(track.impact)), note: WORDS.area90, x: view.sx, y: view.sy, off: Math.max(off, 4), rank: 20 + i / 1e4, colour, bold: true });
    }
    if (few && !track.known && !track.impact && track.launch && view.project(...unit(track.launch[0], track.launch[1]))) {
      hits.push({ x: view.sx, y: view.sy, key });
      labels.push({ text: track.name, note: WORDS.launchSeen, x: view.sx, y: view.sy, off: 8, rank: 30, colour, bold: true });
    }
  });
}

function drawRegions({ pen, view, palette, hits, selected }: Drawing, scene: Scene, labels: Label[]): void {
  for (const region of scene.regions) {
    const key = `region.${region.name}`;
    const colour = region.party === null ? palette.muted : colourOf(palette, region.party);
    pen.beginPath();
    traceArea(pen, view, region.lat_deg, region.lon_deg, region.radius_km, region.radius_km, 0);
    pen.fillStyle = pen.strokeStyle = colour;
    pen.globalAlpha = selected === key ? 0.2 : 0.07;
    pen.fill();
    pen.globalAlpha = selected === key ? 1 : 0.6;
    pen.lineWidth = selected === key ? 2 : 1;
    pen.setLineDash([1, 3]);
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
    if (!view.project(...unit(region.lat_deg, region.lon_deg))) continue;
    hits.push({ x: view.sx, y: view.sy, key });
    const off = Math.max(2, (region.radius_km / 6371) * view.scale);
    labels.push({ text: region.title, note: "", x: view.sx, y: view.sy, off: Math.min(60, off), rank: selected === key ? 1 : 60, colour: palette.muted, bold: false });
  }
}

function drawNotice({ pen, view, palette, hits }: Drawing, scene: Scene, labels: Label[]): void {
  if (!scene.notice) return;
  const { notice, open } = scene.notice;
  pen.beginPath();
  traceArea(pen, view, notice.lat_deg, notice.lon_deg, notice.radius_km, notice.radius_km, 0);
  pen.fillStyle = pen.strokeStyle = palette.notice;
  pen.globalAlpha = 0.12;
  pen.fill();
  pen.globalAlpha = open ? 1 : 0.5;
  pen.lineWidth = 1.5;
  pen.setLineDash([10, 3, 2, 3]);
  pen.stroke();
  pen.setLineDash([]);
  pen.globalAlpha = 1;
  if (!view.project(...unit(notice.lat_deg, notice.lon_deg))) return;
  hits.push({ x: view.sx, y: view.sy, key: "notice" });
  labels.push({ text: WORDS.noticeTitle, note: open ? WORDS.noticeOpen : WORDS.noticeClosed, x: view.sx, y: view.sy, off: Math.max(6, (notice.radius_km / 6371) * view.scale), rank: 15, colour: palette.notice, bold: true });
}

function drawTruth({ pen, view, palette, hits }: Drawing, scene: Scene, labels: Label[]): void {
  pen.strokeStyle = pen.fillStyle = palette.truth;
  pen.lineWidth = 1.6;
  for (const truth of scene.truth) {
    pen.beginPath();
    traceLine(pen, view, truth.path.xyz, truth.trail, Math.min(truth.moment, truth.path.alt.length - 1));
    if (truth.flies && view.project(truth.x, truth.y, truth.z)) pen.lineTo(view.sx, view.sy);
    pen.stroke();
    const few = scene.truth.length <= 3;
    if (!truth.stopped && view.project(...unit(...truth.impact_deg))) {
      cross(pen, view.sx, view.sy, 5);
      hits.push({ x: view.sx, y: view.sy, key: `truth.${truth.object}` });
      if (few) labels.push({ text: WORDS.trueImpact, note: "", x: view.sx, y: view.sy, off: 7, rank: 25, colour: palette.truth, bold: false });
    }
    if (truth.flies && view.project(truth.x, truth.y, truth.z)) {
      pen.beginPath();
      pen.arc(view.sx, view.sy, 4, 0, 2 * Math.PI);
      pen.fill();
      hits.push({ x: view.sx, y: view.sy, key: `truth.${truth.object}` });
      labels.push({ text: few ? `${WORDS.truePlace}, ${km(Math.round(truth.alt_km))} ${WORDS.high}` : "", note: "", x: view.sx, y: view.sy, off: 9, rank: 26, colour: palette.truth, bold: false });
    }
  }
}

function cross(pen: Pen, x: number, y: number, r: number): void {
  pen.beginPath();
  pen.moveTo(x - r, y - r);
  pen.lineTo(x + r, y + r);
  pen.moveTo(x + r, y - r);
  pen.lineTo(x - r, y + r);
  pen.stroke();
}

function drawFixed({ pen, view, palette, hits, selected }: Drawing, scene: Scene, labels: Label[]): void {
  const named = new Set<string>(); // two radars at one place are named once
  for (const { sensor, sees } of scene.sensors) {
    const r = sensor.kind === "satellite" ? 1 + (sensor.alt_km ?? 0) / 6371 : 1;
    const [x, y, z] = unit(sensor.lat_deg, sensor.lon_deg);
    if (!view.project(r * x, r * y, r * z)) continue;
    const key = `sensor.${sensor.id}`;
    const colour = colourOf(palette, sensor.party);
    const [sx, sy] = [view.sx, view.sy];
    hits.push({ x: sx, y: sy, key });
    pen.beginPath();
    if (sensor.kind === "radar") mark(pen, sensor.party, sx, sy, 4);
    else {
      mark(pen, sensor.party, sx, sy, 3.5);
      pen.moveTo(sx - 10, sy); // its panels
      pen.lineTo(sx - 5, sy);
      pen.moveTo(sx + 5, sy);
      pen.lineTo(sx + 10, sy);
    }
    pen.lineWidth = 1.5;
    pen.strokeStyle = colour;
    pen.fillStyle = sees ? colour : palette.halo;
    pen.fill();
    pen.stroke();
    if (key === selected) ring(pen, palette, sx, sy);
    const name = sensor.kind === "radar" ? shortName(sensor.title) : shortName(sensor.title, /[(]/);
    const spot = `${name} ${sees} ${Math.round(sx)} ${Math.round(sy)}`;
    if (named.has(spot)) continue;
    named.add(spot);
    labels.push({ text: name, note: sees ? WORDS.seesIt : "", x: sx, y: sy, off: sensor.kind === "radar" ? 6 : 11, rank: key === selected ? 0 : sees ? 45 : 80, colour: sees ? palette.ink : palette.muted, bold: false });
  }
  for (const site of scene.sites) {
    if (!view.project(...unit(site.lat_deg, site.lon_deg))) continue;
    const [sx, sy] = [view.sx, view.sy];
    const colour = colourOf(palette, site.party);
    const key = `site.${site.id}`;
    hits.push({ x: sx, y: sy, key });
    pen.beginPath();
    pen.rect(sx - 4.5, sy - 4.5, 9, 9);
    pen.moveTo(sx, sy - 4.5);
    pen.lineTo(sx, sy - 10);
    pen.fillStyle = palette.halo;
    pen.fill();
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.stroke();
    if (site.range_km !== null && key === selected) {
      pen.beginPath();
      traceArea(pen, view, site.lat_deg, site.lon_deg, site.range_km, site.range_km, 0);
      pen.stroke();
    }
    labels.push({ text: shortName(site.title), note: "", x: sx, y: sy, off: 7, rank: key === selected ? 0 : 70, colour: palette.muted, bold: false });
  }
}

function ring(pen: Pen, palette: Palette, x: number, y: number): void {
  pen.beginPath();
  pen.arc(x, y, 13, 0, 2 * Math.PI);
  pen.strokeStyle = palette.ink;
  pen.lineWidth = 2;
  pen.stroke();
}

/** A title up to its first comma or bracket: "Kurecik" of "Kurecik, AN/TPY-2 forward-based". */
export function shortName(title: string, by = /[,(]| near /): string {
  const short = title.split(by, 1)[0]?.trim() ?? title;
  return short.length > 32 ? `${short.slice(0, 31)}…` : short;
}

function drawShots({ pen, view, palette, hits }: Drawing, scene: Scene, labels: Label[]): void {
  const told = new Set<string>();
  for (const seen of scene.shots) {
    const colour = colourOf(palette, seen.party);
    pen.strokeStyle = pen.fillStyle = colour;
    pen.lineWidth = 1.5;
    pen.beginPath();
    if (view.project(...unit(seen.site.lat_deg, seen.site.lon_deg))) {
      pen.moveTo(view.sx, view.sy);
      if (view.project(seen.x, seen.y, seen.z)) pen.lineTo(view.sx, view.sy);
      pen.setLineDash([1, 3]);
      pen.stroke();
      pen.setLineDash([]);
    }
    if (!view.project(seen.x, seen.y, seen.z)) continue;
    const [x, y] = [view.sx, view.sy];
    const key = `site.${seen.site.id}`;
    hits.push({ x, y, key });
    if (seen.flies) {
      pen.beginPath();
      pen.moveTo(x - 4, y);
      pen.lineTo(x + 4, y);
      pen.moveTo(x, y - 4);
      pen.lineTo(x, y + 4);
      pen.stroke();
    } else {
      pen.beginPath();
      for (let i = 0; i < 8; i++) {
        const [c, s] = [Math.cos((i * Math.PI) / 4), Math.sin((i * Math.PI) / 4)];
        pen.moveTo(x + 4 * c, y + 4 * s);
        pen.lineTo(x + 11 * c, y + 11 * s);
      }
      pen.stroke();
    }
    const text = seen.flies ? WORDS.shotsFrom : `${WORDS.shotsFrom}: ${seen.shot.hit ? WORDS.hit : WORDS.miss}`;
    const place = `${text} ${Math.round(x / 20)} ${Math.round(y / 20)}`;
    if (told.has(place)) continue;
    told.add(place);
    labels.push({ text, note: "", x, y, off: 11, rank: 18, colour, bold: false });
  }
}
