/** The chance of a nature in a side's eyes over time, at both rungs, by powers of ten. */

import { type ComponentChildren } from "preact";
import { Shape } from "../shape";
import { type Item, type Reading, type Told, at as held } from "./document";
import * as state from "./state";
import { LEAST, SAY, WORDS, chance, decibans } from "./words";

const ODDS = [1, 0.1, 0.01, 0.001, 0.0001];

/** How high a chance stands: 0 at the bottom, 1 at the top. */
export function height(p: number): number {
  return 1 - Math.log10(Math.max(p, LEAST)) / Math.log10(LEAST);
}

export function Chart({ at }: { at: Told }): ComponentChildren {
  const party = state.side.value;
  const shown = state.isSame(at, party) ? ([1] as const) : ([0, 1] as const);
  const isAttack = at.natures[state.nature.value] === "attack";
  return (
    <div class={`row chart-row party${party}`}>
      <div class="name">
        <h2>
          <label>
            {WORDS.chanceOf}{" "}
            <select
              aria-label={WORDS.nature}
              value={state.nature.value}
              onChange={(event) => (state.nature.value = Number(event.currentTarget.value))}
            >
              {at.natures.map((one, n) => (
                <option key={one} value={n}>
                  {WORDS.natures[one] ?? one}
                </option>
              ))}
            </select>
          </label>
        </h2>
        <div class="segments" role="group" aria-label={WORDS.eyes}>
          {([0, 1] as const).map((one) => (
            <button key={one} aria-pressed={party === one} onClick={() => (state.side.value = one)}>
              <Shape holder={one} /> {state.partyAt(at, one).title}
            </button>
          ))}
        </div>
        <small>{WORDS.chartSub}</small>
      </div>
      <div class="plot" role="img" aria-label={spoken(at)}>
        {ODDS.map((one) => (
          <span class="odds" key={one} style={{ top: `${100 * (1 - height(one))}%` }}>
            {one === 1 ? "1" : SAY.odds(Math.round(1 / one))}
          </span>
        ))}
        {isAttack &&
          (["held", "cleared"] as const).map((bar) => (
            <span class={`bar-line ${bar}`} key={bar} style={{ top: `${100 * (1 - height(at.bars[bar][1]))}%` }}>
              <b>{bar === "held" ? WORDS.heldBar : WORDS.clearedBar}</b>
            </span>
          ))}
        <svg viewBox={`0 0 ${at.grid.count - 1} 1`} preserveAspectRatio="none" aria-hidden="true">
          {shown.map((which) => (
            <path key={which} class={`range which${which}`} d={band(state.readingAt(at, which, party))} />
          ))}
          {shown.map((which) => (
            <path key={which} class={`middle which${which}`} d={stairs(state.readingAt(at, which, party).middle)} />
          ))}
        </svg>
        {shown.map((which) => {
          const middle = state.readingAt(at, which, party).middle[state.nature.value] ?? [];
          return (
            <i
              key={which}
              class={`dot which${which}`}
              style={{
                left: `${(100 * state.t.value) / state.until(at)}%`,
                top: `${100 * (1 - height(middle[state.moment.value] ?? 1))}%`,
              }}
            />
          );
        })}
        {isAttack && !state.partyAt(at, party).did_it && <Notes at={at} shown={shown} />}
        <Names at={at} shown={shown} />
      </div>
    </div>
  );
}

const TELLING = 3; // dB: what weighs less is not named
const LETTER = 0.0105; // of the whole time: how wide one is on a chart of 600 pixels
const OFF = 0.09; // of the chart's height: a name from its line
const ROW = 0.085; // the height of a name

interface Note {
  which: 0 | 1;
  item: Item;
  x: number;
  y: number;
  weight: number;
  isAbove: boolean;
}

/** Whether two names cover each other. */
function covers(a: Note, b: Note): boolean {
  const wide = (note: Note): number => LETTER * (note.item.says.length + 9);
  const high = (note: Note): number => note.y + (note.isAbove ? -OFF : OFF);
  const isBeside = a.x + wide(a) < b.x || b.x + wide(b) < a.x;
  return !isBeside && Math.abs(high(a) - high(b)) < ROW;
}

/** What moves each line, where it comes to hand: above the line what speaks for an attack, below it what speaks against. */
function Notes({ at, shown }: { at: Told; shown: readonly (0 | 1)[] }): ComponentChildren {
  const found = shown.flatMap((which) => {
    const reading = state.readingAt(at, which, state.side.value);
    const line = reading.middle[state.nature.value] ?? [];
    const last = at.grid.count - 1;
    return reading.items.map((item) => {
      const [, middle, late] = item.at_s;
      const told = held(reading.weighed, Math.min(last, Math.ceil(Math.max(0, late) / at.grid.step_s) + 1));
      const weight = told?.channels.find(({ says }) => says.split(" and ").includes(item.says))?.decibans[1] ?? 0;
      const g = Math.min(last, Math.ceil(Math.max(0, middle) / at.grid.step_s) + 1);
      const x = Math.max(0, middle / state.until(at));
      return { which, item, x, y: 1 - height(line[g] ?? 1), weight, isAbove: weight > 0 };
    });
  });
  const notes: Note[] = [];
  for (const one of found.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))) {
    const isTold = notes.some(({ item }) => item.says === one.item.says);
    if (isTold || Math.abs(one.weight) < TELLING || one.item.comes < 0.5 || one.x > 0.84) continue;
    const free = [one, { ...one, isAbove: !one.isAbove }].find((place) => !notes.some((note) => covers(note, place)));
    if (free) notes.push(free);
  }
  return (
    <>
      {notes.map(({ which, item, isAbove, x, y, weight }) => (
        <span
          key={item.says}
          class={`note which${which} ${isAbove ? "above" : "below"} ${x < 0.02 ? "early" : ""}`}
          style={{ left: `${100 * Math.max(0, x)}%`, top: `${100 * y}%` }}
        >
          <span>
            {item.says} <b>{decibans(weight)}{"\u00a0"}dB</b>
          </span>
        </span>
      ))}
    </>
  );
}

const [TOP, BOTTOM, LINE] = [3, 97, 9]; // per cent of the chart's height: where a name may stand, and how high it is

/** What each line is called, at its end, so that neither hides the other. */
function Names({ at, shown }: { at: Told; shown: readonly (0 | 1)[] }): ComponentChildren {
  const ends = shown.map((which) => {
    const middle = state.readingAt(at, which, state.side.value).middle[state.nature.value] ?? [];
    return 100 * (1 - height(middle[middle.length - 1] ?? 1));
  });
  const [a, b] = ends;
  if (a !== undefined && b !== undefined && Math.abs(a - b) < LINE) {
    const middle = Math.min(BOTTOM - LINE / 2, Math.max(TOP + LINE / 2, (a + b) / 2));
    const half = a <= b ? LINE / 2 : -LINE / 2;
    [ends[0], ends[1]] = [middle - half, middle + half];
  }
  return (
    <>
      {shown.map((which, i) => (
        <b class={`end which${which}`} key={which} style={{ top: `${Math.min(BOTTOM, Math.max(TOP, ends[i] ?? 0))}%` }}>
          {shown.length > 1
            ? SAY.rung(state.rungAt(at, which).rung)
            : SAY.rungs([...new Set(([0, 1] as const).map((one) => state.rungAt(at, one).rung))])}
        </b>
      ))}
    </>
  );
}

function spoken(at: Told): string {
  const party = state.side.value;
  const [n, g] = [state.nature.value, state.moment.value];
  const parts = ([0, 1] as const).map((which) => {
    const { low, middle, high } = state.readingAt(at, which, party);
    const [a, b, c] = [low, middle, high].map((one) => chance(one[n]?.[g] ?? 1));
    return `${SAY.rung(state.rungAt(at, which).rung)}: ${b} (${SAY.range(a as string, c as string)})`;
  });
  return `${WORDS.chanceOf} ${WORDS.natures[at.natures[n] ?? ""] ?? ""}, ${state.partyAt(at, party).title}: ${parts.join("; ")}`;
}

function stairs(rows: number[][]): string {
  const line = rows[state.nature.value] ?? [];
  let out = `M0 ${(1 - height(line[0] ?? 1)).toFixed(4)}`;
  for (let g = 1; g < line.length; g++) out += `H${g}V${(1 - height(line[g] as number)).toFixed(4)}`;
  return out;
}

function band({ low, high }: Reading): string {
  const bottom = low[state.nature.value] ?? [];
  let out = stairs(high);
  out += `V${(1 - height(bottom[bottom.length - 1] ?? 1)).toFixed(4)}`;
  for (let g = bottom.length - 1; g > 0; g--) out += `H${g}V${(1 - height(bottom[g - 1] as number)).toFixed(4)}`;
  return `${out}H0Z`;
}
