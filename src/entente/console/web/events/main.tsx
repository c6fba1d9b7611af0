/** The shell: reads what the address names, shows it, listens to keys, and keeps the address up to date. */

import { effect } from "@preact/signals";
import { render } from "preact";
import { onKey } from "./keys";
import { load } from "./load";
import { Page } from "./page";
import * as state from "./state";
import { running } from "./time";
import { SAY, WORDS } from "./words";

const LATER_MS = 300;

/** Write the state into the address, not more than a few times a second: browsers refuse more. */
function keepAddress(): void {
  let asked: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    void [state.doc.value, state.t.value, state.rungs.value, state.side.value, state.nature.value, state.theme.value, state.tab.value];
    asked ??= setTimeout(() => {
      asked = undefined;
      const id = state.wanted.peek();
      if (state.failure.peek() || id !== (state.doc.peek() && id ? state.doc.peek()?.id : "")) return; // on its way
      const ours = state.told();
      if (location.hash.slice(1) !== ours) history.replaceState(null, "", `${location.pathname}#${ours}`);
    }, LATER_MS);
  });
  const back = (): void => {
    const [id, at] = [state.eventIn(location.hash), state.doc.peek()];
    if (id === state.wanted.peek() && (!id || at?.id === id)) state.restore(location.hash, at);
    else void load();
  };
  window.addEventListener("popstate", back);
  window.addEventListener("hashchange", back);
}

/** Whether letters work as keys is remembered, where the browser lets us: for the replay too. */
function keepShortcuts(): void {
  try {
    state.shortcuts.value = localStorage.getItem("entente.shortcuts") !== "off";
    effect(() => localStorage.setItem("entente.shortcuts", state.shortcuts.value ? "on" : "off"));
  } catch {
    // No storage here: they are on.
  }
}

const light = matchMedia("(prefers-color-scheme: light)");
const preferred = (): void => void (state.theme.value = light.matches ? "light" : "dark");
keepShortcuts();
preferred();
light.addEventListener("change", preferred);
effect(() => void (document.documentElement.dataset.theme = state.theme.value));
effect(() => {
  const at = state.doc.value;
  document.title = SAY.list(state.wanted.value && at ? at.title : WORDS.events);
});
keepAddress();
running();
window.addEventListener("keydown", onKey);
render(<Page />, document.getElementById("app") as HTMLElement);
void load();
