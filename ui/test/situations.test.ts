import { afterEach, describe, expect, it, vi } from 'vitest';
import { situationsApi } from '../src/domains/situations/api';
import { boxAround, compareNeed, countsOf, inGroups, isLoud, isWanted, membersOf, metresBetween, ringAround, type Sketch, titleWith, withChange } from '../src/domains/situations/rules';

const kNow = 1_800_000_000_000;
const made = (id: number, more: Partial<Sketch> = {}): Sketch => ({
  id, version: 1, group: '', kind: 'plume', severity: 'caution', state: 'firing', headline: { en: `Dust near Sol ${id}`, ko: `솔 ${id} 부근 먼지` }, place: null, radius: 0, area: null,
  since: kNow - id * 60_000, ended_at: null, assignee: null, ...more,
});
const ids = (list: readonly Sketch[]) => list.map((s) => s.id);

describe('what comes first', () => {
  it('is what is more severe, whoever has it already, then what nobody has taken, then what is newer', () => {
    const list = [made(1), made(2, { severity: 'critical', state: 'acknowledged' }), made(3, { severity: 'serious' }), made(4, { severity: 'serious', since: kNow })];
    expect(ids([...list].sort(compareNeed))).toEqual([2, 4, 3, 1]);
  });
  it('is never what has ended; of those the last to end leads', () => {
    const list = [made(1, { state: 'resolved', ended_at: kNow - 9, severity: 'critical' }), made(2, { state: 'dismissed', ended_at: kNow }), made(3, { severity: 'notice', state: 'acting' })];
    expect(ids([...list].sort(compareNeed))).toEqual([3, 2, 1]);
  });
});

describe('groups', () => {
  it('stand as one line led by the neediest; those without a group stay alone', () => {
    const groups = inGroups([made(1, { group: 'haze' }), made(2), made(3, { group: 'haze', severity: 'serious' }), made(4)]);
    expect(groups.map((g) => [g.lead.id, ids(g.rest)])).toEqual([[3, [1]], [2, []], [4, []]]);
  });
  it('count once, as their worst, and only while open', () => {
    const all = [made(1, { group: 'g', severity: 'notice' }), made(2, { group: 'g', severity: 'critical', state: 'acting' }), made(3), made(4, { state: 'resolved', ended_at: kNow })];
    expect(countsOf(all)).toEqual({ critical: 1, serious: 0, caution: 1, notice: 0 });
  });
});

describe('the title', () => {
  it('counts what nobody has taken, a group once', () => {
    const all = [made(1, { group: 'g' }), made(2, { group: 'g' }), made(3), made(4, { state: 'acknowledged' })];
    expect(titleWith(all, 'Madang City')).toBe('(2) Madang City');
    expect(titleWith([made(4, { state: 'acting' })], 'Madang City')).toBe('Madang City');
  });
});

describe('a change', () => {
  it('replaces its older version and is added when new', () => {
    const known = [made(1, { version: 3 }), made(2)];
    expect(withChange(known, made(1, { version: 4, state: 'acting' }))[0]!.state).toBe('acting');
    expect(ids(withChange(known, made(9)))).toEqual([1, 2, 9]);
  });
  it('that comes late changes nothing', () => {
    const known = [made(1, { version: 3, state: 'acknowledged' })];
    expect(withChange(known, made(1, { version: 2 }))).toBe(known);
  });
});

describe('the filter', () => {
  const words = () => ['솔구', 'Sol-gu', 'Local air pollution'];
  it('finds every word in either language, whatever case and spaces', () => {
    expect(isWanted(made(7), { text: 'DUST sol7', atLeast: null }, words)).toBe(true);
    expect(isWanted(made(7), { text: '먼지 솔구', atLeast: null }, words)).toBe(true);
    expect(isWanted(made(7), { text: 'dust river', atLeast: null }, words)).toBe(false);
  });
  it('keeps the wanted severity and worse', () => {
    expect(isWanted(made(1, { severity: 'caution' }), { text: '', atLeast: 'serious' }, words)).toBe(false);
    expect(isWanted(made(1, { severity: 'critical' }), { text: '', atLeast: 'serious' }, words)).toBe(true);
  });
});

describe('the tone', () => {
  it('is for new serious and critical ones that nobody has', () => {
    expect(isLoud([], made(1, { severity: 'serious' }))).toBe(true);
    expect(isLoud([], made(1, { severity: 'caution' }))).toBe(false);
    expect(isLoud([], made(1, { severity: 'critical', state: 'acknowledged' }))).toBe(false);
  });
  it('sounds again only when one became serious', () => {
    expect(isLoud([made(1, { severity: 'serious' })], made(1, { severity: 'serious', version: 2 }))).toBe(false);
    expect(isLoud([made(1, { severity: 'caution' })], made(1, { severity: 'critical', version: 2 }))).toBe(true);
  });
});

describe('stations in alarm', () => {
  it('are the members of what is shown, the gravest of a station first, and nobody who only stands near', () => {
    const shown = [made(1, { severity: 'serious', members: [7, 8] }), made(2, { severity: 'notice', members: [8, 9], radius: 5000 }), made(3)];
    expect([...membersOf(shown, null)].map(([thing, m]) => [thing, m.severity]).sort()).toEqual([[7, 'serious'], [8, 'serious'], [9, 'notice']]);
    expect(membersOf(shown, 2).get(8)).toEqual({ severity: 'notice', selected: true });
    expect(membersOf([made(4)], null).size).toBe(0);
  });
});

describe('circles', () => {
  it('are closed and everywhere as far from their middle as they should be', () => {
    const ring = ringAround([126.98, 37.56], 900, 16);
    expect(ring[0]).toEqual(ring.at(-1));
    const distances = ring.map((p) => metresBetween(p, [126.98, 37.56]));
    expect(Math.max(...distances.map((d) => Math.abs(d - 900)))).toBeLessThan(2);
  });
  it('are shown with their surroundings', () => {
    const [west, south, east, north] = boxAround([126.98, 37.56], 900);
    expect(metresBetween([west, 37.56], [east, 37.56])).toBeCloseTo(5000, -2);
    expect(metresBetween([126.98, south], [126.98, north])).toBeCloseTo(5000, -2);
  });
});

describe('what the public is given', () => {
  afterEach(() => vi.unstubAllGlobals());
  it('has no internals, and no page takes that for something that was said', async () => {
    const { assignee, ...shown } = made(7);
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify({ ...shown, timeline: [] }))));
    const one = await situationsApi.one(7);
    expect([one.clear_since, one.acknowledged_at, one.assignee, one.escalation, one.silenced, one.end_reason]).toEqual([null, null, null, 0, false, '']);
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify({ now: kNow, situations: [shown] }))));
    for (const list of [await situationsApi.open(), await situationsApi.between(kNow, kNow + 1), (await situationsApi.at(kNow)).situations]) expect(list[0]!.clear_since).toBe(null);
    expect(assignee).toBe(null);
  });
});

describe('a moment of the past', () => {
  afterEach(() => vi.unstubAllGlobals());
  it('is read to its last page, with what was not judged', async () => {
    const asked: string[] = [];
    const unjudged = [{ headline: { en: 'Noise is not judged' }, since: kNow }];
    vi.stubGlobal('fetch', (url: string) => {
      asked.push(url);
      const page = url.includes('before=2') ? { situations: [made(1)], unjudged } : { situations: [made(3), made(2)], more: 1, unjudged };
      return Promise.resolve(new Response(JSON.stringify({ now: kNow, ...page })));
    });
    const then = await situationsApi.at(kNow);
    expect(ids(then.situations)).toEqual([3, 2, 1]);
    expect(then.unjudged).toEqual(unjudged);
    expect(asked).toHaveLength(2);
    expect(asked.every((url) => url.includes('at=2027-01-15'))).toBe(true);
  });
  it('that cannot be read is no empty one', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('{"code":"unavailable","key":"refusal.unavailable","message":"later"}', { status: 503 })));
    await expect(situationsApi.at(kNow)).rejects.toMatchObject({ status: 503, code: 'unavailable', key: 'refusal.unavailable' });
  });
});
