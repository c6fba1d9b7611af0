/** What the page shows now, and how it is told in the address: a link restores it. */

import { batch, computed, signal } from "@preact/signals";
import { type Replay, type Rung } from "./document";
import { atOtherRung } from "./happened";
import { opening } from "./opening";
import { type Theme } from "./palette";
import { type Perspective, type Scene, eventsOf, scene } from "./scene";
import { type Camera, VIEWS, type ViewName, framed, home } from "./views";
import { type World } from "./world";

export type Compare = "one" | "divide" | "beside";
export const COMPARES: Compare[] = ["one", "divide", "beside"];
/** What can be left off the maps. */
export type Layer = "radars" | "satellites" | "paths" | "regions";
export const LAYERS: Layer[] = ["radars", "satellites", "paths", "regions"];
export const SPEEDS = [1, 5, 20, 100];
/** Where one looks at the free globe from: latitude, longitude, distance, tilt, heading. */
export type SpaceView = [number, number, number, number, number];

export type Tab = "comparison" | "events" | "tracks" | "details";

/** A history that is asked for while another stays on the screen. */
export interface Wanted {
  case: string;
  seed: string;
  isNew: boolean; // not one that the browser's buttons went back to
}

/** A pane: a rung (its place in the document's list) and who looks. */
export interface Pane {
  rung: number;
  side: Perspective;
}

export const doc = signal<Replay | null>(null);
export const world = signal<World | null>(null);
export const failure = signal<string | null>(null);
export const waiting = signal(false);
export const wanted = signal<Wanted | null>(null);
export const trouble = signal<string | null>(null); // why what is wanted cannot be shown

export const t = signal(0);
export const playing = signal(false);
export const speed = signal(20);
export const compare = signal<Compare>("divide");
export const panes = signal<[Pane, Pane]>([
  { rung: 0, side: 0 },
  { rung: 0, side: 0 },
]);
export const divider = signal(0.5);
export const camera = signal<Camera>(home("europe"));
export const space = signal(false); // the free globe
export const spaceView = signal<SpaceView | null>(null); // where one stands on it; null before it was moved
export const selected = signal("");
export const theme = signal<Theme>("dark");
export const tab = signal<Tab>("comparison");
export const hidden = signal<readonly Layer[]>([]);
export const open = signal<"" | "search" | "keys" | "save" | "layers" | "about">("");
export const narrow = signal(false); // as on a phone
export const shortcuts = signal(true); // keys of one letter: WCAG 2.1.4 asks that they can be turned off
export const said = signal(""); // for the live region

/** The panes on the screen, left to right. */
export const shown = computed<Pane[]>(() => (compare.value === "one" || space.value ? [panes.value[1]] : panes.value));

export const moment = computed(() => {
  const at = doc.value;
  if (!at) return 0;
  return Math.min(at.grid.count - 1, Math.max(0, Math.floor((t.value - at.grid.start_s) / at.grid.step_s + 1e-9)));
});

/** The scenes at the moment of the grid: for tables, which need not follow every frame. */
export const scenes = computed<Scene[]>(() => {
  const at = doc.value;
  if (!at) return [];
  const when = at.grid.start_s + moment.value * at.grid.step_s;
  return shown.value.map(({ rung, side }) => scene(at, rungAt(at, rung), side, when));
});

export function rungAt(at: Replay, index: number): Rung {
  return (at.rungs[index] ?? at.rungs[0]) as Rung;
}

export function span(at: Replay): [number, number] {
  return [at.grid.start_s, at.grid.start_s + (at.grid.count - 1) * at.grid.step_s];
}

/** Move in time, inside the history. */
export function goTo(time: number): void {
  const at = doc.peek();
  if (!at) return;
  const [from, to] = span(at);
  t.value = Math.min(to, Math.max(from, time));
}

const NEAR = 0.1; // of a step: so close to a moment, the clock and the slider say that one is there

export function step(by_s: number): void {
  playing.value = false;
  const at = doc.peek();
  if (!at) return;
  const { start_s, step_s } = at.grid;
  const now = (t.peek() - start_s) / step_s;
  const next = by_s > 0 ? Math.floor(now + NEAR) : Math.ceil(now - NEAR); // land on moments of the grid
  goTo(start_s + (next + Math.round(by_s / step_s)) * step_s);
}

export function togglePlay(): void {
  const at = doc.peek();
  if (!at) return;
  if (!playing.peek() && t.peek() >= span(at)[1] - 1e-6) goTo(span(at)[0]);
  playing.value = !playing.peek();
}

/** The event before or after now, of those the shown sides know. */
export function toEvent(forward: boolean): void {
  const at = doc.peek();
  if (!at) return;
  const events = shown.peek().flatMap(({ rung, side }) => eventsOf(rungAt(at, rung), side));
  const now = t.peek();
  let next: number | null = null;
  for (const { t_s } of events) {
    if (forward ? t_s > now + 0.05 && (next === null || t_s < next) : t_s < now - 0.05 && (next === null || t_s > next))
      next = t_s;
  }
  if (next === null) return;
  playing.value = false;
  goTo(next);
}

export function setPane(which: 0 | 1, change: Partial<Pane>): void {
  const next: [Pane, Pane] = [...panes.peek()];
  const before = next[which];
  next[which] = { ...before, ...change };
  batch(() => {
    selected.value = atRung(selected.peek(), before.rung, next[which].rung);
    panes.value = next;
  });
}

/** The same at another rung: the same holder's track of the same object, the same event or shot; other keys stay. */
function atRung(key: string, from: number, to: number): string {
  const at = doc.peek();
  const [kind, picture, id] = key.split(".");
  if (at && (kind === "event" || kind === "shot") && picture === String(rungAt(at, from).rung))
    return atOtherRung(at, key, rungAt(at, to)) || key;
  if (!at || kind !== "track" || Number(picture) !== rungAt(at, from).picture) return key;
  const other = rungAt(at, to).picture;
  const track = at.pictures[Number(picture)]?.tracks.find((one) => one.id === Number(id));
  if (!track || other === Number(picture)) return key;
  const same = (at.pictures[other]?.tracks ?? []).filter(
    (one) => one.holder === track.holder && one.object === track.object && Math.abs(one.start - track.start) < 60,
  );
  same.sort((a, b) => Math.abs(a.start - track.start) - Math.abs(b.start - track.start));
  return same[0] ? `track.${other}.${same[0].id}` : key;
}

export function setView(view: ViewName): void {
  batch(() => {
    space.value = false;
    camera.value = framedFor(view);
  });
}

export function nextSide(): void {
  const order: Perspective[] = [0, 1, "centre", "truth"];
  const now = panes.peek()[1].side;
  const next = order[(order.indexOf(now) + 1) % order.length] ?? 0;
  const [left] = panes.peek();
  batch(() => {
    if (left.side === now) setPane(0, { side: next });
    setPane(1, { side: next });
  });
}

export function select(key: string): void {
  batch(() => {
    selected.value = key;
    tab.value = key ? "details" : tab.peek() === "details" ? "comparison" : tab.peek();
  });
}

export const NARROW = 620;
const WIDE = 1000; // pixels: two maps beside each other need as much

function mapWidth(): number {
  return innerWidth < WIDE ? innerWidth : (innerWidth - 380) / (compare.peek() === "beside" ? 2 : 1);
}

/** A camera that shows the flights whole, as large as they fit. */
function framedFor(view: ViewName): Camera {
  const places = (doc.peek()?.truth ?? []).flatMap((truth) => [truth.launch_deg, truth.impact_deg]);
  const phone = innerWidth < NARROW;
  return framed(
    view,
    places,
    { x: 0, y: 0, w: mapWidth(), h: (phone ? 0.42 : 0.78) * innerHeight },
    phone ? [84, 96] : [70, 40],
  );
}

/** Begin with a document: what matters most in it, then what the address asks for. */
export function begin(at: Replay, map: World): void {
  const first = opening(at);
  batch(() => {
    world.value = map;
    panes.value = [
      { rung: first.left, side: first.side },
      { rung: first.right, side: first.side },
    ];
    compare.value = at.rungs.length < 2 ? "one" : innerWidth >= WIDE ? "beside" : "divide";
    doc.value = at;
    camera.value = framedFor(first.view);
    goTo(first.t);
    restore(location.hash, at);
  });
}

/** The address of the history that is shown: its case and seed are in it, said or not when it was asked for. */
export function searchOf(name: string, seed: string): string {
  const search = new URLSearchParams(location.search);
  search.set("case", name);
  search.set("seed", seed);
  return `?${search.toString()}`;
}

/** What stays when another history is shown: of another case, how one looks; of the same, also when and where. */
export function kept(sameCase: boolean): string {
  const all = new URLSearchParams(told());
  const stands = /^(sensor|site|region|notice)/.test(selected.peek());
  for (const key of [...all.keys()])
    if (!sameCase ? !["compare", "theme", "hide"].includes(key) && all.get(key) !== "space" : key === "select" && !stands)
      all.delete(key);
  return all.toString();
}

/** The state as the part of an address after #. */
export function told(): string {
  const [left, right] = panes.value;
  const at = doc.value;
  if (!at) return "";
  const cam = camera.value;
  const say = (pane: Pane): string => `${rungAt(at, pane.rung).rung}.${pane.side}`;
  const parts: Record<string, string> = {
    view: space.value ? "space" : cam.view,
    t: String(Math.round(t.value * 10) / 10),
    compare: compare.value,
    left: say(left),
    right: say(right),
    theme: theme.value,
  };
  if (space.value && spaceView.value)
    parts.from = spaceView.value.map((value) => Math.round(value * 1000) / 1000).join(",");
  if (hidden.value.length) parts.hide = hidden.value.join(",");
  if (selected.value) parts.select = selected.value;
  parts.at = [cam.zoom, cam.x, cam.y, cam.lon_deg, cam.lat_deg]
    .map((value) => Math.round(value * 1000) / 1000)
    .join(",");
  if (compare.value === "divide" && divider.value !== 0.5) parts.divider = divider.value.toFixed(2);
  return new URLSearchParams(parts).toString();
}

/** Restore what an address says; what it does not say, or says wrongly, stays. */
export function restore(hash: string, at: Replay): void {
  const asked = new URLSearchParams(hash.replace(/^#/, ""));
  const get = (key: string): string => asked.get(key) ?? "";
  const view = get("view");
  if (VIEWS.includes(view as ViewName)) camera.value = framedFor(view as ViewName);
  space.value = view === "space";
  const numbers = get("at").split(",").map(Number);
  if (numbers.length === 5 && numbers.every(Number.isFinite)) {
    const [zoom, x, y, lon_deg, lat_deg] = numbers as [number, number, number, number, number];
    camera.value = { view: camera.peek().view, zoom: Math.min(60, Math.max(0.1, zoom)), x, y, lon_deg, lat_deg };
  }
  const from = get("from").split(",").map(Number);
  if (from.length === 5 && from.every(Number.isFinite)) spaceView.value = from as SpaceView;
  if (get("t") && Number.isFinite(Number(get("t")))) goTo(Number(get("t")));
  if (COMPARES.includes(get("compare") as Compare)) compare.value = get("compare") as Compare;
  for (const [which, key] of ["left", "right"].entries()) {
    const [rung, side] = get(key).split(".");
    const index = at.rungs.findIndex((one) => String(one.rung) === rung);
    if (index >= 0) setPane(which as 0 | 1, { rung: index });
    if (side === "0" || side === "1") setPane(which as 0 | 1, { side: Number(side) as 0 | 1 });
    if (side === "centre" || side === "truth") setPane(which as 0 | 1, { side });
  }
  if (get("theme") === "dark" || get("theme") === "light") theme.value = get("theme") as Theme;
  const hide = get("hide").split(",");
  hidden.value = LAYERS.filter((layer) => hide.includes(layer));
  if (asked.has("select")) select(get("select"));
  const where = Number(get("divider"));
  if (where > 0 && where < 1) divider.value = where;
}
