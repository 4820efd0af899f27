import { describe, expect, it } from 'vitest';
import { csvOf, drawn, lonely, type SeriesPoint, usualStep } from '../src/lib/series';

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
  it('become CSV with the unit and UTC times', () => {
    expect(csvOf([at(0, 3)], 'pm25', 'µg/m³')).toBe('time,pm25 (µg/m³),min,max,flag\n1970-01-01T00:00:00.000Z,3,3,3,1');
  });
});
