/** The two lists: who knew what, when, at each of the shown rungs; and the tracks that are held now. */

import { computed, signal } from "@preact/signals";
import { type ComponentChildren } from "preact";
import { trackKey } from "./draw";
import { holds } from "./columns";
import { type Event } from "./document";
import { Shape } from "./shape";
import { type Scene, type SeenTrack, extent } from "./scene";
import { doc, goTo, moment, playing, rungAt, scenes, select, selected, shown } from "./state";
import { choose, lanes } from "./timeline";
import { WORDS, clock, holderName, number, perspectiveName, rungShort } from "./words";

interface Row {
  party: number | null;
  what: Event["what"];
  text: string;
  times: (number | null)[]; // of each pane
  events: (Event | null)[];
}

/** Events of both panes, the same event at two rungs in one row. */
const rows = computed<Row[]>(() => {
  const merged = new Map<string, Row>();
  const sameSide = shown.value.length < 2 || shown.value[0]?.side === shown.value[1]?.side;
  lanes.value.forEach((events, pane) => {
    const seen = new Map<string, number>();
    for (const event of events) {
      const what = `${sameSide ? event.party : "any"} ${event.what} ${event.text}`;
      const n = (seen.get(what) ?? 0) + 1;
      seen.set(what, n);
      const key = `${what} ${n}`;
      const row = merged.get(key) ?? {
        party: sameSide ? event.party : null,
        what: event.what,
        text: event.text,
        times: lanes.value.map(() => null),
        events: lanes.value.map(() => null),
      };
      row.times[pane] = event.t_s;
      row.events[pane] = event;
      merged.set(key, row);
    }
  });
  const first = (row: Row): number => Math.min(...row.times.filter((time): time is number => time !== null));
  return [...merged.values()].sort((a, b) => first(a) - first(b));
});

const ROW = 44;
const WINDOW = 60; // rows in the page at once
const scrolled = { events: signal(0), tracks: signal(0) };

/** The part of a long list that is in sight. */
function slice(count: number, which: "events" | "tracks"): [number, number] {
  if (count <= 2 * WINDOW) return [0, count];
  const from = Math.max(0, Math.min(count - WINDOW, Math.floor(scrolled[which].value / ROW) - 12));
  return [from, from + WINDOW];
}

function Long({
  which,
  label,
  count,
  head,
  row,
}: {
  which: "events" | "tracks";
  label: string;
  count: number;
  head: ComponentChildren;
  row: (i: number) => ComponentChildren;
}): ComponentChildren {
  const [from, to] = slice(count, which);
  return (
    <div
      class="scroll"
      role="region"
      aria-label={label}
      tabIndex={0}
      onScroll={(event) => (scrolled[which].value = event.currentTarget.scrollTop)}
    >
      <table class={which} aria-rowcount={count + 1}>
        {head}
        <tbody>
          {from > 0 && <tr class="gap" style={{ height: `${from * ROW}px` }} aria-hidden="true" />}
          {Array.from({ length: to - from }, (_, i) => row(from + i))}
          {to < count && <tr class="gap" style={{ height: `${(count - to) * ROW}px` }} aria-hidden="true" />}
        </tbody>
      </table>
    </div>
  );
}

export function Events(): ComponentChildren {
  const at = doc.value;
  if (!at) return null;
  const now = at.grid.start_s + (moment.value + 1) * at.grid.step_s - 1e-6;
  const panes = shown.value;
  if (rows.value.length === 0) return <p class="empty">{WORDS.eventsNone}</p>;
  const head = (
    <thead>
      <tr>
        <th scope="col">{WORDS.events}</th>
        {panes.map((pane, i) => (
          <th key={i} scope="col" class="time">
            {panes[0]?.side !== panes[1]?.side && panes.length > 1 && <Shape holder={pane.side} />}{" "}
            {rungShort(rungAt(at, pane.rung))}
          </th>
        ))}
      </tr>
    </thead>
  );
  return (
    <Long
      which="events"
      label={WORDS.events}
      count={rows.value.length}
      head={head}
      row={(i) => {
        const row = rows.value[i] as Row;
        return (
          <tr
            key={i}
            aria-rowindex={i + 2}
            class={`${row.what} ${row.times.some((time) => time !== null && time <= now) ? "past" : "future"}`}
          >
            <th scope="row">
              {panes.length > 1 && panes[0]?.side !== panes[1]?.side ? null : <Shape holder={row.party} />}
              <button class="leads" onClick={() => open(row)}>
                {row.party !== null && typeof panes[0]?.side !== "number" && (
                  <span class="who">{holderName(at, row.party)}: </span>
                )}
                {row.text}
              </button>
            </th>
            {row.times.map((time, pane) => (
              <td key={pane} class="time">
                {time === null ? (
                  <span class="none">{WORDS.never}</span>
                ) : (
                  <button
                    onClick={() => {
                      playing.value = false;
                      goTo(time);
                    }}
                  >
                    {clock(time)}
                  </button>
                )}
              </td>
            ))}
          </tr>
        );
      }}
    />
  );
}

/** The panel of an event: of the right map, where both have it. */
function open({ events }: Row): void {
  const lane = events.reduce((last, event, i) => (event ? i : last), 0);
  choose(lane, events[lane] as Event);
}

type Item = { scene: Scene; pane: number; track: SeenTrack | null };

export function Tracks(): ComponentChildren {
  const at = doc.value;
  if (!at) return null;
  const items: Item[] = scenes.value.flatMap((scene, pane) => [
    { scene, pane, track: null },
    ...byNumber(scene.tracks).map((track) => ({ scene, pane, track })),
  ]);
  const { name, height, speed, position, impact } = WORDS.trackColumns;
  return (
    <Long
      which="tracks"
      label={WORDS.tracks}
      count={items.length}
      head={
        <thead>
          <tr>
            <th scope="col">{name}</th>
            <th scope="col">
              {height}
              <small>km</small>
            </th>
            <th scope="col">
              {speed}
              <small>km/s</small>
            </th>
            <th scope="col">
              {position}
              <small>km²</small>
            </th>
            <th scope="col">
              {impact}
              <small>km²</small>
            </th>
          </tr>
        </thead>
      }
      row={(i) => {
        const { scene, track } = items[i] as Item;
        if (!track)
          return (
            <tr key={i} class="group">
              <th colSpan={5} scope="rowgroup">
                {rungShort(scene.rung)}, {perspectiveName(at, scene.perspective)}
                {scene.tracks.length === 0 && <em>: {nothing(scene)}</em>}
              </th>
            </tr>
          );
        const key = trackKey(scene, track);
        return (
          <tr key={i} class={key === selected.value ? "chosen" : ""}>
            <th scope="row">
              <button onClick={() => select(key)}>
                <Shape holder={track.holder} /> {track.name}
              </button>
            </th>
            {track.known ? (
              <>
                <td>{cell(track.alt_km)}</td>
                <td>{cell(Math.hypot(track.east_km_s, track.north_km_s, track.up_km_s))}</td>
                <td>{cell(Math.PI * track.major_km * track.minor_km)}</td>
              </>
            ) : (
              <td colSpan={3} class="none">
                {placeless(track)}
              </td>
            )}
            <td>{cell(track.impact ? extent(track.impact) : NaN)}</td>
          </tr>
        );
      }}
    />
  );
}

/** By holder, then in the order in which they began. */
function byNumber(tracks: SeenTrack[]): SeenTrack[] {
  return [...tracks].sort((a, b) => a.holder - b.holder || a.followed.number - b.followed.number);
}

/** Why a track has no place. */
function placeless(track: SeenTrack): string {
  return holds(track.followed.track.made_of, track.moment) === 2 ? WORDS.warningOnly : WORDS.launchOnly;
}

export function nothing(scene: Scene): string {
  return scene.perspective === "centre" && scene.rung.fusion !== "centre" ? WORDS.noCentre : WORDS.emptyPicture;
}

function cell(value: number): string {
  return Number.isFinite(value) ? number(value) : "–";
}
