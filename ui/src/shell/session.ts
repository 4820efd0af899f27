// Who is signed in, and how the page stands with the server.
import { signal } from '@preact/signals';
import type { Me } from './api';
import type { Refusal } from './refusal';

export const me = signal<Me | null>(null);
/** The token without which the server changes nothing; null: nobody is signed in. */
export const csrf = () => me.peek()?.operator?.csrf ?? null;

/** Whether who is signed in may do this everywhere, or in one of these areas: of one thing its area and all that hold it. */
export function may(permission: string, areas: number[] = []): boolean {
  const held = me.value?.operator?.permissions.find((one) => one.permission === permission);
  return held !== undefined && (held.areas === null || held.areas.some((area) => areas.includes(area)));
}

export type Connection = 'connecting' | 'live' | 'lost';
/** Of what the page shows live before all else; the domain that follows it says so. */
export const connection = signal<Connection>('connecting');
export const lostSince = signal<number | null>(null);
/** Why the page could not start, or a replayed moment could not be read. */
export const trouble = signal<Refusal | null>(null);
