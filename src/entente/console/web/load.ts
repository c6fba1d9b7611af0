/** Where the replay comes from: the page itself, where it was mailed; else the server that sent the page. */

import { batch } from "@preact/signals";
import { type Replay, wrong } from "./document";
import { begin, doc, failure, kept, playing, searchOf, selected, trouble, waiting, wanted } from "./state";
import { WORDS } from "./words";
import { type Topology, decode } from "./world";

const AGAIN_MS = 3000;
const SETTLE_MS = 250; // who steps through histories passes some by
let asked = 0;
let soon: ReturnType<typeof setTimeout> | undefined;

/** Show another history; what is on the screen stays until that one is there. */
export function toHistory(change: { case?: string; seed?: string }): void {
  const at = doc.peek();
  if (!at) return;
  const next = { case: at.case.name, seed: String(at.seed), ...wanted.peek(), ...change, isNew: true };
  stay();
  if (next.case === at.case.name && next.seed === String(at.seed)) return;
  wanted.value = next;
  soon = setTimeout(() => void load(), SETTLE_MS);
}

/** Give up what was asked for. */
export function stay(): void {
  asked++;
  clearTimeout(soon);
  batch(() => {
    wanted.value = trouble.value = null;
    waiting.value = false;
  });
}

/** Whether the address is of the history on the screen. */
export function isShown(): boolean {
  const at = doc.peek();
  if (!at || isEmbedded()) return true;
  const search = new URLSearchParams(location.search);
  return [at.case.name, null].includes(search.get("case")) && [String(at.seed), null].includes(search.get("seed"));
}

/** The browser's buttons went to an address: show its history. */
export function goBack(): void {
  const at = doc.peek();
  if (!at || isShown()) return;
  stay();
  const search = new URLSearchParams(location.search);
  wanted.value = { case: search.get("case") ?? at.case.name, seed: search.get("seed") ?? String(at.seed), isNew: false };
  void load();
}

/** Read the replay and the map and show them; say what is wrong where one is; try again while the server is away. */
export async function load(): Promise<void> {
  const mine = ++asked;
  clearTimeout(soon);
  const want = wanted.peek();
  const search = want ? searchOf(want.case, want.seed) : location.search;
  if (!waiting.peek()) trouble.value = null;
  let told: unknown;
  let map: unknown;
  try {
    [told, map] = await Promise.all([read("replay", `replay.json${search}`), read("world", "assets/world.json")]);
  } catch (reason) {
    if (mine !== asked) return;
    waiting.value = !(reason instanceof Refused);
    if (reason instanceof Refused) return refuse(reason.message);
    refuse(WORDS.noServer);
    soon = setTimeout(() => mine === asked && void load(), AGAIN_MS);
    return;
  }
  if (mine !== asked) return; // another history was asked for meanwhile
  waiting.value = false;
  const bad = wrong(told);
  if (bad) refuse(bad);
  else show(told as Replay, map as Topology);
}

/** Say why nothing is shown; where another history is on the screen, it stays. */
function refuse(why: string): void {
  if (doc.peek()) trouble.value = why;
  else failure.value = why;
}

function show(told: Replay, map: Topology): void {
  const [before, want] = [doc.peek(), wanted.peek()];
  if (before && want?.isNew) {
    const search = searchOf(told.case.name, String(told.seed));
    history.pushState(null, "", `${location.pathname}${search}#${kept(before.case.name === told.case.name)}`);
  }
  batch(() => {
    failure.value = trouble.value = wanted.value = null;
    playing.value = false;
    selected.value = "";
    begin(told, decode(map));
  });
}

/** The server, or the file, answered, and the answer is of no use. */
class Refused extends Error {}

async function read(id: string, address: string): Promise<unknown> {
  const inside = document.getElementById(id);
  if (inside) return parsed(inside.textContent ?? "", id);
  const answer = await fetch(address);
  const text = await answer.text();
  if (answer.status >= 500) throw new Error(text);
  if (!answer.ok) throw new Refused(said(text) ?? `${id}: ${answer.status} ${answer.statusText}`);
  return parsed(text, id);
}

/** What the server says is wrong: `{"error": "one line"}`. */
function said(text: string): string | null {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === "string" ? error : null;
  } catch {
    return null;
  }
}

function parsed(text: string, id: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(`${id}.json: damaged, it ends or breaks off where it must not; simulate again`);
  }
}

export function isEmbedded(): boolean {
  return document.getElementById("replay") !== null;
}
