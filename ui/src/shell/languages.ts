// The languages of the control room: those that locales/ holds texts in.
import { languages } from 'virtual:languages';

export type Language = string;
export const kLanguages: readonly Language[] = languages;
/** Whose words the source speaks and the server's own sentences: for readers of no language of ours. */
export const kSourceLanguage: Language = 'en';

export const languageOf = (tag: string | null): Language | null => kLanguages.find((language) => language === tag) ?? null;

/** The first of the reader's languages that is one of ours. */
export function bestLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const ours = kLanguages.find((language) => tag === language || tag.startsWith(`${language}-`));
    if (ours) return ours;
  }
  return kSourceLanguage;
}

/** What a language calls itself: "English", "한국어". */
export const ownName = (language: Language): string => new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
