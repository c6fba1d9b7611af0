/** Names beside marks: the important ones first, none over another, none cut by an edge. */

import { type Pen } from "./pen";
import { type Rect } from "./views";

export interface Label {
  text: string;
  note: string; // after the text, quieter
  x: number;
  y: number;
  off: number; // pixels that the mark takes
  rank: number; // lower is placed first
  colour: string;
  bold: boolean;
}

export const FONT =
  'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans Condensed", Arial, sans-serif';
const SIZE = 12;
const HIGH = 15;
const CELL = 40;
const MOST = 160;
const MATTERS = 40; // labels of a lower rank may lie over marks

const widths = new Map<string, number>();

function width(pen: Pen, text: string, font: string): number {
  const key = font + text;
  let known = widths.get(key);
  if (known === undefined) {
    if (widths.size > 5000) widths.clear();
    pen.font = font;
    known = pen.measureText(text).width;
    widths.set(key, known);
  }
  return known;
}

/** Draw as many labels as find room inside `bounds` and outside `taken`; those that matter less keep off `marks` too. */
export function drawLabels(
  pen: Pen,
  labels: Label[],
  bounds: Rect,
  taken: Rect[],
  marks: Rect[],
  halo: string,
  muted: string,
): void {
  const grid = new Map<number, Rect[]>();
  const off = new Map<number, Rect[]>();
  for (const rect of taken) occupy(grid, rect);
  for (const rect of marks) occupy(off, rect);
  const order = labels.length > 1 ? [...labels].sort((a, b) => a.rank - b.rank).slice(0, MOST) : labels;
  pen.textBaseline = "middle";
  pen.textAlign = "left";
  pen.lineJoin = "round";
  for (const label of order) {
    if (label.x < bounds.x || label.x > bounds.x + bounds.w || label.y < bounds.y || label.y > bounds.y + bounds.h)
      continue;
    const font = `${label.bold ? 600 : 400} ${SIZE}px ${FONT}`;
    const text = width(pen, label.text, font);
    const note = label.note ? width(pen, label.note, `400 ${SIZE - 1}px ${FONT}`) + 5 : 0;
    const box = spot(label.rank < MATTERS ? [grid] : [grid, off], label, text + note, bounds);
    if (!box) continue;
    occupy(grid, box);
    const y = box.y + HIGH / 2;
    pen.strokeStyle = halo;
    pen.lineWidth = 3;
    pen.font = font;
    pen.strokeText(label.text, box.x + 1, y);
    pen.fillStyle = label.colour;
    pen.fillText(label.text, box.x + 1, y);
    if (label.note) {
      pen.font = `400 ${SIZE - 1}px ${FONT}`;
      pen.strokeText(label.note, box.x + text + 6, y);
      pen.fillStyle = muted;
      pen.fillText(label.note, box.x + text + 6, y);
    }
  }
}

function spot(grids: Map<number, Rect[]>[], { x, y, off }: Label, w: number, bounds: Rect): Rect | null {
  const places: [number, number][] = [
    [x + off + 3, y - HIGH / 2],
    [x - off - 4 - w, y - HIGH / 2],
    [x - w / 2, y - off - HIGH - 2],
    [x - w / 2, y + off + 2],
    [x + off, y - off - HIGH + 2],
    [x + off, y + off - 2],
    [x - off - w, y - off - HIGH + 2],
    [x - off - w, y + off - 2],
  ];
  for (const [left, top] of places) {
    const box = { x: left, y: top, w: w + 2, h: HIGH };
    const inside =
      left >= bounds.x + 2 &&
      top >= bounds.y + 2 &&
      left + box.w <= bounds.x + bounds.w - 2 &&
      top + HIGH <= bounds.y + bounds.h - 2;
    if (inside && grids.every((grid) => isFree(grid, box))) return box;
  }
  return null;
}

function cells(rect: Rect): number[] {
  const out: number[] = [];
  for (let i = Math.floor(rect.x / CELL); i <= Math.floor((rect.x + rect.w) / CELL); i++)
    for (let j = Math.floor(rect.y / CELL); j <= Math.floor((rect.y + rect.h) / CELL); j++) out.push(i * 4096 + j);
  return out;
}

function occupy(grid: Map<number, Rect[]>, rect: Rect): void {
  for (const cell of cells(rect)) {
    const list = grid.get(cell);
    if (list) list.push(rect);
    else grid.set(cell, [rect]);
  }
}

function isFree(grid: Map<number, Rect[]>, a: Rect): boolean {
  for (const cell of cells(a))
    for (const b of grid.get(cell) ?? [])
      if (a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h) return false;
  return true;
}
