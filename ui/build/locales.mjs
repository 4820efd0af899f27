// Gathers locales/MODULE/LANGUAGE.json by language: `virtual:locales` knows which languages there are and fetches one whole.
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

export function locales(folder) {
  const kOne = 'virtual:locale/';
  return {
    name: 'locales',
    resolveId: (id) => (id === 'virtual:locales' || id.startsWith(kOne) ? `\0${id}` : undefined),
    load(id) {
      if (id === '\0virtual:locales') {
        const languages = Object.keys(filesOf(folder));
        const loads = languages.map((language) => `${JSON.stringify(language)}: () => import(${JSON.stringify(kOne + language)})`);
        return `export const languages = ${JSON.stringify(languages)};\nexport const loads = { ${loads.join(', ')} };`;
      }
      if (!id.startsWith(`\0${kOne}`)) return undefined;
      const files = filesOf(folder)[id.slice(kOne.length + 1)];
      files.forEach((file) => this.addWatchFile(file));
      return `export default ${JSON.stringify(Object.assign({}, ...files.map((file) => JSON.parse(readFileSync(file, 'utf8')))))};`;
    },
  };
}
