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
