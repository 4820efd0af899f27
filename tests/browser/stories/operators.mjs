// Operators beside each other, and their coming and going.
import assert from 'node:assert/strict';
import { close, sideways, violations } from '../lib/browser.mjs';
import { control, mapIsThere, text } from '../lib/control_room.mjs';
import { operator, withOperator } from '../lib/operator.mjs';
import { eventually, story } from '../lib/check.mjs';

const focused = (page) => page.evaluate(() => `${document.activeElement.id || document.activeElement.textContent}`);
const focusIsInPanel = (page) => page.evaluate(() => document.activeElement.closest('.panel') !== null);

story('what was typed stays readable when another operator is faster, and says who, and the focus stays in the panel', (world) => withOperator(world, async ({ minseo, raise, room }) => {
  for (const [lang, words] of [['en', /resolved it at \d\d:\d\d[\s\S]*stays here/], ['ko', /님이 상황을 종료했습니다[\s\S]*남아 있어/]]) {
    const s = await raise({});
    const page = await room(`?lang=${lang}&situation=${s.id}`, lang === 'ko' ? { width: 320, height: 720 } : {});
    await page.locator('[data-action="dismiss"]').click();
    await page.keyboard.type('A street sweeper went by');
    await minseo.send(`/api/v1/situations/${s.id}/resolve`, { text: 'Somebody else was there' });
    await eventually('who was faster', () => text(page, 'overtaken'), (t) => words.test(t) && t.includes(minseo.login));
    assert.equal(await page.locator('#action-dismiss').inputValue(), 'A street sweeper went by');
    assert.equal(await page.locator('#action-dismiss').getAttribute('readonly'), '');
    assert.equal(await focused(page), 'action-dismiss');
    // What was typed can still be told, as a note.
    await page.keyboard.press('Control+Enter');
    await eventually('the note', () => text(page, 'history'), (t) => t.includes('A street sweeper went by'));
    await eventually('the focus', () => focusIsInPanel(page), (inside) => inside);
    assert.deepEqual(page.complaints, []);
    await close(page);
  }
}));

story('the focus stays in the panel when the button that has it is taken away', (world) => withOperator(world, async ({ minseo, raise, room }) => {
  const s = await raise({});
  const page = await room(`?lang=en&situation=${s.id}`);
  await page.locator('[data-action="resolve"]').focus();
  await minseo.send(`/api/v1/situations/${s.id}/resolve`, {});
  await page.locator('[data-action="resolve"]').waitFor({ state: 'detached' });
  assert.ok(await focusIsInPanel(page), await focused(page));
  // A window of silence as well: what was typed stays.
  const open = await raise({});
  await page.goto(`${world.server.address}/control?lang=en&situation=${open.id}`);
  await page.locator('[data-action="silence"]').click();
  await page.keyboard.type('Works at the quay');
  await minseo.send(`/api/v1/situations/${open.id}/dismiss`, { text: 'no' });
  await eventually('who was faster', () => text(page, 'overtaken'), (t) => /dismissed it as a false alarm/.test(t));
  assert.equal(await page.locator('#silence-reason').inputValue(), 'Works at the quay');
  assert.ok(await focusIsInPanel(page), await focused(page));
  await close(page);
}));

story('an operator signs out from the control room, by keyboard too', async (world) => {
  for (const [login, lang, size] of [['harin.choi', 'en', {}], ['doyun.jung', 'ko', { width: 320, height: 720 }]]) {
    const { storageState } = await operator(world, login);
    const page = await control(world, `?lang=${lang}`, { storageState, ...size });
    const name = page.getByTestId('me');
    await name.focus();
    await page.keyboard.press('Enter');
    await eventually('the menu', () => page.locator('#account').innerText(), (t) => t.includes(login));
    assert.equal(await sideways(page), 0);
    assert.deepEqual(await violations(page), [], 'with the open menu');
    await page.keyboard.press('Escape');
    assert.equal(await name.getAttribute('aria-expanded'), 'false');
    assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), 'me');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.dataset.testid), 'sign-out');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/login/);
    assert.equal((await (await page.request.get(`${world.server.address}/api/v1/me`)).json()).operator, null);
    await close(page);
  }
});

const field = (page, name) => page.locator(`#report-${name}`);
const newest = async (minseo) => (await minseo.read('/api/v1/situations?open=1&limit=1000')).situations.sort((a, b) => b.id - a.id)[0];

story('a situation is reported by hand: what is missing is said at its field, the map answers where', (world) => withOperator(world, async ({ minseo, raise, room }) => {
  const other = await raise({});
  const page = await room('?lang=en');
  await mapIsThere(page);
  await page.getByTestId('report').click();
  await page.getByTestId('report-form').getByRole('button', { name: 'Report it' }).click();
  await eventually('the first that is missing', () => focused(page), (id) => id === 'report-kind');
  assert.match(await page.getByTestId('report-form').innerText(), /This is needed[\s\S]*in this language too[\s\S]*in this language too[\s\S]*Say where it is/);
  assert.deepEqual(await violations(page), [], 'the form with its faults');
  await field(page, 'kind').selectOption('fire');
  await field(page, 'severity').selectOption('caution');
  await field(page, 'headline').fill('Smoke behind the market');
  await field(page, 'headline-ko').fill('시장 뒤편 연기');
  // What is opened meanwhile takes nothing away.
  await page.locator(`.situation-pin[data-situation="${other.id}"]`).click();
  await page.getByTestId('situation-panel').waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('report').click();
  assert.equal(await field(page, 'headline').inputValue(), 'Smoke behind the market');
  await page.getByTestId('report-pick').click();
  const pinOfOther = await page.locator(`.situation-pin[data-situation="${other.id}"]`).boundingBox();
  await page.mouse.click(pinOfOther.x + pinOfOther.width / 2, pinOfOther.y + pinOfOther.height / 2);
  await eventually('the place, and nothing was opened', () => field(page, 'place').inputValue(), (t) => /^\d+\.\d{5}, \d+\.\d{5}$/.test(t));
  await page.getByTestId('report-mark').waitFor();
  await field(page, 'radius').selectOption('300');
  await field(page, 'simulated').check();
  await page.getByTestId('report-form').getByRole('button', { name: 'Report it' }).click();
  await eventually('it is opened', () => text(page, 'situation-panel'), (t) => t.includes('Smoke behind the market') && t.includes('Needs somebody') && t.includes('internal'));
  const made = await newest(minseo);
  assert.deepEqual([made.kind, made.severity, made.headline.ko, made.radius, made.public, made.simulated], ['fire', 'caution', '시장 뒤편 연기', 300, false, true]);
  await minseo.send(`/api/v1/situations/${made.id}/resolve`, {});
  assert.deepEqual(page.complaints, []);
  await close(page);
}));

story('a report is written by keyboard on 320 px, for the whole city, and a refusal stands at its field', (world) => withOperator(world, async ({ minseo, room }) => {
  const page = await room('?lang=ko', { width: 320, height: 720 });
  await page.getByTestId('report').waitFor();
  await page.locator('.panel h2').first().click();
  await page.keyboard.press('r');
  await eventually('the form', () => focused(page), (id) => id === 'report-kind');
  assert.equal(await sideways(page), 0);
  await field(page, 'kind').selectOption('flood');
  await field(page, 'severity').selectOption('critical');
  await field(page, 'headline').fill('The river rises');
  await field(page, 'headline-ko').fill('강물이 불어납니다');
  await field(page, 'area').selectOption('city');
  await field(page, 'public').check();
  await page.route('**/api/v1/situations', (route) => (route.request().method() === 'POST' ? route.fulfill({ status: 400, json: { code: 'invalid', key: 'refusal.invalid', message: 'headline: not a UTF-8 text' } }) : route.continue()));
  await field(page, 'instruction').focus();
  await page.keyboard.press('Control+Enter');
  await eventually('the refusal', () => text(page, 'report-refused'), (t) => t.includes('headline: not a UTF-8 text'));
  await eventually('its field', () => focused(page), (id) => id === 'report-headline');
  assert.equal(await sideways(page), 0);
  assert.deepEqual(await violations(page), [], 'the form with its refusal');
  await page.unroute('**/api/v1/situations');
  await field(page, 'instruction-ko').focus();
  await page.keyboard.press('Control+Enter');
  await eventually('it is opened', () => text(page, 'situation-panel'), (t) => t.includes('강물이 불어납니다') && t.includes('도시 전체'));
  const made = await newest(minseo);
  assert.deepEqual([made.kind, made.public, made.area, made.place], ['flood', true, null, null]);
  await minseo.send(`/api/v1/situations/${made.id}/resolve`, {});
  await close(page);
}));

story('who may report in one area reports by place there, and is told what he lacks elsewhere, on 320 px in Korean', (world) => withOperator(world, async ({ minseo }) => {
  const { features } = await (await fetch(`${world.server.address}/api/v1/areas`)).json();
  const { stations } = await (await fetch(`${world.server.address}/api/v1/stations`)).json();
  const pathOf = (id) => {
    const area = features.find((f) => f.properties.id === id)?.properties;
    return area ? [area, ...pathOf(area.parent)] : [];
  };
  const station = world.someStation;
  const district = pathOf(station.area).at(-1);
  const elsewhere = stations.find((s) => s.area !== null && pathOf(s.area).at(-1).id !== district.id);
  const { storageState, read } = await operator(world, 'sua.han', district.code);
  const page = await control(world, '?lang=ko&report', { storageState, width: 320, height: 720 });
  const report = () => page.getByTestId('report-form').getByRole('button', { name: '신고하기' }).click();
  await eventually('the form', () => focused(page), (id) => id === 'report-kind');
  assert.equal(await field(page, 'area').locator('option[value="city"]').count(), 0, 'the whole city is not his');
  await field(page, 'kind').selectOption('fire');
  await field(page, 'severity').selectOption('notice');
  await field(page, 'headline').fill('Smoke in the yard');
  await field(page, 'headline-ko').fill('마당의 연기');
  await field(page, 'place').fill(`${elsewhere.lat}, ${elsewhere.lon}`);
  await report();
  const refused = await eventually('what he lacks', () => text(page, 'report-refused'), (t) => t.includes('관리자'));
  assert.ok(!refused.includes('로그인'), refused);
  assert.equal(await sideways(page), 0);
  assert.deepEqual(await violations(page), [], 'the form with what he lacks');
  await field(page, 'place').fill(`${station.lat}, ${station.lon}`);
  await report();
  await eventually('it is opened', () => text(page, 'situation-panel'), (t) => t.includes('마당의 연기'));
  const made = await newest({ read });
  assert.equal(pathOf(made.area?.id).at(-1)?.id, district.id);
  // The right is taken away while he writes: that is said, and nobody was faster.
  await page.locator('[data-action="dismiss"]').click();
  await page.keyboard.type('쓰레기 소각이었습니다');
  await world.server.run('roles', 'take', '--login', 'sua.han', '--role', 'operator', '--area', district.code);
  const lacks = await eventually('what he lacks now', () => text(page, 'overtaken'), (t) => t.includes('지금 역할로는'));
  assert.ok(!lacks.includes('님이') && lacks.includes('남아 있어'), lacks);
  assert.equal(await page.locator('#action-dismiss').inputValue(), '쓰레기 소각이었습니다');
  await minseo.send(`/api/v1/situations/${made.id}/resolve`, {});
  await world.server.run('roles', 'give', '--login', 'sua.han', '--role', 'operator', '--area', district.code);  // as it was
  await close(page);
}));

story('a report whose answer is lost is opened when it turns out to have arrived, and the next one replaces nothing', (world) => withOperator(world, async ({ minseo, room }) => {
  const page = await room('?lang=en&report');
  const write = async (kind, headline) => {
    await field(page, 'kind').selectOption(kind);
    await field(page, 'severity').selectOption('notice');
    await field(page, 'headline').fill(headline);
    await field(page, 'headline-ko').fill(headline);
    await field(page, 'area').selectOption('city');
    await page.getByTestId('report-form').getByRole('button', { name: 'Report it' }).click();
    await eventually('it is opened', () => text(page, 'situation-panel'), (t) => t.includes(headline));
    return newest(minseo);
  };
  await page.route('**/api/v1/situations', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    await route.fetch();
    return route.abort();
  });
  const first = await write('fire', 'A bin burns');
  await page.unroute('**/api/v1/situations');
  await page.keyboard.press('Escape');
  await page.getByTestId('situation-panel').waitFor({ state: 'detached' });
  await page.getByTestId('report').click();
  assert.equal(await field(page, 'headline').inputValue(), '', 'what was sent is not written again');
  const second = await write('flood', 'A cellar is full');
  assert.notEqual(second.id, first.id);
  assert.equal((await minseo.read(`/api/v1/situations/${first.id}`)).headline.en, 'A bin burns');
  for (const { id } of [first, second]) await minseo.send(`/api/v1/situations/${id}/resolve`, {});
  await close(page);
}));

story('what was written outlives the end of the login, and waits for who wrote it', async (world) => {
  const { storageState } = await operator(world, 'jiho.lim');
  const page = await control(world, '?lang=en&report', { storageState });
  await field(page, 'headline').fill('A pipe has burst');
  await field(page, 'area').selectOption('city');
  await page.request.post(`${world.server.address}/logout`, { form: { csrf: (await (await page.request.get(`${world.server.address}/api/v1/me`)).json()).operator.csrf } });
  await page.getByTestId('login-ended').waitFor();
  assert.equal(await field(page, 'headline').inputValue(), 'A pipe has burst');
  await field(page, 'kind').selectOption('flood');
  await field(page, 'severity').selectOption('notice');
  await field(page, 'headline-ko').fill('수도관이 터졌습니다');
  await page.getByTestId('report-form').getByRole('button', { name: 'Report it' }).click();
  await eventually('why', () => text(page, 'report-refused'), (t) => t.includes('not signed in any more') && t.includes('Sign in'));
  await page.getByTestId('report-refused').getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('Login name').fill('jiho.lim');
  await page.getByLabel('Password').fill('a long enough secret');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await eventually('the draft', () => field(page, 'headline-ko').inputValue(), (t) => t === '수도관이 터졌습니다');
  await eventually('its kind', () => field(page, 'kind').inputValue(), (kind) => kind === 'flood');
  await close(page);
});

story('nobody is offered to report who may not', async (world) => {
  const page = await control(world, '?lang=en&report');
  await eventually('the way in', () => text(page, 'report-panel'), (t) => t.includes('Sign in'));
  assert.equal(await page.getByTestId('report-form').count(), 0);
  await page.goto(`${world.server.address}/control?lang=en`);
  await page.getByTestId('situations').waitFor();
  assert.equal(await page.getByTestId('report').count(), 0);
  await close(page);
});
