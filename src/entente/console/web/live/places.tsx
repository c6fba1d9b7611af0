/** Where it was seen: released areas and tracks on a small map. Areas keep the size with which they were released. */

import { geoCentroid, geoCircle, geoEquirectangular, geoGraticule10, geoPath, type GeoPermissibleObjects } from "d3-geo";
import { type ComponentChildren } from "preact";
import { follow } from "./choice";
import { hello, picture } from "./desk";
import type { Area } from "./wire";
import { WORDS, party } from "./words";
import { decode, type Topology, type World } from "../world";

const WIDTH = 420;
const HEIGHT = 260;
const KM_PER_DEG = 111.2;
const AROUND_DEG = 6;
let world: World | null = null;

export async function loadMap(): Promise<void> {
  try {
    world = decode((await (await fetch("assets/world.json")).json()) as Topology);
  } catch {
    world = null; // the areas are drawn without coasts
  }
}

export function Places(): ComponentChildren {
  follow();
  const drawn = areas();
  const projection = geoEquirectangular();
  const all = drawn.map(({ shape }) => shape);
  const seen = drawn.length > 0 ? { type: "GeometryCollection", geometries: all.flatMap((one) => around(one)) } : { type: "Sphere" };
  projection.fitSize([WIDTH, HEIGHT], seen as GeoPermissibleObjects);
  const path = geoPath(projection);
  const d = (shape: unknown): string => path(shape as GeoPermissibleObjects) ?? "";
  return (
    <figure class="places">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={WORDS.map}>
        <path class="grid" d={d(geoGraticule10())} />
        {world && <path class="land" d={d(world.land)} />}
        {drawn.map(({ shape, kind, by, about }, n) => (
          <path key={n} class={`${kind} party${by}`} d={d(shape)}>
            <title>{about}</title>
          </path>
        ))}
      </svg>
    </figure>
  );
}

interface Drawn {
  shape: unknown;
  kind: "launch" | "impact" | "track";
  by: number;
  about: string;
}

function areas(): Drawn[] {
  const parties = hello.value?.parties ?? [];
  const out: Drawn[] = [];
  for (const { body } of [...picture.launches.values()].slice(-24)) {
    const by = parties.indexOf(body.party);
    out.push({ shape: shape(body.launch_area), kind: "launch", by, about: `${party(body.party)}: launch` });
    if (body.impact_area)
      out.push({ shape: shape(body.impact_area), kind: "impact", by, about: `${party(body.party)}: impact` });
  }
  for (const { body } of [...picture.tracks.values()].slice(-64)) {
    const [x, y, z] = body.r_km;
    const at = [(Math.atan2(y, x) * 180) / Math.PI, (Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI];
    out.push({ shape: { type: "Point", coordinates: at }, kind: "track", by: parties.indexOf(body.party), about: body.track });
  }
  return out;
}

/** The same with some land around it, so that a single point has an extent, too. */
function around(one: unknown): unknown[] {
  const [lon, lat] = geoCentroid(one as GeoPermissibleObjects);
  return [one, geoCircle().center([lon, lat]).radius(AROUND_DEG)()];
}

/** An area as GeoJSON; an ellipse as the circle of its larger axis, which hides nothing. */
function shape(area: Area): unknown {
  if (area.shape === "polygon") {
    const ring = [...area.corners, area.corners[0] as [number, number]].map(([lat, lon]) => [lon, lat]);
    return { type: "LineString", coordinates: ring };
  }
  return geoCircle()
    .center([area.lon_deg, area.lat_deg])
    .radius(area.semi_major_km / KM_PER_DEG)();
}
