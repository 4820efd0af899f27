// Numbers in the reader's way of writing.
import { kLanguages, kSourceLanguage } from './languages';

const formats = new Map<string, Intl.NumberFormat>();

export function number(value: number, decimals: number, language: string): string {
  const key = `${language} ${decimals}`;
  let made = formats.get(key);
  if (!made) {
    made = new Intl.NumberFormat(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    formats.set(key, made);
  }
  const text = made.format(value);
  return /^[-−]0([.,]0*)?$/.test(text) ? made.format(0) : text.replace('-', '−');
}

/** "−0.5", "12,000", "0.05": as many digits as a tick of this step needs. */
export function tickLabel(value: number, step: number, language: string): string {
  const decimals = step >= 1 ? (Number.isInteger(step) ? 0 : 1) : Math.min(4, Math.ceil(-Math.log10(step) - 1e-9));
  return number(value, decimals, language);
}

/** In which order people look for names: numbers as they count, the letters of the city's own languages first, as in its own lists. */
export const nameOrder = new Intl.Collator([...kLanguages.filter((language) => language !== kSourceLanguage), kSourceLanguage], { numeric: true });

