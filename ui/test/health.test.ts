import { describe, expect, it } from 'vitest';
import { ailmentsOf, countedShown, type WorkItem, workShown } from '../src/domains/health/rules';
import { reasonCounts } from '../src/shell/charts/series';

const job = (thing: number, ailment: WorkItem['ailment'], since: number | null, share = 0.5): WorkItem => ({
  thing, serial: `node-${thing}`, name: { en: `Sol ${thing}`, ko: `솔 ${thing}` }, channel: 'pm25', ailment, since, reason: { en: 'Has stood at 12 µg/m³', ko: '12에 멈춰 있습니다' }, share,
});
const work = [job(10, 'suspect', 5), job(2, 'stuck', 9), job(3, 'stuck', 4, 0.9), job(4, 'silent', 8)];
const things = (list: WorkItem[]) => list.map((w) => w.thing);

describe('the work list', () => {
  it('stands by urgency, the oldest first', () => {
    expect(things(workShown(work, null, '', { key: 'ailment', descending: false }, 'en'))).toEqual([4, 3, 2, 10]);
  });
  it('holds jobs of which nobody knows since when', () => {
    const foreign = job(7, 'foreign_unit', null);
    expect(things(workShown([...work, foreign], null, '', { key: 'since', descending: false }, 'en'))).toEqual([7, 3, 10, 4, 2]);
    expect(ailmentsOf({ suspect: 1, foreign_unit: 1 })).toEqual([['foreign_unit', 1], ['suspect', 1]]);
  });
  it('sorts names as people count, and both ways', () => {
    expect(things(workShown(work, null, '', { key: 'station', descending: false }, 'en'))).toEqual([2, 3, 4, 10]);
    expect(things(workShown(work, null, '', { key: 'share', descending: true }, 'en'))[0]).toBe(3);
  });
  it('is narrowed by ailment and words of either language', () => {
    expect(things(workShown(work, 'stuck', '', { key: 'since', descending: false }, 'en'))).toEqual([3, 2]);
    expect(things(workShown(work, null, '솔10', { key: 'since', descending: false }, 'en'))).toEqual([10]);
    expect(workShown(work, null, 'river', { key: 'since', descending: false }, 'en')).toEqual([]);
  });
});

describe('the stations behind a count', () => {
  const names: Record<number, string> = { 5: 'node-5 Sol', 6: 'node-6 Haneul 2', 7: 'node-7 Sol' };
  it('stand by when they were heard of, never first, and are narrowed by the search', () => {
    expect(countedShown([[5, 90], [6, null], [7, 40]], '', (id) => names[id]!).map(([id]) => id)).toEqual([6, 7, 5]);
    expect(countedShown([[5, 90], [6, null], [7, 40]], 'sol', (id) => names[id]!).map(([id]) => id)).toEqual([7, 5]);
    expect(countedShown([[5, 90]], 'sol river', (id) => names[id]!)).toEqual([]);
  });
});

describe('ailments', () => {
  it('are listed by urgency, unknown ones last, none without a case', () => {
    expect(ailmentsOf({ suspect: 3, haunted: 1, silent: 2, clock: 0 })).toEqual([['silent', 2], ['suspect', 3], ['haunted', 1]]);
  });
});

describe('flagged values', () => {
  it('are counted by reason, most first; those without a reason count too', () => {
    expect(reasonCounts([[1, 5, 5, 5, 4, 2], [2, 5, 5, 5, 1], [3, 5, 5, 5, 4, 2], [4, 5, 5, 5, 3]])).toEqual([[2, 2], ['suspect', 1]]);
  });
});
