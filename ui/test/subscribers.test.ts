import { describe, expect, it } from 'vitest';
import { assigneesOf } from '../src/domains/situations/rules';
import { changedBody, countsByReach, entryOf, inOffer, newEntry, lossesOf, newBody, reachOf, type Subscriber, subscribersShown, testOf, toggled } from '../src/domains/subscribers/rules';

const made = (id: number, more: Partial<Subscriber> = {}): Subscriber => ({
  id, name: `Desk ${id}`, channel: 'webhook', address: `https://desk${id}.example/hook`, language: '', severity: 'notice', kinds: [], areas: [], internal: false, paused: false, paused_because: '',
  created_at: 1, owed: 0, delivered: 0, failed: 0, refused: 0, given_up: 0, superseded: 0, dropped: 0, delivered_at: null, error: '', error_at: null, ...more,
});
const ids = (list: readonly Subscriber[]) => list.map((s) => s.id);

describe('how a subscriber is reached', () => {
  it('is what the last try says, and a pause before all', () => {
    expect(reachOf(made(1))).toBe('untold');
    expect(reachOf(made(1, { owed: 1 }))).toBe('waiting');
    expect(reachOf(made(1, { delivered: 3, failed: 2 }))).toBe('reached');
    expect(reachOf(made(1, { delivered: 3, owed: 1, error: 'connection refused', error_at: 5 }))).toBe('failing');
    expect(reachOf(made(1, { error: 'status 410', error_at: 5, paused: true }))).toBe('paused');
  });
  it('is counted, what needs somebody first and none without a case', () => {
    const all = [made(1, { delivered: 1 }), made(2, { paused: true }), made(3, { error: 'no' }), made(4, { delivered: 9 })];
    expect(countsByReach(all)).toEqual([['failing', 1], ['paused', 1], ['reached', 2]]);
  });
  it('mentions losses only where there are any', () => {
    expect(lossesOf(made(1, { delivered: 5 }))).toEqual([]);
    expect(lossesOf(made(1, { dropped: 2, failed: 7 }))).toEqual([['failed', 7], ['dropped', 2]]);
  });
});

describe('a test', () => {
  it('has arrived, is on its way, or failed', () => {
    expect(testOf(made(1, { delivered: 4 }), 3)).toBe('arrived');
    expect(testOf(made(1, { delivered: 3, owed: 1, error: 'no answer' }), 3)).toBe('waiting');
    expect(testOf(made(1, { delivered: 3, refused: 1, error: 'status 422' }), 3)).toBe(null);
  });
});

describe('the list of subscribers', () => {
  const all = [made(10), made(9, { delivered: 1 }), made(2, { name: '강남구 당직실', address: 'duty@city.example' })];
  it('stands by name as people count', () => {
    expect(ids(subscribersShown(all, null, ''))).toEqual([2, 9, 10]);
  });
  it('keeps the line that somebody works on', () => {
    expect(ids(subscribersShown(all, 'reached', 'river', new Set([10])))).toEqual([10]);
  });
  it('is narrowed by state and by words of name and address', () => {
    expect(ids(subscribersShown(all, 'reached', ''))).toEqual([9]);
    expect(ids(subscribersShown(all, null, '당직 DUTY@'))).toEqual([2]);
    expect(subscribersShown(all, null, 'river')).toEqual([]);
  });
});

describe('what a form says', () => {
  it('leaves to the server what it makes itself', () => {
    expect(newBody({ ...newEntry(['email', 'webhook']), channel: 'webhook', address: ' https://a.example ', language: 'ko' })).toEqual({
      channel: 'webhook', address: 'https://a.example', severity: 'notice', kinds: [], areas: [], internal: false,
    });
    expect(newBody({ ...newEntry(['email', 'webhook']), name: 'Duty', address: 'a@b.example', language: 'ko' })).toMatchObject({ name: 'Duty', channel: 'email', language: 'ko' });
  });
  it('of a change is only what differs', () => {
    const s = made(1, { kinds: ['plume', 'heat'], areas: [{ id: 4, name: { en: 'Four' } }], language: 'ko' });
    expect(changedBody(s, entryOf(s))).toEqual({});
    expect(changedBody(s, { ...entryOf(s), kinds: ['heat', 'plume'], name: 'Desk 1 ' })).toEqual({});
    expect(changedBody(s, { ...entryOf(s), areas: [], severity: 'serious', secret: 'x'.repeat(24) })).toEqual({ areas: [], severity: 'serious', secret: 'x'.repeat(24) });
  });
  it('puts in and takes out of a list', () => {
    expect(toggled(toggled(['a'], 'b'), 'a')).toEqual(['b']);
  });
});

describe('whom a situation can be handed to', () => {
  it('is everybody else, by name', () => {
    expect(assigneesOf(['seo10', 'minseo', 'seo9', '가람'], 'minseo')).toEqual(['가람', 'seo9', 'seo10']);
  });
});

describe('a new subscriber', () => {
  it('is told first by what this server can send', () => {
    expect(newEntry(['email', 'webhook']).channel).toBe('email');
    expect(newEntry(['webhook']).channel).toBe('webhook');
    expect(inOffer(['webhook'])).toEqual(['webhook', 'email']);
  });
});
