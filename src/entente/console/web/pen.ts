/** What drawing needs of a canvas, and the same as SVG: one drawing, two kinds of picture. */

export type Pen = Pick<
  CanvasRenderingContext2D,
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "arc"
  | "rect"
  | "closePath"
  | "fill"
  | "stroke"
  | "save"
  | "restore"
  | "clip"
  | "setLineDash"
  | "fillText"
  | "strokeText"
  | "measureText"
  | "fillRect"
  | "fillStyle"
  | "strokeStyle"
  | "lineWidth"
  | "lineJoin"
  | "lineCap"
  | "globalAlpha"
  | "font"
  | "textAlign"
  | "textBaseline"
>;

interface Style {
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  lineJoin: CanvasLineJoin;
  lineCap: CanvasLineCap;
  globalAlpha: number;
  font: string;
  textAlign: CanvasTextAlign;
  textBaseline: CanvasTextBaseline;
  dash: number[];
  groups: number; // opened by clips since the last save
}

/** A pen that writes SVG; `measure` lends its sense of how wide words are. */
export function svgPen(
  width: number,
  height: number,
  measure: Pick<Pen, "measureText" | "font">,
): { pen: Pen; text(): string } {
  const out: string[] = [];
  let path: string[] = [];
  let clips = 0;
  const saved: Style[] = [];
  let style: Style = {
    fillStyle: "#000",
    strokeStyle: "#000",
    lineWidth: 1,
    lineJoin: "miter",
    lineCap: "butt",
    globalAlpha: 1,
    font: "12px sans-serif",
    textAlign: "start",
    textBaseline: "alphabetic",
    dash: [],
    groups: 0,
  };
  const n = (value: number): string => String(Math.round(value * 100) / 100);
  const stroke = (): string =>
    `stroke="${escaped(style.strokeStyle)}" stroke-width="${n(style.lineWidth)}" stroke-linejoin="${style.lineJoin}" stroke-linecap="${style.lineCap}"` +
    (style.dash.length ? ` stroke-dasharray="${style.dash.map(n).join(" ")}"` : "") +
    opacity();
  const opacity = (): string => (style.globalAlpha < 1 ? ` opacity="${n(style.globalAlpha)}"` : "");
  const text = (words: string, x: number, y: number, paint: string): void => {
    const anchor = { left: "start", start: "start", center: "middle", right: "end", end: "end" }[style.textAlign];
    const shift = style.textBaseline === "middle" ? 0.35 : style.textBaseline === "top" ? 0.8 : 0;
    const size = Number(/(\d+(\.\d+)?)px/.exec(style.font)?.[1] ?? 12);
    const weight = /^(\d+|bold) /.exec(style.font)?.[1] ?? "400";
    out.push(
      `<text x="${n(x)}" y="${n(y + shift * size)}" font-size="${n(size)}" font-weight="${weight}" font-family="sans-serif" text-anchor="${anchor}" ${paint}>${escaped(words)}</text>`,
    );
  };
  const methods = {
    beginPath: () => void (path = []),
    moveTo: (x: number, y: number) => void path.push(`M${n(x)} ${n(y)}`),
    lineTo: (x: number, y: number) => void path.push(`L${n(x)} ${n(y)}`),
    closePath: () => void path.push("Z"),
    rect: (x: number, y: number, w: number, h: number) => void path.push(`M${n(x)} ${n(y)}h${n(w)}v${n(h)}h${n(-w)}Z`),
    arc: (x: number, y: number, r: number, from: number, to: number) => {
      const [sx, sy] = [x + r * Math.cos(from), y + r * Math.sin(from)];
      path.push(`${path.length ? "L" : "M"}${n(sx)} ${n(sy)}`);
      const end = to - from >= 2 * Math.PI ? [from + Math.PI, to] : [to];
      for (const a of end)
        path.push(
          `A${n(r)} ${n(r)} 0 ${a - from > Math.PI && end.length === 1 ? 1 : 0} 1 ${n(x + r * Math.cos(a))} ${n(y + r * Math.sin(a))}`,
        );
    },
    fill: (rule?: unknown) =>
      void out.push(
        `<path d="${path.join("")}" fill="${escaped(style.fillStyle)}"${rule === "evenodd" ? ' fill-rule="evenodd"' : ""}${opacity()}/>`,
      ),
    stroke: () => void out.push(`<path d="${path.join("")}" fill="none" ${stroke()}/>`),
    save: () => {
      saved.push({ ...style });
      style = { ...style, groups: 0 };
    },
    restore: () => {
      out.push("</g>".repeat(style.groups));
      style = saved.pop() ?? style;
    },
    clip: () => {
      clips += 1;
      style.groups += 1;
      out.push(`<clipPath id="c${clips}"><path d="${path.join("")}"/></clipPath><g clip-path="url(#c${clips})">`);
    },
    setLineDash: (dash: number[]) => void (style.dash = dash),
    fillRect: (x: number, y: number, w: number, h: number) =>
      void out.push(
        `<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" fill="${escaped(style.fillStyle)}"${opacity()}/>`,
      ),
    fillText: (words: string, x: number, y: number) =>
      text(words, x, y, `fill="${escaped(style.fillStyle)}"${opacity()}`),
    strokeText: (words: string, x: number, y: number) => text(words, x, y, `fill="none" ${stroke()}`),
    measureText: (words: string) => {
      measure.font = style.font;
      return measure.measureText(words);
    },
  };
  const pen = new Proxy(methods, {
    get: (target, key) => (key in target ? target[key as keyof typeof target] : style[key as keyof Style]),
    set: (_target, key, value: never) => {
      style[key as keyof Style] = value;
      return true;
    },
  }) as unknown as Pen;
  return {
    pen,
    text: () =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${out.join("\n")}</svg>\n`,
  };
}

/** Text that stays text. */
function escaped(words: string): string {
  return words
    .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "");
}
