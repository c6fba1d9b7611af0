/** Where the replay comes from: the page itself, where it was mailed; else the server that sent the page. */

import { type Replay, wrong } from "./document";
import { begin, doc, failure, playing, selected, waiting } from "./state";
import { WORDS } from "./words";
import { type Topology, decode } from "./world";

const AGAIN_MS = 3000;
let asked = 0;

/** Read another case; the page stays, and so does what was chosen on it. */
export function toCase(name: string): void {
  const search = new URLSearchParams(location.search);
  search.set("case", name);
  history.pushState(null, "", `${location.pathname}?${search.toString()}`);
  again();
}

/** Read what the address now asks for. */
export function again(): void {
  playing.value = false;
  selected.value = "";
  failure.value = null;
  doc.value = null;
  void load();
}

/** Read the replay and the map and show them; say what is wrong where one is; try again while the server is away. */
export async function load(): Promise<void> {
  const mine = ++asked;
  try {
    const [told, map] = await Promise.all([
      read("replay", `replay.json${location.search}`),
      read("world", "assets/world.json"),
    ]);
    if (mine !== asked) return; // another history was asked for meanwhile
    waiting.value = false;
    const bad = wrong(told);
    if (bad) failure.value = bad;
    else {
      failure.value = null;
      begin(told as Replay, decode(map as Topology));
    }
  } catch (reason) {
    if (mine !== asked) return;
    if (reason instanceof Refused) {
      waiting.value = false;
      failure.value = reason.message;
      return;
    }
    waiting.value = true;
    failure.value = WORDS.noServer;
    setTimeout(() => mine === asked && void load(), AGAIN_MS);
  }
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
