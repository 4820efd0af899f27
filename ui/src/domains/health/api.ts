// The API of the stations' health (docs/situations_api.md), typed.
import { type Name, read } from '../../shell/api';
import type { ReportCounts } from '../sensing/face';
import type { WorkItem } from './rules';

export interface Health {
  now: number;
  stations: ReportCounts;
  ailments: Record<string, number>;
  areas: { area: number; name: Name; stations: number; reporting: number }[];
  /** Only for operators. */
  work?: WorkItem[];
}

export const readHealth = (signal?: AbortSignal) => read<Health>('health', {}, signal);
