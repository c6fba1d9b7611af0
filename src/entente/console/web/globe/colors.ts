// The globe's colours: those of the flat views, and what a globe has besides: light on the sea, and air.
import { PALETTES, type Palette, type Theme } from "../palette";
import type { Shape } from "./marks";
import type { Rgba } from "./ribbons";

export type Rgb = [number, number, number];

export interface Colors {
  dark: boolean;
  palette: Palette;
  sea: Rgb;
  seaLight: Rgb;
  land: Rgb;
  rim: Rgb; // where the Earth turns away, and of the air just beyond, so that no edge shows and none needs to be smoothed
  coast: Rgba;
  border: Rgba;
  grid: Rgba;
  holders: [Rgb, Rgb, Rgb];
  truth: Rgb;
  notice: Rgb;
  ink: Rgb;
  muted: Rgb;
  edge: Rgba; // around signs
}

/** A holder's sign and the period of its dashes, as on the flat views. */
export const SIGNS: [Shape, Shape, Shape] = ["triangle", "diamond", "circle"];
export const DASH: [number, number, number] = [0, 11, 0];

export function rgb(hex: string): Rgb {
  const n = parseInt(hex.slice(1), 16);
  return [(n >> 16) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}

export const faded = (color: Rgb, alpha: number): Rgba => [color[0], color[1], color[2], alpha];
export const css = (color: Rgb): string => `rgb(${color.map((v) => Math.round(v * 255)).join(" ")})`;

/** The colours of a theme. */
export function colorsOf(theme: Theme): Colors {
  const palette = PALETTES[theme];
  const common = {
    palette,
    holders: palette.holders.map(rgb) as [Rgb, Rgb, Rgb],
    truth: rgb(palette.truth),
    notice: rgb(palette.notice),
    ink: rgb(palette.ink),
    muted: rgb(palette.muted),
  };
  if (theme === "dark")
    return {
      ...common,
      dark: true,
      sea: rgb("#0c1826"),
      seaLight: rgb("#10253b"),
      land: rgb("#263648"),
      rim: rgb("#294c73"),
      coast: [0.5, 0.65, 0.8, 0.75],
      border: [0.5, 0.63, 0.77, 0.36],
      grid: [0.55, 0.72, 0.9, 0.09],
      edge: [0.03, 0.05, 0.08, 0.92],
    };
  return {
    ...common,
    dark: false,
    sea: rgb("#cfdfec"),
    seaLight: rgb("#deeaf3"),
    land: rgb("#fcfbf8"),
    rim: rgb("#a2c3e0"),
    coast: [0.4, 0.49, 0.58, 0.9],
    border: [0.47, 0.53, 0.6, 0.48],
    grid: [0.3, 0.45, 0.6, 0.17],
    edge: [1, 1, 1, 0.96],
  };
}
