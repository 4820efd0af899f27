// The control room's API (docs/control_room_api.md), typed.
import type { FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import { ofServer } from './prefix';
import type { SeriesPoint } from './charts/series';
import type { ReportCounts, ReportState, Sent } from '../domains/sensing/rules';

export type Name = { en: string; ko: string } & Record<string, string>;

export interface Quantity {
  channel: string;
  name: Name;
  unit: string;
  scale: [number, number];
  decimals: number;
  ramp: 'sequential' | 'diverging';
  averaging: string;
  stations: number;
}
export interface City {
  name: Name;
  zone: string;
  simulated: boolean;
  now: number;
  version: string;
  bounds: [number, number, number, number];
  interval_ms: number;
  quantities: Quantity[];
  notices: Name[];
}
export interface AreaProperties {
  id: number;
  code: string;
  name: Name;
  level: number;
  parent: number | null;
}
export type Areas = FeatureCollection<Polygon | MultiPolygon, AreaProperties>;
export interface Station {
  id: number;
  serial: string;
  name: Name;
  lat: number;
  lon: number;
  area: number;
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
  value: number | null;
  time: number | null;
  flag: number | null;
  state: ReportState;
  /** In the place of a value: -999, or a text. */
  sent?: Sent;
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
  lat: number;
  lon: number;
  area: { id: number; name: Name } | null;
  sensor: { name: Name; model: string; class: string; grade: string } | null;
  notice: Name | null;
  source: string;
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
export interface Me {
  operator: { name: string; csrf: string } | null;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** The server's word for the kind of error: "conflict". */
    readonly code = '',
  ) {
    super(message);
  }
}

export const time = (t: number) => new Date(t).toISOString();

/** An answer that is none of success becomes an ApiError with the server's sentence. */
async function succeeded(response: Response): Promise<Response> {
  if (response.ok) return response;
  const body = (await response.json().catch(() => ({}))) as { code?: string; message?: string };
  throw new ApiError(response.status, body.message ?? response.statusText, body.code);
}

/** Reads JSON from the API. */
export async function read<T>(path: string, query: Record<string, string | number | undefined> = {}, signal?: AbortSignal): Promise<T> {
  const wanted = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = wanted.map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`).join('&');
  const response = await succeeded(await fetch(ofServer(`/api/v1/${path}${search ? `?${search}` : ''}`), { signal, headers: { accept: 'application/json' } }));
  return (await response.json()) as T;
}

/** What operators change; `csrf` is theirs, from `me`. */
export async function write(method: 'POST' | 'PATCH' | 'DELETE', path: string, csrf: string, body?: object): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf, accept: 'application/json' };
  return succeeded(await fetch(ofServer(`/api/v1/${path}`), { method, headers, body: body && JSON.stringify(body) }));
}

const at = (t: number | null) => (t === null ? undefined : time(t));

export const api = {
  city: () => read<City>('city'),
  areas: () => read<Areas>('areas'),
  basemap: () => read<FeatureCollection>('basemap'),
  stations: () => read<{ version: number; stations: Station[] }>('stations'),
  me: () => read<Me>('me'),
  operators: () => read<{ operators: { login: string }[] }>('operators'),
  now: (property: string, moment: number | null, signal?: AbortSignal) => read<Now>('now', { property, at: at(moment) }, signal),
  thing: (id: number, moment: number | null, signal?: AbortSignal) => read<Thing>(`things/${id}`, { at: at(moment) }, signal),
  series: (datastream: number, from: number, to: number, points: number, signal?: AbortSignal) =>
    read<Series>('series', { datastream, from: time(from), to: time(to), points }, signal),
  /** What a chart shows, as a file with all that belongs to its numbers. */
  seriesFile: (datastream: number, from: number, to: number, points: number, lang: string) =>
    `/api/v1/series?datastream=${datastream}&from=${time(from)}&to=${time(to)}&points=${points}&format=csv&lang=${lang}`,
  medians: (property: string, from: number, to: number, signal?: AbortSignal) =>
    read<Medians>('medians', { property, from: time(from), to: time(to) }, signal),
  liveUrl: (property: string) => ofServer(`/api/v1/live?property=${encodeURIComponent(property)}`),
};
