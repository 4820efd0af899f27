// Rules about stations: how fresh a value is, what a search finds, in which order a list stands.
import { folded } from './format';
import { kDay } from './time';

/** fresh: heard of within 3 expected intervals; silent: not for 7 days or never (docs/control_room_api.md). */
export type Freshness = 'fresh' | 'stale' | 'silent';

export function freshnessOf(time: number, now: number, interval: number): Freshness {
  if (Number.isNaN(time) || now - time > 7 * kDay) return 'silent';
  return now - time <= 3 * interval ? 'fresh' : 'stale';
}

/** The text a search looks into: serial, and names in every language. */
export const searchText = (parts: readonly string[]) => parts.map(folded).join('\n');

/** Every word must be found somewhere. */
export function matches(text: string, query: string): boolean {
  return query.trim() === '' || query.trim().split(/\s+/).every((word) => text.includes(folded(word)));
}

export type SortKey = 'name' | 'area' | 'value' | 'time';
export interface Sort {
  key: SortKey;
  descending: boolean;
}

/** Indices in the wanted order; what has no value always stands last; ties keep the order of the registry. */
export function sorted(indices: readonly number[], sort: Sort, keyOf: (index: number) => number | string): number[] {
  const sign = sort.descending ? -1 : 1;
  const collator = typeof keyOf(indices[0] ?? 0) === 'string' ? new Intl.Collator('ko', { numeric: true }) : null;
  const keys = new Map(indices.map((i) => [i, keyOf(i)]));
  return [...indices].sort((a, b) => {
    const [x, y] = [keys.get(a)!, keys.get(b)!];
    if (collator) return sign * collator.compare(String(x), String(y)) || a - b;
    const [m, n] = [Number(x), Number(y)];
    if (Number.isNaN(m) || Number.isNaN(n)) return Number(Number.isNaN(m)) - Number(Number.isNaN(n)) || a - b;
    return sign * (m - n) || a - b;
  });
}
