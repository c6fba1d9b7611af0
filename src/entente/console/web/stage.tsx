/** The map: a canvas, what it answers to, and the divider over it. */

import { effect, signal } from "@preact/signals";
import { type ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Hit } from "./draw";
import { type Frame, drawFrame, isStacked, placesOf } from "./frame";
import { marked, objectOf } from "./happened";
import { type Pen } from "./pen";
import { type Scene, scene } from "./scene";
import * as state from "./state";
import { makeView } from "./views";
import { WORDS, perspectiveName, rungName } from "./words";

export const size = signal({ width: 0, height: 0 });
const NEAR = 18; // pixels

/** The object that what is selected is about, for the close-up. */
export function chosenObject(key: string): number | null {
  const at = state.doc.peek();
  return at ? objectOf(at, key) : null;
}

/** The frame to draw now; null before there is anything. */
export function frameNow(ratio: number): Frame | null {
  const [doc, world] = [state.doc.value, state.world.value];
  const { width, height } = size.value;
  if (!doc || !world || width < 2) return null;
  const t = state.t.value;
  const scenes: Scene[] = state.shown.value.map(({ rung, side }) => scene(doc, state.rungAt(doc, rung), side, t));
  return {
    doc,
    world,
    scenes,
    compare: state.compare.value,
    divider: state.divider.value,
    camera: state.camera.value,
    theme: state.theme.value,
    selected: marked(doc, state.selected.value),
    object: chosenObject(state.selected.value),
    hidden: state.hidden.value,
    width,
    height,
    ratio,
  };
}

export function Stage(): ComponentChildren {
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const hits = useRef<Hit[]>([]);
  useEffect(() => watchSize(host.current as HTMLElement), []);
  useEffect(() => drawing(canvas.current as HTMLCanvasElement, hits), []);
  useEffect(() => steering(canvas.current as HTMLCanvasElement, hits), []);
  return (
    <div class="stage" ref={host}>
      <canvas ref={canvas} tabIndex={0} role="application" aria-label={WORDS.map} />
      {state.compare.value === "divide" && <Divider />}
      {state.compare.value === "beside" && (
        <i class={`seam ${isStacked(size.value.width, size.value.height) ? "across" : ""}`} />
      )}
    </div>
  );
}

function watchSize(host: HTMLElement): () => void {
  const watcher = new ResizeObserver(() => (size.value = { width: host.clientWidth, height: host.clientHeight }));
  watcher.observe(host);
  return () => watcher.disconnect();
}

/** Draw when anything changed, once a frame of the screen. */
function drawing(canvas: HTMLCanvasElement, hits: { current: Hit[] }): () => void {
  const pen = canvas.getContext("2d", { alpha: false }) as CanvasRenderingContext2D;
  let asked = 0;
  const draw = (): void => {
    asked = 0;
    const began = DEBUG ? performance.now() : 0;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const frame = frameNow(ratio);
    if (!frame) return;
    const [w, h] = [Math.round(frame.width * ratio), Math.round(frame.height * ratio)];
    if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    hits.current = drawFrame(pen as unknown as Pen, frame);
    if (DEBUG) {
      pen.getImageData(0, 0, 1, 1); // what was only noted down is drawn now, and counted
      (window.__frames ??= []).push(performance.now() - began);
    }
  };
  return effect(() => {
    void [state.doc.value, state.world.value, state.t.value, state.shown.value, state.compare.value, size.value];
    void [state.camera.value, state.theme.value, state.selected.value, state.divider.value, state.hidden.value];
    if (!asked) asked = requestAnimationFrame(draw);
  });
}

/** Drag to move or turn, wheel and two fingers to zoom, click to choose. */
function steering(canvas: HTMLCanvasElement, hits: { current: Hit[] }): () => void {
  const fingers = new Map<number, { x: number; y: number }>();
  let moved = 0;
  const at = (event: PointerEvent | WheelEvent): { x: number; y: number } => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const down = (event: PointerEvent): void => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at(event));
    moved = 0;
  };
  const move = (event: PointerEvent): void => {
    const before = fingers.get(event.pointerId);
    const now = at(event);
    if (!before) {
      canvas.style.cursor = nearest(hits.current, now.x, now.y) ? "pointer" : "grab";
      return;
    }
    const others = [...fingers].filter(([id]) => id !== event.pointerId);
    moved += Math.hypot(now.x - before.x, now.y - before.y);
    if (others.length > 0) {
      const other = (others[0] as [number, { x: number; y: number }])[1];
      const [from, to] = [before, now].map((p) => Math.hypot(p.x - other.x, p.y - other.y)) as [number, number];
      if (from > 4) zoomAt(to / from, other.x, other.y);
    } else if (moved > 4) pan(now.x - before.x, now.y - before.y);
    fingers.set(event.pointerId, now);
  };
  const up = (event: PointerEvent): void => {
    const point = at(event);
    if (fingers.delete(event.pointerId) && moved <= 4 && event.type === "pointerup")
      state.select(nearest(hits.current, point.x, point.y)?.key ?? "");
  };
  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const { x, y } = at(event);
    zoomAt(Math.exp(-event.deltaY * 0.0015), x, y);
  };
  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  canvas.addEventListener("wheel", wheel, { passive: false });
  return () => {
    canvas.removeEventListener("pointerdown", down);
    canvas.removeEventListener("pointermove", move);
    canvas.removeEventListener("pointerup", up);
    canvas.removeEventListener("pointercancel", up);
    canvas.removeEventListener("wheel", wheel);
  };
}

function nearest(hits: Hit[], x: number, y: number): Hit | null {
  let best: Hit | null = null;
  let least = NEAR;
  for (const hit of hits) {
    const away = Math.hypot(hit.x - x, hit.y - y) - (hit.key.startsWith("track") ? 4 : 0);
    if (away < least) [best, least] = [hit, away];
  }
  return best;
}

/** Move the map by pixels, or turn the globe. */
export function pan(dx: number, dy: number): void {
  const camera = state.camera.peek();
  const [place] = placesOf({ ...size.peek(), compare: state.compare.peek(), divider: state.divider.peek() });
  if (!place) return;
  const { scale } = makeView(camera, place.rect);
  if (camera.view === "globe") {
    const lat_deg = Math.min(90, Math.max(-90, camera.lat_deg + (dy / scale) * 57.3));
    const lon_deg = ((camera.lon_deg - (dx / scale) * 57.3 + 540) % 360) - 180;
    state.camera.value = { ...camera, lon_deg, lat_deg };
  } else state.camera.value = { ...camera, x: camera.x - dx / scale, y: camera.y + dy / scale };
}

/** Zoom so that what lies under a point stays there. */
export function zoomAt(by: number, x?: number, y?: number): void {
  const camera = state.camera.peek();
  const zoom = Math.min(60, Math.max(camera.view === "globe" ? 0.15 : 0.6, camera.zoom * by));
  const places = placesOf({ ...size.peek(), compare: state.compare.peek(), divider: state.divider.peek() });
  const place =
    places.find(
      ({ clip }) =>
        x !== undefined && x >= clip.x && x <= clip.x + clip.w && (y ?? 0) >= clip.y && (y ?? 0) <= clip.y + clip.h,
    ) ?? places[0];
  if (!place) return;
  const before = makeView(camera, place.rect).scale;
  const after = (before * zoom) / camera.zoom;
  if (camera.view === "globe" || x === undefined || y === undefined) {
    state.camera.value = { ...camera, zoom };
    return;
  }
  const [px, py] = [x - place.rect.x - place.rect.w / 2, y - place.rect.y - place.rect.h / 2];
  state.camera.value = {
    ...camera,
    zoom,
    x: camera.x + px / before - px / after,
    y: camera.y - py / before + py / after,
  };
}

const LEAST = 0.03;

function Divider(): ComponentChildren {
  const at = state.divider.value;
  const set = (value: number): void => void (state.divider.value = Math.min(1 - LEAST, Math.max(LEAST, value)));
  const drag = (event: PointerEvent): void => {
    const handle = event.currentTarget as HTMLElement;
    handle.setPointerCapture(event.pointerId);
    const box = (handle.parentElement as HTMLElement).getBoundingClientRect();
    handle.onpointermove = (moved) => set((moved.clientX - box.left) / box.width);
    handle.onpointerup = handle.onpointercancel = () => (handle.onpointermove = null);
    handle.focus();
    event.preventDefault();
  };
  const key = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -0.02, ArrowRight: 0.02, PageUp: -0.1, PageDown: 0.1 }[event.key];
    if (by !== undefined) set(at + by);
    else if (event.key === "Home") set(LEAST);
    else if (event.key === "End") set(1 - LEAST);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const doc = state.doc.value;
  const [left, right] = state.panes.value;
  const told = doc
    ? `${rungName(state.rungAt(doc, left.rung))}, ${perspectiveName(doc, left.side)}; ${rungName(state.rungAt(doc, right.rung))}, ${perspectiveName(doc, right.side)}`
    : "";
  return (
    <div
      class="divider"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={WORDS.divider}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(at * 100)}
      aria-valuetext={told}
      style={{ left: `${at * 100}%` }}
      onPointerDown={drag}
      onKeyDown={key}
    >
      <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
        <path d="M9 7 4 12l5 5M15 7l5 5-5 5" fill="none" stroke="currentColor" stroke-width="2" />
      </svg>
    </div>
  );
}
