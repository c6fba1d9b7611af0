/** The keyboard: what each key does, wherever the focus is, except where a field or a button needs the key itself. */

import { home } from "./views";
import { VIEWS } from "./views";
import * as state from "./state";
import { pan, zoomAt } from "./stage";
import { chooseNow } from "./timeline";

const MINUTE = 60;

export function onKey(event: KeyboardEvent): void {
  if ((event.ctrlKey && !event.getModifierState("AltGraph")) || event.metaKey) return;
  const target = event.target as HTMLElement;
  if (event.key === "Escape") return escape();
  if (state.open.peek() || target.matches("input:not([type=range]), select, textarea")) return;
  if (act(event, target)) event.preventDefault();
}

function escape(): void {
  if (state.open.peek()) state.open.value = "";
  else if (state.selected.peek()) state.select("");
}

function act(event: KeyboardEvent, target: HTMLElement): boolean {
  const doc = state.doc.peek();
  if (!doc) return false;
  const onMap = target.tagName === "CANVAS";
  const inSpace = onMap && state.space.peek();
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  if (event.key.length === 1 && event.key !== " " && !state.shortcuts.peek()) return false;
  // By what is typed before by which key: on many keyboards "/" and "[" lie on digits.
  if (event.key === "[" || event.key === "]") state.toEvent(event.key === "]");
  else if (event.key === "/") state.open.value = "search";
  else if (event.key === "?") state.open.value = "keys";
  else if (digit !== undefined && event.altKey && digit === "0") state.camera.value = home(state.camera.peek().view);
  else if (digit !== undefined && !event.altKey) return toRung(Number(digit), event.shiftKey);
  else if (event.altKey) return false;
  else if (inSpace && /^(Arrow|[+=_-]$)/.test(event.key))
    return false; // the globe turns itself
  else if (event.key === " ") {
    if (target.matches("button, [role=tab]")) return false;
    state.togglePlay();
  } else if (event.key.startsWith("Arrow")) return arrow(event, onMap);
  else if (event.key === "Home") state.goTo(state.span(doc)[0]);
  else if (event.key === "End") state.goTo(state.span(doc)[1]);
  else if (event.key === "v")
    state.setView(VIEWS[(VIEWS.indexOf(state.camera.peek().view) + 1) % VIEWS.length] ?? "europe");
  else if (event.key === "e") return chooseNow();
  else if (event.key === "p") state.nextSide();
  else if (event.key === "c")
    state.compare.value = state.COMPARES[(state.COMPARES.indexOf(state.compare.peek()) + 1) % 3] ?? "one";
  else if (event.key === "+" || event.key === "=") zoomAt(1.25);
  else if (event.key === "-" || event.key === "_") zoomAt(0.8);
  else return false;
  return true;
}

function arrow(event: KeyboardEvent, onMap: boolean): boolean {
  const doc = state.doc.peek();
  if (!doc) return false;
  if (onMap && event.shiftKey) {
    const [dx, dy] = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key] ?? [
      0, 0,
    ];
    pan(dx as number, dy as number);
    return true;
  }
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return false;
  state.step((event.shiftKey ? MINUTE : doc.grid.step_s) * (event.key === "ArrowRight" ? 1 : -1));
  return true;
}

function toRung(rung: number, left: boolean): boolean {
  const index = state.doc.peek()?.rungs.findIndex((one) => one.rung === rung) ?? -1;
  if (index < 0) return false;
  state.setPane(left ? 0 : 1, { rung: index });
  return true;
}
