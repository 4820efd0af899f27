// The axis of time says the year where what is shown lies in several.
import { describe, expect, it } from 'vitest';
import { hourTicks, tickTexts } from '../src/shell/charts/ticks';

const at = (text: string) => Date.parse(text) / 1000;
const en = { zone: 'UTC', language: 'en' };
const texts = (from: string, to: string, width = 600, words = en) => tickTexts(hourTicks(words.zone, at(from), at(to), width), words);

describe('the axis of time', () => {
  it('says times of the day, and dates at midnights, without a year in one year', () => {
    expect(texts('2026-11-24T12:00:00Z', '2026-11-25T12:00:00Z', 500)).toContain('25 Nov');
    expect(texts('2026-03-01T00:00:00Z', '2026-11-01T00:00:00Z').join()).not.toContain('2026');
  });

  it('says the year at the first date of each where it spans several', () => {
    const shown = texts('2024-11-01T00:00:00Z', '2026-02-01T00:00:00Z');
    expect(shown[0]).toMatch(/202[45]$/);
    for (const year of ['2024', '2025', '2026']) expect(shown.filter((text) => text.includes(year)).length, year).toBeLessThanOrEqual(1);
    expect(shown.filter((text) => /\d{4}$/.test(text)).length).toBeGreaterThanOrEqual(2);
  });

  it('says it in hours around the turn of the year, by the city\'s clock', () => {
    const seoul = { zone: 'Asia/Seoul', language: 'ko' };
    const shown = texts('2025-12-31T03:00:00Z', '2026-01-01T03:00:00Z', 600, seoul);
    expect(shown.filter((text) => text.includes('2026'))).toHaveLength(1);
    expect(shown.filter((text) => text.includes('2025'))).toHaveLength(0);
  });

  it('keeps room for labels however long the time is', () => {
    expect(hourTicks('UTC', at('2020-01-01T00:00:00Z'), at('2026-01-01T00:00:00Z'), 600).length).toBeLessThanOrEqual(13);
    expect(hourTicks('UTC', at('2025-01-01T00:00:00Z'), at('2025-12-30T00:00:00Z'), 600).length).toBeLessThanOrEqual(12);
  });
});
