// Where a chart's axis of time has its ticks, and what stands at them: whole hours and midnights of the city's clock.
import { kSourceLanguage } from '../languages';
import { clock, dateLocale, dayAndYear, kDay, offsetIn } from '../time';

export interface TickWords {
  zone: string;
  language: string;
}

const kHour = 3600;
/** Hours, days, weeks, and for years about a month, a quarter and half a year. */
const kSteps = [1, 2, 3, 6, 12, 24, 48, 72, 168, 336, 672, 1344, 2184, 4368, 8736].map((hours) => hours * kHour);
/** Pixels that a label needs; one with a year is wider. */
const kLabelWidth = 60;
const kYearLabelWidth = 78;

function yearIn(zone: string) {
  const format = new Intl.DateTimeFormat(kSourceLanguage, { timeZone: zone, year: 'numeric' });
  return (seconds: number) => format.format(seconds * 1000);
}

/** `min` and `max` in seconds since 1970, `width` in pixels. */
export function hourTicks(zone: string, min: number, max: number, width: number): number[] {
  const year = yearIn(zone);
  const room = Math.max(2, Math.floor(width / (year(min) === year(max) ? kLabelWidth : kYearLabelWidth)));
  const step = kSteps.find((s) => (max - min) / s <= room + 0.5) ?? kSteps.at(-1)!;
  const offset = offsetIn(zone, min * 1000) / 1000;
  const ticks: number[] = [];
  for (let t = Math.ceil((min + offset) / step) * step - offset; t <= max; t += step) ticks.push(t);
  return ticks;
}

/** Times of the day, dates at midnights; where the ticks lie in several years, the first date of each has its year. */
export function tickTexts(ticks: number[], { zone, language }: TickWords): string[] {
  const date = new Intl.DateTimeFormat(dateLocale(language), { timeZone: zone, month: 'short', day: 'numeric' });
  const year = yearIn(zone);
  const inYears = ticks.length > 1 && year(ticks[0]!) !== year(ticks.at(-1)!);
  const byDays = ticks.length > 1 && ticks[1]! - ticks[0]! >= kDay / 1000;
  let told = '';
  return ticks.map((tick) => {
    const time = clock(tick * 1000, zone, language);
    if (time !== '00:00' && !byDays) return time;
    const now = year(tick);
    const first = inYears && now !== told;
    told = now;
    return first ? dayAndYear(tick * 1000, zone, language) : date.format(tick * 1000);
  });
}
