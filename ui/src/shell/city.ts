// The city itself: its name and zone, its areas, what lies under them.
import { computed, signal } from '@preact/signals';
import type { Areas, City, Name } from './api';
import { found, searchable } from './search';

export const city = signal<City | null>(null);
export const areas = signal<Areas | null>(null);
export const basemap = signal<GeoJSON.FeatureCollection | null>(null);
export const zone = () => city.value?.zone ?? 'UTC';

const areaById = computed(() => new Map(areas.value?.features.map((f) => [f.properties.id, f.properties]) ?? []));
const topLevel = computed(() => Math.min(...(areas.value?.features.map((f) => f.properties.level) ?? [1])));
/** The areas that have medians, labels and a place in lists; smaller ones are only drawn. */
export const districts = computed(() => areas.value?.features.filter((f) => f.properties.level === topLevel.value) ?? []);
/** The district that holds an area, which may be the area itself. */
export function districtOf(area: number | null): number {
  let id = area ?? 0;
  for (let climbed = 0; climbed < 9; climbed += 1) {
    const properties = areaById.value.get(id);
    if (!properties || properties.level === topLevel.value || !properties.parent) break;
    id = properties.parent;
  }
  return id;
}
/** An area and all that hold it, smallest first: where a right is asked for. */
export function areasAround(area: number | null): number[] {
  const path: number[] = [];
  for (let id = area ?? 0; id && path.length < 9; id = areaById.value.get(id)?.parent ?? 0) path.push(id);
  return path;
}
/** The names of an area and of all that hold it, smallest first. */
export function areaNamesOf(area: number | null): Name[] {
  if (area === null) return [];
  const all = [areaById.value.get(area)?.name, districtOf(area) === area ? undefined : areaById.value.get(districtOf(area))?.name];
  return all.filter((name) => name !== undefined);
}
const areaTexts = computed(() => new Map([...areaById.value].map(([id, { code }]) => [id, searchable([code, ...areaNamesOf(id).flatMap((name) => Object.values(name))])])));
/** Whether an area is called so, in any language, by its code or by what holds it. */
export const areaFits = (id: number, query: string) => query.trim() === '' || found(areaTexts.value.get(id) ?? '', query);
