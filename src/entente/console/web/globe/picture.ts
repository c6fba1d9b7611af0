// From a scene to what is drawn: batches of surfaces, lines and signs, names, and what can be picked.
import { EARTH_KM, type Path } from "../columns";
import { CENTRE } from "../document";
import { type Ahead, ahead } from "../predict";
import { type Ellipse, type Scene, type SeenTrack, ellipseOf, positionArea } from "../scene";
import { WORDS, km } from "../words";
import { type Colors, DASH, type Rgb, SIGNS, css, faded } from "./colors";
import type { Label } from "./labels";
import { type Marks, marks } from "./marks";
import { type Ribbons, type Shared, ribbons } from "./ribbons";
import { type Sheets, sheets } from "./sheets";
import { type Point, along, ellipse, point, scaled, sum, unit } from "./sphere";
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
  draw(scene: Scene, colors: Colors, selected: string | null): void;
  /** How far the eye is: cones of far satellites fade in as it draws back. */
  from(distance: number): void;
  dispose(): void;
}

const MANY = 40; // with more tracks, only the chosen one has its path ahead

export const idOf = {
  track: (track: SeenTrack) => `track:${track.followed.track.id}`,
  sensor: (id: string) => `sensor:${id}`,
  site: (id: string) => `site:${id}`,
  region: (name: string) => `region:${name}`,
  truth: (object: number) => `truth:${object}`,
  notice: () => "notice",
};

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
  const paths = new Map<string, Ahead | null>();
  let stood = "";
  let strength = 1;
  let c: Colors;
  let chosen: string | null = null;

  const one: Picture = {
    parts,
    labels: [],
    pickable: [],
    draw(scene, colors, selected) {
      c = colors;
      chosen = selected;
      one.labels = [];
      one.pickable = [];
      const key = `${colors.dark}|${selected}|${scene.sensors.map((s) => `${s.number}${s.sees ? "+" : ""}`).join()}`;
      if (key !== stood) {
        stood = key;
        for (const batch of standing) batch.clear();
        sensors(scene, true);
        for (const batch of standing) batch.done();
        one.from(strength);
      }
      for (const batch of moving) batch.clear();
      regions(scene);
      notice(scene);
      sensors(scene, false);
      sites(scene);
      truth(scene);
      if (paths.size > 4 * MANY) paths.clear();
      for (const track of scene.tracks) drawTrack(track, scene.tracks.length <= MANY);
      shots(scene);
      for (const batch of moving) batch.done();
    },
    from(value) {
      strength = value;
      high.air.strength(value);
      high.airLines.strength(value);
    },
    dispose() {
      for (const part of parts) part.dispose();
    },
  };

  function name(id: string, text: string, at: Point, rank: number, color: Rgb, more: Partial<Label> = {}): void {
    const picked = id === chosen;
    one.labels.push({ id, text, at, rank: picked ? -1 : rank, gap: 9, color: css(color), strong: picked, ...more });
  }

  function ring(id: string, at: Point, size: number, color: Rgb): void {
    if (id === chosen) signs.add(at, size, "ring", faded(color, 1), faded(color, 0), 0);
  }

  /** An ellipse on the ground: filled, and its rim. */
  function area(e: Ellipse, color: Rgb, fill: number, line: number, width: number, dash = 0): void {
    if (!(e.major_km > 0) || !(e.minor_km > 0) || e.major_km > 9000) return;
    const rim = ellipse(e.lat_deg, e.lon_deg, e.major_km, e.minor_km, e.bearing_deg, e.major_km > 600 ? 96 : 56);
    if (fill > 0) ground.drape(point(e.lat_deg, e.lon_deg), rim, faded(color, fill));
    groundLines.add(rim, { width, from: faded(color, line), dash }, true);
  }

  function sensors(scene: Scene, standingOnly: boolean): void {
    for (const { sensor, sees } of scene.sensors) {
      const color = c.holders[sensor.party as 0];
      const id = idOf.sensor(sensor.id);
      const radar = sensor.kind === "radar";
      const at = point(sensor.lat_deg, sensor.lon_deg, sensor.alt_km ?? 0);
      if (standingOnly) {
        const weight = (id === chosen ? 2 : sees ? 1 : 0.42) * (c.dark ? 1 : 1.25);
        if (radar) fan(sensor, sensor.reach_body_km ?? sensor.reach_km ?? 0, color, weight, still);
        else cone(sensor, color, weight * (id === chosen ? 1 : 0.7), high);
        continue;
      }
      signs.add(at, radar ? 11 : 10, radar ? "fan" : "square", faded(color, sees ? 1 : 0.75), c.edge);
      ring(id, at, 20, c.ink);
      one.pickable.push({ id, at, size: 11 });
      name(id, short(sensor.title), at, radar ? (sees ? 40 : 70) : sees ? 45 : 75, c.muted);
    }
  }

  function sites(scene: Scene): void {
    for (const site of scene.sites) {
      const color = c.holders[site.party as 0];
      const id = idOf.site(site.id);
      const at = point(site.lat_deg, site.lon_deg);
      signs.add(at, 9, "plus", faded(color, 0.95), c.edge);
      ring(id, at, 20, c.ink);
      one.pickable.push({ id, at, size: 9 });
      if (id === chosen && site.range_km) {
        area({ ...site, major_km: site.range_km, minor_km: site.range_km, bearing_deg: 0 }, color, 0.1, 0.7, 1.2);
      }
      name(id, short(site.title), at, 60, c.muted);
    }
  }

  function regions(scene: Scene): void {
    for (const region of scene.regions) {
      const color = region.party === null ? c.muted : c.holders[region.party as 0];
      const id = idOf.region(region.name);
      const at = point(region.lat_deg, region.lon_deg);
      const e = { ...region, major_km: region.radius_km, minor_km: region.radius_km, bearing_deg: 0 };
      area(e, color, 0.1, id === chosen ? 1 : 0.6, id === chosen ? 2 : 1.1, 5);
      one.pickable.push({ id, at, size: 12 });
      name(id, region.title, at, region.roles.length ? 25 : 55, region.roles.length ? c.ink : c.muted, { gap: 10 });
    }
  }

  function notice(scene: Scene): void {
    if (!scene.notice) return;
    const { notice: said, open } = scene.notice;
    const e = { lat_deg: said.lat_deg, lon_deg: said.lon_deg, major_km: said.radius_km, minor_km: said.radius_km, bearing_deg: 0 };
    area(e, c.notice, open ? 0.2 : 0.08, open ? 1 : 0.6, open ? 2 : 1.2, 8);
    const at = point(said.lat_deg, said.lon_deg);
    one.pickable.push({ id: idOf.notice(), at, size: 14 });
    name(idOf.notice(), WORDS.noticeTitle, at, 30, c.notice, { note: open ? WORDS.noticeOpen : WORDS.noticeClosed, gap: 12 });
  }

  function truth(scene: Scene): void {
    for (const body of scene.truth) {
      const id = idOf.truth(body.object);
      const trail = points(body.path, body.trail, body.moment);
      if (body.flies) trail.push([body.x, body.y, body.z]);
      const color = c.truth;
      airLines.add(trail, { width: id === chosen ? 2.4 : 1.5, from: faded(color, 0.55), to: faded(color, 0.95) });
      if (scene.truth.length <= MANY) curtain(trail, color, (f) => 0.02 + 0.1 * f, air);
      const from = point(...body.launch_deg);
      signs.add(from, 7, "ring", faded(color, 0.9), c.edge, 1);
      if (!body.flies) {
        const end = trail[trail.length - 1];
        if (end) signs.add(body.stopped ? end : point(...body.impact_deg), 11, "cross", faded(color, 1), c.edge, 1.2);
        continue;
      }
      const at: Point = [body.x, body.y, body.z];
      drop(at, color, 0.6);
      signs.add(at, 9, "cross", faded(color, 1), c.edge, 1.2);
      ring(id, at, 20, c.ink);
      one.pickable.push({ id, at, size: 11 });
      if (id === chosen) name(id, `${WORDS.truthOf} ${body.object + 1}`, at, 20, color, { note: km(body.alt_km) });
    }
  }

  function drawTrack(track: SeenTrack, few: boolean): void {
    const id = idOf.track(track);
    const picked = id === chosen;
    const color = c.holders[track.holder as 0];
    if (track.launch) area(ellipseOf(track.launch), color, 0.06, picked ? 1 : 0.65, picked ? 1.8 : 1.1, 5);
    if (track.impact) area(ellipseOf(track.impact), color, picked ? 0.26 : 0.17, 1, picked ? 2.2 : 1.5);
    const trail = points(track.followed, track.trail, track.moment);
    if (!track.known) {
      if (!track.launch) return;
      // Known by heat alone: no place yet but where it began.
      const at = point(track.launch[0], track.launch[1]);
      signs.add(at, 9, SIGNS[track.holder as 0], faded(color, 0.25), faded(color, 0.95), 1.4);
      ring(id, at, 20, c.ink);
      one.pickable.push({ id, at, size: 11 });
      name(id, track.name, at, 5 + rankOf(track), color, { gap: 11 });
      return;
    }
    const at: Point = [track.x, track.y, track.z];
    trail.push(at);
    airLines.add(trail, { width: picked ? 3.2 : 2.3, from: faded(color, 0.05), to: faded(color, 1), dash: DASH[track.holder as 0] });
    if (few || picked) curtain(trail, color, (f) => 0.16 * f * f, air);
    drop(at, color, picked ? 0.9 : 0.6);
    const below = positionArea(track);
    if (below) area(below, color, 0.22, 0.85, 1.1);
    if (few || picked) path(track, color, picked);
    signs.add(at, picked ? 12 : 10, SIGNS[track.holder as 0], faded(color, 1), c.edge);
    ring(id, at, 24, c.ink);
    one.pickable.push({ id, at, size: 12 });
    name(id, track.name, at, rankOf(track), color, { note: km(track.alt_km), gap: 11 });
  }

  /** The path ahead, in the air, and the strip on the ground that it widens to. */
  function path(track: SeenTrack, color: Rgb, picked: boolean): void {
    const key = `${track.followed.track.id}@${track.moment}@${track.followed.track.holder}@${track.x.toFixed(6)}`;
    let next = paths.get(key);
    if (next === undefined) {
      next = ahead(track);
      paths.set(key, next);
    }
    if (!next || next.count < 2) return;
    const way: Point[] = [];
    for (let k = 0; k < next.count; k++) way.push([next.xyz[3 * k]!, next.xyz[3 * k + 1]!, next.xyz[3 * k + 2]!]);
    airLines.add(way, { width: picked ? 2 : 1.4, from: faded(color, 0.95), to: faded(color, 0.65), dash: 6 });
    curtain(way, color, () => (picked ? 0.07 : 0.04), air);
    const sides = corridor(way, next.half_km);
    ground.net(sides, () => faded(color, picked ? 0.16 : 0.09));
  }

  function shots(scene: Scene): void {
    const ended = new Set<string>();
    for (const { shot, site, party, flies, x, y, z } of scene.shots) {
      const color = c.holders[party as 0];
      const [from, to] = [point(site.lat_deg, site.lon_deg), point(...shot.place, shot.alt_km)];
      const now: Point = [x, y, z];
      const line = arc(from, now);
      airLines.add(line, { width: 1.8, from: faded(c.ink, 0.25), to: faded(c.ink, 0.95) });
      if (flies) {
        airLines.add(arc(now, to), { width: 1.1, from: faded(c.ink, 0.5), to: faded(c.ink, 0.3), dash: 5 });
        drop(now, c.ink, 0.35);
        signs.add(now, 7, "circle", faded(c.ink, 1), faded(color, 1), 1.6);
        continue;
      }
      const key = to.join();
      if (ended.has(key) && !shot.hit) continue;
      ended.add(key);
      signs.add(to, shot.hit ? 22 : 14, shot.hit ? "burst" : "cross", faded(c.ink, 0.95), faded(color, 1), 1.4);
      name(`shot:${key}`, shot.hit ? WORDS.hit : WORDS.miss, to, 15, c.ink, { gap: 15 });
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

/** Fused tracks before national ones, the older before the younger. */
function rankOf(track: SeenTrack): number {
  return (track.holder === CENTRE ? 0 : 1) + Math.min(1, track.followed.number / 1000);
}

/** The first part of a title, up to its first comma, cut where it is long. */
export function short(title: string): string {
  const head = title.split(/[,(:]/)[0]!.trim();
  return head.length > 26 ? `${head.slice(0, 25)}…` : head;
}

