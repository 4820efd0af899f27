// The whole loop in one story: a plume appears, stations turn, one situation stands there with evidence, it is
// acknowledged, it resolves by itself, and the public page and CAP agree at each step. It has a server and a city of
// its own, so that nothing else is unusual there.
import assert from 'node:assert/strict';
import { close, coloursAt, open } from '../lib/browser.mjs';
import { control, mapIsThere, text } from '../lib/control_room.mjs';
import { operator } from '../lib/operator.mjs';
import { eventually, story } from '../lib/check.mjs';
import { Server, simulate } from '../lib/program.mjs';

const kThings = '1100';
const kInterval = '15s';
const kHistory = '30h';
const kExcess = 90;  // ug/m3 in the middle of the plume
const kMinutes = 20;  // longer than the story needs it
const kDelayS = 75;  // the pages must stand before it begins
const kKeepFiringS = 20;
const kNear = 1000;  // metres

const metres = (a, b) => Math.hypot((a.lon - b.lon) * Math.cos((a.lat * Math.PI) / 180), a.lat - b.lat) * 111_320;
const near = (stations, centre) => stations.filter((s) => s.channels.includes('pm25') && metres(s, centre) <= kNear);
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Values of some stations by id. */
async function pm25(server, stations) {
  const wanted = new Set(stations.map((s) => s.id));
  const { values } = await server.get('/api/v1/now?property=pm25');
  return new Map(values.filter(([id]) => wanted.has(id)).map(([id, value]) => [id, value]));
}

story('a plume appears, is shown with its evidence, acknowledged, and resolves by itself; public page and CAP agree', async ({ browser }) => {
  const server = await Server.start(`[situations]\nkeep_firing_s = ${kKeepFiringS}\n`);
  const world = { server, browser };
  const city = ['--things', kThings, '--seed', '7', '--interval', kInterval];
  let living;
  try {
    // A day and more of an ordinary city, known to detectors from the start of the server.
    await (await simulate(server, ...city, '--history', kHistory)).end();
    await server.stop();
    await server.again();

    const { stations } = await server.get('/api/v1/stations');
    const centre = stations.reduce((best, s) => (near(stations, s).length > near(stations, best).length ? s : best));
    const around = near(stations, centre);
    assert.ok(around.length >= 3, `only ${around.length} stations within ${kNear} m`);
    const before = await pm25(server, around);
    const minseo = await operator(world, 'minseo.kim');
    living = await simulate(server, ...city, '--happening', `plume:${centre.lat},${centre.lon}:${kExcess}:${kMinutes}:${kDelayS}`);

    const room = await control(world, `?lang=en&q=pm25&find=${centre.serial}`, { storageState: minseo.storageState });
    const citizen = await control(world, '?lang=en');
    await mapIsThere(room);
    await room.keyboard.press('j');
    const tooltip = await room.locator('.tooltip').getAttribute('style');
    const [, x, y] = /translate\((-?\d+)px, (-?\d+)px\)/.exec(tooltip);
    const map = await room.getByTestId('map').boundingBox();
    const colour = async () => (await coloursAt(room, map.x + Number(x), map.y + Number(y), 1))[4];
    const ordinary = await colour();
    // The city lives, so elsewhere something else may happen.
    const here = (s) => s.kind === 'plume' && s.place && metres(centre, { lon: s.place[0], lat: s.place[1] }) < 3 * kNear;
    const plumes = async () => (await minseo.read('/api/v1/situations?open=1')).situations.filter(here);
    assert.deepEqual(await plumes(), [], 'nothing is said before the plume');

    await eventually('stations turn', async () => median([...(await pm25(server, around))].map(([id, value]) => value - (before.get(id) ?? value))), (rise) => rise > kExcess / 6, 300_000);
    await eventually('the colour on the map', colour, (now) => now.some((part, i) => Math.abs(part - ordinary[i]) > 12), 60_000);

    const [found] = await eventually('the situation', plumes, (all) => all.length > 0, 300_000);
    const row = room.locator(`.situations [data-situation="${found.id}"]`);
    await row.waitFor();
    await room.locator(`.situation-pin[data-situation="${found.id}"]`).waitFor();
    assert.match(await room.title(), /^\(\d+\) /);
    assert.ok(found.simulated && found.public, 'what comes from a simulated city says so');

    await row.click();
    const panel = () => room.getByTestId('situation-panel').innerText();
    await eventually('what, where, since when, what to do', panel, (t) => t.includes(found.headline.en) && t.includes('What to do') && t.includes('Since'));
    const charts = room.locator('.evidence-stream [data-points]');
    const points = await eventually('its evidence', () => charts.evaluateAll((all) => all.map((x) => Number(x.dataset.points))), (all) => all.length >= 2);
    assert.ok(points.every((n) => n >= 3), `points per stream: ${points}`);
    assert.ok((await room.locator('.evidence-reason').innerText()).length > 20, 'the rule explains itself');
    assert.equal((await room.locator('.evidence-stream.cause').count()) >= 1, true, 'a cause');
    await eventually('its picture', () => room.getByTestId('evidence-map').evaluate((image) => image.naturalWidth), (width) => width > 0);

    const cap = async () => (await fetch(`${server.address}/alerts/${found.id}.cap`)).text();
    const page = async () => (await fetch(`${server.address}/alerts/${found.id}?lang=en`)).text();
    const now = (await minseo.read(`/api/v1/situations/${found.id}`));
    assert.match(await cap(), /<status>Exercise<\/status>/);
    for (const [what, said] of [['CAP', await cap()], ['the public page', await page()]]) assert.ok(said.includes(now.headline.en), `${what} says "${now.headline.en}"`);
    await citizen.locator(`.situations [data-situation="${found.id}"]`).waitFor();

    await room.keyboard.press('a');
    const state = () => room.getByTestId('situation-state').innerText();
    await eventually('acknowledged', state, (t) => t === 'Acknowledged');
    assert.equal((await plumes()).length, 1, 'one cause is one situation');

    // In a weak wind smoke drifts over the city for an hour and more. Here the air clears at once: the same city without it.
    await living.end('SIGTERM');
    living = await simulate(server, ...city);
    await eventually('resolved by itself', state, (t) => t === 'Resolved', 420_000);
    await eventually('its history', () => room.locator('.history li').evaluateAll((all) => all.map((x) => x.dataset.kind)), (kinds) => ['raised', 'acknowledged', 'cleared', 'resolved'].every((k) => kinds.includes(k)));
    assert.match(await cap(), /<msgType>Cancel<\/msgType>[\s\S]*<responseType>AllClear<\/responseType>/);
    assert.match(await page(), /It is over/);
    await eventually('gone for citizens', () => citizen.locator(`.situation-list > li > [data-situation="${found.id}"]`).count(), (n) => n === 0);
    assert.deepEqual((await minseo.read('/api/v1/situations')).situations.filter((s) => here(s) && s.raised_at >= found.raised_at).map((s) => s.id), [found.id], 'it was one situation all the time');
    assert.deepEqual(room.complaints, []);
    await close(room);
    await close(citizen);
  } finally {
    await living?.end('SIGTERM').catch(() => living.end('SIGKILL'));
    await server.remove();
  }
});
