// Rules about situations: what comes first, what belongs together, what is new, where one lies.
import type { Schema } from '../../shell/api';
import { nameOrder } from '../../shell/format';
import { found, searchable } from '../../shell/search';

export const kSeverities = ['critical', 'serious', 'caution', 'notice'] as const satisfies readonly Schema<'Severity'>[];
export type Severity = (typeof kSeverities)[number];
export type State = Schema<'SituationState'>;
type Text = Record<string, string>;

/** What these rules need to know of a situation; the API's has more. */
export interface Sketch {
  id: number;
  version: number;
  group: string;
  kind: string;
  severity: Severity;
  state: State;
  headline: Text;
  place: [number, number] | null;
  radius: number;
  area: { id: number; name: Text } | null;
  since: number;
  ended_at: number | null;
  assignee: string | null;
  /** Things in alarm, as their rings on the map say. */
  members?: readonly number[];
}

export const isOpen = (s: Pick<Sketch, 'state'>) => s.state === 'firing' || s.state === 'acknowledged' || s.state === 'acting';
/** 3 for critical down to 0 for notice. */
export const rankOf = (severity: Severity) => kSeverities.length - 1 - kSeverities.indexOf(severity);

/** What needs somebody first: the more severe, whoever has it already; then what nobody has taken, then the newer; ended
 *  ones by their end. The server's order (needs_first). */
export function compareNeed(a: Sketch, b: Sketch): number {
  if (isOpen(a) !== isOpen(b)) return isOpen(a) ? -1 : 1;
  if (!isOpen(a)) return (b.ended_at ?? 0) - (a.ended_at ?? 0) || b.id - a.id;
  const waits = (s: Sketch) => Number(s.state === 'firing');
  return rankOf(b.severity) - rankOf(a.severity) || waits(b) - waits(a) || b.since - a.since || b.id - a.id;
}

export interface SituationGroup<S> {
  key: string;
  /** The one that stands for all: what needs somebody first. */
  lead: S;
  rest: S[];
}

/** Situations of one group are one line; those without a group stand alone. */
export function inGroups<S extends Sketch>(situations: readonly S[]): SituationGroup<S>[] {
  const groups = new Map<string, SituationGroup<S>>();
  for (const s of [...situations].sort(compareNeed)) {
    const key = s.group === '' ? `#${s.id}` : s.group;
    const known = groups.get(key);
    if (known) known.rest.push(s);
    else groups.set(key, { key, lead: s, rest: [] });
  }
  return [...groups.values()];
}

/** Which line takes a deed out of somebody's hands while the situation is open; its end takes all. */
const kTakenBy: Record<string, string> = { acknowledge: 'acting', act: 'acting', silence: 'silenced' };
/** The last line behind `seen` (the number of the newest when the form was opened) that took the deed out of somebody's hands; null
 *  while the timeline that has it is not there. */
export function overtakerOf<L extends { kind: string; number: number }>(s: Pick<Sketch, 'state'> & { timeline?: readonly L[] | undefined }, deed: string, seen: number): L | null {
  const kind = isOpen(s) ? kTakenBy[deed] : s.state;
  return [...(s.timeline ?? [])].reverse().find((line) => line.number > seen && line.kind === kind) ?? null;
}

/** The list with `changed` in it; an older version than the known one changes nothing. */
export function withChange<S extends Sketch>(known: readonly S[], changed: S): readonly S[] {
  const place = known.findIndex((s) => s.id === changed.id);
  if (place < 0) return [...known, changed];
  if (known[place]!.version > changed.version) return known;
  return known.map((s, i) => (i === place ? changed : s));
}

export type Counts = Record<Severity, number>;
/** Open ones by severity; a group counts once, as its most severe. */
export function countsOf(situations: readonly Sketch[]): Counts {
  const counts: Counts = { critical: 0, serious: 0, caution: 0, notice: 0 };
  for (const { lead, rest } of inGroups(situations.filter(isOpen))) {
    const severity = [lead, ...rest].map((s) => s.severity).reduce((a, b) => (rankOf(b) > rankOf(a) ? b : a));
    counts[severity] += 1;
  }
  return counts;
}

/** "(2) Madang City": how many nobody has taken yet. */
export function titleWith(situations: readonly Sketch[], title: string): string {
  const firing = inGroups(situations.filter((s) => s.state === 'firing')).length;
  return firing > 0 ? `(${firing}) ${title}` : title;
}

export interface Wanted {
  text: string;
  /** Only this severity and worse. */
  atLeast: Severity | null;
}
export function isWanted(s: Sketch, wanted: Wanted, words: (s: Sketch) => readonly string[]): boolean {
  if (wanted.atLeast !== null && rankOf(s.severity) < rankOf(wanted.atLeast)) return false;
  const all = searchable([...Object.values(s.headline), ...Object.values(s.area?.name ?? {}), s.assignee ?? '', s.kind, ...words(s)]);
  return found(all, wanted.text);
}

/** Which Things are in alarm, by the gravest situation each belongs to; those of the selected one are marked. */
export function membersOf(shown: readonly Sketch[], selected: number | null): Map<number, { severity: Severity; selected: boolean }> {
  const members = new Map<number, { severity: Severity; selected: boolean }>();
  const lastCounts = (s: Sketch) => (s.id === selected ? kSeverities.length : rankOf(s.severity));
  for (const s of [...shown].sort((a, b) => lastCounts(a) - lastCounts(b)))
    for (const thing of s.members ?? []) members.set(thing, { severity: s.severity, selected: s.id === selected });
  return members;
}

/** Serious or critical ones that nobody has taken and that were not there before, or were milder: worth a tone. */
export function isLoud(before: readonly Sketch[], now: Sketch): boolean {
  if (now.state !== 'firing' || rankOf(now.severity) < rankOf('serious')) return false;
  const known = before.find((s) => s.id === now.id);
  return known === undefined || rankOf(known.severity) < rankOf('serious');
}

const kMetresPerDegree = 111_320;
/** A circle of `radius` metres as a closed ring. */
export function ringAround([lon, lat]: readonly [number, number], radius: number, corners = 48): [number, number][] {
  const wide = kMetresPerDegree * Math.max(Math.cos((lat * Math.PI) / 180), 0.01);
  return Array.from({ length: corners + 1 }, (_, i) => {
    const angle = ((i % corners) / corners) * 2 * Math.PI;
    return [lon + (Math.cos(angle) * radius) / wide, lat + (Math.sin(angle) * radius) / kMetresPerDegree];
  });
}
/** Good enough inside a city. */
export function metresBetween([lonA, latA]: readonly [number, number], [lonB, latB]: readonly [number, number]): number {
  const wide = Math.cos((((latA + latB) / 2) * Math.PI) / 180);
  return Math.hypot((lonA - lonB) * wide, latA - latB) * kMetresPerDegree;
}
/** [west, south, east, north] around a place, so that its surroundings are seen. */
export function boxAround(place: readonly [number, number], radius: number): [number, number, number, number] {
  const ring = ringAround(place, Math.max(radius * 2.5, 2500), 4);
  return [Math.min(...ring.map((p) => p[0])), Math.min(...ring.map((p) => p[1])), Math.max(...ring.map((p) => p[0])), Math.max(...ring.map((p) => p[1]))];
}

/** As far as anybody knows it: 50 m steps, then tenths of a kilometre, then whole ones. The server says the same (phrases.cc). */
export function roundedDistance(metres: number): { value: number; kilometres: boolean } {
  const step = metres < 100 ? 10 : 50;
  if (metres < 975) return { value: Math.max(step, Math.round(metres / step) * step), kilometres: false };
  const kilometres = metres / 1000;
  return { value: kilometres < 10 ? Math.round(kilometres * 10) / 10 : Math.round(kilometres), kilometres: true };
}

/** Whom else a situation can be handed to, in the order in which people look for names. */
export function assigneesOf(logins: readonly string[], self: string): string[] {
  return logins.filter((login) => login !== self).sort(nameOrder.compare);
}
