// Tells the stories against the real server with the simulated city.   node run.mjs [PART OF A SENTENCE [TIMES]]
// MADANG_BINARY names the program, MADANG_STORIES=plume,restart the files to tell (all), MADANG_PICTURES=write renews docs/images.
import { launch } from './lib/browser.mjs';
import { eventually, tell } from './lib/check.mjs';
import { Server, simulate } from './lib/program.mjs';

// In the order in which they are told; after a restart the simulated city may not live on.
const kStories = ['control_room', 'public_page', 'situations', 'subscribers', 'plume', 'access', 'pictures', 'restart'];
const wanted = process.env.MADANG_STORIES?.split(',') ?? kStories;
for (const name of kStories.filter((name) => wanted.includes(name))) await import(`./stories/${name}.mjs`);

const kStations = 1100;

/** One observation through the public interface, as a device of the city would send it. */
async function say(server, key, station, channel, value) {
  const thing = await server.get(`/api/v1/things/${station.id}`);
  const stream = thing.datastreams.find((d) => d.channel === channel);
  const response = await fetch(`${server.address}/sta/v1.1/Datastreams(${stream.id})/Observations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ phenomenonTime: new Date().toISOString(), result: value }),
  });
  if (!response.ok) throw new Error(`posting ${value}: ${response.status} ${await response.text()}`);
}

const begun = Date.now();
// The stories' own receivers of webhooks listen on the loopback.
const server = await Server.start('[webhooks]\nallow_private_addresses = true\n');
const browser = await launch();
let status = 1;
let city;
try {
  const key = await server.key('browser-stories');
  city = await simulate(server, '--things', String(kStations), '--history', '26h', '--interval', '60s');
  await eventually('all stations with values', () => server.get('/api/v1/now?property=pm25'), (now) => now.values.length > kStations * 0.8, 120_000);
  const { stations } = await server.get('/api/v1/stations');
  const areas = await server.get('/api/v1/areas');
  const fresh = await server.get('/api/v1/now?property=pm25');
  const carries = new Set(fresh.values.map(([id]) => id));
  const world = {
    server,
    browser,
    stations: stations.length,
    districts: areas.features.filter((f) => f.properties.level === 1).length,
    someStation: stations.find((s) => carries.has(s.id) && s.channels.includes('noise')),
    say: (station, channel, value) => say(server, key, station, channel, value),
  };
  console.log(`the city stands after ${((Date.now() - begun) / 1000).toFixed(0)} s: ${stations.length} stations`);
  status = (await tell(world, process.argv[2], Number(process.argv[3] ?? 1))) === 0 ? 0 : 1;
} catch (error) {
  console.error(error);
  console.log('browser: 0 passed, 1 failed');
} finally {
  await browser.close();
  await city?.end('SIGTERM').catch(() => city.end('SIGKILL'));
  await server.remove();
}
process.exit(status);
