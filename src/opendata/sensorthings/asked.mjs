// What of this room the API document's test asks a running city (tests/api/check_answers.mjs).

export default async function asked({ get, ask }) {
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
}
