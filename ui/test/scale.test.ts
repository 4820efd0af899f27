import { describe, expect, it } from 'vitest';
import { binOf, colourOf, colours, fittedEnds, kBins, mix, positionOf, ticksOf } from '../src/shell/map/scale';

const luminance = (hex: string) => {
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};

describe('scale', () => {
  it('puts the ends of the scale into the first and the last colour', () => {
    expect(binOf({ min: 0, max: 75 }, 0)).toBe(0);
    expect(binOf({ min: 0, max: 75 }, 75)).toBe(kBins - 1);
  });
  it('clamps values beyond the ends', () => {
    expect(positionOf({ min: -10, max: 40 }, -20)).toBe(0);
    expect(binOf({ min: 0, max: 75 }, 400)).toBe(kBins - 1);
  });
  it('shows more as brighter on the dark map and as darker on the light one', () => {
    const dark = colours('sequential', 'dark').map(luminance);
    const light = colours('sequential', 'light').map(luminance);
    expect(dark.every((l, i) => i === 0 || l > dark[i - 1]!)).toBe(true);
    expect(light.every((l, i) => i === 0 || l < light[i - 1]!)).toBe(true);
  });
  it('keeps the middle of a deviation grey in both themes', () => {
    for (const theme of ['dark', 'light'] as const) {
      const hex = colourOf({ min: -10, max: 40, ramp: 'diverging', theme }, 15);
      const channels = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
      expect(Math.max(...channels) - Math.min(...channels)).toBeLessThan(30);
    }
  });
  it('mixes halfway between two stops', () => {
    expect(mix(['#000000', '#ffffff'], 0.5)).toBe('#808080');
  });
});

describe('a fitted scale', () => {
  const city = Array.from({ length: 100 }, (_, i) => 4.83 + i * 0.02);
  it('has round ends around nearly all values', () => {
    expect(fittedEnds(city, [-10, 40])).toEqual([4.5, 7]);
  });
  it('is not stretched by one broken sensor', () => {
    expect(fittedEnds([...city, 900], [-10, 40])).toEqual([4.5, 7]);
  });
  it('keeps the fixed ends while there is little to judge from', () => {
    expect(fittedEnds([1, 2], [0, 75])).toEqual([0, 75]);
  });
  it('of equal values still has two ends', () => {
    const [low, high] = fittedEnds(Array.from({ length: 50 }, () => 3), [0, 10]);
    expect(high).toBeGreaterThanOrEqual(low);
  });
});

describe('ticks', () => {
  it('are round numbers inside the scale', () => {
    expect(ticksOf(0, 75)).toEqual([0, 20, 40, 60]);
    expect(ticksOf(-10, 40)).toEqual([-10, 0, 10, 20, 30, 40]);
    expect(ticksOf(0, 0.15)).toEqual([0, 0.05, 0.1, 0.15]);
  });
  it('of an empty scale are its one value', () => {
    expect(ticksOf(5, 5)).toEqual([5]);
  });
});
