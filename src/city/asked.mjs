// What of this room the API document's test asks a running city (tests/api/check_answers.mjs).

async function city({ get, ask, who }) {
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

async function registry({ get, ask }, thing) {
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

export default async function asked(running) {
  await city(running);
  const { stations } = await running.get('/api/v1/stations');
  await registry(running, stations.at(-1).id);
}
