// Situations as operators work them: raised by hand here, so that every story knows what it waits for.
import assert from 'node:assert/strict';
import { close, open, sideways } from '../lib/browser.mjs';
import { control, mapIsThere, text } from '../lib/control_room.mjs';
import { row, withOperator } from '../lib/operator.mjs';
import { eventually, story } from '../lib/check.mjs';

const pin = (page, id) => page.locator(`.situation-pin[data-situation="${id}"]`);
const confirm = (page) => page.locator('.action-form button[type="submit"]').click();
const state = (page) => page.getByTestId('situation-state').innerText();

story('a situation that is raised stands in list, map, header, time line and title at once', (world) => withOperator(world, async ({ minseo, raise, room }) => {
  const page = await room('?lang=en');
  await mapIsThere(page);
  // The living city may have situations of its own, which come and go: the header is held against what the server knows.
  const serious = async () => {
    const all = page.locator('[data-testid="open-situations"] [data-severity="serious"] b');
    return (await all.count()) === 0 ? 0 : Number(await all.innerText());
  };
  const seriousKnown = async () => {
    const groups = new Map();
    const rank = (one) => ['notice', 'caution', 'serious', 'critical'].indexOf(one.severity);
    for (const one of (await minseo.read('/api/v1/situations?open=1&limit=1000')).situations) {
      const key = one.group || one.id;
      groups.set(key, Math.max(groups.get(key) ?? 0, rank(one)));
    }
    return [...groups.values()].filter((worst) => worst === 2).length;
  };
  const waiting = async () => Number(/^\((\d+)\) /.exec(await page.title())?.[1] ?? 0);
  await eventually('the list', () => text(page, 'situations'), (t) => /Nothing needs anybody|\d+ open/.test(t));
  const s = await raise({});

  await eventually('the list', () => text(page, 'situations'), (t) => t.includes(s.headline.en) && t.includes('Serious') && t.includes('Needs somebody'));
  await eventually('the header', async () => [await serious(), await seriousKnown()], ([shown, known]) => shown === known && shown > 0);
  await eventually('the title', waiting, (n) => n > 0);
  await pin(page, s.id).waitFor();
  await eventually('the time line', () => page.locator('.situation-mark').count(), (n) => n >= 1);
  assert.deepEqual(page.complaints, []);
  await close(page);
}));

story('pointer and keyboard show the same of a situation, and open it', (world) => withOperator(world, async ({ raise, room }) => {
  const s = await raise({});
  const page = await room('?lang=en');
  await pin(page, s.id).hover();
  // Its age goes on while we look.
  const tooltip = async () => (await page.locator('.situation-tooltip').innerText()).replace(/\([^)]*\)/, '');
  const hovered = await tooltip();
  assert.ok(hovered.includes(s.headline.en) && hovered.includes('Serious'), hovered);
  await eventually('the row', () => row(page, s.id).getAttribute('class'), (c) => /pointed/.test(c));
  await page.mouse.move(5, 5);
  await pin(page, s.id).focus();
  assert.equal(await tooltip(), hovered);
  await page.keyboard.press('Enter');
  await eventually('the panel', () => text(page, 'situation-panel'), (t) => t.includes('Somebody saw dark smoke') && t.includes('Keep windows closed.'));
  assert.match(page.url(), new RegExp(`situation=${s.id}\\b`));
  await page.reload();
  await eventually('the same view after a reload', () => text(page, 'situation-panel'), (t) => t.includes(s.headline.en));
  await page.keyboard.press('Escape');
  await row(page, s.id).waitFor();
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('n');
  await page.getByTestId('situation-panel').waitFor();
  await close(page);
}));

story('an operator acknowledges by key, assigns, notes and resolves; public page and CAP agree', (world) => withOperator(world, async ({ minseo, raise, room }) => {
  const s = await raise({});
  const page = await room(`?lang=en&situation=${s.id}`);
  const anybody = await control(world, '?lang=en');
  const cap = async () => (await fetch(`${world.server.address}/alerts/${s.id}.cap`)).text();
  const publicPage = async () => (await fetch(`${world.server.address}/alerts/${s.id}?lang=en`)).text();
  await eventually('needs somebody', () => state(page), (t) => t === 'Needs somebody');
  await eventually('CAP', cap, (t) => /<status>Exercise<\/status>[\s\S]*<msgType>Alert<\/msgType>[\s\S]*<severity>Severe<\/severity>/.test(t) && t.includes(s.headline.en));
  await eventually('the public page', publicPage, (t) => t.includes(s.headline.en));
  const plain = await open(world.browser, `${world.server.address}/alerts/${s.id}?lang=en`, { javaScriptEnabled: false });
  await eventually('the picture on the public page', () => plain.locator('figure img').boundingBox(), (box) => box !== null && box.height > 200);
  await close(plain);

  // Who is signed in is known when the actions are there; before that the key does nothing.
  await page.locator('[data-action="acknowledge"]').waitFor();
  await page.keyboard.press('a');
  await eventually('acknowledged', () => state(page), (t) => t === 'Acknowledged');
  await eventually('seen by others', () => row(anybody, s.id).getAttribute('data-state'), (t) => t === 'acknowledged');
  await page.locator('[data-action="assign"]').click();
  await confirm(page);
  await eventually('the assignee', () => text(page, 'situation-panel'), (t) => t.includes('Assigned to') && t.includes(minseo.login));
  await page.locator('[data-action="note"]').click();
  await page.getByLabel('Note').fill('Patrol 3 is on its way');
  await confirm(page);
  await eventually('the note', () => text(page, 'history'), (t) => t.includes('Patrol 3 is on its way') && t.includes(minseo.login));
  assert.ok(!(await publicPage()).includes('Patrol 3') && !(await cap()).includes('Patrol 3'), 'a note stays inside');

  await page.locator('[data-action="resolve"]').click();
  assert.match(await page.locator('.action-form').innerText(), /public page and CAP say that it is over/);
  await page.getByLabel('How it ended').fill('Fire is out');
  await confirm(page);
  await eventually('resolved', () => state(page), (t) => t === 'Resolved');
  await eventually('gone from the list of others', () => row(anybody, s.id).count(), (n) => n === 0);
  await anybody.getByRole('button', { name: /ended in the last 24 hours/ }).click();
  await eventually('among the ended ones', () => row(anybody, s.id).getAttribute('data-state'), (t) => t === 'resolved');
  await eventually('CAP says it is over', cap, (t) => /<msgType>Cancel<\/msgType>/.test(t) && /<responseType>AllClear<\/responseType>/.test(t));
  await eventually('it is over', publicPage, (t) => /It is over/.test(t));
  await close(page);
  await close(anybody);
}));

story('a dismissal wants a reason, and says so at the field', (world) => withOperator(world, async ({ raise, room }) => {
  const s = await raise({ severity: 'caution' });
  const page = await room(`?lang=ko&situation=${s.id}`);
  await page.locator('[data-action="dismiss"]').click();
  await confirm(page);
  await eventually('the sentence', () => page.locator('.action-form').innerText(), (t) => t.includes('짧게 적으십시오'));
  await eventually('the focus', () => page.evaluate(() => document.activeElement.id), (id) => id === 'action-dismiss');
  await page.keyboard.type('거리 청소차였습니다');
  await confirm(page);
  await eventually('dismissed', () => state(page), (t) => t === '오경보');
  await eventually('the reason', () => text(page, 'history'), (t) => t.includes('거리 청소차였습니다'));
  await close(page);
}));

story('a silence window is opened at a situation, hides the next ones from the public, and is ended in the list', (world) => withOperator(world, async ({ raise, room }) => {
  const s = await raise({});
  const page = await room(`?lang=en&situation=${s.id}`);
  await page.locator('[data-action="silence"]').click();
  assert.match(await page.getByTestId('silence-form').innerText(), /told to nobody outside/);
  await page.getByTestId('silence-form').getByRole('button', { name: 'Silence' }).click();
  assert.match(await page.locator('#silence-missing').innerText(), /Write a few words/);
  await page.getByLabel('For how long').selectOption({ label: '1 hour' });
  await page.getByLabel(/^Why/).fill('A fire drill of the district');
  await page.getByTestId('silence-form').getByRole('button', { name: 'Silence' }).click();
  await page.getByTestId('silence-form').waitFor({ state: 'detached' });
  await eventually('it is silenced itself', () => text(page, 'situation-panel'), (t) => t.includes('silenced'));

  const hidden = await raise({ headline: { en: 'Smoke of the drill', ko: '훈련 연기' } });
  assert.equal((await fetch(`${world.server.address}/alerts/${hidden.id}?lang=en`)).status, 404, 'the public does not see it');
  await page.goto(page.url().replace(/&?situation=\d+/, ''));
  const window = page.locator('[data-silence]', { hasText: 'A fire drill of the district' });
  await window.waitFor();
  assert.match(await window.innerText(), /Local air pollution[\s\S]*by minseo\.kim/);
  await window.getByRole('button', { name: 'End it now' }).click();
  await window.waitFor({ state: 'detached' });
  await eventually('public again', async () => (await fetch(`${world.server.address}/alerts/${hidden.id}?lang=en`)).status, (n) => n === 200);
  assert.deepEqual(page.complaints, []);
  await close(page);
}));

story('who comes second is told that somebody else was faster, and sees the newest state', (world) => withOperator(world, async ({ minseo, raise, room }) => {
  const s = await raise({});
  const page = await room('?lang=en', {});
  // This page hears nothing live any more, so it still offers what another operator has done already.
  await page.route('**/api/v1/situations/live', (route) => route.abort());
  await page.goto(`${world.server.address}/control?lang=en&situation=${s.id}`);
  await eventually('needs somebody', () => state(page), (t) => t === 'Needs somebody');
  await minseo.send(`/api/v1/situations/${s.id}/acknowledge`, {});
  await page.locator('[data-action="acknowledge"]').click();
  await eventually('the refusal', () => text(page, 'refused'), (t) => t.includes('Somebody else was faster'));
  await eventually('the newest state', () => state(page), (t) => t === 'Acknowledged');
  await close(page);
}));

story('the public sees public situations only, without internals, and may sign in to act', (world) => withOperator(world, async ({ raise }) => {
  const seen = await raise({ key: 'seen' });
  const hidden = await raise({ key: 'hidden', public: false, headline: { en: 'Sensor reads alone', ko: '혼자 다른 센서' } });
  const page = await control(world, `?lang=en&situation=${seen.id}`);
  await eventually('the panel', () => text(page, 'situation-panel'), (t) => t.includes(seen.headline.en));
  assert.equal(await page.locator('[data-action]').count(), 0);
  const next = new URL(await page.getByRole('link', { name: 'Sign in to act on it' }).getAttribute('href'), world.server.address).searchParams.get('next');
  assert.match(next, new RegExp(`^/control\\?.*situation=${seen.id}`));
  await page.goto(`${world.server.address}/control?lang=en&situation=${hidden.id}`);
  await eventually('not for the public', () => text(page, 'situation-panel'), (t) => t.includes('not public'));
  await page.goto(`${world.server.address}/control?lang=en`);
  await row(page, seen.id).waitFor();
  assert.equal(await row(page, hidden.id).count(), 0);
  await close(page);
}));

story('the hour before plays on the map and ends shortly after the onset', (world) => withOperator(world, async ({ raise, room }) => {
  const since = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 2 * 3_600_000);
  const s = await raise({ since: since.getTime() });
  const page = await room(`?lang=en&situation=${s.id}`);
  await mapIsThere(page);
  await page.getByTestId('hour-before').click();
  const moment = async () => Date.parse(new URL(page.url()).searchParams.get('at') ?? '');
  const first = await eventually('a moment of the hour before', moment, (t) => t >= since.getTime() - 3_600_000 && t < since.getTime());
  assert.match(await page.locator('.state.replay').innerText(), /Replay/);
  await eventually('a later moment', moment, (t) => t > first);
  // A picture that is slow to come is waited for, up to 10 s each.
  await eventually('ten minutes after the onset, and no further', moment, (t) => t === since.getTime() + 600_000, 400_000);
  await eventually('the pin, which nobody knew of then', () => pin(page, s.id).getAttribute('class'), (c) => c.includes('faint'));
  await page.waitForTimeout(1500);
  assert.equal(await moment(), since.getTime() + 600_000);
  await page.keyboard.press('l');
  await eventually('the pin as it is now', () => pin(page, s.id).getAttribute('class'), (c) => !c.includes('faint'));
  await close(page);
}));

story('sound is off until it is asked for, and the choice is remembered', (world) => withOperator(world, async ({ room }) => {
  const page = await room('?lang=en');
  assert.equal(await page.getByTestId('sound').getAttribute('aria-pressed'), 'false');
  await page.getByTestId('sound').click();
  await eventually('on', () => page.getByTestId('sound').getAttribute('aria-pressed'), (t) => t === 'true');
  await page.reload();
  await eventually('still on', () => page.getByTestId('sound').getAttribute('aria-pressed'), (t) => t === 'true');
  await close(page);
}));

story('the list is narrowed by words and severity, and the address says how', (world) => withOperator(world, async ({ raise, room }) => {
  const smoke = await raise({ key: 'a' });
  const noise = await raise({ key: 'b', kind: 'noise_event', severity: 'caution', headline: { en: 'Hammering at night', ko: '밤중의 망치 소리' } });
  const page = await room('?lang=en');
  await row(page, noise.id).waitFor();
  await page.getByLabel('Severity').selectOption('serious');
  await eventually('serious ones only', async () => [await row(page, smoke.id).count(), await row(page, noise.id).count()], ([a, b]) => a === 1 && b === 0);
  await page.getByLabel('Severity').selectOption('');
  await page.getByLabel('Filter situations').fill('hammer');
  await eventually('the word only', async () => [await row(page, smoke.id).count(), await row(page, noise.id).count()], ([a, b]) => a === 0 && b === 1);
  await eventually('the address', async () => page.url(), (url) => url.includes('need=hammer'));
  await close(page);
}));

story('eighty characters without a space fit 320 px, in list and panel', (world) => withOperator(world, async ({ raise, room }) => {
  const s = await raise({ headline: { en: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft', ko: '청솔강변물류종합터미널제17별관북측출입구와그주변공영주차장일대초미세먼지가계속해서빠르게오르고있으니확인하시기바랍니다'.padEnd(80, '가') } });
  for (const lang of ['en', 'ko']) {
    const page = await room(`?lang=${lang}`, { width: 320, height: 720 });
    await row(page, s.id).waitFor();
    assert.equal(await sideways(page), 0, `the list in ${lang}`);
    await row(page, s.id).click();
    await page.getByTestId('situation-panel').waitFor();
    assert.equal(await sideways(page), 0, `the panel in ${lang}`);
    await close(page);
  }
}));

const kFlood = 40;
for (const [width, height] of [[1920, 1080], [1280, 720], [320, 720]]) {
  story(`the wall of ${width} x ${height} hides no serious situation behind cautions, and counts what it has no room for`, (world) => withOperator(world, async ({ minseo, raise, room }) => {
    const serious = await raise({ key: 'old and taken', headline: { en: 'Smoke that somebody works on', ko: '처리 중인 연기' } });
    await minseo.send(`/api/v1/situations/${serious.id}/acknowledge`, {});
    const cautions = [];
    for (let i = 0; i < kFlood; i += 1) cautions.push((await raise({ key: `caution ${i}`, severity: 'caution', headline: { en: `Caution ${i}`, ko: `주의 ${i}` } })).id);
    const { situations, more } = await minseo.read('/api/v1/situations?open=1&limit=10');
    assert.ok(situations.some((s) => s.id === serious.id), 'the API cuts off the mildest');
    assert.ok(more >= kFlood + 1 - 10, `more: ${more}`);
    const page = await room('?lang=en&wall', { width, height });
    const rows = page.locator('.situations .situation-list > li');
    // Where there is room for one line only, a serious one of the living city may have it.
    await eventually('the serious one above all cautions', () => page.locator('.situations .situation-row').evaluateAll((all) => all.map((x) => Number(x.dataset.situation))),
      (ids) => ids.length > 0 && ids.every((id, i) => !cautions.includes(id) || (ids.includes(serious.id) && i > ids.indexOf(serious.id))));
    // The living city may have some of its own; those of one cause are one line.
    const count = async () => new Set((await minseo.read('/api/v1/situations?open=1&limit=1000')).situations.map((s) => s.group || s.id)).size;
    const told = async () => Number(/(\d+) more/.exec(await page.getByTestId('more-on-wall').innerText())?.[1]);
    await eventually('each is shown or counted', async () => [await rows.count(), await told(), await count()], ([shown, hidden, all]) => shown + hidden === all);
    assert.match(await page.getByTestId('more-on-wall').innerText(), /Caution[\s\S]*\/control/);
    // Room is made anew whenever something beside the list changes.
    if (width > 860) await eventually('the count on the wall', () => page.getByTestId('more-on-wall').boundingBox(), (box) => box.y + box.height <= height);
    assert.equal(await sideways(page), 0);
    await close(page);
  }));
}

story('the wall shows what needs somebody, without controls', (world) => withOperator(world, async ({ raise }) => {
  const s = await raise({ severity: 'critical' });
  const page = await control(world, '?lang=ko&wall', { width: 2560, height: 1440 });
  await eventually('the list', () => text(page, 'situations'), (t) => t.includes(s.headline.ko) && t.includes('심각'));
  assert.equal(await page.locator('.situations select, .situations input, .situation-unfold').count(), 0);
  await close(page);
}));

story('station health says the same as its API, and single devices only to operators', (world) => withOperator(world, async ({ minseo, room }) => {
  const page = await open(world.browser, `${world.server.address}/control?lang=en&view=health`);
  await page.locator('.health-totals b').first().waitFor();
  const health = await (await fetch(`${world.server.address}/api/v1/health`)).json();
  assert.equal(health.work, undefined);
  assert.equal((await page.locator('.health-totals b').first().innerText()).replace(/\D/g, ''), String(health.stations.total));
  assert.equal(await page.getByTestId('work-list').count(), 0);
  await close(page);
  const inside = await room('?lang=en&view=health');
  await inside.getByTestId('work-list').waitFor();
  // The page reads it again every minute.
  await eventually('the same work', async () => [await inside.locator('.health-work tbody tr').count(), (await minseo.read('/api/v1/health')).work.length], ([shown, all]) => shown > 0 === all > 0, 180_000);
  await close(inside);
}));
