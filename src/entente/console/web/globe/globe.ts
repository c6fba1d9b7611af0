// The free globe: mounted on an element, told scenes, drawn only when something has changed. Loaded when first asked for.
import { Scene as Stage, Vector2, Vector3, WebGLRenderer } from "three";
import type { Replay } from "../document";
import type { Theme } from "../palette";
import type { Scene } from "../scene";
import type { Layer } from "../state";
import { WORDS } from "../words";
import type { World } from "../world";
import type { Pickable } from "./brush";
import { buttons } from "./buttons";
import { type Colors, colorsOf } from "./colors";
import { earth } from "./earth";
import { type Box, labels } from "./labels";
import { pace } from "./pace";
import { picture } from "./picture";
import type { Shared } from "./ribbons";
import { sight } from "./sight";
import { place, point } from "./sphere";
import { steering } from "./steer";
import { type View, across } from "./view";

/** What the globe asks of the page that it stands in. */
export interface Accessors {
  world: World;
  theme(): Theme;
  /** The key of what is chosen now, and of what a click chose; "" is nothing. Keys are those of the flat views. */
  selected(): string;
  choose(key: string): void;
  /** What is left off. */
  hidden?(): readonly Layer[];
  /** Pixels at the sides that other things cover: names keep out of them. */
  covered?(): { top: number; right: number; bottom: number; left: number };
  /** The globe cannot be shown, or no longer; one line says why. The flat globe is to be shown instead. */
  failed(why: string): void;
  /** The view was moved, for links that restore it. */
  moved?(view: View): void;
  view?: View;
}

export interface Globe {
  update(scene: Scene): void;
  resize(): void;
  /** What is shown now, with its names, so many pixels for each of the page. */
  picture(ratio: number): HTMLCanvasElement;
  /** What is chosen has changed: show it, and turn to it where it is out of sight. */
  select(key: string): void;
  dispose(): void;
}

const NOTHING: Globe = { update() {}, resize() {}, picture: () => document.createElement("canvas"), select() {}, dispose() {} };
const PLAYING_MS = 300; // scenes that follow one another so closely are a play
const REACH = 14; // pixels around a sign in which a click means it

/** Put the globe of a replay on an element. */
export function mount(host: HTMLElement, doc: Replay, accessors: Accessors): Globe {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("webgl2", { antialias: false, alpha: false, depth: true, stencil: false });
  if (!context) {
    accessors.failed(WORDS.space.none);
    return NOTHING;
  }
  if (getComputedStyle(host).position === "static") host.style.position = "relative";
  Object.assign(canvas.style, { position: "absolute", inset: "0", width: "100%", height: "100%", touchAction: "none", cursor: "grab" });
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", WORDS.space.name);
  host.append(canvas);

  const renderer = new WebGLRenderer({ canvas, context, antialias: false, powerPreference: "high-performance" });
  const stage = new Stage();
  const shared: Shared = {
    eye: { value: new Vector3() },
    canvas: { value: new Vector2(1, 1) },
    ratio: { value: 1 },
    dash: { value: 400 },
  };
  let colors: Colors = colorsOf(accessors.theme());
  const see = sight(shared);
  const ball = earth(accessors.world, shared);
  const drawn = picture(shared, colors);
  const { brush } = drawn;
  stage.add(ball.group, ...drawn.parts.map((part) => part.mesh));
  const names = labels(host, '600 12px/1.2 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif');

  let [width, height] = [1, 1];
  let scene: Scene | null = null;
  let stale = true; // the scene must be drawn anew
  let asked = 0;
  let told = 0; // when the last scene came
  let hovered: string | null = null;
  let gone = false;

  const steer = steering(canvas, accessors.view ?? home(), {
    home,
    moved() {
      accessors.moved?.(steer.view());
      stir();
    },
    pressed: (x, y) => accessors.choose(at(x, y)?.id ?? ""),
    pointed(x, y) {
      const id = x < 0 ? null : (at(x, y)?.id ?? null);
      canvas.style.cursor = id ? "pointer" : "grab";
      if (id === hovered) return;
      hovered = id;
      ask();
    },
    meant(x, y) {
      const struck = see.ground(x, y);
      if (!struck) return;
      const [lat_deg, lon_deg] = place(struck);
      steer.go({ ...steer.view(), lat_deg, lon_deg });
    },
  });
  const nearer = (by: number) => steer.go({ ...steer.view(), distance: steer.view().distance * by });
  const corner = buttons(host, () => nearer(0.7), () => nearer(1 / 0.7), () => steer.go(home()));

  function home(): View {
    const flown = doc.truth[0];
    const [from, to] = flown ? [point(...flown.launch_deg), point(...flown.impact_deg)] : [point(50, 10), point(50, 40)];
    return across(from, to, host.clientWidth < host.clientHeight);
  }

  const speed = pace(ask);

  function ask(): void {
    if (!asked && !gone) asked = requestAnimationFrame(frame);
  }

  function stir(): void {
    speed.stir();
    ask();
  }

  function frame(now: number): void {
    asked = 0;
    if (gone) return;
    if (steer.tick(now)) {
      accessors.moved?.(steer.view());
      stir();
    }
    render();
    speed.drawn();
  }

  function render(ratio = Math.min(2, window.devicePixelRatio || 1) * speed.share()): void {
    if (stale && scene) {
      drawn.draw(scene, colors, accessors.selected(), accessors.hidden?.() ?? []);
      stale = false;
    }
    if (renderer.getPixelRatio() !== ratio) renderer.setPixelRatio(ratio);
    const view = steer.view();
    see.look(view, width, height, ratio);
    drawn.from(view.distance);
    renderer.render(stage, see.camera);
    write();
  }

  function write(): void {
    const covered = accessors.covered?.() ?? { top: 0, right: 0, bottom: 0, left: 0 };
    const room: Box = {
      left: covered.left + 4,
      top: covered.top + 4,
      right: width - covered.right - 4,
      bottom: height - covered.bottom - 4,
    };
    const { offsetLeft: left, offsetTop: top, offsetWidth: wide, offsetHeight: high } = corner;
    const kept: Box[] = [{ left, top, right: left + wide, bottom: top + high }];
    for (const { at: p, size } of brush.pickable.slice(0, 300)) {
      const xy = see.project(p);
      if (xy) kept.push({ left: xy[0] - size / 2, right: xy[0] + size / 2, top: xy[1] - size / 2, bottom: xy[1] + size / 2 });
    }
    const wanted = hovered ? brush.labels.map((label) => (label.id === hovered ? { ...label, rank: -2 } : label)) : brush.labels;
    names.place(wanted, see.project, room, kept, Math.round(Math.min(70, (width * height) / 16000)));
  }

  function at(x: number, y: number): Pickable | null {
    let best: Pickable | null = null;
    let nearest = REACH;
    for (const one of brush.pickable) {
      const xy = see.project(one.at);
      const off = xy ? Math.hypot(xy[0] - x, xy[1] - y) : Infinity;
      if (off < nearest) [best, nearest] = [one, off];
    }
    return best;
  }

  function dress(): void {
    colors = colorsOf(accessors.theme());
    renderer.setClearColor(colors.palette.void, 1);
    names.halo(colors.palette.halo);
    ball.dress(colors);
    stale = true;
  }

  function resize(): void {
    [width, height] = [Math.max(1, host.clientWidth), Math.max(1, host.clientHeight)];
    renderer.setSize(width, height, false);
    ask();
  }

  const lost = (event: Event): void => {
    event.preventDefault();
    accessors.failed(WORDS.space.lost);
  };
  canvas.addEventListener("webglcontextlost", lost);
  const watch = new ResizeObserver(resize);
  watch.observe(host);
  dress();
  resize();

  return {
    update(next) {
      if ((colors.dark ? "dark" : "light") !== accessors.theme()) dress();
      const now = performance.now();
      if (now - told < PLAYING_MS) speed.stir();
      told = now;
      scene = next;
      stale = true;
      ask();
    },
    resize,
    picture(ratio) {
      render(ratio); // a drawing buffer is gone after its frame: it is copied at once
      const copy = Object.assign(document.createElement("canvas"), { width: width * ratio, height: height * ratio });
      const pen = copy.getContext("2d") as CanvasRenderingContext2D;
      pen.drawImage(canvas, 0, 0, copy.width, copy.height);
      pen.scale(ratio, ratio);
      names.paint(pen, colors.palette.halo);
      ask();
      return copy;
    },
    select(key) {
      stale = true;
      const places = brush.pickable.filter((one) => one.id === key).map((one) => one.at);
      const last = places[places.length - 1];
      if (last && !places.some(see.project)) {
        const [lat_deg, lon_deg] = place(last);
        steer.go({ ...steer.view(), lat_deg, lon_deg });
      }
      ask();
    },
    dispose() {
      gone = true;
      cancelAnimationFrame(asked);
      speed.stop();
      canvas.removeEventListener("webglcontextlost", lost);
      watch.disconnect();
      steer.dispose();
      corner.remove();
      names.dispose();
      drawn.dispose();
      ball.dispose();
      renderer.dispose();
      renderer.forceContextLoss();
      canvas.remove();
    },
  };
}
