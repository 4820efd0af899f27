// One order of stations for the list, for j/k and for the panel: what the search leaves, sorted as chosen.
import { computed, signal } from '@preact/signals';
import { find } from '../../shell/choices';
import { areaNamesOf } from '../../shell/city';
import { named } from '../../shell/texts';
import { type Sort, sorted } from './rules';
import { found, quantity, stations, values } from './store';

export const sort = signal<Sort>({ key: 'value', descending: true });

/** Indices; stations that do not carry the chosen quantity are left out. */
export const order = computed<number[]>(() => {
  void values.version.value;
  const channel = quantity.value?.channel;
  const left = found.value;
  const list = stations.value;
  const wanted = list.flatMap((s, i) => ((left === null || left.has(i)) && (!channel || s.channels.includes(channel)) ? [i] : []));
  const { key } = sort.value;
  return sorted(wanted, sort.value, (i) => {
    if (key === 'value') return values.value[i]!;
    if (key === 'time') return values.time[i]!;
    return key === 'name' ? named(list[i]!.name) : `${areaNamesOf(list[i]!.area).map(named).reverse().join(' ')} ${named(list[i]!.name)}`;
  });
});

/** All that the search leaves: those of the list, then the ones that do not carry the chosen quantity, by name. */
export const foundInOrder = computed<number[]>(() => {
  const carrying = new Set(order.value);
  const others = [...(found.value ?? [])].filter((i) => !carrying.has(i));
  return [...order.value, ...sorted(others, { key: 'name', descending: false }, (i) => named(stations.value[i]!.name))];
});

/** Steps the cursor through the order; from nowhere it starts at the top. */
export function stepped(from: number | null, by: number): number | null {
  const all = order.value;
  if (all.length === 0) return null;
  const place = from === null ? -1 : all.indexOf(from);
  return all[Math.min(Math.max(place < 0 ? (by > 0 ? 0 : all.length - 1) : place + by, 0), all.length - 1)]!;
}

/** The first that the search leaves; null: nothing is searched for, or nothing was found. */
export const firstFound = (): number | null => (find.peek().trim() === '' ? null : (foundInOrder.peek()[0] ?? null));
