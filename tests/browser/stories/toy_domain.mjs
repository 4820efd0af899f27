// A domain is one folder and one line: the control room with ui/test/toy, which brings one of each, against the real server.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { close, coloursAt, sideways, violations } from '../lib/browser.mjs';
import { eventually, story } from '../lib/check.mjs';
import { control, mapIsThere } from '../lib/control_room.mjs';
import { repository } from '../lib/program.mjs';

const isMagenta = ([r, g, b]) => r > 200 && g < 60 && b > 200;

story('a domain of one folder and one line has its view, panel, map layer, legend, keys, address and texts', async (world) => {
  const room = await mkdtemp(join(tmpdir(), 'madang-toy-'));
  try {
    await promisify(execFile)('npx', ['vite', 'build', '--minify', 'false', '--outDir', room, '--emptyOutDir'], { cwd: join(repository, 'ui'), env: { ...process.env, MADANG_MORE_DOMAINS: "import '../test/toy';" } });
    const page = await control(world, '?lang=en&theme=dark', { room });
    await mapIsThere(page);
    await eventually('the legend beside the others', () => page.locator('.legends .legend').allInnerTexts(), (all) => all.length === 2 && all[1] === '2 benches');
    await page.addStyleTag({ content: '.area-label, .situation-pin { visibility: hidden; }' });
    const map = await page.getByTestId('map').boundingBox();
    const middle = [map.x + map.width / 2, map.y + map.height / 2];
    // The middle of the lowest magenta mark within `reach`: the first bench stands in the middle of the city, the second north of it.
    const bench = (x, y, reach) => eventually('the bench on the map', async () => {
      const side = 2 * reach + 1;
      const marks = (await coloursAt(page, x, y, reach)).flatMap((colour, k) => (isMagenta(colour) ? [[x - reach + (k % side), y - reach + Math.floor(k / side)]] : []));
      if (marks.length < 20) return null;
      const [lowX, lowY] = marks[marks.length - 1];
      const own = marks.filter(([px, py]) => Math.hypot(px - lowX, py - lowY) < 25);
      return [0, 1].map((axis) => Math.round(own.reduce((sum, mark) => sum + mark[axis], 0) / own.length));
    }, (found) => found !== null);
    // Where it is once the map has come to rest: the panes beside it may still take their places, and a wheel's turn is drawn in steps.
    const atRest = async (x, y) => {
      let at = await bench(x, y, 120);
      await eventually('the map at rest', async () => {
        const before = at;
        await new Promise((resolve) => setTimeout(resolve, 300));
        at = await bench(...before, 120);
        return before.join() === at.join();
      }, Boolean);
      return at;
    };
    let seen = await atRest(Math.round(middle[0]), Math.round(middle[1]) - 60);
    // From near by, no station of a full city lies within a pointer's reach of it.
    for (let i = 0; i < 4; i += 1) {
      await page.mouse.move(...seen);
      await page.mouse.wheel(0, -300);
      seen = await atRest(...seen);
    }
    await page.mouse.click(...seen);
    await eventually('its panel', () => page.getByTestId('bench-panel').innerText(), (t) => t === 'Bench 1');
    await eventually('the address', async () => page.url(), (url) => /[?&]bench=1\b/.test(url));
    await page.keyboard.press('Escape');
    await eventually('the city again', () => page.getByTestId('overview').count(), (n) => n === 1);

    await page.keyboard.press('w');
    await eventually('wooden ones only', () => page.getByTestId('bench-legend').innerText(), (t) => t === '1 bench');
    await page.keyboard.press('e');
    await eventually('its view', () => page.getByTestId('benches').innerText(), (t) => t.includes('Bench 1') && !t.includes('Bench 2'));
    await eventually('the address of the view', async () => page.url(), (url) => /[?&]view=toy\b/.test(url) && /[?&]wood\b/.test(url));
    assert.equal(await page.locator('.view-switch button[aria-pressed="true"]').innerText(), 'Benches');
    await page.keyboard.press('?');
    assert.match(await page.getByRole('dialog').innerText(), /Wooden benches only/);
    assert.deepEqual(page.complaints, []);
    await page.reload();
    await page.getByTestId('benches').waitFor();
    await close(page);

    const narrow = await control(world, '?lang=ko&theme=light&view=toy&bench=2', { room, width: 320, height: 720 });
    await eventually('its texts in Korean', () => narrow.getByTestId('bench-panel').innerText(), (t) => t === '의자 2');
    await narrow.getByTestId('benches').waitFor();
    assert.equal(await sideways(narrow), 0);
    assert.deepEqual(await violations(narrow), []);
    await close(narrow);
  } finally {
    await rm(room, { recursive: true, force: true });
  }
});

story('what cannot be loaded when it is opened says so, and offers to load the page again', async (world) => {
  const page = await control(world, '?lang=en');
  const stop = (route) => route.abort();
  await page.route(/assets\/HealthPane-/, stop);
  await page.keyboard.press('h');
  await eventually('what it says', () => page.locator('.middle [role="alert"]').innerText(), (t) => t.includes('could not be loaded'));
  assert.deepEqual(await violations(page), []);
  await page.unroute(/assets\/HealthPane-/, stop);
  await page.getByRole('button', { name: 'Load the page again' }).click();
  await page.locator('.health-totals').waitFor();
  await close(page);
});
