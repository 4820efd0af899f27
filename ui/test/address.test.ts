import { describe, expect, it } from 'vitest';
import '../src/domains';
import { addressed, takeAddress, timeOf, typed, word, writtenAddress } from '../src/shell/address';
import { at, unreadableAt } from '../src/shell/clock';
import { find, theme, view } from '../src/shell/choices';
import { quantityChannel, stationId } from '../src/domains/sensing/store';
import { atLeast, situationId } from '../src/domains/situations/store';
import { ailment } from '../src/domains/health/store';
import { reach } from '../src/domains/subscribers/choices';
import { language } from '../src/shell/texts';

/** What is written after it was read. */
function again(text: string): string {
  takeAddress(text);
  return writtenAddress();
}
const sorted = (text: string) => [...new URLSearchParams(text)].map(String).sort();

describe('address', () => {
  it('gives back the view it was written from', () => {
    const text = '?at=2020-06-01T03:00:00Z&q=noise&station=17&view=list&scale=fit&theme=light';
    expect(sorted(again(text))).toEqual(sorted(text));
  });
  it('writes times and names plainly, and the same view always in the same way', () => {
    const text = again('?theme=light&ended&at=2020-06-01T03:00:00Z&view=list');
    expect(text).toContain('at=2020-06-01T03:00:00Z');
    expect(text).toMatch(/[?&]ended(&|$)/);
    expect(again([...text.slice(1).split('&')].reverse().join('&'))).toBe(text);
  });
  it('holds the situation that is open and what the lists are narrowed to', () => {
    const text = '?situation=42&need=dust&severity=serious&ended&view=health&ailment=stuck';
    expect(sorted(again(text))).toEqual(sorted(text));
    expect(again('?situation=x&severity=worst&view=globe&ailment=%3C')).toBe('');
    expect([situationId.value, atLeast.value, view.value, ailment.value]).toEqual([null, null, 'map', null]);
  });
  it('holds which subscribers are shown', () => {
    const text = '?view=subscribers&reach=failing&who=duty';
    expect(sorted(again(text))).toEqual(sorted(text));
    expect(again('?reach=lost')).toBe('');
    expect(reach.value).toBe(null);
  });
  it('of the default view is empty', () => {
    expect(again('')).toBe('');
  });
  it('ignores what is no language, number or time', () => {
    const before = language.value;
    expect(again('?lang=de&station=x17&at=yesterday&q=a%20b&theme=pink')).toBe('');
    expect([language.value, stationId.value, at.value, quantityChannel.value, theme.value]).toEqual([before, null, null, 'pm25', 'dark']);
  });
  it('says which moment could not be read, and forgets it with the next', () => {
    takeAddress('?at=yesterday');
    expect([at.value, unreadableAt.value]).toEqual([null, 'yesterday']);
    takeAddress('?at=2020-06-01T03:00:00Z');
    expect(unreadableAt.value).toBe(null);
    takeAddress('');
    expect([at.value, unreadableAt.value]).toEqual([null, null]);
  });
  it('holds which count is opened', () => {
    expect(sorted(again('?view=health&reports=never_heard'))).toEqual(sorted('?view=health&reports=never_heard'));
    expect(again('?reports=lost')).toBe('');
  });
  it('reads milliseconds and RFC 3339 with any offset', () => {
    expect(timeOf('1590980400000')).toBe(timeOf('2020-06-01T12:00:00+09:00'));
  });
  it('bounds the search text', () => {
    takeAddress(`?find=${'x'.repeat(500)}`);
    expect(find.value).toHaveLength(80);
    takeAddress('');
  });
  it('has no two fields of one name', () => {
    expect(() => addressed('station', word)).toThrow('station');
    expect(() => addressed('wall', typed)).toThrow('wall');
  });
});
