// The keyboard goes on at the heading of what is opened, and comes back to what opened it (WCAG 2.2: 2.4.1, 2.4.3).
import assert from 'node:assert/strict';
import { close, violations } from '../lib/browser.mjs';
import { eventually, story } from '../lib/check.mjs';
import { control, mapIsThere } from '../lib/control_room.mjs';
import { row, withOperator } from '../lib/operator.mjs';

const focused = (page) => page.evaluate(() => ({ name: document.activeElement.localName, text: document.activeElement.textContent.trim(), opens: document.activeElement.dataset.opens ?? null, district: document.activeElement.dataset.district ?? null }));
const heading = (page, text) => eventually(`the heading ${text}`, () => focused(page), (at) => at.name === 'h2' && at.text === text);

story('the first stops of the page lead past header and rail, to the view and to the panel', async (world) => {
  const page = await control(world, '?lang=en&q=pm10');
  await mapIsThere(page);
  const address = page.url();
  await page.keyboard.press('Tab');
  assert.deepEqual([(await focused(page)).text, await page.locator(':focus').isVisible()], ['Skip to the view', true]);
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press('Enter');
  await heading(page, 'Map');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.closest('.map') !== null), true, 'the next stop is the map');
  await page.getByRole('link', { name: 'Skip to situations and details' }).focus();
  await page.keyboard.press('Enter');
  await eventually('the panel', () => page.evaluate(() => document.activeElement.matches('#panel h2')), Boolean);
  assert.equal(page.url(), address);
  await close(page);
});

story('a view has the keyboard at its heading, and what opened it has it again', (world) => withOperator(world, async ({ room }) => {
  const page = await room('?lang=en');
  await mapIsThere(page);
  await page.keyboard.press('s');
  await heading(page, 'Subscribers');
  await page.keyboard.press('h');
  await heading(page, 'Station health');
  // A key that was pressed nowhere leads nowhere back: the map goes on at its own heading.
  await page.keyboard.press('h');
  await heading(page, 'Map');
  await page.getByRole('button', { name: 'List', exact: true }).press('Enter');
  await heading(page, 'Stations');
  await page.keyboard.press('v');
  await eventually('the button', () => focused(page), (at) => at.name === 'button' && at.text === 'List');
  await close(page);
}));

story('what is chosen has the keyboard at its heading, and its line has it again', (world) => withOperator(world, async ({ raise, room }) => {
  const s = await raise({});
  const page = await room('?lang=en');
  await row(page, s.id).press('Enter');
  await heading(page, s.headline.en);
  await page.keyboard.press('Escape');
  await eventually('its line', () => focused(page), (at) => at.opens === `situation ${s.id}`);
  await page.keyboard.press('r');
  await eventually('the form', () => page.evaluate(() => document.activeElement.id), (id) => id === 'report-kind');
  await page.keyboard.press('Escape');
  await eventually('the way back', () => focused(page), (at) => at.opens === 'report 1' || at.opens === `situation ${s.id}`);
  // A line of a view stays where it is.
  await page.keyboard.press('v');
  await heading(page, 'Stations');
  const line = page.locator('.row-open').first();
  const opens = await line.getAttribute('data-opens');
  await line.press('Enter');
  await eventually('the station', () => page.evaluate(() => document.activeElement.matches('.station h2')), Boolean);
  await page.keyboard.press('Escape');
  await eventually('its line', () => focused(page), (at) => at.opens === opens);
  await close(page);
}));

story('a district has the keyboard at its name, and its bar has it again', async (world) => {
  const page = await control(world, '?lang=en');
  const bar = page.locator('.districts button').first();
  const district = await bar.getAttribute('data-district');
  await bar.press('Enter');
  await eventually('its name', () => page.evaluate(() => document.activeElement.matches('.in-area h2')), Boolean);
  await page.keyboard.press('Escape');
  await eventually('its bar', () => focused(page), (at) => at.district === district);
  await close(page);
});

story('who goes back in the browser, or searches, is where reading goes on', async (world) => {
  const page = await control(world, '?lang=en');
  await page.keyboard.press('/');
  await page.keyboard.type(world.someStation.serial);
  await page.getByTestId('found').waitFor();
  await page.keyboard.press('Enter');
  await eventually('the station', () => page.evaluate(() => document.activeElement.matches('.station h2')), Boolean);
  await page.goBack();
  await eventually('the search', () => focused(page), (at) => at.name === 'input');
  await close(page);
});

story('Control and Enter sends a form from wherever in it the keyboard is', (world) => withOperator(world, async ({ room }) => {
  const page = await room('?lang=en');
  await page.keyboard.press('r');
  await eventually('the form', () => page.evaluate(() => document.activeElement.id), (id) => id === 'report-kind');
  await page.locator('#report-severity').press('Control+Enter');
  await eventually('what is missing', () => page.locator('#report-kind-fault').count(), (n) => n === 1);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Subscribers', exact: true }).click();
  await page.getByTestId('subscriber-add').waitFor();
  await page.getByTestId('subscriber-add').press('Enter');
  // This server has no mail server, and says so before anything is typed.
  assert.equal(await page.getByRole('radio', { name: 'Webhook' }).isChecked(), true);
  assert.equal(await page.getByRole('radio', { name: 'E-mail' }).isDisabled(), true);
  await page.getByText('This server sends no e-mail').waitFor();
  assert.deepEqual(await violations(page), []);
  await page.locator('#entry-new-severity').press('Control+Enter');
  await eventually('the refusal', () => page.getByTestId('subscriber-refused').innerText(), (t) => /^Nothing was changed: (?!address)/.test(t));
  await close(page);
}));
