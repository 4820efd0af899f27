// The API of the stations' health, as api/openapi.yaml types it.
import { read, type Schema, write } from '../../shell/api';
import type { ReportState } from '../sensing/face';

export type Health = Schema<'Health'>;
export type UnknownDevice = Schema<'UnknownDevice'>;
export type DeadLetter = Schema<'DeadLetter'>;

export const readHealth = (signal?: AbortSignal) => read('/api/v1/health', {}, signal);
/** The stations behind one count. */
export const readCounted = (state: ReportState, signal?: AbortSignal) => read('/api/v1/health/stations', { query: { state } }, signal);
/** Who sends and is not registered; for operators. */
export const readUnknown = (signal?: AbortSignal) => read('/api/v1/devices/unknown', {}, signal);
/** What was tried too often; for who holds events.see. */
export const readDeadLetters = (signal?: AbortSignal) => read('/api/v1/events/dead', {}, signal);
export const tryAgain = ({ handler, event }: DeadLetter, token: string) => write('post', '/api/v1/events/dead/{handler}/{event}/again', token, { path: { handler, event } });
