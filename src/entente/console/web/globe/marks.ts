// Signs of a size in pixels that stand in the scene: whole where the Earth does not hide their middle, else not there.
import { GLSL3, type Mesh, RawShaderMaterial } from "three";
import { quads } from "./quads";
import type { Rgba, Shared } from "./ribbons";
import type { Point } from "./sphere";

/** What a sign looks like; the number is what the shader is told. */
export const SHAPES = { circle: 0, site: 1, diamond: 2, triangle: 3, ring: 4, cross: 5, burst: 7, plus: 8 } as const;
export type Shape = keyof typeof SHAPES;
const PANELS = 16; // added to a shape that has a satellite's panels at its sides

const VERTEX = `
uniform mat4 modelViewMatrix, projectionMatrix;
uniform vec2 canvas;
uniform vec3 eye;
uniform float ratio, scale;
in vec2 corner;
in vec3 at;
in vec4 tint, edge;
in vec3 look;
out vec2 vAt;
out vec4 vTint, vEdge;
out vec3 vLook;
void main() {
  vec3 way = at - eye;
  float t = -dot(eye, way) / dot(way, way);
  vec4 p = projectionMatrix * modelViewMatrix * vec4(at, 1.0);
  bool hidden = t > 0.0 && t < 1.0 && length(eye + t * way) < 0.9995;
  float size = look.x * (dot(at, at) < 3.0 ? scale : 1.0);
  float grown = (0.5 * size * (look.y > 15.5 ? 2.5 : 1.3) + 2.5) * ratio; // panels reach beyond the body
  vAt = corner * grown / ratio;
  vTint = tint;
  vEdge = edge;
  vLook = vec3(size, look.yz);
  gl_Position = hidden || p.w <= 0.0 ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(p.xy + corner * grown / (canvas * 0.5) * p.w, p.z, p.w);
}`;

const FRAGMENT = `
precision highp float;
uniform float ratio;
in vec2 vAt;
in vec4 vTint, vEdge;
in vec3 vLook;
out vec4 color;
float box(vec2 p, vec2 b) { vec2 d = abs(p) - b; return length(max(d, 0.0)) + min(max(d.x, d.y), 0.0); }
float sign_at_body(vec2 p, float r, int shape) {
  if (shape == 1) return box(p, vec2(r * 0.82));
  if (shape == 2) return (abs(p.x) + abs(p.y) - r * 1.22) * 0.7071;
  if (shape == 3) { p.y += r * 0.2; return max(abs(p.x) * 0.866 + p.y * 0.5, -p.y) - r * 0.58; }
  if (shape == 4) return abs(length(p) - r * 0.86) - 0.8;
  if (shape == 5) { vec2 q = vec2(p.x + p.y, p.y - p.x) * 0.7071; return min(box(q, vec2(r, 0.9)), box(q, vec2(0.9, r))); }
  if (shape == 7) {
    float a = atan(p.y, p.x), turn = 0.7853982;
    a = mod(a + 0.5 * turn, turn) - 0.5 * turn;
    vec2 q = length(p) * vec2(cos(a), sin(a));
    return box(q - vec2(r * 0.68, 0.0), vec2(r * 0.32, 0.75));
  }
  if (shape == 8) return min(box(p, vec2(r, r * 0.3)), box(p, vec2(r * 0.3, r)));
  return length(p) - r;
}
float sign_at(vec2 p, float r, int shape) {
  if (shape >= 16) {
    float panels = box(vec2(abs(p.x) - r * 1.75, p.y), vec2(r * 0.6, 0.7));
    return min(panels, sign_at_body(p, r, shape - 16));
  }
  return sign_at_body(p, r, shape);
}
void main() {
  float d = sign_at(vAt, 0.5 * vLook.x, int(vLook.y + 0.5));
  float soft = 0.6 / ratio;
  float inside = 1.0 - smoothstep(-soft, soft, d);
  float around = 1.0 - smoothstep(vLook.z - soft, vLook.z + soft, d);
  float cover = max(inside * vTint.a, around * vEdge.a);
  if (cover < 0.01) discard;
  color = vec4(mix(vEdge.rgb, vTint.rgb, inside * vTint.a / max(cover, 0.001)), cover);
}`;

const PARTS = { at: { size: 3 }, tint: { size: 4, color: true }, edge: { size: 4, color: true }, look: { size: 3 } };

export interface Marks {
  mesh: Mesh;
  clear(): void;
  add(p: Point, size: number, shape: Shape, tint: Rgba, edge: Rgba, border?: number, panels?: boolean): void;
  done(): void;
  /** How large signs near the ground are: from far off they would cover the Earth. */
  scale(value: number): void;
  dispose(): void;
}

/** A batch of signs. */
export function marks(shared: Shared, order: number): Marks {
  const scale = { value: 1 };
  const material = new RawShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: VERTEX,
    fragmentShader: FRAGMENT,
    uniforms: { ...shared, scale },
    transparent: true,
    depthTest: false,
    depthWrite: false,
  });
  const batch = quads(PARTS, material, order);

  return {
    mesh: batch.mesh,
    clear: batch.clear,
    add(p, size, shape, tint, edge, border = 1.5, panels = false) {
      const quad = batch.next();
      batch.put("at", quad, p);
      batch.put("tint", quad, tint);
      batch.put("edge", quad, edge);
      batch.put("look", quad, [size, SHAPES[shape] + (panels ? PANELS : 0), border]);
    },
    done: batch.done,
    scale(value) {
      scale.value = value;
    },
    dispose: batch.dispose,
  };
}
