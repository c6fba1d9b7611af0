/** What flies besides tracks: the truth, and interceptors. */

import { traceLine } from "./areas";
import { unit } from "./columns";
import { type Drawing } from "./draw";
import { shotKey } from "./happened";
import { type Label } from "./labels";
import { colourOf } from "./palette";
import { type Pen } from "./pen";
import { type Scene } from "./scene";
import { SAY, WORDS, km } from "./words";

export function drawTruth({ pen, view, palette, hits }: Drawing, scene: Scene, labels: Label[]): void {
  pen.strokeStyle = pen.fillStyle = palette.truth;
  pen.lineWidth = 1.6;
  for (const truth of scene.truth) {
    pen.beginPath();
    traceLine(pen, view, truth.path.xyz, truth.trail, Math.min(truth.moment, truth.path.alt.length - 1));
    if (truth.flies && view.project(truth.x, truth.y, truth.z)) pen.lineTo(view.sx, view.sy);
    pen.stroke();
    const few = scene.truth.length <= 3;
    if (!truth.stopped && view.project(...unit(...truth.impact_deg))) {
      cross(pen, view.sx, view.sy, 5);
      hits.push({ x: view.sx, y: view.sy, key: `truth.${truth.object}` });
      if (few)
        labels.push({
          text: WORDS.trueImpact,
          note: "",
          x: view.sx,
          y: view.sy,
          off: 7,
          rank: 25,
          colour: palette.truth,
          bold: false,
        });
    }
    if (truth.flies && view.project(truth.x, truth.y, truth.z)) {
      pen.beginPath();
      pen.arc(view.sx, view.sy, 4, 0, 2 * Math.PI);
      pen.fill();
      hits.push({ x: view.sx, y: view.sy, key: `truth.${truth.object}` });
      labels.push({
        text: few ? `${WORDS.truePlace}, ${km(Math.round(truth.alt_km))} ${WORDS.high}` : "",
        note: "",
        x: view.sx,
        y: view.sy,
        off: 9,
        rank: 26,
        colour: palette.truth,
        bold: false,
      });
    }
  }
}

function cross(pen: Pen, x: number, y: number, r: number): void {
  pen.beginPath();
  pen.moveTo(x - r, y - r);
  pen.lineTo(x + r, y + r);
  pen.moveTo(x + r, y - r);
  pen.lineTo(x - r, y + r);
  pen.stroke();
}

export function drawShots({ pen, view, palette, hits }: Drawing, scene: Scene, labels: Label[]): void {
  const told = new Map<string, Label & { count: number }>();
  for (const seen of scene.shots) {
    const colour = colourOf(palette, seen.party);
    pen.strokeStyle = pen.fillStyle = colour;
    pen.lineWidth = 1.5;
    pen.beginPath();
    if (view.project(...unit(seen.site.lat_deg, seen.site.lon_deg))) {
      pen.moveTo(view.sx, view.sy);
      if (view.project(seen.x, seen.y, seen.z)) pen.lineTo(view.sx, view.sy);
      pen.setLineDash([1, 3]);
      pen.stroke();
      pen.setLineDash([]);
    }
    if (!view.project(seen.x, seen.y, seen.z)) continue;
    const [x, y] = [view.sx, view.sy];
    const key = shotKey(scene.rung, seen.number);
    hits.push({ x, y, key });
    if (seen.flies) {
      pen.beginPath();
      pen.moveTo(x - 4, y);
      pen.lineTo(x + 4, y);
      pen.moveTo(x, y - 4);
      pen.lineTo(x, y + 4);
      pen.stroke();
    } else {
      pen.beginPath();
      for (let i = 0; i < 8; i++) {
        const [c, s] = [Math.cos((i * Math.PI) / 4), Math.sin((i * Math.PI) / 4)];
        pen.moveTo(x + 4 * c, y + 4 * s);
        pen.lineTo(x + 11 * c, y + 11 * s);
      }
      pen.stroke();
    }
    const end = seen.flies ? "" : `: ${seen.shot.hit ? WORDS.hit : WORDS.miss}`;
    const place = `${end} ${Math.round(x / 20)} ${Math.round(y / 20)}`;
    const known = told.get(place);
    if (known) {
      known.text = SAY.interceptors(++known.count) + end;
      continue;
    }
    const text = SAY.interceptors(1) + end;
    const label = { text, note: "", x, y, off: 11, rank: 18, colour, bold: false, count: 1 };
    told.set(place, label);
    labels.push(label);
  }
}
