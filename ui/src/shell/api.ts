// How the server is asked. What it takes and answers are types made from api/openapi.yaml (build/types.mjs): a path, a
// parameter or a field that the server has not does not compile.
import type { FeatureCollection } from 'geojson';
import type { components, paths } from '../../generated/api';
import type { Arguments } from './messages';
import { ofServer } from './prefix';

/** What has a name in api/openapi.yaml. */
export type Schema<Named extends keyof components['schemas']> = components['schemas'][Named];
/** By language. */
export type Name = Schema<'Texts'>;
export type City = Schema<'City'>;
export type Areas = Schema<'Areas'>;
/** What somebody may do, and where: in the whole city (null), or in areas with all below them. */
export type Held = Schema<'Held'>;
export type Me = Schema<'Me'>;

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
/** Whatever is JSON among the kinds of content that an answer may have. */
type Json<Content> = { [Kind in keyof Content]: Kind extends `${string}json` ? Content[Kind] : never }[keyof Content];
type Answered<Operation> = Operation extends { responses: infer All } ? { [Status in keyof All & (200 | 201 | 202)]: All[Status] extends { content: infer Content } ? Json<Content> : never }[keyof All & (200 | 201 | 202)] : never;
type Given<Operation, Place extends string> = Operation extends { parameters: { [P in Place]?: infer All } } ? All : undefined;
type Sent<Operation> = Operation extends { requestBody?: { content: { 'application/json': infer Body } } } ? Body : undefined;
type PathsOf<M extends Method> = { [Path in keyof paths]: paths[Path] extends { [K in M]: object } ? Path : never }[keyof paths];
/** What GET answers at a path of api/openapi.yaml, or another method. */
export type Answer<Path extends keyof paths, M extends Method = 'get'> = M extends keyof paths[Path] ? Answered<paths[Path][M]> : never;

interface Asked<Operation> {
  /** Of the {names} in the path. */
  path?: Given<Operation, 'path'>;
  query?: Given<Operation, 'query'>;
}
interface WriteRequest<Operation> extends Asked<Operation> {
  body?: Sent<Operation>;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** The server's word for the kind of error: "conflict". */
    readonly code = '',
    /** Of the text that says it in every language: "refusal.silence.over"; with what it names. */
    readonly key = '',
    readonly args: Arguments = {},
    /** Of the input that is at fault: "to"; "" where there is none. */
    readonly field = '',
    /** Seconds after which the same may be asked again; null: the server does not say so. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }
}

/** Header Retry-After of a server that is busy; as a date it is not sent here. */
function retryAfterOf(response: Response): number | null {
  const seconds = Number(response.headers?.get('retry-after') ?? NaN);
  return response.status === 503 && seconds > 0 ? seconds : null;
}

export const time = (t: number) => new Date(t).toISOString();

/** An answer that is none of success becomes an ApiError with the server's sentence. */
async function succeeded(response: Response): Promise<Response> {
  if (response.ok) return response;
  const body = (await response.json().catch(() => ({}))) as Partial<Schema<'Error'>>;
  throw new ApiError(response.status, body.message ?? response.statusText, body.code, body.key, body.arguments, body.field, retryAfterOf(response));
}

type Values = Record<string, string | number | undefined>;
function addressOf(path: string, asked: { path?: unknown; query?: unknown }): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String((asked.path as Values)[name])));
  const wanted = Object.entries((asked.query ?? {}) as Values).filter(([, value]) => value !== undefined);
  const search = wanted.map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`).join('&');
  return ofServer(`${filled}${search ? `?${search}` : ''}`);
}

/** Reads JSON at a path of api/openapi.yaml. */
export async function read<Path extends PathsOf<'get'>>(path: Path, asked: Asked<paths[Path]['get']> = {}, signal?: AbortSignal): Promise<Answer<Path>> {
  const response = await succeeded(await fetch(addressOf(path, asked), { signal, headers: { accept: 'application/json' } }));
  return (await response.json()) as Answer<Path>;
}

/** What operators change; `csrf` is theirs, from `me`. An answer without a body is undefined. */
export async function write<M extends Exclude<Method, 'get'>, Path extends PathsOf<M>>(
  method: M, path: Path, csrf: string, request: WriteRequest<paths[Path][M]> = {},
): Promise<Answer<Path, M>> {
  const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf, accept: 'application/json' };
  const body = request.body && JSON.stringify(request.body);
  const response = await succeeded(await fetch(addressOf(path, request), { method: method.toUpperCase(), headers, body }));
  return (response.status === 204 ? undefined : await response.json()) as Answer<Path, M>;
}

/** Live lines wait for it. */
const kMeWaitMs = 10_000;

export const api = {
  city: () => read('/api/v1/city'),
  areas: () => read('/api/v1/areas'),
  basemap: async () => (await read('/api/v1/basemap')) as FeatureCollection,
  me: () => read('/api/v1/me', {}, AbortSignal.timeout(kMeWaitMs)),
};
