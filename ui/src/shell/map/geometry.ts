// Where an area's label stands, and what an area's box is.
import type { MultiPolygon, Polygon, Position } from 'geojson';

const ringsOf = (g: Polygon | MultiPolygon): Position[][] => (g.type === 'Polygon' ? [g.coordinates[0]!] : g.coordinates.map((p) => p[0]!));

function areaAndCentre(ring: readonly Position[]): { area: number; centre: [number, number] } {
  let [twice, x, y] = [0, 0, 0];
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [a, b] = [ring[j]!, ring[i]!];
    const cross = a[0]! * b[1]! - b[0]! * a[1]!;
    twice += cross;
    x += (a[0]! + b[0]!) * cross;
    y += (a[1]! + b[1]!) * cross;
  }
  const first = ring[0]!;
  return twice === 0 ? { area: 0, centre: [first[0]!, first[1]!] } : { area: Math.abs(twice) / 2, centre: [x / (3 * twice), y / (3 * twice)] };
}

/** The centroid of the largest part. */
export function centreOf(g: Polygon | MultiPolygon): [number, number] {
  return ringsOf(g).map(areaAndCentre).reduce((a, b) => (b.area > a.area ? b : a)).centre;
}

/** [west, south, east, north] */
export function boxOf(g: Polygon | MultiPolygon): [number, number, number, number] {
  const points = ringsOf(g).flat();
  const [xs, ys] = [points.map((p) => p[0]!), points.map((p) => p[1]!)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
