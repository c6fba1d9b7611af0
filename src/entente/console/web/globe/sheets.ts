// Translucent surfaces with a colour at each corner: areas draped on the ground, and volumes in the air.
import { BufferAttribute, BufferGeometry, DoubleSide, DynamicDrawUsage, FrontSide, GLSL3, Mesh, RawShaderMaterial } from "three";
import type { Rgba, Shared } from "./ribbons";
import { type Point, cross, dot, scaled, sum, unit } from "./sphere";

const VERTEX = `
uniform mat4 modelViewMatrix, projectionMatrix;
uniform vec3 eye;
uniform float ground, strength;
in vec3 position;
in vec4 tint;
out vec4 vColor;
out float vOver; // below 0 beyond the horizon
void main() {
  vColor = vec4(tint.rgb, tint.a * strength);
  vOver = 1.0;
  if (ground > 0.5) {
    vOver = dot(position, eye) - 1.0;
    vColor.a *= mix(0.6, 1.0, smoothstep(0.0, 0.3, vOver / length(eye - position)));
  }
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

const FRAGMENT = `
precision mediump float;
in vec4 vColor;
in float vOver;
out vec4 color;
void main() {
  if (vOver < 0.0) discard;
  color = vColor;
}`;

export interface Sheets {
  mesh: Mesh;
  clear(): void;
  corner(p: Point, color: Rgba): number;
  /** Fill what lies inside a rim on the ground, in rings from its middle so that it follows the Earth's curve. */
  drape(middle: Point, rim: readonly Point[], inner: Rgba, outer?: Rgba): void;
  /** A net of points, row by row. */
  net(rows: readonly (readonly Point[])[], color: (row: number, column: number) => Rgba): void;
  done(): void;
  strength(value: number): void;
  dispose(): void;
}

/** A batch of surfaces. */
export function sheets(shared: Shared, ground: boolean, order: number): Sheets {
  const strength = { value: 1 };
  const material = new RawShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: { eye: shared.eye, ground: { value: ground ? 1 : 0 }, strength },
    transparent: true,
    depthTest: !ground,
    depthWrite: false,
    side: ground ? FrontSide : DoubleSide,
  });
  const mesh = new Mesh(new BufferGeometry(), material);
  mesh.frustumCulled = false;
  mesh.renderOrder = order;
  let room = 0;
  let places: number[] = [];
  let tints: number[] = [];
  let faces: number[] = [];

  const at = (k: number): Point => [places[3 * k]!, places[3 * k + 1]!, places[3 * k + 2]!];
  /** On the ground triangles face outward, so that those of the Earth's far side are not even filled. */
  const face = (a: number, b: number, c: number): void => {
    if (ground && dot(cross(at(a), at(b)), at(c)) < 0) faces.push(a, c, b);
    else faces.push(a, b, c);
  };

  const batch: Sheets = {
    mesh,
    clear() {
      places = [];
      tints = [];
      faces = [];
    },
    corner(p, color) {
      places.push(p[0], p[1], p[2]);
      tints.push(color[0], color[1], color[2], color[3]);
      return places.length / 3 - 1;
    },
    drape(middle, rim, inner, outer = inner) {
      const wide = Math.max(...rim.map((p) => Math.hypot(p[0] - middle[0], p[1] - middle[1], p[2] - middle[2])));
      const rings = Math.max(1, Math.ceil(wide / 0.06));
      const centre = batch.corner(middle, inner);
      let before: number[] = [];
      for (let ring = 1; ring <= rings; ring++) {
        const f = ring / rings;
        const color = inner.map((v, i) => v * (1 - f) + outer[i]! * f) as Rgba;
        const now = rim.map((p) => batch.corner(unit(sum(scaled(middle, 1 - f), scaled(p, f))), color));
        for (let k = 0; k < rim.length; k++) {
          const next = (k + 1) % rim.length;
          if (ring === 1) face(centre, now[k]!, now[next]!);
          else (face(before[k]!, now[k]!, now[next]!), face(before[k]!, now[next]!, before[next]!));
        }
        before = now;
      }
    },
    net(rows, color) {
      let before: number[] = [];
      rows.forEach((row, r) => {
        const now = row.map((p, c) => batch.corner(p, color(r, c)));
        if (r > 0) {
          for (let c = 1; c < row.length; c++) {
            (face(before[c - 1]!, now[c - 1]!, now[c]!), face(before[c - 1]!, now[c]!, before[c]!));
          }
        }
        before = now;
      });
    },
    done() {
      const corners = places.length / 3;
      if (corners > room || faces.length > (mesh.geometry.index?.count ?? 0)) {
        room = Math.ceil(corners * 1.5);
        const geometry = new BufferGeometry();
        geometry.setAttribute("position", new BufferAttribute(new Float32Array(room * 3), 3).setUsage(DynamicDrawUsage));
        geometry.setAttribute("tint", new BufferAttribute(new Float32Array(room * 4), 4).setUsage(DynamicDrawUsage));
        geometry.setIndex(new BufferAttribute(new Uint32Array(Math.ceil(faces.length * 1.5)), 1).setUsage(DynamicDrawUsage));
        mesh.geometry.dispose();
        mesh.geometry = geometry;
      }
      mesh.visible = faces.length > 0;
      if (!faces.length) return;
      const geometry = mesh.geometry;
      for (const [name, values] of [["position", places], ["tint", tints]] as const) {
        const attribute = geometry.getAttribute(name) as BufferAttribute;
        (attribute.array as Float32Array).set(values);
        attribute.needsUpdate = true;
      }
      (geometry.index!.array as Uint32Array).set(faces);
      geometry.index!.needsUpdate = true;
      geometry.setDrawRange(0, faces.length);
    },
    strength(value) {
      strength.value = value;
      mesh.visible = faces.length > 0 && value > 0.01;
    },
    dispose() {
      mesh.geometry.dispose();
      material.dispose();
    },
  };
  return batch;
}
