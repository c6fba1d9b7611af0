/** Time: play, speed, the clock, and a slider with a mark for every event; above the line the left map's, below the right one's. */

import { computed, effect, signal } from "@preact/signals";
import { type ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { type Event, type Replay } from "./document";
import { eventAt, eventKey, shotAt } from "./happened";
import { PALETTES, mark } from "./palette";
import { FONT } from "./labels";
import { eventsOf } from "./scene";
import {
  type Pane,
  SPEEDS,
  compare,
  doc,
  goTo,
  moment,
  playing,
  rungAt,
  select,
  selected,
  shown,
  span,
  speed,
  t,
  theme,
  togglePlay,
} from "./state";
import { SAY, WORDS, clock, holderName, rungShort, spoken, utc } from "./words";

/** Events of each pane, in the order of time. */
export const lanes = computed<Event[][]>(() => {
  const at = doc.value;
  if (!at) return [];
  return shown.value.map(({ rung, side }) => [...eventsOf(rungAt(at, rung), side)].sort((a, b) => a.t_s - b.t_s));
});

/** Move time while it plays. */
export function running(): () => void {
  let last = 0;
  let asked = 0;
  const tick = (now: number): void => {
    const at = doc.peek();
    if (!playing.peek() || !at) return;
    if (last > 0) {
      const next = t.peek() + ((now - last) / 1000) * speed.peek();
      const [, end] = span(at);
      goTo(next);
      if (next >= end) playing.value = false;
    }
    last = now;
    asked = requestAnimationFrame(tick);
  };
  return effect(() => {
    if (playing.value) {
      last = 0;
      asked = requestAnimationFrame(tick);
    } else cancelAnimationFrame(asked);
  });
}

export function Timeline(): ComponentChildren {
  const at = doc.value;
  if (!at) return null;
  const [from, to] = span(at);
  return (
    <section class="timeline" aria-label={WORDS.time}>
      <button class="play" onClick={togglePlay} aria-label={playing.value ? WORDS.pause : WORDS.play}>
        <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
          {playing.value ? <path d="M7 5h3.6v14H7zM13.4 5H17v14h-3.6z" /> : <path d="M8 5l11 7-11 7z" />}
        </svg>
      </button>
      <Clock />
      <div class="line">
        <Marks />
        <Slider from={from} to={to} step={at.grid.step_s} />
      </div>
      <div class="speeds" role="group" aria-label={WORDS.speed}>
        {SPEEDS.map((one) => (
          <button key={one} aria-pressed={speed.value === one} onClick={() => (speed.value = one)}>
            {one}×
          </button>
        ))}
      </div>
    </section>
  );
}

function Clock(): ComponentChildren {
  const at = doc.value;
  if (!at) return null;
  const now = Math.round(t.value);
  return (
    <p class="clock">
      <b>{clock(now)}</b>
      <span>{utc(at, now)}</span>
    </p>
  );
}

function Slider({ from, to, step }: { from: number; to: number; step: number }): ComponentChildren {
  return (
    <input
      class="slider"
      type="range"
      min={from}
      max={to}
      step={step / 5}
      value={t.value}
      aria-label={WORDS.time}
      aria-valuetext={spoken(t.value)}
      style={{ "--done": `${((t.value - from) / (to - from)) * 100}%` }}
      onInput={(event) => {
        playing.value = false;
        goTo(Number(event.currentTarget.value));
      }}
    />
  );
}

const hovered = signal<{ lane: number; events: Event[]; x: number } | null>(null);
const LANE = 18;

/** Marks are drawn, not put into the page one by one: a history may have a hundred thousand. */
function Marks(): ComponentChildren {
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useRef(signal(0)).current;
  useEffect(() => {
    const element = canvas.current as HTMLCanvasElement;
    const watcher = new ResizeObserver(() => (width.value = element.clientWidth));
    watcher.observe(element);
    const stop = effect(() => {
      void [moment.value, selected.value];
      paint(element, width.value);
    });
    return () => {
      watcher.disconnect();
      stop();
    };
  }, []);
  const find = (event: PointerEvent | MouseEvent): typeof hovered.value => {
    const at = doc.peek();
    const element = canvas.current;
    if (!at || !element) return null;
    const box = element.getBoundingClientRect();
    const x = event.clientX - box.left;
    const lane = compare.peek() === "one" ? 0 : event.clientY - box.top > LANE ? 1 : 0;
    const [from, to] = span(at);
    const where = (e: Event): number => ((e.t_s - from) / (to - from)) * box.width;
    const events = near(lanes.peek()[lane] ?? [], where, x);
    return events.length ? { lane, events, x: where(events[0] as Event) } : null;
  };
  const now = hovered.value ?? current();
  return (
    <div class="marks" style={{ height: `${LANE * Math.max(1, lanes.value.length)}px` }}>
      <canvas
        ref={canvas}
        aria-hidden="true"
        onPointerMove={(event) => {
          hovered.value = find(event);
          event.currentTarget.style.cursor = hovered.value ? "pointer" : "default";
        }}
        onPointerLeave={() => (hovered.value = null)}
        onClick={(event) => {
          const found = find(event);
          if (found) choose(found.lane, found.events[0] as Event);
        }}
      />
      {compare.value !== "one" && <LaneNames />}
      {now && <Tip now={now} />}
    </div>
  );
}

/** Go to an event and say what there is to say of it. */
export function choose(lane: number, event: Event): void {
  const [at, pane] = [doc.peek(), shown.peek()[lane]];
  if (!at || !pane) return;
  playing.value = false;
  goTo(event.t_s);
  select(eventKey(rungAt(at, pane.rung), event));
}

/** The panel of the event at this moment, or of the next one at it; of the right map first. */
export function chooseNow(): boolean {
  const at = doc.peek();
  if (!at) return false;
  const here: [number, Event][] = [];
  for (const [lane, events] of [...lanes.peek().entries()].reverse())
    for (const event of events) if (Math.abs(event.t_s - t.peek()) < 0.06) here.push([lane, event]);
  if (here.length === 0) return false;
  const keys = here.map(([lane, event]) => eventKey(rungAt(at, (shown.peek()[lane] as Pane).rung), event));
  const [lane, event] = here[(keys.indexOf(selected.peek()) + 1) % here.length] as [number, Event];
  choose(lane, event);
  return true;
}

function LaneNames(): ComponentChildren {
  const at = doc.value;
  if (!at) return null;
  return (
    <div class="lanes" aria-hidden="true">
      {shown.value.map(({ rung }, i) => (
        <span key={i}>{rungShort(rungAt(at, rung))}</span>
      ))}
    </div>
  );
}

/** The events at this very moment, where the clock stands on some: [ and ] go there. */
function current(): typeof hovered.value {
  const at = doc.value;
  if (!at || playing.value || eventAt(at, selected.value)) return null; // the panel says it already
  for (const [lane, events] of lanes.value.entries()) {
    const found = events.filter((event) => Math.abs(event.t_s - t.value) < 0.06).slice(0, 4);
    if (found.length) return { lane, events: found, x: NaN };
  }
  return null;
}

function Tip({ now }: { now: { events: Event[]; x: number } }): ComponentChildren {
  const at = doc.value;
  if (!at) return null;
  const [from, to] = span(at);
  const first = now.events[0] as Event;
  const part = ((first.t_s - from) / (to - from)) * 100;
  return (
    <div class={`tip ${part > 70 ? "end" : part < 30 ? "start" : ""}`} style={{ left: `${part}%` }}>
      {now.events.slice(0, 4).map((event, i) => (
        <p key={i}>
          <b>{clock(event.t_s)}</b> {event.party === null ? "" : `${holderName(at, event.party)}: `}
          {event.text}
        </p>
      ))}
      {now.events.length > 4 && <p>{SAY.more(now.events.length - 4)}</p>}
    </div>
  );
}

/** Events whose mark is within a few pixels: a binary search, then its neighbours. */
function near(events: Event[], where: (event: Event) => number, x: number): Event[] {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (where(events[middle] as Event) < x - 7) low = middle + 1;
    else high = middle;
  }
  let best = Infinity;
  let at = NaN;
  for (let i = low; i < events.length && where(events[i] as Event) <= x + 7; i++) {
    const away = Math.abs(where(events[i] as Event) - x);
    if (away < best) [best, at] = [away, (events[i] as Event).t_s];
  }
  return events.slice(low, low + 2000).filter((event) => Math.abs(event.t_s - at) < 1);
}

const TALL = new Set(["warning", "told", "seen"]);

function paint(canvas: HTMLCanvasElement, width: number): void {
  const at = doc.value;
  if (!at || width < 2) return;
  const palette = PALETTES[theme.value];
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const height = LANE * Math.max(1, lanes.value.length);
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d") as CanvasRenderingContext2D;
  pen.scale(ratio, ratio);
  const [from, to] = span(at);
  const now = t.peek();
  lanes.value.forEach((events, lane) => {
    const y = lane * LANE + LANE / 2;
    pen.strokeStyle = palette.line;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(0, y);
    pen.lineTo(width, y);
    pen.stroke();
    const filled = new Set<string>();
    let free = -1e9;
    for (const event of events) {
      const x = Math.min(width - 5, Math.max(5, ((event.t_s - from) / (to - from)) * width));
      const place = `${Math.round(x)} ${event.party} ${TALL.has(event.what)}`;
      if (filled.has(place)) continue;
      filled.add(place);
      const colour = event.party === null ? palette.truth : (palette.holders[event.party as 0] ?? palette.ink);
      pen.globalAlpha = event.t_s <= now ? 1 : 0.55;
      pen.fillStyle = pen.strokeStyle = colour;
      pen.lineWidth = 1.4;
      pen.beginPath();
      if (event.party === null) {
        pen.moveTo(x, y - 6);
        pen.lineTo(x, y + 6);
        pen.stroke();
      } else if (event.what === "shot" || event.what === "intercept") {
        pen.moveTo(x - 3.5, y);
        pen.lineTo(x + 3.5, y);
        pen.moveTo(x, y - 3.5);
        pen.lineTo(x, y + 3.5);
        pen.stroke();
      } else {
        mark(pen, event.party, x, y, event.what === "warning" ? 5.5 : 4);
        pen.fillStyle = event.what === "warning" ? colour : palette.card;
        pen.fill();
        pen.stroke();
      }
      // The one event that matters most is named where there is room.
      if (event.what === "warning" && x > free && width > 420) {
        pen.font = `400 11px ${FONT}`;
        pen.textBaseline = "middle";
        pen.fillStyle = palette.muted;
        const wide = pen.measureText(WORDS.warned).width;
        const next = events.find((other) => other.t_s > event.t_s + 0.5);
        const room = next ? ((next.t_s - from) / (to - from)) * width - x : width - x;
        if (room > wide + 22) {
          pen.fillStyle = palette.card;
          pen.fillRect(x + 8, y - 6, wide + 4, 12);
          pen.fillStyle = palette.muted;
          pen.fillText(WORDS.warned, x + 10, y + 0.5);
          free = x + wide + 20;
        }
      }
    }
    pen.globalAlpha = 1;
    for (const time of chosenTimes(at, lane)) {
      const x = Math.min(width - 5, Math.max(5, ((time - from) / (to - from)) * width));
      pen.strokeStyle = palette.ink;
      pen.lineWidth = 1.6;
      pen.beginPath();
      pen.arc(x, y, 7.6, 0, 2 * Math.PI);
      pen.stroke();
    }
  });
}

/** When what is chosen happens, on one of the lines. */
function chosenTimes(at: Replay, lane: number): number[] {
  const pane = shown.peek()[lane];
  const rung = pane && rungAt(at, pane.rung);
  const [event, shot] = [eventAt(at, selected.peek()), shotAt(at, selected.peek())];
  if (event && event.rung === rung && lanes.peek()[lane]?.includes(event.event)) return [event.event.t_s];
  return shot && shot.rung === rung ? [shot.shot.launch_s, shot.shot.intercept_s] : [];
}
