// What of the city the map shows as a whole: where something is measured. An Area that was imported from afar, and holds no
// station, makes everything else small.
import { districtOf, districts } from '../../shell/city';
import type { Box } from '../../shell/map/canvas';
import { boxOf } from '../../shell/map/geometry';
import { placeOf } from './rules';
import { stations } from './store';

export const boxAround = (boxes: readonly Box[]): Box | null =>
  boxes.length === 0 ? null : boxes.reduce((a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]);

const kFarther = 1;  // times the size of the districts on each side
const kUsual = 5;    // times what lies between the quartiles
const kLeast = 0.05; // degrees

function usual(values: readonly number[]): [number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [1, 3].map((n) => sorted[Math.floor((n * (sorted.length - 1)) / 4)]!);
  const more = kUsual * (high! - low!) + kLeast;
  return [low! - more, high! + more];
}

/** Where a station may stand so that the city is seen with it: one whose longitude was typed wrongly must not make all others a dot. */
export function counted(districts: Box | null, places: readonly (readonly [number, number])[]): Box | null {
  if (districts) {
    const [west, south, east, north] = districts;
    const [width, height] = [kFarther * (east - west), kFarther * (north - south)];
    return [west - width, south - height, east + width, north + height];
  }
  if (places.length === 0) return null;
  const [west, east] = usual(places.map(([lon]) => lon));
  const [south, north] = usual(places.map(([, lat]) => lat));
  return [west, south, east, north];
}

/** Of all stations and of the districts that hold some; null: nothing is measured anywhere. */
export function frame(): Box | null {
  const held = new Set(stations.value.map((s) => districtOf(s.area)));
  const areas = districts.value.filter((f) => held.has(f.properties.id)).map((f) => boxOf(f.geometry));
  const places = stations.value.map(placeOf).filter((place) => place !== null);
  const room = counted(boxAround(areas), places);
  const inside = places.filter(([lon, lat]) => room && lon >= room[0] && lon <= room[2] && lat >= room[1] && lat <= room[3]);
  // One place alone is no city.
  return areas.length > 0 || inside.length > 1 ? boxAround([...areas, ...inside.map(([lon, lat]): Box => [lon, lat, lon, lat])]) : null;
}
