/** How likely each nature is at the moment, at both rungs. */

import { type ComponentChildren } from "preact";
import { type Told } from "./document";
import * as state from "./state";
import { SAY, WORDS, share } from "./words";

/** The two rungs as heads of columns. */
export function Heads({ at }: { at: Told }): ComponentChildren {
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

export function Chances({ at }: { at: Told }): ComponentChildren {
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
