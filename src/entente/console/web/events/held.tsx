/** What a side holds at both rungs: a row each thing, with its share of histories over time at one rung above that at the other. */

import { type ComponentChildren } from "preact";
import { Shape } from "../shape";
import { type Changes, type Item, type Told } from "./document";
import * as state from "./state";
import { SAY, WORDS, share, when } from "./words";

const ASKED_AFTER = 20; // s

export function Side({ at, party }: { at: Told; party: number }): ComponentChildren {
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
        <p class="text">
          {one.text}
          {one.replaced && ` (${WORDS.replaced})`}
        </p>
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
