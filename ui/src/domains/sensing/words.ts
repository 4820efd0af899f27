// Stations and values in words, as every part of the page writes them.
import { at } from '../../shell/clock';
import { t } from '../../shell/texts';
import { valueText } from '../../shell/words';
import type { Quantity } from './api';
import { type ReportState, type Sent, stateOf } from './rules';
import { stations, values } from './store';

export function unitText(unit: string): string {
  return unit === 'people' ? t('unit.people') : unit;
}
export const withUnit = (value: number | null | undefined, q: Pick<Quantity, 'decimals' | 'unit'>) =>
  value === null || value === undefined || Number.isNaN(value) ? '–' : `${valueText(value, q.decimals)} ${unitText(q.unit)}`;

/** Who asks is drawn anew when values come. */
export function stationState(index: number): ReportState {
  void values.version.value;
  return stateOf(values.state[index]!);
}
export const kStateKey: Record<ReportState, string> = { reporting: 'report.reporting', late: 'report.late', silent: 'report.silent', never_heard: 'report.never_heard' };
/** Of a moment that is looked at, "never heard" means until then. */
export const stateText = (state: ReportState) => t(state === 'never_heard' && at.value !== null ? 'report.never_heard_then' : kStateKey[state]);
/** The server's words for its flags (docs/quality.md): "suspect", "failed". */
export const flagText = (flag: number) => t(flag === 4 ? 'quality.flag.fail' : flag === 3 ? 'quality.flag.suspect' : flag === 9 ? 'quality.flag.missing' : 'quality.flag.good');
/** "no value (device sent −999)" */
export const sentText = (sent: Sent | undefined) =>
  sent === undefined ? t('value.none') : t('value.none_sent', { sent: typeof sent === 'number' ? String(sent).replace('-', '−') : `"${sent}"` });
/** The word, where words are what is read. */
export const readText = (stream: { takes_words?: boolean }, sent: Sent | undefined) => (stream.takes_words && typeof sent === 'string' ? sent : sentText(sent));
/** A station's value, or in words why it has none. */
export function stationText(index: number, q: Pick<Quantity, 'decimals' | 'unit' | 'takes_words'>): string {
  void values.version.value;
  const value = values.value[index]!;
  if (!Number.isNaN(value)) return withUnit(value, q);
  return Number.isNaN(values.time[index]!) ? stateText(stationState(index)) : readText(q, values.sent.get(index));
}
export const stationAt = (index: number | null) => (index === null ? undefined : stations.value[index]);
