// Quads by the thousand in one draw call: four corners each, every corner with all that its quad is told. Plain geometry,
// not instances: without a GPU each instance costs as much as a draw call (26,000 coast segments: 400 ms, now 30).
import { BufferAttribute, BufferGeometry, DynamicDrawUsage, Mesh, type RawShaderMaterial } from "three";

/** What a quad is told: name and how many numbers; colours are kept as bytes. */
export type Parts = Record<string, { size: number; color?: boolean }>;

export interface Quads {
  mesh: Mesh;
  clear(): void;
  /** One more quad; its number is handed to `put`. */
  next(): number;
  put(part: string, quad: number, values: ArrayLike<number>): void;
  count(): number;
  done(): void;
  dispose(): void;
}

const CORNERS = [-1, -1, 1, -1, 1, 1, -1, 1];
const TWO_TRIANGLES = [0, 1, 2, 0, 2, 3];

/** A batch of quads; the shader finds its corner, each from -1 to 1, in `corner`. */
export function quads(parts: Parts, material: RawShaderMaterial, order: number): Quads {
  const mesh = new Mesh(new BufferGeometry(), material);
  mesh.frustumCulled = false;
  mesh.renderOrder = order;
  const names = Object.keys(parts);
  let room = 0;
  let count = 0;
  let data: Record<string, Float32Array | Uint8Array> = {};

  function grow(): void {
    room = Math.max(64, room * 2);
    const geometry = new BufferGeometry();
    const corner = new Int8Array(8 * room);
    const index = new Uint32Array(6 * room);
    for (let k = 0; k < room; k++) {
      corner.set(CORNERS, 8 * k);
      for (let i = 0; i < 6; i++) index[6 * k + i] = 4 * k + TWO_TRIANGLES[i]!;
    }
    geometry.setAttribute("corner", new BufferAttribute(corner, 2));
    geometry.setIndex(new BufferAttribute(index, 1));
    const grown: typeof data = {};
    for (const name of names) {
      const { size, color } = parts[name]!;
      const array = color ? new Uint8Array(4 * room * size) : new Float32Array(4 * room * size);
      if (data[name]) array.set(data[name]);
      grown[name] = array;
      geometry.setAttribute(name, new BufferAttribute(array, size, color ?? false).setUsage(DynamicDrawUsage));
    }
    data = grown;
    mesh.geometry.dispose();
    mesh.geometry = geometry;
  }
  grow();

  return {
    mesh,
    clear() {
      count = 0;
    },
    next() {
      if (count === room) grow();
      return count++;
    },
    put(part, quad, values) {
      const { size, color } = parts[part]!;
      const array = data[part]!;
      const scale = color ? 255 : 1;
      for (let i = 0; i < size; i++) {
        const value = values[i]! * scale;
        for (let v = 0, at = 4 * quad * size + i; v < 4; v++, at += size) array[at] = value;
      }
    },
    count: () => count,
    done() {
      mesh.geometry.setDrawRange(0, 6 * count);
      mesh.visible = count > 0;
      for (const name of names) {
        const attribute = mesh.geometry.getAttribute(name) as BufferAttribute;
        attribute.clearUpdateRanges();
        attribute.addUpdateRange(0, 4 * count * attribute.itemSize);
        attribute.needsUpdate = true;
      }
    },
    dispose() {
      mesh.geometry.dispose();
      material.dispose();
    },
  };
}
