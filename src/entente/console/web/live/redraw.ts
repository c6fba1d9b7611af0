/** When is the page drawn again? At once for what a crew acts on; four times a second for tracks, ticks and states of health.
 *
 * A thousand tracks come in forty frames a second, and nobody reads that fast. Timers, not animation frames: a desk behind
 * another window goes on.
 */

import { signal } from "@preact/signals";
import type { Item } from "./wire";

const CROWD_MS = 250;
const CROWD = ["track-state", "air-track", "lines-of-sight", "state-of-health"];

export const changed = signal(0); // counts what came, so that the page draws itself again

let timer = 0;
let due = Infinity;
let drawn = 0;

/** Something came: draw it, soon if any of it is more than the crowd. */
export function redraw(items: Item[]): void {
  const now = performance.now();
  const at = items.some(isUrgent) ? now : Math.max(now, drawn + CROWD_MS);
  if (at >= due) return;
  clearTimeout(timer);
  due = at;
  timer = window.setTimeout(draw, at - now);
}

function draw(): void {
  due = Infinity;
  drawn = performance.now();
  changed.value++;
}

function isUrgent(item: Item): boolean {
  return item.kind === "entry" ? !CROWD.includes(item.body.kind) : item.kind !== "tick" && item.kind !== "cosigned";
}
