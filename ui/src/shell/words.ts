// Values and ages in words, as every part of the page writes them.
import type { Quantity } from './api';
import { number } from './format';
import { type Refusal, refusalKey } from './refusal';
import { type ReportState, type Sent, stateOf } from '../domains/sensing/rules';
import { ageOf, clock, dayAndClock, kDay } from './time';
import { city, language, moment, serverNow, stations, t, values } from './state';

export const zone = () => city.value?.zone ?? 'UTC';

export function unitText(unit: string): string {
  return unit === 'people' ? t('unit.people') : unit;
}
export function valueText(value: number | null | undefined, decimals: number): string {
  return value === null || value === undefined || Number.isNaN(value) ? '–' : number(value, decimals, language.value);
}
export const withUnit = (value: number | null | undefined, q: Pick<Quantity, 'decimals' | 'unit'>) =>
  value === null || value === undefined || Number.isNaN(value) ? '–' : `${valueText(value, q.decimals)} ${unitText(q.unit)}`;

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
/** Why it was refused: the server's own sentence where its language is read. */
export const reasonText = (refusal: Refusal) => (language.value === 'en' && refusal.code !== '' ? refusal.reason : t(refusalKey(refusal)));
/** What happened to a situation is told from now, whatever moment the map shows. */
export const sinceText = (time: number) => whenText(time, serverNow.value);

/** Who asks is drawn anew when values come. */
export function stationState(index: number): ReportState {
  void values.version.value;
  return stateOf(values.state[index]!);
}
export const kStateKey: Record<ReportState, string> = { reporting: 'report.reporting', late: 'report.late', silent: 'report.silent', never_heard: 'report.never_heard' };
/** "no value (device sent −999)" */
export const sentText = (sent: Sent | undefined) =>
  sent === undefined ? t('value.none') : t('value.none_sent', { sent: typeof sent === 'number' ? String(sent).replace('-', '−') : `"${sent}"` });
/** A station's value, or in words why it has none. */
export function stationText(index: number, q: Pick<Quantity, 'decimals' | 'unit'>): string {
  void values.version.value;
  const value = values.value[index]!;
  if (!Number.isNaN(value)) return withUnit(value, q);
  return Number.isNaN(values.time[index]!) ? t(kStateKey[stationState(index)]) : sentText(values.sent.get(index));
}
export const stationAt = (index: number | null) => (index === null ? undefined : stations.value[index]);
