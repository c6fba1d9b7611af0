// How sharp to draw while something moves: a renderer without a GPU keeps up only with fewer pixels; at rest all are drawn.

const LEVELS = [1, 0.75, 0.5]; // of the resolution
const SLOW_MS = 50; // from asking for a frame to getting it: what an idle renderer does in one screen refresh
const QUICK_MS = 22;
const REST_MS = 300;

export interface Pace {
  /** Something moves: draw now, and once more at rest. */
  stir(): void;
  asked(now_ms: number): void;
  began(now_ms: number): void;
  /** The share of the full resolution to draw the next frame with. */
  share(): number;
  stop(): void;
}

/** A pace that asks for the sharp frame at rest. */
export function pace(ask: () => void): Pace {
  let level = 0;
  let moving = false;
  let resting = 0;
  let at = 0;
  let slow = 0;
  let quick = 0;
  return {
    stir() {
      moving = true;
      clearTimeout(resting);
      resting = window.setTimeout(() => {
        moving = false;
        ask();
      }, REST_MS);
    },
    asked(now) {
      at = now;
    },
    began(now) {
      if (!moving) return;
      const took = now - at;
      slow = took > SLOW_MS ? slow + 1 : 0;
      quick = took < QUICK_MS ? quick + 1 : 0;
      if (slow > 2) [level, slow] = [Math.min(LEVELS.length - 1, level + 1), 0];
      if (quick > 60) [level, quick] = [Math.max(0, level - 1), 0];
    },
    share: () => (moving ? LEVELS[level]! : 1),
    stop: () => clearTimeout(resting),
  };
}
