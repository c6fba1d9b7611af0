/** The shell: reads the replay, shows the page, listens to keys, and keeps the address up to date. */

import { effect } from "@preact/signals";
import { render } from "preact";
import { App } from "./app";
import { onKey } from "./keys";
import { goBack, isEmbedded, isShown, load } from "./load";
import * as state from "./state";
import { lanes, running } from "./timeline";
import { clock, holderName } from "./words";

const LATER_MS = 300;
const MOST_SAID = 3;

function preferredTheme(): void {
  state.theme.value = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}

/** Write the state into the address, not more than a few times a second: browsers refuse more. */
function keepAddress(): void {
  let asked: ReturnType<typeof setTimeout> | undefined;
  let ours = "";
  effect(() => {
    void [
      state.doc.value,
      state.t.value,
      state.panes.value,
      state.compare.value,
      state.camera.value,
      state.space.value,
    ];
    void [state.theme.value, state.selected.value, state.divider.value, state.spaceView.value, state.wanted.value, state.hidden.value];
    asked ??= setTimeout(() => {
      asked = undefined;
      const doc = state.doc.peek();
      if (!doc || state.wanted.peek()) return; // the address may be of what is on its way
      ours = state.told();
      const search = isEmbedded() ? location.search : state.searchOf(doc.case.name, String(doc.seed));
      if (location.hash.slice(1) !== ours || location.search !== search)
        history.replaceState(null, "", `${location.pathname}${search}#${ours}`);
    }, LATER_MS);
  });
  window.addEventListener("popstate", goBack);
  window.addEventListener("hashchange", () => {
    const doc = state.doc.peek();
    if (doc && isShown() && location.hash.slice(1) !== ours) state.restore(location.hash, doc);
  });
}

/** Say the events that have just happened, for those who listen. */
function sayEvents(): void {
  let last = Number.NaN;
  effect(() => {
    const doc = state.doc.value;
    const now = state.t.value;
    const from = now - last > 0 && now - last < 30 ? last : now - 0.06;
    last = now;
    if (!doc) return;
    const told = new Set<string>();
    for (const events of lanes.value)
      for (const { t_s, party, text } of events) {
        if (t_s > now + 1e-6) break;
        if (t_s > from) told.add(`${clock(t_s)}: ${party === null ? "" : `${holderName(doc, party)}, `}${text}`);
      }
    if (told.size > 0 && told.size <= MOST_SAID) state.said.value = [...told].join(". ");
  });
}

function watchWidth(): void {
  const narrow = matchMedia(`(max-width: ${state.NARROW}px)`);
  const set = (): void => void (state.narrow.value = narrow.matches);
  narrow.addEventListener("change", set);
  set();
}

/** Whether letters work as keys is remembered, where the browser lets us. */
function keepShortcuts(): void {
  try {
    state.shortcuts.value = localStorage.getItem("entente.shortcuts") !== "off";
    effect(() => localStorage.setItem("entente.shortcuts", state.shortcuts.value ? "on" : "off"));
  } catch {
    // No storage here: they are on.
  }
}

keepShortcuts();
watchWidth();
preferredTheme();
matchMedia("(prefers-color-scheme: light)").addEventListener("change", preferredTheme);
effect(() => void (document.documentElement.dataset.theme = state.theme.value));
effect(() => void (document.title = state.doc.value ? `${state.doc.value.case.title} · Entente` : "Entente: replay"));
keepAddress();
sayEvents();
running();
window.addEventListener("keydown", onKey);
render(<App />, document.getElementById("app") as HTMLElement);
void load();
