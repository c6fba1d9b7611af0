/** The same instant in numbers: a sentence, a table of the two panes, and how the impact area shrank. */

import { type ComponentChildren } from "preact";
import { type Replay } from "./document";
import { Shape } from "./shape";
import { extent } from "./scene";
import { chosenObject } from "./stage";
import { type Pane, doc, goTo, moment, playing, rungAt, scenes, selected, shown, span, t as now } from "./state";
import { type Known, firstTime, headline, known, partyOf, series, subject } from "./weigh";
import { WORDS, clock, number, perspectiveName, ratio, rungName, rungShort, seconds, squareKm } from "./words";

export function Comparison(): ComponentChildren {
  const at = doc.value;
  if (!at) return null;
  const panes = shown.value;
  const object = subject(scenes.value, chosenObject(selected.value));
  const facts = scenes.value.map((scene) => known(scene, object));
  const t = playing.value ? at.grid.start_s + moment.value * at.grid.step_s : now.value;
  const areas = facts.map(({ impact }) => (impact ? extent(impact) : null));
  return (
    <section class="comparison" aria-label={WORDS.compareTitle}>
      <p class="headline">{headline(at, panes, areas, t)}</p>
      <Facts at={at} panes={panes} facts={facts} t={t} />
      {panes.some((pane, i) => pane.side === "centre" && facts[i]?.impact === null) && (
        <p class="why">
          <Shape holder="centre" /> {scenes.value.every((one) => one.perspective !== "centre" || one.rung.fusion !== "centre") ? WORDS.noCentre : WORDS.centreStates}
        </p>
      )}
      <Chart at={at} panes={panes} object={object} t={t} />
    </section>
  );
}

function apart(a: number, b: number): string {
  const said = ratio(a, b, true);
  return said === WORDS.same ? "" : said;
}

function Facts({ at, panes, facts, t }: { at: Replay; panes: Pane[]; facts: Known[]; t: number }): ComponentChildren {
  const areaRow = (title: string, of: (known: Known) => number): ComponentChildren => {
    const values = facts.map(of);
    return (
      <tr>
        <th scope="row">{title}</th>
        {values.map((value, i) => (
          <td key={i} class={Number.isFinite(value) ? "" : "none"}>
            {squareKm(value)}
            {i === 1 && apart(values[0] ?? NaN, value) && <small>{apart(values[0] ?? NaN, value)}</small>}
          </td>
        ))}
      </tr>
    );
  };
  const timeRow = (title: string, what: "seen" | "warning"): ComponentChildren =>
    panes.every((pane) => partyOf(pane.side) === null) ? null : (
      <tr>
        <th scope="row">{title}</th>
        {panes.map((pane, i) => {
          const time = firstTime(at, pane, what);
          return (
            <td key={i} class={time !== null && time <= t ? "" : "none"}>
              {partyOf(pane.side) === null ? "" : time === null ? WORDS.never : time > t ? WORDS.notYet : clock(time)}
            </td>
          );
        })}
      </tr>
    );
  return (
    <table class="facts">
      <thead>
        <tr>
          <td class="none">{WORDS.rows.areas}</td>
          {panes.map((pane, i) => (
            <th key={i} scope="col">
              <Shape holder={pane.side} /> {rungShort(rungAt(at, pane.rung))}
              <span class="hidden">
                {rungName(rungAt(at, pane.rung))}, {perspectiveName(at, pane.side)}
              </span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {areaRow(WORDS.rows.impact, ({ impact }) => (impact ? extent(impact) : NaN))}
        <tr>
          <th scope="row">{WORDS.rows.when}</th>
          {facts.map(({ impact }, i) => (
            <td key={i} class={impact ? "" : "none"}>
              {seconds(impact?.[6])}
            </td>
          ))}
        </tr>
        {areaRow(WORDS.rows.position, ({ position_km2 }) => position_km2)}
        {areaRow(WORDS.rows.launch, ({ launch_km2 }) => launch_km2)}
        {timeRow(WORDS.rows.first, "seen")}
        {timeRow(WORDS.rows.warning, "warning")}
      </tbody>
    </table>
  );
}

const W = 340;
const H = 148;
const PAD = { left: 62, right: 48, top: 10, bottom: 20 };

/** Both panes' 90 % impact area over the whole history, on a logarithmic scale; click it to go to a time. */
function Chart({
  at,
  panes,
  object,
  t,
}: {
  at: Replay;
  panes: Pane[];
  object: number | null;
  t: number;
}): ComponentChildren {
  const lines = panes.map((pane) => series(at, pane, object));
  const all = lines.flat().filter((value): value is number => value !== null && value > 0);
  if (all.length === 0) return null;
  const low = Math.floor(
    Math.log10(
      Math.max(
        0.01,
        all.reduce((a, b) => Math.min(a, b)),
      ),
    ),
  );
  const high = Math.max(low + 1, Math.ceil(Math.log10(all.reduce((a, b) => Math.max(a, b)))));
  const [from, to] = span(at);
  const x = (time: number): number => PAD.left + ((time - from) / (to - from)) * (W - PAD.left - PAD.right);
  const y = (value: number): number =>
    PAD.top + ((high - Math.log10(value)) / (high - low)) * (H - PAD.top - PAD.bottom);
  const decades = Array.from({ length: high - low + 1 }, (_, i) => low + i).filter((d) =>
    high - low <= 4 ? true : (d - low) % 2 === 0,
  );
  const ends = lines.map((line) => {
    const last = line.reduce<number>((best, value, i) => (value !== null ? i : best), -1);
    return last < 0 ? null : { x: x(at.grid.start_s + last * at.grid.step_s), y: y(line[last] as number) };
  });
  const labelY = apartFrom(ends.map((end) => end?.y ?? null));
  return (
    <figure class="chart">
      <figcaption>{WORDS.chartTitle}, km²</figcaption>
      <svg
        viewBox={`0 0 ${W} ${H}`}
        role="img"
        aria-label={`${WORDS.chartTitle}: ${panes.map((pane, i) => `${rungShort(rungAt(at, pane.rung))} ${squareKm(lines[i]?.[moment.value] ?? NaN)}`).join(", ")} now`}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const px = ((event.clientX - box.left) / box.width) * W;
          goTo(from + ((px - PAD.left) / (W - PAD.left - PAD.right)) * (to - from));
        }}
      >
        {decades.map((d) => (
          <g key={d}>
            <line x1={PAD.left} x2={W - PAD.right} y1={y(10 ** d)} y2={y(10 ** d)} class="grid" />
            <text x={PAD.left - 7} y={y(10 ** d) + 3.5} class="axis" text-anchor="end">
              {d >= 0 ? number(10 ** d) : `${10 ** d}`}
            </text>
          </g>
        ))}
        <line x1={x(t)} x2={x(t)} y1={PAD.top - 6} y2={H - PAD.bottom} class="now" />
        <text x={Math.min(W - PAD.right - 14, Math.max(14, x(t)))} y={H - 6} class="axis" text-anchor="middle">
          {clock(t)}
        </text>
        {lines.map((line, i) => (
          <path
            key={i}
            class={`series ${sideClass(panes[i] as Pane)} ${panes.length > 1 && i === 0 ? "first" : "second"}`}
            d={trace(line, at, x, y)}
          />
        ))}
        {lines.map((line, i) => {
          const value = line[moment.value];
          return value ? (
            <circle key={i} class={`dot ${sideClass(panes[i] as Pane)}`} cx={x(t)} cy={y(value)} r="3.5" />
          ) : null;
        })}
        {ends.map((end, i) =>
          end ? (
            <text
              key={i}
              x={W - PAD.right + 6}
              y={(labelY[i] ?? end.y) + 4}
              class={`name ${sideClass(panes[i] as Pane)} ${i === 0 && panes.length > 1 ? "first" : ""}`}
            >
              {rungShort(rungAt(at, (panes[i] as Pane).rung))}
            </text>
          ) : null,
        )}
      </svg>
    </figure>
  );
}

function sideClass({ side }: Pane): string {
  return side === 0 || side === 1 ? `party${side}` : side;
}

/** Two labels at least a line apart. */
function apartFrom(ys: (number | null)[]): (number | null)[] {
  const [a, b] = ys;
  if (a == null || b == null || Math.abs(a - b) >= 15) return ys;
  const middle = (a + b) / 2;
  return a <= b ? [middle - 7.5, middle + 7.5] : [middle + 7.5, middle - 7.5];
}

function trace(line: (number | null)[], at: Replay, x: (t: number) => number, y: (v: number) => number): string {
  let out = "";
  let down = false;
  line.forEach((value, i) => {
    if (!value) down = false;
    else {
      out += `${down ? "L" : "M"}${x(at.grid.start_s + i * at.grid.step_s).toFixed(1)} ${y(value).toFixed(1)}`;
      down = true;
    }
  });
  return out;
}
