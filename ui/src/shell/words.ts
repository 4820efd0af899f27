// Numbers, ages and refusals in words, as every part of the page writes them.
import { zone } from './city';
import { moment, serverNow } from './clock';
import { number } from './format';
import { kSourceLanguage } from './languages';
import { type Refusal, refusalKey, withField, withoutField } from './refusal';
import { language, messages, t } from './texts';
import { ageOf, clock, dayAndClock, kDay } from './time';

/** "12,000" */
export const countText = (n: number) => number(n, 0, language.value);
export function valueText(value: number | null | undefined, decimals: number): string {
  return value === null || value === undefined || Number.isNaN(value) ? '–' : number(value, decimals, language.value);
}
export function ageText(time: number, now = moment.value): string {
  const age = ageOf(time, now);
  return t(age.key, { count: age.count });
}
/** "14:05 (3 min ago)", with the day when it is not of the last 24 hours. */
export function whenText(time: number, now = moment.value): string {
  const far = Math.abs(now - time) > kDay;
  const text = far ? dayAndClock(time, zone(), language.value) : clock(time, zone(), language.value);
  return t('time.with_age', { time: text, age: ageText(time, now) });
}
/** A moment that is looked at: "24 Nov 2026, 14:05". */
export const momentText = (time: number) => dayAndClock(time, zone(), language.value);
/** What happened to something that somebody works on is told from now, whatever moment the map shows. */
export const sinceText = (time: number) => whenText(time, serverNow.value);
const saidOf = (refusal: Refusal) => refusalKey(refusal, (key) => messages.value?.has(key) ?? false);
/** Why it was refused, in the reader's language; the server's own sentence where that is all there is and its language is read. `atField`: it stands at
 *  the field that is at fault, and names it no more. */
export function reasonText(refusal: Refusal, atField = false): string {
  const said = saidOf(refusal);
  if (!said.whole && language.value === kSourceLanguage && refusal.code !== '') return atField ? withoutField(refusal) : refusal.reason;
  const text = t(said.key, refusal.args);
  return said.whole && !atField ? withField(refusal, said.key, text) : text;
}
/** The reader is told no more than the kind: the server's English sentence says what it is about. */
export const isToldByKind = (refusal: Refusal) => language.value !== kSourceLanguage && refusal.code !== '' && !saidOf(refusal).whole;
