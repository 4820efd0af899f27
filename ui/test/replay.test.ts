// A moment of the past, asked of a server that is busy: it is asked again when the server says so, and only for the newest moment.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const kNow = 1_800_000_000_000;
const pm25 = { channel: 'pm25', name: { en: 'PM2.5' }, unit: 'µg/m³', scale: [0, 100], decimals: 0, ramp: 'sequential', averaging: 'arithmetic', stations: 1 };
const city = { name: { en: 'Nowhere' }, zone: 'UTC', simulated: false, stations: 1, simulated_stations: 0, now: kNow, version: '1', bounds: [0, 0, 1, 1], interval_ms: 0, quantities: [pm25], notices: [] };
const moment = { property: 'pm25', unit: 'µg/m³', at: kNow, live: false, values: [], areas: [], city: { median: null, count: 0 }, stations: { total: 0, reporting: 0, late: 0, silent: 0, never_heard: 0 } };

describe('a moment of the past', () => {
  let asked: string[] = [];
  let busy = true;
  beforeEach(() => {
    asked = [];
    vi.useFakeTimers();
    vi.setSystemTime(kNow);
    vi.stubGlobal('EventSource', class { addEventListener() {} close() {} });
    vi.stubGlobal('window', new EventTarget());
    vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
    vi.stubGlobal('fetch', (url: string) => {
      const at = new URL(url, 'http://h').searchParams.get('at');
      if (at !== null) asked.push(at);
      if (at !== null && busy)
        return Promise.resolve({ ok: false, status: 503, statusText: 'busy', headers: new Headers({ 'retry-after': '2' }), json: () => Promise.resolve({ code: 'unavailable', key: 'refusal.unavailable', message: 'busy' }) });
      const body = at !== null ? moment : url.includes('/areas') ? { type: 'FeatureCollection', features: [] } : url.includes('/stations') ? { version: 1, stations: [] } : url.includes('/city') ? city : {};
      return Promise.resolve({ ok: true, json: () => Promise.resolve(body) });
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('is asked for again when a busy server says so, unless another moment is looked at by then', async () => {
    await import('../src/domains/sensing');
    const { followValues } = await import('../src/domains/sensing/store');
    const { at, replayed } = await import('../src/shell/clock');
    const { trouble } = await import('../src/shell/session');
    const { readCity } = await import('../src/shell/start');
    followValues();
    await readCity();
    const [first, second] = [kNow - 7_200_000, kNow - 3_600_000];
    at.value = first;
    await vi.advanceTimersByTimeAsync(100);
    expect(trouble.value?.status).toBe(503);
    at.value = second;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual([first, second].map((t) => new Date(t).toISOString()));
    busy = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked.slice(2)).toEqual([new Date(second).toISOString()]);
    expect([trouble.value, replayed.value]).toEqual([null, second]);
  });
});
