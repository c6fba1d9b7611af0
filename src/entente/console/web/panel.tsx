/** The right column (on a phone, the sheet below): comparison, events, tracks, and the details of what is chosen. */

import { type ComponentChildren } from "preact";
import { Comparison } from "./compare";
import { type Line, details, isToldTo } from "./details";
import { Events, Tracks } from "./lists";
import { Shape } from "./shape";
import { type Tab, doc, goTo, moment, panes, playing, scenes, select, selected, shown, t, tab } from "./state";
import { WORDS } from "./words";

export function Panel(): ComponentChildren {
  const at = doc.value;
  if (!at) return null;
  const count = scenes.value.reduce((sum, scene) => sum + scene.tracks.length, 0);
  const tabs: [Tab, string][] = [
    ["comparison", WORDS.comparison],
    ["events", WORDS.eventsTab],
    ["tracks", `${WORDS.tracks} (${count})`],
    ...(selected.value ? [["details", WORDS.details] as [Tab, string]] : []),
  ];
  const shown = tab.value === "details" && !selected.value ? "comparison" : tab.value;
  return (
    <aside class="panel" aria-label={WORDS.details}>
      <div
        class="tabs"
        role="tablist"
        aria-label={WORDS.details}
        onKeyDown={(event) =>
          move(
            event,
            tabs.map(([name]) => name),
          )
        }
      >
        {tabs.map(([name, title]) => (
          <button
            key={name}
            role="tab"
            id={`tab-${name}`}
            aria-controls="sheet"
            aria-selected={shown === name}
            tabIndex={shown === name ? 0 : -1}
            onClick={() => (tab.value = name)}
          >
            {title}
          </button>
        ))}
      </div>
      <div class="sheet" id="sheet" role="tabpanel" tabIndex={0} aria-labelledby={`tab-${shown}`}>
        {shown === "comparison" && <Comparison />}
        {shown === "events" && <Events />}
        {shown === "tracks" && <Tracks />}
        {shown === "details" && <Chosen />}
      </div>
    </aside>
  );
}

function move(event: KeyboardEvent, names: Tab[]): void {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by) return;
  const next = names[(names.indexOf(tab.value) + by + names.length) % names.length] as Tab;
  tab.value = next;
  document.getElementById(`tab-${next}`)?.focus();
  event.preventDefault();
  event.stopPropagation();
}

function Chosen(): ComponentChildren {
  const at = doc.value;
  if (!at) return null;
  const now = playing.value ? at.grid.start_s + moment.value * at.grid.step_s : t.value;
  const { rung, side } = panes.value[1];
  const found = details(at, selected.value, moment.value, rung, now, side);
  const { go = found && found.start_s !== null ? { text: WORDS.goStart, t: found.start_s } : null } = found ?? {};
  if (!shown.value.some((pane) => isToldTo(at, selected.value, pane.side)))
    return <p class="empty">{WORDS.notTold}</p>;
  if (!found) return <p class="empty">{WORDS.nothingFound}</p>;
  return (
    <article class="chosen">
      <header>
        <p class="kind">
          {found.holder !== null && <Shape holder={found.holder} />} {found.kind}
        </p>
        <h2>{found.title}</h2>
        <button class="close" onClick={() => select("")} aria-label={WORDS.close}>
          ×
        </button>
      </header>
      {go && Math.abs(go.t - now) > 0.06 && (
        <button class="wide" onClick={() => jump(go.t)}>
          {go.text}
        </button>
      )}
      {found.groups.map((group, i) => (
        <section key={i}>
          <h3>{group.title}</h3>
          {group.rows.length > 0 && (
            <dl>
              {group.rows.map(([name, value], k) => (
                <div key={k}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          )}
          {group.list.length > 0 && (
            <ul>
              {group.list.map((line, k) => (
                <li key={k}>
                  <Told line={line} />
                </li>
              ))}
            </ul>
          )}
        </section>
      ))}
    </article>
  );
}

function jump(to: number): void {
  playing.value = false;
  goTo(to);
}

/** A line of a list; one that leads somewhere is a button. */
function Told({ line }: { line: Line }): ComponentChildren {
  if (typeof line === "string") return line;
  const { text, key, t: time } = line;
  return (
    <button
      class="leads"
      onClick={() => {
        if (time !== undefined) jump(time);
        if (key) select(key);
      }}
    >
      {text}
    </button>
  );
}
