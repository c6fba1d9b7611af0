/** What there is to say of an interceptor's shot; its outcome is nobody's but the analyst's before it meets its target. */

import { type Details, type Line, group } from "./details";
import { type Replay, type Rung, type Shot } from "./document";
import { SAME_S, isOf, knowsShot, nameOf, shotAt, shotKey, trackOf } from "./happened";
import { type Perspective } from "./scene";
import { SAY, WORDS, clock, holderName, km, place, rungName } from "./words";

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
