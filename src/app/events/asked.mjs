// What of this room the API document's test asks a running city (tests/api/check_answers.mjs).

export default async function asked({ get, ask }) {
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
