/** Find anything by name: tracks, sensors, sites, regions, events. */

import { signal } from "@preact/signals";
import { type ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { columnsOf } from "./columns";
import { eventKey, knowsShot, shotKey } from "./happened";
import { Shape } from "./shape";
import { type Perspective, isHeldBy } from "./scene";
import { doc, goTo, open, playing, rungAt, select, shown } from "./state";
import { lanes } from "./timeline";
import { SAY, WORDS, clock, holderName, rungShort } from "./words";

interface Found {
  text: string;
  note: string;
  holder: Perspective | number | null;
  key: string;
  t: number | null; // to go to
}

const MOST = 40;
const asked = signal("");
const at = signal(0);

/** Everything with a name, the shown tracks first. */
function* everything(): Generator<Found> {
  const replay = doc.peek();
  if (!replay) return;
  const told = new Set<number>();
  for (const { rung, side } of shown.peek()) {
    const { picture } = rungAt(replay, rung);
    if (told.has(picture)) continue;
    told.add(picture);
    for (const { track, number } of [...(columnsOf(replay).tracks[picture] ?? [])].sort((a, b) => a.number - b.number))
      if (isHeldBy(track.holder, side))
        yield {
          text: SAY.track(number),
          note: `${holderName(replay, track.holder)}, ${rungShort(rungAt(replay, rung)).toLowerCase()}`,
          holder: track.holder,
          key: `track.${picture}.${track.id}`,
          t: null,
        };
  }
  for (const { object } of replay.truth)
    if (shown.peek().some(({ side }) => side === "truth"))
      yield {
        text: SAY.missile(object + 1),
        note: WORDS.kinds.truth,
        holder: "truth",
        key: `truth.${object}`,
        t: null,
      };
  for (const sensor of replay.sensors)
    yield {
      text: sensor.title,
      note: WORDS.kinds[sensor.kind],
      holder: sensor.party,
      key: `sensor.${sensor.id}`,
      t: null,
    };
  for (const site of replay.sites)
    yield { text: site.title, note: WORDS.kinds.site, holder: site.party, key: `site.${site.id}`, t: null };
  for (const region of replay.regions)
    yield { text: region.title, note: WORDS.kinds.region, holder: region.party, key: `region.${region.name}`, t: null };
  if (replay.notice) yield { text: WORDS.noticeTitle, note: WORDS.kinds.notice, holder: null, key: "notice", t: null };
  const lists = new Set<string>();
  for (const [lane, { rung: index, side }] of shown.peek().entries()) {
    const rung = rungAt(replay, index);
    if (lists.has(`${index} ${side}`)) continue;
    lists.add(`${index} ${side}`);
    for (const [k, shot] of rung.shots.entries())
      if (knowsShot(replay, rung, shot, side))
        yield {
          text: `${SAY.interceptor(k + 1)}, ${replay.sites[shot.site]?.title ?? ""}`,
          note: `${SAY.inTime(WORDS.kinds.shot, clock(shot.launch_s))}, ${rungShort(rung).toLowerCase()}`,
          holder: replay.sites[shot.site]?.party ?? null,
          key: shotKey(rung, k),
          t: shot.launch_s,
        };
    for (const event of lanes.peek()[lane] ?? [])
      yield {
        text: event.text,
        note: `${SAY.inTime(WORDS.kinds.event, clock(event.t_s))}, ${rungShort(rung).toLowerCase()}`,
        holder: event.party,
        key: eventKey(rung, event),
        t: event.t_s,
      };
  }
}

function find(words: string): Found[] {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  const out: Found[] = [];
  for (const one of everything()) {
    const text = `${one.text} ${one.note}`.toLowerCase();
    if (parts.every((part) => text.includes(part))) out.push(one);
    if (out.length >= MOST) break;
  }
  return out;
}

function choose(one: Found | undefined): void {
  if (!one) return;
  open.value = "";
  if (one.t !== null) {
    playing.value = false;
    goTo(one.t);
  }
  if (one.key) select(one.key);
}

export function Search(): ComponentChildren {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    asked.value = "";
    at.value = 0;
    input.current?.focus();
  }, []);
  const found = find(asked.value);
  const chosen = Math.min(at.value, found.length - 1);
  const key = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      at.value = Math.max(0, Math.min(found.length - 1, chosen + (event.key === "ArrowDown" ? 1 : -1)));
      document.getElementById(`found-${at.value}`)?.scrollIntoView({ block: "nearest" });
      event.preventDefault();
    } else if (event.key === "Enter") choose(found[chosen]);
    else if (event.key !== "Escape") event.stopPropagation();
  };
  return (
    <div class="search">
      <input
        ref={input}
        autofocus
        type="text"
        role="combobox"
        aria-label={WORDS.searchLabel}
        aria-expanded="true"
        aria-controls="found"
        aria-activedescendant={found.length ? `found-${chosen}` : undefined}
        autocomplete="off"
        spellcheck={false}
        placeholder={WORDS.searchHint}
        value={asked.value}
        onInput={(event) => {
          asked.value = event.currentTarget.value;
          at.value = 0;
        }}
        onKeyDown={key}
      />
      {found.length === 0 ? (
        <p class="empty" role="status">
          {WORDS.nothingFound}
        </p>
      ) : (
        <ul id="found" role="listbox" aria-label={WORDS.search}>
          {found.map((one, i) => (
            <li
              key={i}
              id={`found-${i}`}
              role="option"
              aria-selected={i === chosen}
              onClick={() => choose(one)}
              onPointerMove={() => (at.value = i)}
            >
              <Shape holder={one.holder} />
              <span>{one.text}</span>
              <small>{one.note}</small>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
