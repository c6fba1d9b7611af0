/** The view as a file: PNG as it stands on the screen, SVG drawn anew. */

import { type Replay } from "./document";
import { drawFrame } from "./frame";
import { FONT } from "./labels";
import { PALETTES, type Theme } from "./palette";
import { type Pen, svgPen } from "./pen";
import { type Scene, scene } from "./scene";
import { pictured } from "./space";
import { frameNow } from "./stage";
import * as state from "./state";
import { SAY, WORDS, clock, perspectiveName, rungName } from "./words";

const MARGIN = 12;

/** What a picture shows, for its foot and its name. */
interface Shown {
  doc: Replay;
  scenes: Scene[];
  theme: Theme;
  width: number;
  height: number;
}

export function saveSvg(): void {
  const frame = frameNow(1);
  if (!frame) return;
  const measure = document.createElement("canvas").getContext("2d") as CanvasRenderingContext2D;
  const lines = footLines(frame, measure);
  const { pen, text } = svgPen(frame.width, frame.height + heightOf(lines), measure);
  drawFrame(pen as Parameters<typeof drawFrame>[0], frame, true);
  foot(pen, frame, lines);
  save(new Blob([text()], { type: "image/svg+xml" }), frame, "svg");
}

export function savePng(): void {
  const doc = state.doc.peek();
  const drawn = state.space.peek() ? pictured.now?.(2) : undefined;
  const frame = drawn ? null : frameNow(2);
  if (!doc || (!drawn && !frame)) return;
  const { rung, side } = state.panes.peek()[1];
  const shown: Shown = frame ?? {
    doc,
    scenes: [scene(doc, state.rungAt(doc, rung), side, state.t.peek())],
    theme: state.theme.peek(),
    width: (drawn as HTMLCanvasElement).width / 2,
    height: (drawn as HTMLCanvasElement).height / 2,
  };
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d") as CanvasRenderingContext2D;
  const lines = footLines(shown, pen);
  Object.assign(canvas, { width: shown.width * 2, height: (shown.height + heightOf(lines)) * 2 });
  if (drawn) pen.drawImage(drawn, 0, 0);
  pen.scale(2, 2);
  if (frame) drawFrame(pen as unknown as Parameters<typeof drawFrame>[0], frame, true);
  foot(pen as unknown as Pen, shown, lines);
  canvas.toBlob((blob) => blob && save(blob, shown, "png"));
}

interface Line {
  text: string;
  font: string;
  size: number;
  faint: boolean;
}

/** What a picture shows, in words, as wide as it: a picture is passed on without the page around it. */
function footLines({ doc, scenes, width }: Shown, pen: CanvasRenderingContext2D): Line[] {
  const exercise = doc.origin === "exercise" ? `${WORDS.exercise}. ` : "";
  const made = `${doc.made_by.program} ${doc.made_by.version}`;
  const sides = scenes.map((one) => `${rungName(one.rung)}, ${perspectiveName(doc, one.perspective)}`);
  const said: [string, number, number, boolean][] = [
    [`${exercise}${doc.case.title}, ${clock(scenes[0]?.t ?? 0)} ${WORDS.after}`, 600, 14, false],
    [sides.join("  |  "), 400, 12, false],
    [SAY.source(doc.title, doc.seed, made), 400, 11, true],
  ];
  return said.flatMap(([words, weight, size, faint]) => {
    const font = `${weight} ${size}px ${FONT}`;
    pen.font = font;
    const out: Line[] = [];
    for (const word of words.split(" ")) {
      const last = out[out.length - 1];
      const longer = last ? `${last.text} ${word}` : word;
      if (last && pen.measureText(longer).width <= width - 2 * MARGIN) last.text = longer;
      else out.push({ text: word, font, size, faint });
    }
    return out;
  });
}

function heightOf(lines: Line[]): number {
  return lines.reduce((sum, { size }) => sum + size + 6, MARGIN);
}

/** Write the lines below the map. */
function foot(pen: Pen, { theme, width, height }: Shown, lines: Line[]): void {
  const palette = PALETTES[theme];
  pen.fillStyle = palette.card;
  pen.fillRect(0, height, width, heightOf(lines));
  pen.textBaseline = "alphabetic";
  pen.textAlign = "left";
  let y = height + 4;
  for (const { text, font, size, faint } of lines) {
    y += size + 6;
    pen.font = font;
    pen.fillStyle = faint ? palette.muted : palette.ink;
    pen.fillText(text, MARGIN, y - 3);
  }
}

function save(blob: Blob, { doc, scenes }: Shown, kind: string): void {
  const address = URL.createObjectURL(blob);
  const name = `${doc.case.name}-${Math.round(scenes[0]?.t ?? 0)}s`.replace(/[^\w-]+/g, "-");
  Object.assign(document.createElement("a"), { href: address, download: `entente-${name}.${kind}` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
