// Texts of locales/MODULE/LANGUAGE.json for the control room: `virtual:languages` knows which languages there are, and
// `virtual:texts/MODULE` fetches one module in one of them. A build carries only the texts that the control room says; the
// server says more. Who has no script is told so in all of them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of the files by language. */
export function filesOf(folder) {
  const files = {};
  for (const module of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()))
    for (const name of readdirSync(join(folder, module.name)).filter((name) => name.endsWith('.json')))
      (files[name.slice(0, -'.json'.length)] ??= []).push(join(folder, module.name, name));
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every text literal of the sources: keys always stand whole. */
function literalsIn(folder, found = new Set()) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) literalsIn(path, found);
    else if (/\.tsx?$/.test(entry.name)) for (const [, text] of readFileSync(path, 'utf8').matchAll(/(?<=['"`])([a-z0-9_.]+)(?=['"`])/g)) found.add(text);
  }
  return found;
}

/** The server names the key of what it refuses, so no source of the control room does. */
const isRefusal = (key) => /^(refusal|access)\./.test(key);

/** One paragraph in each language, as HTML. */
function withoutScript(folder) {
  return Object.entries(filesOf(folder)).map(([language, files]) => {
    const texts = Object.assign({}, ...files.map((file) => JSON.parse(readFileSync(file, 'utf8'))));
    return `<p class="without-script" lang="${language}">${texts['page.without_script'].replace('{page}', `<a href="/">${texts['page.public']}</a>`)}</p>`;
  }).join('');
}

/** `folder`: locales/; `sources`: the control room's. */
export function locales(folder, sources) {
  const kTexts = 'virtual:texts/';
  const kFile = 'virtual:text/';
  let used = null;
  return {
    name: 'locales',
    configResolved(config) {
      if (config.command === 'build') used = literalsIn(sources);
    },
    transformIndexHtml: (html) => html.replace('<!-- without script -->', () => withoutScript(folder)),
    resolveId: (id) => (id === 'virtual:languages' || id.startsWith(kTexts) || id.startsWith(kFile) ? `\0${id}` : undefined),
    load(id) {
      const languages = Object.keys(filesOf(folder));
      if (id === '\0virtual:languages') return `export const languages = ${JSON.stringify(languages)};`;
      if (id.startsWith(`\0${kTexts}`)) {
        const module = id.slice(kTexts.length + 1);
        return `export default { ${languages.map((language) => `${JSON.stringify(language)}: () => import(${JSON.stringify(`${kFile}${module}/${language}`)})`).join(', ')} };`;
      }
      if (!id.startsWith(`\0${kFile}`)) return undefined;
      const file = join(folder, `${id.slice(kFile.length + 1)}.json`);
      this.addWatchFile(file);
      const said = Object.entries(JSON.parse(readFileSync(file, 'utf8'))).filter(([key]) => used === null || used.has(key) || isRefusal(key));
      return `export default ${JSON.stringify(Object.fromEntries(said))};`;
    },
  };
}
