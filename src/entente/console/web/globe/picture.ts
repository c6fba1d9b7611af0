// From a scene to what is drawn: batches of surfaces, lines and signs, names, and what can be picked.
import type { Scene } from "../scene";
import type { Layer } from "../state";
import { type Brush, makeBrush } from "./brush";
import type { Colors } from "./colors";
import { drawFlying } from "./flying";
import type { Marks } from "./marks";
import { type Ribbons, type Shared, ribbons } from "./ribbons";
import { type Sheets, sheets } from "./sheets";
import { drawStanding, drawVolumes } from "./standing";
import { eased } from "./view";
import type { Drawn } from "./volumes";

export interface Picture {
  parts: (Ribbons | Sheets | Marks)[];
  brush: Brush; // its names, and what can be picked
  /** Draw a scene; volumes are drawn anew only when they have changed. */
  draw(scene: Scene, colors: Colors, chosen: string, hidden: readonly Layer[]): void;
  /** Where the eye is, in radii from the ground: as it draws back, satellites' cones come and signs shrink. */
  from(distance: number): void;
  dispose(): void;
}

const CROWD = 200; // tracks

/** A picture, empty. */
export function picture(shared: Shared, colors: Colors): Picture {
  const volumes = (order: number): Drawn => ({
    ground: sheets(shared, true, 10 + order),
    groundLines: ribbons(shared, true, 12 + order),
    air: sheets(shared, false, 30 + order),
    airLines: ribbons(shared, false, 32 + order),
  });
  const [near, far] = [volumes(0), volumes(1)];
  const standing = [near, far].flatMap((drawn) => Object.values(drawn) as (Ribbons | Sheets)[]);
  const brush = makeBrush(shared, colors);
  const parts = [...standing, ...brush.batches];
  let stood = "";
  let distance = 1;

  const one: Picture = {
    parts,
    brush,
    draw(scene, colors, chosen, hidden) {
      brush.begin(colors, chosen, scene.tracks.length > CROWD);
      const stands = `${colors.dark}|${chosen}|${hidden.join()}|${scene.sensors.map((s) => `${s.number}${s.sees ? "+" : ""}`).join()}`;
      if (stands !== stood) {
        stood = stands;
        for (const batch of standing) batch.clear();
        drawVolumes(brush, scene, near, far, hidden);
        for (const batch of standing) batch.done();
        one.from(distance);
      }
      drawStanding(brush, scene, hidden);
      drawFlying(brush, scene, hidden);
      brush.end();
    },
    from(value) {
      distance = value;
      const strength = eased(3, 9, value);
      far.air.strength(strength);
      far.airLines.strength(strength);
      brush.signs.scale(1 - 0.5 * eased(5, 18, value));
    },
    dispose() {
      for (const part of parts) part.dispose();
    },
  };
  return one;
}
