// Who is told by e-mail and webhook, for operators, and what was just done to whom.
import { signal } from '@preact/signals';
import { Register } from '../../shell/lists/register';
import { csrf } from '../../shell/session';
import { subscribersApi } from './api';
import { changedBody, type Entry, newBody, reachOf, type Subscriber } from './rules';

/** How this server can tell anybody; null until it has answered: nobody is offered a way that it may not have. */
export const channels = signal<readonly Subscriber['channel'][] | null>(null);
export const subscribers = new Register(async () => {
  const answer = await subscribersApi.all();
  channels.value = answer.channels;
  return answer.subscribers;
}, csrf);

/** What was done last: said at that subscriber's line, or above the list when there is none. */
export const said = signal<{ key: string; id: number | null; name: string; delivered: number } | null>(null);
/** The ids of those whose line has something open. */
export const held = signal<ReadonlySet<number>>(new Set());
export function hold(id: number, on: boolean) {
  const others = [...held.peek()].filter((other) => other !== id);
  held.value = new Set(on ? [...others, id] : others);
}
/** A new webhook's secret, until the reader says that it is kept: no second answer holds it. */
export const secretShown = signal<{ name: string; secret: string } | null>(null);

/** Somebody looks whether a test arrives: the list is read more often until then. */
let expectedUntil = 0;
export const isExpecting = () => performance.now() < expectedUntil || (subscribers.all.peek() ?? []).some((s) => reachOf(s) === 'waiting');

const where = (s: Subscriber) => `subscriber ${s.id}`;
async function done(s: Subscriber, key: string, what: (token: string) => Promise<void>, id: number | null = s.id): Promise<boolean> {
  said.value = null;
  const yes = await subscribers.change(where(s), what);
  if (yes) said.value = { key, id, name: s.name, delivered: s.delivered };
  return yes;
}

export const kNewWhere = 'a new subscriber';
export const whereOf = (s: Subscriber | null) => (s ? where(s) : kNewWhere);

export async function addSubscriber(entry: Entry): Promise<boolean> {
  said.value = null;
  return subscribers.change(kNewWhere, async (token) => {
    const { name, secret } = await subscribersApi.add(newBody(entry), token);
    said.value = { key: 'subscriber.said_added', id: null, name, delivered: 0 };
    if (secret) secretShown.value = { name, secret };
  });
}
export const changeSubscriber = (s: Subscriber, entry: Entry) => done(s, 'subscriber.said_changed', (token) => subscribersApi.change(s.id, changedBody(s, entry), token));
export const pauseSubscriber = (s: Subscriber) => done(s, 'subscriber.said_paused', (token) => subscribersApi.change(s.id, { paused: true }, token));
export const resumeSubscriber = (s: Subscriber) => done(s, 'subscriber.said_resumed', (token) => subscribersApi.change(s.id, { paused: false }, token));
export const removeSubscriber = (s: Subscriber) => done(s, 'subscriber.said_removed', (token) => subscribersApi.remove(s.id, token), null);
export function testSubscriber(s: Subscriber) {
  expectedUntil = performance.now() + 30_000;
  return done(s, 'subscriber.said_test', (token) => subscribersApi.test(s.id, token));
}
