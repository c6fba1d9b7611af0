/** What the event was, which rungs would have changed it, and the choice of the two that are compared. */

import { type ComponentChildren } from "preact";
import { type Reading, type Told } from "./document";
import { shared } from "./list";
import * as state from "./state";
import { SAY, WORDS, kind } from "./words";

export function Brief({ at }: { at: Told }): ComponentChildren {
  return (
    <section class="brief">
      <div class="told">
        <p class="was">
          {WORDS.was} <b>{kind(at.truth.nature)}</b>: {at.truth.what}.
        </p>
        <p>{at.summary}</p>
      </div>
      <Ladder at={at} />
      <Chosen at={at} />
    </section>
  );
}

/** The two rungs, each with the mark of its line and what flows at it. */
function Chosen({ at }: { at: Told }): ComponentChildren {
  return (
    <div class="chosen-rungs" role="group" aria-label={WORDS.ladderHelp}>
      {([0, 1] as const).map((which) => (
        <div class={`pane which${which}`} key={which}>
          <svg class="sample" viewBox="0 0 26 10" width="26" height="10" aria-hidden="true">
            <path d="M1 5h24" />
          </svg>
          <select
            aria-label={which === 0 ? WORDS.leftRung : WORDS.rightRung}
            value={state.rungs.value[which]}
            onChange={(event) => state.setRung(which, Number(event.currentTarget.value))}
          >
            {at.rungs.map((rung, i) => (
              <option key={i} value={i}>
                {rung.title.startsWith(SAY.rung(rung.rung)) ? rung.title : `${SAY.rung(rung.rung)}: ${rung.title.replace(/^[A-Z]/, (letter) => letter.toLowerCase())}`}
              </option>
            ))}
          </select>
          <small>{state.rungAt(at, which).flows}</small>
        </div>
      ))}
    </div>
  );
}

/** A column a rung: how it ends for the side that looks. */
function Ladder({ at }: { at: Told }): ComponentChildren {
  const last = at.resolved_at_s[at.resolved_at_s.length - 1] ?? 600;
  const moment = Math.round(last / at.grid.step_s);
  const who = state.partyAt(at, state.side.value).title;
  return (
    <figure class="ladder">
      <figcaption>
        {who}, {SAY.minutes(last)}: {WORDS.ladder}
      </figcaption>
      <div class="columns">
        {at.rungs.map((rung, i) => {
          const reading = at.readings[rung.readings[state.side.value]] as Reading;
          const shares = reading.called.Bayes[moment] ?? [0, 0, 1];
          const [right, wrong, open] = shares;
          const which = state.rungs.value[1] === i ? "which1" : state.rungs.value[0] === i ? "which0" : "";
          return (
            <button
              key={i}
              class={which}
              aria-pressed={state.rungs.value[1] === i}
              title={`${rung.title}: ${shared(shares, at.truth.nature)}`}
              onClick={(event) => state.setRung(event.shiftKey ? 0 : 1, i)}
            >
              <span class="per">{Math.round(100 * right)}</span>
              <span class="column" aria-hidden="true">
                <i class="wrong" style={{ flexGrow: wrong }} />
                <i class="open" style={{ flexGrow: open }} />
                <i class="right" style={{ flexGrow: right }} />
              </span>
              <span class="hidden">{WORDS.atRung}</span>
              <span class="rung">{rung.rung}</span>
              <span class="hidden">
                {rung.title}: {shared(shares, at.truth.nature)}
              </span>
            </button>
          );
        })}
      </div>
    </figure>
  );
}
