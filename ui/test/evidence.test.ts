import { describe, expect, it } from 'vitest';
import { byRole, type EvidenceValue, rangeOf, spanOf, traceOf, valueNear, xOf, yOf } from '../src/domains/situations/evidence';

const kStep = 120_000;
const course = (values: readonly number[], flags: readonly number[] = []): EvidenceValue[] => values.map((v, i) => [i * kStep, v, flags[i] ?? 1]);

describe('the y range', () => {
  it('holds values, baselines and thresholds of all streams, with air', () => {
    const [low, high] = rangeOf([{ expected: 20, threshold: 60, values: course([22, 48]) }, { expected: 18, values: course([19, 21]) }]);
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(60);
  });
  it('is not stretched by one flagged value far away', () => {
    const [, high] = rangeOf([{ expected: 20, values: course([21, 22, 999, 24], [1, 1, 4, 1]) }]);
    expect(high).toBeLessThan(40);
  });
  it('does not begin at zero where values never come near it', () => {
    expect(rangeOf([{ expected: 60, values: course([58, 66]) }])[0]).toBeGreaterThan(50);
  });
  it('is there without any value', () => {
    expect(rangeOf([])).toEqual([0, 1]);
    expect(spanOf([], 7_200_000)).toEqual([3_600_000, 7_200_000]);
  });
});

describe('a trace', () => {
  const frame = { width: 100, height: 50, span: [0, 10 * kStep], range: [0, 100] } as const;
  it('puts time to the right and more to the top', () => {
    expect(xOf(frame, 5 * kStep)).toBe(50);
    expect([yOf(frame, 0), yOf(frame, 100)]).toEqual([50, 0]);
  });
  it('breaks where values are missing', () => {
    const values = course([10, 20, 30]).concat([[9 * kStep, 40, 1], [10 * kStep, 50, 1]]);
    expect(traceOf(values, frame).line.match(/M/g)).toHaveLength(2);
  });
  it('leaves flagged values out of the line and shows them hollow, at the edge when beyond it', () => {
    const trace = traceOf(course([10, 20, 999, 30], [1, 1, 4, 1]), frame);
    expect(trace.hollow).toEqual([{ x: 20, y: 0, flag: 4 }]);
    expect(trace.line.match(/M/g)).toHaveLength(1);
  });
  it('shows a value without neighbours as a dot', () => {
    expect(traceOf(course([10]), frame).lonely).toHaveLength(1);
  });
});

describe('the crosshair', () => {
  it('reads the nearest value, none inside a gap', () => {
    const values = course([10, 20, 30]).concat([[20 * kStep, 40, 1]]);
    expect(valueNear(values, 1.4 * kStep)?.[1]).toBe(20);
    expect(valueNear(values, 10 * kStep)).toBeNull();
    expect(valueNear([], 0)).toBeNull();
  });
});

describe('streams', () => {
  it('stand by their part: cause, neighbours, city', () => {
    expect(byRole([{ role: 'city' }, { role: 'other' }, { role: 'neighbour' }, { role: 'cause' }]).map((s) => s.role)).toEqual(['cause', 'neighbour', 'city', 'other']);
  });
});
