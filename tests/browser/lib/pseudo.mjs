// A language that nobody speaks, made from the English texts as tests/support/pseudo_locale.h makes it: every letter has an
// accent, every text stands in ⟦ and ⟧. What the control room shows in plain letters then did not come from locales/.
import { cp, readFile, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository } from './program.mjs';

const fromUi = (name) => import(pathToFileURL(createRequire(join(repository, 'ui', 'package.json')).resolve(name)));
const { parse, TYPE } = await fromUi('@formatjs/icu-messageformat-parser');
const { printAST } = await fromUi('@formatjs/icu-messageformat-parser/printer.js');

/** As BCP 47 calls it. */
export const kPseudoLanguage = 'en-XA';

const kPlain = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const kAccented = [...'âƀçðêƒĝĥîĵķļɱñôƥɋŕšţûṽŵẋýžÂƁÇÐÊƑĜĤÎĴĶĻṀÑÔƤɊŔŠŢÛṼŴẊÝŽ'];
const accented = (text) => [...text].map((c) => kAccented[kPlain.indexOf(c)] ?? c).join('');

/** Words are changed, arguments are not, but for the messages inside plural and select. */
function walk(elements) {
  for (const one of elements) {
    if (one.type === TYPE.literal) one.value = accented(one.value);
    for (const option of Object.values(one.options ?? {})) walk(option.value);
  }
  return elements;
}
export const pseudoText = (message) => `⟦${printAST(walk(parse(message, { ignoreTag: true })))}⟧`;

/** locales/ in `folder`, with this language besides. */
export async function pseudoLocales(folder) {
  await cp(join(repository, 'locales'), folder, { recursive: true });
  for (const module of readdirSync(folder)) {
    const english = JSON.parse(await readFile(join(folder, module, 'en.json'), 'utf8'));
    await writeFile(join(folder, module, `${kPseudoLanguage}.json`), JSON.stringify(Object.fromEntries(Object.entries(english).map(([key, text]) => [key, pseudoText(text)]))));
  }
}

/** Three Latin letters side by side, or a syllable of Hangul. */
export const holdsWords = (text) => /[A-Za-z]{3}|[가-힣]/.test(text);

const kLanguages = readdirSync(join(repository, 'locales', 'app')).map((name) => name.replace('.json', ''));
const kNames = new Set(['name', 'serial', 'code', 'unit', 'model', 'login', 'source', 'address', 'zone', 'version']);
/** What the registry and people wrote, in an answer of the server: texts by language, names, serials, units. */
export function namesIn(value, into, key = '') {
  if (Array.isArray(value)) value.forEach((one) => namesIn(one, into, key));
  else if (value && typeof value === 'object') for (const [name, one] of Object.entries(value)) namesIn(one, into, name);
  else if (typeof value === 'string' && value.length > 1 && (kNames.has(key) || kLanguages.includes(key))) into.add(value);
}

/** What a reader of the page sees or hears: text, and attributes; in another language only what says in which. */
export const shownTexts = (page) =>
  page.evaluate(() => {
    const texts = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) {
        if (!node.parentElement.closest('script, noscript, style, kbd')) texts.push(node.data);
      } else {
        for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext']) if (node.hasAttribute(name)) texts.push(node.getAttribute(name));
      }
    }
    return texts;
  });
