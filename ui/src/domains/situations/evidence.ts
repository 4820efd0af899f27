// Evidence as small pictures: one y range for all streams of a unit, lines with gaps, flagged values apart.
import { isDoubtful, usualStep } from '../../shell/charts/series';

/** [time, value, flag] */
export type EvidenceValue = [number, number, number];
export interface Reading {
  expected: number | null;
  /** Where the rule fires, in the stream's own unit, when the rule has such a line. */
  threshold?: number | null;
  values: readonly EvidenceValue[];
}

/** Room for values, baselines and thresholds of all, flagged values left out when they would flatten the rest. */
export function rangeOf(streams: readonly Reading[]): [number, number] {
  const good = streams.flatMap((s) => s.values.filter((v) => !isDoubtful(v[2])).map((v) => v[1]));
  const every = streams.flatMap((s) => s.values.map((v) => v[1]));
  const lines = streams.flatMap((s) => [s.expected, s.threshold]).filter((v): v is number => typeof v === 'number');
  const firm = [...(good.length > 0 ? good : every), ...lines];
  if (firm.length === 0) return [0, 1];
  const [low, high] = [Math.min(...firm), Math.max(...firm)];
  const span = Math.max(high - low, Math.abs(high) * 0.05, 1e-6);
  const near = every.filter((v) => v >= low - span && v <= high + span);
  const [bottom, top] = [Math.min(low, ...near), Math.max(high, ...near)];
  const air = Math.max(top - bottom, span) * 0.08;
  return [bottom >= 0 && bottom < (top - bottom) * 0.6 ? 0 : bottom - air, top + air];
}

/** From the first to the last moment any stream speaks of; an hour when none does. */
export function spanOf(streams: readonly Reading[], around: number): [number, number] {
  const times = streams.flatMap((s) => s.values.map((v) => v[0]));
  if (times.length === 0) return [around - 3_600_000, around];
  const [first, last] = [Math.min(...times), Math.max(...times)];
  return last > first ? [first, last] : [first - 1_800_000, first + 1_800_000];
}

export interface Frame {
  width: number;
  height: number;
  span: readonly [number, number];
  range: readonly [number, number];
}
export const xOf = (f: Frame, t: number) => ((t - f.span[0]) / (f.span[1] - f.span[0] || 1)) * f.width;
export const yOf = (f: Frame, v: number) => f.height - ((v - f.range[0]) / (f.range[1] - f.range[0] || 1)) * f.height;

export interface Trace {
  /** An SVG path; a gap of more than 2.5 usual steps is a gap. */
  line: string;
  /** Flagged values: hollow; those beyond the frame stand at its edge. */
  hollow: { x: number; y: number; flag: number }[];
  /** Values that have no neighbour to be joined to. */
  lonely: { x: number; y: number }[];
}
export function traceOf(values: readonly EvidenceValue[], f: Frame): Trace {
  const bridge = 2.5 * usualStep(values.map(([t, v, flag]) => [t, v, v, v, flag]));
  const inside = (y: number) => Math.min(Math.max(y, 0), f.height);
  const trace: Trace = { line: '', hollow: [], lonely: [] };
  const firm = values.filter((v) => !isDoubtful(v[2]));
  firm.forEach(([t, v], i) => {
    const joined = i > 0 && t - firm[i - 1]![0] <= bridge;
    const joins = i + 1 < firm.length && firm[i + 1]![0] - t <= bridge;
    const [x, y] = [xOf(f, t), inside(yOf(f, v))];
    if (!joined && !joins) trace.lonely.push({ x, y });
    trace.line += `${joined ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  trace.hollow = values.filter((v) => isDoubtful(v[2])).map(([t, v, flag]) => ({ x: xOf(f, t), y: inside(yOf(f, v)), flag }));
  return trace;
}

/** The value nearest to a moment, when one lies within 2.5 usual steps of it. */
export function valueNear(values: readonly EvidenceValue[], t: number): EvidenceValue | null {
  let best: EvidenceValue | null = null;
  for (const v of values) if (best === null || Math.abs(v[0] - t) < Math.abs(best[0] - t)) best = v;
  const step = usualStep(values.map(([time, v, flag]) => [time, v, v, v, flag]));
  return best !== null && (values.length < 2 || Math.abs(best[0] - t) <= 2.5 * step) ? best : null;
}

const kRoles = ['cause', 'neighbour', 'city'];
const placeOf = (role: string) => (kRoles.includes(role) ? kRoles.indexOf(role) : kRoles.length);
/** The cause first, then its neighbours, then the city; unknown roles last. */
export const byRole = <R extends { role: string }>(streams: readonly R[]): R[] => [...streams].sort((a, b) => placeOf(a.role) - placeOf(b.role));
