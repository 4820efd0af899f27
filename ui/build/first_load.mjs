// What a browser loads until the first view of the control room stands: `node build/first_load.mjs`, after a build. The page, what it
// names, the texts of one language, and the map with its worker; data of the city come on top. Sizes as they travel.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const locales = join(dist, '..', '..', 'locales');
const language = process.argv[2] ?? readdirSync(join(locales, readdirSync(locales)[0]))[0].replace('.json', '');
const assets = readdirSync(join(dist, 'assets'));
const sizeOf = (path) => {
  try {
    return statSync(path).size;
  } catch {
    return null;
  }
};
const sizes = (path) => ({ plain: sizeOf(path), gzip: sizeOf(`${path}.gz`) ?? sizeOf(path), brotli: sizeOf(`${path}.br`) ?? sizeOf(path) });

const page = readFileSync(join(dist, 'index.html'), 'utf8');
const named = [...page.matchAll(/\/assets\/([\w.-]+)/g)].map((found) => found[1]);
const isFirst = (name) => name.startsWith('canvas-') || name.startsWith('maplibre-gl-worker-') || name.startsWith(`${language}-`);
const reached = [...new Set([...named, ...assets.filter((name) => /\.(js|css|svg)$/.test(name) && isFirst(name))])];
if (!reached.some((name) => name.startsWith('canvas-')) || !reached.some((name) => name.startsWith(`${language}-`)))
  throw new Error('dist/: no map, or no texts of this language: what the first view loads has other names now');

// What these import from the start is loaded too.
for (const name of reached) {
  if (!name.endsWith('.js')) continue;
  for (const [, other] of readFileSync(join(dist, 'assets', name), 'utf8').matchAll(/(?:from|import)"\.\/([\w.-]+)"/g))
    if (!reached.includes(other)) reached.push(other);
}

const all = [['index.html', sizes(join(dist, 'index.html'))], ...reached.map((name) => [name, sizes(join(dist, 'assets', name))])];
const kib = (bytes) => (bytes / 1024).toFixed(1).padStart(8);
console.log(`${'file'.padEnd(40)}   plain KiB    gzip  brotli`);
for (const [name, size] of all.sort((a, b) => b[1].gzip - a[1].gzip)) console.log(`${name.padEnd(40)}    ${kib(size.plain)}${kib(size.gzip)}${kib(size.brotli)}`);
const sum = (kind) => all.reduce((total, [, size]) => total + size[kind], 0);
console.log(`${`${all.length} files`.padEnd(40)}    ${kib(sum('plain'))}${kib(sum('gzip'))}${kib(sum('brotli'))}`);
