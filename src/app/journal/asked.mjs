// What of this room the API document's test asks a running city (tests/api/check_answers.mjs).

export default async function asked({ get, ask }) {
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
