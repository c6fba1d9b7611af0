/** What is held at the moment at a rung, from whom, since when, and what it weighs for an attack or against it. */

import { type ComponentChildren } from "preact";
import { type Item, type Reading, type Told, type Weighed, at as heldAt } from "./document";
import { From } from "./held";
import * as state from "./state";
import { SAY, WORDS, decibans, share, when } from "./words";

function weighedAt(at: Told, which: 0 | 1): Weighed {
  return heldAt(state.readingAt(at, which, state.side.value).weighed, state.moment.value) as Weighed;
}

export function rivalOf(at: Told): string {
  const name = (which: 0 | 1): string => {
    const nature = at.natures[weighedAt(at, which).rival] ?? "";
    return WORDS.natures[nature] ?? nature;
  };
  const [left, right] = [name(0), name(1)];
  return left === right ? left : `${left} at rung ${state.rungAt(at, 0).rung}, ${right} at rung ${state.rungAt(at, 1).rung}`;
}

/** What is held at one rung, channel by channel, with its weight as a bar to either side. */
export function Balance({ at, which, isBoth }: { at: Told; which: 0 | 1; isBoth: boolean }): ComponentChildren {
  const reading = state.readingAt(at, which, state.side.value);
  const { before, channels, after } = weighedAt(at, which);
  const held = heldNow(reading);
  const names = [...new Set([...channels.map(({ channel }) => channel), ...held.map(({ item }) => item.channel)])];
  const most = Math.max(20, ...[before, after, ...channels.map((one) => one.decibans)].map((ends) => Math.abs(ends[1])));
  const rungs = ([0, 1] as const).map((one) => state.rungAt(at, one).rung);
  return (
    <div class={`balance which${which}`}>
      <h4>{isBoth ? SAY.rungs([...new Set(rungs)]) : SAY.rung(rungs[which] as number)}</h4>
      <ol>
        <Weight name={WORDS.before} ends={before} most={most} />
        {names.map((channel) => {
          const found = channels.find((one) => one.channel === channel);
          return (
            <Weight
              key={channel}
              name={found?.says ?? ""}
              ends={found?.decibans ?? null}
              most={most}
              items={held.filter(({ item }) => item.channel === channel)}
              at={at}
            />
          );
        })}
        {names.length === 0 && <li class="none">{WORDS.nothingYet}</li>}
        {names.length > 0 && <Weight name={WORDS.after} ends={after} most={most} />}
      </ol>
    </div>
  );
}

interface Held {
  item: Item;
  share: number;
}

function heldNow(reading: Reading): Held[] {
  return reading.items
    .map((item) => ({ item, share: heldAt(item.held, state.moment.value) ?? 0 }))
    .filter((one) => one.share >= 0.005)
    .sort((a, b) => a.item.at_s[1] - b.item.at_s[1]);
}

interface WeightOf {
  name: string;
  ends: [number, number, number] | null;
  most: number;
  items?: Held[];
  at?: Told;
}

function Weight({ name, ends, most, items = [], at }: WeightOf): ComponentChildren {
  const [low, middle, high] = ends ?? [0, 0, 0];
  const place = (value: number): number => 50 + 50 * Math.max(-1, Math.min(1, value / most));
  const party = state.side.value;
  const isVoid =
    ends && Math.abs(low) + Math.abs(high) < 0.01 && items.length > 0 && items.every(({ item }) => item.giver === "partner");
  return (
    <li class={items.length ? "channel" : "sum"}>
      {items.length === 0 && <b class="says">{name}</b>}
      {items.map(({ item, share: part }) => (
        <p class="item" key={`${item.giver} ${item.id}`}>
          <From giver={item.giver} party={party} /> <b>{item.says}</b>
          <small>
            {item.giver === "notice"
              ? WORDS.givers.notice
              : item.giver === "own"
                ? WORDS.givers.own
                : at && SAY.given(state.partyAt(at, 1 - party).title)}
            , {WORDS.since} {when(item.at_s)}
            {part < 0.995 && `, ${WORDS.heldIn} ${share(part)} ${WORDS.ofHistories}`}
            {item.assumed.includes("at_s") && ` · ${WORDS.timeAssumed}`}
          </small>
        </p>
      ))}
      <span class={`decibans ${middle > 0.05 ? "for" : "against"}`}>
        <span class="track" aria-hidden="true">
          {ends && (
            <>
              <i class="weight" style={{ left: `${Math.min(50, place(middle))}%`, right: `${100 - Math.max(50, place(middle))}%` }} />
              <i class="range" style={{ left: `${place(low)}%`, right: `${100 - place(high)}%` }} />
            </>
          )}
        </span>
        <b>{ends ? `${decibans(middle)}\u00a0dB` : "–"}</b>
      </span>
      {!ends && <small>{WORDS.notWeighed}</small>}
      {isVoid && at && state.partyAt(at, party).suspects === "partner" && <small>{WORDS.weighsNothing}</small>}
    </li>
  );
}
