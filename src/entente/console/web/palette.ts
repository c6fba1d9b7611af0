/** Colours and shapes. A party is told by both: blue triangle and solid line, orange diamond and dashed line, green circle.
 *
 * Blue, orange and bluish green stay apart for every common colour blindness; contrasts are proved in tests/palette.test.ts.
 */

import { CENTRE } from "./document";

export type Theme = "dark" | "light";

export interface Palette {
  void: string; // around the Earth
  sea: string;
  land: string;
  coast: string;
  border: string;
  graticule: string;
  ink: string;
  muted: string;
  halo: string; // behind labels
  holders: [string, string, string]; // party 0, party 1, the centre
  truth: string;
  notice: string;
  card: string;
  line: string;
}

export const PALETTES: Record<Theme, Palette> = {
  dark: {
    void: "#090d13",
    sea: "#0e1722",
    land: "#202c39",
    coast: "#4a6076",
    border: "#35475a",
    graticule: "#16222f",
    ink: "#eef3f8",
    muted: "#9fb0c0",
    halo: "#0b121b",
    holders: ["#58a9ff", "#ffa23e", "#35cf94"],
    truth: "#ff6161",
    notice: "#d9c7ff",
    card: "#0c131c",
    line: "#263443",
  },
  light: {
    void: "#e3e9ee",
    sea: "#eaf0f4",
    land: "#fdfdfb",
    coast: "#8fa0ae",
    border: "#ccd5dc",
    graticule: "#dde5ea",
    ink: "#101820",
    muted: "#4d5b68",
    halo: "#ffffff",
    holders: ["#0a5fc2", "#b04c00", "#08764a"],
    truth: "#c4162a",
    notice: "#5a34b5",
    card: "#ffffff",
    line: "#c6d0d8",
  },
};

/** Line patterns of party 0, party 1 and the centre. */
export const DASHES: [number[], number[], number[]] = [[], [7, 4], []];

export function colourOf(palette: Palette, holder: number): string {
  return palette.holders[holder as 0] ?? palette.ink;
}

/** A holder's mark around (x, y), on a path that has begun. */
export function mark(
  pen: Pick<Path2D, "moveTo" | "lineTo" | "arc" | "closePath">,
  holder: number,
  x: number,
  y: number,
  r: number,
): void {
  if (holder === 0) {
    pen.moveTo(x, y - 1.15 * r);
    pen.lineTo(x + 1.05 * r, y + 0.75 * r);
    pen.lineTo(x - 1.05 * r, y + 0.75 * r);
    pen.closePath();
  } else if (holder === CENTRE) {
    pen.moveTo(x + r, y);
    pen.arc(x, y, r, 0, 2 * Math.PI);
    pen.closePath();
  } else {
    pen.moveTo(x, y - 1.2 * r);
    pen.lineTo(x + 1.2 * r, y);
    pen.lineTo(x, y + 1.2 * r);
    pen.lineTo(x - 1.2 * r, y);
    pen.closePath();
  }
}
