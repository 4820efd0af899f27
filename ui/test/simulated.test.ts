// Whether all of a city is simulated or only a part: the badges say which.
import { expect, it } from 'vitest';
import { isWhollySimulated } from '../src/domains/sensing/rules';

const of = (simulated_stations: number, stations: number) => ({ simulated: simulated_stations > 0, simulated_stations, stations });

it('a city is wholly simulated only where every station is', () => {
  expect(isWhollySimulated(of(10, 10))).toBe(true);
  expect(isWhollySimulated(of(3, 10))).toBe(false);
  expect(isWhollySimulated(of(0, 10))).toBe(false);
  expect(isWhollySimulated(null)).toBe(false);
});
