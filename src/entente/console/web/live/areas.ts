/** What do released areas look like on the Earth? Their edges as places, in degrees of longitude and latitude. */

import type { Area, Ellipse } from "./wire";

const RADIUS_KM = 6371.0088; // as exchange/saying/areas.py has it
const [AXIS_KM, POLE_KM] = [6378.137, 6356.752314]; // of WGS 84
const STEPS = 96;
const RAD = Math.PI / 180;

export type Place = [number, number]; // longitude, latitude  deg

/** The edge of an area, closed. */
export function edge(area: Area): Place[] {
  if (area.shape === "ellipse") return ellipse(area);
  const corners = area.corners.map(([lat, lon]): Place => [lon, lat]);
  return [...corners, corners[0] as Place];
}

/** The places that areas.py calls just inside: an ellipse in distance and bearing from its centre. */
function ellipse(area: Ellipse): Place[] {
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const turn = (2 * Math.PI * step) / STEPS;
    const along = area.semi_major_km * Math.cos(turn);
    const across = area.semi_minor_km * Math.sin(turn);
    return away([area.lon_deg, area.lat_deg], area.bearing_deg * RAD + Math.atan2(across, along), Math.hypot(along, across));
  });
}

/** The place at a bearing [rad] and a distance [km]. */
export function away([lon, lat]: Place, bearing: number, far_km: number): Place {
  const arc = far_km / RADIUS_KM;
  const up = Math.sin(lat * RAD) * Math.cos(arc) + Math.cos(lat * RAD) * Math.sin(arc) * Math.cos(bearing);
  const east = Math.sin(bearing) * Math.sin(arc) * Math.cos(lat * RAD);
  const there = lon + Math.atan2(east, Math.cos(arc) - Math.sin(lat * RAD) * up) / RAD;
  return [((there + 540) % 360) - 180, Math.asin(Math.max(-1, Math.min(1, up))) / RAD];
}

/** The place under a position in Earth-fixed axes [km], and the height over it [km], on the WGS 84 ellipsoid.
 *
 * Source: Bowring (1976), one step; beyond the ground better than 1e-4 deg.
 */
export function below([x, y, z]: [number, number, number]): [...Place, number] {
  const out = Math.hypot(x, y);
  const turn = Math.atan2(z * AXIS_KM, out * POLE_KM);
  const flat = AXIS_KM ** 2 - POLE_KM ** 2;
  const lat = Math.atan2(
    z + (flat / POLE_KM) * Math.sin(turn) ** 3,
    out - (flat / AXIS_KM) * Math.cos(turn) ** 3,
  );
  const normal = AXIS_KM ** 2 / Math.hypot(AXIS_KM * Math.cos(lat), POLE_KM * Math.sin(lat));
  const height = out * Math.cos(lat) + z * Math.sin(lat) - AXIS_KM ** 2 / normal;
  return [Math.atan2(y, x) / RAD, lat / RAD, height];
}
