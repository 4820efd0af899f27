// What the search of the map finds is listed and opened, whatever quantity is chosen.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const { find } = await import('../src/shell/choices');
const { city } = await import('../src/shell/city');
const { order, foundInOrder, firstFound } = await import('../src/domains/sensing/order');
const { found, quantityChannel, stations, values } = await import('../src/domains/sensing/store');

const quantity = (channel: string) => ({ channel, name: { en: channel }, unit: '', scale: [0, 1], decimals: 0, ramp: 'sequential', averaging: 'arithmetic', stations: 1, main: true });
const station = (id: number, name: string, channels: string[]) => ({ id, serial: `S${id}`, name: { en: name }, lat: 37.5, lon: 127, area: null, simulated: false, channels });

describe('the search', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    city.value = { quantities: [quantity('pm25'), quantity('noise')], notices: [] } as unknown as typeof city.value;
    stations.value = [station(1, 'Quay B', ['noise']), station(2, 'Quay C', ['pm25']), station(3, 'Quay A', ['noise']), station(4, 'Hill', ['noise'])];
    values.stations([1, 2, 3, 4]);
    quantityChannel.value = 'pm25';
  });

  afterEach(() => void vi.useRealTimers());

  it('lists all that it counts: those of the chosen quantity first, the others by name', () => {
    find.value = 'quay';
    expect(found.value?.size).toBe(3);
    expect(order.value).toEqual([1]);
    expect(foundInOrder.value).toEqual([1, 2, 0]);
    expect(firstFound()).toBe(1);
  });

  it('opens a station that does not measure the chosen quantity', () => {
    find.value = 'hill';
    expect(order.value).toEqual([]);
    expect(firstFound()).toBe(3);
    find.value = 'nowhere';
    expect(firstFound()).toBeNull();
    find.value = '';
    expect(firstFound()).toBeNull();
  });
});
