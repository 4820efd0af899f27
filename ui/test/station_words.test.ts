// Where words are what is read, the word is the value, in whatever part of the page it stands.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const { stations, values } = await import('../src/domains/sensing/store');
const { stationText } = await import('../src/domains/sensing/words');

describe('a station that says a word', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is told with the word, and with no value where a number is wanted', () => {
    stations.value = [{ id: 1, serial: 'D1', name: { en: 'Door' }, lat: null, lon: null, area: null, simulated: false, channels: ['status'] }];
    values.stations([1]);
    values.replace([[1, null, 1_800_000_000_000, 9, 1, 'open']]);
    const door = { unit: '', decimals: 0 };
    expect(stationText(0, { ...door, takes_words: true })).toBe('open');
    expect(stationText(0, door)).not.toBe('open');
  });
});
