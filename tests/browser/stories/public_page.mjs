// The public page as a citizen sees it, most of the time without JavaScript.
import assert from 'node:assert/strict';
import { close, open, sideways } from '../lib/browser.mjs';
import { control, text } from '../lib/control_room.mjs';
import { eventually, story } from '../lib/check.mjs';

story('the public page needs no JavaScript and weighs at most 50 kB', async (world) => {
  const response = await fetch(`${world.server.address}/?lang=en`, { headers: { 'accept-encoding': 'identity' } });
  const html = await response.text();
  const style = await fetch(world.server.address + /href="(\/style\/[^"]+)"/.exec(html)[1], { headers: { 'accept-encoding': 'identity' } });
  const size = Buffer.byteLength(html) + Buffer.byteLength(await style.text());
  assert.ok(size <= 50_000, `${size} bytes`);
  const page = await open(world.browser, `${world.server.address}/?lang=en`, { javaScriptEnabled: false });
  for (const heading of ['Air', 'Noise', 'Temperature and heat', 'Crowding', 'Open data'])
    assert.equal(await page.getByRole('heading', { name: heading, exact: true }).count(), 1, heading);
  assert.match(await page.locator('#air').innerText(), /\d+\s*µg\/m³/);
  assert.equal(await page.locator('#noise figure svg use').count(), world.districts);
  await page.locator('#noise summary').click();
  assert.equal(await page.locator('#noise tbody tr').count(), world.districts);
  assert.ok((await page.locator('main').innerText()).includes('simulated'));
  assert.equal(page.asked.length, 2, page.asked.join(' ')); // the page and its style
  await close(page);
});

story('the public page and the control room show the same number', async (world) => {
  const room = await control(world, '?lang=en&q=temperature');
  await eventually('the same temperature', async () => {
    const shown = await room.getByTestId('city-median').innerText();
    const html = await (await fetch(`${world.server.address}/?lang=en`)).text();
    return { shown, written: /id="heat"[\s\S]*?<b>([^<]+)<\/b>/.exec(html)?.[1] };
  }, ({ shown, written }) => shown === written);
  await close(room);
});

story('the public page shows the air index of the API, with its class', async (world) => {
  // Both are made anew every minute: they are read again when a minute passed between them.
  const { indices, section } = await eventually('the same index', async () => {
    const indices = await world.server.get('/api/v1/indices');
    const html = await (await fetch(`${world.server.address}/?lang=en`)).text();
    return { indices, section: /<section id="index"[\s\S]*?<\/section>/.exec(html)[0] };
  }, ({ indices, section }) => section.includes(`<b>${indices.city.air.value}</b><span>${indices.scale.short}</span>`));
  assert.ok(section.includes(indices.scale.classes[indices.city.air.class].name.en));
  assert.ok(section.includes('(not official)'));
  assert.equal(indices.areas.length, world.districts);
});

story('the page of the stations counts what the API counts, without JavaScript', async (world) => {
  const { stations } = await world.server.get('/api/v1/health');
  const page = await open(world.browser, `${world.server.address}/health?lang=en`, { javaScriptEnabled: false });
  const text = await page.locator('#now').innerText();
  assert.equal(stations.total, world.stations);
  assert.match(text, /of [\d,]+ stations/);
  assert.ok(Buffer.byteLength(await page.content()) <= 50_000);
  assert.equal(page.asked.length, 2, page.asked.join(' ')); // the page and its style
  await close(page);
});

story('the public page speaks the language that was chosen, and remembers it', async (world) => {
  const page = await open(world.browser, `${world.server.address}/`, { javaScriptEnabled: false, locale: 'ko-KR' });
  assert.match(await page.locator('h1').innerText(), /지금/);
  await page.getByRole('link', { name: 'English' }).click();
  assert.match(await page.locator('h1').innerText(), /now/);
  await page.goto(`${world.server.address}/`);
  assert.match(await page.locator('h1').innerText(), /now/);
  await close(page);
});

for (const path of ['/', '/health', '/login', '/control', '/control?view=list']) {
  for (const lang of ['en', 'ko']) {
    story(`${path} in ${lang} fits 320 px without scrolling sideways`, async (world) => {
      const page = await open(world.browser, `${world.server.address}${path}${path.includes('?') ? '&' : '?'}lang=${lang}`, { width: 320, height: 720 });
      if (path.startsWith('/control')) await page.locator('.panel h2').first().waitFor();
      // Which districts a table names depends on the minute: it must bear a long one.
      else await page.evaluate(() => document.querySelectorAll('tbody th').forEach((head) => (head.textContent = 'Yeongdeungpo-Haneulmaru-gu')));
      assert.equal(await sideways(page), 0);
      await close(page);
    });
  }
}

story('a form says in Korean and without JavaScript what it misses, at each field, and keeps what was typed', async (world) => {
  const page = await open(world.browser, `${world.server.address}/login?lang=ko`, { javaScriptEnabled: false });
  await page.getByRole('button', { name: '로그인' }).click();
  const summary = page.getByRole('alert');
  assert.match(await summary.innerText(), /아이디를 입력하십시오[\s\S]*비밀번호를 입력하십시오/);
  assert.equal(await page.locator('#login').getAttribute('aria-describedby'), 'login-fault');
  assert.equal(await page.locator('#login-fault').innerText(), '아이디를 입력하십시오');
  assert.equal(await page.locator('#password').getAttribute('aria-invalid'), 'true');
  await summary.getByRole('link', { name: '비밀번호를 입력하십시오' }).click();
  assert.equal(new URL(page.url()).hash, '#password');
  await page.locator('#login').fill('nobody.here');
  await page.getByRole('button', { name: '로그인' }).click();
  assert.equal(await page.locator('#login').inputValue(), 'nobody.here');
  assert.equal(await page.locator('#login-fault').count(), 0);
  await close(page);
});

story('a page that is refused says why in the language of its reader', async (world) => {
  const page = await open(world.browser, `${world.server.address}/logout?lang=ko`, { javaScriptEnabled: false });
  assert.match(await page.locator('main').innerText(), /입력한 값이 올바르지 않습니다[\s\S]*여기서는 GET 요청을 할 수 없습니다/);
  assert.equal(await page.locator('html').getAttribute('lang'), 'ko');
  await close(page);
});

story('pages lead to those that are open to their reader, and to no other', async (world) => {
  const login = `yuna${Date.now()}`;
  await world.server.run('operator', 'create', '--login', login, '--password', 'a long enough secret');
  const page = await open(world.browser, `${world.server.address}/?lang=en`, { javaScriptEnabled: false });
  // Those that every city has; what other domains bring stands anywhere among them.
  const usual = ['The city now', 'Warnings', 'Stations', 'Control room', 'Subscribers', 'Sign in', 'Your login'];
  const links = async () => (await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allInnerTexts()).filter((link) => usual.includes(link));
  assert.deepEqual(await links(), ['The city now', 'Warnings', 'Stations', 'Control room', 'Sign in']);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('Login name').fill(login);
  await page.getByLabel('Password').fill('a long enough secret');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.goto(`${world.server.address}/health`);
  assert.deepEqual(await links(), ['The city now', 'Warnings', 'Stations', 'Control room', 'Subscribers', 'Your login']);
  assert.equal(await page.getByRole('navigation', { name: 'Pages' }).locator('[aria-current="page"]').innerText(), 'Stations');
  await close(page);
});

story('an operator signs in with a form and out again, without JavaScript', async (world) => {
  // Told again, it is somebody else.
  const login = `minseo${Date.now()}`;
  await world.server.run('operator', 'create', '--login', login, '--password', 'a long enough secret');
  const page = await open(world.browser, `${world.server.address}/login?lang=en`, { javaScriptEnabled: false });
  await page.getByLabel('Login name').fill(login);
  await page.getByLabel('Password').fill('not the secret');
  await page.getByRole('button', { name: 'Sign in' }).click();
  assert.match(await page.getByRole('alert').innerText(), /does not fit/);
  await page.getByLabel('Password').fill('a long enough secret');
  await page.getByRole('button', { name: 'Sign in' }).click();
  assert.equal(new URL(page.url()).pathname, '/control');
  const [cookie] = (await page.context().cookies()).filter((c) => c.name === 'madang_session');
  assert.ok(cookie.httpOnly && cookie.sameSite === 'Lax');
  await page.goto(`${world.server.address}/login?lang=en`);
  assert.match(await page.locator('main').innerText(), new RegExp(`signed in as ${login}`));
  await page.getByRole('button', { name: 'Sign out' }).click();
  assert.equal((await page.context().cookies()).filter((c) => c.name === 'madang_session').length, 0);
  await close(page);
});
