// The plan of the control room's house: the shell knows no domain, domains know each other by their faces, one way only.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = join(dirname(fileURLToPath(import.meta.url)), '..', 'src');
const domains = readdirSync(join(src, 'domains'));

function filesIn(folder: string): string[] {
  return readdirSync(folder).map((name) => join(folder, name)).flatMap((path) => (statSync(path).isDirectory() ? filesIn(path) : [path]));
}
interface Import {
  from: string;
  /** Both from src/. */
  to: string;
}
const imports = filesIn(src)
  .filter((path) => /\.tsx?$/.test(path))
  .flatMap((path): Import[] =>
    [...readFileSync(path, 'utf8').matchAll(/(?:from|import|import\()\s*'(\.[^']+)'/g)].map((m) => ({ from: relative(src, path), to: relative(src, join(dirname(path), m[1]!)) })),
  );
const domainOf = (path: string) => /^domains\/([^/]+)\//.exec(path)?.[1] ?? null;

describe('the house', () => {
  it('was looked at', () => {
    expect(imports.length).toBeGreaterThan(200);
    expect(domains).toContain('subscribers');
  });
  it('has a shell that imports no domain', () => {
    expect(imports.filter(({ from, to }) => from.startsWith('shell/') && to.startsWith('domains'))).toEqual([]);
  });
  it('has a shell that names no domain', () => {
    const words = new RegExp(`\\b(${[...domains, 'situation', 'subscriber', 'station', 'quantity', 'reading'].join('|')})s?\\b`, 'i');
    const naming = filesIn(join(src, 'shell')).filter((path) => /\.(tsx?|css)$/.test(path)).filter((path) => words.test(readFileSync(path, 'utf8')));
    expect(naming.map((path) => relative(src, path))).toEqual([]);
  });
  it('has domains that know each other by their faces', () => {
    const deep = imports.filter(({ from, to }) => domainOf(from) !== null && domainOf(to) !== null && domainOf(from) !== domainOf(to) && !/\/face$/.test(to));
    expect(deep).toEqual([]);
  });
  it('has no two domains that need each other', () => {
    const needs = new Map(domains.map((domain) => [domain, new Set(imports.filter(({ from, to }) => domainOf(from) === domain && domainOf(to) !== domain).flatMap(({ to }) => domainOf(to) ?? []))]));
    const left = new Set(domains);
    for (let free = [''] as string[]; free.length > 0; free.forEach((domain) => left.delete(domain))) free = [...left].filter((domain) => ![...needs.get(domain)!].some((other) => left.has(other)));
    expect([...left]).toEqual([]);
  });
  it('names each domain in one line of one file', () => {
    const lines = readFileSync(join(src, 'domains.ts'), 'utf8').split('\n').filter((line) => line.startsWith('import'));
    expect(lines.sort()).toEqual(domains.map((domain) => `import './domains/${domain}';`).sort());
    expect(imports.filter(({ from, to }) => domainOf(from) === null && domainOf(`${to}/`) !== null && from !== 'domains.ts')).toEqual([]);
  });
});

describe('languages', () => {
  const root = join(src, '..', '..');
  const found = filesIn(join(root, 'locales'))
    .map((path) => /([^/]+)\.json$/.exec(path)![1]!)
    .filter((one, i, all) => all.indexOf(one) === i);
  /** Those that may name one, and why. */
  const kMayName: Record<string, string> = {
    'src/core/language.h': 'the one language that the program knows: what it falls back to',
    'ui/src/shell/languages.ts': 'the same for the page',
    'src/city/city.h': 'how publishers of Korean GeoJSON name their properties',
    'src/city/geojson.cc': 'in which script a name is written says in which language it is',
    'ui/index.html': 'until the page knows its reader',
    'src/simulation/nodes.cc': 'names of its stations are made of those',
    'src/simulation/roads.cc': 'so are names of its streets',
    'src/simulation/names.cc': 'the proper names of the simulated city stand in two scripts, as those of a real registry do',
  };
  // "ko", 'ko', name_ko, .ko, and as the key of a list; not what a comment tells of the API.
  const naming = new RegExp(`["'\`](?:${found.join('|')})["'\`]|_(?:${found.join('|')})\\b|\\blanguage\\w*\\.(?:${found.join('|')})\\b|\\bname\\.(?:${found.join('|')})\\b|(?:^|[{,])\\s*(?:${found.join('|')}): `, 'm');
  const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:"'])\/\/.*$/gm, '$1');
  const sources = [...[join(root, 'src'), join(root, 'ui', 'src'), join(root, 'ui', 'build')].flatMap(filesIn), join(root, 'ui', 'index.html')].filter((path) => /\.(cc|h|tsx?|mjs|html)$/.test(path) && !/_test\.cc$|\/test_[a-z_]+\.h$|\/asked\.mjs$/.test(path));
  const named = sources.filter((path) => naming.test(withoutComments(readFileSync(path, 'utf8')))).map((path) => relative(root, path));

  it('are those of locales/, and some', () => {
    expect(found.length).toBeGreaterThan(1);
    expect(sources.length).toBeGreaterThan(300);
  });
  it('are named by no line of the program but where there is a reason', () => {
    expect(named.sort()).toEqual(Object.keys(kMayName).sort());
  });
});
