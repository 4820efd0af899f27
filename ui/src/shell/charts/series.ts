// From the API's points to what a chart draws: absent points become gaps, doubtful values stand apart.

/** [time, value, min, max, flag], and the number of the reason when a test flagged it. Without numbers: the device said that
 *  it has no value. */
export type SeriesPoint = [number, number | null, number | null, number | null, number, number?];
export interface Drawn {
  seconds: number[];
  value: (number | null)[];
  min: (number | null)[];
  max: (number | null)[];
  /** Only values whose flag is suspect or worse. */
  doubtful: (number | null)[];
}

/** QARTOD: 3 suspect, 4 fail. */
export const isDoubtful = (flag: number) => flag === 3 || flag === 4;
/** Also 9: there is no value. */
const isFlagged = (flag: number) => isDoubtful(flag) || flag === 9;
/** Failed values cannot be true: they set no scale and belong to no line. */
export const isFailed = (flag: number) => flag === 4;
/** Room for all that can be true, with air above and below; of failed values only where there is nothing else. */
export function scaleOf(...lists: (readonly SeriesPoint[])[]): [number, number] {
  const all = lists.flat();
  const firm = all.filter((p) => !isFailed(p[4]));
  const shown = numbersOf(firm, 1).length > 0 ? firm : all;
  const [lows, highs] = [numbersOf(shown, 2), numbersOf(shown, 3)];
  if (lows.length === 0) return [0, 1];
  const [low, high] = [Math.min(...lows), Math.max(...highs)];
  const air = (high - low || Math.abs(high) || 1) * 0.08;
  return [low >= 0 && low < (high - low) * 0.6 ? 0 : low - air, high + air];
}
/** The numbers that there are, of value, min or max. */
export const numbersOf = (points: readonly SeriesPoint[], place: 1 | 2 | 3): number[] => points.flatMap((p) => p[place] ?? []);

/** A line may bridge up to 2.5 steps; beyond that lies a gap, shown as one. `step` 0: taken from the points. Flagged values
 *  outside `range` stand at its edge. */
export function drawn(points: readonly SeriesPoint[], step: number, range: readonly [number, number] = [-Infinity, Infinity]): Drawn {
  const out: Drawn = { seconds: [], value: [], min: [], max: [], doubtful: [] };
  const bridge = 2.5 * (step > 0 ? step : usualStep(points));
  let last = Number.NaN;
  for (const [t, value, min, max, flag] of points) {
    if (t - last > bridge) push(out, (last + t) / 2, null, null, null, null);
    const mark = isDoubtful(flag) && value !== null ? Math.min(Math.max(value, range[0]), range[1]) : null;
    if (isFailed(flag)) push(out, t, null, null, null, mark);
    else push(out, t, value, min, max, mark);
    last = t;
  }
  return out;
}

function push(out: Drawn, t: number, value: number | null, min: number | null, max: number | null, doubtful: number | null) {
  out.seconds.push(t / 1000);
  out.value.push(value);
  out.min.push(min);
  out.max.push(max);
  out.doubtful.push(doubtful);
}

/** Where a value stands alone between gaps: no line shows it. */
export function lonely(values: ArrayLike<number | null | undefined>): number[] {
  const there = (i: number) => typeof values[i] === 'number';
  return Array.from(values, (_, i) => i).filter((i) => there(i) && !there(i - 1) && !there(i + 1));
}

/** The median distance between neighbours. */
export function usualStep(points: readonly SeriesPoint[]): number {
  const steps = points.slice(1).map((p, i) => p[0] - points[i]![0]).sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? Number.POSITIVE_INFINITY;
}

/** How many values are flagged for which reason, most first. Without a reason: suspect, failed, or that there is no value. */
export type Flagged = number | 'suspect' | 'fail' | 'none';
export function reasonCounts(points: readonly SeriesPoint[]): [Flagged, number][] {
  const counts = new Map<Flagged, number>();
  for (const p of points) {
    if (!isFlagged(p[4])) continue;
    const reason = p[5] ?? (p[1] === null ? 'none' : isFailed(p[4]) ? 'fail' : 'suspect');
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}
