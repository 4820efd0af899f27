import { describe, expect, it } from 'vitest';
import { readAddress, timeOf, writeAddress } from '../src/shell/address';

describe('address', () => {
  it('gives back the view it was written from', () => {
    const text = '?at=2020-06-01T03:00:00Z&q=noise&station=17&view=list&scale=fit&lang=ko&theme=light&wall';
    expect(writeAddress(readAddress(text))).toBe(text);
  });
  it('holds the situation that is open and what the lists are narrowed to', () => {
    const text = '?situation=42&need=dust&severity=serious&ended&view=health&ailment=stuck';
    expect(writeAddress(readAddress(text))).toBe(text);
    expect(readAddress('?situation=x&severity=worst&view=globe&ailment=%3C')).toMatchObject({ situation: null, atLeast: null, view: 'map', ailment: null });
  });
  it('holds which subscribers are shown', () => {
    const text = '?view=subscribers&reach=failing&who=duty';
    expect(writeAddress(readAddress(text))).toBe(text);
    expect(readAddress('?reach=lost').reach).toBe(null);
  });
  it('of the default view is empty', () => {
    expect(writeAddress(readAddress(''))).toBe('');
  });
  it('ignores what is no language, number or time', () => {
    const a = readAddress('?lang=de&station=x17&at=yesterday&q=a%20b&theme=pink');
    expect(a).toMatchObject({ lang: null, station: null, at: null, quantity: null, theme: null });
  });
  it('reads milliseconds and RFC 3339 with any offset', () => {
    expect(timeOf('1590980400000')).toBe(timeOf('2020-06-01T12:00:00+09:00'));
  });
  it('bounds the search text', () => {
    expect(readAddress(`?find=${'x'.repeat(500)}`).find).toHaveLength(80);
  });
});
