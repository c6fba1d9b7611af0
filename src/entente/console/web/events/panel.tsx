/** The right column: why it was an alarm; what is held at the moment, what it weighs and how it is called; what stands behind it. */

import { type ComponentChildren } from "preact";
import { About } from "./behind";
import { Chances, Heads } from "./chances";
import { type Shares, type Told } from "./document";
import { Bar } from "./list";
import * as state from "./state";
import { Balance, rivalOf } from "./weights";
import { SAY, WORDS, chance, clock, share } from "./words";


const NAMES = { why: WORDS.why, now: WORDS.now, about: WORDS.about };

export function Panel({ at }: { at: Told }): ComponentChildren {
  const tabs = state.TABS.filter((one) => one !== "why" || at.reasons.length > 0);
  return (
    <aside class="panel" aria-label={WORDS.details}>
      <div class="tabs" role="tablist" aria-label={WORDS.details} onKeyDown={(event) => move(event, tabs)}>
        {tabs.map((name) => (
          <button
            key={name}
            role="tab"
            id={`tab-${name}`}
            aria-controls="sheet"
            aria-selected={state.tab.value === name}
            tabIndex={state.tab.value === name ? 0 : -1}
            onClick={() => (state.tab.value = name)}
          >
            {name === "now" ? `${NAMES.now}, ${clock(state.t.value)}` : NAMES[name]}
          </button>
        ))}
      </div>
      <div class="sheet" id="sheet" role="tabpanel" tabIndex={0} aria-labelledby={`tab-${state.tab.value}`}>
        {state.tab.value === "why" ? <Why at={at} /> : state.tab.value === "now" ? <Now at={at} /> : <About at={at} />}
      </div>
    </aside>
  );
}

function move(event: KeyboardEvent, tabs: state.Tab[]): void {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by) return;
  state.tab.value = tabs[(tabs.indexOf(state.tab.value) + by + tabs.length) % tabs.length] ?? "now";
  document.getElementById(`tab-${state.tab.value}`)?.focus();
  event.preventDefault();
  event.stopPropagation();
}

/** Why it became an alarm, what would have changed it, and on what that hangs: as the report says it. */
function Why({ at }: { at: Told }): ComponentChildren {
  return (
    <article class="reasons">
      {at.reasons.map(([head, text]) => (
        <section key={head}>
          <h2>{head}</h2>
          <p>{text}</p>
        </section>
      ))}
      <p class="why">{WORDS.computed}</p>
    </article>
  );
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
