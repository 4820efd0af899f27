// What people are told is true: of a past moment, of a moment to come, of a station without a place, of a value that failed.
import assert from 'node:assert/strict';
import { close } from '../lib/browser.mjs';
import { eventually, story } from '../lib/check.mjs';
import { control, text } from '../lib/control_room.mjs';
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
  await page.route(/api\/v1\/situations\?at=/, (route) => route.fulfill({ status: 503, contentType: 'application/json', body: '{"code":"unavailable","message":"the records cannot be asked"}' }));
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
  await eventually('the list below', () => text(page, 'flagged'), (t) => t.toLowerCase().includes('failed') || t.includes('Marked by'));
  const chart = await eventually('the chart in words', () => page.locator('.chart [role="img"]').first().getAttribute('aria-label'), (t) => t.includes('53'));
  assert.ok(!/9,?000/.test(chart), chart);
  await world.say(station, 'noise', 52, 1);
  await close(page);
});
