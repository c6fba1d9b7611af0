/** Land and borders, from TopoJSON (deltas, 1/50 degree). */

export interface Topology {
  transform: { scale: [number, number]; translate: [number, number] };
  arcs: [number, number][][];
  objects: {
    land: { type: "MultiPolygon"; arcs: number[][][] };
    borders: { type: "MultiLineString"; arcs: number[][] };
    disputed: { type: "MultiLineString"; arcs: number[][] };
  };
}

type Line = [number, number][];

export interface World {
  land: { type: "MultiPolygon"; coordinates: Line[][] };
  borders: { type: "MultiLineString"; coordinates: Line[] };
  disputed: { type: "MultiLineString"; coordinates: Line[] };
}

export function decode(topology: Topology): World {
  const { scale, translate } = topology.transform;
  const arcs: Line[] = topology.arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]) => [(x += dx) * scale[0] + translate[0], (y += dy) * scale[1] + translate[1]]);
  });
  const joined = (numbers: number[]): Line =>
    numbers.flatMap((n, i) => {
      const arc = n < 0 ? [...(arcs[~n] ?? [])].reverse() : (arcs[n] ?? []);
      return i === 0 ? arc : arc.slice(1);
    });
  const { land, borders, disputed } = topology.objects;
  return {
    land: { type: "MultiPolygon", coordinates: land.arcs.map((polygon) => polygon.map(joined)) },
    borders: { type: "MultiLineString", coordinates: borders.arcs.map(joined) },
    disputed: { type: "MultiLineString", coordinates: disputed.arcs.map(joined) },
  };
}
