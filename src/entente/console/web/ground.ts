/** What stands on the ground or over it: defended regions, an announced area, sensors, sites. */

import { traceArea } from "./areas";
import { EARTH_KM, along, unit } from "./columns";
import { type Region, type Sensor } from "./document";
import { type Drawing } from "./draw";
import { type Label } from "./labels";
import { type Palette, colourOf, mark } from "./palette";
import { type Pen } from "./pen";
import { type Scene } from "./scene";
import { type Rect, type View } from "./views";
import { WORDS, shortName } from "./words";

export function drawRegions({ pen, view, palette, hits, selected }: Drawing, scene: Scene, labels: Label[]): void {
  for (const region of scene.regions) {
    const key = `region.${region.name}`;
    const colour = region.party === null ? palette.muted : colourOf(palette, region.party);
    pen.beginPath();
    traceArea(pen, view, region.lat_deg, region.lon_deg, region.radius_km, region.radius_km, 0);
    pen.fillStyle = pen.strokeStyle = colour;
    const own = region.party !== null;
    pen.globalAlpha = selected === key ? 0.24 : own ? 0.13 : 0.05;
    pen.fill();
    pen.globalAlpha = selected === key ? 1 : own ? 0.8 : 0.6;
    pen.lineWidth = selected === key ? 2 : own ? 1.4 : 1;
    pen.setLineDash(own ? [4, 3] : [1, 3]);
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
    if (!view.project(...unit(region.lat_deg, region.lon_deg))) continue;
    hits.push({ x: view.sx, y: view.sy, key });
    const off = Math.max(2, (region.radius_km / 6371) * view.scale);
    labels.push({
      text: region.title,
      note: roleOf(region),
      x: view.sx,
      y: view.sy,
      off: Math.min(60, off),
      rank: selected === key ? 1 : region.roles.length ? 35 : 58,
      colour: region.party === null ? palette.muted : colour,
      bold: false,
    });
  }
}

/** "defended", or where a launch comes from or goes: what a region is here. */
export function roleOf(region: Region): string {
  const role = region.roles[0];
  return region.party !== null ? WORDS.defended : role ? (WORDS.shortRoles[role] ?? role) : "";
}

export function drawNotice({ pen, view, palette, hits }: Drawing, scene: Scene, labels: Label[]): void {
  if (!scene.notice) return;
  const { notice, open } = scene.notice;
  pen.beginPath();
  traceArea(pen, view, notice.lat_deg, notice.lon_deg, notice.radius_km, notice.radius_km, 0);
  pen.fillStyle = pen.strokeStyle = palette.notice;
  pen.globalAlpha = 0.12;
  pen.fill();
  pen.globalAlpha = open ? 1 : 0.5;
  pen.lineWidth = 1.5;
  pen.setLineDash([10, 3, 2, 3]);
  pen.stroke();
  pen.setLineDash([]);
  pen.globalAlpha = 1;
  if (!view.project(...unit(notice.lat_deg, notice.lon_deg))) return;
  hits.push({ x: view.sx, y: view.sy, key: "notice" });
  labels.push({
    text: WORDS.noticeTitle,
    note: open ? WORDS.noticeOpen : WORDS.noticeClosed,
    x: view.sx,
    y: view.sy,
    off: Math.max(6, (notice.radius_km / 6371) * view.scale),
    rank: 15,
    colour: palette.notice,
    bold: true,
  });
}

export function drawFixed({ pen, view, palette, hits, selected, clip, hidden }: Drawing, scene: Scene, labels: Label[]): void {
  const named = new Set<string>(); // two radars at one place are named once
  for (const { sensor, sees } of scene.sensors) {
    const r = sensor.kind === "satellite" ? 1 + (sensor.alt_km ?? 0) / 6371 : 1;
    const [x, y, z] = unit(sensor.lat_deg, sensor.lon_deg);
    const key = `sensor.${sensor.id}`;
    const colour = colourOf(palette, sensor.party);
    const inside = view.project(r * x, r * y, r * z) && isWithin(view.sx, view.sy, clip, 0);
    if (!inside && sensor.kind === "satellite" && (sees || key === selected) && !hidden.includes("satellites")) {
      const at = onHorizon(view, sensor, clip);
      if (at) {
        hits.push({ ...at, key });
        const [text, rank] = [shortName(sensor.title, /[(]/), key === selected ? 0 : 75];
        labels.push({ text, note: WORDS.horizon, ...at, off: 3, rank, colour: palette.muted, bold: false });
      }
    }
    if (!inside) continue;
    const [sx, sy] = [view.sx, view.sy];
    hits.push({ x: sx, y: sy, key });
    pen.beginPath();
    if (sensor.kind === "radar") mark(pen, sensor.party, sx, sy, 4);
    else {
      mark(pen, sensor.party, sx, sy, 3.5);
      pen.moveTo(sx - 10, sy); // its panels
      pen.lineTo(sx - 5, sy);
      pen.moveTo(sx + 5, sy);
      pen.lineTo(sx + 10, sy);
    }
    pen.lineWidth = 1.5;
    pen.strokeStyle = colour;
    pen.fillStyle = sees ? colour : palette.halo;
    pen.fill();
    pen.stroke();
    if (key === selected) ring(pen, palette, sx, sy);
    const name = sensor.kind === "radar" ? shortName(sensor.title) : shortName(sensor.title, /[(]/);
    const spot = `${name} ${sees} ${Math.round(sx)} ${Math.round(sy)}`;
    if (named.has(spot)) continue;
    named.add(spot);
    labels.push({
      text: name,
      note: sees ? WORDS.seesIt : "",
      x: sx,
      y: sy,
      off: sensor.kind === "radar" ? 6 : 11,
      rank: key === selected ? 0 : sees ? 45 : 80,
      colour: sees ? palette.ink : palette.muted,
      bold: false,
    });
  }
  for (const site of scene.sites) {
    if (!view.project(...unit(site.lat_deg, site.lon_deg))) continue;
    const [sx, sy] = [view.sx, view.sy];
    const colour = colourOf(palette, site.party);
    const key = `site.${site.id}`;
    hits.push({ x: sx, y: sy, key });
    pen.beginPath();
    pen.rect(sx - 4.5, sy - 4.5, 9, 9);
    pen.moveTo(sx, sy - 4.5);
    pen.lineTo(sx, sy - 10);
    pen.fillStyle = palette.halo;
    pen.fill();
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.stroke();
    if (site.range_km !== null && key === selected) {
      pen.beginPath();
      traceArea(pen, view, site.lat_deg, site.lon_deg, site.range_km, site.range_km, 0);
      pen.stroke();
    }
    labels.push({
      text: shortName(site.title),
      note: "",
      x: sx,
      y: sy,
      off: 7,
      rank: key === selected ? 0 : 70,
      colour: palette.muted,
      bold: false,
    });
  }
}

function isWithin(x: number, y: number, { x: left, y: top, w, h }: Rect, margin: number): boolean {
  return x > left + margin && x < left + w - margin && y > top + margin && y < top + h - margin;
}

const HORIZON = 120; // points around

/** The middle of what a map shows of the line up to which a satellite stands above the horizon; null where it shows none. */
function onHorizon(view: View, sensor: Sensor, clip: Rect): { x: number; y: number } | null {
  const reach_km = Math.acos(EARTH_KM / (EARTH_KM + (sensor.alt_km ?? 0))) * EARTH_KM;
  const seen: { x: number; y: number }[] = [];
  for (let i = 0; i < HORIZON; i++)
    if (
      view.project(...unit(...along(sensor.lat_deg, sensor.lon_deg, (360 * i) / HORIZON, reach_km))) &&
      isWithin(view.sx, view.sy, clip, 30)
    )
      seen.push({ x: view.sx, y: view.sy });
  return seen[seen.length >> 1] ?? null;
}

function ring(pen: Pen, palette: Palette, x: number, y: number): void {
  pen.beginPath();
  pen.arc(x, y, 13, 0, 2 * Math.PI);
  pen.strokeStyle = palette.ink;
  pen.lineWidth = 2;
  pen.stroke();
}
