/** Which history of the case: its seed, chosen or stepped through; and what is said while one is on its way or cannot come. */

import { type ComponentChildren } from "preact";
import { isEmbedded, load, stay, toHistory } from "./load";
import { doc, trouble, waiting, wanted } from "./state";
import { SAY, WORDS } from "./words";

export function Seed(): ComponentChildren {
  const at = doc.value;
  if (!at) return null;
  if (isEmbedded()) return <p class="seed">{SAY.seed(String(at.seed))}</p>;
  const shown = wanted.value?.seed ?? String(at.seed);
  const by = (step: number): string => String(Math.max(0, Number(shown) + step));
  const turn = (step: number, name: string, sign: string): ComponentChildren => (
    <button
      onClick={() => toHistory({ seed: by(step) })}
      disabled={step < 0 && Number(shown) === 0}
      aria-label={`${name}: ${SAY.seed(by(step))}`}
      title={`${name}: ${SAY.seed(by(step))}`}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={sign} />
      </svg>
    </button>
  );
  return (
    <div class="seed" role="group" aria-label={WORDS.historyLabel} aria-busy={wanted.value !== null && !trouble.value}>
      <label for="seed">{WORDS.seedIs}</label>
      {turn(-1, WORDS.previousHistory, "m14.5 7-5 5 5 5")}
      <input
        id="seed"
        type="number"
        min={0}
        step={1}
        inputMode="numeric"
        autocomplete="off"
        title={WORDS.anyHistory}
        aria-describedby="seed-any"
        aria-invalid={wanted.value !== null && trouble.value !== null && !waiting.value}
        value={shown}
        style={{ width: `${Math.max(3, shown.length) + 1.5}ch` }}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (value === "") event.currentTarget.value = shown;
          else toHistory({ seed: value });
        }}
      />
      {turn(1, WORDS.nextHistory, "m9.5 7 5 5-5 5")}
      <span id="seed-any" class="hidden">
        {WORDS.anyHistory}
      </span>
    </div>
  );
}

/** While another history is on its way, or cannot come: a line over the maps, which stay. */
export function OnItsWay(): ComponentChildren {
  const [at, want] = [doc.value, wanted.value];
  const said = at && want ? (trouble.value ?? SAY.computing(nameOf(want.case), want.seed)) : "";
  return (
    <div class={`way ${said ? "" : "hidden"} ${trouble.value ? "trouble" : ""}`}>
      <p role={trouble.value ? "alert" : "status"}>
        {said && (trouble.value ? <b>{SAY.notShown(nameOf(want?.case ?? ""), want?.seed ?? "")}</b> : null)}{" "}
        {said.replace(/^seed: /, "")}
        {at && trouble.value && !waiting.value ? `. ${SAY.stays(String(at.seed))}` : ""}
      </p>
      {said && trouble.value && <button onClick={() => void load()}>{WORDS.tryAgain}</button>}
      {said && (
        <button class="close" onClick={stay} aria-label={WORDS.stay} title={WORDS.stay}>
          ×
        </button>
      )}
    </div>
  );
}

/** The title of another case than the one shown; nothing where it is the same. */
function nameOf(name: string): string {
  const at = doc.value;
  return at && name !== at.case.name ? (at.cases.find((one) => one.name === name)?.title ?? name) : "";
}
