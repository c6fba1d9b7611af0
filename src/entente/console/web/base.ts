/** What stands still: sea, land, borders; and the reach of radars and satellites. Cut at the edges of a projection by d3-geo. */

import { geoCircle, geoGraticule10, geoPath, type GeoPermissibleObjects } from "d3-geo";
import { along, bearing, holds, place } from "./columns";
import { type Sensor } from "./document";
import { type Palette, DASHES, colourOf } from "./palette";
import { type Pen } from "./pen";
import { type Scene } from "./scene";
import { type Layer } from "./state";
import { type View } from "./views";
import { type World } from "./world";

/** The Earth alone. */
export function drawBase(pen: Pen, view: View, world: World, palette: Palette): void {
  pen.fillStyle = palette.void;
  pen.fillRect(view.rect.x, view.rect.y, view.rect.w, view.rect.h);
  const path = geoPath(view.forD3(), pen as unknown as CanvasRenderingContext2D);
  const trace = (shape: GeoPermissibleObjects): void => {
    pen.beginPath();
    path(shape);
  };
  pen.lineJoin = "round";
  trace({ type: "Sphere" });
  pen.fillStyle = palette.sea;
  pen.fill();
  trace(geoGraticule10());
  line(pen, palette.graticule, 0.8);
  trace(world.land);
  pen.fillStyle = palette.land;
  pen.fill();
  line(pen, palette.coast, 0.8);
  trace(world.borders);
  line(pen, palette.border, 0.7);
  trace(world.disputed);
  pen.setLineDash([2, 3]);
  line(pen, palette.border, 0.8);
  pen.setLineDash([]);
  trace({ type: "Sphere" });
  line(pen, palette.coast, 0.8);
}

function line(pen: Pen, colour: string, width: number): void {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke();
}

/** What sensors can see. Radar fans: the faces that see now are filled, the others a faint outline. Satellites: a thin line
 * around the ground from which each stands above the horizon. And what a chosen sensor could see at all. */
export function drawReach(
  pen: Pen,
  view: View,
  scene: Scene,
  palette: Palette,
  chosen: string,
  hidden: readonly Layer[] = [],
): void {
  const path = geoPath(view.forD3(), pen as unknown as CanvasRenderingContext2D);
  for (const seen of scene.sensors) {
    const { sensor } = seen;
    const colour = colourOf(palette, sensor.party);
    const bright = `sensor.${sensor.id}` === chosen;
    if (!bright && hidden.includes(sensor.kind === "radar" ? "radars" : "satellites")) continue;
    if (sensor.kind === "satellite" && !bright) {
      pen.beginPath();
      path(coverage(sensor));
      pen.setLineDash([1.5, 4]);
      pen.globalAlpha = seen.sees ? 0.75 : 0.4;
      line(pen, colour, 1);
    }
    if (sensor.kind === "radar") {
      const lit = litFaces(scene, seen);
      fans(sensor, Math.min(sensor.reach_body_km ?? 0, MOST_KM)).forEach((shape, face) => {
        pen.beginPath();
        path(shape);
        if (bright || lit.includes(face)) wash(pen, colour, bright ? 0.18 : 0.1);
        pen.setLineDash(DASHES[sensor.party as 0] ?? []);
        pen.globalAlpha = bright ? 1 : lit.includes(face) ? 0.6 : 0.16;
        line(pen, colour, bright ? 1.6 : 0.9);
      });
    }
    if (bright) {
      pen.beginPath();
      if (sensor.kind === "radar")
        for (const shape of fans(sensor, Math.min(sensor.reach_km ?? 0, MOST_KM))) path(shape);
      else path(coverage(sensor));
      pen.globalAlpha = 0.8;
      pen.setLineDash([2, 4]);
      line(pen, colour, 1.2);
      if (sensor.kind === "satellite") wash(pen, colour, 0.06);
    }
    pen.globalAlpha = 1;
    pen.setLineDash([]);
  }
}

function wash(pen: Pen, colour: string, alpha: number): void {
  pen.globalAlpha = alpha;
  pen.fillStyle = colour;
  pen.fill();
}

/** The faces of a radar that look at what it sees now; all of them where that is not told. */
export function litFaces(scene: Scene, { sensor, number, sees }: Scene["sensors"][number]): number[] {
  if (!sees || sensor.kind !== "radar") return [];
  const lit = new Set<number>();
  const faces = sensor.faces ?? [];
  for (const track of scene.tracks.slice(0, 200)) {
    if (!track.known || !(holds(track.followed.track.sensors, scene.moment) ?? []).includes(number)) continue;
    const [lat, lon] = place(track.x, track.y, track.z);
    const to = bearing(sensor.lat_deg, sensor.lon_deg, lat, lon);
    faces.forEach((face, i) => {
      const off = Math.abs(((to - face.azimuth_deg + 540) % 360) - 180);
      if (off <= face.half_width_deg) lit.add(i);
    });
  }
  return lit.size ? [...lit].sort() : faces.map((_, i) => i);
}

const MOST_KM = 9000;

/** The sectors that a radar's faces look into, out to so many kilometres. */
export function fans(sensor: Sensor, reach_km: number): GeoJSON.Polygon[] {
  return (sensor.faces ?? []).map(({ azimuth_deg, half_width_deg }) => {
    const site: [number, number] = [sensor.lon_deg, sensor.lat_deg];
    const steps = Math.max(4, Math.ceil(half_width_deg / 4));
    const arc = Array.from({ length: 2 * steps + 1 }, (_, i): [number, number] => {
      const bearing = azimuth_deg + half_width_deg * (i / steps - 1);
      const [lat, lon] = along(sensor.lat_deg, sensor.lon_deg, bearing, reach_km);
      return [lon, lat];
    });
    return { type: "Polygon", coordinates: [[site, ...arc, site]] };
  });
}

/** From where on the ground a satellite stands above the horizon. */
export function coverage(sensor: Sensor): GeoJSON.Polygon {
  const radius = (Math.acos(6371 / (6371 + (sensor.alt_km ?? 0))) * 180) / Math.PI;
  return geoCircle().center([sensor.lon_deg, sensor.lat_deg]).radius(radius)();
}
