/** What happens, by its key: events of the story and interceptors' shots, what they are about, and who may hear of them. */

import { columnsOf, holds } from "./columns";
import { type Event, type Replay, type Rung, type Shot, type Track } from "./document";
import { momentAt, type Perspective, eventsOf, extent, isHeldBy } from "./scene";
import { SAY, holderName } from "./words";

export const SAME_S = 0.06; // times are written with one digit after the point
const SOON_S = 30;

/** "event.4.7", "shot.4.0": the rung's number, and which of its list. */
export function eventKey(rung: Rung, event: Event): string {
  return `event.${rung.rung}.${rung.events.indexOf(event)}`;
}

export function shotKey(rung: Rung, number: number): string {
  return `shot.${rung.rung}.${number}`;
}

function parsed(at: Replay, key: string): { kind: string; rung: Rung; n: number } | null {
  const [kind = "", number, n] = key.split(".");
  const rung = at.rungs.find((one) => String(one.rung) === number);
  return rung && (kind === "event" || kind === "shot") ? { kind, rung, n: Number(n) } : null;
}

export function eventAt(at: Replay, key: string): { rung: Rung; event: Event } | null {
  const found = parsed(at, key);
  const event = found?.kind === "event" ? found.rung.events[found.n] : undefined;
  return found && event ? { rung: found.rung, event } : null;
}

export function shotAt(at: Replay, key: string): { rung: Rung; shot: Shot; number: number } | null {
  const found = parsed(at, key);
  const shot = found?.kind === "shot" ? found.rung.shots[found.n] : undefined;
  return found && shot ? { rung: found.rung, shot, number: found.n } : null;
}

/** The same happening at another rung; nothing where it does not happen there. */
export function atOtherRung(at: Replay, key: string, other: Rung): string {
  const one = eventAt(at, key);
  if (one) {
    const twin = twinOf(one.rung, one.event, other);
    return twin ? eventKey(other, twin) : "";
  }
  const fired = shotAt(at, key);
  if (!fired) return "";
  const like = (shot: Shot): boolean => shot.site === fired.shot.site && shot.object === fired.shot.object;
  const nth = fired.rung.shots.slice(0, fired.number).filter(like).length;
  const twin = other.shots.filter(like)[nth];
  return twin ? shotKey(other, other.shots.indexOf(twin)) : "";
}

/** The event that tells the same at another rung: the nth of its kind, party and words. */
export function twinOf(rung: Rung, event: Event, other: Rung): Event | undefined {
  const like = (one: Event): boolean =>
    one.party === event.party && one.what === event.what && one.text === event.text;
  return other.events.filter(like)[rung.events.filter(like).indexOf(event)];
}

/** The thing that an event is about, as a key; "" where that is not told. */
export function aboutOf(at: Replay, rung: Rung, event: Event): string {
  const number = Number(/(\d+)(?=\D*$)/.exec(event.text)?.[1] ?? 1) - 1;
  switch (event.what) {
    case "launch":
    case "burnout":
    case "impact":
      return at.truth[number] ? `truth.${number}` : "";
    case "shot":
    case "intercept": {
      const shot = Number(/interceptor (\d+)/.exec(event.text)?.[1] ?? 0) - 1;
      return rung.shots[shot] ? shotKey(rung, shot) : "";
    }
    default: {
      const track = trackOf(at, rung, event, at.truth.length > 1 && event.what === "warning" ? number : null);
      return track ? `track.${rung.picture}.${track.id}` : "";
    }
  }
}

/** The track of the party that an event is about: the one that began then, or the best that it held then. */
export function trackOf(at: Replay, rung: Rung, event: Event, object: number | null): Track | null {
  const mine = (at.pictures[rung.picture]?.tracks ?? []).filter(
    (track) => track.holder === event.party && (object === null || track.object === object),
  );
  if (event.what === "track") {
    const began = (track: Track): boolean => track.since_s !== null && Math.abs(track.since_s - event.t_s) < SAME_S;
    const nth = rung.events.filter((one) => one.party === event.party && one.what === "track" && one.t_s === event.t_s);
    return mine.filter(began)[Math.max(0, nth.indexOf(event))] ?? null;
  }
  const start = (track: Track): number => at.grid.start_s + track.start * at.grid.step_s;
  if (event.what === "told")
    return mine.find((track) => holds(track.made_of, track.start) === 2 && start(track) - event.t_s < SOON_S) ?? null;
  const moment = momentAt(at, event.t_s);
  const now = mine.filter((track) => holds(track.made_of, moment) !== null);
  const size = (track: Track): number => {
    const area = holds(track.impact, moment);
    return area ? extent(area) : Infinity;
  };
  return now.sort((a, b) => size(a) - size(b))[0] ?? [...mine].sort((a, b) => a.start - b.start)[0] ?? null;
}

/** What is marked on the map for a key: an event's object in its place. */
export function marked(at: Replay | null, key: string): string {
  const found = at && eventAt(at, key);
  return found ? aboutOf(at as Replay, found.rung, found.event) : key;
}

/** The missile that a key is about; null where it is about none. */
export function objectOf(at: Replay, key: string): number | null {
  const thing = marked(at, key);
  const [kind, first, second] = thing.split(".");
  if (kind === "truth") return Number(first);
  if (kind === "shot") return shotAt(at, thing)?.shot.object ?? null;
  if (kind !== "track") return null;
  return at.pictures[Number(first)]?.tracks[Number(second)]?.object ?? null;
}

export function nameOf(at: Replay, key: string): string {
  const [kind, first, second] = key.split(".");
  if (kind === "truth") return SAY.missile(Number(first) + 1);
  const shot = shotAt(at, key);
  if (shot) return SAY.interceptor(shot.number + 1);
  const track = columnsOf(at).tracks[Number(first)]?.find((one) => one.track.id === Number(second));
  return track ? SAY.trackOf(track.number, holderName(at, track.track.holder)) : "";
}

/** Whether a track is of those that a side holds; other things are not asked here. */
export function isOf(at: Replay, key: string, side: Perspective): boolean {
  const [kind, picture, id] = key.split(".");
  const track = kind === "track" ? at.pictures[Number(picture)]?.tracks[Number(id)] : undefined;
  return !track || isHeldBy(track.holder, side);
}

/** Whether a side is told of a shot at all. */
export function knowsShot(at: Replay, rung: Rung, shot: Shot, side: Perspective): boolean {
  const told = rung.flows.includes("rules") || rung.flows.includes("assignments");
  return side === "truth" || told || at.sites[shot.site]?.party === side;
}

/** Whether a side may be told of an event or a shot: of what it knows, or shares. */
export function hasHeard(at: Replay, key: string, side: Perspective): boolean {
  const [event, shot] = [eventAt(at, key), shotAt(at, key)];
  if (shot) return knowsShot(at, shot.rung, shot.shot, side);
  return !event || eventsOf(event.rung, side).includes(event.event);
}
