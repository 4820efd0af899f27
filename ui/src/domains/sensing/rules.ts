// Rules about stations: what their states are called, what a search finds, in which order a list stands.
import type { Schema } from '../../shell/api';
import { nameOrder } from '../../shell/format';

/** Whether a station reports is the server's to say (docs/control_room.md); these are its words, numbered from 1. */
export const kReportStates = ['reporting', 'late', 'silent', 'never_heard'] as const satisfies readonly Schema<'ReportState'>[];
export type ReportState = (typeof kReportStates)[number];
export type ReportCounts = Schema<'ReportCounts'>;
export const stateOf = (code: number): ReportState => kReportStates[code - 1] ?? 'never_heard';

/** [longitude, latitude] of what stands somewhere; null: registered without a place, so it is in lists and on no map. */
export const placeOf = (s: { lat?: number | null; lon?: number | null } | undefined): [number, number] | null =>
  typeof s?.lat === 'number' && typeof s.lon === 'number' ? [s.lon, s.lat] : null;

/** What a device sent in the place of a value. */
export type Sent = Schema<'Sent'>;

/** Nothing of the city is measured: then what is simulated need not say so one by one. */
export const isWhollySimulated = (city: Pick<Schema<'City'>, 'simulated' | 'stations' | 'simulated_stations'> | null) =>
  city !== null && city.simulated && city.simulated_stations === city.stations;

/** What the wall turns through: of the main quantities the first three that are measured in different units. */
export function onWall<Q extends { unit: string; main: boolean }>(all: readonly Q[]): Q[] {
  const units = new Set<string>();
  return all.filter((q) => q.main && !units.has(q.unit) && units.add(q.unit)).slice(0, 3);
}

export type SortKey = 'name' | 'area' | 'value' | 'time';
export interface Sort {
  key: SortKey;
  descending: boolean;
}

/** Indices in the wanted order; what has no value always stands last; ties keep the order of the registry. */
export function sorted(indices: readonly number[], sort: Sort, keyOf: (index: number) => number | string): number[] {
  const sign = sort.descending ? -1 : 1;
  const collator = typeof keyOf(indices[0] ?? 0) === 'string' ? nameOrder : null;
  const keys = new Map(indices.map((i) => [i, keyOf(i)]));
  return [...indices].sort((a, b) => {
    const [x, y] = [keys.get(a)!, keys.get(b)!];
    if (collator) return sign * collator.compare(String(x), String(y)) || a - b;
    const [m, n] = [Number(x), Number(y)];
    if (Number.isNaN(m) || Number.isNaN(n)) return Number(Number.isNaN(m)) - Number(Number.isNaN(n)) || a - b;
    return sign * (m - n) || a - b;
  });
}

/** What is shown of a Datastream. */
export interface Shown {
  value: number | null;
  time: number | null;
  flag: number;
  state: ReportState;
  sent?: Sent | undefined;
  arrived?: number | undefined;
  claimed?: number | undefined;
  reason?: Record<string, string> | undefined;
}
/** A live row, as it came last. */
export type LiveValue = Pick<Shown, 'value' | 'time' | 'flag' | 'state' | 'sent'>;
interface ReadValue extends Omit<Shown, 'flag'> {
  flag: number | null;
}

/** The newer of what was read and what came live since, so that one number stands everywhere; what was read also says why. */
export function shownOf(read: ReadValue, live: LiveValue | null): Shown {
  const { value, time, flag, state, sent, arrived, claimed, reason } = read;
  const fromRead: Shown = { value, time, flag: flag ?? 9, state, sent, arrived, claimed, reason };
  if (!live || live.time === null || live.time < (time ?? -Infinity)) return fromRead;
  return live.time === time ? { ...fromRead, state: live.state } : live;
}

const kLateBy = 10 * 60_000;
/** It came, and long after it was measured: that is what is late. */
export const cameLate = ({ state, time, arrived, claimed }: Shown) => state === 'late' && claimed === undefined && time !== null && arrived !== undefined && arrived - time > kLateBy;
/** Its time is that of its arrival, because its own cannot be believed. */
export const isDatedByArrival = ({ time, arrived, claimed }: Shown) => claimed !== undefined && time === arrived;
