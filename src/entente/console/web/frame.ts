/** One frame: the panes side by side or divided, each on its own map, and the close-ups in their corners.
 *
 * Maps and fans are drawn once on canvases of their own and copied; they are drawn anew when the camera, the size, the colours,
 * or the set of radars that see change.
 */

import { unit } from "./columns";
import { drawBase, drawReach, litFaces } from "./base";
import { type Hit, drawScene } from "./draw";
import { type Replay } from "./document";
import { type Focus, drawLens, focusOn, lensView } from "./lens";
import { PALETTES, type Palette, type Theme } from "./palette";
import { type Pen } from "./pen";
import { type Scene } from "./scene";
import { type Compare, type Layer } from "./state";
import { type Camera, type Rect, type View, makeView, pixels } from "./views";
import { type World } from "./world";

export interface Frame {
  doc: Replay;
  world: World;
  scenes: Scene[];
  compare: Compare;
  divider: number;
  camera: Camera;
  theme: Theme;
  selected: string;
  hidden: readonly Layer[];
  object: number | null; // the close-up is about this one, if it can
  width: number;
  height: number;
  ratio: number;
}

/** Where a pane's map lies, and which part of it is seen. */
export interface Place {
  rect: Rect;
  clip: Rect;
}

const HEAD = 56; // the heads of the panes cover so much
const HEADS = 80; // on a small map they take two lines

export function placesOf({
  compare,
  divider,
  width,
  height,
}: Pick<Frame, "compare" | "divider" | "width" | "height">): Place[] {
  const whole = { x: 0, y: 0, w: width, h: height };
  if (compare === "one") return [{ rect: whole, clip: whole }];
  if (compare === "divide") {
    const at = Math.round(divider * width);
    return [
      { rect: whole, clip: { x: 0, y: 0, w: at, h: height } },
      { rect: whole, clip: { x: at, y: 0, w: width - at, h: height } },
    ];
  }
  if (isStacked(width, height)) {
    const half = Math.round(height / 2);
    const rects = [
      { x: 0, y: 0, w: width, h: half },
      { x: 0, y: half, w: width, h: height - half },
    ];
    return rects.map((rect) => ({ rect, clip: rect }));
  }
  const half = Math.round(width / 2);
  const rects = [
    { x: 0, y: 0, w: half, h: height },
    { x: half, y: 0, w: width - half, h: height },
  ];
  return rects.map((rect) => ({ rect, clip: rect }));
}

/** Whether two maps stand one above the other. */
export function isStacked(width: number, height: number): boolean {
  return width < 560 && height > width * 0.8;
}

export function lensRect(clip: Rect, right: boolean, width: number): Rect {
  const size = Math.round(Math.min(width < 560 ? 112 : 232, clip.h * 0.42, clip.w * 0.5));
  const gap = width < 560 ? 8 : 14;
  return { x: right ? clip.x + clip.w - size - gap : clip.x + gap, y: clip.y + clip.h - size - gap, w: size, h: size };
}

interface Kept {
  key: string;
  canvas: HTMLCanvasElement;
}

const kept = new Map<string, Kept>();

/** A picture drawn before, or drawn now. */
function keep(name: string, key: string, rect: Rect, ratio: number, draw: (pen: Pen) => void): HTMLCanvasElement {
  const known = kept.get(name) ?? { key: "", canvas: document.createElement("canvas") };
  kept.set(name, known);
  if (known.key !== key) {
    const [w, h] = [Math.max(1, Math.round(rect.w * ratio)), Math.max(1, Math.round(rect.h * ratio))];
    if (known.canvas.width !== w || known.canvas.height !== h) Object.assign(known.canvas, { width: w, height: h });
    const pen = known.canvas.getContext("2d", { alpha: false }) as CanvasRenderingContext2D;
    pen.setTransform(ratio, 0, 0, ratio, -rect.x * ratio, -rect.y * ratio);
    draw(pen);
    known.key = key;
  }
  return known.canvas;
}

/** Draw everything; returns what can be chosen. `still` draws anew, for a picture that is not this canvas. */
export function drawFrame(pen: Pen & Partial<CanvasRenderingContext2D>, frame: Frame, still = false): Hit[] {
  const palette = PALETTES[frame.theme];
  const hits: Hit[] = [];
  const focus = focusOn(frame.scenes, frame.object);
  placesOf(frame).forEach((place, i) => {
    const scene = frame.scenes[i];
    if (!scene || place.clip.w < 2) return;
    const view = makeView(frame.camera, place.rect);
    pen.save();
    pen.beginPath();
    pen.rect(place.clip.x, place.clip.y, place.clip.w, place.clip.h);
    pen.clip();
    drawMap(pen, frame, view, scene, i, palette, still);
    const lens = focus ? lensRect(place.clip, i > 0 && frame.compare === "divide", frame.width) : null;
    if (lens && focus) drawPointer(pen, view, focus, lens, place.clip, palette);
    const zoom = { x: frame.width - 50, y: 80, w: 50, h: 108 }; // the buttons there cover names
    const mine: Hit[] = [];
    const head = {
      x: place.clip.x,
      y: place.clip.y,
      w: place.clip.w,
      h: frame.compare !== "one" && frame.width < 1000 ? HEADS : HEAD,
    };
    drawScene(
      {
        pen,
        view,
        palette,
        clip: place.clip,
        taken: [head, zoom, ...(lens ? [lens] : [])],
        selected: frame.selected,
        hidden: frame.hidden,
        hits: mine,
      },
      scene,
    );
    if (lens && focus) drawCloseUp(pen, frame, scene, lens, focus, i, palette, still);
    pen.restore();
    for (const hit of mine) if (isIn(hit, place.clip)) hits.push(hit);
  });
  return hits;
}

/** A frame on the map around what the close-up shows, and a line from one to the other. */
function drawPointer(pen: Pen, view: View, focus: Focus, lens: Rect, clip: Rect, palette: Palette): void {
  if (!view.project(...unit(focus.lat_deg, focus.lon_deg))) return;
  const half = Math.max(5, pixels(view, focus.half_km));
  const [x, y] = [view.sx, view.sy];
  if (half > 60 || !isIn({ x, y }, clip) || (x > lens.x - 10 && x < lens.x + lens.w + 10 && y > lens.y - 10)) return;
  pen.strokeStyle = palette.ink;
  pen.globalAlpha = 0.65;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.rect(x - half, y - half, 2 * half, 2 * half);
  pen.moveTo(x < lens.x + lens.w / 2 ? x - half : x + half, y + half);
  pen.lineTo(x < lens.x + lens.w / 2 ? lens.x : lens.x + lens.w, lens.y);
  pen.stroke();
  pen.globalAlpha = 1;
}

function isIn({ x, y }: { x: number; y: number }, clip: Rect): boolean {
  return x >= clip.x && x <= clip.x + clip.w && y >= clip.y && y <= clip.y + clip.h;
}

function drawMap(
  pen: Pen & Partial<CanvasRenderingContext2D>,
  frame: Frame,
  view: View,
  scene: Scene,
  i: number,
  palette: Palette,
  still: boolean,
): void {
  if (still || !pen.drawImage) {
    drawBase(pen, view, frame.world, palette);
    drawReach(pen, view, scene, palette, frame.selected, frame.hidden);
    return;
  }
  const { rect } = view;
  const where = [Object.values(frame.camera), rect.w, rect.h, frame.ratio, frame.theme].join();
  const of = `${frame.doc.case.name} ${frame.doc.seed}`; // reach differs with what flies, and is drawn by seed
  const base = keep(
    "base",
    where + (frame.compare === "beside" && isStacked(frame.width, frame.height)),
    { ...rect, x: 0, y: 0 },
    frame.ratio,
    (canvas) => drawBase(canvas, makeView(frame.camera, { ...rect, x: 0, y: 0 }), frame.world, palette),
  );
  const sees = scene.sensors
    .map((seen) => `${seen.number}${seen.sees ? `+${litFaces(scene, seen).join("")}` : ""}`)
    .join();
  const chosen = frame.selected.startsWith("sensor.") ? frame.selected : "";
  const reach = keep(
    `reach${i}`,
    [where, of, rect.x, rect.y, sees, chosen, ...frame.hidden].join(),
    { ...rect, x: 0, y: 0 },
    frame.ratio,
    (canvas) => {
      (canvas as CanvasRenderingContext2D).drawImage(base, 0, 0, rect.w, rect.h);
      drawReach(canvas, makeView(frame.camera, { ...rect, x: 0, y: 0 }), scene, palette, chosen, frame.hidden);
    },
  );
  pen.drawImage(reach, rect.x, rect.y, rect.w, rect.h);
}

function drawCloseUp(
  pen: Pen & Partial<CanvasRenderingContext2D>,
  frame: Frame,
  scene: Scene,
  rect: Rect,
  focus: Focus,
  i: number,
  palette: Palette,
  still: boolean,
): void {
  const view = lensView(focus, rect);
  const plain = (to: Pen, of: View): void => {
    to.save();
    to.beginPath();
    to.rect(of.rect.x, of.rect.y, of.rect.w, of.rect.h);
    to.clip();
    drawBase(to, of, frame.world, palette);
    to.restore();
  };
  if (still || !pen.drawImage) plain(pen, view);
  else {
    const own = { ...rect, x: 0, y: 0 };
    const key = [focus.lat_deg, focus.lon_deg, focus.half_km, rect.w, frame.ratio, frame.theme].join();
    pen.drawImage(
      keep(`lens${i}`, key, own, frame.ratio, (canvas) => plain(canvas, lensView(focus, own))),
      rect.x,
      rect.y,
      rect.w,
      rect.h,
    );
  }
  drawLens(pen, view, scene, focus, palette);
}
