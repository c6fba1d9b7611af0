/** Where it was seen: released areas and tracks on a small map. Areas keep size, shape and bearing with which they were released.
 *
 * All tracks of a party are one path of dots, so that a thousand of them cost one change of the page. `data-drawn` is the newest
 * entry of the log that the map shows: by it anybody can see how old the picture is (bench/desk.py does).
 */

import { geoGraticule10, geoPath, type GeoPermissibleObjects } from "d3-geo";
import { type ComponentChildren } from "preact";
import { below, edge, type Place } from "./areas";
import { follow } from "./choice";
import { centreNow, hello, picture } from "./desk";
import { WHOLE, framed, projectionOf, type Frame } from "./framing";
import type { Area } from "./wire";
import { WORDS, colour, party } from "./words";
import { decode, type Topology, type World } from "../world";

const WIDTH = 420;
const HEIGHT = 260;
const MOST_LAUNCHES = 24; // areas of those heard of last
export const GONE_MS = 600_000; // as exchange/ruling/tracking.py has it: what comes later is another track
const OLD_MS = 30_000;

let world: World | null = null;
let frame: Frame = WHOLE;
let ground: { of: Frame; with: World | null; grid: string; land: string } | null = null;

export async function loadMap(): Promise<void> {
  try {
    world = decode((await (await fetch("assets/world.json")).json()) as Topology);
  } catch {
    world = null; // the areas are drawn without coasts
  }
}

export function Places(): ComponentChildren {
  follow();
  const parties = hello.value?.parties ?? [];
  const areas = areasOf();
  const tracks = parties.map(tracksOf);
  frame = framed([...areas.flatMap((one) => one.edge), ...tracks.flatMap((one) => [...one.now, ...one.old])], frame);
  const projection = projectionOf(frame, WIDTH, HEIGHT);
  const path = geoPath(projection);
  const dots = (places: Place[]): string =>
    places
      .map((place) => projection(place))
      .map((at) => (at ? `M${at[0].toFixed(2)} ${at[1].toFixed(2)}h0` : ""))
      .join("");
  const { grid, land } = groundOf(frame);
  return (
    <figure class="places" data-drawn={picture.next - 1}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={WORDS.map}>
        <path class="grid" d={grid} />
        <path class="land" d={land} />
        {areas.map(({ key, edge, kind, by, about }) => (
          <path key={key} class={`${kind} party${colour(by, parties)}`} d={path({ type: "LineString", coordinates: edge }) ?? ""}>
            <title>{about}</title>
          </path>
        ))}
        {tracks.map(({ by, now, old }) => (
          <g key={by} class={`party${colour(by, parties)}`}>
            <path class="tracks old" d={dots(old)} />
            <path class="tracks" d={dots(now)} />
          </g>
        ))}
      </svg>
      <figcaption>
        {tracks.map(({ by, now, old }) => (
          <span key={by} class={`by party${colour(by, parties)}`}>
            {party(by)}: {WORDS.tracks(now.length + old.length)}
            {old.length > 0 && `, ${WORDS.oldTracks(old.length)}`}
          </span>
        ))}
        <span>{WORDS.legend}</span>
      </figcaption>
    </figure>
  );
}

interface DrawnArea {
  key: string;
  edge: Place[];
  kind: "launch" | "impact";
  by: string;
  about: string;
}

function areasOf(): DrawnArea[] {
  const out: DrawnArea[] = [];
  const latest = [...picture.launches].sort(([, a], [, b]) => a.index - b.index).slice(-MOST_LAUNCHES);
  for (const [name, { body }] of latest)
    for (const [kind, area] of [["launch", body.launch_area], ["impact", body.impact_area]] as const)
      if (area) {
        const about = `${party(body.party)}: ${WORDS.areas[kind]}, ${WORDS.sized(area)}`;
        out.push({ key: `${name} ${kind}`, edge: edge(area as Area), kind, by: body.party, about });
      }
  return out;
}

/** Where a party's tracks are by their last states: those of now, and those of which nothing was heard for a while. */
function tracksOf(by: string): { by: string; now: Place[]; old: Place[] } {
  const [now, old]: [Place[], Place[]] = [[], []];
  const time = centreNow();
  for (const { body } of picture.tracks.values()) {
    const age = time - Date.parse(body.observed);
    if (body.party === by && age <= GONE_MS) {
      const [lon, lat] = below(body.r_km);
      (age > OLD_MS ? old : now).push([lon, lat]);
    }
  }
  return { by, now, old };
}

/** Grid and land, worked out anew only where the map moves: of all that is drawn they cost most. */
function groundOf(of: Frame): { grid: string; land: string } {
  if (ground?.of !== of || ground.with !== world) {
    const path = geoPath(projectionOf(of, WIDTH, HEIGHT));
    const d = (shape: unknown): string => path(shape as GeoPermissibleObjects) ?? "";
    ground = { of, with: world, grid: d(geoGraticule10()), land: world ? d(world.land) : "" };
  }
  return ground;
}
