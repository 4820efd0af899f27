// Every text of the control room comes from locales/: read in a language that nobody speaks, what is left in plain letters is
// data, or was written into the program.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { close } from '../lib/browser.mjs';
import { eventually, story } from '../lib/check.mjs';
import { mapIsThere } from '../lib/control_room.mjs';
import { withOperator } from '../lib/operator.mjs';
import { holdsWords, kPseudoLanguage, namesIn, pseudoLocales, pseudoText, shownTexts } from '../lib/pseudo.mjs';
import { repository } from '../lib/program.mjs';

/** Own names, formats, and what ICU calls days and months in a language that it does not know. */
const kKnown = ['Madang', 'SensorThings', 'OpenMetrics', 'CAP', 'Atom', 'CSV', 'JSON', 'WHO', 'CAI', 'Esc', 'English', '한국어', 'MapLibre'];
const kCalendar = /\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|GMT)\b/g;

story('a language that nobody speaks keeps its arguments', async () => {
  assert.equal(pseudoText('Sign in'), '⟦Šîĝñ îñ⟧');
  assert.equal(pseudoText('{count, plural, one {# lamp} other {# lamps of {name}}}'), '⟦{count,plural,one{# ļâɱƥ} other{# ļâɱƥš ôƒ {name}}}⟧');
});

story('in a language that nobody speaks no view of the control room shows a text of the program', async (world) => {
  const folder = await mkdtemp(join(tmpdir(), 'madang-pseudo-'));
  try {
    await pseudoLocales(join(folder, 'locales'));
    const room = join(folder, 'room');
    await promisify(execFile)('npx', ['vite', 'build', '--minify', 'false', '--outDir', room, '--emptyOutDir'], { cwd: join(repository, 'ui'), env: { ...process.env, MADANG_LOCALES: join(folder, 'locales') } });
    await withOperator(world, async ({ minseo, raise, room: open }) => {
      const s = await raise({ key: 'pseudo' });
      await minseo.send(`/api/v1/situations/${s.id}/note`, { text: 'seen from the roof' });
      // The wall says at which address all that has no room stands.
      const known = new Set([...kKnown, 'seen from the roof', minseo.login, `${new URL(world.server.address).host}/control`]);
      const learn = async (...paths) => {
        for (const path of paths) namesIn(await minseo.read(`/api/v1/${path}`), known);
      };
      await learn('city', 'areas', 'stations', 'operators', 'subscribers', 'silences', `things/${world.someStation.id}`);
      const written = async (page) => {
        // The city lives: situations and work come and go while we read.
        await learn('situations?limit=1000', `situations/${s.id}`, 'health');
        const longest = [...known].sort((a, b) => b.length - a.length);
        const left = (await shownTexts(page)).filter((text) => holdsWords(longest.reduce((rest, name) => rest.replaceAll(name, ' '), text).replace(kCalendar, ' ')));
        return [...new Set(left)].filter((text) => !text.startsWith(world.server.address));
      };
      const views = {
        map: ['', mapIsThere],
        'the list of stations': ['&view=list', (page) => page.locator('tbody tr').first().waitFor()],
        health: ['&view=health', (page) => page.getByTestId('work-list').waitFor()],
        subscribers: ['&view=subscribers', (page) => page.locator('.sheet h2').waitFor()],
        'a situation': [`&situation=${s.id}`, (page) => page.getByTestId('history').waitFor()],
        'a station': [`&station=${world.someStation.id}`, (page) => page.getByTestId('headline').waitFor()],
        'the wall': ['&wall=1', (page) => page.getByTestId('situations').waitFor()],
        'the past': [`&at=${new Date(Date.now() - 3 * 3_600_000).toISOString()}`, (page) => page.getByTestId('situations').waitFor()],
        'the future': ['&at=2199-01-01T00:00:00Z', (page) => page.getByTestId('future').waitFor()],
        help: ['', async (page) => {
          await mapIsThere(page);
          await page.keyboard.press('?');
          await page.getByRole('dialog').waitFor();
        }],
      };
      for (const [name, [query, there]] of Object.entries(views)) {
        const page = await open(`?lang=${kPseudoLanguage}${query}`, { room });
        await there(page);
        assert.ok((await shownTexts(page)).some((text) => text.includes('⟦')), `${name}: nothing is in the language`);
        await eventually(`${name} without a text of the program`, () => written(page), (left) => left.length === 0);
        assert.deepEqual(page.complaints, []);
        await close(page);
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
