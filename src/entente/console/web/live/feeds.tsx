/** Every feed: its state, and how old the last word of it is; and the alarms that stand. */

import { type ComponentChildren } from "preact";
import { follow } from "./choice";
import { centreNow, picture } from "./desk";
import { WORDS, clock, party, reason, span } from "./words";

export const SILENT_MS = 30_000; // as exchange/ruling/due.py has it

export function Feeds(): ComponentChildren {
  follow();
  return (
    <>
      <section class="alarms" aria-label={WORDS.alarms}>
        <h2>{WORDS.alarms}</h2>
        {picture.alarms.size === 0 && <p class="none">{WORDS.noAlarms}</p>}
        <ul>
          {[...picture.alarms.values()].reverse().map((alarm, n) => (
            <li key={`${n} ${alarm.reason}`}>
              <b>{reason(alarm.reason)}</b> {alarm.sender} {alarm.about === null ? "" : `· ${alarm.about} `}
              {clock(alarm.since)}
            </li>
          ))}
        </ul>
      </section>
      <section class="feeds" aria-label={WORDS.feeds}>
        <h2>{WORDS.feeds}</h2>
        {picture.feeds.size === 0 && <p class="none">{WORDS.noFeeds}</p>}
        {[...picture.feeds.entries()].sort().map(([node, of]) => {
          const age = centreNow() - Date.parse(of.received);
          return (
            <table key={node} data-node={node} class={age > SILENT_MS ? "silent" : ""}>
              <caption>
                {party(of.party)}: {node} · {WORDS.heard} {span(age)} {WORDS.ago}
              </caption>
              <tbody>
                {of.feeds.map((feed) => (
                  <tr key={feed.name} class={feed.state}>
                    <th scope="row">{feed.name}</th>
                    <td>{age > SILENT_MS ? "silent" : feed.state}</td>
                    <td>{span(centreNow() - Date.parse(feed.since))}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          );
        })}
      </section>
    </>
  );
}
