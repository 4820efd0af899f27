import { describe, expect, it } from 'vitest';
import { cameLate, isDatedByArrival, onWall, placeOf, shownOf, sorted, stateOf } from '../src/domains/sensing/rules';
import { Values } from '../src/domains/sensing/values';
import { pauseBefore } from '../src/shell/backoff';
import { number, tickLabel } from '../src/shell/format';
import { grouped } from '../src/domains/sensing/groups';
import { boxOf, centreOf } from '../src/shell/map/geometry';

const kNow = 1_800_000_000_000;

describe('the state of a station', () => {
  it('is the word for the number that the server sends', () => {
    expect([1, 2, 3, 4].map(stateOf)).toEqual(['reporting', 'late', 'silent', 'never_heard']);
  });
});

describe('the wall', () => {
  it('turns through the first three main quantities of different units', () => {
    const q = (channel: string, unit: string, main = true) => ({ channel, unit, main });
    const all = [q('dust', 'µg/m³'), q('fine', 'µg/m³'), q('gas', 'ppm', false), q('noise', 'dB'), q('heat', '°C'), q('people', 'people')];
    expect(onWall(all).map((one) => one.channel)).toEqual(['dust', 'noise', 'heat']);
    expect(onWall([q('gas', 'ppm', false)])).toEqual([]);
  });
});

describe('a place', () => {
  it('is there only where somebody registered one', () => {
    expect(placeOf({ lat: 37.5, lon: 127 })).toEqual([127, 37.5]);
    expect([placeOf({ lat: null, lon: null }), placeOf({}), placeOf(undefined)]).toEqual([null, null, null]);
  });
});

describe('values', () => {
  const values = new Values();
  values.stations([7, 8]);
  it('are the newest because the server says so, whatever their clocks say', () => {
    values.replace([[7, 99, kNow + 9e9, 3, 2]]);
    values.merge([[7, 12, kNow, 1, 1]]);
    expect([values.value[0], values.time[0], values.state[0]]).toEqual([12, kNow, 1]);
  });
  it('are absent where the device said so, and what it sent is kept apart', () => {
    values.replace([[7, null, kNow, 9, 1, -999], [8, 5, kNow, 1, 1]]);
    expect(values.value[0]).toBeNaN();
    expect(values.sent.get(0)).toBe(-999);
    expect(values.current()).toEqual([5]);
    values.merge([[7, 3, kNow, 1, 1]]);
    expect(values.sent.has(0)).toBe(false);
  });
  it('survive a new registry as they were', () => {
    const rows = values.rows();
    values.stations([6, 7, 8]);
    values.merge(rows);
    expect(values.rows().slice(1)).toEqual(rows);
    expect(values.rows()[0]).toEqual([6, null, null, 9, 4, undefined]);
  });
  it('of late stations do not shape the scale', () => {
    values.replace([[6, 900, kNow, 1, 2], [7, 3, kNow, 3, 1], [8, 5, kNow, 1, 1]]);
    expect(values.current()).toEqual([5]);
  });
});

describe('what is shown of a Datastream', () => {
  const read = { value: 14, time: kNow, flag: 3, state: 'reporting' as const, arrived: kNow, reason: { en: 'Alone.' } };
  it('is what came live since it was read', () => {
    expect(shownOf(read, { value: 15, time: kNow + 30_000, flag: 1, state: 'reporting' })).toEqual({ value: 15, time: kNow + 30_000, flag: 1, state: 'reporting' });
  });
  it('says why it is doubted where the same value was read, in the state that is known last', () => {
    expect(shownOf(read, { value: 14, time: kNow, flag: 3, state: 'late' })).toMatchObject({ value: 14, state: 'late', reason: { en: 'Alone.' } });
  });
  it('is what was read where that is newer, or nothing comes live', () => {
    expect(shownOf(read, { value: 13, time: kNow - 30_000, flag: 1, state: 'reporting' }).value).toBe(14);
    expect(shownOf(read, null).value).toBe(14);
    expect(shownOf({ value: null, time: null, flag: null, state: 'never_heard' }, null)).toMatchObject({ flag: 9, state: 'never_heard' });
  });
  it('of a wrong clock stands at its arrival; of a late delivery the arrival is told too', () => {
    expect(isDatedByArrival(shownOf({ ...read, claimed: 30_000 }, null))).toBe(true);
    expect(isDatedByArrival(shownOf(read, null))).toBe(false);
    const late = { ...read, state: 'late' as const, arrived: kNow + 6 * 3_600_000 };
    expect(cameLate(shownOf(late, null))).toBe(true);
    expect(cameLate(shownOf({ ...late, claimed: 30_000 }, null))).toBe(false);
    expect(cameLate(shownOf({ ...late, arrived: kNow + 1_000 }, null))).toBe(false);
  });
  it('is taken from the newest row of its station', () => {
    const rows = new Values();
    rows.stations([7, 8]);
    rows.replace([[7, null, kNow, 9, 1, -999]]);
    expect(rows.live(0)).toEqual({ value: null, time: kNow, flag: 9, state: 'reporting', sent: -999 });
    expect([rows.live(1), rows.live(5)]).toEqual([null, null]);
  });
});

describe('order', () => {
  it('puts stations without a value last, whichever way it is sorted', () => {
    const value = [3, Number.NaN, 9, 1];
    expect(sorted([0, 1, 2, 3], { key: 'value', descending: true }, (i) => value[i]!)).toEqual([2, 0, 3, 1]);
    expect(sorted([0, 1, 2, 3], { key: 'value', descending: false }, (i) => value[i]!)).toEqual([3, 0, 2, 1]);
  });
  it('counts in names as people do', () => {
    const name = ['Sol 10', 'Sol 2', 'Dal 1'];
    expect(sorted([0, 1, 2], { key: 'name', descending: false }, (i) => name[i]!)).toEqual([2, 1, 0]);
  });
});

describe('reconnecting', () => {
  it('waits longer each time, never above fifteen seconds, never all at once', () => {
    const pauses = Array.from({ length: 12 }, (_, n) => pauseBefore(n, () => 1));
    expect(pauses.slice(0, 4)).toEqual([500, 1000, 2000, 4000]);
    expect(Math.max(...pauses)).toBe(15_000);
    expect(pauseBefore(3, () => 0)).toBe(2000);
  });
});

describe('numbers', () => {
  it('are written as the language does, with a true minus and no minus zero', () => {
    expect(number(-3.25, 1, 'en')).toMatch(/^−3\.[23]$/);
    expect(number(-0.04, 1, 'en')).toBe('0.0');
    expect(number(12000, 0, 'ko')).toBe('12,000');
  });
  it('on axes have the digits of their step', () => {
    expect(tickLabel(0.05, 0.05, 'en')).toBe('0.05');
    expect(tickLabel(40, 20, 'en')).toBe('40');
  });
});

describe('groups', () => {
  it('hold every quantity once, unknown ones under other', () => {
    const groups = grouped([{ channel: 'people' }, { channel: 'radon' }, { channel: 'pm10' }, { channel: 'pm25' }]);
    expect(groups.map((g) => g.group.key)).toEqual(['group.air', 'group.people', 'group.other']);
    expect(groups[0]!.quantities.map((q) => q.channel)).toEqual(['pm25', 'pm10']);
  });
  it('put the mean of a day after the quantity it is of', () => {
    const groups = grouped([{ channel: 'pm10' }, { channel: 'pm25' }, { channel: 'gust_speed_hourly' }, { channel: 'pm25_daily' }]);
    expect(groups.map((g) => g.quantities.map((q) => q.channel))).toEqual([['pm25', 'pm25_daily', 'pm10'], ['gust_speed_hourly']]);
  });
});

describe('geometry', () => {
  const square = { type: 'Polygon' as const, coordinates: [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]] };
  it('labels the middle of the largest part', () => {
    const island = [[[9, 9], [9.1, 9], [9.1, 9.1], [9, 9]]];
    expect(centreOf({ type: 'MultiPolygon', coordinates: [island, square.coordinates] })).toEqual([1, 1]);
    expect(boxOf(square)).toEqual([0, 0, 2, 2]);
  });
});
