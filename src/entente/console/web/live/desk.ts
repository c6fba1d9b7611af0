/** The seat at this page: its key, its session, the stream, and what it sends. The only file that talks to the centre. */

import { signal } from "@preact/signals";
import { Picture } from "./picture";
import { redraw } from "./redraw";
import { answerTo, digest, digestOfText, hex, readKey, seal, type SeatKey } from "./signing";
import { NOTHING, type Hello, type Item, type Place } from "./wire";

const AGAIN_MS = 1_000;
const TRIES = 5;
const SESSION_OVER = 1008; // the centre's word that this seat sits here no more

export type Line = "signing in" | "up" | "lost";

export const seat = signal<Place | null>(null);
export const hello = signal<Hello | null>(null);
export const line = signal<Line>("signing in");
export const trouble = signal(""); // why signing in failed
export const use = signal(""); // what the log is for, known before anybody signs in
export const counts = signal({ entries: 0, cosigned: 0 });
export const picture = new Picture();

export let heardAt = 0; // performance.now() of the last frame
let key: SeatKey | null = null;
let told = { ms: 0, at: 0, rate: 1 }; // the centre's clock, as it last said it
let tick: { ms: number; at: number } | null = null;
let sent = 0; // sequence number of the last item
let saying: Promise<unknown> = Promise.resolve();

/** The centre's time now, ms since 1970: its clock is the exercise's, and may run fast or stand. */
export function centreNow(): number {
  return told.ms + (performance.now() - told.at) * told.rate;
}

/** What is this log for? Asked before anything else is shown. */
export async function ask(): Promise<void> {
  try {
    const health = (await (await fetch("health")).json()) as { log: string };
    use.value = health.log.split("/")[0] ?? "";
  } catch {
    setTimeout(() => void ask(), AGAIN_MS);
  }
}

/** Take the seat whose key this file holds. */
export async function sit(file: File): Promise<void> {
  trouble.value = "";
  try {
    const mine = await readKey(await file.text());
    const { challenge, text } = (await (await fetch("challenge")).json()) as { challenge: string; text: string };
    // The text names this very place: a signature that another console asked for opens nothing here.
    if (!text.includes(`\n${location.origin}\n`)) throw new Error("The challenge is for another console.");
    const opening = { key: hex(mine.public), challenge, signature: await answerTo(mine, text) };
    const answer = await fetch("session", { method: "POST", body: JSON.stringify(opening) });
    if (!answer.ok) throw new Error("The centre knows no seat with this key. Ask your party’s root to add it.");
    const { name, party } = (await answer.json()) as { name: string; party: string | null };
    key = mine;
    if (party) await place();
    else seat.value = { node: name, party, boot: 1, last: 0, head: NOTHING };
    listen();
  } catch (problem) {
    trouble.value = problem instanceof Error ? problem.message : String(problem);
  }
}

/** End the shift at this page. */
export async function leave(): Promise<void> {
  await fetch("session", { method: "DELETE" }).catch(() => undefined);
  key = null;
  location.reload();
}

/** Sign what a seat says and send it; resolves with what became of it, in words. */
export function say(fields: Record<string, unknown>): Promise<string> {
  const done = saying.then(() => send(fields));
  saying = done.catch(() => undefined);
  return done;
}

/** Whether what the centre shows of an alert is what the digest names: so nobody signs what he did not see. */
export async function isWhatIsShown(body: unknown, named: string): Promise<boolean> {
  return (await digestOfText(JSON.stringify(body))) === named;
}

async function place(): Promise<void> {
  const answer = await fetch("sender");
  if (!answer.ok) throw new Error("The session is over; take the seat again.");
  seat.value = (await answer.json()) as Place;
}

async function send(fields: Record<string, unknown>): Promise<string> {
  const greeting = hello.value;
  if (!key || !greeting) throw new Error("There is no line to the centre.");
  for (let tries = 0; tries < 2; tries++) {
    await place(); // another page may have spoken for this seat
    const at = seat.value as Place;
    const body = {
      kind: fields["kind"],
      log: greeting.log,
      origin: greeting.origin,
      party: at.party,
      node: at.node,
      boot: at.boot,
      number: at.last + 1,
      sent: new Date(centreNow()).toISOString(),
      previous: at.head,
      policy: NOTHING,
      version: 1,
      ...fields,
    };
    const raw = await seal(key, body);
    const answer = await post(raw);
    if (answer.outcome !== "refused") {
      seat.value = { ...at, last: at.last + 1, head: await digest(raw) };
      return `entry ${answer.index}`;
    }
    if (answer.reason !== "equivocation" && answer.reason !== "number-used") throw new Error(answer.reason);
  }
  throw new Error("Another page speaks for this seat; try again.");
}

/** The same bytes again until there is an answer: sent twice they are one message. */
async function post(raw: BlobPart): Promise<{ outcome: string; index: number | null; reason: string }> {
  for (let tries = 1; ; tries++) {
    try {
      const answer = await fetch("envelopes", { method: "POST", body: new Blob([raw]) });
      const said = (await answer.json()) as { outcome?: string; index: number | null; reason: string; again?: boolean; error?: string };
      if (said.outcome && !said.again) return { ...said, outcome: said.outcome };
      if (tries >= TRIES) throw new Error(said.error ?? said.reason);
    } catch (problem) {
      if (tries >= TRIES) throw problem;
    }
    await new Promise((done) => setTimeout(done, AGAIN_MS));
  }
}

function listen(): void {
  const greeting = hello.value;
  const resume = greeting ? `run=${greeting.run}&after=${sent}&` : "";
  const socket = new WebSocket(`${location.origin.replace("http", "ws")}/stream?${resume}from=${picture.next}`);
  socket.binaryType = "arraybuffer";
  socket.onmessage = ({ data }) => {
    const text = typeof data === "string" ? data : new TextDecoder().decode(data as ArrayBuffer);
    const items = JSON.parse(text) as Item[];
    for (const item of items) take(item);
    line.value = "up";
    heardAt = performance.now();
    redraw(items);
  };
  socket.onclose = ({ code }) => {
    line.value = "lost";
    if (code === SESSION_OVER) {
      seat.value = null;
      key = null;
      trouble.value = "The session is over; take the seat again.";
    } else setTimeout(listen, AGAIN_MS);
  };
}

function take(item: Item): void {
  if (item.kind === "hello") {
    hello.value = item;
    sent = item.seq;
    use.value = item.origin;
    if (!item.resumed) picture.alarms.clear();
  } else if (item.kind === "entry") picture.take(item);
  else if (item.kind === "alarm" || item.kind === "alarm-over") picture.alarm(item);
  if (item.kind === "hello" || item.kind === "tick" || item.kind === "cosigned") {
    keepTime(item.now, item.kind === "tick");
    counts.value = { entries: item.entries, cosigned: item.cosigned };
  }
  if (item.kind !== "hello" && item.seq) sent = item.seq;
}

/** How fast the centre's clock runs follows from two of its ticks. */
function keepTime(now: string, ticks: boolean): void {
  const [ms, at] = [Date.parse(now), performance.now()];
  let { rate } = told;
  if (ticks) {
    if (tick && at - tick.at > 500) rate = Math.max(0, (ms - tick.ms) / (at - tick.at));
    tick = { ms, at };
  }
  told = { ms, at, rate };
}
