/** The keyboard: what each key does, as in the replay, except where a field or a button needs the key itself. */

import { choose } from "./load";
import * as state from "./state";

const MINUTE = 60;

export function onKey(event: KeyboardEvent): void {
  if ((event.ctrlKey && !event.getModifierState("AltGraph")) || event.metaKey || event.altKey) return;
  const target = event.target as HTMLElement;
  if (state.open.peek() || target.matches("input:not([type=range]), select, textarea")) return;
  if (act(event, target)) event.preventDefault();
}

function act(event: KeyboardEvent, target: HTMLElement): boolean {
  if (event.key.length === 1 && event.key !== " " && !state.shortcuts.peek()) return false;
  if (event.key === "?") state.open.value = "keys";
  const at = state.doc.peek();
  if (!at || !state.wanted.peek()) return event.key === "?";
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  // By what is typed before by which key: on many keyboards "/" and "[" lie on digits.
  if (event.key === "[" || event.key === "]") state.toComing(event.key === "]");
  else if (event.key === "/") choose("");
  else if (event.key === "?") return true;
  else if (digit !== undefined) return toRung(Number(digit), event.shiftKey);
  else if (event.key === " ") {
    if (target.matches("button, a, [role=tab]")) return false;
    state.togglePlay();
  } else if (event.key === "ArrowLeft" || event.key === "ArrowRight")
    state.step((event.shiftKey ? MINUTE : at.grid.step_s) * (event.key === "ArrowRight" ? 1 : -1));
  else if (event.key === "Home") state.goTo(0);
  else if (event.key === "End") state.goTo(state.until(at));
  else if (event.key === "p") state.side.value = state.side.peek() === 0 ? 1 : 0;
  else if (event.key === "v") state.nature.value = (state.nature.peek() + 1) % at.natures.length;
  else return false;
  return true;
}

function toRung(rung: number, left: boolean): boolean {
  const index = state.doc.peek()?.rungs.findIndex((one) => one.rung === rung) ?? -1;
  if (index < 0) return false;
  state.setRung(left ? 0 : 1, index);
  return true;
}
