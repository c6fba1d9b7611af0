/** A holder's mark in running text: the same shape and colour as on the map. */

import { type ComponentChildren } from "preact";
import { CENTRE } from "./document";
import { type Perspective } from "./scene";

export function Shape({ holder }: { holder: Perspective | number | null }): ComponentChildren {
  const kind =
    holder === "centre" || holder === CENTRE
      ? "centre"
      : holder === "truth" || holder === null
        ? "truth"
        : `party${holder}`;
  return (
    <svg class={`shape ${kind}`} viewBox="-8 -8 16 16" width="12" height="12" aria-hidden="true" focusable="false">
      {kind === "party0" && <path d="M0-7 6.8 5H-6.8Z" />}
      {kind === "party1" && <path d="M0-7.4 7.4 0 0 7.4-7.4 0Z" />}
      {kind === "centre" && <circle r="6.2" />}
      {kind === "truth" && <path d="M-5-5 5 5M5-5-5 5" class="stroke" />}
    </svg>
  );
}
