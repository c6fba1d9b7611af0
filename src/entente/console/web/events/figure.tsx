/** Both sides above each other on one time axis: the chance of an attack, how it is called, what each holds, what people did. */

import { type ComponentChildren } from "preact";
import { Shape } from "../shape";
import { Chart } from "./chart";
import { type Changes, type Item, type Reading, type Told } from "./document";
import { Legend } from "./list";
import * as state from "./state";
import { SAY, WORDS, clock, moment, share, when } from "./words";

const ASKED_AFTER = 20; // s

export function Figure({ at }: { at: Told }): ComponentChildren {
  const looks = state.side.value;
  const sides = [looks, 1 - looks];
  return (
    <section class="figure">
      <Axis at={at} />
      <Chart at={at} />
      <Fates at={at} />
      {sides.slice(0, 1).map((party) => (
        <Side key={party} at={at} party={party} />
      ))}
      <People at={at} />
      {sides.slice(1).map((party) => (
        <Side key={party} at={at} party={party} />
      ))}
      <Cursor at={at} />
    </section>
  );
}

/** Minutes, and the two moments at which a call is asked for; they stay in sight. */
function Axis({ at }: { at: Told }): ComponentChildren {
  const end = state.until(at);
  const every = end > 1200 ? 300 : end > 780 ? 180 : 120;
  const ticks = Array.from({ length: Math.floor(end / every) + 1 }, (_, i) => i * every);
  const asked = at.resolved_at_s;
  return (
    <div class="row axis" aria-hidden="true">
      <div class="name" />
      <div class="plot">
        {ticks
          .filter((time) => !asked.some((one) => Math.abs(one - time) < 0.07 * end))
          .map((time) => (
            <span
              key={time}
              class={asked.some((one) => Math.abs(one - time) < 0.2 * end) ? "near" : ""}
              style={{ left: `${(100 * time) / end}%` }}
            >
              {clock(time)}
            </span>
          ))}
        {asked.map((time) => (
          <span key={time} class="asked" style={{ left: `${(100 * time) / end}%` }}>
            {SAY.minutes(time)}
          </span>
        ))}
      </div>
    </div>
  );
}

/** The moment, across all rows; a press or a drag anywhere moves it. */
function Cursor({ at }: { at: Told }): ComponentChildren {
  const end = state.until(at);
  const move = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    const box = event.currentTarget.getBoundingClientRect();
    state.playing.value = false;
    state.goTo(((event.clientX - box.left) / box.width) * end);
  };
  return (
    <div
      class="over"
      aria-hidden="true"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        move(event);
      }}
      onPointerMove={(event) => event.buttons > 0 && move(event)}
    >
      {at.resolved_at_s.map((time) => (
        <i key={time} class="asked" style={{ left: `${(100 * time) / end}%` }} />
      ))}
      <i class="now" style={{ left: `${(100 * state.t.value) / end}%` }} />
    </div>
  );
}

/** The shares of histories that are called rightly, wrongly or not at all, moment by moment, at both rungs. */
function Fates({ at }: { at: Told }): ComponentChildren {
  const party = state.side.value;
  const { did_it, title } = state.partyAt(at, party);
  if (did_it) return null;
  return (
    <>
      <div class="row sub">
        <div class="name">
          <h2>{WORDS.fatesTitle}</h2>
        </div>
        <div class="plot">
          <Legend quiet nature={at.truth.nature} />
        </div>
      </div>
      {([0, 1] as const).map((which) => {
        if (which === 0 && state.isSame(at, party)) return null;
        const reading = state.readingAt(at, which, party);
        const [right, wrong, open] = reading.called.Bayes[state.moment.value] ?? [0, 0, 0];
        return (
          <div class={`row fates which${which}`} key={which}>
            <div class="name">
              {state.isSame(at, party)
                ? SAY.rungs(([0, 1] as const).map((one) => state.rungAt(at, one).rung))
                : SAY.rung(state.rungAt(at, which).rung)}
            </div>
            <div class="plot">
              <svg
                viewBox={`0 0 ${at.grid.count - 1} 1`}
                preserveAspectRatio="none"
                role="img"
                aria-label={`${title}, ${SAY.rung(state.rungAt(at, which).rung)}: ${SAY.shares(share(right), share(open), share(wrong))}`}
              >
                {stacked(reading).map(([kind, path]) => (
                  <path key={kind} class={kind} d={path} />
                ))}
              </svg>
              <b class="end">{share(reading.called.Bayes[at.grid.count - 1]?.[0] ?? 0)}</b>
            </div>
          </div>
        );
      })}
    </>
  );
}

/** Areas one on another, each held until the next moment: what is understood at the bottom, what is held for an attack on top. */
function stacked(reading: Reading): [string, string][] {
  const rows = reading.called.Bayes.map(([right, wrong, open], g) => {
    const quiet = Math.min(reading.quiet[g] ?? 0, right);
    return { right: right - quiet, quiet, open, wrong };
  });
  const floor = rows.map(() => 0);
  return (["right", "quiet", "open", "wrong"] as const).map((kind) => {
    const low = floor.map((value) => value);
    rows.forEach((row, g) => (floor[g] = (floor[g] as number) + row[kind]));
    return [kind === "quiet" ? "quiet-fate" : kind, band(low, [...floor])];
  });
}

function band(low: number[], high: number[]): string {
  let out = `M0 ${1 - (high[0] ?? 0)}`;
  for (let g = 1; g < high.length; g++) out += `H${g}V${1 - (high[g] as number)}`;
  out += `V${1 - (low[low.length - 1] as number)}`;
  for (let g = low.length - 1; g > 0; g--) out += `H${g}V${1 - (low[g - 1] as number)}`;
  return `${out}H0Z`;
}

/** What a side holds at both rungs: a row each, with its share of histories over time at one rung above that at the other. */
function Side({ at, party }: { at: Told; party: number }): ComponentChildren {
  const { title, suspects, did_it } = state.partyAt(at, party);
  const suspected =
    suspects === "partner"
      ? `${WORDS.suspectsPartner} ${state.partyAt(at, 1 - party).title}`
      : suspects
        ? WORDS.suspectsThird
        : did_it
          ? WORDS.knows
          : WORDS.suspectsNobody;
  const rows = itemsOf(at, party);
  return (
    <>
      <div class={`row sub party${party}`}>
        <div class="name">
          <h2>
            <Shape holder={party} /> {title}
          </h2>
          <small>{suspected}</small>
        </div>
        <div class="plot">
          <small>{WORDS.holdsSub}</small>
        </div>
      </div>
      {rows.length === 0 && (
        <div class="row">
          <div class="name none">{WORDS.nothingYet}</div>
          <div class="plot" />
        </div>
      )}
      {rows.map(({ key, items }) => (
        <Held key={key} at={at} party={party} items={items} />
      ))}
    </>
  );
}

interface Pair {
  key: string;
  items: [Item | undefined, Item | undefined];
}

/** The same thing at both rungs, in the order in which it comes. Of who did it, what its own sensors say. */
function itemsOf(at: Told, party: number): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const which of [0, 1] as const)
    for (const item of state.readingAt(at, which, party).items) {
      if (state.partyAt(at, party).did_it && item.giver !== "own") continue;
      const key = `${item.giver} ${item.id}`;
      const pair: Pair = pairs.get(key) ?? { key, items: [undefined, undefined] };
      pair.items[which] = item;
      pairs.set(key, pair);
    }
  // What is asked for because of something comes after it.
  const first = ({ items }: Pair): number => {
    const { at_s, giver } = items[0] ?? (items[1] as Item);
    return at_s[1] + (giver === "own" ? 0 : ASKED_AFTER);
  };
  return [...pairs.values()].sort((a, b) => first(a) - first(b));
}

function Held({ at, party, items }: { at: Told; party: number; items: Pair["items"] }): ComponentChildren {
  const one = (items[1] ?? items[0]) as Item;
  const both = items[0] && items[1] && JSON.stringify(items[0].held) === JSON.stringify(items[1].held);
  return (
    <div class={`row held party${party}`}>
      <div class="name">
        <p class="says">
          <From giver={one.giver} party={party} /> <b>{one.says}</b>
        </p>
        <p class="text">{one.text}</p>
      </div>
      <div class="plot">
        {([0, 1] as const).map((which) => {
          if (both && which === 0) return null;
          const item = items[which];
          const rung = SAY.rung(state.rungAt(at, which).rung);
          return (
            <div class={`lane ${both ? "both" : `which${which}`}`} key={which}>
              <span class="rung">
                {both ? ([0, 1] as const).map((k) => state.rungAt(at, k).rung).join(" + ") : state.rungAt(at, which).rung}
              </span>
              {item ? (
                <svg
                  viewBox={`0 0 ${at.grid.count - 1} 1`}
                  preserveAspectRatio="none"
                  role="img"
                  aria-label={`${rung}: ${one.says}, ${when(item.at_s)}, ${share(item.comes)} ${WORDS.ofHistories}`}
                >
                  <path d={area(item.held, at.grid.count - 1)} />
                </svg>
              ) : (
                <em>{WORDS.notHere}</em>
              )}
              {item && item.comes < 0.995 && <b class="end">{share(item.comes)}</b>}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** From whom: the mark of who says it; of notices, an envelope. */
export function From({ giver, party }: { giver: Item["giver"]; party: number }): ComponentChildren {
  if (giver !== "notice") return <Shape holder={giver === "own" ? party : 1 - party} />;
  return (
    <svg class="shape letter" viewBox="-8 -8 16 16" width="12" height="12" aria-hidden="true">
      <path class="stroke" d="M-7-5H7V5.5H-7ZM-7-5 0 1.5 7-5" />
    </svg>
  );
}

function area(held: Changes<number>, last: number): string {
  let out = "M0 1";
  for (const [g, value] of held) out += `H${g}V${1 - (value ?? 0)}`;
  return `${out}H${last}V1Z`;
}

/** What people did, as told: a point where it is told to be, with its range. */
function People({ at }: { at: Told }): ComponentChildren {
  const end = state.until(at);
  if (at.people.length === 0) return null;
  return (
    <>
      <div class="row sub">
        <div class="name">
          <h2>{WORDS.people}</h2>
        </div>
        <div class="plot" />
      </div>
      {at.people.map(({ at_s: [low, middle, high], party, text }, i) => {
        const place = (time: number): number => 100 * Math.min(1, Math.max(0, time / end));
        return (
          <div class={`row person party${party ?? ""}`} key={i}>
            <div class="name">
              <p class="text">
                <Shape holder={party} /> {text}
              </p>
            </div>
            <div class="plot">
              {low <= end && (
                <i class="range" style={{ left: `${place(low)}%`, right: `${100 - place(high)}%` }} />
              )}
              {middle <= end ? (
                <i class="told" style={{ left: `${place(middle)}%` }} />
              ) : (
                <b class="end">{moment(middle)}</b>
              )}
            </div>
          </div>
        );
      })}
    </>
  );
}
