/** Time: play, speed, the clock, and a slider with a mark for everything that comes to a side, or that people did. */

import { effect } from "@preact/signals";
import { type ComponentChildren } from "preact";
import { type Told } from "./document";
import * as state from "./state";
import { WORDS, clock } from "./words";

/** Move time while it plays. */
export function running(): () => void {
  let last = 0;
  let asked = 0;
  const tick = (now: number): void => {
    const at = state.doc.peek();
    if (!state.playing.peek() || !at) return;
    if (last > 0) {
      const next = state.t.peek() + ((now - last) / 1000) * state.speed.peek();
      state.goTo(next);
      if (next >= state.until(at)) state.playing.value = false;
    }
    last = now;
    asked = requestAnimationFrame(tick);
  };
  return effect(() => {
    if (state.playing.value) {
      last = 0;
      asked = requestAnimationFrame(tick);
    } else cancelAnimationFrame(asked);
  });
}

export function Time({ at }: { at: Told }): ComponentChildren {
  const end = state.until(at);
  const now = Math.round(state.t.value);
  return (
    <section class="timeline" aria-label={WORDS.time}>
      <button class="play" onClick={state.togglePlay} aria-label={state.playing.value ? WORDS.pause : WORDS.play}>
        <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
          {state.playing.value ? <path d="M7 5h3.6v14H7zM13.4 5H17v14h-3.6z" /> : <path d="M8 5l11 7-11 7z" />}
        </svg>
      </button>
      <p class="clock">
        <b>{clock(now)}</b>
        <span>{at.zero_utc ? utc(at.zero_utc, now) : ""}</span>
      </p>
      <div class="line">
        <div class="comings" aria-hidden="true">
          {state.comings.value.map((time) => (
            <i key={time} class={time <= state.t.value ? "past" : ""} style={{ left: `${(100 * time) / end}%` }} />
          ))}
        </div>
        <input
          class="slider"
          type="range"
          min={0}
          max={end}
          step={at.grid.step_s / 5}
          value={state.t.value}
          aria-label={WORDS.time}
          aria-valuetext={spoken(now)}
          style={{ "--done": `${(100 * state.t.value) / end}%` }}
          onInput={(event) => {
            state.playing.value = false;
            state.goTo(Number(event.currentTarget.value));
          }}
        />
      </div>
      <div class="speeds" role="group" aria-label={WORDS.speed}>
        {state.SPEEDS.map((one) => (
          <button key={one} aria-pressed={state.speed.value === one} onClick={() => (state.speed.value = one)}>
            {one}×
          </button>
        ))}
      </div>
    </section>
  );
}

function utc(zero: string, t: number): string {
  const at = new Date(Date.parse(zero) + 1000 * t);
  return Number.isNaN(at.getTime()) ? "" : `${at.toISOString().slice(11, 19)}Z`;
}

/** "3 minutes 20 seconds", for ears. */
function spoken(t: number): string {
  const [m, s] = [Math.floor(t / 60), t % 60];
  return `${m === 1 ? "1 minute " : m > 1 ? `${m} minutes ` : ""}${s} second${s === 1 ? "" : "s"}`;
}
