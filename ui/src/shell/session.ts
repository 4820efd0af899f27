// Who is signed in, and how the page stands with the server.
import { batch, signal } from '@preact/signals';
import { api, ApiError, type Held, type Me } from './api';
import { type Refusal, refusalOf } from './refusal';

export const me = signal<Me | null>(null);
/** Whose login ended while the page was open: what only he may see is not kept up to date from then on. */
export const endedLogin = signal<string | null>(null);
/** What he may do has changed since the page was opened. */
export const rightsChanged = signal(false);

const said = (rights: readonly Held[]) => JSON.stringify([...rights].sort((a, b) => (a.permission < b.permission ? -1 : 1)));

function learnMe(answer: Me) {
  const before = me.peek()?.operator ?? null;
  const now = answer.operator;
  batch(() => {
    if (!now) endedLogin.value = before?.name ?? endedLogin.peek();
    else endedLogin.value = null;
    rightsChanged.value = now !== null && (rightsChanged.peek() || (before !== null && said(before.permissions) !== said(now.permissions)));
    me.value = answer;
  });
}

let asking: Promise<void> | null = null;
/** Asks the server who is signed in; for all who want to know at once, once. */
export function readMe(): Promise<void> {
  asking ??= api.me().then(learnMe).finally(() => (asking = null));
  return asking;
}

/** The token without which the server changes nothing; null: nobody is signed in. */
export const csrf = () => me.peek()?.operator?.csrf ?? null;

/** Why nothing is asked of the server where nobody is signed in any more. */
export const signedOut = (): Refusal => refusalOf(new ApiError(401, 'Signing in is needed', 'unauthorized', 'refusal.unauthorized'));

/** Whether who is signed in may do this everywhere, or in one of these areas: of one thing its area and all that hold it. */
export function may(permission: string, areas: number[] = []): boolean {
  const held = me.value?.operator?.permissions.find((one) => one.permission === permission);
  return held !== undefined && (held.areas === null || held.areas.some((area) => areas.includes(area)));
}

/** Whether there is anywhere that he may. */
export const maySomewhere = (permission: string): boolean => me.value?.operator?.permissions.some((one) => one.permission === permission && (one.areas === null || one.areas.length > 0)) ?? false;

export type Connection = 'connecting' | 'live' | 'lost';
/** Of what the page shows live before all else; the domain that follows it says so. */
export const connection = signal<Connection>('connecting');
export const lostSince = signal<number | null>(null);
/** Why the page could not start, or a replayed moment could not be read. */
export const trouble = signal<Refusal | null>(null);
