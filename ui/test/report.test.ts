// What a report by hand needs before it is sent, and what is sent.
import { describe, expect, it } from 'vitest';

const { draft, faultsOf, kWholeCity, placeTyped, reportOf, textOfPlace } = await import('../src/domains/situations/report');
type Draft = typeof draft.value;

const kWhole: Draft = {
  key: 'k', kind: 'fire', severity: 'serious', headline: { en: ' Fire at the quay ', ko: '부두 화재' }, description: {}, instruction: {}, place: '37.5, 127', radius: 300, area: '', public: true, simulated: false, tried: '',
};

describe('a report by hand', () => {
  it('names each field that is missing, every language of the headline, and where it is', () => {
    expect([...faultsOf({ ...kWhole, kind: '', severity: '', headline: { en: 'Fire', ko: '  ' }, place: '' }).keys()]).toEqual(['kind', 'severity', 'headline-ko', 'area']);
    expect([...faultsOf({ ...kWhole, headline: {} }).keys()]).toEqual(['headline', 'headline-ko']);
    expect([...faultsOf({ ...kWhole, place: 'at the quay' }).keys()]).toEqual(['place']);
    expect([...faultsOf({ ...kWhole, place: '', area: kWholeCity })]).toEqual([]);
    expect([...faultsOf(kWhole)]).toEqual([]);
  });
  it('is sent with what was said, and nothing else', () => {
    expect(reportOf(kWhole)).toEqual({ key: 'k', kind: 'fire', severity: 'serious', headline: { en: 'Fire at the quay', ko: '부두 화재' }, public: true, simulated: false, place: [127, 37.5], radius: 300 });
    const { place, radius, area, instruction } = reportOf({ ...kWhole, place: '', area: '7', instruction: { en: 'Stay away', ko: ' ' } });
    expect([place, radius, area, instruction]).toEqual([undefined, undefined, 7, { en: 'Stay away' }]);
  });
  it('keeps the whole city apart from what was not said', () => {
    expect(reportOf({ ...kWhole, area: kWholeCity })).toMatchObject({ area: null, place: [127, 37.5] });
    expect(reportOf({ ...kWhole, place: '', area: kWholeCity }).area).toBe(null);
    expect('area' in reportOf(kWhole)).toBe(false);
  });
});

describe('a place that is typed', () => {
  it('is latitude and longitude, as the map writes them', () => {
    expect(placeTyped('37.56650, 126.97800')).toEqual([126.978, 37.5665]);
    expect(placeTyped(' -33.9 18.4 ')).toEqual([18.4, -33.9]);
    expect(textOfPlace([126.978, 37.5665])).toBe('37.56650, 126.97800');
  });
  it('is none beyond the earth, and none in words', () => {
    for (const text of ['91, 10', '10, 181', '37.5', 'quay', '']) expect(placeTyped(text)).toBe(null);
  });
});
