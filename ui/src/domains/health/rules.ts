// The maintenance crew's work list: which ailments there are, filtered and sorted as chosen.
import type { Schema } from '../../shell/api';
import { nameOrder } from '../../shell/format';
import { kSourceLanguage } from '../../shell/languages';
import { found, searchable } from '../../shell/search';

export const kAilments = ['silent', 'never_heard', 'unusable', 'late', 'channel_away', 'stuck', 'drifting', 'not_fitted', 'out_of_range', 'foreign_unit', 'clock', 'suspect'] as const satisfies readonly Schema<'Ailment'>[];
export type Ailment = (typeof kAilments)[number];

export type WorkItem = Schema<'WorkItem'>;
export type WorkKey = 'station' | 'ailment' | 'since' | 'share';
export interface WorkSort {
  key: WorkKey;
  descending: boolean;
}

const urgencyOf = (ailment: string) => (kAilments.includes(ailment as Ailment) ? kAilments.indexOf(ailment as Ailment) : kAilments.length);

/** Ailments with their counts, known ones in the order of urgency, others after them, none without a case. */
export function ailmentsOf(counts: Record<string, number>): [string, number][] {
  return Object.entries(counts).filter(([, n]) => n > 0).sort(([a], [b]) => urgencyOf(a) - urgencyOf(b));
}

/** Who stands behind one of the counts: [station, when its newest message came]; null: nothing ever came. */
export type CountedLine = Schema<'CountedStation'>;

/** Those that fit the search, who was heard of longest ago first. `textOf`: what a search looks into. */
export function countedShown(lines: readonly CountedLine[], text: string, textOf: (thing: number) => string): CountedLine[] {
  const fits = ([thing]: CountedLine) => text.trim() === '' || found(searchable([textOf(thing)]), text);
  return lines.filter(fits).sort((a, b) => (a[1] ?? 0) - (b[1] ?? 0) || a[0] - b[0]);
}

export function workShown(work: readonly WorkItem[], ailment: string | null, text: string, sort: WorkSort, language: string): WorkItem[] {
  const fits = (w: WorkItem) => found(searchable([w.serial, ...Object.values(w.name), ...Object.values(w.reason), w.channel ?? '']), text);
  const name = (w: WorkItem) => w.name[language] ?? w.name[kSourceLanguage] ?? w.serial;
  const urgency = (w: WorkItem) => urgencyOf(w.ailment);
  const since = (a: WorkItem, b: WorkItem) => (a.since ?? 0) - (b.since ?? 0);
  const by: Record<WorkKey, (a: WorkItem, b: WorkItem) => number> = {
    station: (a, b) => nameOrder.compare(name(a), name(b)),
    ailment: (a, b) => urgency(a) - urgency(b),
    since,
    share: (a, b) => a.share - b.share,
  };
  const sign = sort.descending ? -1 : 1;
  return work
    .filter((w) => (ailment === null || w.ailment === ailment) && fits(w))
    .sort((a, b) => sign * by[sort.key](a, b) || urgency(a) - urgency(b) || since(a, b) || nameOrder.compare(a.serial, b.serial));
}
