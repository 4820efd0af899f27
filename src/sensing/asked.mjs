// What of this room the API document's test asks a running city (tests/api/check_answers.mjs).
/** A level that any air is above, at any hour of the day. */
const kAlwaysTrue = { id: 'any_air', notice: 0.001, caution: 0, serious: 0, critical: 0, minutes: 5, hour_from: 0, hour_to: 24 };

async function sensing({ get, ask, listen }) {
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

async function rules({ get, ask }) {
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

export default async function asked(running) {
  await sensing(running);
  await rules(running);
}
