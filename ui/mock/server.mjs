// Developers' tool: answers docs/control_room_api.md and docs/situations_api.md from the made-up city of city.mjs
// and serves dist/ when it is built.   node mock/server.mjs [PORT]     MOCK_SPEEDUP=2 halves the pause between
// live updates, MOCK_SITUATIONS=60 says how many are open at the start, MOCK_OPERATOR=name who is signed in,
// MOCK_RAISE=20 raises another one every 20 s.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MockCity } from './city.mjs';
import { MockSituations } from './situations.mjs';
import { MockSubscribers } from './subscribers.mjs';

const city = new MockCity();
const situations = new MockSituations(city, Number(process.env.MOCK_SITUATIONS ?? 6));
const subscribers = new MockSubscribers(city);
const operator = process.env.MOCK_OPERATOR ?? null;
if (process.env.MOCK_RAISE) setInterval(() => situations.live(), Number(process.env.MOCK_RAISE) * 1000);
const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const kPauseMs = 2000 / Number(process.env.MOCK_SPEEDUP ?? 1);
const kTypes = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };

const timeOf = (text) => (text === null ? undefined : /^\d+$/.test(text) ? Number(text) : Date.parse(text));

function answer(path, query) {
  const property = query.get('property');
  if (property !== null && !city.knows(property)) return null;
  if (path === '/api/v1/city') return city.city();
  if (path === '/api/v1/areas') return city.areas();
  if (path === '/api/v1/basemap') return city.basemap();
  if (path === '/api/v1/stations') return city.stations();
  if (path === '/api/v1/me') return { operator: operator ? { name: operator, csrf: 'mock' } : null };
  if (path === '/api/v1/operators' && operator) return { operators: [...new Set([operator, 'jin.park', 'minseo.kim', 'seo.yun'])].map((login) => ({ login })) };
  if (path === '/api/v1/subscribers' && operator) return subscribers.list();
  if (path === '/api/v1/health') return situations.health(operator !== null);
  if (path === '/api/v1/situations') return situations.list(query, operator !== null);
  const situation = /^\/api\/v1\/situations\/(\d+)$/.exec(path);
  if (situation) return situations.one(Number(situation[1]), operator !== null);
  if (path === '/api/v1/now') return city.snapshot(property, timeOf(query.get('at')));
  if (path === '/api/v1/medians') return city.medians(property, timeOf(query.get('from')), timeOf(query.get('to')));
  if (path === '/api/v1/series')
    return city.series(Number(query.get('datastream')), timeOf(query.get('from')), timeOf(query.get('to')), Number(query.get('points') ?? 600));
  const thing = /^\/api\/v1\/things\/(\d+)$/.exec(path);
  return thing ? city.thing(Number(thing[1]), timeOf(query.get('at'))) : null;
}

function live(property, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  send('snapshot', city.snapshot(property));
  let tick = 0;
  const values = setInterval(() => {
    tick += 1;
    const now = Date.now();
    const changed = city.changes(property, tick);
    const summary = tick % 3 === 0 ? city.summary(property, city.snapshot(property).values, now) : {};
    send('values', { now, values: changed, ...summary });
  }, kPauseMs);
  const beat = setInterval(() => send('beat', { now: Date.now() }), 10_000);
  response.on('close', () => {
    clearInterval(values);
    clearInterval(beat);
  });
}

function liveSituations(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  send('snapshot', situations.snapshot(operator !== null));
  const stop = situations.listen((s) => (operator !== null || s.public) && send('situation', s));
  const beat = setInterval(() => send('beat', { now: Date.now() }), 10_000);
  response.on('close', () => {
    clearInterval(beat);
    stop();
  });
}

/** `perform` gets the parsed body and answers [status, body]; for operators only. */
async function act(request, response, perform) {
  let text = '';
  for await (const part of request) text += part;
  const [status, body] = operator === null ? [401, { code: 'unauthorized', message: 'sign in first' }] : perform(JSON.parse(text || '{}'));
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === null ? '' : JSON.stringify(body));
}

function file(path, response) {
  const wanted = normalize(path.replace(/^\/control\/?/, '')) || 'index.html';
  const name = !wanted.startsWith('..') && existsSync(join(dist, wanted)) && extname(wanted) ? wanted : 'index.html';
  const csp = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:";
  response.writeHead(200, { 'content-type': kTypes[extname(name)] ?? 'application/octet-stream', 'content-security-policy': csp });
  createReadStream(join(dist, name)).pipe(response);
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://mock');
  if (pathname === '/api/v1/live' && city.knows(searchParams.get('property'))) return live(searchParams.get('property'), response);
  if (pathname === '/api/v1/situations/live') return liveSituations(response);
  const action = /^\/api\/v1\/situations\/(\d+)\/(\w+)$/.exec(pathname);
  if (action && request.method === 'POST') return void act(request, response, (body) => situations.act(Number(action[1]), action[2], body, operator));
  const subscriber = /^\/api\/v1\/subscribers(?:\/(\d+)(\/test)?)?$/.exec(pathname);
  if (subscriber && request.method !== 'GET') return void act(request, response, (body) => subscribers.act(request.method, subscriber[1] ? Number(subscriber[1]) : null, Boolean(subscriber[2]), body));
  if (pathname.startsWith('/control')) return file(pathname, response);
  if (/^\/api\/v1\/situations\/\d+\/map\.svg$/.test(pathname)) {
    response.writeHead(200, { 'content-type': 'image/svg+xml' });
    return void response.end('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 300"><rect width="420" height="300" fill="#789"/></svg>');
  }
  const body = answer(pathname, searchParams);
  response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body ?? { code: 'not_found', message: `nothing at ${pathname}` }));
});
server.listen(Number(process.argv[2] ?? 8790), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/control`));
