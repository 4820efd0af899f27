// A city without a station: the page is connected all the same, and follows the values as soon as there are some.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

class FakeSource {
  static all: string[] = [];
  onerror: (() => void) | null = null;
  constructor(url: string) {
    FakeSource.all.push(url);
  }
  addEventListener() {}
  close() {}
}

const city = (quantities: object[]) => ({ name: { en: 'Nowhere' }, zone: 'UTC', simulated: false, stations: 1, simulated_stations: 0, now: 1_800_000_000_000, version: '1', bounds: [0, 0, 1, 1], interval_ms: 0, quantities, notices: [] });
const pm25 = { channel: 'pm25', name: { en: 'PM2.5' }, unit: 'µg/m³', scale: [0, 100], decimals: 0, ramp: 'sequential', averaging: 'arithmetic', stations: 1 };

describe('a city without a station', () => {
  let quantities: object[] = [];
  let reached = true;
  beforeEach(() => {
    FakeSource.all = [];
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', FakeSource);
    vi.stubGlobal('window', new EventTarget());
    vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
    vi.stubGlobal('fetch', (url: string) => {
      if (!reached) return Promise.reject(new TypeError('no route'));
      const body = url.includes('/areas') ? { type: 'FeatureCollection', features: [] } : url.includes('/stations') ? { version: 1, stations: [] } : url.includes('/city') ? city(quantities) : {};
      return Promise.resolve({ ok: true, json: () => Promise.resolve(body) });
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('is live while the server answers, lost when it does not, and listens when the first station is there', async () => {
    await import('../src/domains/sensing');
    const { followValues } = await import('../src/domains/sensing/store');
    const { connection, lostSince } = await import('../src/shell/session');
    const { readCity } = await import('../src/shell/start');
    followValues();
    await readCity();
    expect([connection.value, FakeSource.all]).toEqual(['live', []]);
    reached = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(connection.value).toBe('lost');
    expect(lostSince.value).not.toBe(null);
    reached = true;
    await vi.advanceTimersByTimeAsync(10_000);
    expect([connection.value, lostSince.value]).toEqual(['live', null]);
    quantities = [pm25];
    await vi.advanceTimersByTimeAsync(10_000);
    expect(FakeSource.all).toHaveLength(1);
    expect(FakeSource.all[0]).toContain('property=pm25');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSource.all.length).toBeLessThan(10);
  });
});
