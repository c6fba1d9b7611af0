// Names beside their objects: HTML above the canvas, so that nothing in the scene can cut them. A name is shown where its
// object is in sight and there is room for the whole of it; the more important come first, and none lies on another.
import type { Point } from "./sphere";

export interface Label {
  id: string;
  text: string;
  note?: string; // a second, quieter part
  at: Point;
  rank: number; // the lower, the sooner it is placed
  gap: number; // pixels from the middle of its sign
  color: string;
  weight?: number;
  small?: boolean;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Eight places around a sign, the better ones first. */
const SPOTS: [number, number][] = [
  [1, 0],
  [-1, 0],
  [1, -0.9],
  [1, 0.9],
  [-1, -0.9],
  [-1, 0.9],
  [0, -1],
  [0, 1],
];

const TWINS = 40; // pixels: two of one name so close are named once

/** A box of a size beside a point. */
export function beside(x: number, y: number, wide: number, high: number, gap: number, spot: [number, number]): Box {
  const [sx, sy] = spot;
  const left = sx === 0 ? x - wide / 2 : sx > 0 ? x + gap * (sy ? 0.72 : 1) : x - gap * (sy ? 0.72 : 1) - wide;
  const middle = sx === 0 ? y + sy * (gap + high / 2) : y + sy * (gap * 0.5 + high * 0.5);
  return { left, top: middle - high / 2, right: left + wide, bottom: middle + high / 2 };
}

export const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

export const inside = (a: Box, b: Box): boolean =>
  a.left >= b.left && a.top >= b.top && a.right <= b.right && a.bottom <= b.bottom;

/** The first spot whose box is free; the one it had before is tried first, so that names do not jump. */
export function free(spots: [number, number][], make: (spot: [number, number]) => Box, room: Box, taken: Box[]): [[number, number], Box] | null {
  for (const spot of spots) {
    const box = make(spot);
    if (inside(box, room) && !taken.some((other) => overlap(box, other))) return [spot, box];
  }
  return null;
}

interface Shown {
  element: HTMLElement;
  text: string;
  wide: number;
  high: number;
  spot: [number, number] | null;
  box: Box | null; // where it is
  label: Label;
  seen: boolean;
}

export interface Labels {
  /** Place names; `project` gives pixels, or null where an object is out of sight. */
  place(wanted: readonly Label[], project: (p: Point) => [number, number] | null, room: Box, kept: readonly Box[], most: number): void;
  halo(color: string): void;
  /** Write the names that are shown into a picture. */
  paint(pen: CanvasRenderingContext2D, halo: string): void;
  dispose(): void;
}

/** Names over a canvas. */
export function labels(host: HTMLElement, font: string): Labels {
  const layer = document.createElement("div");
  layer.setAttribute("aria-hidden", "true");
  Object.assign(layer.style, { position: "absolute", inset: "0", overflow: "hidden", pointerEvents: "none", font });
  host.append(layer);
  const shown = new Map<string, Shown>();
  let shadow = "none";

  const make = (label: Label): Shown => {
    const element = document.createElement("div");
    Object.assign(element.style, {
      position: "absolute",
      left: "0",
      top: "0",
      whiteSpace: "nowrap",
      willChange: "transform",
      lineHeight: "1.2",
      visibility: "hidden",
    });
    layer.append(element);
    const one: Shown = { element, text: "", wide: 0, high: 0, spot: null, box: null, label, seen: false };
    shown.set(label.id, one);
    return one;
  };
  const write = (one: Shown, label: Label): void => {
    const text = `${label.text}\n${label.note ?? ""}\n${label.weight ?? 600}`;
    if (one.text === text) return;
    const { element } = one;
    element.textContent = label.text;
    element.style.fontWeight = String(label.weight ?? 600);
    element.style.fontSize = label.small ? "11px" : "12.5px";
    if (label.note) {
      const note = document.createElement("span");
      note.textContent = ` ${label.note}`;
      note.style.fontWeight = "400";
      element.append(note);
    }
    one.text = text;
    one.wide = element.offsetWidth;
    one.high = element.offsetHeight;
  };

  return {
    place(wanted, project, room, kept, most) {
      for (const one of shown.values()) one.seen = false;
      const taken = [...kept];
      const written: [string, number, number][] = [];
      for (const label of [...wanted].sort((a, b) => a.rank - b.rank)) {
        if (written.length >= most) break;
        const at = project(label.at);
        if (!at || at[0] < room.left || at[0] > room.right || at[1] < room.top || at[1] > room.bottom) continue;
        if (written.some(([text, x, y]) => text === label.text && !label.note && Math.hypot(x - at[0], y - at[1]) < TWINS)) continue;
        const one = shown.get(label.id) ?? make(label);
        write(one, label);
        const box = (spot: [number, number]) => beside(at[0], at[1], one.wide, one.high, label.gap, spot);
        const found = free(one.spot ? [one.spot, ...SPOTS] : SPOTS, box, room, taken);
        if (!found) continue;
        written.push([label.text, at[0], at[1]]);
        one.seen = true;
        [one.spot, one.box] = found;
        one.label = label;
        taken.push(found[1]);
        one.element.style.transform = `translate(${Math.round(found[1].left)}px, ${Math.round(found[1].top)}px)`;
        one.element.style.color = label.color;
        one.element.style.textShadow = shadow;
        one.element.style.visibility = "visible";
      }
      for (const [id, one] of shown) {
        if (one.seen) continue;
        one.element.style.visibility = "hidden";
        if (shown.size > 400) {
          one.element.remove();
          shown.delete(id);
        }
      }
    },
    halo(color) {
      shadow = ["1px 1px", "-1px 1px", "1px -1px", "-1px -1px", "0 0"].map((off, k) => `${off} ${k < 4 ? 1 : 4}px ${color}`).join();
    },
    paint(pen, halo) {
      const { fontFamily } = getComputedStyle(layer);
      Object.assign(pen, { textBaseline: "middle", lineJoin: "round", lineWidth: 3, strokeStyle: halo });
      for (const { seen, box, label } of shown.values()) {
        if (!seen || !box) continue;
        let x = box.left;
        const size = label.small ? 11 : 12.5;
        for (const [text, weight] of [[label.text, label.weight ?? 600], [label.note ? ` ${label.note}` : "", 400]] as const) {
          if (!text) continue;
          pen.font = `${weight} ${size}px ${fontFamily}`;
          pen.fillStyle = label.color;
          pen.strokeText(text, x, (box.top + box.bottom) / 2);
          pen.fillText(text, x, (box.top + box.bottom) / 2);
          x += pen.measureText(text).width;
        }
      }
    },
    dispose() {
      layer.remove();
      shown.clear();
    },
  };
}
