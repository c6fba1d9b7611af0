// Lines of a width in pixels, thousands in one draw call: each segment is a quad with its own soft edge,
// so that they are crisp without multisampling, which a renderer without a GPU could not afford.
import { GLSL3, type Mesh, RawShaderMaterial, type Vector2, type Vector3 } from "three";
import { quads } from "./quads";
import type { Point } from "./sphere";

export type Rgba = [number, number, number, number];

/** What every shader is told once a frame. */
export interface Shared {
  eye: { value: Vector3 };
  canvas: { value: Vector2 }; // pixels
  ratio: { value: number }; // pixels per CSS pixel
  dash: { value: number }; // CSS pixels per Earth radius, in steps
}

export interface Line {
  width: number;
  from: Rgba;
  to?: Rgba;
  dash?: number; // period in CSS pixels; 0 is unbroken
}

const VERTEX = `
uniform mat4 modelViewMatrix, projectionMatrix;
uniform vec2 canvas;
uniform vec3 eye;
uniform float ratio, near, ground, strength;
in vec2 corner;
in vec3 a, b;
in vec4 ca, cb;
in vec4 style;
out vec4 vColor;
out vec3 vEdge;
out vec2 vDash;
out float vOver; // below 0 beyond the horizon
const vec4 NOWHERE = vec4(2.0, 2.0, 2.0, 1.0);
void main() {
  vec2 over = vec2(dot(a, eye), dot(b, eye)) - 1.0;
  if (ground > 0.5 && over.x < 0.0 && over.y < 0.0) { gl_Position = NOWHERE; return; }
  vec4 va = modelViewMatrix * vec4(a, 1.0), vb = modelViewMatrix * vec4(b, 1.0);
  float fa = 0.0, fb = 1.0;
  float cut = -near;
  if (va.z > cut && vb.z > cut) { gl_Position = NOWHERE; return; }
  if (va.z > cut) { fa = (cut - va.z) / (vb.z - va.z); }
  if (vb.z > cut) { fb = (cut - va.z) / (vb.z - va.z); }
  vec4 wa = mix(va, vb, fa), wb = mix(va, vb, fb);
  vec4 pa = projectionMatrix * wa, pb = projectionMatrix * wb;
  vec2 sa = pa.xy / pa.w * canvas * 0.5, sb = pb.xy / pb.w * canvas * 0.5;
  vec2 way = sb - sa;
  float reach = length(way);
  way = reach > 1e-4 ? way / reach : vec2(1.0, 0.0);
  float half_width = 0.5 * style.x * ratio;
  float grown = half_width + 1.0;
  vec4 p = corner.x < 0.0 ? pa : pb;
  vec2 at = (corner.x < 0.0 ? sa : sb) + vec2(-way.y, way.x) * corner.y * grown;
  float f = corner.x < 0.0 ? fa : fb;
  gl_Position = vec4(at / (canvas * 0.5) * p.w, p.z, p.w);
  vColor = mix(ca, cb, f);
  vColor.a *= strength;
  vOver = 1.0;
  if (ground > 0.5) {
    vOver = mix(over.x, over.y, f);
    vColor.a *= mix(0.25, 1.0, smoothstep(0.0, 0.45, vOver / length(eye - mix(a, b, f)))); // fainter where the Earth turns away
  }
  vEdge = vec3(corner.y * grown * p.w, half_width, p.w);
  vDash = vec2(style.y, mix(style.z, style.w, f));
}`;

const FRAGMENT = `
precision highp float;
uniform float dash;
in vec4 vColor;
in vec3 vEdge;
in vec2 vDash;
in float vOver;
out vec4 color;
void main() {
  if (vOver < 0.0) discard;
  if (vDash.x > 0.0 && fract(vDash.y * dash / vDash.x) > 0.58) discard;
  float away = abs(vEdge.x / vEdge.z);
  color = vec4(vColor.rgb, vColor.a * clamp(vEdge.y + 0.5 - away, 0.0, 1.0) * min(1.0, vEdge.y * 2.0));
}`;

export interface Ribbons {
  mesh: Mesh;
  clear(): void;
  /** A polyline; broken where a point is null. */
  add(points: readonly (Point | null)[], line: Line, closed?: boolean): void;
  done(): void;
  strength(value: number): void;
  dispose(): void;
}

const PARTS = { a: { size: 3 }, b: { size: 3 }, ca: { size: 4, color: true }, cb: { size: 4, color: true }, style: { size: 4 } };

/** A batch of lines, on the ground (seen through nothing but the Earth's near side) or in the air (hidden by the Earth). */
export function ribbons(shared: Shared, ground: boolean, order: number): Ribbons {
  const strength = { value: 1 };
  const material = new RawShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: { ...shared, ground: { value: ground ? 1 : 0 }, strength, near: { value: 0.002 } },
    transparent: true,
    depthTest: !ground,
    depthWrite: false,
  });
  const batch = quads(PARTS, material, order);

  return {
    mesh: batch.mesh,
    clear: batch.clear,
    add(points, line, closed = false) {
      const n = points.length + (closed ? 1 : 0);
      const to = line.to ?? line.from;
      let s = 0;
      for (let k = 1; k < n; k++) {
        const p = points[k - 1];
        const q = points[k % points.length];
        if (!p || !q) continue;
        const step = Math.hypot(q[0] - p[0], q[1] - p[1], q[2] - p[2]);
        const quad = batch.next();
        batch.put("a", quad, p);
        batch.put("b", quad, q);
        batch.put("ca", quad, mixed(line.from, to, (k - 1) / (n - 1)));
        batch.put("cb", quad, mixed(line.from, to, k / (n - 1)));
        batch.put("style", quad, [line.width, line.dash ?? 0, s, s + step]);
        s += step;
      }
    },
    done: batch.done,
    strength(value) {
      strength.value = value;
      batch.mesh.visible = batch.count() > 0 && value > 0.01;
    },
    dispose: batch.dispose,
  };
}

function mixed(from: Rgba, to: Rgba, f: number): Rgba {
  if (from === to) return from;
  return [0, 1, 2, 3].map((i) => from[i]! * (1 - f) + to[i]! * f) as Rgba;
}
