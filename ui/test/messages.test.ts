// The catalogues: all languages say the same things, every key is used, every used key exists, in C++ as in TypeScript.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import { filesOf } from '../build/locales.mjs';
import { catalogueOf } from './catalogues';
import { kLanguages } from '../src/shell/languages';
import { type Catalogue, Messages } from '../src/shell/messages';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const catalogues = new Map<string, Catalogue>(kLanguages.map((language) => [language, catalogueOf(language)]));
const en = catalogues.get('en')!;

function* sourcesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourcesIn(path);
    else if (/\.(tsx?|mjs|cc|h)$/.test(entry.name) && !/_test\.cc$|^asked\.mjs$/.test(entry.name)) yield path;
  }
}
// Keys always stand whole in the source, so that they can be found: "list.title", never "list." + name.
const families = [...new Set(Object.keys(en).map((key) => key.split('.')[0]!))].join('|');
const keyLiteral = new RegExp(`["'\`]((?:${families})\\.[a-z0-9_.]+|title)["'\`]`, 'g');
// Names that look like keys and are none: settings of the server (each room's settings.cc), events of webhooks.
const kOtherNames = ['src/situations/notices/rules.cc', 'src/situations/notices/model.h'].map((path) => join(root, path));
const sources = [join(root, 'ui', 'src'), join(root, 'ui', 'build'), join(root, 'src')].flatMap((folder) => [...sourcesIn(folder)]);
const holdsOtherNames = (path: string) => kOtherNames.includes(path) || path.endsWith('settings.cc');
const keysIn = (path: string) => [...readFileSync(path, 'utf8').matchAll(keyLiteral)].map((m) => m[1]!).filter((key) => !holdsOtherNames(path) || key.startsWith('refusal.'));
const usedIn = new Map(sources.flatMap((path) => keysIn(path).map((key) => [key, path.slice(root.length + 1)])));
const used = new Set(usedIn.keys());

const parsed = new Map<string | undefined, string[]>();
function argumentsOf(pattern: string | undefined): string[] {
  const known = parsed.get(pattern);
  if (known) return known;
  const names = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    else if (node && typeof node === 'object') {
      const { type, value, options } = node as { type?: number; value?: unknown; options?: Record<string, { value: unknown }> };
      if (type !== undefined && type >= 1 && type <= 6 && typeof value === 'string') names.add(value);
      Object.values(options ?? {}).forEach((o) => walk(o.value));
    }
  };
  walk(new IntlMessageFormat(pattern ?? '', 'en', undefined, { ignoreTag: true }).getAst());
  const sorted = [...names].sort();
  parsed.set(pattern, sorted);
  return sorted;
}

describe('catalogues', () => {
  it('have the same keys in every language', () => {
    for (const catalogue of catalogues.values()) expect(Object.keys(catalogue).sort()).toEqual(Object.keys(en).sort());
  });
  it('take the same arguments in every language', () => {
    for (const [language, catalogue] of catalogues) {
      const differing = Object.keys(en).filter((key) => argumentsOf(en[key]).join() !== argumentsOf(catalogue[key]).join());
      expect([language, ...differing]).toEqual([language]);
    }
  });
  it('hold each key in one module', () => {
    for (const files of Object.values(filesOf(join(root, 'locales')))) {
      const keys = files.flatMap((file) => Object.keys(JSON.parse(readFileSync(file, 'utf8'))));
      expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
    }
  });
  it('miss no key that the source uses', () => {
    expect([...usedIn].filter(([key]) => !(key in en))).toEqual([]);
  });
  it('hold no key that nothing uses', () => {
    expect(Object.keys(en).filter((key) => !used.has(key))).toEqual([]);
  });
  it('are not empty and hold Korean in Korean', () => {
    for (const catalogue of catalogues.values()) expect(Object.entries(catalogue).filter(([, text]) => text.trim() === '')).toEqual([]);
    expect(catalogues.get('ko')!['station.capability']).toMatch(/[가-힣]/);
  });
});

/** Each refusal of the server's source: its key and the names of what it says, `refuse(code, "key", {{"name", value}, ...})`. */
function* refusalsIn(text: string): Generator<{ key: string; args: string[] }> {
  for (const call of text.matchAll(/\brefuse(?:_field)?\(/g)) {
    let depth = 1;
    let end = call.index + call[0].length;
    for (let quoted = false; depth > 0 && end < text.length; end++) {
      if (text[end] === '"' && text[end - 1] !== '\\') quoted = !quoted;
      else if (!quoted) depth += text[end] === '(' ? 1 : text[end] === ')' ? -1 : 0;
    }
    const said = text.slice(call.index, end);
    const key = /"(refusal\.[a-z0-9_.]+)"/.exec(said);
    if (key) yield { key: key[1]!, args: [...said.slice(key.index).matchAll(/\{"([a-z_]+)",/g)].map((m) => m[1]!).sort() };
  }
}

describe('refusals', () => {
  const told = sources.filter((path) => path.endsWith('.cc')).flatMap((path) => [...refusalsIn(readFileSync(path, 'utf8'))].map((one) => ({ ...one, path: path.slice(root.length + 1) })));

  it('are found in the source, with what they name', () => {
    expect([...refusalsIn('return refuse(Code::kLimit, "refusal.above", {{"value", f(x)}, {"max", k(")")}});')]).toEqual([{ key: 'refusal.above', args: ['max', 'value'] }]);
    expect(told.length).toBeGreaterThan(150);
  });
  it('give each text what it names, in every language, and nothing else', () => {
    for (const catalogue of catalogues.values())
      for (const { path, key, args } of told) expect([path, key, ...args]).toEqual([path, key, ...argumentsOf(catalogue[key])]);
  });
  it('stand in the source as refusals, or as the kinds of them and what a form says is missing', () => {
    const elsewhere = [...used].filter((key) => key.startsWith('refusal.') && !told.some((one) => one.key === key));
    const bare = elsewhere.filter((key) => argumentsOf(en[key]).length > 0);
    // The frame of the control room's own sentence.
    expect(bare).toEqual(['refusal.refused']);
  });
});

describe('messages', () => {
  it('count in English', () => {
    const m = new Messages('en', en);
    expect(m.text('list.found', { count: 1 })).toBe('1 station');
    expect(m.text('list.found', { count: 1100 })).toBe('1,100 stations');
  });
  it('count in Korean', () => {
    expect(new Messages('ko', catalogues.get('ko')!).text('time.minutes_ago', { count: 3 })).toBe('3분 전');
  });
  it('show a missing key as itself', () => {
    expect(new Messages('en', en).text('nobody.wrote.this')).toBe('nobody.wrote.this');
  });
  it('need no Korean particle that depends on how a value before it is read', () => {
    // "을(를)" is a form's language; "{place}이" is wrong for half of all places. Words that take no such particle are found.
    const doubled = /[은이을과]\([는가를와]\)|\(으\)로/;
    const behindValue = /[^}]\}(이|가|은|는|을|를|와|과|로|으로)(?=[ ,.])/;
    const wrong = Object.entries(catalogues.get('ko')!).filter(([, text]) => doubled.test(text) || behindValue.test(text));
    expect(wrong.map(([key]) => key)).toEqual([]);
  });
});
