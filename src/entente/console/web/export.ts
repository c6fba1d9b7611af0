/** The view as a file: PNG as it stands on the screen, SVG drawn anew. */

import { drawFrame } from "./frame";
import { type Frame } from "./frame";
import { FONT } from "./labels";
import { PALETTES } from "./palette";
import { type Pen, svgPen } from "./pen";
import { frameNow } from "./stage";
import { SAY, WORDS, clock, perspectiveName, rungName } from "./words";

const FOOT = 70;

export function saveSvg(): void {
  const frame = frameNow(1);
  if (!frame) return;
  const measure = document.createElement("canvas").getContext("2d") as CanvasRenderingContext2D;
  const { pen, text } = svgPen(frame.width, frame.height + FOOT, measure);
  paint(pen, frame);
  save(new Blob([text()], { type: "image/svg+xml" }), frame, "svg");
}

export function savePng(): void {
  const frame = frameNow(2);
  if (!frame) return;
  const canvas = Object.assign(document.createElement("canvas"), {
    width: frame.width * 2,
    height: (frame.height + FOOT) * 2,
  });
  const pen = canvas.getContext("2d") as CanvasRenderingContext2D;
  pen.scale(2, 2);
  paint(pen as unknown as Pen, frame);
  canvas.toBlob((blob) => blob && save(blob, frame, "png"));
}

/** The map, and below it what it shows: a picture is passed on without the page around it. */
function paint(pen: Pen, frame: Frame): void {
  const palette = PALETTES[frame.theme];
  drawFrame(pen as Parameters<typeof drawFrame>[0], frame, true);
  pen.fillStyle = palette.card;
  pen.fillRect(0, frame.height, frame.width, FOOT);
  pen.textBaseline = "alphabetic";
  pen.textAlign = "left";
  const say = (words: string, x: number, y: number, font: string, colour: string): void => {
    pen.font = `${font} ${FONT}`;
    pen.fillStyle = colour;
    pen.fillText(words, x, y);
  };
  const { doc } = frame;
  const t = frame.scenes[0]?.t ?? 0;
  const exercise = doc.origin === "exercise" ? `${WORDS.exercise}. ` : "";
  say(`${exercise}${doc.case.title}, ${clock(t)} ${WORDS.after}`, 12, frame.height + 22, "600 14px", palette.ink);
  const sides = frame.scenes
    .map((scene) => `${rungName(scene.rung)}, ${perspectiveName(doc, scene.perspective)}`)
    .join("  |  ");
  say(sides, 12, frame.height + 41, "400 12px", palette.ink);
  say(
    SAY.source(doc.title, doc.seed, `${doc.made_by.program} ${doc.made_by.version}`),
    12,
    frame.height + 59,
    "400 11px",
    palette.muted,
  );
}

function save(blob: Blob, frame: Frame, kind: string): void {
  const address = URL.createObjectURL(blob);
  const name = `${frame.doc.case.name}-${Math.round(frame.scenes[0]?.t ?? 0)}s`.replace(/[^\w-]+/g, "-");
  Object.assign(document.createElement("a"), { href: address, download: `entente-${name}.${kind}` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
