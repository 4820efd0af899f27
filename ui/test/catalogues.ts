// All texts of one language, the server's too.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesOf } from '../build/locales.mjs';
import type { Catalogue } from '../src/shell/messages';

const files = filesOf(join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'locales'));
export const catalogueOf = (language: string): Catalogue => Object.assign({}, ...files[language]!.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Catalogue)) as Catalogue;
