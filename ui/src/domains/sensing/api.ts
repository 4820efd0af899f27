// The API of stations and their values, as api/openapi.yaml types it.
import { type Name, read, type Schema, time } from '../../shell/api';
import { ofServer } from '../../shell/prefix';

export type Quantity = Schema<'Quantity'>;
export type Station = Schema<'Station'>;
export type Row = Schema<'Row'>;
export type Now = Schema<'NowSnapshot'>;
export type LiveValues = Schema<'LiveValues'>;
export type Summary = Omit<LiveValues, 'now' | 'values'>;
export type DatastreamNow = Schema<'DatastreamNow'>;
export type Thing = Schema<'Thing'>;
export type Series = Schema<'Series'>;
export type Medians = Schema<'Medians'>;
export type Flag = Schema<'Flag'>;
/** Why values are flagged: a sentence for each reason's number. */
export type Reasons = { readonly [reason: number]: Name };

const at = (t: number | null) => (t === null ? undefined : time(t));

export const sensingApi = {
  stations: () => read('/api/v1/stations'),
  now: (property: string, moment: number | null, signal?: AbortSignal) => read('/api/v1/now', { query: { property, at: at(moment) } }, signal),
  thing: (id: number, moment: number | null, signal?: AbortSignal) => read('/api/v1/things/{id}', { path: { id }, query: { at: at(moment) } }, signal),
  /** Without `by` in the query it is a Series. */
  series: async (datastream: number, from: number, to: number, points: number, signal?: AbortSignal) =>
    (await read('/api/v1/series', { query: { datastream, from: time(from), to: time(to), points } }, signal)) as Series,
  /** What a chart shows, as a file with all that belongs to its numbers. */
  seriesFile: (datastream: number, from: number, to: number, points: number, lang: string) =>
    ofServer(`/api/v1/series?datastream=${datastream}&from=${time(from)}&to=${time(to)}&points=${points}&format=csv&lang=${lang}`),
  medians: (property: string, from: number, to: number, signal?: AbortSignal) =>
    read('/api/v1/medians', { query: { property, from: time(from), to: time(to) } }, signal),
  liveUrl: (property: string) => ofServer(`/api/v1/live?property=${encodeURIComponent(property)}`),
};
