/** Where events come from: the server that sent the page. */

import { type Listed, type Told, wrong } from "./document";
import * as state from "./state";
import { WORDS } from "./words";

const AGAIN_MS = 3000;
let asked = 0;

/** Go to an event, or to the list; the browser's buttons lead back. */
export function choose(id: string): void {
  const hash = new URLSearchParams({ ...(id ? { event: id } : {}), theme: state.theme.peek() }).toString();
  history.pushState(null, "", `${location.pathname}#${hash}`);
  void load();
}

/** Read what the address names and show it; say what is wrong where something is; try again while the server is away. */
export async function load(): Promise<void> {
  const mine = ++asked;
  const id = state.eventIn(location.hash);
  state.wanted.value = id;
  state.restore(location.hash, null);
  try {
    if (!state.list.peek()) state.list.value = (await read("list", "events.json")) as Listed;
    if (mine !== asked) return;
    const shown = id ? ((await read("event", `events.json?event=${encodeURIComponent(id)}`)) as Told) : null;
    if (mine !== asked) return; // another was asked for meanwhile
    state.failure.value = null;
    state.waiting.value = false;
    if (shown) state.begin(shown);
    else state.playing.value = false;
  } catch (reason) {
    if (mine !== asked) return;
    state.waiting.value = !(reason instanceof Refused);
    state.failure.value = reason instanceof Refused ? reason.message : WORDS.noServer;
    if (state.waiting.peek()) setTimeout(() => mine === asked && void load(), AGAIN_MS);
  }
}

/** The server answered, and the answer is of no use. */
class Refused extends Error {}

async function read(what: "list" | "event", address: string): Promise<unknown> {
  const answer = await fetch(address);
  const text = await answer.text();
  if (answer.status >= 500) throw new Error(text);
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    throw new Refused("events.json: damaged, it ends or breaks off where it must not; restart the console, and reload");
  }
  if (!answer.ok) throw new Refused(String((said as { error?: unknown }).error ?? `${answer.status} ${answer.statusText}`));
  const bad = wrong(said, what);
  if (bad) throw new Refused(bad);
  return said;
}
