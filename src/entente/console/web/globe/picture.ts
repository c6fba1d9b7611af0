// From a scene to what is drawn: batches of surfaces, lines and signs, names, and what can be picked.
import { EARTH_KM, type Path } from "../columns";
import { CENTRE } from "../document";
import { MOST_PATHS, aheadOf, shortName, trackKey } from "../draw";
import { type Ellipse, type Scene, type SeenTrack, ellipseOf, extent, positionArea } from "../scene";
import { WORDS, km, number, squareKm } from "../words";
import { type Colors, DASH, type Rgb, SIGNS, css, faded } from "./colors";
import type { Label } from "./labels";
import { type Marks, marks } from "./marks";
import { type Ribbons, type Shared, ribbons } from "./ribbons";
import { type Sheets, sheets } from "./sheets";
import { type Point, along, ellipse, point, scaled, sum, unit } from "./sphere";
import { eased } from "./view";
import { cone, curtain, fan } from "./volumes";

/** Something that can be chosen: where it is, and how wide its sign is. */
export interface Pickable {
  id: string;
  at: Point;
  size: number;
}

export interface Picture {
  parts: (Ribbons | Sheets | Marks)[];
  labels: Label[];
  pickable: Pickable[];
  /** Draw a scene; what does not move is drawn anew only when it has changed. */
  draw(scene: Scene, colors: Colors, selected: string): void;
  /** Where the eye is, in radii from the ground: as it draws back, satellites' cones come and signs shrink. */
  from(distance: number): void;
  dispose(): void;
}

const FEW = 14; // up to so many tracks, each says how high it is and how large its impact area
const CROWD = 200; // with more tracks, areas have fewer corners and no washes

/** A picture, empty. */
export function picture(shared: Shared): Picture {
  const still = {
    ground: sheets(shared, true, 10),
    groundLines: ribbons(shared, true, 12),
    air: sheets(shared, false, 30),
    airLines: ribbons(shared, false, 32),
  };
  const high = {
    ground: still.ground,
    groundLines: ribbons(shared, true, 13),
    air: sheets(shared, false, 31),
    airLines: ribbons(shared, false, 33),
  };
  const ground = sheets(shared, true, 14);
  const groundLines = ribbons(shared, true, 16);
  const air = sheets(shared, false, 40);
  const airLines = ribbons(shared, false, 42);
  const signs = marks(shared, 50);
  const parts = [
    still.ground,
    still.groundLines,
    still.air,
    still.airLines,
    high.groundLines,
    high.air,
    high.airLines,
    ground,
    groundLines,
    air,
    airLines,
    signs,
  ];
  const moving = [ground, groundLines, air, airLines, signs];
  const standing = [still.ground, still.groundLines, still.air, still.airLines, high.groundLines, high.air, high.airLines];
  let stood = "";
  let distance = 1;
  let c: Colors;
  let chosen = "";
  let crowd = false;

  const one: Picture = {
    parts,
    labels: [],
    pickable: [],
    draw(scene, colors, selected) {
      c = colors;
      chosen = selected;
      crowd = scene.tracks.length > CROWD;
      one.labels = [];
      one.pickable = [];
      const key = `${colors.dark}|${selected}|${scene.sensors.map((s) => `${s.number}${s.sees ? "+" : ""}`).join()}`;
      if (key !== stood) {
        stood = key;
        for (const batch of standing) batch.clear();
        sensors(scene, true);
        for (const batch of standing) batch.done();
        one.from(distance);
      }
      for (const batch of moving) batch.clear();
      regions(scene);
      notice(scene);
      sensors(scene, false);
      sites(scene);
      truth(scene);
      // The centre's sign is the smallest and comes last, so that three holders' signs of one body are all seen.
      const several = scene.tracks.filter((track) => track.known).length > 1;
      for (const track of [...scene.tracks].sort((a, b) => a.holder - b.holder)) drawTrack(scene, track, several);
      shots(scene);
      for (const batch of moving) batch.done();
    },
    from(value) {
      distance = value;
      const strength = eased(3, 9, value);
      high.air.strength(strength);
      high.airLines.strength(strength);
      signs.scale(1 - 0.5 * eased(5, 18, value));
    },
    dispose() {
      for (const part of parts) part.dispose();
    },
  };

  function name(id: string, text: string, at: Point, rank: number, color: Rgb, more: Partial<Label> = {}): void {
    const picked = id === chosen;
    one.labels.push({ id, text, at, gap: 9, color: css(color), ...more, rank: picked ? rank / 1e3 : rank, ...(picked ? { weight: 700 } : {}) });
  }

  /** A ring around what is chosen. */
  function ring(id: string, at: Point, color: Rgb): void {
    if (id === chosen) signs.add(at, 30, "ring", faded(c.dark ? c.ink : color, 1), c.edge, 1.2);
  }

  /** An ellipse on the ground: filled, and its rim. */
  function area(e: Ellipse, color: Rgb, fill: number, line: number, width: number, dash = 0): void {
    if (!(e.major_km > 0) || !(e.minor_km > 0) || e.major_km > 9000) return;
    const rim = ellipse(e.lat_deg, e.lon_deg, e.major_km, e.minor_km, e.bearing_deg, crowd ? 20 : e.major_km > 600 ? 96 : 56);
    const wash = fill * Math.min(1, Math.sqrt(180 / e.major_km)); // large areas say little, and loudly
    if (fill > 0 && !crowd) ground.drape(point(e.lat_deg, e.lon_deg), rim, faded(color, wash));
    groundLines.add(rim, { width, from: faded(color, line), dash }, true);
  }

  function sensors(scene: Scene, standingOnly: boolean): void {
    for (const { sensor, sees } of scene.sensors) {
      const color = c.holders[sensor.party as 0];
      const id = `sensor.${sensor.id}`;
      const radar = sensor.kind === "radar";
      const at = point(sensor.lat_deg, sensor.lon_deg, sensor.alt_km ?? 0);
      if (standingOnly) {
        const weight = (id === chosen ? 1.9 : sees ? 1 : 0.55) * (c.dark ? 1 : 0.9);
        if (radar) fan(sensor, sensor.reach_body_km ?? sensor.reach_km ?? 0, color, weight, sees || id === chosen, c.dark ? 1 : 0.65, still);
        else cone(sensor, color, weight * 0.7, id === chosen ? still : high);
        continue;
      }
      const [tint, edge] = sees ? [faded(color, 1), c.edge] : [c.edge, faded(color, 0.9)];
      signs.add(at, radar ? 9 : 8, SIGNS[sensor.party as 0], tint, edge, sees ? 1.5 : 1.2, !radar);
      ring(id, at, color);
      one.pickable.push({ id, at, size: 12 });
      const rank = sees ? (radar ? 45 : 50) : radar ? 80 : 85;
      name(id, shortName(sensor.title), at, rank, sees ? c.ink : c.muted, { small: true, weight: 500, gap: radar ? 8 : 13 });
    }
  }

  function sites(scene: Scene): void {
    for (const site of scene.sites) {
      const color = c.holders[site.party as 0];
      const id = `site.${site.id}`;
      const at = point(site.lat_deg, site.lon_deg);
      signs.add(at, 9, "site", c.edge, faded(color, 0.95), 1.3);
      ring(id, at, color);
      one.pickable.push({ id, at, size: 12 });
      if (id === chosen && site.range_km) {
        area({ ...site, major_km: site.range_km, minor_km: site.range_km, bearing_deg: 0 }, color, 0.1, 0.7, 1.2);
      }
      name(id, shortName(site.title), at, 70, c.muted, { small: true, weight: 500 });
    }
  }

  function regions(scene: Scene): void {
    for (const region of scene.regions) {
      const color = region.party === null ? c.muted : c.holders[region.party as 0];
      const id = `region.${region.name}`;
      const at = point(region.lat_deg, region.lon_deg);
      const e = { ...region, major_km: region.radius_km, minor_km: region.radius_km, bearing_deg: 0 };
      area(e, color, id === chosen ? 0.2 : 0.08, id === chosen ? 1 : 0.6, id === chosen ? 2 : 1, 4);
      one.pickable.push({ id, at, size: 10 });
      const concerned = region.roles.length > 0;
      name(id, region.title, at, concerned ? 35 : 60, concerned ? c.ink : c.muted, { weight: concerned ? 600 : 500, small: !concerned });
    }
  }

  function notice(scene: Scene): void {
    if (!scene.notice) return;
    const { notice: said, open } = scene.notice;
    const e = { lat_deg: said.lat_deg, lon_deg: said.lon_deg, major_km: said.radius_km, minor_km: said.radius_km, bearing_deg: 0 };
    area(e, c.notice, open ? 0.2 : 0.08, open ? 1 : 0.6, open ? 2 : 1.2, 8);
    const at = point(said.lat_deg, said.lon_deg);
    one.pickable.push({ id: "notice", at, size: 14 });
    name("notice", WORDS.noticeTitle, at, 30, c.notice, { note: open ? WORDS.noticeOpen : WORDS.noticeClosed, gap: 12 });
  }

  function truth(scene: Scene): void {
    const few = scene.truth.length <= 3;
    for (const body of scene.truth) {
      const id = `truth.${body.object}`;
      const color = c.truth;
      const trail = points(body.path, body.trail, body.moment);
      const at: Point = [body.x, body.y, body.z];
      if (body.flies) trail.push(at);
      airLines.add(trail, { width: id === chosen ? 2.4 : 1.5, from: faded(color, 0.55), to: faded(color, 0.95) });
      if (scene.truth.length <= MOST_PATHS) curtain(trail, color, (f) => (0.02 + 0.08 * f) / Math.sqrt(scene.truth.length), air);
      signs.add(point(...body.launch_deg), 6, "ring", faded(color, 0.9), c.edge, 1);
      if (!body.stopped) {
        const end = point(...body.impact_deg);
        signs.add(end, 10, "cross", faded(color, 1), c.edge, 1.2);
        if (few) name(`${id}.impact`, "true impact", end, 25, color, { weight: 500, small: true });
      }
      if (!body.flies) continue;
      drop(at, color, 0.6);
      signs.add(at, 7, "circle", faded(color, 1), c.edge, 1.2);
      ring(id, at, color);
      one.pickable.push({ id, at, size: 11 });
      if (few || id === chosen) name(id, "true place", at, 26, color, { note: `${km(Math.round(body.alt_km))} high`, weight: 500, gap: 11 });
    }
  }

  function drawTrack(scene: Scene, track: SeenTrack, several: boolean): void {
    const id = trackKey(scene, track);
    const picked = id === chosen;
    const holder = track.holder as 0;
    const [color, sign] = [c.holders[holder], SIGNS[holder]];
    const few = scene.tracks.length <= FEW;
    const paths = scene.tracks.length <= MOST_PATHS || picked;
    const rank = picked ? 0 : 10 + (track.holder === CENTRE ? 0 : 1) + Math.min(0.99, track.followed.number / 1000);
    if (track.launch) area(ellipseOf(track.launch), color, 0.06, picked ? 1 : 0.7, picked ? 1.8 : 1.1, 4.5);
    if (track.impact) {
      // What a partner's warning says is coarse: an outline behind what the holder's own track says.
      const fill = track.known ? (picked ? 0.26 : 0.18) : 0;
      area(ellipseOf(track.impact), color, fill, track.known ? 0.95 : 0.5, picked ? 2.2 : track.known ? 1.5 : 1, DASH[holder]);
      const at = point(track.impact[0], track.impact[1]);
      if (track.known && (few || picked))
        name(`${id}.impact`, `${several ? `${track.name}: ` : ""}${squareKm(extent(track.impact))}`, at, rank + 10, color, { note: WORDS.area90, weight: 700, gap: 12 });
      if (!track.known && few) name(id, track.name, at, 40, color, { note: "partner’s warning", weight: 500 });
    }
    if (!track.known) {
      if (track.impact || !track.launch) return;
      const at = point(track.launch[0], track.launch[1]); // known by heat alone: no place but where it began
      signs.add(at, 9, sign, faded(color, 0.25), faded(color, 0.95), 1.4);
      ring(id, at, color);
      one.pickable.push({ id, at, size: 11 });
      if (few || picked) name(id, track.name, at, 30, color, { note: "launch area", gap: 11 });
      return;
    }
    const below = positionArea(track);
    const [lat_deg, lon_deg] = [below?.lat_deg ?? 0, below?.lon_deg ?? 0];
    const at: Point = track.alt_km >= 0 ? [track.x, track.y, track.z] : point(lat_deg, lon_deg);
    const trail = points(track.followed, track.trail, track.moment);
    trail.push(at);
    const width = crowd ? 1.3 : picked ? 3.2 : 2.3;
    airLines.add(trail, { width, from: faded(color, 0.05), to: faded(color, 1), dash: crowd ? 0 : DASH[holder] });
    if (paths) curtain(trail, color, (f) => 0.16 * f * f, air);
    drop(at, color, picked ? 0.9 : crowd ? 0.3 : 0.6);
    if (below) area(below, color, 0.18, 0.8, 1.1);
    if (paths) path(track, color, picked, 1 / Math.sqrt(Math.min(MOST_PATHS, scene.tracks.length)));
    const size = crowd ? 7 : scene.perspective === "truth" ? [14, 10, 6.5][holder]! : [12, 11, 10][holder]!;
    signs.add(at, size + (picked ? 2 : 0), sign, faded(color, 1), c.edge);
    ring(id, at, color);
    one.pickable.push({ id, at, size: 12 });
    if (scene.tracks.length > 300 && !picked) return;
    const height = (few || picked) && track.alt_km >= 0 ? { note: `${number(Math.round(track.alt_km))} km high` } : {};
    name(id, track.name, at, rank, color, { ...height, weight: 700, gap: 11 });
  }

  /** The path ahead, in the air, and the strip on the ground that it widens to. */
  function path(track: SeenTrack, color: Rgb, picked: boolean, thin: number): void {
    const next = aheadOf(track);
    if (!next || next.count < 2) return;
    const way: Point[] = [];
    for (let k = 0; k < next.count; k++) way.push([next.xyz[3 * k]!, next.xyz[3 * k + 1]!, next.xyz[3 * k + 2]!]);
    airLines.add(way, { width: picked ? 2 : 1.4, from: faded(color, 0.95), to: faded(color, 0.65), dash: 9 });
    curtain(way, color, () => (picked ? 0.07 : 0.07 * thin), air);
    const sides = corridor(way, next.half_km);
    ground.net(sides, () => faded(color, picked ? 0.16 : 0.12 * thin));
  }

  function shots(scene: Scene): void {
    const ended = new Set<string>();
    for (const { shot, site, party, flies, x, y, z } of scene.shots) {
      const color = c.holders[party as 0];
      const [from, to] = [point(site.lat_deg, site.lon_deg), point(...shot.place, shot.alt_km)];
      const now: Point = [x, y, z];
      const line = arc(from, now);
      airLines.add(line, { width: 1.8, from: faded(color, 0.3), to: faded(color, 1) });
      if (flies) {
        airLines.add(arc(now, to), { width: 1.1, from: faded(color, 0.7), to: faded(color, 0.4), dash: 5 });
        drop(now, color, 0.4);
        signs.add(now, 9, "plus", faded(color, 1), c.edge, 1.3);
        const flying = `flies ${to.join()} ${site.id}`;
        if (!ended.has(flying)) name(flying, WORDS.shotsFrom, now, 18, color, { weight: 500, small: true, gap: 8 });
        ended.add(flying);
        continue;
      }
      const key = to.join();
      if (ended.has(key) && !shot.hit) continue;
      ended.add(key);
      signs.add(to, shot.hit ? 24 : 13, shot.hit ? "burst" : "cross", faded(color, 1), c.edge, 1.3);
      name(`ended ${key}`, `${WORDS.shotsFrom}: ${shot.hit ? WORDS.hit : WORDS.miss}`, to, 18, color, { gap: 15, weight: 600 });
    }
  }

  /** From an object down to the ground. */
  function drop(at: Point, color: Rgb, alpha: number): void {
    const below = unit(at);
    airLines.add([at, below], { width: 1, from: faded(color, alpha), to: faded(color, alpha * 0.6) });
    signs.add(below, 3.2, "circle", faded(color, alpha), c.edge, 0.6);
  }

  return one;
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
    const ahead: Point = [r[0] - q[0], r[1] - q[1], r[2] - q[2]];
    const side = unit([up[1] * ahead[2] - up[2] * ahead[1], up[2] * ahead[0] - up[0] * ahead[2], up[0] * ahead[1] - up[1] * ahead[0]]);
    const half = Math.max(2, half_km[k] || 0) / EARTH_KM;
    left.push(unit(sum(up, scaled(side, half))));
    right.push(unit(sum(up, scaled(side, -half))));
  });
  return [left, way.map(unit), right];
}
