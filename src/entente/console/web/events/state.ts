/** What the events' pages show now, and how it is told in the address: a link restores it. */

import { batch, computed, signal } from "@preact/signals";
import { type Theme } from "../palette";
import { type Listed, type Party, type Reading, type Rung, type Told } from "./document";

export const SPEEDS = [1, 5, 20, 100];
const OPENS_AT = 300; // s: five minutes in
const OPENS_WITH: [number, number] = [0, 4]; // what was, and a centre

export const list = signal<Listed | null>(null);
export const doc = signal<Told | null>(null);
export const wanted = signal(""); // the event that the address names; none: the list
export const failure = signal<string | null>(null);
export const waiting = signal(false); // for the server

export const t = signal(OPENS_AT);
export const playing = signal(false);
export const speed = signal(20);
export const rungs = signal<[number, number]>(OPENS_WITH); // places in the document's list
export const side = signal<0 | 1>(0);
export const nature = signal(0);
export type Tab = "why" | "now" | "about";
export const TABS: Tab[] = ["why", "now", "about"];
export const tab = signal<Tab>("why");
export const theme = signal<Theme>("dark");
export const open = signal<"" | "keys">("");
export const shortcuts = signal(true); // keys of one letter: WCAG 2.1.4 asks that they can be turned off

export function until(at: Told): number {
  return (at.grid.count - 1) * at.grid.step_s;
}

export const moment = computed(() => {
  const at = doc.value;
  return at ? Math.min(at.grid.count - 1, Math.max(0, Math.floor(t.value / at.grid.step_s + 1e-9))) : 0;
});

export function rungAt(at: Told, which: 0 | 1): Rung {
  return (at.rungs[rungs.value[which]] ?? at.rungs[0]) as Rung;
}

/** What a side holds and thinks at one of the two rungs. */
export function readingAt(at: Told, which: 0 | 1, party: number): Reading {
  return at.readings[rungAt(at, which).readings[party as 0]] as Reading;
}

/** Whether a side reads the same at both rungs. */
export function isSame(at: Told, party: number): boolean {
  return readingAt(at, 0, party) === readingAt(at, 1, party);
}

export function partyAt(at: Told, party: number): Party {
  return at.parties[party as 0];
}

export function goTo(time: number): void {
  const at = doc.peek();
  if (at) t.value = Math.min(until(at), Math.max(0, time));
}

const NEAR = 0.1; // of a step: so close to a moment the clock says that one is there

export function step(by_s: number): void {
  const at = doc.peek();
  if (!at) return;
  playing.value = false;
  const { step_s } = at.grid;
  const now = t.peek() / step_s;
  goTo(((by_s > 0 ? Math.floor(now + NEAR) : Math.ceil(now - NEAR)) + Math.round(by_s / step_s)) * step_s);
}

export function togglePlay(): void {
  const at = doc.peek();
  if (!at) return;
  if (!playing.peek() && t.peek() >= until(at) - 1e-6) goTo(0);
  playing.value = !playing.peek();
}

/** When something comes to either side at the shown rungs, or people act: the middle of when it does. */
export const comings = computed<number[]>(() => {
  const at = doc.value;
  if (!at) return [];
  const items = ([0, 1] as const).flatMap((party) =>
    ([0, 1] as const).flatMap((which) => readingAt(at, which, party).items.map((item) => item.at_s[1])),
  );
  const times = [...items, ...at.people.map(({ at_s }) => at_s[1])].filter((one) => one >= 0 && one <= until(at));
  return [...new Set(times)].sort((a, b) => a - b);
});

export function toComing(forward: boolean): void {
  const now = t.peek();
  const next = forward
    ? comings.peek().find((one) => one > now + 0.05)
    : comings.peek().filter((one) => one < now - 0.05).at(-1);
  if (next === undefined) return;
  playing.value = false;
  goTo(next);
}

export function setRung(which: 0 | 1, index: number): void {
  const [left, right] = rungs.peek();
  rungs.value = which === 0 ? [index, right] : [left, index];
}

/** Begin with an event: the side that could be alarmed, five minutes in; then what the address asks for. */
export function begin(at: Told): void {
  const place = (rung: number): number => Math.max(0, at.rungs.findIndex((one) => one.rung === rung));
  batch(() => {
    side.value = at.alarmed as 0 | 1;
    nature.value = at.natures.indexOf("attack");
    rungs.value = [place(OPENS_WITH[0]), place(OPENS_WITH[1])];
    doc.value = at;
    tab.value = at.reasons.length > 0 ? "why" : "now";
    playing.value = false;
    goTo(OPENS_AT);
    restore(location.hash, at);
  });
}

/** The state as the part of an address after #. */
export function told(): string {
  const at = doc.value;
  const parts: Record<string, string> = {};
  if (at && wanted.value === at.id) {
    parts.event = at.id;
    parts.rungs = ([0, 1] as const).map((which) => rungAt(at, which).rung).join(",");
    parts.t = String(Math.round(t.value * 10) / 10);
    parts.side = partyAt(at, side.value).name;
    if (tab.value !== "why") parts.tab = tab.value;
    if (at.natures[nature.value] !== "attack") parts.nature = at.natures[nature.value] ?? "";
  }
  parts.theme = theme.value;
  return new URLSearchParams(parts).toString().replaceAll("%2C", ",");
}

export function eventIn(hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, "")).get("event") ?? "";
}

/** Restore what an address says; what it does not say, or says wrongly, stays. */
export function restore(hash: string, at: Told | null): void {
  const asked = new URLSearchParams(hash.replace(/^#/, ""));
  const colours = asked.get("theme");
  if (colours === "dark" || colours === "light") theme.value = colours;
  if (!at) return;
  const numbers = (asked.get("rungs") ?? "").split(",");
  for (const which of [0, 1] as const) {
    const index = at.rungs.findIndex((one) => String(one.rung) === numbers[which]);
    if (index >= 0) setRung(which, index);
  }
  const time = asked.get("t");
  if (time && Number.isFinite(Number(time))) goTo(Number(time));
  const sheet = TABS.find((one) => one === asked.get("tab"));
  if (sheet) tab.value = sheet;
  const looks = at.parties.findIndex(({ name }) => name === asked.get("side"));
  if (looks >= 0) side.value = looks as 0 | 1;
  const kind = at.natures.indexOf(asked.get("nature") ?? "");
  if (kind >= 0) nature.value = kind;
}
