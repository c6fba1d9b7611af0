// What flies: tracks as they are believed, missiles as they really were, and interceptors.
import { EARTH_KM, type Path } from "../columns";
import { CENTRE } from "../document";
import { MOST_PATHS, aheadOf, trackKey } from "../draw";
import { shotKey } from "../happened";
import { type Scene, type SeenTrack, ellipseOf, extent, positionArea } from "../scene";
import type { Layer } from "../state";
import { SAY, WORDS, km, squareKm } from "../words";
import type { Brush } from "./brush";
import { DASH, type Rgb, SIGNS, faded } from "./colors";
import { type Point, along, cross, less, point, scaled, sum, unit } from "./sphere";
import { curtain } from "./volumes";

const FEW = 14; // up to so many tracks, each says how high it is and how large its impact area
const NAMED = 300; // with more tracks, only the chosen one has a name

/** All that flies. The centre's signs are the smallest and come last, so that three holders' signs of one body are all seen. */
export function drawFlying(brush: Brush, scene: Scene, hidden: readonly Layer[]): void {
  drawTruth(brush, scene);
  const several = scene.tracks.filter((track) => track.known).length > 1;
  for (const track of [...scene.tracks].sort((a, b) => a.holder - b.holder)) drawTrack(brush, scene, track, several, !hidden.includes("paths"));
  drawShots(brush, scene);
}

function drawTruth(brush: Brush, scene: Scene): void {
  const few = scene.truth.length <= 3;
  for (const body of scene.truth) {
    const id = `truth.${body.object}`;
    const color = brush.colors.truth;
    const trail = points(body.path, body.trail, body.moment);
    const at: Point = [body.x, body.y, body.z];
    if (body.flies) trail.push(at);
    brush.airLines.add(trail, { width: id === brush.chosen ? 2.4 : 1.5, from: faded(color, 0.55), to: faded(color, 0.95) });
    if (scene.truth.length <= MOST_PATHS) curtain(trail, color, (f) => (0.02 + 0.08 * f) / Math.sqrt(scene.truth.length), brush.air);
    brush.signs.add(point(...body.launch_deg), 6, "ring", faded(color, 0.9), brush.colors.edge, 1);
    if (!body.stopped) {
      const end = point(...body.impact_deg);
      brush.signs.add(end, 10, "cross", faded(color, 1), brush.colors.edge, 1.2);
      if (few) brush.name(`${id}.impact`, WORDS.trueImpact, end, 25, color, { weight: 500, small: true });
    }
    if (!body.flies) continue;
    brush.drop(at, color, 0.6);
    brush.signs.add(at, 7, "circle", faded(color, 1), brush.colors.edge, 1.2);
    brush.ring(id, at, color);
    brush.pick({ id, at, size: 11 });
    if (few || id === brush.chosen) brush.name(id, WORDS.truePlace, at, 26, color, { note: `${km(Math.round(body.alt_km))} ${WORDS.high}`, weight: 500, gap: 11 });
  }
}

function drawTrack(brush: Brush, scene: Scene, track: SeenTrack, several: boolean, foretold: boolean): void {
  const id = trackKey(scene, track);
  const picked = id === brush.chosen;
  const holder = track.holder as 0;
  const color = brush.colors.holders[holder];
  const few = scene.tracks.length <= FEW;
  const paths = scene.tracks.length <= MOST_PATHS || picked;
  const rank = picked ? 0 : 10 + (track.holder === CENTRE ? 0 : 1) + Math.min(0.99, track.followed.number / 1000);
  drawStated(brush, scene, track, rank, several);
  if (!track.known) return;
  const below = positionArea(track);
  const [lat_deg, lon_deg] = [below?.lat_deg ?? 0, below?.lon_deg ?? 0];
  const at: Point = track.alt_km >= 0 ? [track.x, track.y, track.z] : point(lat_deg, lon_deg);
  const trail = points(track.followed, track.trail, track.moment);
  trail.push(at);
  const width = brush.crowd ? 1.3 : picked ? 3.2 : 2.3;
  brush.airLines.add(trail, { width, from: faded(color, 0.05), to: faded(color, 1), dash: brush.crowd ? 0 : DASH[holder] });
  if (paths) curtain(trail, color, (f) => 0.16 * f * f, brush.air);
  brush.drop(at, color, picked ? 0.9 : brush.crowd ? 0.3 : 0.6);
  if (below) brush.area(below, color, 0.18, 0.8, 1.1);
  if (paths && (foretold || picked)) drawAhead(brush, track, color, picked, 1 / Math.sqrt(Math.min(MOST_PATHS, scene.tracks.length)));
  const size = brush.crowd ? 7 : scene.perspective === "truth" ? [14, 10, 6.5][holder]! : [12, 11, 10][holder]!;
  brush.signs.add(at, size + (picked ? 2 : 0), SIGNS[holder], faded(color, 1), brush.colors.edge);
  brush.ring(id, at, color);
  brush.pick({ id, at, size: 12 });
  if (scene.tracks.length > NAMED && !picked) return;
  const height = (few || picked) && track.alt_km >= 0 ? { note: `${km(Math.round(track.alt_km))} ${WORDS.high}` } : {};
  brush.name(id, track.name, at, rank, color, { ...height, weight: 700, gap: 11 });
}

/** Where it says that it began and will end; a track that is known by heat alone has no other place. */
function drawStated(brush: Brush, scene: Scene, track: SeenTrack, rank: number, several: boolean): void {
  const id = trackKey(scene, track);
  const picked = id === brush.chosen;
  const holder = track.holder as 0;
  const color = brush.colors.holders[holder];
  const few = scene.tracks.length <= FEW;
  if (track.launch) brush.area(ellipseOf(track.launch), color, 0.06, picked ? 1 : 0.7, picked ? 1.8 : 1.1, 4.5);
  if (track.impact) {
    // What a partner's warning says is coarse: an outline behind what the holder's own track says.
    const fill = track.known ? (picked ? 0.26 : 0.18) : 0;
    brush.area(ellipseOf(track.impact), color, fill, track.known ? 0.95 : 0.5, picked ? 2.2 : track.known ? 1.5 : 1, DASH[holder]);
    const at = point(track.impact[0], track.impact[1]);
    if (track.known && (few || picked))
      brush.name(`${id}.impact`, `${several ? `${track.name}: ` : ""}${squareKm(extent(track.impact))}`, at, rank + 10, color, { note: WORDS.area90, weight: 700, gap: 12 });
    if (few) brush.pick({ id, at, size: 8 });
    if (!track.known) brush.ring(id, at, color);
    if (!track.known && few) brush.name(id, track.name, at, 40, color, { note: WORDS.partnersWarning, weight: 500 });
  }
  if (track.known || track.impact || !track.launch) return;
  const at = point(track.launch[0], track.launch[1]); // known by heat alone: no place but where it began
  brush.signs.add(at, 9, SIGNS[holder], faded(color, 0.25), faded(color, 0.95), 1.4);
  brush.ring(id, at, color);
  brush.pick({ id, at, size: 11 });
  if (few || picked) brush.name(id, track.name, at, 30, color, { note: WORDS.launchSeen, gap: 11 });
}

/** The path ahead, in the air, and the strip on the ground that it widens to. */
function drawAhead(brush: Brush, track: SeenTrack, color: Rgb, picked: boolean, thin: number): void {
  const next = aheadOf(track);
  if (!next || next.count < 2) return;
  const way: Point[] = [];
  for (let k = 0; k < next.count; k++) way.push([next.xyz[3 * k]!, next.xyz[3 * k + 1]!, next.xyz[3 * k + 2]!]);
  brush.airLines.add(way, { width: picked ? 2 : 1.4, from: faded(color, 0.95), to: faded(color, 0.65), dash: 9 });
  curtain(way, color, () => (picked ? 0.07 : 0.07 * thin), brush.air);
  const sides = corridor(way, next.half_km);
  brush.ground.net(sides, () => faded(color, picked ? 0.16 : 0.12 * thin));
}

function drawShots(brush: Brush, scene: Scene): void {
  const ended = new Set<string>();
  for (const { shot, number, site, party, flies, x, y, z } of scene.shots) {
    const id = shotKey(scene.rung, number);
    const color = brush.colors.holders[party as 0];
    const [from, to] = [point(site.lat_deg, site.lon_deg), point(...shot.place, shot.alt_km)];
    const now: Point = [x, y, z];
    const line = arc(from, now);
    brush.airLines.add(line, { width: 1.8, from: faded(color, 0.3), to: faded(color, 1) });
    if (flies) {
      brush.airLines.add(arc(now, to), { width: 1.1, from: faded(color, 0.7), to: faded(color, 0.4), dash: 5 });
      brush.drop(now, color, 0.4);
      brush.signs.add(now, 9, "plus", faded(color, 1), brush.colors.edge, 1.3);
      brush.ring(id, now, color);
      brush.pick({ id, at: now, size: 10 });
      const flying = `flies ${to.join()} ${site.id}`;
      const together = scene.shots.filter((one) => one.flies && one.site === site && one.shot.place.join() === shot.place.join());
      if (!ended.has(flying)) brush.name(flying, SAY.interceptors(together.length), now, 18, color, { weight: 500, small: true, gap: 8 });
      ended.add(flying);
      continue;
    }
    const key = to.join();
    brush.ring(id, to, color);
    brush.pick({ id, at: to, size: 14 });
    if (ended.has(key) && !shot.hit) continue;
    ended.add(key);
    brush.signs.add(to, shot.hit ? 24 : 13, shot.hit ? "burst" : "cross", faded(color, 1), brush.colors.edge, 1.3);
    const alike = scene.shots.filter((one) => !one.flies && one.shot.hit === shot.hit && one.shot.place.join() === shot.place.join());
    brush.name(`ended ${key}`, `${SAY.interceptors(alike.length)}: ${shot.hit ? WORDS.hit : WORDS.miss}`, to, 18, color, { gap: 15, weight: 600 });
  }
}

/** The points of a path that are believed, between two moments. */
function points(path: Path, from: number, to: number): Point[] {
  const out: Point[] = [];
  for (let moment = from; moment <= to; moment++) {
    const k = 3 * (moment - path.start);
    const x = path.xyz[k];
    if (x === undefined || Number.isNaN(x)) continue;
    out.push([x, path.xyz[k + 1]!, path.xyz[k + 2]!]);
  }
  return out;
}

function arc(from: Point, to: Point): Point[] {
  return Array.from({ length: 25 }, (_, k) => along(from, to, k / 24));
}

/** Both sides of a way on the ground, so many kilometres off. */
function corridor(way: readonly Point[], half_km: Float32Array): Point[][] {
  const [left, right]: [Point[], Point[]] = [[], []];
  way.forEach((p, k) => {
    const [q, r] = [way[Math.max(0, k - 1)]!, way[Math.min(way.length - 1, k + 1)]!];
    const up = unit(p);
    const side = unit(cross(up, less(r, q)));
    const half = Math.max(2, half_km[k] || 0) / EARTH_KM;
    left.push(unit(sum(up, scaled(side, half))));
    right.push(unit(sum(up, scaled(side, -half))));
  });
  return [left, way.map(unit), right];
}
