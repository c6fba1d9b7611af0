/** Two panes at one moment, in numbers: how much better one side knows at one rung than at the other. */

import { holds } from "./columns";
import { type Area, type Replay } from "./document";
import { type Perspective, type Scene, extent, impactAreas } from "./scene";
import { type Pane, rungAt } from "./state";
import { SAY, WORDS, clock, perspectiveName, ratio, rungShort, squareKm } from "./words";

/** What one pane knows of one object. */
export interface Known {
  impact: Area | null;
  position_km2: number; // nan where none is believed
  launch_km2: number;
}

export function known(scene: Scene, object: number | null): Known {
  let impact: Area | null = null;
  let [position_km2, launch_km2] = [NaN, NaN];
  for (const track of scene.tracks) {
    if (track.followed.track.object !== object) continue;
    if (track.impact && (!impact || extent(track.impact) < extent(impact))) impact = track.impact;
    const position = Math.PI * track.major_km * track.minor_km;
    if (track.known && !(position >= position_km2)) position_km2 = position;
    if (track.launch && !(extent(track.launch) >= launch_km2)) launch_km2 = extent(track.launch);
  }
  return { impact, position_km2, launch_km2 };
}

/** The object that tables and chart are about: the chosen one, else the first that anybody tracks. */
export function subject(scenes: Scene[], chosen: number | null): number | null {
  const tracked = scenes.flatMap((scene) => scene.tracks.map((track) => track.followed.track.object));
  if (chosen !== null && tracked.includes(chosen)) return chosen;
  const stated = scenes.flatMap((scene) => scene.tracks.filter((t) => t.impact).map((t) => t.followed.track.object));
  const real = (stated.length ? stated : tracked).filter((object): object is number => object !== null);
  return real.length ? Math.min(...real) : chosen;
}

const kept = new Map<string, (number | null)[]>();
let keptFor: Replay | null = null;

/** The 90\u00a0% impact area [km2] at every moment. */
export function series(doc: Replay, pane: Pane, object: number | null): (number | null)[] {
  if (keptFor !== doc) {
    kept.clear();
    keptFor = doc;
  }
  const rung = rungAt(doc, pane.rung);
  const key = `${rung.picture} ${pane.side} ${object}`;
  let values = kept.get(key);
  if (!values) {
    const truth = doc.truth.find((one) => one.object === object);
    // Once it is down, what is still on a screen says nothing.
    const last = truth ? (truth.impact_s - doc.grid.start_s) / doc.grid.step_s - 2 : Infinity;
    values = Array.from({ length: doc.grid.count }, (_, moment) => {
      if (object === null || moment > last) return null;
      const area = impactAreas(doc, rung, pane.side, moment).get(object);
      return area ? extent(area) : null;
    });
    kept.set(key, values);
  }
  return values;
}

/** When a side had its first event of a kind; null where it never did, or is no party. */
export function firstTime(doc: Replay, pane: Pane, what: "seen" | "warning"): number | null {
  const times = rungAt(doc, pane.rung)
    .events.filter((event) => event.what === what && event.party === pane.side)
    .map((event) => event.t_s);
  return times.length ? Math.min(...times) : null;
}

/** One sentence that says what the two maps show. */
export function headline(doc: Replay, panes: Pane[], areas: (number | null)[], t: number): string {
  const [left, right] = panes;
  const at = clock(t);
  if (!left) return "";
  const name = (pane: Pane): string =>
    pane.side === "truth"
      ? WORDS.allTogether
      : pane.side === "centre"
        ? WORDS.theCentre
        : perspectiveName(doc, pane.side);
  const rung = (pane: Pane): string => rungShort(rungAt(doc, pane.rung)).toLowerCase();
  const [a, b] = areas;
  if (!right) return a ? SAY.one(at, squareKm(a)) : SAY.none(at);
  if (!a && !b) return SAY.none(at);
  const how = a && b ? ratio(a, b) : "";
  if (left.side === right.side) {
    if (!a) return SAY.only(at, name(left), rung(right), squareKm(b as number));
    if (!b) return SAY.only(at, name(left), rung(left), squareKm(a));
    if (left.rung === right.rung || how === WORDS.same) return SAY.same(at, name(left), squareKm(b));
    return SAY.compared(at, name(left), how, rung(right), rung(left));
  }
  const say = (area: number | null | undefined): string => (area ? squareKm(area) : WORDS.unknown);
  return SAY.sides(at, `${name(left)} ${say(a)}`, `${name(right)} ${say(b)}`);
}

/** A party, or nobody. */
export function partyOf(side: Perspective): number | null {
  return typeof side === "number" ? side : null;
}

export { holds };
