/** From the Earth to the screen: four projections of vectors in radii of the Earth, by hand because they run at every frame.
 *
 * d3-geo draws what must be cut at edges (land, borders, fans) with the same parameters; tests/views.test.ts holds the two together.
 */

import {
  type GeoProjection,
  geoAzimuthalEqualArea,
  geoAzimuthalEquidistant,
  geoEqualEarth,
  geoOrthographic,
} from "d3-geo";
import { DEG, place, unit } from "./columns";

export type ViewName = "europe" | "pole" | "world" | "globe";
export const VIEWS: ViewName[] = ["europe", "pole", "world", "globe"];

/** How a view is looked at: zoom, shift of the middle [radii, in the plane], turn of the globe [deg]. */
export interface Camera {
  view: ViewName;
  zoom: number;
  x: number;
  y: number;
  lon_deg: number;
  lat_deg: number;
}

export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** A camera on a rectangle of the screen. `project` leaves its answer in `sx` and `sy`, and says whether it can be seen. */
export interface View {
  name: ViewName;
  rect: Rect;
  scale: number; // pixels a radius
  sx: number;
  sy: number;
  project(x: number, y: number, z: number): boolean;
  forD3(): GeoProjection;
}

const EDGE_DEG = 110; // flat maps around a point end here
const HALF: Record<ViewName, [number, number]> = {
  europe: [0.53, 0.41], // half of what must fit, in radii: across and up
  pole: [1.42, 1.42],
  world: [2.72, 1.35],
  globe: [1.32, 1.2],
};

export function home(view: ViewName): Camera {
  return { view, zoom: 1, x: 0, y: 0, lon_deg: 27, lat_deg: 40 };
}

/** A camera on what matters: the places, and some margin around them, on a map of this shape; whole views stay as they are. */
export function framed(
  view: ViewName,
  places: [number, number][],
  rect: Rect,
  [above, below]: [number, number],
): Camera {
  const camera = home(view);
  if (view === "world" || places.length === 0 || rect.w < 2) return camera;
  if (view === "globe") return { ...camera, ...middle(places) };
  const whole = makeView(camera, rect);
  const [xs, ys] = [[] as number[], [] as number[]];
  for (const [lat, lon] of places) {
    const [p, l] = [lat * DEG, lon * DEG];
    if (!whole.project(Math.cos(p) * Math.cos(l), Math.cos(p) * Math.sin(l), Math.sin(p))) continue;
    xs.push((whole.sx - rect.x - rect.w / 2) / whole.scale);
    ys.push((rect.y + rect.h / 2 - whole.sy) / whole.scale);
  }
  const [left, right, bottom, top] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const margin = view === "europe" ? 0.13 : 0.3; // radii
  const fits = Math.min(rect.w / (right - left + 2 * margin), (rect.h - above - below) / (top - bottom + 2 * margin));
  const zoom = Math.min(view === "europe" ? 2.2 : 1.35, Math.max(0.7, fits / whole.scale));
  const shift = (above - below) / 2 / (whole.scale * zoom); // things cover the top and the bottom of the map
  return { ...camera, zoom, x: (left + right) / 2, y: (bottom + top) / 2 + shift };
}

/** The place in the middle of places. */
function middle(places: [number, number][]): { lat_deg: number; lon_deg: number } {
  const sum = [0, 0, 0];
  for (const [lat, lon] of places) unit(lat, lon).forEach((value, a) => (sum[a] = (sum[a] as number) + value));
  const [lat_deg, lon_deg] = place(sum[0] as number, sum[1] as number, sum[2] as number);
  return { lat_deg: Math.round(lat_deg - 6), lon_deg: Math.round(lon_deg) }; // a little from the south: heights show
}

export function makeView(camera: Camera, rect: Rect): View {
  const [across, up] = HALF[camera.view];
  const scale = Math.min(rect.w / 2 / across, rect.h / 2 / up) * camera.zoom;
  const cx = rect.x + rect.w / 2 - camera.x * scale;
  const cy = rect.y + rect.h / 2 + camera.y * scale;
  const view: View = {
    name: camera.view,
    rect,
    scale,
    sx: 0,
    sy: 0,
    project: () => false,
    forD3: () => forD3(camera, scale, cx, cy, rect),
  };
  view.project = PROJECTORS[camera.view](view, camera, cx, cy);
  return view;
}

type Project = View["project"];
type Maker = (view: View, camera: Camera, cx: number, cy: number) => Project;

const PROJECTORS: Record<ViewName, Maker> = {
  europe: (view, _camera, cx, cy) => azimuthal(view, 25, 50, cx, cy, (c) => Math.sqrt(2 / (1 + c))),
  pole: (view, _camera, cx, cy) =>
    azimuthal(view, 0, 90, cx, cy, (c) => (c > 1 - 1e-9 ? 1 : Math.acos(c) / Math.sqrt(1 - c * c))),
  world: (view, _camera, cx, cy) => equalEarth(view, cx, cy),
  globe: (view, camera, cx, cy) => orthographic(view, camera.lon_deg, camera.lat_deg, cx, cy),
};

/** Axes of a plane that touches the Earth at a place: right, up, out; row after row. */
function axes(lon_deg: number, lat_deg: number): number[] {
  const [sl, cl, sp, cp] = [
    Math.sin(lon_deg * DEG),
    Math.cos(lon_deg * DEG),
    Math.sin(lat_deg * DEG),
    Math.cos(lat_deg * DEG),
  ];
  return [-sl, cl, 0, -sp * cl, -sp * sl, cp, cp * cl, cp * sl, sp];
}

function azimuthal(
  view: View,
  lon_deg: number,
  lat_deg: number,
  cx: number,
  cy: number,
  stretch: (c: number) => number,
): Project {
  const [rx, ry, rz, ux, uy, uz, ox, oy, oz] = axes(lon_deg, lat_deg) as Nine;
  const edge = Math.cos(EDGE_DEG * DEG);
  const s = view.scale;
  return (x, y, z) => {
    const r = Math.sqrt(x * x + y * y + z * z);
    const c = (ox * x + oy * y + oz * z) / r;
    if (!(c > edge)) return false;
    const k = (s * stretch(c > 1 ? 1 : c)) / r;
    view.sx = cx + k * (rx * x + ry * y + rz * z);
    view.sy = cy - k * (ux * x + uy * y + uz * z);
    return true;
  };
}

type Nine = [number, number, number, number, number, number, number, number, number];

function orthographic(view: View, lon_deg: number, lat_deg: number, cx: number, cy: number): Project {
  const [rx, ry, rz, ux, uy, uz, ox, oy, oz] = axes(lon_deg, lat_deg) as Nine;
  const s = view.scale;
  return (x, y, z) => {
    const px = rx * x + ry * y + rz * z;
    const py = ux * x + uy * y + uz * z;
    view.sx = cx + s * px;
    view.sy = cy - s * py;
    return ox * x + oy * y + oz * z > 0 || px * px + py * py > 1; // off the limb a high point is seen
  };
}

/** Savric, Patterson, Jenny (2018): an equal-area map of the whole Earth. */
function equalEarth(view: View, cx: number, cy: number): Project {
  const [A1, A2, A3, A4] = [1.340264, -0.081106, 0.000893, 0.003796];
  const M = Math.sqrt(3) / 2;
  const s = view.scale;
  return (x, y, z) => {
    const r = Math.sqrt(x * x + y * y + z * z);
    if (!(r > 0)) return false;
    const l = Math.asin((M * z) / r);
    const l2 = l * l;
    const l6 = l2 * l2 * l2;
    const lon = Math.atan2(y, x) - WORLD_LON * DEG;
    const wrapped = lon < -Math.PI ? lon + 2 * Math.PI : lon;
    view.sx = cx + (s * wrapped * Math.cos(l)) / (M * (A1 + 3 * A2 * l2 + l6 * (7 * A3 + 9 * A4 * l2)));
    view.sy = cy - s * l * (A1 + A2 * l2 + l6 * (A3 + A4 * l2));
    return true;
  };
}

const WORLD_LON = 11; // the meridian in the middle: the cut runs through the Bering Strait, not through Chukotka

function forD3(camera: Camera, scale: number, cx: number, cy: number, rect: Rect): GeoProjection {
  const base = {
    europe: () => geoAzimuthalEqualArea().rotate([-25, -50]).clipAngle(EDGE_DEG),
    pole: () => geoAzimuthalEquidistant().rotate([0, -90]).clipAngle(EDGE_DEG),
    world: () => geoEqualEarth().rotate([-WORLD_LON, 0]),
    globe: () => geoOrthographic().rotate([-camera.lon_deg, -camera.lat_deg]).clipAngle(90),
  }[camera.view]();
  const margin = 40;
  return base
    .scale(scale)
    .translate([cx, cy])
    .precision(0.4)
    .clipExtent([
      [rect.x - margin, rect.y - margin],
      [rect.x + rect.w + margin, rect.y + rect.h + margin],
    ]);
}

/** Pixels that so many kilometres are, near the middle of the view. */
export function pixels(view: View, km: number): number {
  return (km / 6371) * view.scale;
}

/** A close-up: a plane that touches the Earth at a place, so many kilometres from its middle to its edge. */
export function closeUp(lat_deg: number, lon_deg: number, half_km: number, rect: Rect): View {
  const scale = ((Math.min(rect.w, rect.h) / 2) * 6371) / half_km;
  const [cx, cy] = [rect.x + rect.w / 2, rect.y + rect.h / 2];
  const view: View = {
    name: "europe",
    rect,
    scale,
    sx: 0,
    sy: 0,
    project: () => false,
    forD3: () =>
      geoAzimuthalEqualArea()
        .rotate([-lon_deg, -lat_deg])
        .scale(scale)
        .translate([cx, cy])
        .clipAngle(30)
        .clipExtent([
          [rect.x, rect.y],
          [rect.x + rect.w, rect.y + rect.h],
        ]),
  };
  view.project = azimuthal(view, lon_deg, lat_deg, cx, cy, (c) => Math.sqrt(2 / (1 + c)));
  return view;
}
