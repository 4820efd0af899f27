import { describe, expect, it } from 'vitest';
import { drawn, lonely, numbersOf, reasonCounts, scaleOf, type SeriesPoint, usualStep } from '../src/shell/charts/series';

const at = (minute: number, value = 1, flag = 1): SeriesPoint => [minute * 60_000, value, value, value, flag];

describe('series', () => {
  it('break where points are absent', () => {
    const d = drawn([at(0), at(2), at(20), at(22)], 120_000);
    expect(d.value).toEqual([1, 1, null, 1, 1]);
    expect(d.seconds[2]).toBe(11 * 60);
  });
  it('bridge one missing value', () => {
    expect(drawn([at(0), at(4)], 120_000).value).toEqual([1, 1]);
  });
  it('take the usual step when none is stated', () => {
    expect(usualStep([at(0), at(2), at(4), at(60)])).toBe(120_000);
    expect(drawn([at(0), at(2), at(4), at(60)], 0).value).toEqual([1, 1, 1, null, 1]);
  });
  it('set doubtful values apart', () => {
    expect(drawn([at(0, 5), at(2, 6, 3), at(4, 7, 4)], 120_000).doubtful).toEqual([null, 6, 7]);
  });
  it('of no points are empty', () => {
    expect(drawn([], 0).seconds).toEqual([]);
  });
  it('show a value that stands alone between gaps', () => {
    expect(lonely([null, 4, null, 5, 6, undefined, 7])).toEqual([1, 6]);
    expect(lonely([3])).toEqual([0]);
  });
  it('draw nothing where the device had no value, and count why', () => {
    const none: SeriesPoint = [120_000, null, null, null, 9, 0];
    const points = [at(0, 5), none, at(4, 7)];
    expect(drawn(points, 120_000).value).toEqual([5, null, 7]);
    expect(numbersOf(points, 2)).toEqual([5, 7]);
    expect(reasonCounts(points)).toEqual([[0, 1]]);
    // What came live has no sentence yet.
    expect(reasonCounts([at(0, 5, 3), [120_000, null, null, null, 9], [240_000, null, null, null, 9]])).toEqual([['none', 2], ['suspect', 1]]);
  });
  it('leave failed values out of the line and stand them at the edge', () => {
    const broken = at(2, 9000, 4);
    const points = [at(0, 5), broken, at(4, 7), at(6, 300, 3)];
    expect(scaleOf([at(0, 5), broken, at(4, 7)])[1]).toBeLessThan(8);
    const d = drawn(points, 120_000, [0, 10]);
    expect(d.value).toEqual([5, null, 7, 300]);
    expect(d.max[1]).toBeNull();
    expect(d.doubtful).toEqual([null, 10, null, 10]);
    // Where nothing else came, they are seen as they are.
    expect(scaleOf([broken])[1]).toBeGreaterThan(9000);
    expect(reasonCounts([broken])).toEqual([['fail', 1]]);
  });
});
