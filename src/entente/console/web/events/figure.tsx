/** Both sides above each other on one time axis: the chance of an attack, how it is called, what each holds, what people did. */

import { type ComponentChildren } from "preact";
import { Shape } from "../shape";
import { Chart } from "./chart";
import { type Reading, type Told } from "./document";
import { Side } from "./held";
import { Legend } from "./list";
import * as state from "./state";
import { SAY, WORDS, clock, moment, share } from "./words";

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
          <small>{WORDS.fatesSub}</small>
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
