// The server goes away and comes back; the page says so and catches up by itself.
import assert from 'node:assert/strict';
import { close } from '../lib/browser.mjs';
import { eventually, story } from '../lib/check.mjs';
import { control, text } from './control_room.mjs';

story('after a restart of the server the page reconnects and catches up', async (world) => {
  const page = await control(world, `?lang=en&q=noise&station=${world.someStation.id}`);
  await eventually('the state', () => text(page, 'state'), (t) => t.includes('Live'));
  await world.server.stop();
  await eventually('the banner', () => page.getByTestId('lost').innerText(), (t) => t.includes('Connection lost'));
  await world.server.again();
  // Said before the page is back: only catching up can show it.
  await world.say(world.someStation, 'noise', 118.4);
  await eventually('live again', () => text(page, 'state'), (t) => t.includes('Live'), 60_000);
  await eventually('the missed value', () => text(page, 'headline'), (t) => t.includes('118.4'));
  assert.equal(await page.getByTestId('lost').count(), 0);
  await close(page);
});
