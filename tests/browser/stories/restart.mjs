// The server goes away and comes back; the page says so and catches up by itself.
import assert from 'node:assert/strict';
import { close } from '../lib/browser.mjs';
import { control, text } from '../lib/control_room.mjs';
import { row, withOperator } from '../lib/operator.mjs';
import { eventually, story } from '../lib/check.mjs';

story('after a restart of the server the page reconnects and catches up', async (world) => {
  const page = await control(world, `?lang=en&q=noise&station=${world.ownStation.id}`);
  await eventually('the state', () => text(page, 'state'), (t) => t.includes('Live'));
  await world.server.stop();
  await eventually('the banner', () => page.getByTestId('lost').innerText(), (t) => t.includes('Connection lost'));
  await world.server.again();
  // Said before the page is back: only catching up can show it.
  await world.say(world.ownStation, 'noise', 118.4, 1);
  await eventually('live again', () => text(page, 'state'), (t) => t.includes('Live'), 60_000);
  await eventually('the missed value', () => text(page, 'headline'), (t) => t.includes('118.4'));
  assert.equal(await page.getByTestId('lost').count(), 0);
  await close(page);
});

story('no situation is lost when the server is killed, and the list catches up by itself', (world) => withOperator(world, async ({ minseo, raise, room }) => {
  const before = await raise({ key: 'before' });
  const page = await room('?lang=en');
  await row(page, before.id).waitFor();
  await world.server.stop('SIGKILL');
  await eventually('what the list says', () => text(page, 'situations-lost'), (t) => t.includes('connection is lost'));
  await world.server.again();
  const missed = await raise({ key: 'missed', severity: 'critical', headline: { en: 'While nobody listened', ko: '아무도 듣지 않는 동안' } });
  await eventually('both in the list', async () => [await row(page, before.id).count(), await row(page, missed.id).count()], ([a, b]) => a === 1 && b === 1, 60_000);
  await eventually('the list follows again', () => text(page, 'situations-lost'), (t) => t === '', 60_000);
  assert.equal((await minseo.read(`/api/v1/situations/${before.id}`)).state, 'firing');
  await close(page);
}));
