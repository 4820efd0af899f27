// Pictures of the simulated city for the README and for looking at: every width, theme and language.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { close, open, out } from '../lib/browser.mjs';
import { control, mapIsThere } from '../lib/control_room.mjs';
import { eventually, story } from '../lib/check.mjs';
import { repository } from '../lib/program.mjs';

async function settled(page) {
  await mapIsThere(page);
  await eventually('labels with values', () => page.locator('.area-label b').allInnerTexts(), (all) => all.some((t) => /\d/.test(t)));
  await page.waitForTimeout(1500);
}

story('pictures of the control room and the public page', async (world) => {
  const images = process.env.MADANG_PICTURES === 'write' ? join(repository, 'docs', 'images') : out;
  await mkdir(images, { recursive: true });
  const shots = [
    [join(images, 'control-dark.png'), `?lang=en&theme=dark&station=${world.someStation.id}`, 1280, 800],
    [join(images, 'control-light.png'), '?lang=ko&theme=light&q=noise&scale=fit', 1280, 800],
    [join(out, 'control-wall.png'), '?lang=ko&wall&q=temperature', 2560, 1440],
    [join(out, 'control-list.png'), '?lang=en&view=list&q=no2', 1440, 900],
    [join(out, 'control-768.png'), '?lang=en', 768, 1024],
    [join(out, 'control-320.png'), '?lang=ko&theme=light', 320, 900],
    [join(out, 'control-people.png'), '?lang=ko&q=people', 1920, 1080],
  ];
  for (const [path, query, width, height] of shots) {
    const page = await control(world, query, { width, height });
    if (!query.includes('view=list')) await settled(page);
    await page.screenshot({ path });
    await close(page);
  }
  const pages = [
    [join(images, 'public.png'), '/?lang=en', 1100, 900, 'light', false],
    [join(out, 'public-dark.png'), '/?lang=ko', 1100, 900, 'dark', true],
    [join(out, 'public-320.png'), '/?lang=ko', 320, 720, 'light', true],
    [join(out, 'login.png'), '/login?lang=ko', 768, 700, 'light', true],
  ];
  for (const [path, address, width, height, colorScheme, fullPage] of pages) {
    const page = await open(world.browser, world.server.address + address, { width, height, colorScheme });
    await page.screenshot({ path, fullPage });
    await close(page);
  }
});
