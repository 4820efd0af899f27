// Every text for people, in the reader's language: the shell's, and what each domain brings with it.
import { effect, signal } from '@preact/signals';
import city from 'virtual:texts/city';
import control_room from 'virtual:texts/control_room';
import web from 'virtual:texts/web';
import { bindAddress, given } from './address';
import type { Name } from './api';
import { kDomains, type Texts } from './domain';
import { bestLanguage, kSourceLanguage, type Language, languageOf } from './languages';
import { remember, remembered } from './memory';
import { type Arguments, type Catalogue, Messages } from './messages';

const browserLanguage = (): Language => bestLanguage(globalThis.navigator?.languages ?? []);
const first = languageOf(given('lang'));
export const language = signal<Language>(first ?? languageOf(remembered('lang')) ?? browserLanguage());
bindAddress({
  name: 'lang',
  take: (text) => (language.value = languageOf(text) ?? language.peek()),
  give: () => (language.value === browserLanguage() && !first && !remembered('lang') ? null : language.value),
});
export function chooseLanguage(next: Language) {
  remember('lang', next);
  // The public page and the login page read the same choice.
  document.cookie = `madang_lang=${next};path=/;max-age=31536000;samesite=lax`;
  language.value = next;
}

export const messages = signal<Messages | null>(null);
export const t = (key: string, args?: Arguments) => messages.value?.text(key, args) ?? '';
export const named = (name: Name | null | undefined) => name?.[language.value] ?? name?.[kSourceLanguage] ?? Object.values(name ?? {})[0] ?? '';

/** Of the shell and of all domains; modules that several of them name are read once. */
async function catalogueIn(wanted: Language): Promise<Catalogue> {
  const modules = new Set<Texts>([city, control_room, web, ...kDomains.flatMap((d) => d.texts ?? [])]);
  const files = await Promise.all([...modules].map((texts) => texts[wanted]?.()));
  return Object.assign({}, ...files.map((file) => file?.default)) as Catalogue;
}

const kAgainMs = 2000;
export function followTexts() {
  effect(() => {
    const wanted = language.value;
    document.documentElement.lang = wanted;
    const look = () =>
      void catalogueIn(wanted).then(
        (catalogue) => language.peek() === wanted && (messages.value = new Messages(wanted, catalogue)),
        () => language.peek() === wanted && setTimeout(look, kAgainMs),
      );
    look();
  });
}
