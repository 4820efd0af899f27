// What somebody may do decides what is offered to them.
import { beforeEach, describe, expect, test } from 'vitest';
import { areas, areasAround } from '../src/shell/city';
import { may, me } from '../src/shell/session';

const area = (id: number, parent: number | null, level: number) => ({
  type: 'Feature' as const, id, geometry: { type: 'MultiPolygon' as const, coordinates: [] },
  properties: { id, parent, level, code: `${id}`, name: { en: `Area ${id}` } },
});

describe('what somebody may do', () => {
  beforeEach(() => {
    areas.value = { type: 'FeatureCollection', features: [area(1, null, 1), area(7, 1, 2), area(8, 1, 2)] };
    me.value = { operator: { name: 'kim', csrf: 'x', permissions: [{ permission: 'situations.see', areas: null }, { permission: 'situations.work', areas: [7] }] } };
  });

  test('holds everywhere or in an area with all below it', () => {
    expect(may('situations.see')).toBe(true);
    expect(may('situations.work')).toBe(false);
    expect(may('situations.work', areasAround(7))).toBe(true);
    expect(may('situations.work', areasAround(8))).toBe(false);
    expect(may('situations.work', areasAround(null))).toBe(false);
    expect(may('rules.change', areasAround(7))).toBe(false);
  });

  test('is nothing for who is not signed in', () => {
    me.value = { operator: null };
    expect(may('situations.see')).toBe(false);
  });

  test('climbs from an area to all that hold it, and not for ever', () => {
    expect(areasAround(7)).toEqual([7, 1]);
    areas.value = { type: 'FeatureCollection', features: [area(1, 2, 1), area(2, 1, 1)] };
    expect(areasAround(1)).toHaveLength(9);
  });
});
