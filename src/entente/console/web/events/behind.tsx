/** What stands behind the numbers: what is disputed, odd, assumed, and told where. */

import { type ComponentChildren } from "preact";
import { type Item, type Told } from "./document";
import { SAY, WORDS, chance, share } from "./words";

export function About({ at }: { at: Told }): ComponentChildren {
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
