// The API of stations and their values (docs/control_room_api.md), typed.
import { type City, type Name, read, time } from '../../shell/api';
import type { SeriesPoint } from '../../shell/charts/series';
import { ofServer } from '../../shell/prefix';
import type { ReportCounts, ReportState, Sent } from './rules';

export interface Quantity {
  channel: string;
  name: Name;
  unit: string;
  scale: [number, number];
  decimals: number;
  ramp: 'sequential' | 'diverging';
  averaging: string;
  stations: number;
  /** The public page shows it too. */
  main: boolean;
  /** Its readings are words, which stand in the place of values. */
  takes_words?: boolean;
}
/** What the city's answer holds of its measurements. */
export interface SensingCity extends City {
  interval_ms: number;
  quantities: Quantity[];
  notices: Name[];
}
export interface Station {
  id: number;
  serial: string;
  name: Name;
  /** null: registered without a place. */
  lat: number | null;
  lon: number | null;
  area: number | null;
  simulated: boolean;
  channels: string[];
}
/** [thing, value, time, flag, state]; without a value also what the device sent in its place. The state's number counts
 *  into kReportStates. */
export type Row = [number, number | null, number | null, number, number, Sent?];
export interface Summary {
  /** [area, median, count] */
  areas?: [number, number | null, number][];
  city?: { median: number | null; count: number };
  stations?: ReportCounts;
}
export interface Now extends Summary {
  property: string;
  unit: string;
  at: number;
  live: boolean;
  values: Row[];
}
export interface LiveValues extends Summary {
  now: number;
  values: Row[];
}
export interface DatastreamNow {
  id: number;
  channel: string;
  name: Name;
  unit: string;
  /** The Datastream's own unit, which is none of the quantity: neither judged nor counted. */
  foreign_unit?: boolean;
  value: number | null;
  time: number | null;
  flag: number | null;
  state: ReportState;
  /** In the place of a value: -999, or a text. */
  sent?: Sent;
  /** When the newest value came. */
  arrived?: number;
  /** What the clock of its newest message said, where that cannot be believed. */
  claimed?: number;
  /** Why the value is doubted. */
  reason?: Name;
  /** Its readings are words, which stand in `sent`. */
  takes_words?: boolean;
  fitted: boolean;
  valid: [number, number] | null;
  interval_ms: number;
  decimals: number;
}
export interface Thing {
  id: number;
  serial: string;
  name: Name;
  description: string;
  simulated: boolean;
  /** Absent: registered without a place. */
  lat?: number;
  lon?: number;
  area: { id: number; name: Name } | null;
  sensor: { name: Name; model: string; class: string; grade: string } | null;
  notice: Name | null;
  source: string | null;
  /** Nothing of what it sends can be stored. */
  unusable?: { since: number; last: number; messages: number; reason: Name } | null;
  datastreams: DatastreamNow[];
}
export interface Series {
  datastream: number;
  unit: string;
  step_ms: number;
  points: SeriesPoint[];
  /** Why values are flagged: a sentence for each reason's number. */
  reasons?: Record<string, Name>;
}
export interface Medians {
  property: string;
  unit: string;
  step_ms: number;
  /** [time, mean, min, max] */
  points: [number, number, number, number][];
}

const at = (t: number | null) => (t === null ? undefined : time(t));

export const sensingApi = {
  stations: () => read<{ version: number; stations: Station[] }>('stations'),
  now: (property: string, moment: number | null, signal?: AbortSignal) => read<Now>('now', { property, at: at(moment) }, signal),
  thing: (id: number, moment: number | null, signal?: AbortSignal) => read<Thing>(`things/${id}`, { at: at(moment) }, signal),
  series: (datastream: number, from: number, to: number, points: number, signal?: AbortSignal) =>
    read<Series>('series', { datastream, from: time(from), to: time(to), points }, signal),
  /** What a chart shows, as a file with all that belongs to its numbers. */
  seriesFile: (datastream: number, from: number, to: number, points: number, lang: string) =>
    ofServer(`/api/v1/series?datastream=${datastream}&from=${time(from)}&to=${time(to)}&points=${points}&format=csv&lang=${lang}`),
  medians: (property: string, from: number, to: number, signal?: AbortSignal) =>
    read<Medians>('medians', { property, from: time(from), to: time(to) }, signal),
  liveUrl: (property: string) => ofServer(`/api/v1/live?property=${encodeURIComponent(property)}`),
};
