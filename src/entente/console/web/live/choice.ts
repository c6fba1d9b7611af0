/** What is selected: by hand alone. Nothing that arrives changes it. */

import { signal } from "@preact/signals";

export const selected = signal<number | null>(null);
export const beat = signal(0); // so that ages grow though nothing comes
