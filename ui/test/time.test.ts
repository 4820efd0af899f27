import { describe, expect, it } from 'vitest';
import { ageOf, clock, day, dayAndYear, instantOfLocal, localText, offsetIn } from '../src/shell/time';

const t = Date.parse('2026-11-24T05:30:07Z');

describe('times', () => {
  it('read in the zone of the city, not of the browser', () => {
    expect(clock(t, 'Asia/Seoul', 'en')).toBe('14:30');
    expect(clock(t, 'America/New_York', 'ko')).toBe('00:30');
  });
  it('name the day as the language does', () => {
    expect(day(t, 'Asia/Seoul', 'ko')).toContain('11월 24일');
    expect(day(t, 'Asia/Seoul', 'en')).toContain('24 Nov');
  });
  it('know how far a zone is ahead', () => {
    expect(offsetIn('Asia/Seoul', t)).toBe(9 * 3_600_000);
    expect(offsetIn('Asia/Kathmandu', t)).toBe(5.75 * 3_600_000);
  });
  it('go to a local text and back', () => {
    expect(localText('Asia/Seoul', t)).toBe('2026-11-24T14:30');
    expect(instantOfLocal('Asia/Seoul', '2026-11-24T14:30')).toBe(Date.parse('2026-11-24T05:30:00Z'));
  });
  it('read a local text right beside a change of clocks', () => {
    expect(instantOfLocal('Europe/Berlin', '2026-03-29T03:30')).toBe(Date.parse('2026-03-29T01:30:00Z'));
    expect(instantOfLocal('Europe/Berlin', '2026-10-25T12:00')).toBe(Date.parse('2026-10-25T11:00:00Z'));
  });
  it('refuse a text that is no time', () => {
    expect(instantOfLocal('Asia/Seoul', '')).toBeNaN();
  });
});

describe('ages', () => {
  it('use the unit a person would use', () => {
    expect(ageOf(t - 30_000, t)).toEqual({ key: 'time.seconds_ago', count: 30 });
    expect(ageOf(t - 90 * 60_000, t)).toEqual({ key: 'time.minutes_ago', count: 90 });
    expect(ageOf(t - 30 * 3_600_000, t)).toEqual({ key: 'time.hours_ago', count: 30 });
    expect(ageOf(t - 9 * 86_400_000, t)).toEqual({ key: 'time.days_ago', count: 9 });
  });
  it('of the near future are now', () => {
    expect(ageOf(t + 900, t).count).toBe(0);
  });
});

describe('a day of another year', () => {
  it('is written as each language writes it, without a clock', () => {
    const moment = Date.UTC(2026, 10, 24, 5, 5);
    expect(dayAndYear(moment, 'Asia/Seoul', 'en')).toBe('24 Nov 2026');
    expect(dayAndYear(moment, 'Asia/Seoul', 'ko')).toBe('2026년 11월 24일');
    expect(dayAndYear(moment, 'Asia/Seoul', 'de')).toBe('24. Nov. 2026');
  });
});
