/** What is selected: by hand alone. Nothing that arrives changes it. */

import { signal } from "@preact/signals";
import { changed } from "./redraw";

export const selected = signal<number | null>(null);
export const beat = signal(0); // so that ages grow though nothing comes

/** For components that draw what the log says: it grows in place, so they are drawn again whenever anything came, or time passed. */
export function follow(): void {
  void [changed.value, beat.value];
}
