// Texts of locales/ in one language; ICU MessageFormat, the same files as the server's.
import { IntlMessageFormat } from 'intl-messageformat';

export type Catalogue = Record<string, string>;
export type Arguments = Record<string, string | number | Date>;

export class Messages {
  #parsed = new Map<string, IntlMessageFormat>();

  constructor(
    readonly language: string,
    private readonly catalogue: Catalogue,
  ) {}

  has(key: string): boolean {
    return this.catalogue[key] !== undefined;
  }

  /** A missing key shows as the key itself, so that it is seen and mended. */
  text(key: string, values?: Arguments): string {
    const pattern = this.catalogue[key];
    if (pattern === undefined) return key;
    if (values === undefined && !pattern.includes('{')) return pattern;
    let format = this.#parsed.get(key);
    if (!format) {
      format = new IntlMessageFormat(pattern, this.language, undefined, { ignoreTag: true });
      this.#parsed.set(key, format);
    }
    return String(format.format(values));
  }
}
