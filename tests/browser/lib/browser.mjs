// Debian's Chromium, headless, forbidden to speak to anybody but the server under test.
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { kPatience } from './patience.mjs';

const here = dirname(fileURLToPath(import.meta.url));
export const out = join(here, '..', 'out');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function launch() {
  await mkdir(out, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--enable-unsafe-swiftshader'],
  });
}

const kTypes = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
/** The control room as it was built into `folder`, in place of the one in the binary; all else is the server's. */
async function serveRoom(page, folder) {
  await page.route((url) => /\/control(\/|$)/.test(url.pathname), async (route) => {
    const name = new URL(route.request().url()).pathname.replace(/^.*?\/control\/?/, '');
    const path = join(folder, name);
    if (name && extname(name) && existsSync(path)) return route.fulfill({ path, contentType: kTypes[extname(name)] });
    return route.fulfill({ response: await route.fetch(), body: readFileSync(join(folder, 'index.html'), 'utf8') });
  });
}

/** A fresh page; `room` or MADANG_ROOM: a folder with another control room than the binary's. What it asks for and complains
 *  of is kept in `asked` and `complaints`. */
export async function open(browser, address, options = {}) {
  const { width = 1440, height = 900, room = process.env.MADANG_ROOM, ...context } = options;
  const page = await (await browser.newContext({ viewport: { width, height }, locale: 'en-GB', reducedMotion: 'reduce', ...context })).newPage();
  page.setDefaultTimeout(kPatience);
  page.asked = [];
  page.complaints = [];
  page.on('request', (request) => page.asked.push(request.url()));
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  page.on('console', (message) => {
    // A server that is away on purpose makes the browser report refused connections, headless WebGL its own slowness.
    if (message.type() === 'error' && !/ERR_CONNECTION|ERR_INCOMPLETE|Failed to load resource/.test(message.text())) page.complaints.push(message.text());
  });
  if (room) await serveRoom(page, room);
  await page.goto(address);
  return page;
}

export const close = (page) => page.context().close();

/** What a story that failed had open: address, complaints and a picture of each page; then they are closed. */
export async function lastSeen(browser, name) {
  const seen = [];
  for (const context of browser.contexts()) {
    for (const page of context.pages()) {
      const picture = join(out, `${name}-${seen.length + 1}.png`);
      await page.screenshot({ path: picture }).catch(() => undefined);
      const focus = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 120)).catch(String);
      seen.push([page.url(), `focus: ${focus}`, ...(page.complaints ?? []), picture].join('\n'));
    }
    await context.close();
  }
  return seen.join('\n');
}

/** Violations as short sentences; none is what we want. */
export async function violations(page) {
  await page.evaluate(axeSource);
  const { violations: found } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return found.map((v) => `${v.id}: ${v.help} (${v.nodes.slice(0, 3).map((n) => `${n.target.join(' ')} ${n.any?.[0]?.message ?? ''}`).join('; ')})`);
}

export const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** The colours of a small square around a point of the page, as [r, g, b]. */
export async function coloursAt(page, x, y, reach = 2) {
  const png = await page.screenshot({ clip: { x: x - reach, y: y - reach, width: 2 * reach + 1, height: 2 * reach + 1 } });
  return page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    return Array.from({ length: data.length / 4 }, (_, i) => [data[4 * i], data[4 * i + 1], data[4 * i + 2]]);
  }, png.toString('base64'));
}
