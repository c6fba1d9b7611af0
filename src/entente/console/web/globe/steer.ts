// Hands on the globe: drag, pinch, wheel and keys become views, with inertia where motion is welcome.
import { type View, blended, dragged, limited } from "./view";

export interface Steering {
  view(): View;
  go(view: View): void;
  jump(view: View): void;
  /** Advance what moves by itself; true while something does. */
  tick(now_ms: number): boolean;
  dispose(): void;
}

interface Told {
  home(): View;
  moved(): void;
  pressed(x: number, y: number): void;
  pointed(x: number, y: number): void;
  /** A double click: a way to turn the globe without dragging. */
  meant(x: number, y: number): void;
}

const KEY_STEP = 48; // pixels
const FLIGHT_MS = 650;
const GLIDE_MS = 260;
const STILL_MS = 100; // a hand that rested so long before it let go wanted no glide
const CLICK = 5; // pixels that a click may wander

/** Steering by what happens on an element. */
export function steering(element: HTMLElement, start: View, told: Told): Steering {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const ended = new AbortController();
  const heard = { signal: ended.signal };
  let view = start;
  let flight: { from: View; to: View; began: number } | null = null;
  let glide: { x: number; y: number; at: number } | null = null;
  let wandered = 0;
  let last = { x: 0, y: 0, at: 0 };
  let speed = { x: 0, y: 0 };
  let pinch: { wide: number; turn: number; x: number; y: number } | null = null;
  const held = new Map<number, { x: number; y: number }>();

  const set = (next: View) => {
    view = limited(next);
    told.moved();
  };
  const stop = () => {
    flight = null;
    glide = null;
  };
  const go = (to: View) => {
    glide = null;
    if (calm.matches) set(to);
    else flight = { from: view, to: limited(to), began: performance.now() };
    told.moved();
  };
  const size = () => [element.clientWidth, element.clientHeight] as const;
  const local = (event: PointerEvent) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const fingers = () => {
    const [a, b] = [...held.values()] as [{ x: number; y: number }, { x: number; y: number }];
    return {
      wide: Math.hypot(a.x - b.x, a.y - b.y),
      turn: Math.atan2(b.y - a.y, b.x - a.x),
      x: (a.x + b.x) / 2,
      y: (a.y + b.y) / 2,
    };
  };
  const lean = (dx: number, dy: number) =>
    set({ ...view, heading_deg: view.heading_deg - dx * 0.3, tilt_deg: view.tilt_deg - dy * 0.3 });

  element.addEventListener(
    "pointerdown",
    (event) => {
      stop();
      const at = local(event);
      held.set(event.pointerId, at);
      if (held.size === 1) wandered = 0;
      pinch = held.size === 2 ? fingers() : null;
      speed = { x: 0, y: 0 };
      last = { ...at, at: event.timeStamp };
      element.setPointerCapture(event.pointerId);
    },
    heard,
  );
  element.addEventListener(
    "pointermove",
    (event) => {
      const at = local(event);
      const before = held.get(event.pointerId);
      if (!before) {
        told.pointed(at.x, at.y);
        return;
      }
      held.set(event.pointerId, at);
      const [dx, dy] = [at.x - before.x, at.y - before.y];
      wandered += Math.abs(dx) + Math.abs(dy);
      if (pinch && held.size === 2) {
        const now = fingers();
        set({
          ...dragged(view, now.x - pinch.x, 0, ...size()),
          distance: (view.distance * pinch.wide) / Math.max(1, now.wide),
          heading_deg: view.heading_deg - ((now.turn - pinch.turn) * 180) / Math.PI,
          tilt_deg: view.tilt_deg - (now.y - pinch.y) * 0.25,
        });
        pinch = now;
        return;
      }
      if (event.buttons & 2 || event.shiftKey || event.ctrlKey) lean(dx, dy);
      else if (wandered > CLICK) {
        set(dragged(view, dx, dy, ...size()));
        const passed = Math.max(1, event.timeStamp - last.at);
        speed = { x: 0.6 * speed.x + (0.4 * dx) / passed, y: 0.6 * speed.y + (0.4 * dy) / passed };
        last = { ...at, at: event.timeStamp };
      }
    },
    heard,
  );
  const release = (event: PointerEvent) => {
    if (!held.delete(event.pointerId)) return;
    pinch = null;
    if (held.size > 0) return;
    if (wandered <= CLICK) {
      if (event.type === "pointerup") told.pressed(last.x, last.y);
    } else if (!calm.matches && event.timeStamp - last.at < STILL_MS && Math.hypot(speed.x, speed.y) > 0.05) {
      glide = { ...speed, at: performance.now() };
      told.moved();
    }
  };
  element.addEventListener("pointerup", release, heard);
  element.addEventListener("pointercancel", release, heard);
  element.addEventListener("pointerleave", () => told.pointed(-1, -1), heard);
  element.addEventListener(
    "dblclick",
    (event) => {
      const box = element.getBoundingClientRect();
      told.meant(event.clientX - box.left, event.clientY - box.top);
    },
    heard,
  );
  element.addEventListener("contextmenu", (event) => event.preventDefault(), heard);
  element.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      stop();
      const lines = event.deltaMode === 1 ? 24 : 1;
      set({ ...view, distance: view.distance * Math.exp(Math.max(-240, Math.min(240, event.deltaY * lines)) * 0.0014) });
    },
    { passive: false, ...heard },
  );
  element.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const from = flight?.to ?? view;
      const pushed: Record<string, [number, number]> = {
        ArrowLeft: [1, 0],
        ArrowRight: [-1, 0],
        ArrowUp: [0, 1],
        ArrowDown: [0, -1],
      };
      const push = pushed[event.key];
      if (push && event.shiftKey)
        go({ ...from, heading_deg: from.heading_deg - push[0] * 10, tilt_deg: from.tilt_deg + push[1] * 6 });
      else if (push) go(dragged(from, push[0] * KEY_STEP, push[1] * KEY_STEP, ...size()));
      else if (event.key === "+" || event.key === "=") go({ ...from, distance: from.distance * 0.8 });
      else if (event.key === "-" || event.key === "_") go({ ...from, distance: from.distance * 1.25 });
      else if (event.key === "0") go(told.home());
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    heard,
  );

  return {
    view: () => view,
    go,
    jump(to) {
      stop();
      set(to);
    },
    tick(now) {
      if (flight) {
        const f = Math.min(1, (now - flight.began) / FLIGHT_MS);
        view = blended(flight.from, flight.to, 1 - (1 - Math.max(0, f)) ** 3);
        if (f >= 1) flight = null;
        return true;
      }
      if (glide) {
        const passed = Math.min(64, Math.max(0, now - glide.at));
        view = dragged(view, glide.x * passed, glide.y * passed, ...size());
        const slowed = Math.exp(-passed / GLIDE_MS);
        glide = Math.hypot(glide.x, glide.y) < 0.01 ? null : { x: glide.x * slowed, y: glide.y * slowed, at: now };
        return true;
      }
      return false;
    },
    dispose() {
      ended.abort();
    },
  };
}
