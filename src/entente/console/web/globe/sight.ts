// The eye: a camera that follows a view, and what it tells: where points fall on the canvas, and what a pixel strikes.
import { PerspectiveCamera, Vector3 } from "three";
import type { Shared } from "./ribbons";
import { type Point, dot, inSight, length, less, scaled, sum, unit } from "./sphere";
import { type View, field, stance } from "./view";

export interface Sight {
  camera: PerspectiveCamera;
  look(view: View, width: number, height: number, ratio: number): void;
  /** Pixels of a point, or null where it is out of sight. */
  project(p: Point): [number, number] | null;
  /** Where on the ground a pixel lies; null beside the Earth. */
  ground(x: number, y: number): Point | null;
}

/** An eye that tells the shaders where it is. */
export function sight(shared: Shared): Sight {
  const camera = new PerspectiveCamera();
  const spot = new Vector3();
  let eye: Point = [3, 0, 0];
  let [wide, high] = [1, 1];
  return {
    camera,
    look(view, width, height, ratio) {
      [wide, high] = [width, height];
      const stand = stance(view);
      eye = stand.eye;
      camera.up.set(...stand.up);
      camera.position.set(...eye);
      camera.lookAt(...stand.target);
      const angle = field(width, height);
      camera.fov = (angle * 180) / Math.PI;
      camera.aspect = width / height;
      camera.near = Math.max(0.001, 0.1 * (length(eye) - 1));
      camera.far = length(eye) + 8; // beyond the farthest satellite
      camera.updateProjectionMatrix();
      camera.updateMatrixWorld();
      shared.eye.value.set(...eye);
      shared.canvas.value.set(width * ratio, height * ratio);
      shared.ratio.value = ratio;
      const pixels = height / (2 * Math.tan(angle / 2) * view.distance); // a radius
      shared.dash.value = 2 ** (Math.round(2 * Math.log2(pixels)) / 2); // in steps, so that dashes do not crawl
    },
    project(p) {
      if (!inSight(eye, p)) return null;
      spot.set(...p).project(camera);
      if (spot.z > 1 || spot.z < -1) return null;
      return [((spot.x + 1) / 2) * wide, ((1 - spot.y) / 2) * high];
    },
    ground(x, y) {
      spot.set((2 * x) / wide - 1, 1 - (2 * y) / high, 0.5).unproject(camera);
      const way = unit(less([spot.x, spot.y, spot.z], eye));
      const near = -dot(eye, way);
      const under = near * near - dot(eye, eye) + 1;
      return under < 0 ? null : sum(eye, scaled(way, near - Math.sqrt(under)));
    },
  };
}
