// Who is told by e-mail and webhook: how well each is reached, which are shown, and what a form says to the server.
import type { Schema } from '../../shell/api';
import { nameOrder } from '../../shell/format';
import { found, searchable } from '../../shell/search';
import { kReaches, type Reach } from './choices';

export type Subscriber = Schema<'Subscriber'>;

export function reachOf(s: Subscriber): Reach {
  if (s.paused) return 'paused';
  if (s.error !== '') return 'failing';
  if (s.owed > 0) return 'waiting';
  return s.delivered > 0 ? 'reached' : 'untold';
}

/** How many are reached how; none without a case. */
export function countsByReach(all: readonly Subscriber[]): [Reach, number][] {
  return kReaches.map((reach): [Reach, number] => [reach, all.filter((s) => reachOf(s) === reach).length]).filter(([, n]) => n > 0);
}

/**
 * By name, so that no line moves under the pointer when its counts change. Those in `held` stay, whatever is wanted: somebody
 * works on them, and what is typed must not vanish with a line that is reached at last.
 */
export function subscribersShown(all: readonly Subscriber[], reach: Reach | null, text: string, held: ReadonlySet<number> = new Set()): Subscriber[] {
  const fits = (s: Subscriber) => found(searchable([s.name, s.address]), text);
  return all.filter((s) => held.has(s.id) || ((reach === null || reachOf(s) === reach) && fits(s))).sort((a, b) => nameOrder.compare(a.name, b.name) || a.id - b.id);
}

const kLosses = ['failed', 'refused', 'given_up', 'superseded', 'dropped'] as const;
export type Loss = (typeof kLosses)[number];
/** What did not arrive, or not at once; what never happened is not mentioned. */
export function lossesOf(s: Subscriber): [Loss, number][] {
  return kLosses.map((loss): [Loss, number] => [loss, s[loss]]).filter(([, n]) => n > 0);
}

/** What became of a test that was asked for when `delivered` notices had arrived; null: it failed, which the line says. */
export function testOf(s: Subscriber, delivered: number): 'arrived' | 'waiting' | null {
  if (s.delivered > delivered) return 'arrived';
  return s.owed > 0 || s.error === '' ? 'waiting' : null;
}

/** What a form holds: areas by id, and for a webhook the secret it is given. */
export interface Entry extends Pick<Subscriber, 'name' | 'channel' | 'address' | 'language' | 'severity' | 'kinds' | 'internal'> {
  areas: number[];
  secret: string;
}
export const kEntryFields = ['name', 'channel', 'address', 'language', 'severity', 'kinds', 'areas', 'internal', 'secret'] as const;
type Channel = Subscriber['channel'];
const kChannels: readonly Channel[] = ['email', 'webhook'];
/** All ways to be told, first those that this server can go. */
export const inOffer = (offered: readonly Channel[]): Channel[] => [...kChannels].sort((a, b) => Number(offered.includes(b)) - Number(offered.includes(a)));
export const newEntry = (offered: readonly Channel[]): Entry => ({ name: '', channel: inOffer(offered)[0]!, address: '', language: '', severity: 'notice', kinds: [], areas: [], internal: false, secret: '' });

export function entryOf(s: Subscriber): Entry {
  const { name, channel, address, language, severity, kinds, internal } = s;
  return { name, channel, address, language, severity, kinds, areas: s.areas.map((a) => a.id), internal, secret: '' };
}

const trimmed = (e: Entry): Entry => ({ ...e, name: e.name.trim(), address: e.address.trim(), secret: e.secret.trim() });
/** A new subscriber's fields: an empty name is the address, a webhook's secret is made by the server. */
export function newBody(entry: Entry): Schema<'NewSubscriber'> {
  const { name, language, secret, ...rest } = trimmed(entry);
  return { ...rest, ...(name === '' ? {} : { name }), ...(rest.channel === 'email' ? { language } : {}), ...(secret === '' ? {} : { secret }) };
}
/** Only what differs, so that what somebody else has changed in the meantime stays. */
export function changedBody(before: Subscriber, entry: Entry): Schema<'SubscriberChange'> {
  const [old, now] = [entryOf(before), trimmed(entry)];
  const same = (a: unknown, b: unknown) => JSON.stringify(Array.isArray(a) ? [...a].sort() : a) === JSON.stringify(Array.isArray(b) ? [...b].sort() : b);
  return Object.fromEntries(kEntryFields.filter((field) => field !== 'channel' && !same(old[field], now[field])).map((field) => [field, now[field]]));
}

/** `list` with or without `one`. */
export const toggled = <T>(list: readonly T[], one: T): T[] => (list.includes(one) ? list.filter((other) => other !== one) : [...list, one]);
