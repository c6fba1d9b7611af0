import assert from "node:assert/strict";
import test from "node:test";
import { PALETTES, type Theme } from "../palette";

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2, contrast ratio. */
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p) as [number, number];
  return (x + 0.05) / (y + 0.05);
}

test("text has 4.5 to 1 and marks have 3 to 1 on land, sea and cards", () => {
  for (const theme of ["dark", "light"] as Theme[]) {
    const palette = PALETTES[theme];
    for (const ground of [palette.land, palette.sea, palette.card, palette.halo]) {
      for (const text of [palette.ink, palette.muted, ...palette.holders, palette.notice])
        assert.ok(contrast(text, ground) >= 4.5, `${theme} ${text} on ${ground}: ${contrast(text, ground).toFixed(2)}`);
      for (const mark of [...palette.holders, palette.truth])
        assert.ok(contrast(mark, ground) >= 3, `${theme} ${mark}`);
    }
    assert.ok(contrast(palette.truth, palette.halo) >= 4.5, `${theme} truth`);
  }
});
