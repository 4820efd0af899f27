// The control room as an operator sees it.
import assert from 'node:assert/strict';
import { close, coloursAt, open } from '../lib/browser.mjs';
import { control, mapIsThere, text } from '../lib/control_room.mjs';
import { eventually, story } from '../lib/check.mjs';

story('the map is there with its scale, its unit and all stations', async (world) => {
  const page = await control(world, '?lang=en');
  await mapIsThere(page);
  const { stations } = await world.server.get('/api/v1/now?property=pm25');
  assert.equal(stations.total, world.stations);
  assert.match(await text(page, 'legend'), /PM2\.5[\s\S]*µg\/m³[\s\S]*0[\s\S]*60/);
  await eventually('reporting stations in the header', () => text(page, 'counters'), (t) => t.replace(/,/g, '').includes(`/${world.stations}`));
  await eventually('the state', () => text(page, 'state'), (t) => t.includes('Live'));
  assert.deepEqual(page.complaints, []);
  await close(page);
});

const kGood = 1;
const kSuspect = 3;

/** The map's colour in the middle of the mark where the keyboard's cursor is. */
async function colourAtCursor(page) {
  const map = await page.getByTestId('map').boundingBox();
  const [, x, y] = /translate\((-?\d+)px, (-?\d+)px\)/.exec(await page.locator('.tooltip').getAttribute('style'));
  return (await coloursAt(page, map.x + Number(x), map.y + Number(y), 1))[4];
}
/** Without the names of districts and the pins of what else goes on in the city, which may lie over any mark. */
const bare = (page) => page.addStyleTag({ content: '.area-label, .situation-pin { visibility: hidden; }' });
/** Yellow, the upper end of the dark map's ramp; a mark of few pixels is never quite pure. */
const isBrightest = ([r, g, b]) => r > 190 && g > 170 && b < 90;

story('a reading that arrives changes the list, the panel, the chart and the colour on the map', async (world) => {
  const station = world.ownStation;
  await world.say(station, 'pm25', 12, kGood);
  // The search leaves this station alone, so the cursor can be on no other.
  const page = await control(world, `?lang=en&station=${station.id}&find=${station.serial}`);
  await mapIsThere(page);
  await bare(page);
  const chart = page.locator('.chart [data-points]').first();
  await eventually('a chart with points', () => chart.getAttribute('data-points'), (n) => Number(n) > 0);
  await eventually('the value before', () => text(page, 'headline'), (t) => t.includes('12'));
  const before = Number(await chart.getAttribute('data-last'));

  await world.say(station, 'pm25', 987, kGood);

  await eventually('the headline', () => text(page, 'headline'), (t) => t.includes('987'));
  await eventually('the chart', () => chart.getAttribute('data-last'), (t) => Number(t) > before);
  await page.keyboard.press('j');
  await eventually('the tooltip', () => page.locator('.tooltip').innerText(), (t) => t.includes('987'));
  await eventually('the brightest colour of the ramp at the station', () => colourAtCursor(page), isBrightest);

  await world.say(station, 'pm25', 986, kSuspect);

  await eventually('a suspect value says so', () => text(page, 'headline'), (t) => t.includes('986') && t.includes('suspect'));
  await eventually('its mark is hollow', () => colourAtCursor(page), (colour) => !isBrightest(colour));
  await page.keyboard.press('v');
  await eventually('the list', () => page.locator('tbody tr').first().innerText(), (t) => t.includes('986'));
  await close(page);
});

story('a device that says it has no value is shown so everywhere, and what it sent is never a value', async (world) => {
  const station = world.ownStation;
  await world.say(station, 'pm25', 12, kGood);
  await world.say(station, 'pm25', -999);
  // The newest values hear of a reading after it was acknowledged.
  await eventually('the API', async () => (await world.server.get('/api/v1/now?property=pm25')).values.find(([id]) => id === station.id),
    ([, value, , flag, state, sent]) => value === null && flag === 9 && state === 1 && sent === -999);
  for (const [lang, words] of [['en', 'no value (device sent −999)'], ['ko', '값 없음(기기가 보낸 값: −999)']]) {
    const page = await control(world, `?lang=${lang}&station=${station.id}&find=${station.serial}`);
    await mapIsThere(page);
    await eventually('the headline', () => text(page, 'headline'), (t) => t.includes(words));
    await eventually('the table', () => page.locator('.all-values').innerText(), (t) => t.includes(words));
    await eventually('the chart, by its reason', () => page.getByTestId('flagged').innerText(), (t) => t.includes('-999') || t.includes('−999'));
    assert.ok(!(await page.locator('.chart [role="img"]').first().getAttribute('aria-label')).includes('999'), 'the chart has no such value');
    await page.keyboard.press('j');
    await eventually('the tooltip', () => page.locator('.tooltip').innerText(), (t) => t.includes(words));
    await page.keyboard.press('v');
    await eventually('the list', () => page.locator('tbody tr').first().innerText(), (t) => t.includes(words));
    // Also where the list is there before the values.
    await page.goto(`${world.server.address}/control?lang=${lang}&view=list&find=${station.serial}`);
    await eventually('the list by its address', () => page.locator('tbody tr').first().innerText(), (t) => t.includes(words));
    await page.goto(`${world.server.address}/control?lang=${lang}&station=${station.id}`);
    await page.locator('a.download').waitFor();
    const file = await fetch(world.server.address + (await page.locator('a.download').getAttribute('href')));
    const csv = await file.text();
    assert.match(file.headers.get('content-type'), /^text\/csv/);
    assert.ok(csv.includes('Asia/Seoul') && csv.includes('µg/m³') && csv.includes('STORY-1'), csv.slice(0, 600));
    assert.match(csv.trimEnd().split('\r\n').at(-1), lang === 'en' ? /,,,,no value,/ : /,,,,값 없음,/);
    assert.ok(!/,-999(\.\d+)?,/.test(csv), 'no value in the file');
    await close(page);
  }
});

story('numbers of one quantity are never shown under the name of another', async (world) => {
  const page = await control(world, '?lang=en&q=pm25');
  await mapIsThere(page);
  await eventually('a number', () => page.getByTestId('city-median').innerText(), (t) => /\d/.test(t));
  // The other quantity's values never come.
  await page.route('**/api/v1/live?property=noise', () => new Promise(() => {}));
  await page.locator('[data-channel="noise"]').click();
  await eventually('the other name without a number', () => page.getByTestId('overview').innerText(), (t) => /Noise\s+–/.test(t));
  await eventually('districts without numbers', () => page.locator('.area-label b').allInnerTexts(), (all) => all.every((t) => t === ''));
  await page.locator('[data-channel="pm25"]').click();
  await eventually('a number again', () => page.getByTestId('city-median').innerText(), (t) => /\d/.test(t));
  await close(page);
});

story('values keep changing by themselves while the city lives', async (world) => {
  const page = await control(world, '?lang=en&view=list&q=noise');
  const read = () => page.locator('tbody').innerText();
  const first = await eventually('rows', read, (t) => t.length > 100);
  await eventually('other rows', read, (t) => t !== first, 180_000);
  await close(page);
});

story('a moment of the past has its own address, and time can be dragged back to live', async (world) => {
  const at = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 3 * 3_600_000).toISOString().replace('.000Z', 'Z');
  const page = await control(world, `?lang=en&at=${at}&q=temperature`);
  const then = await world.server.get(`/api/v1/now?property=temperature&at=${at}`);
  await eventually('the median of that moment', () => page.getByTestId('city-median').innerText(),
    (t) => Math.abs(Number(t.replace('−', '-')) - then.city.median) < 0.06);
  assert.match(await page.locator('.state.replay').innerText(), /Replay/);
  assert.ok(!page.asked.some((url) => url.includes('/api/v1/live')), 'no value is followed live while looking back');
  const slider = page.getByRole('slider');
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  await eventually('the address', async () => page.url(), (url) => !url.includes(at) && url.includes('at='));
  await page.keyboard.press('End');
  await eventually('live again', () => text(page, 'state'), (t) => t.includes('Live'));
  assert.ok(!page.url().includes('at='));
  await close(page);
});

story('a moment of the past shows nearly every station reporting, as the city promised', async (world) => {
  for (const hours of [1, 6, 20]) {
    const { stations } = await world.server.get(`/api/v1/now?property=pm25&at=${new Date(Date.now() - hours * 3_600_000).toISOString()}`);
    assert.ok(stations.reporting >= 0.95 * (world.stations - 1), `${hours} h ago: ${JSON.stringify(stations)}`);
  }
});

story('search, list and keyboard open a station, and the address says which', async (world) => {
  const page = await control(world, '?lang=en');
  await eventually('values', () => page.getByTestId('city-median').innerText(), (t) => /\d/.test(t));
  await page.keyboard.press('/');
  await page.keyboard.type(world.someStation.serial);
  await page.keyboard.press('Tab');
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('v');
  await eventually('one row', () => page.locator('tbody tr').count(), (n) => n === 1);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByTestId('station-panel').waitFor();
  assert.match(page.url(), new RegExp(`station=${world.someStation.id}\\b`));
  await eventually('the serial', () => text(page, 'station-panel'), (t) => t.includes(world.someStation.serial));
  await page.reload();
  await eventually('the same view after a reload', () => text(page, 'station-panel'), (t) => t.includes(world.someStation.serial));
  await page.keyboard.press('Escape');
  await eventually('the city again', () => page.getByTestId('overview').count(), (n) => n === 1);
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await close(page);
});

story('the station says what it can do, that it is simulated, and carries its notice', async (world) => {
  const page = await control(world, `?lang=ko&station=${world.someStation.id}`);
  const thing = await world.server.get(`/api/v1/things/${world.someStation.id}`);
  const panel = await eventually('the panel', () => text(page, 'station-panel'), (t) => t.includes(thing.sensor.model));
  assert.ok(panel.includes('모의'), 'simulated data says so');
  assert.ok(panel.includes(thing.notice.ko), 'the notice stands beside the data');
  assert.equal(await page.locator('.all-values tbody tr').count(), thing.datastreams.length);
  await close(page);
});

story('nothing is asked of anybody but this server', async (world) => {
  const page = await control(world, `?lang=ko&theme=light&station=${world.someStation.id}`);
  await mapIsThere(page);
  await page.getByTestId('station-panel').waitFor();
  assert.deepEqual(page.asked.filter((url) => !url.startsWith(world.server.address) && !/^(data|blob):/.test(url)), []);
  assert.deepEqual(page.complaints, []);
  await close(page);
});

story('the wall has no controls and says whether it is live', async (world) => {
  const page = await control(world, '?lang=en&wall', { width: 2560, height: 1440 });
  await mapIsThere(page);
  assert.equal(await page.locator('.search, .map-buttons, .view-switch, .choices').count(), 0);
  await eventually('the state', () => text(page, 'state'), (t) => t.includes('Live'));
  await close(page);
});
