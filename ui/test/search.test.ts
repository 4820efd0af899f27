// What a search finds: parts of names, codes, and Korean that is half typed or given by its initials.
import { describe, expect, it } from 'vitest';
import { found, searchable } from '../src/shell/search';

const gangnam = searchable(['11680', '서울특별시 강남구', 'Gangnam-gu']);

describe('a search', () => {
  it('finds a code, a part of a name, in any case and with spaces elsewhere', () => {
    for (const query of ['11680', '680', '남구', '강남', 'NAM', '서울 강남', '특별시강남']) expect(found(gangnam, query), query).toBe(true);
    for (const query of ['11690', '강북', 'nam seo']) expect(found(gangnam, query), query).toBe(false);
  });

  it('finds Korean while a syllable is being typed', () => {
    for (const query of ['ㄱ', '가', '강', '강ㄴ', '강나', '강남ㄱ']) expect(found(gangnam, query), query).toBe(true);
    expect(found(searchable(['과천시']), '고')).toBe(true);
    expect(found(searchable(['가나동']), '간')).toBe(true);
  });

  it('finds Korean by the initials of its syllables', () => {
    for (const query of ['ㄱㄴㄱ', 'ㅅㅇ', 'ㅅㅇㅌㅂㅅ']) expect(found(gangnam, query), query).toBe(true);
    expect(found(gangnam, 'ㅂㅅ ㅎㅇㄷ')).toBe(false);
  });

  it('finds Korean that comes taken apart, as some systems write it', () => {
    expect(found(searchable(['강남구'.normalize('NFD')]), '강남')).toBe(true);
    expect(found(gangnam, '강남'.normalize('NFD'))).toBe(true);
  });

  it('looks into names of all languages, and wants every word', () => {
    const node = searchable(['node-0042', 'Haneul 2', '하늘 2', 'Dal-gu', '달구']);
    for (const query of ['haneul2', '하늘 달구', '0042']) expect(found(node, query), query).toBe(true);
    expect(found(node, 'haneul garam')).toBe(false);
  });

  it('of nothing finds all', () => expect(found(gangnam, ' ')).toBe(true));
});
