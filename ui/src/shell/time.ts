// Times as people read them: in the city's zone, whatever the browser's is.
import { kSourceLanguage } from './languages';

export const kMinute = 60_000;
export const kHour = 3_600_000;
export const kDay = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();
function format(language: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${zone} ${JSON.stringify(options)}`;
  let made = formats.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(language, { ...options, timeZone: zone });
    formats.set(key, made);
  }
  return made;
}

/** How dates are written in a language: English ones as in Europe, day before month. */
export const dateLocale = (language: string) => (language === kSourceLanguage ? 'en-GB' : language);

const kClock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

/** "14:05" */
export const clock = (t: number, zone: string, language: string) => format(language, zone, kClock).format(t);
/** "14:05:09" */
export const clockSeconds = (t: number, zone: string, language: string) =>
  format(language, zone, { ...kClock, second: '2-digit' }).format(t);
/** "Tue, 24 Nov" / "11월 24일 (화)" */
export const day = (t: number, zone: string, language: string) =>
  format(dateLocale(language), zone, { weekday: 'short', day: 'numeric', month: 'short' }).format(t);
/** "24 Nov 2026" / "2026년 11월 24일" */
export const dayAndYear = (t: number, zone: string, language: string) => format(dateLocale(language), zone, { day: 'numeric', month: 'short', year: 'numeric' }).format(t);
/** "24 Nov 2026, 14:05" */
export const dayAndClock = (t: number, zone: string, language: string) =>
  format(dateLocale(language), zone, { day: 'numeric', month: 'short', year: 'numeric', ...kClock }).format(t);

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}
export function partsIn(zone: string, t: number): Parts {
  const all = format('en-GB', zone, { year: 'numeric', month: '2-digit', day: '2-digit', ...kClock, second: '2-digit' }).formatToParts(t);
  const get = (type: string) => Number(all.find((p) => p.type === type)?.value ?? 0);
  return { year: get('year'), month: get('month'), day: get('day'), hour: get('hour'), minute: get('minute'), second: get('second') };
}

/** How far the zone's clock is ahead of UTC at `t`, in milliseconds. */
export function offsetIn(zone: string, t: number): number {
  const p = partsIn(zone, t);
  return Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second) - Math.floor(t / 1000) * 1000;
}

/** "2026-11-24T14:05" for a datetime-local input. */
export function localText(zone: string, t: number): string {
  return new Date(t + offsetIn(zone, t)).toISOString().slice(0, 16);
}

/** The instant whose wall clock in `zone` reads `text` ("2026-11-24T14:05"); NaN when it is no time. */
export function instantOfLocal(zone: string, text: string): number {
  const asUtc = Date.parse(`${text}Z`);
  if (Number.isNaN(asUtc)) return Number.NaN;
  const guess = asUtc - offsetIn(zone, asUtc);
  return asUtc - offsetIn(zone, guess);
}

export interface Age {
  key: 'time.seconds_ago' | 'time.minutes_ago' | 'time.hours_ago' | 'time.days_ago';
  count: number;
}
/** How long ago, in the unit a person would use. */
export function ageOf(t: number, now: number): Age {
  const ms = Math.max(0, now - t);
  if (ms < kMinute) return { key: 'time.seconds_ago', count: Math.floor(ms / 1000) };
  if (ms < 2 * kHour) return { key: 'time.minutes_ago', count: Math.floor(ms / kMinute) };
  if (ms < 2 * kDay) return { key: 'time.hours_ago', count: Math.floor(ms / kHour) };
  return { key: 'time.days_ago', count: Math.floor(ms / kDay) };
}
