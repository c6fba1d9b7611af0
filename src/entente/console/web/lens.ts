/** The close-up of where it will come down: on a map of Europe fifty square kilometres cannot be seen. */

import { traceArea } from "./areas";
import { apart } from "./columns";
import { type Area } from "./document";
import { FONT } from "./labels";
import { DASHES, type Palette, colourOf } from "./palette";
import { type Pen } from "./pen";
import { type Scene, extent } from "./scene";
import { type Rect, type View, closeUp, pixels } from "./views";
import { WORDS, squareKm } from "./words";

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000];

/** What a close-up looks at. Two beside each other share it, so that sizes can be compared. */
export interface Focus {
  lat_deg: number;
  lon_deg: number;
  half_km: number;
  object: number | null;
}

/** The track of a scene that a close-up is about: the smallest impact area for the object. */
export function told(scene: Scene, object: number | null): { area: Area; holder: number; name: string } | null {
  let best: { area: Area; holder: number; name: string } | null = null;
  for (const { impact, holder, followed, name } of scene.tracks)
    if (impact && followed.track.object === object && (!best || extent(impact) < extent(best.area)))
      best = { area: impact, holder, name };
  return best;
}

/** Where two scenes are to be looked at from near; null where neither states an impact area. */
export function focusOn(scenes: Scene[], chosen: number | null): Focus | null {
  const objects = scenes.flatMap((scene) => scene.tracks.filter((t) => t.impact).map((t) => t.followed.track.object));
  if (objects.length === 0) return null;
  const object = chosen !== null && objects.includes(chosen) ? chosen : lowest(objects);
  const areas = scenes.map((scene) => told(scene, object)?.area).filter((area): area is Area => area !== undefined);
  const middle = areas[areas.length - 1] as Area;
  const away = (area: Area): number => area[2] + apart([area[0], area[1]], [middle[0], middle[1]]);
  const others = scenes.flatMap((scene) =>
    scene.tracks
      .filter((t) => t.known && t.impact && t.followed.track.object === object)
      .map((t) => away(t.impact as Area)),
  );
  const least = Math.max(...areas.map(away));
  const needed = Math.max(least, Math.min(8 * least, ...[Math.max(0, ...others)])); // the others too, where the best stays visible
  const half_km = STEPS.find((step) => step >= 1.08 * needed) ?? 2000;
  const grain = half_km / 400; // the map below moves in steps, or it would be drawn anew at every moment
  const snap = (value: number): number => Math.round(value / grain) * grain;
  return { lat_deg: snap(middle[0]), lon_deg: snap(middle[1]), half_km, object };
}

function lowest(objects: (number | null)[]): number | null {
  const real = objects.filter((o): o is number => o !== null);
  return real.length ? Math.min(...real) : null;
}

export function lensView(focus: Focus, rect: Rect): View {
  return closeUp(focus.lat_deg, focus.lon_deg, focus.half_km, rect);
}

/** The areas in the close-up, its number and its scale; the map below is already there. */
export function drawLens(pen: Pen, view: View, scene: Scene, focus: Focus, palette: Palette): void {
  const { rect } = view;
  pen.save();
  pen.beginPath();
  pen.rect(rect.x, rect.y, rect.w, rect.h);
  pen.clip();
  drawEllipses(pen, view, scene, focus, palette);
  pen.restore();
  pen.strokeStyle = palette.coast;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.rect(rect.x + 0.5, rect.y + 0.5, rect.w - 1, rect.h - 1);
  pen.stroke();
  drawWords(pen, view, scene, focus, palette);
}

function drawEllipses(pen: Pen, view: View, scene: Scene, focus: Focus, palette: Palette): void {
  for (const region of scene.regions) {
    pen.beginPath();
    traceArea(pen, view, region.lat_deg, region.lon_deg, region.radius_km, region.radius_km, 0);
    pen.strokeStyle = region.party === null ? palette.muted : colourOf(palette, region.party);
    pen.globalAlpha = 0.6;
    pen.lineWidth = 1;
    pen.setLineDash([1, 3]);
    pen.stroke();
  }
  for (const { impact, holder, known, followed } of scene.tracks) {
    if (!impact || followed.track.object !== focus.object) continue;
    pen.beginPath();
    const seen = traceArea(pen, view, impact[0], impact[1], impact[2], impact[3], impact[4]);
    if (!seen) spot(pen, view, impact);
    pen.fillStyle = pen.strokeStyle = colourOf(palette, holder);
    pen.globalAlpha = known ? 0.25 : 0;
    if (known) pen.fill();
    pen.globalAlpha = known ? 1 : 0.5;
    pen.setLineDash(DASHES[holder as 0] ?? []);
    pen.lineWidth = known ? 2 : 1;
    pen.stroke();
  }
  pen.setLineDash([]);
  pen.globalAlpha = 1;
  pen.strokeStyle = palette.truth;
  pen.lineWidth = 2;
  for (const { impact_deg, stopped } of scene.truth) {
    if (stopped) continue;
    const [lat, lon] = impact_deg;
    if (!projectPlace(view, lat, lon)) continue;
    const [x, y] = [view.sx, view.sy];
    pen.beginPath();
    pen.moveTo(x - 5, y - 5);
    pen.lineTo(x + 5, y + 5);
    pen.moveTo(x + 5, y - 5);
    pen.lineTo(x - 5, y + 5);
    pen.stroke();
  }
}

function spot(pen: Pen, view: View, area: Area): void {
  if (projectPlace(view, area[0], area[1])) pen.arc(view.sx, view.sy, 2, 0, 2 * Math.PI);
}

function projectPlace(view: View, lat: number, lon: number): boolean {
  const [a, o] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180];
  return view.project(Math.cos(a) * Math.cos(o), Math.cos(a) * Math.sin(o), Math.sin(a));
}

function drawWords(pen: Pen, view: View, scene: Scene, focus: Focus, palette: Palette): void {
  const { rect } = view;
  const best = told(scene, focus.object);
  const big = rect.w >= 180;
  const say = (text: string, x: number, y: number, font: string, colour: string): void => {
    pen.font = `${font} ${FONT}`;
    pen.strokeStyle = palette.halo;
    pen.lineWidth = 3;
    pen.strokeText(text, x, y);
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  };
  pen.lineJoin = "round";
  pen.textAlign = "left";
  pen.textBaseline = "top";
  const colour = best ? colourOf(palette, best.holder) : palette.muted;
  say(
    best ? squareKm(extent(best.area)) : WORDS.unknown,
    rect.x + 10,
    rect.y + 9,
    big ? "600 20px" : rect.w > 96 ? "600 14px" : "600 11px",
    colour,
  );
  if (big) say(WORDS.area90, rect.x + 10, rect.y + 33, "400 12px", palette.muted);
  const bar = focus.half_km / 2;
  const wide = pixels(view, bar);
  const y = rect.y + rect.h - 12;
  pen.beginPath();
  pen.moveTo(rect.x + 10, y - 4);
  pen.lineTo(rect.x + 10, y);
  pen.lineTo(rect.x + 10 + wide, y);
  pen.lineTo(rect.x + 10 + wide, y - 4);
  pen.strokeStyle = palette.ink;
  pen.lineWidth = 1.2;
  pen.stroke();
  pen.textBaseline = "alphabetic";
  say(`${bar} km`, rect.x + 16 + wide, y + 1, "400 11px", palette.ink);
}
