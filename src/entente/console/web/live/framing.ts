/** Which part of the Earth does the map show? All that is drawn, with land around it, and it stays as long as that is true.
 *
 * A part is drawn as distance and bearing from its middle, so that areas keep their shape and the pole is a place like another;
 * what does not fit into that is drawn on the whole Earth, as longitude and latitude.
 */

import { geoAzimuthalEquidistant, geoDistance, geoEquirectangular, type GeoProjection } from "d3-geo";
import type { Place } from "./areas";

const AROUND_DEG = 6; // of land
const MOST_DEG = 75; // from the middle; beyond it shapes tear
const ROOM = 1.15; // beyond what is drawn, so that what moves does not move the map
const TIGHT = 0.5; // of the part that is shown: less is shown larger
const RAD = Math.PI / 180;

/** A middle, and how far from it the map shows; none: the whole Earth. */
export interface Frame {
  middle: Place | null;
  reach_deg: number;
}

export const WHOLE: Frame = { middle: null, reach_deg: 180 };

/** The frame for these places: the one before, while they fill it. */
export function framed(places: Place[], before: Frame): Frame {
  const middle = middleOf(places);
  const far = middle ? farthest(middle, places) + AROUND_DEG : 180;
  if (before.middle) {
    const now = farthest(before.middle, places) + AROUND_DEG;
    if (now <= before.reach_deg && far >= before.reach_deg * TIGHT) return before;
  }
  return middle && far <= MOST_DEG ? { middle, reach_deg: far * ROOM } : WHOLE;
}

export function projectionOf({ middle, reach_deg }: Frame, width: number, height: number): GeoProjection {
  const centred = [width / 2, height / 2] as [number, number];
  const edges: [[number, number], [number, number]] = [
    [0, 0],
    [width, height],
  ];
  if (!middle) return geoEquirectangular().scale(width / (2 * Math.PI)).translate(centred).clipExtent(edges);
  const scale = Math.min(width, height) / 2 / (reach_deg * RAD);
  return geoAzimuthalEquidistant().rotate([-middle[0], -middle[1]]).scale(scale).translate(centred).clipAngle(179).clipExtent(edges);
}

/** The direction of the mean of all places; none if they lie all around. */
function middleOf(places: Place[]): Place | null {
  let [x, y, z] = [0, 0, 0];
  for (const [lon, lat] of places) {
    x += Math.cos(lat * RAD) * Math.cos(lon * RAD);
    y += Math.cos(lat * RAD) * Math.sin(lon * RAD);
    z += Math.sin(lat * RAD);
  }
  const length = Math.hypot(x, y, z);
  return length > 1e-6 * places.length ? [Math.atan2(y, x) / RAD, Math.asin(z / length) / RAD] : null;
}

function farthest(middle: Place, places: Place[]): number {
  return places.reduce((far, place) => Math.max(far, geoDistance(middle, place) / RAD), 0);
}
