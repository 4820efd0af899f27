// axe-core finds nothing to complain of: both faces, both themes, both languages.
import assert from 'node:assert/strict';
import { close, open, violations } from '../lib/browser.mjs';
import { control, mapIsThere } from '../lib/control_room.mjs';
import { operator, report } from '../lib/operator.mjs';
import { story } from '../lib/check.mjs';

for (const lang of ['en', 'ko']) {
  for (const theme of ['dark', 'light']) {
    story(`axe finds nothing in the control room (${theme}, ${lang})`, async (world) => {
      const page = await control(world, `?lang=${lang}&theme=${theme}`);
      await mapIsThere(page);
      assert.deepEqual(await violations(page), [], 'the map and the city');
      await page.goto(`${world.server.address}/control?lang=${lang}&theme=${theme}&view=list&station=${world.someStation.id}`);
      await page.locator('.all-values').waitFor();
      assert.deepEqual(await violations(page), [], 'the list and a station');
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      assert.deepEqual(await violations(page), [], 'the help');
      await page.goto(`${world.server.address}/control?lang=${lang}&theme=${theme}&view=health`);
      await page.locator('.health-totals').waitFor();
      assert.deepEqual(await violations(page), [], 'the health of the stations');
      await close(page);
    });
    story(`axe finds nothing in a situation, its list and its forms (${theme}, ${lang})`, async (world) => {
      const jin = await operator(world, 'jin.park');
      const s = await jin.send('/api/v1/situations', report(world.someStation, { key: `axe ${lang} ${theme}` }));
      const page = await control(world, `?lang=${lang}&theme=${theme}`, { storageState: jin.storageState });
      await page.locator(`.situation-pin[data-situation="${s.id}"]`).waitFor();
      assert.deepEqual(await violations(page), [], 'the list and the map');
      await page.locator(`.situations [data-situation="${s.id}"]`).click();
      await page.locator('[data-action="dismiss"]').click();
      await page.locator('.action-form button[type="submit"]').click();
      assert.deepEqual(await violations(page), [], 'the situation with an open form and its error');
      await close(page);
      await jin.send(`/api/v1/situations/${s.id}/resolve`, {});
    });
    story(`axe finds nothing on the public page and the login (${theme}, ${lang})`, async (world) => {
      const page = await open(world.browser, `${world.server.address}/?lang=${lang}`, { colorScheme: theme });
      await page.locator('summary').first().click();
      assert.deepEqual(await violations(page), [], 'the public page');
      await page.goto(`${world.server.address}/health?lang=${lang}`);
      assert.deepEqual(await violations(page), [], 'the stations');
      await page.goto(`${world.server.address}/login?lang=${lang}`);
      assert.deepEqual(await violations(page), [], 'the login');
      await close(page);
    });
  }
}
