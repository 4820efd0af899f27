// A city is shown where something is measured, its median only of enough stations, and a quantity only under its own name.
import { beforeEach, describe, expect, it } from 'vitest';

const { areas, city } = await import('../src/shell/city');
const { takeAddress, writtenAddress } = await import('../src/shell/address');
const { kDomains } = await import('../src/shell/domain');
await import('../src/domains/sensing');
const { frame } = await import('../src/domains/sensing/frame');
const { cityMedian, forgetUnknownQuantity, kMedianOf, quantity, quantityChannel, spokenMedian, stations, unknownQuantity } = await import('../src/domains/sensing/store');

const measured = (channel: string, of: number) => ({ channel, name: { en: channel }, unit: '', scale: [0, 1], decimals: 0, ramp: 'sequential', averaging: 'arithmetic', stations: of, main: true });
const station = (id: number, area: number | null, lon: number, lat: number) => ({ id, serial: `S${id}`, name: { en: `S${id}` }, lat, lon, area, simulated: false, channels: ['pm25'] });
const square = (id: number, west: number, south: number, parent: number | null = null) => ({
  type: 'Feature', properties: { id, name: {}, level: parent === null ? 1 : 2, parent }, geometry: { type: 'Polygon', coordinates: [[[west, south], [west + 1, south], [west + 1, south + 1], [west, south]]] },
});

beforeEach(() => {
  city.value = { quantities: [measured('pm25', 9), measured('noise', kMedianOf - 1)], notices: [], bounds: [0, 0, 90, 50] } as unknown as typeof city.value;
  areas.value = { type: 'FeatureCollection', features: [square(1, 10, 20), square(2, 80, 40), square(3, 10, 20, 1)] } as unknown as typeof areas.value;
});

describe('the frame of the map', () => {
  it('holds the districts that have stations, and the stations beside them; an Area far away shrinks nothing', () => {
    stations.value = [station(1, 3, 10.5, 20.5), station(2, null, 12, 22)];
    expect(frame()).toEqual([10, 20, 12, 22]);
  });
  it('is not made a dot by a station whose longitude was typed wrongly, with districts and without', () => {
    const near = [1, 2, 3, 4].map((id) => station(id, 3, 10 + id / 10, 20 + id / 10));
    stations.value = [...near, station(9, null, -3.7, 40.4)];
    expect(frame()).toEqual([10, 20, 11, 21]);
    areas.value = { type: 'FeatureCollection', features: [] } as unknown as typeof areas.value;
    expect(frame()).toEqual([10.1, 20.1, 10.4, 20.4]);
  });
  it('is the city\'s own where nothing is measured', () => {
    stations.value = [];
    expect(frame()).toBe(null);
    stations.value = [station(1, null, 10.5, 20.5)];
    expect(frame()).toBe(null);
  });
});

describe('the median of the city', () => {
  it('is none of fewer stations than the server takes', () => {
    cityMedian.value = { median: 7, count: kMedianOf - 1 };
    expect(spokenMedian.value).toBe(null);
    cityMedian.value = { median: 7, count: kMedianOf };
    expect(spokenMedian.value).toBe(7);
  });
  it('has no line on the time line either', () => {
    const curve = kDomains.find((d) => d.curve)!.curve!;
    quantityChannel.value = 'pm25';
    expect(curve.key()).toBe('pm25');
    quantityChannel.value = 'noise';
    expect(curve.key()).toBe(null);
  });
});

describe('a quantity that the address names', () => {
  it('and nothing measures is told, until another is chosen', () => {
    takeAddress('?q=nosuch');
    expect([unknownQuantity.value, quantity.value?.channel]).toEqual(['nosuch', 'pm25']);
    quantityChannel.value = 'noise';
    expect(unknownQuantity.value).toBe(null);
  });
  it('is told also where it could be no name at all, and the address forgets it with the sentence', () => {
    takeAddress('?q=No Such!');
    expect(unknownQuantity.value).toBe('No Such!');
    forgetUnknownQuantity();
    expect([unknownQuantity.value, writtenAddress()]).toEqual([null, '']);
    takeAddress('?q=nosuch');
    forgetUnknownQuantity();
    expect([unknownQuantity.value, writtenAddress()]).toEqual([null, '']);
  });
  it('and is measured is no news', () => {
    takeAddress('?q=noise');
    expect(unknownQuantity.value).toBe(null);
    takeAddress('');
    expect([unknownQuantity.value, quantityChannel.value]).toEqual([null, 'pm25']);
  });
});
