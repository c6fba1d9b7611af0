// Lines of a width in pixels, thousands in one draw call: each segment is an instanced quad with its own soft edge,
// so that they are crisp without multisampling, which a renderer without a GPU could not afford.
import {
  DynamicDrawUsage,
  GLSL3,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  Mesh,
  RawShaderMaterial,
  BufferAttribute,
  type Vector2,
  type Vector3,
} from "three";
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
uniform float ratio, near;
in vec2 corner;
in vec3 a, b;
in vec4 ca, cb;
in vec4 style;
out vec4 vColor;
out vec3 vPoint;
out vec3 vEdge;
out vec2 vDash;
void main() {
  vec4 va = modelViewMatrix * vec4(a, 1.0), vb = modelViewMatrix * vec4(b, 1.0);
  float fa = 0.0, fb = 1.0;
  float cut = -near;
  if (va.z > cut && vb.z > cut) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); return; }
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
  vec4 p = corner.x < 0.5 ? pa : pb;
  vec2 at = (corner.x < 0.5 ? sa - way * min(half_width, 1.0) * 0.5 : sb + way * min(half_width, 1.0) * 0.5) + vec2(-way.y, way.x) * corner.y * grown;
  float f = corner.x < 0.5 ? fa : fb;
  gl_Position = vec4(at / (canvas * 0.5) * p.w, p.z, p.w);
  vColor = mix(ca, cb, f);
  vPoint = mix(a, b, f);
  vEdge = vec3(corner.y * grown * p.w, half_width, p.w);
  vDash = vec2(style.y, mix(style.z, style.w, f));
}`;

const FRAGMENT = `
precision highp float;
uniform vec3 eye;
uniform float dash, ground, strength;
in vec4 vColor;
in vec3 vPoint;
in vec3 vEdge;
in vec2 vDash;
out vec4 color;
void main() {
  float alpha = vColor.a * strength;
  if (ground > 0.5) {
    vec3 up = normalize(vPoint);
    float over = dot(up, eye) - 1.0;
    if (over < 0.0) discard;
    float facing = over / length(eye - up);
    alpha *= mix(0.25, 1.0, smoothstep(0.0, 0.45, facing));
  }
  if (vDash.x > 0.0) {
    float f = fract(vDash.y * dash / vDash.x);
    if (f > 0.58) discard;
  }
  float away = abs(vEdge.x / vEdge.z);
  alpha *= clamp(vEdge.y + 0.5 - away, 0.0, 1.0) * min(1.0, vEdge.y * 2.0);
  if (alpha < 0.004) discard;
  color = vec4(vColor.rgb, alpha);
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

const CORNERS = new Float32Array([0, -1, 1, -1, 1, 1, 0, -1, 1, 1, 0, 1]);
const PARTS = { a: 3, b: 3, ca: 4, cb: 4, style: 4 } as const;
type Part = keyof typeof PARTS;

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
  let room = 0;
  let count = 0;
  let data = {} as Record<Part, Float32Array>;
  const mesh = new Mesh(new InstancedBufferGeometry(), material);
  mesh.frustumCulled = false;
  mesh.renderOrder = order;

  function grow(): void {
    room = Math.max(256, room * 2);
    const geometry = new InstancedBufferGeometry();
    geometry.setAttribute("corner", new BufferAttribute(CORNERS, 2));
    const grown = {} as Record<Part, Float32Array>;
    for (const part of Object.keys(PARTS) as Part[]) {
      grown[part] = new Float32Array(room * PARTS[part]);
      if (data[part]) grown[part].set(data[part]);
      geometry.setAttribute(part, new InstancedBufferAttribute(grown[part], PARTS[part]).setUsage(DynamicDrawUsage));
    }
    data = grown;
    geometry.setDrawRange(0, CORNERS.length / 2); // no attribute is named position, which would tell
    mesh.geometry.dispose();
    mesh.geometry = geometry;
  }
  grow();

  function mixed(from: Rgba, to: Rgba, f: number): Rgba {
    return [0, 1, 2, 3].map((i) => from[i]! * (1 - f) + to[i]! * f) as Rgba;
  }

  return {
    mesh,
    clear() {
      count = 0;
    },
    add(points, line, closed = false) {
      const n = points.length + (closed ? 1 : 0);
      let s = 0;
      for (let k = 1; k < n; k++) {
        const p = points[k - 1];
        const q = points[k % points.length];
        if (!p || !q) continue;
        if (count === room) grow();
        const step = Math.hypot(q[0] - p[0], q[1] - p[1], q[2] - p[2]);
        data.a.set(p, 3 * count);
        data.b.set(q, 3 * count);
        const to = line.to;
        data.ca.set(to ? mixed(line.from, to, (k - 1) / (n - 1)) : line.from, 4 * count);
        data.cb.set(to ? mixed(line.from, to, k / (n - 1)) : line.from, 4 * count);
        data.style.set([line.width, line.dash ?? 0, s, s + step], 4 * count);
        s += step;
        count++;
      }
    },
    done() {
      const geometry = mesh.geometry as InstancedBufferGeometry;
      geometry.instanceCount = count;
      mesh.visible = count > 0;
      for (const part of Object.keys(PARTS) as Part[]) {
        const attribute = geometry.getAttribute(part) as InstancedBufferAttribute;
        attribute.clearUpdateRanges();
        attribute.addUpdateRange(0, count * PARTS[part]);
        attribute.needsUpdate = true;
      }
    },
    strength(value) {
      strength.value = value;
      mesh.visible = count > 0 && value > 0.01;
    },
    dispose() {
      mesh.geometry.dispose();
      material.dispose();
    },
  };
}
