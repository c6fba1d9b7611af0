// How sharp to draw while something moves: a renderer without a GPU keeps up only with fewer pixels; at rest all are drawn.

const LEVELS = [1, 0.75, 0.5]; // of the resolution
const SLOW_MS = 50; // from one frame to when the next may begin: an idle renderer takes one refresh of the screen
const QUICK_MS = 22;
const REST_MS = 300;

export interface Pace {
  /** Something moves: draw now, and once more at rest. */
  stir(): void;
  /** A frame is drawn; how long until the browser is ready for another tells how hard it was. */
  drawn(): void;
  /** The share of the full resolution to draw the next frame with. */
  share(): number;
  stop(): void;
}

/** A pace that asks for the sharp frame at rest. */
export function pace(ask: () => void): Pace {
  let level = 0;
  let moving = false;
  let resting = 0;
  let watched = 0;
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
    drawn() {
      if (!moving || watched) return;
      const began = performance.now();
      watched = requestAnimationFrame(() => {
        watched = 0;
        const took = performance.now() - began;
        slow = took > SLOW_MS ? slow + 1 : 0;
        quick = took < QUICK_MS ? quick + 1 : 0;
        if (slow > 1) [level, slow] = [Math.min(LEVELS.length - 1, level + 1), 0];
        if (quick > 60) [level, quick] = [Math.max(0, level - 1), 0];
      });
    },
    share: () => (moving ? LEVELS[level]! : 1),
    stop() {
      clearTimeout(resting);
      cancelAnimationFrame(watched);
    },
  };
}
