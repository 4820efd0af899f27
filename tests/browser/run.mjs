// Tells the stories against the real server with the simulated city.   node run.mjs [PART OF A SENTENCE [TIMES]]
// MADANG_BINARY names the program, MADANG_ROOM a control room's dist/ to tell of instead of the program's own,
// MADANG_STORIES=plume,restart the files to tell (all), MADANG_THINGS=200 a smaller city, MADANG_PICTURES=write renews docs/images.
import { launch } from './lib/browser.mjs';
import { eventually, tell } from './lib/check.mjs';
import { Server, simulate } from './lib/program.mjs';

// In the order in which they are told; after a restart the simulated city may not live on.
const kStories = ['control_room', 'keyboard', 'toy_domain', 'public_page', 'situations', 'operators', 'truth', 'pseudo_locale', 'subscribers', 'plume', 'access', 'pictures', 'restart'];
const wanted = process.env.MADANG_STORIES?.split(',') ?? kStories;
for (const name of kStories.filter((name) => wanted.includes(name))) await import(`./stories/${name}.mjs`);

const kStations = Number(process.env.MADANG_THINGS ?? 1100);

async function post(server, key, path, body) {
  const response = await fetch(`${server.address}/sta/v1.1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}

/** One observation through the public interface, as a device of the city would send it. With `flag` whoever sends it says
 *  how good it is, so that nothing depends on what the city's other values were a moment before. */
async function say(server, key, station, channel, value, flag) {
  const thing = await server.get(`/api/v1/things/${station.id}`);
  const stream = thing.datastreams.find((d) => d.channel === channel);
  await post(server, key, `Datastreams(${stream.id})/Observations`, { phenomenonTime: new Date().toISOString(), result: value, ...(flag ? { resultQuality: { flag } } : {}) });
}

/** A station of the stories' own, which the simulated city does not feed: what is said of it stays until more is said. It
 *  stands where nothing else is near, so that its mark on the map is alone. */
async function ownStation(server, key, stations, [west, south, east, north]) {
  const free = ([lon, lat]) => Math.min(...stations.map((s) => Math.hypot((s.lon - lon) * 0.8, s.lat - lat)));
  const middle = Array.from({ length: 121 }, (_, i) => [0.3 + 0.04 * (i % 11), 0.3 + 0.04 * Math.floor(i / 11)]);
  const [lon, lat] = middle.map(([x, y]) => [west + x * (east - west), south + y * (north - south)]).sort((a, b) => free(b) - free(a))[0];
  const stream = (channel, symbol) => ({
    name: channel, description: '', observationType: 'OM_Measurement', properties: { channel, intervalMs: 60_000 }, unitOfMeasurement: { name: symbol, symbol, definition: symbol },
    Sensor: { name: 'A node of the stories', description: '', encodingType: 'text/html', metadata: 'none' }, ObservedProperty: { name: channel, definition: `urn:stories:${channel}`, description: '' },
  });
  await post(server, key, 'Things', {
    name: 'Story 1', description: '', properties: { serial: 'STORY-1' }, Datastreams: [stream('pm25', 'µg/m³'), stream('noise', 'dB(A)')],
    Locations: [{ name: 'Story 1', description: '', encodingType: 'application/geo+json', location: { type: 'Point', coordinates: [lon, lat] } }],
  });
  return (await server.get('/api/v1/stations')).stations.find((s) => s.serial === 'STORY-1');
}

/** A station that was registered without a place, and whose temperature comes in Fahrenheit. */
async function placeless(server, key) {
  await post(server, key, 'Things', {
    name: 'STORY-NOWHERE', description: '', properties: { serial: 'STORY-NOWHERE' },
    Datastreams: [{
      name: 'temperature', description: '', observationType: 'OM_Measurement', properties: { channel: 'temperature', intervalMs: 60_000 },
      unitOfMeasurement: { name: 'degree Fahrenheit', symbol: '°F', definition: '[degF]' },
      Sensor: { name: 'A node in Fahrenheit', description: '', encodingType: 'text/html', metadata: 'none' },
      ObservedProperty: { name: 'temperature', definition: 'urn:stories:temperature', description: '' },
    }],
  }).catch((error) => {
    if (!String(error).includes('409')) throw error;
  });
  const station = (await server.get('/api/v1/stations')).stations.find((s) => s.serial === 'STORY-NOWHERE');
  await say(server, key, station, 'temperature', 68);
  return station;
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
  await eventually('all stations with values', () => server.get('/api/v1/now?property=pm25'), (now) => now.stations.reporting > kStations * 0.8, 600_000);
  const simulated = await server.get('/api/v1/stations');
  const own = await ownStation(server, key, simulated.stations, (await server.get('/api/v1/city')).bounds);
  const { stations } = await server.get('/api/v1/stations');
  const areas = await server.get('/api/v1/areas');
  const now = await server.get('/api/v1/now?property=pm25');
  const reporting = new Set(now.values.filter(([, value, , , state]) => value !== null && state === 1).map(([id]) => id));
  const world = {
    server,
    browser,
    stations: stations.length,
    districts: areas.features.filter((f) => f.properties.level === 1).length,
    someStation: stations.find((s) => reporting.has(s.id) && s.channels.includes('noise')),
    ownStation: own,
    say: (station, channel, value, flag) => say(server, key, station, channel, value, flag),
    placeless: () => placeless(server, key),
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
