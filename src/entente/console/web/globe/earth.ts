// The Earth: sea, land, borders and a grid as vectors, and the thin air at its rim.
import {
  BackSide,
  BufferAttribute,
  BufferGeometry,
  Group,
  GLSL3,
  Mesh,
  RawShaderMaterial,
  ShapeUtils,
  SphereGeometry,
  Vector2,
  Vector3,
} from "three";
import type { Colors } from "./colors";
import type { World } from "../world";
import { type Shared, ribbons } from "./ribbons";
import { type Point, axes, cross, dot, place, point, sum, unit } from "./sphere";

const placed = (line: readonly (readonly number[])[]): Point[] => line.map((p) => point(p[1]!, p[0]!));

const STEP = 0.05; // radii; longer edges are halved until they follow the Earth's curve

/** Triangles that fill polygons on the sphere. Each is laid flat by a stereographic projection about its own middle, which
 * has neither a date line nor a pole, cut by ear clipping, and put back. */
export function fill(land: readonly Point[][][]): { places: Float32Array; faces: Uint32Array } {
  const places: number[] = [];
  const faces: number[] = [];
  const halves = new Map<string, number>();
  const at = (k: number): Point => [places[3 * k]!, places[3 * k + 1]!, places[3 * k + 2]!];
  const far = (a: number, b: number): number => {
    const [p, q] = [at(a), at(b)];
    return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
  };
  const half = (a: number, b: number): number => {
    const key = a < b ? `${a},${b}` : `${b},${a}`;
    let k = halves.get(key);
    if (k === undefined) {
      k = places.length / 3;
      places.push(...unit(sum(at(a), at(b))));
      halves.set(key, k);
    }
    return k;
  };
  const split = (a: number, b: number, c: number): void => {
    const [ab, bc, ca] = [far(a, b), far(b, c), far(c, a)];
    const most = Math.max(ab, bc, ca);
    if (most < STEP) faces.push(a, b, c);
    else if (most === ab) (split(a, half(a, b), c), split(half(a, b), b, c));
    else if (most === bc) (split(a, b, half(b, c)), split(a, half(b, c), c));
    else (split(a, b, half(c, a)), split(half(c, a), b, c));
  };
  for (const rings of land) {
    const middle = unit(rings[0]!.reduce(sum, [0, 0, 0]));
    const [east, north] = axes(...place(middle));
    const first = places.length / 3;
    const flat = rings.map((ring) =>
      ring.map((p) => {
        const k = 1 / (1 + dot(p, middle));
        places.push(...p);
        return new Vector2(dot(p, east) * k, dot(p, north) * k);
      }),
    );
    const [outer, ...holes] = flat as [Vector2[], ...Vector2[][]];
    for (const [a, b, c] of ShapeUtils.triangulateShape(outer, holes)) {
      const [p, q, r] = [first + a!, first + b!, first + c!];
      if (dot(cross(at(p), at(q)), at(r)) < 0) split(p, r, q);
      else split(p, q, r); // all face outward: those of the far side are not even filled
    }
  }
  return { places: new Float32Array(places), faces: new Uint32Array(faces) };
}

/** Meridians and parallels every 15 degrees; the meridians end near the poles, where they would crowd. */
function graticule(): Point[][] {
  const lines: Point[][] = [];
  for (let lon = -180; lon < 180; lon += 15) {
    const end = lon % 90 === 0 ? 90 : 75;
    lines.push(Array.from({ length: 61 }, (_, k) => point(-end + (2 * end * k) / 60, lon)));
  }
  for (let lat = -75; lat <= 75; lat += 15) {
    lines.push(Array.from({ length: 121 }, (_, k) => point(lat, -180 + 3 * k)));
  }
  return lines;
}

const SEA_VERTEX = `
uniform mat4 modelViewMatrix, projectionMatrix;
uniform vec3 eye;
in vec3 position;
out float vFacing;
void main() {
  vec3 way = eye - position;
  vFacing = dot(position, way) / length(way);
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

const SEA = `
precision mediump float;
uniform vec3 light, deep, rim;
in float vFacing;
out vec4 color;
void main() {
  vec3 tone = mix(deep, light, smoothstep(0.05, 0.9, vFacing));
  color = vec4(mix(rim, tone, smoothstep(0.0, 0.22, vFacing)), 1.0);
}`;

const LAND_VERTEX = `
uniform mat4 modelViewMatrix, projectionMatrix;
uniform vec3 eye, tone, rim;
in vec3 position;
out vec3 vColor;
out float vOver;
void main() {
  vOver = dot(position, eye) - 1.0;
  vColor = mix(rim, tone, smoothstep(0.0, 0.3, vOver / length(eye - position)));
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

const LAND = `
precision mediump float;
in vec3 vColor;
in float vOver;
out vec4 color;
void main() {
  if (vOver < 0.0) discard;
  color = vec4(vColor, 1.0);
}`;

const AIR_VERTEX = `
uniform mat4 modelViewMatrix, projectionMatrix;
in vec3 position;
out vec3 vPoint;
void main() {
  vPoint = position;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

const AIR = `
precision highp float;
uniform vec3 eye, rim;
in vec3 vPoint;
out vec4 color;
void main() {
  vec3 way = normalize(vPoint - eye);
  float height = length(cross(eye, way)) - 1.0;
  color = vec4(rim, exp(-max(height, 0.0) / 0.011) * (1.0 - smoothstep(0.05, 0.09, height)));
}`;

export interface Earth {
  group: Group;
  dress(colors: Colors): void;
  dispose(): void;
}

/** The Earth, to be dressed in a theme's colours. */
export function earth(world: World, shared: Shared): Earth {
  const land = world.land.coordinates.map((rings) => rings.map((ring) => placed(ring).slice(0, -1))); // rings say their end twice
  const [borders, disputed] = [world.borders.coordinates.map(placed), world.disputed.coordinates.map(placed)];
  const { places, faces } = fill(land);
  const tint = () => ({ value: new Vector3() });
  const colors = { light: tint(), deep: tint(), rim: tint(), tone: tint() };
  const shader = (vertexShader: string, fragmentShader: string, more: object) =>
    new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader,
      fragmentShader,
      uniforms: { eye: shared.eye, ...colors },
      ...more,
    });
  const sea = new Mesh(new SphereGeometry(1, 144, 96), shader(SEA_VERTEX, SEA, {}));
  sea.renderOrder = 1;
  const ground = new BufferGeometry();
  ground.setAttribute("position", new BufferAttribute(places, 3));
  ground.setIndex(new BufferAttribute(faces, 1));
  const soil = new Mesh(ground, shader(LAND_VERTEX, LAND, { depthTest: false, depthWrite: false }));
  soil.renderOrder = 2;
  const rim = new Mesh(new SphereGeometry(1.1, 64, 48), shader(AIR_VERTEX, AIR, { transparent: true, depthWrite: false, side: BackSide }));
  rim.renderOrder = 0;
  const grid = ribbons(shared, true, 3);
  const inner = ribbons(shared, true, 4);
  const coast = ribbons(shared, true, 5);
  const group = new Group();
  group.add(sea, soil, rim, grid.mesh, inner.mesh, coast.mesh);
  for (const mesh of [sea, soil, rim]) mesh.frustumCulled = false;
  const lines = graticule();

  return {
    group,
    dress(theme) {
      colors.light.value.set(...theme.seaLight);
      colors.deep.value.set(...theme.sea);
      colors.rim.value.set(...theme.rim);
      colors.tone.value.set(...theme.land);
      for (const batch of [grid, inner, coast]) batch.clear();
      for (const line of lines) grid.add(line, { width: 0.8, from: theme.grid });
      for (const line of borders) inner.add(line, { width: 0.9, from: theme.border });
      for (const line of disputed) inner.add(line, { width: 0.9, from: theme.border, dash: 7 });
      for (const rings of land) for (const ring of rings) coast.add(ring, { width: 1.1, from: theme.coast }, true);
      for (const batch of [grid, inner, coast]) batch.done();
    },
    dispose() {
      for (const mesh of [sea, soil, rim]) {
        mesh.geometry.dispose();
        mesh.material.dispose();
      }
      for (const batch of [grid, inner, coast]) batch.dispose();
    },
  };
}
