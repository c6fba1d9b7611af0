/** What there is to say of what happens: an event of the story, and an interceptor's shot. */

import { columnsOf, holds } from "./columns";
import { type Details, type Line, group } from "./details";
import { type Event, type Happening, type Replay, type Rung, type Shot, type Track } from "./document";
import { momentAt, type Perspective, eventsOf, extent, isHeldBy } from "./scene";
import { SAY, WORDS, clock, holderName, km, place, rungName, rungShort, seconds, squareKm, utc } from "./words";

const SAME_S = 0.06; // times are written with one digit after the point
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
function twinOf(rung: Rung, event: Event, other: Rung): Event | undefined {
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
function trackOf(at: Replay, rung: Rung, event: Event, object: number | null): Track | null {
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

function inLine(at: Replay, rung: Rung, event: Event, since: number): Line {
  const who = event.party === null ? "" : `${holderName(at, event.party)}: `;
  return {
    text: `${SAY.later(seconds(Math.round(event.t_s - since)))} ${who}${event.text}`,
    key: eventKey(rung, event),
    t: event.t_s,
  };
}

/** What may follow from what, for the same party and, where both tell one, the same missile. */
const FOLLOWS: Record<Happening, Happening[]> = {
  launch: ["seen", "burnout"],
  burnout: ["impact"],
  impact: [],
  seen: ["track", "told", "warning"],
  told: ["track", "warning"],
  track: ["warning", "shot"],
  warning: ["shot"],
  shot: ["intercept"],
  intercept: ["impact"],
};

function followed(at: Replay, rung: Rung, event: Event, side: Perspective): Event[] {
  const object = objectOf(at, eventKey(rung, event));
  const out: Event[] = [];
  for (const what of FOLLOWS[event.what]) {
    const next = rung.events.filter(
      (one) =>
        one.what === what &&
        one !== event &&
        one.t_s >= event.t_s - SAME_S &&
        (event.party === null || one.party === event.party || (one.party === null && side === "truth")) &&
        [null, object].includes(object === null ? null : objectOf(at, eventKey(rung, one))),
    );
    if (what === "intercept") out.push(...next.filter((one) => aboutOf(at, rung, one) === aboutOf(at, rung, event)));
    else if (what === "seen") out.push(...next);
    else out.push(...next.slice(0, what === "shot" ? 4 : 1));
  }
  return out.sort((a, b) => a.t_s - b.t_s);
}

export function eventDetails(at: Replay, key: string, side: Perspective): Details | null {
  const found = eventAt(at, key);
  if (!found) return null;
  const { rung, event } = found;
  const known = aboutOf(at, rung, event);
  const about = isOf(at, known, side) ? known : "";
  const next = followed(at, rung, event, side);
  const beside = rung.events.filter(
    (one) => one !== event && one.party === event.party && Math.abs(one.t_s - event.t_s) < SAME_S,
  );
  const others = at.rungs.flatMap((other): [string, string][] => {
    if (other === rung) return [];
    const twin = twinOf(rung, event, other);
    const by = twin ? twin.t_s - event.t_s : 0;
    const how = Math.abs(by) < 0.5 ? WORDS.same : SAY.apart(seconds(Math.round(Math.abs(by))), by < 0);
    return [[rungShort(other), twin ? `${clock(twin.t_s)}, ${how}` : WORDS.never]];
  });
  return {
    kind: WORDS.kinds.event,
    title: event.text.replace(/^./, (letter) => letter.toUpperCase()),
    holder: event.party ?? "truth",
    start_s: null,
    go: { text: SAY.goTo(clock(event.t_s)), t: event.t_s },
    groups: [
      group(
        WORDS.whatItIs,
        [
          [WORDS.when, `${clock(event.t_s)} (${utc(at, Math.round(event.t_s))})`],
          [WORDS.means, WORDS.happenings[event.what]],
        ],
        about && nameOf(at, about) ? [{ text: SAY.about(nameOf(at, about)), key: about }] : [],
      ),
      group(WORDS.whoSays, whoSays(at, rung, event, side)),
      ...statedThen(at, about, event),
      group(WORDS.followed, [], next.length ? next.map((one) => inLine(at, rung, one, event.t_s)) : [WORDS.nothingFollowed]),
      ...(beside.length ? [group(WORDS.atOnce, [], beside.map((one) => ({ text: one.text, key: eventKey(rung, one) })))] : []),
      ...(event.party !== null && others.length ? [elsewhere(others)] : []),
    ],
  };
}

function elsewhere(rows: [string, string][]): ReturnType<typeof group> {
  const same = rows.every(([, value]) => value.endsWith(WORDS.same));
  return group(WORDS.otherRungs, same ? [] : rows, same ? [WORDS.sameAtAll] : []);
}

/** Whether a track is of those that a side holds; other things are not asked here. */
function isOf(at: Replay, key: string, side: Perspective): boolean {
  const [kind, picture, id] = key.split(".");
  const track = kind === "track" ? at.pictures[Number(picture)]?.tracks[Number(id)] : undefined;
  return !track || isHeldBy(track.holder, side);
}

function whoSays(at: Replay, rung: Rung, event: Event, side: Perspective): [string, string][] {
  if (event.party === null) return [[WORDS.knownTo, WORDS.analystOnly]];
  const rows: [string, string][] = [
    [WORDS.knownTo, holderName(at, event.party)],
    [WORDS.at, SAY.rungLong(rung.rung, rungName(rung).replace(/^.*?: /, ""))],
  ];
  if (typeof side !== "number" && (event.what === "seen" || event.what === "warning")) {
    const other = rung.events.find(
      (one) =>
        one.what === event.what &&
        one.party === 1 - (event.party as number) &&
        (event.what === "seen" || one.text === event.text),
    );
    const by = other ? other.t_s - event.t_s : 0;
    rows.push([
      holderName(at, 1 - event.party),
      other ? `${clock(other.t_s)}, ${SAY.apart(seconds(Math.round(Math.abs(by))), by < 0)}` : WORDS.never,
    ]);
  }
  return rows;
}

/** How well the party's track was known when it happened. */
function statedThen(at: Replay, about: string, event: Event): ReturnType<typeof group>[] {
  const [kind, picture, id] = about.split(".");
  if (kind !== "track") return [];
  const track = at.pictures[Number(picture)]?.tracks[Number(id)];
  const area = track && holds(track.impact, momentAt(at, event.t_s + at.grid.step_s - SAME_S));
  const rows: [string, string][] = area
    ? [
        [WORDS.impactIs, SAY.around(squareKm(extent(area)), place(area[0], area[1]))],
        [WORDS.timeLeft, SAY.untilImpact(clock(area[5] - event.t_s))],
      ]
    : [[WORDS.impactIs, WORDS.notYetStated]];
  return [group(WORDS.howWell, rows)];
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

export function shotDetails(at: Replay, key: string, now: number, side: Perspective): Details | null {
  const found = shotAt(at, key);
  const site = found && at.sites[found.shot.site];
  if (!found || !site) return null;
  const { rung, shot, number } = found;
  const met = now >= shot.intercept_s - SAME_S;
  const left = now >= shot.launch_s - SAME_S;
  const aim = aimOf(at, rung, shot, site.party);
  const shared = knowsShot(at, rung, shot, (1 - site.party) as Perspective);
  const others = rung.shots.flatMap((other, k): Line[] =>
    other !== shot && other.object === shot.object
      ? [{ text: SAY.shotBeside(k + 1, clock(other.launch_s), at.sites[other.site]?.title ?? ""), key: shotKey(rung, k) }]
      : [],
  );
  return {
    kind: WORDS.kinds.shot,
    title: SAY.interceptor(number + 1),
    holder: site.party,
    start_s: null,
    go: left
      ? { text: SAY.goTo(clock(shot.intercept_s)), t: shot.intercept_s }
      : { text: SAY.goTo(clock(shot.launch_s)), t: shot.launch_s },
    groups: [
      group(
        WORDS.whatItIs,
        [
          [WORDS.left, clock(shot.launch_s)],
          [met ? WORDS.met : WORDS.meets, `${clock(shot.intercept_s)}, ${SAY.afterLeaving(clock(shot.intercept_s - shot.launch_s))}`],
          [WORDS.aimedAt, SAY.missile(shot.object + 1)],
          [WORDS.place, place(...shot.place)],
          [WORDS.height, km(shot.alt_km)],
        ],
        [{ text: SAY.from(site.title), key: `site.${site.id}` }],
      ),
      group(WORDS.whoSays, [
        [WORDS.owner, holderName(at, site.party)],
        [WORDS.at, SAY.rungLong(rung.rung, rungName(rung).replace(/^.*?: /, ""))],
        [WORDS.decides, WORDS.engagements[rung.engagement] ?? rung.engagement],
        [holderName(at, 1 - site.party), shared ? WORDS.toldOfShots : WORDS.notToldOfShots],
      ]),
      group(WORDS.howWell, [[WORDS.chance, chance(shot, met, side)], [WORDS.outcome, outcome(shot, met, side)]], [WORDS.outcomeNote]),
      ...(aim && isOf(at, aim, side) ? [group(WORDS.firedOn, [], [{ text: nameOf(at, aim), key: aim }])] : []),
      group(WORDS.followed, [], [met ? SAY.wasMet(shot.hit, shot.object + 1) : left ? SAY.onItsWay(clock(shot.intercept_s - now)) : WORDS.notYetLaunched]),
      ...(others.length ? [group(WORDS.sameTarget, [], others)] : []),
    ],
  };
}

/** The chance of one interceptor, if its target comes where it was expected; whether it did is not known before. */
function chance(shot: Shot, met: boolean, side: Perspective): string {
  if (shot.p_kill > 0) return `${Math.round(100 * shot.p_kill)}\u00a0%`;
  return met || side === "truth" ? WORDS.notWhereExpected : WORDS.chanceUnknown;
}

function outcome(shot: Shot, met: boolean, side: Perspective): string {
  if (met) return SAY.knownSince(shot.hit ? WORDS.hit : WORDS.miss, clock(shot.intercept_s));
  if (side === "truth") return SAY.willBe(shot.hit, clock(shot.intercept_s));
  return SAY.notBefore(clock(shot.intercept_s));
}

/** The track that its owner fired on: the one with the smallest impact area then. */
function aimOf(at: Replay, rung: Rung, shot: Shot, party: number): string {
  const track = trackOf(at, rung, { t_s: shot.launch_s, party, what: "shot", text: "" }, shot.object);
  return track ? `track.${rung.picture}.${track.id}` : "";
}
