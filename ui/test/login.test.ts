// A control room outlives logins: that one has ended is said, and takes nothing out of sight.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Me } from '../src/shell/api';
import { FakeSource, newest } from './fake_source';

const kNow = 1_800_000_000_000;
const situation = (id: number, version: number, more: object = {}) => ({ id, version, state: 'firing', severity: 'serious', since: kNow, updated_at: kNow, ended_at: null, headline: { en: `${id}` }, group: '', members: [], ...more });
const kim = (permissions: string[]): Me => ({ operator: { name: 'kim', csrf: 'x', permissions: permissions.map((permission) => ({ permission, areas: null })) } });

describe('a login', () => {
  let me: Me | null = null;
  let asked = 0;
  beforeEach(() => {
    FakeSource.all = [];
    asked = 0;
    vi.resetModules();
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', FakeSource);
    vi.stubGlobal('window', new EventTarget());
    vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
    vi.stubGlobal('fetch', (url: string) => {
      if (url.endsWith('/me')) {
        asked += 1;
        if (me === null) return Promise.resolve({ ok: false, status: 503, statusText: 'busy', json: () => Promise.resolve({}) });
      }
      return Promise.resolve({ ok: true, json: () => Promise.resolve(url.endsWith('/me') ? me : { situations: [], unjudged: [] }) });
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const follow = async () => {
    const session = await import('../src/shell/session');
    const store = await import('../src/domains/situations/store');
    await session.readMe();
    store.followSituations();
    newest().say('snapshot', { now: kNow, situations: [situation(1, 3, { assignee: 'kim' }), situation(2, 1)], unjudged: [] });
    await vi.advanceTimersByTimeAsync(0);
    const shown = () => store.known.value.map((s) => s.id).sort();
    return { session, store, shown };
  };
  const reconnect = async () => {
    const before = FakeSource.all.length;
    newest().onerror?.();
    await vi.advanceTimersByTimeAsync(16_000);
    return FakeSource.all.length > before;
  };

  it('that ended is known before the line is the public one, and takes no situation away', async () => {
    me = kim(['situations.see']);
    const { session, store, shown } = await follow();
    expect(shown()).toEqual([1, 2]);
    me = { operator: null };
    expect(await reconnect()).toBe(true);
    expect([session.endedLogin.value, session.me.value?.operator]).toEqual(['kim', null]);
    newest().say('snapshot', { now: kNow, situations: [situation(1, 3)], unjudged: [] });
    newest().say('gone', { id: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect(shown()).toEqual([1, 2]);
    expect(store.known.value.find((s) => s.id === 1)?.assignee).toBe('kim');
    newest().say('situation', situation(1, 4, { severity: 'critical' }));
    expect(store.known.value.find((s) => s.id === 1)?.severity).toBe('critical');
  });

  it('that is there again brings the list of operators back', async () => {
    me = kim(['situations.see']);
    const { session, shown } = await follow();
    me = { operator: null };
    await reconnect();
    newest().say('snapshot', { now: kNow, situations: [], unjudged: [] });
    me = kim(['situations.see']);
    const before = FakeSource.all.length;
    await session.readMe();
    expect(session.endedLogin.value).toBe(null);
    expect(FakeSource.all.length).toBe(before + 1);
    newest().say('snapshot', { now: kNow, situations: [situation(2, 1)], unjudged: [] });
    await vi.advanceTimersByTimeAsync(0);
    expect(shown()).toEqual([2]);
  });

  it('whose rights changed says so, once', async () => {
    me = kim(['situations.see', 'situations.work']);
    const { session } = await follow();
    expect(session.rightsChanged.value).toBe(false);
    me = kim(['situations.work', 'situations.see']);
    await reconnect();
    expect(session.rightsChanged.value).toBe(false);
    me = kim(['situations.see']);
    await reconnect();
    expect([session.rightsChanged.value, session.may('situations.work')]).toEqual([true, false]);
    session.rightsChanged.value = false;
    await reconnect();
    expect(session.rightsChanged.value).toBe(false);
  });

  it('that cannot be read opens no line as nobody, and is asked for again', async () => {
    me = kim(['situations.see']);
    const { session } = await follow();
    me = null;
    expect(await reconnect()).toBe(false);
    expect(session.me.value?.operator?.name).toBe('kim');
    const before = FakeSource.all.length;
    me = kim(['situations.see']);
    await vi.advanceTimersByTimeAsync(16_000);
    expect(FakeSource.all.length).toBeGreaterThan(before);
  });

  it('that could not be read at the start is asked for until the server answers', async () => {
    const { untilAnswered } = await import('../src/shell/start');
    const session = await import('../src/shell/session');
    me = null;
    void untilAnswered(session.readMe);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked).toBeGreaterThan(1);
    expect(session.me.value).toBe(null);
    me = kim([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(session.me.value?.operator?.name).toBe('kim');
    const before = asked;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked).toBe(before);
  });
});
