// What of this room the API document's test asks a running city (tests/api/check_answers.mjs).

async function situations({ get, ask, listen, eventually, problems }) {
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
  const found = await eventually(async () => (await get('/api/v1/situations', kim)).situations.find((s) => s.rule === 'any_air'));
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

async function subscribers({ get, ask }) {
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

export default async function asked(running) {
  await situations(running);
  await subscribers(running);
}
