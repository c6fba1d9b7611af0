/** What the map shows of tracks, for who reads rather than looks: a table that is drawn only while it is open. */

import { signal } from "@preact/signals";
import { type ComponentChildren } from "preact";
import { below } from "./areas";
import { follow } from "./choice";
import { centreNow, picture } from "./desk";
import { GONE_MS } from "./places";
import { WORDS, party, place, span } from "./words";

const MOST = 100; // rows; a thousand that change each second can be drawn, but not read
const isOpen = signal(false);

export function Tracks(): ComponentChildren {
  return (
    <details class="words" onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
      <summary>{WORDS.allTracks}</summary>
      {isOpen.value && <Table />}
    </details>
  );
}

function Table(): ComponentChildren {
  follow();
  const time = centreNow();
  const all = [...picture.tracks.values()].filter(({ body }) => time - Date.parse(body.observed) <= GONE_MS);
  const rows = all.sort((a, b) => b.index - a.index).slice(0, MOST);
  return (
    <table>
      <caption>{WORDS.newest(rows.length, all.length)}</caption>
      <thead>
        <tr>
          {WORDS.columns.map((one) => (
            <th key={one} scope="col">
              {one}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ body }) => {
          const [lon, lat, height] = below(body.r_km);
          return (
            <tr key={`${body.node}/${body.track}`} data-track={`${body.node}/${body.track}`}>
              <th scope="row">
                {party(body.party)}: {body.track}
              </th>
              <td>{place(lat, lon)}</td>
              <td>{Math.round(height)} km</td>
              <td>
                {span(time - Date.parse(body.observed))} {WORDS.ago}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
