/** What to show first: the two rungs, the side and the moment at which cooperation matters most in this history. */

import { type Replay, type Rung } from "./document";
import { type Perspective, extent, impactAreas } from "./scene";
import { unit } from "./columns";
import { type ViewName } from "./views";

export interface Opening {
  left: number; // indices into doc.rungs
  right: number;
  side: Perspective;
  t: number;
  view: ViewName;
}

const CENTRE_RUNG = 4;

export function opening(doc: Replay): Opening {
  const lowest = doc.rungs.reduce((best, rung, i) => (rung.rung < (doc.rungs[best] as Rung).rung ? i : best), 0);
  const highest = doc.rungs.reduce((best, rung, i) => (rung.rung > (doc.rungs[best] as Rung).rung ? i : best), 0);
  const centre = doc.rungs.findIndex((rung) => rung.rung === CENTRE_RUNG);
  const right = centre >= 0 ? centre : highest;
  return { left: lowest, right, ...telling(doc, lowest, right), view: viewFor(doc) };
}

/** The side, and the moment, at which the impact area at one rung is smallest beside that at the other. */
function telling(doc: Replay, left: number, right: number): { side: Perspective; t: number } {
  const { start_s, step_s, count } = doc.grid;
  const [a, b] = [doc.rungs[left] as Rung, doc.rungs[right] as Rung];
  let best = { side: 0 as Perspective, t: start_s + 0.35 * count * step_s, gain: 0 };
  const last = Math.max(0, ...doc.truth.map((truth) => truth.impact_s - 120));
  for (const side of [0, 1] as const)
    for (let moment = 0; moment < count; moment += 2) {
      const t = start_s + moment * step_s;
      if (t > last) break;
      const [alone, together] = [impactAreas(doc, a, side, moment), impactAreas(doc, b, side, moment)];
      let gain = 0;
      for (const [object, area] of together) {
        const before = alone.get(object);
        // Where nothing was known before, a first area of useful size counts too.
        if (before) gain += Math.log(extent(before) / extent(area));
        else gain += Math.max(0, Math.log(2e5 / extent(area))) / 4;
      }
      // Early gains are worth more: there is time left to use them.
      gain *= 1 - (0.5 * moment) / count;
      if (gain > best.gain) best = { side, t, gain };
    }
  return { side: best.side, t: start_s + Math.round((best.t - start_s) / step_s) * step_s };
}

function viewFor(doc: Replay): ViewName {
  const ends = doc.truth.flatMap((truth) => [truth.launch_deg, truth.impact_deg]);
  if (ends.length === 0) return "europe";
  const middle = unit(50, 25);
  const near = ends.every(([lat, lon]) => {
    const at = unit(lat, lon);
    return at[0] * middle[0] + at[1] * middle[1] + at[2] * middle[2] > Math.cos((27 * Math.PI) / 180);
  });
  if (near) return "europe";
  return ends.every(([lat]) => lat > 5) ? "pole" : "world";
}
