/** What moves: one scene on one view. Paths of one style are traced together, in chunks that a software canvas fills quickly. */

import { traceArea, traceCorridor, traceEllipse, traceLine } from "./areas";
import { EARTH_KM, type Followed, unit } from "./columns";
import { CENTRE, type Area } from "./document";
import { drawShots, drawTruth } from "./flying";
import { drawFixed, drawNotice, drawRegions } from "./ground";
import { shotKey } from "./happened";
import { type Label, drawLabels } from "./labels";
import { DASHES, type Palette, colourOf, mark } from "./palette";
import { type Pen } from "./pen";
import { type Ahead, ahead } from "./predict";
import { type Scene, type SeenTrack, extent } from "./scene";
import { type Layer } from "./state";
import { type Rect, type View, pixels } from "./views";
import { WORDS, number, squareKm } from "./words";

export { shortName } from "./words";

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
  hidden: readonly Layer[];
  hits: Hit[];
}

export const MOST_PATHS = 40;
const SMALL = 420; // pixels: a map less wide names only what matters now
const IDLE = 60; // the rank from which names are of what only stands there
const EDGED = 3; // pixels: the half width from which a corridor has edges
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
  if (!drawing.hidden.includes("regions")) drawRegions(drawing, scene, labels);
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
  const marks =
    drawing.hits.length < CROWD ? drawing.hits.map(({ x, y }) => ({ x: x - 5, y: y - 5, w: 10, h: 10 })) : [];
  drawLabels(drawing.pen, shown, drawing.clip, drawing.taken, marks, drawing.palette.halo, drawing.palette.muted);
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
  batched(
    pen,
    held,
    (track) => track.launch !== null && traceStated(track.launch),
    paint(many ? 0 : 0.06, many ? 0.4 : 0.75, 1.1),
  );
  const crowd = scene.tracks.length > CROWD;
  pen.setLineDash(crowd ? [] : (DASHES[holder as 0] ?? []));
  // What the partner's warning says is coarse: an outline behind what the holder's own track says.
  batched(
    pen,
    held,
    (track) => !track.known && track.impact !== null && traceStated(track.impact),
    paint(0, many ? 0.3 : 0.55, 1),
  );
  batched(
    pen,
    held,
    (track) => track.known && track.impact !== null && traceStated(track.impact),
    paint(crowd ? 0.1 : 0.18, crowd ? 0.6 : 0.95, crowd ? 1 : 1.5),
  );
  pen.setLineDash([]);
  batched(
    pen,
    held,
    (track) =>
      track.known &&
      traceEllipse(pen, view, track.x, track.y, track.z, track.major_km, track.minor_km, track.bearing_deg),
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

function drawAhead({ pen, view, palette, selected, hidden }: Drawing, scene: Scene): void {
  const all = scene.tracks.length <= MOST_PATHS && !hidden.includes("paths");
  for (const track of scene.tracks) {
    if (!track.known || !(all || trackKey(scene, track) === selected)) continue;
    const path = aheadOf(track);
    if (!path) continue;
    pen.fillStyle = pen.strokeStyle = colourOf(palette, track.holder);
    if (track.impact) {
      pen.beginPath();
      traceCorridor(pen, view, path);
      pen.globalAlpha = 0.2;
      pen.fill();
      if (pixels(view, path.half_km[path.count - 1] as number) > EDGED) {
        pen.globalAlpha = 0.5;
        pen.lineWidth = 0.8;
        pen.stroke();
      }
    }
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
    else if (track.launch) at = unit(track.launch[0], track.launch[1]);
  }
  for (const [number, shot] of scene.rung.shots.entries())
    if (shotKey(scene.rung, number) === selected) at = shotNow(scene, number) ?? place3(shot.place, shot.alt_km);
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

/** Where a shot is seen now; null where it is not. */
function shotNow(scene: Scene, number: number): [number, number, number] | null {
  const seen = scene.shots.find((one) => one.number === number);
  return seen ? [seen.x, seen.y, seen.z] : null;
}

function place3([lat_deg, lon_deg]: [number, number], alt_km: number): [number, number, number] {
  return unit(lat_deg, lon_deg).map((value) => value * (1 + alt_km / EARTH_KM)) as [number, number, number];
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
      labels.push({
        text: track.name,
        note:
          (few && scene.perspective !== "truth") || chosen
            ? `${number(Math.round(track.alt_km))} km ${WORDS.high}`
            : "",
        x: view.sx,
        y: view.sy,
        off: 8,
        rank: chosen ? 0 : 10 + i / 1e4,
        colour,
        bold: true,
      });
    } else if (track.impact && few) {
      if (!view.project(...unit(track.impact[0], track.impact[1]))) return;
      const off = Math.min(70, (track.impact[2] / 6371) * view.scale);
      hits.push({ x: view.sx, y: view.sy, key });
      labels.push({
        text: `${track.name}`,
        note: WORDS.partnersWarning,
        x: view.sx,
        y: view.sy,
        off,
        rank: 40 + i / 1e4,
        colour,
        bold: false,
      });
    }
    if (few && track.known && track.impact && view.project(...unit(track.impact[0], track.impact[1]))) {
      hits.push({ x: view.sx, y: view.sy, key });
      const off = Math.min(90, (track.impact[2] / 6371) * view.scale);
      labels.push({
        text: squareKm(extent(track.impact)),
        note: WORDS.area90,
        x: view.sx,
        y: view.sy,
        off: Math.max(off, 4),
        rank: 20 + i / 1e4,
        colour,
        bold: true,
      });
    }
    if (
      few &&
      !track.known &&
      !track.impact &&
      track.launch &&
      view.project(...unit(track.launch[0], track.launch[1]))
    ) {
      hits.push({ x: view.sx, y: view.sy, key });
      labels.push({
        text: track.name,
        note: WORDS.launchSeen,
        x: view.sx,
        y: view.sy,
        off: 8,
        rank: 30,
        colour,
        bold: true,
      });
    }
  });
}
