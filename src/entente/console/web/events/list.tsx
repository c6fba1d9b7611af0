/** All events: when, what it was, and how it ends for the side that could be alarmed at the lowest and at the highest rung. */

import { type ComponentChildren } from "preact";
import { Shape } from "../shape";
import { type Row, type Shares } from "./document";
import { choose } from "./load";
import { list } from "./state";
import { SAY, WORDS, day, kind, share } from "./words";

export function List(): ComponentChildren {
  const found = list.value?.events ?? [];
  const rows = found.filter((one): one is Row => "title" in one);
  const bad = found.filter((one): one is { id: string; why: string } => "why" in one);
  const groups: [string, Row[]][] = [
    [WORDS.history, rows.filter(({ kind }) => kind === "historical")],
    [WORDS.made, rows.filter(({ kind }) => kind === "generic")],
  ];
  return (
    <div class="listed">
      {bad.map(({ id, why }) => (
        <p class="broken" role="alert" key={id}>
          <b>{id}</b> {why}
        </p>
      ))}
      <div class="key">
        <p>{WORDS.endsAre}</p>
        <Legend />
      </div>
      {groups
        .filter(([, events]) => events.length > 0)
        .map(([title, events]) => (
          <section key={title}>
            <h2>{title}</h2>
            <ul>
              {events.map((one) => (
                <Line key={one.id} one={one} />
              ))}
            </ul>
          </section>
        ))}
    </div>
  );
}

function Line({ one }: { one: Row }): ComponentChildren {
  return (
    <li>
      <a
        href={`#event=${one.id}`}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          choose(one.id);
        }}
      >
        <h3>{one.title}</h3>
        <p class="date">{one.kind === "historical" ? day(one.date) : WORDS.invented}</p>
        <p class="what">
          {WORDS.was} <b>{kind(one.truth.nature)}</b>: {one.truth.what}
        </p>
        <p class="eyes">
          <Shape holder={one.side} /> {one.party}
        </p>
        <div class="ends">
          {one.ends.map(({ rung, shares }) => (
            <p key={rung}>
              <span class="rung">{SAY.rung(rung)}</span> <Bar shares={shares} />
              <span class="words">{shared(shares, one.truth.nature)}</span>
            </p>
          ))}
        </div>
      </a>
    </li>
  );
}

/** "52 % understood rightly, 48 % open". */
export function shared([right, wrong, open]: Shares, nature: string): string {
  const parts = [
    [right, WORDS.fates.right],
    [open, WORDS.fates.open],
    [wrong, wrongWord(nature)],
  ] as const;
  return parts
    .filter(([value]) => value > 0.0005)
    .map(([value, word]) => `${share(value)} ${word}`)
    .join(", ");
}

/** What it means to be wrong: an attack seen where there is none, or none where there is one. */
export function wrongWord(nature: string): string {
  return nature === "attack" ? WORDS.missed : WORDS.fates.wrong;
}

export function Bar({ shares: [right, wrong, open] }: { shares: Shares }): ComponentChildren {
  return (
    <span class="bar" aria-hidden="true">
      <i class="right" style={{ flexGrow: right }} />
      <i class="open" style={{ flexGrow: open }} />
      <i class="wrong" style={{ flexGrow: wrong }} />
    </span>
  );
}

export function Legend({ quiet = false, nature = "" }: { quiet?: boolean; nature?: string }): ComponentChildren {
  return (
    <p class="legend" aria-hidden="true">
      {quiet && (
        <span>
          <i class="quiet-fate" /> {WORDS.fates.quiet}
        </span>
      )}
      {(["right", "open", "wrong"] as const).map((kind) => (
        <span key={kind}>
          <i class={kind} /> {kind === "wrong" ? wrongWord(nature) : WORDS.fates[kind]}
        </span>
      ))}
    </p>
  );
}
