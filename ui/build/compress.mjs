// Writes a .br and a .gz beside every text asset of dist/, so that the server never compresses at run time.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const isText = /\.(html|js|mjs|css|svg|json|webmanifest)$/;

async function* filesOf(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesOf(path);
    else yield path;
  }
}

let raw = 0;
let brotli = 0;
for await (const path of filesOf(dist)) {
  if (!isText.test(path)) continue;
  const bytes = await readFile(path);
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
  const small = brotliCompressSync(bytes, options);
  await writeFile(`${path}.br`, small);
  await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  raw += bytes.length;
  brotli += small.length;
}
console.log(`compressed ${(raw / 1024).toFixed(0)} kB to ${(brotli / 1024).toFixed(0)} kB (brotli)`);
