import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Live, withLastId } from '../src/shell/live';
import { FakeSource, newest } from './fake_source';

describe('live', () => {
  beforeEach(() => {
    FakeSource.all = [];
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', FakeSource);
    vi.stubGlobal('window', new EventTarget());
    vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }));
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const listen = () => {
    const told: string[] = [];
    const live = new Live<number>('/api/v1/live?property=pm25', {
      snapshot: (n) => told.push(`snapshot ${n}`),
      on: { values: (n: number) => told.push(`values ${n}`) },
      connected: (yes) => told.push(yes ? 'connected' : 'lost'),
    });
    return { live, told };
  };

  it('says what it heard last when it comes back, and goes on without a snapshot', () => {
    const { live, told } = listen();
    expect(newest().url).toBe('/api/v1/live?property=pm25');
    newest().say('snapshot', 1, 'e-7');
    newest().say('values', 2, 'e-8');
    newest().say('beat', { now: 1 });
    newest().onerror?.();
    vi.advanceTimersByTime(5_000);
    expect(newest().url).toBe('/api/v1/live?property=pm25&last_event_id=e-8');
    newest().say('resumed', {}, 'e-8');
    newest().say('values', 3, 'e-9');
    expect(told).toEqual(['connected', 'snapshot 1', 'values 2', 'lost', 'connected', 'values 3']);
    live.close();
  });

  it('takes a snapshot from a server that does not know the id any more', () => {
    const { live, told } = listen();
    newest().say('snapshot', 1, 'old-7');
    newest().onerror?.();
    vi.advanceTimersByTime(5_000);
    newest().say('snapshot', 5, 'new-1');
    newest().onerror?.();
    vi.advanceTimersByTime(5_000);
    expect(newest().url).toContain('last_event_id=new-1');
    expect(told).toEqual(['connected', 'snapshot 1', 'lost', 'connected', 'snapshot 5', 'lost']);
    live.close();
  });

  it('starts anew without what it heard last, when the page wants to be told everything', () => {
    const { live, told } = listen();
    newest().say('snapshot', 1, 'e-7');
    live.startAnew();
    expect(newest().url).toBe('/api/v1/live?property=pm25');
    newest().say('snapshot', 2, 'e-8');
    expect(told).toEqual(['connected', 'snapshot 1', 'connected', 'snapshot 2']);
    live.close();
    const before = FakeSource.all.length;
    live.startAnew();
    expect(FakeSource.all.length).toBe(before);
  });

  it('puts the id behind what stands in the address', () => {
    expect(withLastId('/a', 'x y')).toBe('/a?last_event_id=x%20y');
    expect(withLastId('/a?b=1', 'z')).toBe('/a?b=1&last_event_id=z');
  });
});
