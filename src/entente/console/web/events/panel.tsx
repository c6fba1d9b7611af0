/** The right column: what is held at the moment and what it weighs, how it is called, how likely each nature is; and what is assumed. */

import { type ComponentChildren } from "preact";
import { type Item, type Reading, type Shares, type Told, type Weighed, at as heldAt } from "./document";
import { From } from "./figure";
import { Bar } from "./list";
import * as state from "./state";
import { SAY, WORDS, chance, clock, decibans, share, when } from "./words";

const TABS = ["now", "about"] as const;

export function Panel({ at }: { at: Told }): ComponentChildren {
  return (
    <aside class="panel" aria-label={WORDS.details}>
      <div class="tabs" role="tablist" aria-label={WORDS.details} onKeyDown={move}>
        {TABS.map((name) => (
          <button
            key={name}
            role="tab"
            id={`tab-${name}`}
            aria-controls="sheet"
            aria-selected={state.tab.value === name}
            tabIndex={state.tab.value === name ? 0 : -1}
            onClick={() => (state.tab.value = name)}
          >
            {name === "now" ? `${WORDS.now}, ${clock(state.t.value)}` : WORDS.about}
          </button>
        ))}
      </div>
      <div class="sheet" id="sheet" role="tabpanel" tabIndex={0} aria-labelledby={`tab-${state.tab.value}`}>
        {state.tab.value === "now" ? <Now at={at} /> : <About at={at} />}
      </div>
    </aside>
  );
}

function move(event: KeyboardEvent): void {
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  state.tab.value = state.tab.value === "now" ? "about" : "now";
  document.getElementById(`tab-${state.tab.value}`)?.focus();
  event.preventDefault();
  event.stopPropagation();
}

function Now({ at }: { at: Told }): ComponentChildren {
  const party = state.side.value;
  const { did_it } = state.partyAt(at, party);
  const shown = state.isSame(at, party) ? ([1] as const) : ([0, 1] as const);
  return (
    <section class="comparison" aria-label={WORDS.now}>
      <p class="headline">{headline(at)}</p>
      {!did_it && <Calls at={at} />}
      {!did_it && (
        <section class="weights">
          <h3>{WORDS.weights}</h3>
          {shown.map((which) => (
            <Balance key={which} at={at} which={which} isBoth={shown.length === 1} />
          ))}
          <p class="why">{WORDS.weightsHelp(rivalOf(at))}</p>
        </section>
      )}
      <Chances at={at} />
    </section>
  );
}

function callsAt(at: Told, which: 0 | 1, rule: Told["rules"][number] = "Bayes"): Shares {
  return state.readingAt(at, which, state.side.value).called[rule][state.moment.value] ?? [0, 0, 1];
}

function headline(at: Told): string {
  const party = state.partyAt(at, state.side.value);
  if (party.did_it) return SAY.did(party.title);
  const [left, right] = [callsAt(at, 0), callsAt(at, 1)];
  const quiet = state.readingAt(at, 1, state.side.value).quiet[state.moment.value] ?? 0;
  if (quiet > 0.995) return SAY.quiet(clock(state.t.value), party.title);
  return SAY.headline(
    clock(state.t.value),
    party.title,
    at.truth.nature,
    [share(left[1]), share(right[1])],
    [share(left[0]), share(right[0])],
    [state.rungAt(at, 0).rung, state.rungAt(at, 1).rung],
  );
}

function Heads({ at }: { at: Told }): ComponentChildren {
  return (
    <thead>
      <tr>
        <td class="none" />
        {([0, 1] as const).map((which) => (
          <th key={which} scope="col" class={`which${which}`}>
            {SAY.rung(state.rungAt(at, which).rung)}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** The chance of an attack, and what the three rules make of what is held. */
function Calls({ at }: { at: Told }): ComponentChildren {
  const [party, g] = [state.side.value, state.moment.value];
  const attack = at.natures.indexOf("attack");
  return (
    <table class="facts calls">
      <Heads at={at} />
      <tbody>
        <tr>
          <th scope="row">{WORDS.chanceOf} an attack</th>
          {([0, 1] as const).map((which) => {
            const { low, middle, high } = state.readingAt(at, which, party);
            const [a, b, c] = [low, middle, high].map((one) => chance(one[attack]?.[g] ?? 0));
            return (
              <td key={which}>
                {b}
                <small>{SAY.range(a as string, c as string)}</small>
              </td>
            );
          })}
        </tr>
        {(["Bayes", "OR", "AND"] as const).map((rule) => (
          <tr key={rule}>
            <th scope="row">{WORDS.rules[rule]}</th>
            {([0, 1] as const).map((which) => {
              const [right, wrong, open] = callsAt(at, which, rule);
              return (
                <td key={which}>
                  {share(right)} right
                  <Bar shares={[right, wrong, open]} />
                  <small>{share(wrong)} wrong</small>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function weighedAt(at: Told, which: 0 | 1): Weighed {
  return heldAt(state.readingAt(at, which, state.side.value).weighed, state.moment.value) as Weighed;
}

function rivalOf(at: Told): string {
  const name = (which: 0 | 1): string => {
    const nature = at.natures[weighedAt(at, which).rival] ?? "";
    return WORDS.natures[nature] ?? nature;
  };
  const [left, right] = [name(0), name(1)];
  return left === right ? left : `${left} at rung ${state.rungAt(at, 0).rung}, ${right} at rung ${state.rungAt(at, 1).rung}`;
}

/** What is held at one rung, channel by channel, with its weight as a bar to either side. */
function Balance({ at, which, isBoth }: { at: Told; which: 0 | 1; isBoth: boolean }): ComponentChildren {
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

interface Now {
  item: Item;
  share: number;
}

function heldNow(reading: Reading): Now[] {
  return reading.items
    .map((item) => ({ item, share: heldAt(item.held, state.moment.value) ?? 0 }))
    .filter((one) => one.share >= 0.005)
    .sort((a, b) => a.item.at_s[1] - b.item.at_s[1]);
}

interface WeightOf {
  name: string;
  ends: [number, number, number] | null;
  most: number;
  items?: Now[];
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

/** How likely each nature is, at both rungs. */
function Chances({ at }: { at: Told }): ComponentChildren {
  const [party, g] = [state.side.value, state.moment.value];
  const of = (which: 0 | 1, n: number): number => state.readingAt(at, which, party).chances[n]?.[g] ?? 0;
  const order = at.natures.map((_, n) => n).sort((a, b) => of(1, b) - of(1, a));
  return (
    <section class="weights">
      <h3>{WORDS.chances}</h3>
      <table class="facts natures">
        <Heads at={at} />
        <tbody>
          {order.map((n) => (
            <tr key={n} class={at.natures[n] === at.truth.nature ? "true" : ""}>
              <th scope="row">
                {WORDS.natures[at.natures[n] ?? ""] ?? at.natures[n]}
                {at.natures[n] === at.truth.nature && <small>{WORDS.truth.toLowerCase()}</small>}
              </th>
              {([0, 1] as const).map((which) => (
                <td key={which} class={`which${which}`}>
                  {share(of(which, n))}
                  <i class="part" style={{ "--part": String(of(which, n)) }} aria-hidden="true" />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p class="why">{WORDS.chancesHelp}</p>
    </section>
  );
}

/** What stands behind the numbers: assumptions, disputes, sources. */
function About({ at }: { at: Told }): ComponentChildren {
  const evidence = new Map<string, Item>();
  for (const reading of at.readings) for (const item of reading.items) if (item.source) evidence.set(item.id, item);
  const said = ([low, middle, high]: [number, number, number], how: (value: number) => string): string =>
    low === high ? how(middle) : `${how(middle)} (${SAY.range(how(low), how(high))})`;
  return (
    <article class="chosen behind">
      
      <h3>{WORDS.disputed}</h3>
      <p>{at.disputed}</p>
      {at.remarks.length > 0 && <h3>{WORDS.odd}</h3>}
      {at.remarks.map((one) => (
        <p key={one}>{one}</p>
      ))}
      <h3>{WORDS.assumed}</h3>
      <ul>
        <li>{SAY.seeds(at.seeds)}</li>
        <li>{SAY.bars(said(at.bars.held, share), said(at.bars.cleared, chance))}</li>
        {at.parties.map((party) => (
          <li key={party.name}>{SAY.trust(party.title, said(party.trust, share))}</li>
        ))}
      </ul>
      <h3>{WORDS.evidence}</h3>
      <ul>
        {[...evidence.values()].map((item) => (
          <li key={item.id}>
            <b>{item.text}</b>
            {item.assumed.length > 0 && (
              <span class="chip">
                {item.assumed
                  .map((what) => (what === "at_s" ? WORDS.timeAssumed : what === "appears" ? WORDS.appearsAssumed : WORDS.saysAssumed))
                  .join(", ")}
              </span>
            )}
            <small>{item.source}</small>
            {item.disputed && (
              <small>
                {WORDS.disputed}: {item.disputed}
              </small>
            )}
          </li>
        ))}
        {at.people.map(({ text, source }) => (
          <li key={text}>
            <b>{text}</b>
            <small>{source}</small>
          </li>
        ))}
      </ul>
      <h3>{WORDS.sources}</h3>
      <ul>
        {at.sources.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
      <p class="why">{SAY.made(at.made_by.program, at.made_by.version, at.made_by.code.slice(0, 12))}</p>
    </article>
  );
}
