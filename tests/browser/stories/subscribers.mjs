// Who is told by e-mail and webhook: entered, tested, paused and removed by keyboard, against a receiver of our own;
// and work that is handed to an operator of the list.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { close, out, sideways, violations } from '../lib/browser.mjs';
import { control, text } from '../lib/control_room.mjs';
import { operator, withOperator } from '../lib/operator.mjs';
import { eventually, story } from '../lib/check.mjs';

/** A webhook's receiver on a free port of the loopback: keeps what it is sent and answers with `status`. */
async function receiver(status = 200) {
  const heard = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    heard.push({ headers: request.headers, body });
    response.writeHead(status).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { heard, url: `http://127.0.0.1:${server.address().port}/hook`, stop: () => server.close() };
}
function isSigned({ headers, body }, secret) {
  const [, time, mac] = /^t=(\d+),v1=(\w+)$/.exec(headers['madang-signature']);
  return createHmac('sha256', secret).update(`${time}.${body}`).digest('hex') === mac;
}

const line = (page, name) => page.locator('[data-subscriber]', { has: page.getByRole('heading', { name, exact: true }) });
const reach = (page, name) => line(page, name).getAttribute('data-reach');
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.dataset.do || document.activeElement.innerText);
const focus = (page, where) => eventually(`the focus on ${where}`, () => focused(page), (t) => t === where);
const keys = async (page, ...all) => {
  for (const key of all) await page.keyboard.press(key);
};

async function withSubscribers(world, run) {
  await withOperator(world, async (parts) => {
    const receivers = [];
    try {
      await run({
        ...parts,
        receiver: async (status) => {
          receivers.push(await receiver(status));
          return receivers.at(-1);
        },
        add: (body) => parts.minseo.send('/api/v1/subscribers', { channel: 'webhook', ...body }),
      });
    } finally {
      // The next story begins without them.
      for (const s of (await parts.minseo.read('/api/v1/subscribers')).subscribers) await parts.minseo.send(`/api/v1/subscribers/${s.id}`, undefined, 'DELETE');
      receivers.forEach((one) => one.stop());
    }
  });
}

story('nobody is offered a way of telling before the server has said which ways it has', (world) => withSubscribers(world, async ({ room }) => {
  const page = await room('?lang=en');
  let answer;
  const answered = new Promise((resolve) => (answer = resolve));
  await page.route('**/api/v1/subscribers', (route) => answered.then(() => route.continue()));
  await keys(page, 's');
  await eventually('the page', () => text(page, 'subscribers'), (t) => t.includes('Reading the subscribers'));
  assert.equal(await page.getByTestId('subscriber-add').isVisible(), false);
  answer();
  await eventually('what can be entered', () => text(page, 'subscribers'), (t) => t.includes('Add a webhook'));
  assert.doesNotMatch(await text(page, 'subscribers'), /Add an e-mail address/);
  await page.getByTestId('subscriber-add').click();
  assert.equal(await page.getByRole('radio', { name: 'Webhook' }).isChecked(), true);
  assert.equal(await page.getByRole('radio', { name: 'E-mail' }).isDisabled(), true);
  await close(page);
}));

story('a webhook is entered by keyboard, and its secret is seen once', (world) => withSubscribers(world, async ({ minseo, room, receiver }) => {
  const hook = await receiver();
  const page = await room('?lang=en', { permissions: ['clipboard-read', 'clipboard-write'] });
  await keys(page, 's');
  await eventually('the page', () => text(page, 'subscribers'), (t) => t.includes('Nobody is told yet'));
  assert.match(page.url(), /view=subscribers/);
  await page.getByTestId('subscriber-add').press('Enter');
  await focus(page, 'entry-new-channel');
  await keys(page, 'ArrowDown', 'Tab');
  await page.keyboard.type('ftp://somewhere.example');
  await keys(page, 'Enter');
  await eventually('the refusal', () => text(page, 'subscriber-refused'), (t) => /Nothing was changed: [a-z]/.test(t) && !t.includes('address:'));
  await focus(page, 'entry-new-address');
  assert.equal(await page.getByLabel('URL of the webhook').getAttribute('aria-invalid'), 'true');
  await keys(page, 'Control+a');
  await page.keyboard.type(hook.url);
  await keys(page, 'Tab');
  await page.keyboard.type('Duty desk');
  await keys(page, 'Enter');

  await eventually('the secret', () => text(page, 'secret'), (t) => t.includes('Secret of Duty desk') && t.includes('not shown again'));
  await focus(page, 'secret-title');
  const secret = await page.getByTestId('secret').locator('input').inputValue();
  assert.ok(secret.length >= 24, secret);
  await page.getByRole('button', { name: 'Copy' }).press('Enter');
  await eventually('what copying said', () => text(page, 'secret'), (t) => t.includes('Copied'));
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), secret);
  await page.getByRole('button', { name: 'I have kept it' }).press('Enter');
  await page.getByTestId('secret').waitFor({ state: 'detached' });
  assert.ok(!(await page.content()).includes(secret) && !JSON.stringify(await minseo.read('/api/v1/subscribers')).includes(secret), 'never again');

  await line(page, 'Duty desk').getByRole('button', { name: 'Send a test' }).press('Enter');
  await eventually('delivered', () => line(page, 'Duty desk').locator('.counts').innerText(), (t) => /Delivered\s*[1-9]\d*\s*Waiting\s*0/.test(t));
  assert.equal(await reach(page, 'Duty desk'), 'reached');
  assert.match(await line(page, 'Duty desk').innerText(), /The test has arrived/);
  // The living city may have told it of something too.
  await eventually('the test', async () => hook.heard.filter(({ headers }) => headers['madang-event'] === 'test').length, (n) => n === 1);
  assert.ok(hook.heard.every((one) => isSigned(one, secret)), 'signed with the secret that was shown');
  assert.deepEqual(page.complaints, []);
  await close(page);
}));

story('a subscriber is changed, paused, resumed and removed by keyboard, after a question', (world) => withSubscribers(world, async ({ minseo, room, receiver, add }) => {
  const { id } = await add({ address: (await receiver()).url, name: 'Duty desk' });
  const page = await room('?lang=en&view=subscribers');
  const press = (name) => line(page, 'Duty desk').getByRole('button', { name }).press('Enter');
  await press('Change');
  await page.getByLabel('Told of').selectOption('serious');
  await page.locator('summary', { hasText: 'Areas' }).press('Enter');
  await page.getByRole('group', { name: 'Areas' }).getByRole('checkbox').first().press('Space');
  await page.getByLabel('Internal situations too').press('Space');
  await page.getByRole('button', { name: 'Save' }).press('Enter');
  await eventually('what it hears of', () => line(page, 'Duty desk').locator('.hears').innerText(), (t) => t.includes('Serious and worse') && t.includes('Internal situations too') && !t.includes('Whole city'));
  await focus(page, 'change');
  const changed = await minseo.read(`/api/v1/subscribers/${id}`);
  assert.deepEqual([changed.severity, changed.internal, changed.areas.length, changed.name], ['serious', true, 1, 'Duty desk']);

  await press('Pause');
  await eventually('paused', () => reach(page, 'Duty desk'), (t) => t === 'paused');
  await focus(page, 'pause');
  await press('Send a test');
  await eventually('the refusal', () => line(page, 'Duty desk').innerText(), (t) => t.includes('the subscriber is paused; resume it first'));
  await press('Resume');
  await eventually('resumed', () => reach(page, 'Duty desk'), (t) => t === 'untold');

  await press('Remove');
  await page.getByRole('group', { name: /^Remove Duty desk\? .*cannot be undone/ }).waitFor();
  await focus(page, 'Cancel');
  await keys(page, 'Escape');
  await focus(page, 'remove');
  await keys(page, 'Enter');
  await focus(page, 'Cancel');
  await keys(page, 'Shift+Tab', 'Enter');
  await line(page, 'Duty desk').waitFor({ state: 'detached' });
  await focus(page, 'Subscribers');
  assert.equal(await text(page, 'subscribers-said'), 'Duty desk is removed.');
  assert.deepEqual((await minseo.read('/api/v1/subscribers')).subscribers, []);
  await close(page);
}));

story('whom no notice reaches is seen, with the reason, and who wants none any more is paused', (world) => withSubscribers(world, async ({ minseo, room, receiver, add }) => {
  const names = new Map([['Broken', 503], ['Gone', 410], ['Fussy', 422], ['Well', 200]]);
  for (const [name, status] of names) {
    const { id } = await add({ address: (await receiver(status)).url, name });
    await minseo.send(`/api/v1/subscribers/${id}/test`, {});
  }
  const page = await room('?lang=en&view=subscribers');
  await eventually('each as it is', async () => Promise.all([...names.keys()].map((name) => reach(page, name))), (all) => all.join() === 'failing,paused,failing,reached', 180_000);
  assert.match(await line(page, 'Broken').innerText(), /Not reached[\s\S]*Waiting\s*\d+\s*Failed, tried again\s*\d[\s\S]*Last failure .*503/);
  assert.match(await line(page, 'Gone').innerText(), /Paused[\s\S]*Paused because .*410/);
  assert.match(await line(page, 'Fussy').innerText(), /Refused\s*1/);
  await page.getByRole('button', { name: /^Not reached/ }).click();
  await eventually('the unreached only', () => page.locator('[data-subscriber] h3').allInnerTexts(), (all) => all.join() === 'Broken,Fussy');
  assert.match(page.url(), /reach=failing/);
  await line(page, 'Broken').getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('group', { name: /notices? for Broken (is|are) waiting and would be dropped/ }).waitFor();
  await close(page);
}));

story('subscribers are for those who signed in', async (world) => {
  const page = await control(world, '?lang=en&view=subscribers');
  const next = new URL(await page.getByRole('link', { name: 'Sign in to see the subscribers' }).getAttribute('href'), world.server.address).searchParams.get('next');
  assert.match(next, /view=subscribers/);
  await page.getByRole('button', { name: 'Map' }).click();
  assert.equal(await page.getByRole('button', { name: 'Subscribers' }).count(), 0);
  for (const path of ['subscribers', 'operators']) assert.equal((await fetch(`${world.server.address}/api/v1/${path}`)).status, 401);
  await close(page);
});

for (const lang of ['en', 'ko']) {
  for (const theme of ['dark', 'light']) {
    story(`axe finds nothing on the subscribers' page, and it fits 320 px (${theme}, ${lang})`, (world) => withSubscribers(world, async ({ room, receiver, add }) => {
      const hook = await receiver(503);
      await add({ address: hook.url, name: lang === 'ko' ? '청솔강변물류종합터미널제17별관북측출입구와그주변공영주차장일대상황실' : 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft', severity: 'serious', kinds: ['plume', 'heat'] });
      await add({ address: `${hook.url}/${'a'.repeat(200)}`, internal: true });
      for (const width of [1280, 320]) {
        const page = await room(`?lang=${lang}&theme=${theme}&view=subscribers`, { width, height: width === 320 ? 720 : 900 });
        const seen = async (what) => {
          assert.deepEqual(await violations(page), [], what);
          assert.equal(await sideways(page), 0, `${what} at ${width} px`);
          await (width === 320 ? page.locator('.middle') : page).screenshot({ path: join(out, `subscribers-${lang}-${theme}-${width}-${what}.png`) });
        };
        await page.locator('[data-do="test"]').first().click();
        // The living city may have told the internal one of something, in vain too.
        await page.locator('[data-reach="failing"]').first().waitFor();
        await page.locator('[data-do="remove"]').last().click();
        await seen('list');
        await page.getByTestId('subscriber-add').click();
        await page.locator('summary').last().click();
        await page.locator('.subscriber-form button[type="submit"]').click();
        const refused = page.getByTestId('subscriber-refused').locator('.failed').first();
        await refused.waitFor();
        // The reader's language says all of it: no English stands behind.
        if (lang === 'ko') assert.match(await refused.innerText(), /바뀐 것이 없습니다: https:\/\/hooks\.city\.example\/madang처럼/);
        assert.equal(await refused.locator('[lang="en"]').count(), 0);
        await seen('form');
        // This server sends no mail: what it can send is chosen already.
        assert.equal(await page.locator('.channels input:checked').getAttribute('value'), 'webhook');
        await page.locator('#entry-new-address').fill(`${hook.url}?${width}`);
        await page.locator('.subscriber-form button[type="submit"]').click();
        await page.getByTestId('secret').waitFor();
        await seen('secret');
        await close(page);
      }
    }));
  }
}

story('a situation is assigned to somebody of the list, or by login when there is no list', (world) => withOperator(world, async ({ raise, room }) => {
  const jin = await operator(world, 'jin.park');
  const s = await raise({});
  const page = await room(`?lang=en&situation=${s.id}`);
  await page.locator('[data-action="assign"]').press('Enter');
  const choice = page.getByLabel('Who takes care of it');
  await eventually('the operators, oneself first', () => choice.locator('option').allInnerTexts(), (all) => all[0] === 'Yourself (minseo.kim)' && all.includes(jin.login) && !all.includes('minseo.kim'));
  await focus(page, 'action-assign');
  assert.deepEqual(await violations(page), [], 'the list of operators');
  await page.keyboard.type('jin');
  await page.getByRole('button', { name: 'Assign' }).press('Enter');
  await eventually('the assignee', () => text(page, 'situation-panel'), (t) => /Assigned to\s*jin\.park/.test(t));

  await page.route('**/api/v1/operators', (route) => route.abort());
  await page.reload();
  await page.locator('[data-action="assign"]').click();
  await page.getByLabel('Login of the operator').fill('nobody.here');
  await page.getByRole('button', { name: 'Assign' }).click();
  await eventually('the refusal', () => text(page, 'refused'), (t) => t.includes('there is no operator "nobody.here"'));
  await page.getByLabel('Login of the operator').fill('');
  await page.getByRole('button', { name: 'Assign' }).click();
  await eventually('oneself', () => text(page, 'situation-panel'), (t) => /Assigned to\s*minseo\.kim/.test(t));
  await close(page);
}));

story('what the server refuses is said in Korean to who reads Korean', (world) => withOperator(world, async ({ raise, room }) => {
  const s = await raise({});
  const page = await room(`?lang=ko&situation=${s.id}`);
  await page.route('**/api/v1/operators', (route) => route.abort());
  await page.reload();
  await page.locator('[data-action="assign"]').click();
  await page.getByLabel('담당자 아이디').fill('nobody.here');
  await page.getByRole('button', { name: '담당 지정' }).last().click();
  await eventually('the refusal', () => text(page, 'refused'), (t) => t.includes('아이디가 ‘nobody.here’인 담당자가 없습니다'));
  assert.equal(await page.getByTestId('refused').locator('[lang="en"]').count(), 0);
  await close(page);
}));
