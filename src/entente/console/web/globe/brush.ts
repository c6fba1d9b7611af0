// What everything on the globe is drawn with: one batch each of washes, lines and signs, and the list of names.
import type { Ellipse } from "../scene";
import { type Colors, type Rgb, css, faded } from "./colors";
import type { Label } from "./labels";
import { type Marks, marks } from "./marks";
import { type Ribbons, type Shared, ribbons } from "./ribbons";
import { type Sheets, sheets } from "./sheets";
import { type Point, ellipse, point, unit } from "./sphere";

/** Something that can be chosen: where it is, and how wide its sign is. */
export interface Pickable {
  id: string;
  at: Point;
  size: number;
}

export interface Brush {
  ground: Sheets;
  groundLines: Ribbons;
  air: Sheets;
  airLines: Ribbons;
  signs: Marks;
  batches: (Ribbons | Sheets | Marks)[];
  labels: Label[];
  pickable: Pickable[];
  colors: Colors;
  chosen: string; // the key of what is chosen
  crowd: boolean; // there are so many tracks that areas have fewer corners and no washes
  begin(colors: Colors, chosen: string, crowd: boolean): void;
  end(): void;
  name(id: string, text: string, at: Point, rank: number, color: Rgb, more?: Partial<Label>): void;
  pick(one: Pickable): void;
  /** A ring around what is chosen. */
  ring(id: string, at: Point, color: Rgb): void;
  /** An ellipse on the ground: filled, and its rim. */
  area(e: Ellipse, color: Rgb, fill: number, line: number, width: number, dash?: number): void;
  /** A line from an object down to the ground. */
  drop(at: Point, color: Rgb, alpha: number): void;
}

const LOUD_KM = 180; // larger areas are washed fainter: they say little, and would say it loudly
const WIDEST_KM = 9000; // an area that holds half the Earth is not drawn

/** A brush with nothing drawn yet. */
export function makeBrush(shared: Shared, colors: Colors): Brush {
  const ground = sheets(shared, true, 14);
  const groundLines = ribbons(shared, true, 16);
  const air = sheets(shared, false, 40);
  const airLines = ribbons(shared, false, 42);
  const signs = marks(shared, 50);
  const batches = [ground, groundLines, air, airLines, signs];
  const brush: Brush = {
    ground,
    groundLines,
    air,
    airLines,
    signs,
    batches,
    labels: [],
    pickable: [],
    colors,
    chosen: "",
    crowd: false,
    begin(colors, chosen, crowd) {
      Object.assign(brush, { colors, chosen, crowd, labels: [], pickable: [] });
      for (const batch of batches) batch.clear();
    },
    end() {
      for (const batch of batches) batch.done();
    },
    name(id, text, at, rank, color, more = {}) {
      const chosen = id === brush.chosen ? { rank: rank / 1e3, weight: 700 } : { rank };
      brush.labels.push({ id, text, at, gap: 9, color: css(color), ...more, ...chosen });
    },
    pick(one) {
      brush.pickable.push(one);
    },
    ring(id, at, color) {
      if (id === brush.chosen) signs.add(at, 30, "ring", faded(brush.colors.dark ? brush.colors.ink : color, 1), brush.colors.edge, 1.2);
    },
    area(e, color, fill, line, width, dash = 0) {
      if (!(e.major_km > 0) || !(e.minor_km > 0) || e.major_km > WIDEST_KM) return;
      const corners = brush.crowd ? 20 : e.major_km > 600 ? 96 : 56;
      const rim = ellipse(e.lat_deg, e.lon_deg, e.major_km, e.minor_km, e.bearing_deg, corners);
      const wash = fill * Math.min(1, Math.sqrt(LOUD_KM / e.major_km));
      if (fill > 0 && !brush.crowd) ground.drape(point(e.lat_deg, e.lon_deg), rim, faded(color, wash));
      groundLines.add(rim, { width, from: faded(color, line), dash }, true);
    },
    drop(at, color, alpha) {
      const below = unit(at);
      airLines.add([at, below], { width: 1, from: faded(color, alpha), to: faded(color, alpha * 0.6) });
      signs.add(below, 3.2, "circle", faded(color, alpha), brush.colors.edge, 0.6);
    },
  };
  return brush;
}
