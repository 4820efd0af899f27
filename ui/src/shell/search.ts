// What searches compare: in any case of letters, with or without spaces, and in Korean while a syllable is still being typed
// ("강ㄴ", "강나" find 강남), or by the first letters of its syllables ("ㄱㄴㄱ" finds 강남구).

const kInitials = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ';
const kVowels = ['ㅏ', 'ㅐ', 'ㅑ', 'ㅒ', 'ㅓ', 'ㅔ', 'ㅕ', 'ㅖ', 'ㅗ', 'ㅗㅏ', 'ㅗㅐ', 'ㅗㅣ', 'ㅛ', 'ㅜ', 'ㅜㅓ', 'ㅜㅔ', 'ㅜㅣ', 'ㅠ', 'ㅡ', 'ㅡㅣ', 'ㅣ'];
const kFinals = ['', 'ㄱ', 'ㄲ', 'ㄱㅅ', 'ㄴ', 'ㄴㅈ', 'ㄴㅎ', 'ㄷ', 'ㄹ', 'ㄹㄱ', 'ㄹㅁ', 'ㄹㅂ', 'ㄹㅅ', 'ㄹㅌ', 'ㄹㅍ', 'ㄹㅎ', 'ㅁ', 'ㅂ', 'ㅂㅅ', 'ㅅ', 'ㅆ', 'ㅇ', 'ㅈ', 'ㅊ', 'ㅋ', 'ㅌ', 'ㅍ', 'ㅎ'];
const kFirstSyllable = 0xac00;
const kLastSyllable = 0xd7a3;

const folded = (text: string) => text.normalize('NFC').toLocaleLowerCase().replace(/\s+/g, '');

function spelt(text: string, spell: (initial: string, vowel: string, final: string) => string): string {
  return [...folded(text)]
    .map((character) => {
      const code = character.codePointAt(0)!;
      if (code < kFirstSyllable || code > kLastSyllable) return character;
      const at = code - kFirstSyllable;
      return spell(kInitials[Math.floor(at / 588)]!, kVowels[Math.floor((at % 588) / 28)]!, kFinals[at % 28]!);
    })
    .join('');
}

/** What somebody types, as it is looked for in a `searchable` text. */
export const letters = (text: string) => spelt(text, (initial, vowel, final) => initial + vowel + final);
/** The text that is looked into: its letters, and the initials of its syllables. */
export const searchable = (parts: readonly string[]) => parts.flatMap((part) => [letters(part), spelt(part, (initial) => initial)]).join('\n');

/** Every word must be found somewhere. */
export const found = (text: string, query: string) => query.trim().split(/\s+/).every((word) => text.includes(letters(word)));
