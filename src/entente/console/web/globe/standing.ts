// What stands: sensors and what they can see, interceptor sites, regions, and an announced launch.
import { shortName } from "../draw";
import type { Scene } from "../scene";
import { roleOf } from "../ground";
import type { Layer } from "../state";
import { WORDS } from "../words";
import type { Brush } from "./brush";
import { SIGNS, faded } from "./colors";
import { point } from "./sphere";
import { type Drawn, cone, fan } from "./volumes";

/** All that stands, with its names; the volumes apart, as they seldom change. */
export function drawStanding(brush: Brush, scene: Scene, hidden: readonly Layer[]): void {
  if (!hidden.includes("regions")) drawRegions(brush, scene);
  drawNotice(brush, scene);
  drawSensors(brush, scene);
  drawSites(brush, scene);
}

/** What sensors can see: fans near by, cones where the eye is far off; the chosen one's in any case. */
export function drawVolumes({ colors, chosen }: Brush, scene: Scene, near: Drawn, far: Drawn, hidden: readonly Layer[]): void {
  for (const { sensor, sees } of scene.sensors) {
    if (`sensor.${sensor.id}` !== chosen && hidden.includes(sensor.kind === "radar" ? "radars" : "satellites")) continue;
    const color = colors.holders[sensor.party as 0];
    const picked = `sensor.${sensor.id}` === chosen;
    const weight = (picked ? 1.9 : sees ? 1 : 0.55) * (colors.dark ? 1 : 0.9);
    const reach_km = sensor.reach_body_km ?? sensor.reach_km ?? 0;
    if (sensor.kind === "radar") fan(sensor, reach_km, color, weight, sees || picked, colors.dark ? 1 : 0.65, near);
    else cone(sensor, color, weight * 0.7, picked ? near : far);
  }
}

function drawSensors(brush: Brush, scene: Scene): void {
  for (const { sensor, sees } of scene.sensors) {
    const color = brush.colors.holders[sensor.party as 0];
    const id = `sensor.${sensor.id}`;
    const radar = sensor.kind === "radar";
    const at = point(sensor.lat_deg, sensor.lon_deg, sensor.alt_km ?? 0);
    const [tint, edge] = sees ? [faded(color, 1), brush.colors.edge] : [brush.colors.edge, faded(color, 0.9)];
    brush.signs.add(at, radar ? 9 : 8, SIGNS[sensor.party as 0], tint, edge, sees ? 1.5 : 1.2, !radar);
    brush.ring(id, at, color);
    brush.pick({ id, at, size: 12 });
    const rank = sees ? (radar ? 45 : 50) : radar ? 80 : 85;
    brush.name(id, shortName(sensor.title), at, rank, sees ? brush.colors.ink : brush.colors.muted, { small: true, weight: 500, gap: radar ? 8 : 13 });
  }
}

function drawSites(brush: Brush, scene: Scene): void {
  for (const site of scene.sites) {
    const color = brush.colors.holders[site.party as 0];
    const id = `site.${site.id}`;
    const at = point(site.lat_deg, site.lon_deg);
    brush.signs.add(at, 9, "site", brush.colors.edge, faded(color, 0.95), 1.3);
    brush.ring(id, at, color);
    brush.pick({ id, at, size: 12 });
    if (id === brush.chosen && site.range_km) {
      brush.area({ ...site, major_km: site.range_km, minor_km: site.range_km, bearing_deg: 0 }, color, 0.1, 0.7, 1.2);
    }
    brush.name(id, shortName(site.title), at, 70, brush.colors.muted, { small: true, weight: 500 });
  }
}

function drawRegions(brush: Brush, scene: Scene): void {
  for (const region of scene.regions) {
    const color = region.party === null ? brush.colors.muted : brush.colors.holders[region.party as 0];
    const id = `region.${region.name}`;
    const at = point(region.lat_deg, region.lon_deg);
    const e = { ...region, major_km: region.radius_km, minor_km: region.radius_km, bearing_deg: 0 };
    brush.area(e, color, id === brush.chosen ? 0.24 : region.party !== null ? 0.14 : 0.06, id === brush.chosen ? 1 : 0.75, id === brush.chosen ? 2 : 1.3, 4);
    brush.pick({ id, at, size: 10 });
    const concerned = region.roles.length > 0;
    const note = roleOf(region);
    const tint = region.party !== null ? color : concerned ? brush.colors.ink : brush.colors.muted;
    brush.name(id, region.title, at, concerned ? 35 : 58, tint, { weight: concerned ? 600 : 500, small: !concerned, ...(note ? { note } : {}) });
  }
}

function drawNotice(brush: Brush, scene: Scene): void {
  if (!scene.notice) return;
  const { notice: said, open } = scene.notice;
  const e = { lat_deg: said.lat_deg, lon_deg: said.lon_deg, major_km: said.radius_km, minor_km: said.radius_km, bearing_deg: 0 };
  brush.area(e, brush.colors.notice, open ? 0.2 : 0.08, open ? 1 : 0.6, open ? 2 : 1.2, 8);
  const at = point(said.lat_deg, said.lon_deg);
  brush.pick({ id: "notice", at, size: 14 });
  brush.name("notice", WORDS.noticeTitle, at, 30, brush.colors.notice, { note: open ? WORDS.noticeOpen : WORDS.noticeClosed, gap: 12 });
}
