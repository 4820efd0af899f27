// The API of the stations' health (docs/situations_api.md), typed.
import { type Name, read } from '../../shell/api';
import type { ReportCounts, ReportState } from '../sensing/face';
import type { CountedLine, WorkItem } from './rules';

export interface Health {
  now: number;
  stations: ReportCounts;
  ailments: Record<string, number>;
  areas: { area: number; name: Name; stations: number; reporting: number }[];
  /** Only for operators. */
  work?: WorkItem[];
}

export const readHealth = (signal?: AbortSignal) => read<Health>('health', {}, signal);
/** The stations behind one count. */
export const readCounted = (state: ReportState, signal?: AbortSignal) => read<{ now: number; stations: CountedLine[] }>('health/stations', { state }, signal);

export interface UnknownDevice {
  serial: string;
  messages: number;
  last: string;
}
/** Who sends and is not registered; for operators. */
export const readUnknown = (signal?: AbortSignal) => read<{ devices: UnknownDevice[] }>('devices/unknown', {}, signal);
