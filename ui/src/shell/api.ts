// How the server is asked, and what of its API (docs/control_room_api.md) the shell knows; each domain types its own.
import type { FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import { ofServer } from './prefix';

/** By language. */
export type Name = Record<string, string>;

/** What more the answer holds is for the domain that knows it. */
export interface City {
  name: Name;
  zone: string;
  simulated: boolean;
  now: number;
  version: string;
  bounds: [number, number, number, number];
}
export interface AreaProperties {
  id: number;
  code: string;
  name: Name;
  level: number;
  parent: number | null;
}
export type Areas = FeatureCollection<Polygon | MultiPolygon, AreaProperties>;
/** What somebody may do, and where: in the whole city (null), or in Areas with all below them. */
export interface Held {
  permission: string;
  areas: number[] | null;
}
export interface Me {
  operator: { name: string; csrf: string; permissions: Held[] } | null;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** The server's word for the kind of error: "conflict". */
    readonly code = '',
    /** Of the text that says it in every language: "refusal.conflict". */
    readonly key = '',
  ) {
    super(message);
  }
}

export const time = (t: number) => new Date(t).toISOString();

/** An answer that is none of success becomes an ApiError with the server's sentence. */
async function succeeded(response: Response): Promise<Response> {
  if (response.ok) return response;
  const body = (await response.json().catch(() => ({}))) as { code?: string; key?: string; message?: string };
  throw new ApiError(response.status, body.message ?? response.statusText, body.code, body.key);
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

export const api = {
  city: () => read<City>('city'),
  areas: () => read<Areas>('areas'),
  basemap: () => read<FeatureCollection>('basemap'),
  me: () => read<Me>('me'),
};
