// Asks a running city what its API document lists, rightly and wrongly, and holds every answer against the document:
//   node check_answers.mjs BASE DATA KEY     DATA: the server's data directory; KEY: a device key for all Things
// Signs in as kim, who administers. Every GET must have been answered with 200 by the end.
import { readFileSync } from 'node:fs';
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

async function server() {
  await get('/healthz');
  await get('/readyz');
  await get('/metrics');
  await get('/metrics', { headers: { accept: 'application/openmetrics-text' } });
  await get('/api/openapi.yaml');
  await get('/api/openapi.json');
  await get('/api/v1/me');
  await ask('POST', '/api/v1/backups', 201, { as: 'local', query: { folder: `${data}-backup` } });
  await ask('POST', '/api/v1/backups', 409, { as: 'local', query: { folder: `${data}-backup` } });
  await ask('POST', '/api/v1/backups', 400, { as: 'local', query: { folder: 'here' } });
  await ask('POST', '/api/v1/backups', 401, { query: { folder: '/tmp/x' } });
  await ask('POST', '/api/v1/backups', 403, { as: 'device', query: { folder: '/tmp/x' } });
}

async function events() {
  await get('/api/v1/events/handlers', { as: 'kim' });
  await ask('GET', '/api/v1/events/handlers', 401);
  await get('/api/v1/events/dead', { as: 'kim', query: { limit: 1 } });
  await ask('GET', '/api/v1/events/dead', 400, { as: 'kim', query: { after: 'nobody' } });
  await ask('GET', '/api/v1/events/dead', 403, { as: 'device' });
  const at = { handler: 'nobody', event: 1 };
  await ask('POST', '/api/v1/events/dead/{handler}/{event}/again', 404, { as: 'kim', at });
  await ask('POST', '/api/v1/events/dead/{handler}/{event}/again', 403, { as: 'tokenless', at });
  const drop = '/api/v1/events/dead/{handler}/{event}/drop';
  await ask('POST', drop, 404, { as: 'kim', at, body: { reason: 'It is gone.' } });
  await ask('POST', drop, 400, { as: 'kim', at, body: { reason: '' } });
  await ask('POST', drop, 413, { as: 'kim', at, body: { reason: 'a'.repeat(501) } });
}

async function sensing() {
  const { quantities } = await get('/api/v1/city');
  await get('/api/v1/areas');
  await get('/api/v1/basemap');
  const { stations } = await get('/api/v1/stations');
  const anHourAgo = String(Date.now() - 3_600_000);
  for (const { channel } of quantities) await get('/api/v1/now', { query: { property: channel } });
  await get('/api/v1/now', { query: { property: 'pm25', at: anHourAgo } });
  await ask('GET', '/api/v1/now', 400);
  await ask('GET', '/api/v1/now', 404, { query: { property: 'gold' } });
  await ask('GET', '/api/v1/now', 400, { query: { property: 'pm25', at: '2999-01-01T00:00:00Z' } });
  const thing = await get('/api/v1/things/{id}', { at: { id: stations[0].id } });
  for (const { id } of stations) await get('/api/v1/things/{id}', { at: { id }, as: 'kim', query: { at: anHourAgo } });
  await ask('GET', '/api/v1/things/{id}', 400, { at: { id: 'x' } });
  await ask('GET', '/api/v1/things/{id}', 404, { at: { id: 999_999 } });
  for (const { id } of thing.datastreams) await get('/api/v1/series', { query: { datastream: id } });
  const [{ id: datastream }] = thing.datastreams;
  for (const by of ['hour', 'day', 'month']) await get('/api/v1/series', { query: { datastream, by } });
  await get('/api/v1/series', { query: { datastream, points: 10, from: '2026-01-01T00:00:00+09:00' } });
  await get('/api/v1/series', { query: { datastream, format: 'csv', lang: 'ko' } });
  await get('/api/v1/series', { query: { datastream, by: 'hour', format: 'csv' } });
  await ask('GET', '/api/v1/series', 400, { query: { datastream, by: 'year' } });
  await ask('GET', '/api/v1/series', 400, { query: { datastream, from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' } });
  await ask('GET', '/api/v1/series', 404, { query: { datastream: 999_999 } });
  await ask('GET', '/api/v1/series', 413, { query: { datastream, points: 5_001 } });
  await get('/api/v1/medians', { query: { property: 'pm25' } });
  await ask('GET', '/api/v1/medians', 404, { query: { property: 'gold' } });
  await ask('GET', '/api/v1/medians', 413, { query: { property: 'pm25', from: '1990-01-01T00:00:00Z' } });
  await listen('/api/v1/live', { query: { property: 'pm25' } });
  await get('/api/v1/indices');
  await get('/api/v1/health');
  await get('/api/v1/health', { as: 'kim' });
  await get('/api/v1/health/work', { as: 'kim' });
  await get('/api/v1/health/work', { as: 'local' });
  await ask('GET', '/api/v1/health/work', 401);
  await ask('GET', '/api/v1/health/work', 403, { as: 'device' });
  for (const state of ['reporting', 'late', 'silent', 'never_heard']) await get('/api/v1/health/stations', { query: { state } });
  await ask('GET', '/api/v1/health/stations', 400, { query: { state: 'asleep' } });
  await get('/api/v1/devices/unknown', { as: 'kim' });
  await ask('POST', '/api/v1/quality/rerun', 200, { as: 'local', query: { channel: 'pm25' } });
  await ask('POST', '/api/v1/quality/rerun', 400, { as: 'local', query: { from: 'yesterday' } });
  await ask('POST', '/api/v1/quality/calibrate', 404, { as: 'local', query: { channel: 'gold' } });
  await ask('POST', '/api/v1/quality/calibrate', 400, { as: 'local' });
}

/** A level that any air is above, at any hour of the day. */
const kAlwaysTrue = { id: 'any_air', notice: 0.001, caution: 0, serious: 0, critical: 0, minutes: 5, hour_from: 0, hour_to: 24 };

async function rules() {
  const now = await get('/api/v1/rules');
  await get('/api/v1/rules/history');
  await get('/api/v1/rules/{version}', { at: { version: now.version } });
  await ask('GET', '/api/v1/rules/{version}', 404, { at: { version: 4_000_000 } });
  await ask('GET', '/api/v1/rules/{version}', 400, { at: { version: 'x' } });
  const all = now.rules.map(({ rule }) => rule);
  const haze = all.find((rule) => rule.measure === 'city_median' && rule.channel === 'pm25');
  const body = { version: now.version, note: 'Looked at.', rules: [...all, { ...haze, ...kAlwaysTrue }] };
  await ask('POST', '/api/v1/rules', 200, { as: 'kim', body });
  await ask('POST', '/api/v1/rules', 409, { as: 'kim', body });
  await ask('POST', '/api/v1/rules', 400, { as: 'kim', body: { ...body, note: '' } });
  await ask('POST', '/api/v1/rules', 400, { as: 'kim', text: '{' });
  await ask('POST', '/api/v1/rules', 403, { as: 'tokenless', body });
  await ask('POST', '/api/v1/rules', 401, { body });
}

async function city() {
  await ask('POST', '/api/v1/areas', 400, { as: 'local', body: {} });
  await ask('POST', '/api/v1/areas', 401, { body: {} });
  await ask('POST', '/api/v1/basemap', 400, { as: 'local', body: {} });
  await ask('POST', '/api/v1/basemap', 201, { as: 'local', body: await get('/api/v1/basemap') });
  await get('/api/v1/operators', { as: 'kim' });
  await get('/api/v1/permissions', { as: 'kim' });
  await ask('GET', '/api/v1/parties', 401);
  await ask('GET', '/api/v1/parties', 400, { as: 'kim', query: { kind: 'crowd' } });
  const kim = who.kim && { as: 'kim' };
  const { party: lee } = await ask('POST', '/api/v1/parties', 201, { ...kim, body: { kind: 'person', login: 'lee', name: 'Lee', password: 'open sesame 8' } });
  const { party: roads } = await ask('POST', '/api/v1/parties', 201, { ...kim, body: { kind: 'office', login: 'roads', name: 'Road maintenance' } });
  await ask('POST', '/api/v1/parties', 409, { ...kim, body: { kind: 'person', login: 'lee' } });
  await ask('POST', '/api/v1/parties', 400, { ...kim, body: { login: 'x' } });
  const of = (id) => ({ ...kim, at: { id } });
  await ask('PATCH', '/api/v1/parties/{id}', 200, { ...of(lee.id), body: { name: 'Lee Sun-shin' } });
  await ask('PATCH', '/api/v1/parties/{id}', 400, { ...of(lee.id), body: { login: 'other' } });
  await ask('POST', '/api/v1/parties/{id}/members', 201, { ...of(roads.id), body: { party: lee.id } });
  const grant = await ask('POST', '/api/v1/parties/{id}/roles', 201, { ...of(roads.id), body: { role: 'reader' } });
  await ask('POST', '/api/v1/parties/{id}/roles', 400, { ...of(roads.id), body: { role: 'reader', area: 999_999 } });
  await ask('POST', '/api/v1/parties/{id}/roles', 404, { ...of(roads.id), body: { role: 'nothing' } });
  await get('/api/v1/parties', { ...kim, query: { limit: 2, ended: 1 } });
  await get('/api/v1/parties/{id}', of(roads.id));
  await ask('GET', '/api/v1/parties/{id}', 404, of('x'));
  await ask('DELETE', '/api/v1/parties/{id}/members/{member}', 204, { ...kim, at: { id: roads.id, member: lee.id } });
  await ask('DELETE', '/api/v1/parties/{id}/roles/{grant}', 204, { ...kim, at: { id: roads.id, grant: grant.id } });
  await ask('POST', '/api/v1/roles', 201, { ...kim, body: { name: 'watch', permissions: ['situations.see'] } });
  await ask('POST', '/api/v1/roles', 409, { ...kim, body: { name: 'watch', permissions: ['devices.see'] } });
  await ask('PUT', '/api/v1/roles/{name}', 200, { ...kim, at: { name: 'watch' }, body: { permissions: ['devices.see'] } });
  await ask('PUT', '/api/v1/roles/{name}', 400, { ...kim, at: { name: 'watch' }, body: { name: 'guard', permissions: ['devices.see'] } });
  await ask('PUT', '/api/v1/roles/{name}', 404, { ...kim, at: { name: 'guard' }, body: { permissions: ['devices.see'] } });
  await get('/api/v1/roles', kim);
  await ask('DELETE', '/api/v1/roles/{name}', 204, { ...kim, at: { name: 'watch' } });
  await ask('DELETE', '/api/v1/parties/{id}', 204, of(roads.id));
  await get('/api/v1/parties/{id}', of(roads.id));
}

async function registry(thing) {
  const kim = { as: 'kim' };
  await ask('POST', '/api/v1/registry/acts', 200, { ...kim, body: { act: 'edit', thing, channel: 'pm25', interval_ms: 60_000 } });
  await ask('POST', '/api/v1/registry/acts', 200, { ...kim, body: { act: 'move', thing, latitude: 37.5663, longitude: 126.9779 } });
  await ask('POST', '/api/v1/registry/acts', 200, { ...kim, body: { act: 'retire', thing } });
  await ask('POST', '/api/v1/registry/acts', 409, { ...kim, body: { act: 'delete', thing } });
  await ask('POST', '/api/v1/registry/acts', 200, { ...kim, body: { act: 'return', thing } });
  await ask('POST', '/api/v1/registry/acts', 404, { ...kim, body: { act: 'retire', thing: 999_999 } });
  await ask('POST', '/api/v1/registry/acts', 400, { ...kim, body: { act: 'paint', thing } });
  await get('/api/v1/registry/history', { ...kim, query: { thing } });
  await get('/api/v1/registry/history', { ...kim, query: { datastream: 1 } });
  await ask('GET', '/api/v1/registry/history', 400, kim);
  await ask('GET', '/api/v1/registry/history', 404, { ...kim, query: { serial: 'NOBODY' } });
}

async function situations() {
  const kim = { as: 'kim' };
  const report = { kind: 'flood', severity: 'serious', public: true, place: [126.88, 37.58], radius: 200, headline: { en: 'The underpass is flooded' }, instruction: { en: 'Take another way.' } };
  const made = await ask('POST', '/api/v1/situations', 201, { ...kim, body: report });
  const hidden = await ask('POST', '/api/v1/situations', 201, { ...kim, body: { ...report, public: false, place: undefined, radius: 0 } });
  await ask('POST', '/api/v1/situations', 400, { ...kim, body: { ...report, kind: 'dragon' } });
  await ask('POST', '/api/v1/situations', 401, { body: report });
  for (const as of ['nobody', 'kim']) {
    await get('/api/v1/situations', { as });
    await get('/api/v1/situations', { as, query: { open: 1, limit: 1 } });
    await get('/api/v1/situations', { as, query: { at: String(Date.now()) } });
    await get('/api/v1/situations/{id}', { as, at: { id: made.id } });
    await listen('/api/v1/situations/live', { as });
  }
  const found = await eventually(async () => (await get('/api/v1/situations', kim)).situations.find((s) => s.rule === kAlwaysTrue.id));
  const evidence = found && (await get('/api/v1/situations/{id}', { ...kim, at: { id: found.id } })).evidence;
  if (!evidence?.streams.some((stream) => stream.values.length > 0)) problems.push('the early warning found nothing with evidence');
  const { situations: all } = await get('/api/v1/situations', kim);
  for (const { id } of all) await get('/api/v1/situations/{id}', { ...kim, at: { id } });
  for (const { id } of (await get('/api/v1/situations')).situations) await get('/api/v1/situations/{id}', { at: { id } });
  await ask('GET', '/api/v1/situations', 400, { query: { limit: 0 } });
  await ask('GET', '/api/v1/situations', 413, { query: { limit: 1_001 } });
  await ask('GET', '/api/v1/situations', 400, { query: { at: '2999-01-01T00:00:00Z' } });
  await ask('GET', '/api/v1/situations/{id}', 404, { at: { id: hidden.id } });
  await get('/api/v1/situations/kinds');
  await get('/api/v1/situations/{id}/map.svg', { ...kim, at: { id: made.id } });
  await ask('GET', '/api/v1/situations/{id}/map.svg', 401, { at: { id: made.id } });
  const act = (action, status, body, id = made.id) => ask('POST', '/api/v1/situations/{id}/{action}', status, { ...kim, at: { id, action }, body });
  await act('acknowledge', 200);
  await act('assign', 200, {});
  await act('note', 200, { text: 'A crew is on its way.' });
  await act('note', 400, { text: '' });
  await act('act', 200, { version: undefined });
  await act('resolve', 409, { version: 1 });
  await act('dance', 404, {});
  await act('note', 404, { text: 'x' }, 999_999);
  await get('/alerts.atom');
  await get('/alerts/{id}.cap', { at: { id: made.id } });
  await get('/alerts/{id}-{version}.cap', { at: { id: made.id, version: 1 } });
  await ask('GET', '/alerts/{id}-{version}.cap', 404, { at: { id: made.id, version: 999 } });
  await get('/alerts/{id}.svg', { at: { id: made.id }, query: { lang: 'ko', theme: 'dark' } });
  await act('resolve', 200, { text: 'dry again' });
  const silence = await ask('POST', '/api/v1/silences', 201, { ...kim, body: { kind: 'flood', to: Date.now() + 60_000, reason: 'An exercise.' } });
  await ask('POST', '/api/v1/silences', 400, { ...kim, body: { reason: 'without an end' } });
  await get('/api/v1/silences', kim);
  await ask('DELETE', '/api/v1/silences/{id}', 204, { ...kim, at: { id: silence.id } });
  await ask('DELETE', '/api/v1/silences/{id}', 404, { ...kim, at: { id: 999_999 } });
}

async function subscribers() {
  const kim = { as: 'kim' };
  const hook = await ask('POST', '/api/v1/subscribers', 201, { ...kim, body: { channel: 'webhook', address: 'http://127.0.0.1:9/hook', severity: 'critical', areas: [1] } });
  await ask('POST', '/api/v1/subscribers', 400, { ...kim, body: { channel: 'pigeon', address: 'x' } });
  await get('/api/v1/subscribers', kim);
  const of = { ...kim, at: { id: hook.id } };
  await get('/api/v1/subscribers/{id}', of);
  await ask('PATCH', '/api/v1/subscribers/{id}', 200, { ...of, body: { name: 'Desk', kinds: ['flood'] } });
  await ask('PATCH', '/api/v1/subscribers/{id}', 400, { ...of, body: { channel: 'email' } });
  await ask('POST', '/api/v1/subscribers/{id}/test', 202, of);
  await ask('DELETE', '/api/v1/subscribers/{id}', 204, of);
  await ask('GET', '/api/v1/subscribers/{id}', 404, of);
}

async function journal() {
  const note = await get('/api/v1/journal/checkpoint');
  const size = Number(note.split('\n')[1]);
  await get('/api/v1/journal/growth/{size}', { at: { size } });
  await ask('GET', '/api/v1/journal/growth/{size}', 404, { at: { size: 999_999 } });
  await get('/api/v1/journal/entries', { query: { limit: 200 } });
  await ask('GET', '/api/v1/journal/entries', 400, { query: { from: -1 } });
  for (let position = 0; position < size; position += 1) {
    await get('/api/v1/journal/entries/{position}/proof', { at: { position } });
    await get('/api/v1/journal/opened/{position}/proof', { as: 'kim', at: { position } });
  }
  await get('/api/v1/journal/opened', { as: 'kim' });
  await ask('GET', '/api/v1/journal/opened', 401);
  await ask('GET', '/api/v1/journal/entries/{position}/proof', 404, { at: { position: 'x' } });
}

async function sensorthings() {
  const sets = ['Things', 'Locations', 'Datastreams', 'Sensors', 'ObservedProperties', 'Observations', 'FeaturesOfInterest'];
  await get('/sta/v1.1');
  const one = '/sta/v1.1/{entitySet}({id})';
  for (const entitySet of sets) {
    const { value } = await get('/sta/v1.1/{entitySet}', { at: { entitySet }, query: { $top: 3, $count: 'true' } });
    await get(one, { at: { entitySet, id: value[0]['@iot.id'] } });
    await get('/sta/v1.1/{entitySet}', { at: { entitySet }, query: { $select: '@iot.id' } });
  }
  const at = (entitySet, id, member) => ({ at: { entitySet, id, member } });
  await get('/sta/v1.1/{entitySet}', { ...at('Observations'), query: { $resultFormat: 'dataArray', $top: 5, $filter: "resultQuality ne 'fail'", $orderby: 'phenomenonTime desc' } });
  await get(`${one}/{member}`, at('Things', 1, 'name'));
  await get(`${one}/{member}`, at('Things', 1, 'Datastreams'));
  await get(`${one}/{member}`, at('Datastreams', 1, 'Thing'));
  await get(`${one}/{member}`, { ...at('Datastreams', 1, 'Observations'), query: { $resultFormat: 'dataArray' } });
  await get(`${one}/{member}/$value`, at('Things', 1, 'name'));
  await get(`${one}/{member}/$ref`, at('Things', 1, 'Datastreams'));
  await ask('GET', '/sta/v1.1/{entitySet}', 404, at('Dragons'));
  await ask('GET', '/sta/v1.1/{entitySet}', 501, { ...at('Things'), query: { $expand: 'Datastreams' } });
  await ask('GET', '/sta/v1.1/{entitySet}', 400, { ...at('Things'), query: { $top: 'x' } });
  await ask('GET', one, 404, at('Things', 999_999));
  const device = { as: 'device' };
  const made = await ask('POST', '/sta/v1.1/{entitySet}', 201, { ...device, ...at('Things'), body: { name: 'A new pole', description: 'It stands.' } });
  const id = made['@iot.id'];
  await ask('POST', '/sta/v1.1/{entitySet}', 401, { ...at('Things'), body: { name: 'x', description: 'x' } });
  await ask('POST', '/sta/v1.1/{entitySet}', 400, { ...device, ...at('Things'), text: '[1]' });
  await ask('POST', `${one}/{member}`, 201, { ...device, ...at('Things', id, 'Locations'), body: { name: 'Here', description: 'x', encodingType: 'application/geo+json', location: { type: 'Point', coordinates: [127, 37.5] } } });
  await ask('PATCH', one, 403, { ...device, ...at('Things', id), body: { description: 'It leans.' } });
  await ask('PATCH', one, 200, { as: 'local', ...at('Things', id), body: { description: 'It leans.' } });
  await ask('PATCH', one, 200, { as: 'local', ...at('Things', id), headers: { 'content-type': 'application/json-patch+json' },
    text: JSON.stringify([{ op: 'test', path: '/description', value: 'It leans.' }, { op: 'replace', path: '/description', value: 'It stands.' }]) });
  await ask('DELETE', one, 403, { ...device, ...at('Things', id) });
  await ask('DELETE', one, 204, { as: 'local', ...at('Things', id) });
  const rows = [['2026-11-01T00:00:00Z', 7.5], ['never', 1]];
  const links = await ask('POST', '/sta/v1.1/CreateObservations', 201, { ...device, body: [{ Datastream: { '@iot.id': 1 }, components: ['phenomenonTime', 'result'], dataArray: rows }] });
  await ask('POST', '/sta/v1.1/CreateObservations', 201, { ...device, body: [{ Datastream: { '@iot.id': 1 }, components: ['phenomenonTime', 'result'], dataArray: [['2026-11-01T00:00:00Z', 8]] }] });
  await ask('GET', one, 410, at('Observations', /\((\d+)\)/.exec(links[0])[1]));
  await ask('POST', '/sta/v1.1/CreateObservations', 400, { ...device, body: {} });
  return id;
}

if (judge.faults('GET', '/api/v1/me', 200, 'application/json', '{"operator":null,"more":1}').length === 0) problems.push('a field that no schema names was not found');
await signIn();
await server();
await events();
await sensing();
await rules();
await city();
const { stations } = await get('/api/v1/stations');
await registry(stations.at(-1).id);
await situations();
await subscribers();
await journal();
await sensorthings();

for (const [method, path] of judge.operations())
  if (method === 'GET' && !judge.seen.has(`GET ${path} 200`)) problems.push(`GET ${path} was never answered with 200`);
const untried = judge.operations().filter(([method, path]) => ![...judge.seen].some((one) => one.startsWith(`${method} ${path} `)));
for (const [method, path] of untried) problems.push(`${method} ${path} was never asked`);
for (const problem of problems) console.error(problem);
console.log(`${asked} answers, ${judge.seen.size} kinds of them, ${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);
