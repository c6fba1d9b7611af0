/** What there is to say of an event: what it is, who says so, how well it was known, what followed, and when at other rungs. */

import { holds } from "./columns";
import { type Details, type Line, group } from "./details";
import { type Event, type Happening, type Replay, type Rung } from "./document";
import { SAME_S, aboutOf, eventAt, eventKey, isOf, nameOf, objectOf, twinOf } from "./happened";
import { momentAt, type Perspective, extent } from "./scene";
import { SAY, WORDS, clock, holderName, place, rungName, rungShort, seconds, squareKm, utc } from "./words";

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
