// Asks a running city what its API document lists, rightly and wrongly, and holds every answer against the document:
//   node check_answers.mjs BASE DATA KEY     DATA: the server's data directory; KEY: a device key for all Things
// Signs in as kim, who administers. Every GET must have been answered with 200 by the end.
import { readdirSync, readFileSync } from 'node:fs';
import { Judge } from './document.mjs';

const [base, data, key] = process.argv.slice(2);
const judge = new Judge(await (await fetch(`${base}/api/openapi.json`)).json());
const problems = [];
let asked = 0;

const who = { nobody: {}, device: { authorization: `Bearer ${key}` }, local: { authorization: `Bearer ${readFileSync(`${data}/local_key`, 'utf8').trim()}` } };

function addressOf(path, { at = {}, query = {} }) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(at[name]));
  const search = new URLSearchParams(query).toString();
  return base + filled + (search ? `?${search}` : '');
}

/** Asks, judges, and gives the answer's JSON. `status`: the one that is meant. */
async function ask(method, path, status, { as = 'nobody', body, text, headers = {}, ...place } = {}) {
  asked += 1;
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(addressOf(path, place), { method, headers: { ...who[as], ...headers }, body: sent, redirect: 'manual' });
  const got = await response.text();
  const faults = judge.faults(method, path, response.status, response.headers.get('content-type') ?? '', got);
  if (response.status !== status) faults.push(`${response.status} instead of ${status}: ${got.slice(0, 300)}`);
  if (response.ok && method !== 'GET' && text === undefined) faults.push(...judge.faultsOfBody(method, path, body).map((fault) => `the body that was sent: ${fault}`));
  for (const fault of faults) problems.push(`${method} ${addressOf(path, place).slice(base.length)} as ${as}: ${fault}`);
  return (response.headers.get('content-type') ?? '').includes('json') && got !== '' ? JSON.parse(got) : got;
}
const get = (path, more) => ask('GET', path, 200, more);

/** The first event of a stream. */
async function listen(path, { query, as = 'nobody' } = {}) {
  asked += 1;
  const stop = new AbortController();
  const response = await fetch(addressOf(path, { query }), { signal: stop.signal, headers: who[as] });
  judge.seen.add(`GET ${path} ${response.status}`);
  let text = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (/\r?\n\r?\n/.test(text)) break;
  }
  stop.abort();
  const name = /^event: ?(.*)$/m.exec(text)?.[1]?.trim();
  const faults = judge.faultsOfEvent(path, name, JSON.parse(/^data: ?(.*)$/m.exec(text)[1]));
  for (const fault of faults) problems.push(`GET ${path} as ${as}, event ${name}: ${fault}`);
}

/** Asks again until there is something, for a minute and a half. */
async function eventually(find) {
  for (const end = Date.now() + 90_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 500))) {
    const found = await find();
    if (found) return found;
  }
  return undefined;
}

async function signIn() {
  const answer = await fetch(`${base}/login`, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'login=kim&password=open+sesame+7' });
  who.kim = { cookie: answer.headers.get('set-cookie').split(';')[0] };
  const { operator } = await get('/api/v1/me', { as: 'kim' });
  who.tokenless = { ...who.kim };
  who.kim['x-csrf-token'] = operator.csrf;
}

if (judge.faults('GET', '/api/v1/me', 200, 'application/json', '{"operator":null,"more":1}').length === 0) problems.push('a field that no schema names was not found');
await signIn();
// Each room says beside its openapi.json what is asked of it.
const rooms = new URL('../../src/', import.meta.url);
const files = readdirSync(rooms, { recursive: true }).filter((file) => file.endsWith('asked.mjs'));
for (const file of files.sort()) await (await import(new URL(file, rooms))).default({ get, ask, listen, eventually, problems, who, data });

for (const [method, path] of judge.operations())
  if (method === 'GET' && !judge.seen.has(`GET ${path} 200`)) problems.push(`GET ${path} was never answered with 200`);
const untried = judge.operations().filter(([method, path]) => ![...judge.seen].some((one) => one.startsWith(`${method} ${path} `)));
for (const [method, path] of untried) problems.push(`${method} ${path} was never asked`);
for (const problem of problems) console.error(problem);
console.log(`${asked} answers, ${judge.seen.size} kinds of them, ${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);
