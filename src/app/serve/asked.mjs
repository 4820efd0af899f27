// What of this room the API document's test asks a running city (tests/api/check_answers.mjs).

export default async function asked({ get, ask, data }) {
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
