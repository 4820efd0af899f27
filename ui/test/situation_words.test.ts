// What a line of the history and the evidence of a wide cause say.
import { beforeEach, describe, expect, it } from 'vitest';
import { catalogueOf } from './catalogues';

const { Messages } = await import('../src/shell/messages');
const { language, messages } = await import('../src/shell/texts');
const { changeText, leftOutTexts } = await import('../src/domains/situations/words');
type Line = Parameters<typeof changeText>[0];
type Wide = Parameters<typeof leftOutTexts>[0];

const standing = (channel: string, value: number) => ({ severity: 'caution', stations: 16, channel, unit: 'µg/m³', value });
const line = (from: object | null, to: object | null) => ({ number: 2, at: 0, kind: 'updated', from, to }) as unknown as Line;
const things = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const wide = (stations: number, members: number, drawn: number) => ({
  facts: { stations }, members: things(members),
  evidence: { streams: [...things(drawn).flatMap((thing) => [{ role: 'cause', thing }, { role: 'cause', thing }]), { role: 'neighbour', thing: 99 }] },
}) as unknown as Wide;

beforeEach(() => {
  language.value = 'en';
  messages.value = new Messages('en', catalogueOf('en'));
});

describe('a line of the history', () => {
  it('compares a quantity with itself alone', () => {
    expect(changeText(line(standing('pm10', 355), standing('pm10', 300)))).toBe('16 stations, pm10 355.0 → 300.0 µg/m³');
    expect(changeText(line(standing('pm10', 355), standing('pm25', 78)))).toBe('16 stations, now led by pm25: 78.0 µg/m³');
    expect(changeText(line(standing('', 0), standing('pm25', 78)))).toBe('16 stations, pm25 78.0 µg/m³');
  });
});

describe('a cause of more stations than are shown', () => {
  it('says how many are not, on the map and as charts', () => {
    expect(leftOutTexts(wide(16, 16, 12))).toEqual(['Charts of 12 of the 16 stations of the cause.']);
    expect(leftOutTexts(wide(90, 64, 12))).toEqual(['Charts of 12 of the 90 stations of the cause.', 'On the map 64 of the 90 stations of the cause have a ring.']);
    expect(leftOutTexts(wide(2, 2, 2))).toEqual([]);
    expect(leftOutTexts(wide(0, 0, 0))).toEqual([]);
  });
});
