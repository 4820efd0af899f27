// What people are told is true: of a past moment, of a moment to come, of a station without a place, of a value that failed.
import assert from 'node:assert/strict';
import { close, sideways } from '../lib/browser.mjs';
import { eventually, story } from '../lib/check.mjs';
import { control, mapIsThere, text } from '../lib/control_room.mjs';
import { withOperator } from '../lib/operator.mjs';

const kMinute = 60_000;
const ago = (ms) => new Date(Math.floor((Date.now() - ms) / kMinute) * kMinute).toISOString().replace('.000Z', 'Z');

story('a past moment shows what was known of situations then, and beside it what is today', async (world) => {
  await withOperator(world, async ({ raise, room }) => {
    const s = await raise({ key: 'looked-back-at' });
    const page = await room(`?lang=en&at=${ago(3 * 60 * kMinute)}`);
    const list = page.getByTestId('situations');
    await eventually('the title', () => list.innerText(), (t) => t.includes('What needed somebody'));
    assert.equal(await page.locator(`.situations [data-situation="${s.id}"]`).count(), 0, 'nobody knew of it');
    await page.goto(`${world.server.address}/control?lang=en&situation=${s.id}&at=${ago(3 * 60 * kMinute)}`);
    await eventually('the panel', () => text(page, 'situation-then'), (t) => t.includes('nobody knew of it yet'));
    const then = await world.server.get(`/api/v1/situations?at=${ago(3 * 60 * kMinute)}`);
    assert.ok(!then.situations.some((x) => x.id === s.id));
    await close(page);
  });
});

story('a past moment shows a situation under the name and severity that it had then', async (world) => {
  await withOperator(world, async ({ raise, room }) => {
    const first = await raise({ key: 'renamed', severity: 'notice', headline: { en: 'A smell of smoke', ko: '타는 냄새' } });
    const then = new Date(first.updated_at).toISOString();
    const second = await raise({ key: 'renamed', severity: 'critical', headline: { en: 'A burning roof', ko: '지붕 화재' } });
    assert.equal(second.id, first.id);
    assert.equal(second.headline.en, 'A burning roof');
    const page = await room(`?lang=en&at=${then}`);
    await eventually('its line', () => page.locator(`.situations [data-situation="${first.id}"]`).innerText(), (t) => t.includes('A smell of smoke') && t.includes('Notice'));
    await close(page);
  });
});

story('an open warning says to whoever is not signed in that it lasts, and nothing of an end', async (world) => {
  await withOperator(world, async ({ raise }) => {
    const s = await raise({ key: 'lasts' });
    for (const [lang, gone] of [['en', 'The cause is gone'], ['ko', '원인이 보이지']]) {
      const page = await control(world, `?lang=${lang}&situation=${s.id}`);
      await eventually('its history', () => page.getByTestId('history').count(), (n) => n === 1);
      const said = await text(page, 'situation-panel');
      assert.ok(!said.includes(gone) && !said.includes('NaN'), said);
      await close(page);
    }
  });
});

story('a past moment counts in the header what was open then, and Health says that it shows today', async (world) => {
  await withOperator(world, async ({ raise, room }) => {
    await raise({ key: 'counted-today', severity: 'critical' });
    const page = await room(`?lang=en&at=${ago(3 * 60 * kMinute)}`);
    await eventually('the list', () => page.getByTestId('situations').innerText(), (t) => t.includes('What needed somebody'));
    await eventually('the header', () => text(page, 'open-situations'), (t) => !t.includes('Critical'));
    await page.goto(`${world.server.address}/control?lang=en&view=health&at=${ago(3 * 60 * kMinute)}`);
    await eventually('the words', () => text(page, 'health-today'), (t) => t.includes('as they are now'));
    await close(page);
  });
});

story('a past moment that cannot be read says so', async (world) => {
  const page = await control(world, '?lang=en');
  await page.route(/api\/v1\/situations\?at=/, (route) => route.fulfill({ status: 503, contentType: 'application/json', body: '{"code":"unavailable","key":"refusal.unavailable","message":"the records cannot be asked"}' }));
  await page.goto(`${world.server.address}/control?lang=en&at=${ago(60 * kMinute)}`);
  await eventually('why', () => text(page, 'then-failed'), (t) => t.includes('That moment could not be read') && t.includes('the records cannot be asked'));
  assert.equal(await page.getByText('Nothing was known').count(), 0);
  await close(page);
});

story('a moment that has not come is refused in words, on the page and by the API', async (world) => {
  for (const [lang, words] of [['en', 'has not come yet'], ['ko', '아직 오지 않은 시각']]) {
    const page = await control(world, `?lang=${lang}&at=2199-01-01T00:00:00Z`);
    await eventually('the words', () => text(page, 'future'), (t) => t.includes(words));
    assert.deepEqual(page.complaints, []);
    await close(page);
  }
  for (const path of ['now?property=pm25&', `things/${world.someStation.id}?`, 'situations?']) {
    const response = await fetch(`${world.server.address}/api/v1/${path}at=2199-01-01T00:00:00Z`);
    assert.equal(response.status, 400, path);
    assert.match((await response.json()).message, /^at: /);
  }
});

story('a station without a place opens its panel and stands in the list', async (world) => {
  const station = await world.placeless();
  const page = await control(world, `?lang=en&station=${station.id}`);
  await eventually('the panel', () => text(page, 'station-panel'), (t) => t.includes('STORY-NOWHERE') && t.includes('not registered'));
  await eventually('the value, in the quantity\'s unit', () => text(page, 'headline'), (t) => t.includes('20') && t.includes('°C'));
  await page.goto(`${world.server.address}/control?lang=en&view=list&q=temperature&find=STORY-NOWHERE`);
  await eventually('its row', () => page.locator('tbody tr').first().innerText(), (t) => t.includes('20'));
  assert.deepEqual(page.complaints, []);
  await close(page);
});

story('a failed value sets no scale, and says that it failed', async (world) => {
  const station = world.ownStation;
  for (const value of [51, 52, 53]) await world.say(station, 'noise', value, 1);
  await world.say(station, 'noise', 9000, 4);
  const page = await control(world, `?lang=en&station=${station.id}&q=noise`);
  await eventually('the headline', () => text(page, 'headline'), (t) => t.includes('failed'));
  const table = () => page.locator('.all-values').innerText();
  await eventually('the table of all values', table, (t) => /9,?000/.test(t) && t.includes('failed: Marked by'));
  assert.equal(await page.locator('.all-values tr.selected .key.doubtful').count(), 1, 'and it is marked there as in the chart');
  await eventually('the list below', () => text(page, 'flagged'), (t) => t.toLowerCase().includes('failed') || t.includes('Marked by'));
  const chart = await eventually('the chart in words', () => page.locator('.chart [role="img"]').first().getAttribute('aria-label'), (t) => t.includes('53'));
  assert.ok(!/9,?000/.test(chart), chart);
  await world.say(station, 'noise', 52, 1);
  await close(page);
});

story('a count on the health page opens the list of its stations', async (world) => {
  const page = await control(world, '?lang=en&view=health');
  const count = page.getByTestId('counted-reporting');
  const told = Number((await count.locator('b').innerText()).replaceAll(',', ''));
  await count.click();
  await eventually('the list', () => page.getByTestId('counted').innerText(), (t) => t.includes('Last heard') && new RegExp(`\\b${String(told)[0]}`).test(t));
  assert.match(page.url(), /reports=reporting/);
  await page.getByTestId('counted').locator('.job-open').first().click();
  await eventually('the panel', () => text(page, 'station-panel'), (t) => t.includes('All values'));
  assert.deepEqual(page.complaints, []);
  await close(page);
});

story('a moment that is none, a quantity, a station and a situation that are not there are named for what they are', async (world) => {
  const page = await control(world, '?lang=en&at=yesterday');
  await eventually('the words', () => text(page, 'unreadable'), (t) => t.includes('“yesterday” is no time'));
  await page.goto(`${world.server.address}/control?lang=en&q=nosuch`);
  await eventually('the quantity', () => text(page, 'unknown-quantity'), (t) => t.includes('no quantity called “nosuch”') && t.includes('PM2.5'));
  await page.getByTestId('unknown-quantity').getByRole('button').click();
  await eventually('the address', async () => page.url(), (url) => !url.includes('nosuch'));
  await page.goto(`${world.server.address}/control?lang=en&station=99999999`);
  await eventually('the station', () => text(page, 'station-panel'), (t) => t.includes('There is no such station'));
  await close(page);
  await withOperator(world, async ({ raise, room }) => {
    const byHand = await raise({});
    const reported = await room(`?lang=en&situation=${byHand.id}`);
    await eventually('a report without charts', () => text(reported, 'history'), (t) => t.includes('Raised'));
    assert.equal(await reported.locator('.evidence-keys').count(), 0, 'no word of lines that are not drawn');
    await close(reported);
    const signedIn = await room('?lang=en&situation=99999999');
    await eventually('the situation', () => signedIn.locator('.panel').innerText(), (t) => t.includes('There is no such situation') && !t.includes('Sign in'));
    await close(signedIn);
  });
});

story('a search lists what it found, Enter opens the first, and nothing found is said with the word', async (world) => {
  const page = await control(world, '?lang=en');
  await page.getByTestId('search').fill('STORY-1');
  await eventually('the list', () => text(page, 'found'), (t) => t.includes('Story 1'));
  await page.getByTestId('search').press('Enter');
  await eventually('the panel', () => text(page, 'station-panel'), (t) => t.includes('STORY-1'));
  await page.getByTestId('search').fill('zzzz');
  await eventually('the words', () => text(page, 'found'), (t) => t.includes('No station is called “zzzz”'));
  assert.deepEqual(page.complaints, []);
  await close(page);
});

story('what the search finds lies over everything else, at the search, and goes when one is chosen', async (world) => {
  const covered = (page) => page.getByTestId('found').locator('li button').evaluateAll((all) => all.filter((button) => {
    const box = button.getBoundingClientRect();
    return [box.left + 3, box.right - 3].some((x) => !button.contains(document.elementFromPoint(x, box.top + box.height / 2)));
  }).length);
  for (const [width, height] of [[1440, 900], [1000, 800], [320, 720]]) {
    const page = await control(world, '?lang=en', { width, height });
    await mapIsThere(page);
    await page.getByTestId('search').fill('a');
    await eventually('some', () => page.getByTestId('found').locator('li').count(), (n) => n > 3);
    assert.equal(await covered(page), 0, `at ${width}`);
    const [search, found] = [await page.locator('.search').boundingBox(), await page.locator('.search-found').boundingBox()];
    assert.ok(Math.abs(found.x + found.width - search.x - search.width) < 2 && found.y >= search.y + search.height && found.x >= 0, JSON.stringify({ search, found }));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    const second = (await page.evaluate(() => document.activeElement.firstChild.textContent));
    await page.keyboard.press('Enter');
    await eventually('the second', () => text(page, 'station-panel'), (t) => t.includes(second));
    assert.equal(await page.getByTestId('found').count(), 0);
    await page.getByTestId('search').fill('STORY-1');
    await page.getByTestId('search').press('Enter');
    await eventually('the first', () => text(page, 'station-panel'), (t) => t.includes('STORY-1'));
    assert.equal(await page.getByTestId('found').count(), 0);
    assert.equal(await page.locator('.map-found').innerText(), '1 station');
    assert.equal(await sideways(page), 0);
    assert.deepEqual(page.complaints, []);
    await close(page);
  }
});

story('a station and its charts say that they are read before they say what was measured', async (world) => {
  await world.say(world.ownStation, 'pm25', 12);
  const page = await control(world, '?lang=en');
  const held = [];
  const hold = (address) => page.route(address, (route) => void held.push(route));
  // What the page has given up meanwhile needs no answer.
  const goOn = () => Promise.all(held.splice(0).map((route) => route.continue().catch(() => {})));
  await hold('**/api/v1/series?*');
  await hold(`**/api/v1/things/${world.ownStation.id}*`);
  await page.goto(`${world.server.address}/control?lang=en&station=${world.ownStation.id}`);
  await eventually('the panel', () => text(page, 'station-reading'), (t) => t.includes('Reading the station'));
  await page.unroute(`**/api/v1/things/${world.ownStation.id}*`);
  await goOn();
  await eventually('the charts', () => page.locator('.chart').allInnerTexts(), (all) => all.length === 2 && all.every((t) => t.includes('Reading the values') && !t.includes('No values')));
  await page.unroute('**/api/v1/series?*');
  await goOn();
  await eventually('the values', () => page.locator('.chart [role="img"]').first().getAttribute('data-points'), (n) => Number(n) > 0);
  assert.ok(!(await text(page, 'station-panel')).includes('Reading'));
  await page.route('**/api/v1/series?*', (route) => route.fulfill({ status: 503, json: { code: 'unavailable', key: 'refusal.unavailable', message: 'the store is busy' } }));
  await page.goto(`${world.server.address}/control?lang=en&station=${world.ownStation.id}`);
  await eventually('why not', () => page.locator('.chart').first().innerText(), (t) => t.includes('could not be read: the store is busy'));
  await close(page);
});
