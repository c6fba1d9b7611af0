/** What there is to say of one object: what it is, who says so, how well known, made of what, what changed. */

import { columnsOf, holds } from "./columns";
import { CENTRE, type Area, type Changes, type Message, type Replay, type Track } from "./document";
import { eventDetails } from "./event";
import { hasHeard, knowsShot, shotKey } from "./happened";
import { type Perspective, extent, isHeldBy } from "./scene";
import { shotDetails } from "./shot";
import { rungAt } from "./state";
import { SAY, WORDS, clock, holderName, km, number, place, seconds, squareKm } from "./words";

export interface Group {
  title: string;
  rows: [string, string][];
  list: Line[];
}

/** A line of words; with a key or a time, one that leads there. */
export type Line = string | { text: string; key?: string; t?: number };

export interface Details {
  kind: string;
  title: string;
  holder: Perspective | number | null; // whose mark it carries
  groups: Group[];
  start_s: number | null; // where it is not there now: when it begins
  go?: { text: string; t: number }; // the time that it is about
}

const MINUTE = 60;

/** Whether a side may be told of what a key names: the truth is the analyst's alone, a track its holder's. */
export function isToldTo(at: Replay, key: string, side: Perspective): boolean {
  const [kind, picture, id] = key.split(".");
  if (kind === "truth") return side === "truth";
  if (kind === "event" || kind === "shot") return hasHeard(at, key, side);
  if (kind !== "track") return true;
  const track = at.pictures[Number(picture)]?.tracks.find((one) => one.id === Number(id));
  return !track || isHeldBy(track.holder, side);
}

/** The details of the object that a key names, at a moment; null where the document knows none. */
export function details(
  at: Replay,
  key: string,
  moment: number,
  rungIndex: number,
  now: number,
  side: Perspective,
): Details | null {
  const dot = key.indexOf(".");
  const [kind, rest] = dot < 0 ? [key, ""] : [key.slice(0, dot), key.slice(dot + 1)];
  switch (kind) {
    case "track":
      return trackDetails(at, rest, moment);
    case "sensor":
      return sensorDetails(at, rest, moment, rungIndex);
    case "site":
      return siteDetails(at, rest, rungIndex, now, side);
    case "event":
      return eventDetails(at, key, side);
    case "shot":
      return shotDetails(at, key, now, side);
    case "region":
      return regionDetails(at, rest);
    case "truth":
      return truthDetails(at, Number(rest), rungIndex);
    case "notice":
      return noticeDetails(at);
    default:
      return null;
  }
}

export function group(title: string, rows: [string, string][], list: Line[] = []): Group {
  return { title, rows, list };
}

function trackDetails(at: Replay, rest: string, moment: number): Details | null {
  const [picture, id] = rest.split(".").map(Number) as [number, number];
  const followed = columnsOf(at).tracks[picture]?.find((one) => one.track.id === id);
  if (!followed) return null;
  const { track, number: n } = followed;
  const rung = at.rungs.find((one) => one.picture === picture);
  const base = { kind: WORDS.kinds.track, title: SAY.track(n), holder: track.holder };
  const says = group(WORDS.whoSays, [
    [WORDS.heldBy, holderName(at, track.holder)],
    [WORDS.at, rung ? SAY.rungLong(rung.rung, rung.name) : WORDS.unknown],
    [WORDS.since, track.since_s === null ? WORDS.unknown : clock(track.since_s)],
  ]);
  if (holds(track.made_of, moment) === null)
    return {
      ...base,
      groups: [says, group(WORDS.notHeld, [])],
      start_s: at.grid.start_s + track.start * at.grid.step_s,
    };
  return {
    ...base,
    start_s: null,
    groups: [
      says,
      whatIsIt(at, track, moment),
      howWell(track, moment),
      group(WORDS.changed, [], changed(at, track, picture, moment)),
      ...madeOf(at, track, picture, moment),
    ],
  };
}

function whatIsIt(at: Replay, track: Track, moment: number): Group {
  const g = moment - track.start;
  const chances = holds(track.class, moment);
  const best = chances ? chances.indexOf(Math.max(...chances)) : -1;
  const rows: [string, string][] = [];
  if (best >= 0 && chances)
    rows.push([WORDS.classIs, `${at.classes[best] ?? WORDS.unknown}, ${Math.round(100 * (chances[best] ?? 0))} %`]);
  if (track.lat_deg[g] != null) {
    rows.push([WORDS.place, place(track.lat_deg[g] as number, track.lon_deg[g] as number)]);
    rows.push([WORDS.height, km(track.alt_km[g] ?? NaN)]);
    const v = track.velocity_km_s[g];
    if (v && v[0] !== null)
      rows.push([
        WORDS.speedIs,
        SAY.speed(number(Math.hypot(...(v as [number, number, number]))), v[2] !== null && v[2] < 0),
      ]);
    rows.push([WORDS.burning, (track.burns[g] ?? 0) > 0.5 ? WORDS.burns : WORDS.coasting]);
  }
  return group(WORDS.whatItIs, rows);
}

function howWell(track: Track, moment: number): Group {
  const g = moment - track.start;
  const rows: [string, string][] = [];
  const area = track.area[g];
  if (area?.[0] != null && area[1] != null) {
    rows.push([WORDS.position, SAY.size(squareKm(Math.PI * area[0] * area[1]), km(2 * area[0]), km(2 * area[1]))]);
    rows.push([WORDS.heightOff, km(track.height_km[g] ?? NaN)]);
  }
  const [launch, impact] = [holds(track.launch, moment), holds(track.impact, moment)];
  if (impact)
    rows.push(
      [WORDS.impactIs, SAY.around(squareKm(extent(impact)), place(impact[0], impact[1]))],
      [WORDS.impactTime, when(impact)],
    );
  if (launch)
    rows.push(
      [WORDS.launchIs, SAY.around(squareKm(extent(launch)), place(launch[0], launch[1]))],
      [WORDS.launchTime, when(launch)],
    );
  return group(WORDS.howWell, rows, track.holder === CENTRE && !impact ? [WORDS.centreStates] : []);
}

function when(area: Area): string {
  return `${clock(area[5])}, ± ${seconds(area[6])}`;
}

const SEEN = ["", WORDS.seenByRadar, WORDS.seenByHeat, WORDS.seenByBoth];

function madeOf(at: Replay, track: Track, picture: number, moment: number): Group[] {
  const made = holds(track.made_of, moment) ?? 0;
  const share = holds(track.share, moment);
  const rows: [string, string][] = [];
  const from =
    track.holder === CENTRE
      ? ["", holderName(at, 0), holderName(at, 1), WORDS.bothParties]
      : ["", WORDS.own, WORDS.partners, WORDS.both];
  rows.push([WORDS.fromWhom, from[made] ?? WORDS.unknown]);
  if (share !== null && made === 3)
    rows.push([
      track.holder === CENTRE ? SAY.informationFrom(holderName(at, 0)) : WORDS.informationOwn,
      `${Math.round(100 * share)} %`,
    ]);
  const seen = holds(track.seen_by, moment);
  if (seen !== null) rows.push([WORDS.seenBy, SEEN[seen] ?? WORDS.unknown]);
  const sensors = (holds(track.sensors, moment) ?? []).map((n): Line => ({
    text: sensorName(at, n),
    key: `sensor.${at.sensors[n]?.id ?? ""}`,
  }));
  const messages = at.pictures[picture]?.messages ?? [];
  const went = [...new Set(upTo(track.messages, moment))].sort((a, b) => b - a);
  const lines = went.slice(0, 40).map((n) => messageLine(at, messages[n]));
  if (went.length > 40) lines.push(SAY.earlier(went.length - 40));
  return [
    group(WORDS.madeOf, rows),
    ...(sensors.length ? [group(`${WORDS.sensorsIn} (${sensors.length})`, [], sensors)] : []),
    ...(lines.length ? [group(`${WORDS.messagesIn} (${went.length})`, [], lines)] : []),
  ];
}

function upTo(list: Changes<number[]>, moment: number): number[] {
  return list.filter(([g]) => g <= moment).flatMap(([, rows]) => rows ?? []);
}

function sensorName(at: Replay, n: number): string {
  const sensor = at.sensors[n];
  return sensor ? `${sensor.title} (${holderName(at, sensor.party)})` : SAY.sensor(n);
}

function messageLine(at: Replay, message: Message | undefined): string {
  if (!message) return WORDS.unknown;
  const [giver, kind, said, arrived] = message;
  return SAY.message(
    clock(arrived),
    kind === "warning" ? WORDS.warningMessage : WORDS.trackMessage,
    holderName(at, giver),
    clock(said),
  );
}

function changed(at: Replay, track: Track, picture: number, moment: number): string[] {
  const before = Math.max(track.start, moment - Math.round(MINUTE / at.grid.step_s));
  const out: string[] = [];
  if (before === track.start && moment > before && moment - track.start < MINUTE / at.grid.step_s)
    out.push(SAY.began(clock(at.grid.start_s + track.start * at.grid.step_s)));
  const compareArea = (name: string, list: Changes<Area>): void => {
    const [a, b] = [holds(list, before), holds(list, moment)];
    if (!a && b) out.push(SAY.firstStated(name, squareKm(extent(b))));
    else if (a && b && Math.abs(extent(a) / extent(b) - 1) > 0.02)
      out.push(SAY.becameAs(name, squareKm(extent(a)), squareKm(extent(b))));
    else if (a && !b) out.push(SAY.noLonger(name));
  };
  compareArea(WORDS.impactArea, track.impact);
  compareArea(WORDS.launchArea, track.launch);
  const known = new Set(holds(track.sensors, before) ?? []);
  for (const n of holds(track.sensors, moment) ?? [])
    if (!known.has(n) && moment > before) out.push(SAY.newSensor(sensorName(at, n)));
  const messages = at.pictures[picture]?.messages ?? [];
  const lately = track.messages.filter(([g]) => g > before && g <= moment).flatMap(([, rows]) => rows ?? []);
  const count = new Set(lately).size;
  if (count > 0) {
    const last = messages[Math.max(...lately)];
    out.push(SAY.messages(count, last ? messageLine(at, last) : ""));
  }
  return out.length ? out.slice(0, 8) : [WORDS.nothingChanged];
}

function sensorDetails(at: Replay, id: string, moment: number, rungIndex: number): Details | null {
  const n = at.sensors.findIndex((sensor) => sensor.id === id);
  const sensor = at.sensors[n];
  if (!sensor) return null;
  const rows: [string, string][] = [[WORDS.owner, holderName(at, sensor.party)]];
  if (sensor.kind === "radar") {
    rows.push([WORDS.place, place(sensor.lat_deg, sensor.lon_deg)]);
    rows.push([WORDS.reachBody, km(sensor.reach_body_km ?? NaN)], [WORDS.reach, km(sensor.reach_km ?? NaN)]);
    if (sensor.elevation_deg)
      rows.push([WORDS.elevation, SAY.to(`${sensor.elevation_deg[0]}°`, `${sensor.elevation_deg[1]}°`)]);
    rows.push([
      WORDS.faces,
      (sensor.faces ?? [])
        .map((face) => `${Math.round(face.azimuth_deg)}° ± ${Math.round(face.half_width_deg)}°`)
        .join("; "),
    ]);
  } else rows.push([WORDS.below, place(sensor.lat_deg, sensor.lon_deg)], [WORDS.altitude, km(sensor.alt_km ?? NaN)]);
  rows.push([WORDS.revisit, seconds(sensor.revisit_s)], [WORDS.latency, seconds(sensor.latency_s)]);
  const picture = rungAt(at, rungIndex).picture;
  const feeds = (columnsOf(at).tracks[picture] ?? [])
    .filter(({ track }) => (holds(track.sensors, moment) ?? []).includes(n))
    .map(
      ({ track, number: m }): Line => ({
        text: SAY.trackOf(m, holderName(at, track.holder)),
        key: `track.${picture}.${track.id}`,
      }),
    );
  return {
    kind: WORDS.kinds[sensor.kind],
    title: sensor.title,
    holder: sensor.party,
    start_s: null,
    groups: [group(WORDS.whatItIs, rows), group(WORDS.reportsIn, [], feeds.length ? feeds : [WORDS.feedsNothing])],
  };
}

function siteDetails(at: Replay, id: string, rungIndex: number, now: number, side: Perspective): Details | null {
  const n = at.sites.findIndex((site) => site.id === id);
  const site = at.sites[n];
  if (!site) return null;
  const rung = rungAt(at, rungIndex);
  const lines = rung.shots.flatMap((shot, k): Line[] => {
    if (shot.site !== n || shot.launch_s > now + 0.06 || !knowsShot(at, rung, shot, side)) return [];
    const end =
      shot.intercept_s > now + 0.06
        ? SAY.meets(shot.object + 1, clock(shot.intercept_s))
        : SAY.met(shot.hit, shot.object + 1, clock(shot.intercept_s));
    return [{ text: SAY.shot(k + 1, clock(shot.launch_s), end, km(shot.alt_km)), key: shotKey(rung, k) }];
  });
  return {
    kind: WORDS.kinds.site,
    title: site.title,
    holder: site.party,
    start_s: null,
    groups: [
      group(WORDS.whatItIs, [
        [WORDS.owner, holderName(at, site.party)],
        [WORDS.place, place(site.lat_deg, site.lon_deg)],
        [WORDS.inventory, String(site.inventory)],
        ...(site.range_km === null ? [] : ([[WORDS.range, km(site.range_km)]] as [string, string][])),
      ]),
      group(SAY.shotsAt(rung.rung), [], lines.length ? lines : [WORDS.noShots]),
    ],
  };
}

function regionDetails(at: Replay, name: string): Details | null {
  const region = at.regions.find((one) => one.name === name);
  if (!region) return null;
  const rows: [string, string][] = [
    [WORDS.middle, place(region.lat_deg, region.lon_deg)],
    [WORDS.radius, km(region.radius_km)],
  ];
  if (region.party !== null) rows.push([WORDS.defendedBy, holderName(at, region.party)]);
  for (const role of region.roles) rows.push([WORDS.inHistory, WORDS.roles[role] ?? role]);
  return {
    kind: WORDS.kinds.region,
    title: region.title,
    holder: region.party,
    start_s: null,
    groups: [group(WORDS.whatItIs, rows)],
  };
}

function truthDetails(at: Replay, object: number, rungIndex: number): Details | null {
  const truth = at.truth.find((one) => one.object === object);
  if (!truth) return null;
  const hit = rungAt(at, rungIndex).shots.find((shot) => shot.hit && shot.object === object);
  return {
    kind: WORDS.kinds.truth,
    title: SAY.missile(object + 1),
    holder: "truth",
    start_s: null,
    groups: [
      group(WORDS.whatItIs, [
        [WORDS.vehicle, at.case.vehicle],
        [WORDS.vehicleClass, at.case.class],
        [WORDS.launchAt, `${clock(truth.launch_s)}, ${place(...truth.launch_deg)}`],
        [WORDS.burnout, clock(truth.burnout_s)],
        [WORDS.apogee, km(truth.apogee_km)],
        [
          WORDS.impactAt,
          hit
            ? SAY.inTime(WORDS.stopped, clock(hit.intercept_s))
            : `${clock(truth.impact_s)}, ${place(...truth.impact_deg)}`,
        ],
      ]),
    ],
  };
}

function noticeDetails(at: Replay): Details | null {
  const { notice } = at;
  if (!notice) return null;
  return {
    kind: WORDS.kinds.notice,
    title: WORDS.noticeTitle,
    holder: null,
    start_s: null,
    groups: [
      group(WORDS.whatItIs, [
        [WORDS.noticeBy, notice.by],
        [WORDS.around, place(notice.lat_deg, notice.lon_deg)],
        [WORDS.radius, km(notice.radius_km)],
        [WORDS.noticeWindow, SAY.to(SAY.hours(notice.window_s[0]), SAY.hours(notice.window_s[1]))],
      ]),
      group(
        WORDS.whoWasTold,
        at.rungs.map((rung): [string, string] => [
          SAY.rung(rung.rung),
          at.parties
            .filter((_, p) => at.pictures[rung.picture]?.noticed[p])
            .map((party) => party.title)
            .join(", ") || WORDS.nobody,
        ]),
      ),
    ],
  };
}
