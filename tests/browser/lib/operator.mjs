// Operators: signed in through the real form, speaking to the API as the control room does.
import { close, open } from './browser.mjs';
import { control } from './control_room.mjs';

const kPassword = 'a long enough secret';
const known = new WeakMap();

/** The operator's cookies and token; made and signed in once for each server. `area`: the code of the only one where he may do more
 *  than read. */
export async function operator({ server, browser }, login, area) {
  const all = known.get(server) ?? new Map();
  known.set(server, all);
  if (all.has(login)) return all.get(login);
  await server.run('operator', 'create', '--login', login, '--password', kPassword, '--role', area ? 'reader' : 'operator');
  if (area) await server.run('roles', 'give', '--login', login, '--role', 'operator', '--area', area);
  const page = await open(browser, `${server.address}/login?lang=en`, { javaScriptEnabled: false });
  await page.getByLabel('Login name').fill(login);
  await page.getByLabel('Password').fill(kPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  const storageState = await page.context().storageState();
  await close(page);
  const cookie = storageState.cookies.map((c) => `${c.name}=${c.value}`).join('; ');
  const { csrf } = (await (await fetch(`${server.address}/api/v1/me`, { headers: { cookie } })).json()).operator;
  const send = async (path, body, method = 'POST') => {
    const response = await fetch(server.address + path, { method, headers: { cookie, 'x-csrf-token': csrf, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? null : response.json();
  };
  const read = async (path) => (await fetch(server.address + path, { headers: { cookie } })).json();
  const one = { login, storageState, send, read };
  all.set(login, one);
  return one;
}

/** What a person reports by hand at a station; `more` overrides. */
export const report = (station, more = {}) => ({
  kind: 'plume', severity: 'serious', place: [station.lon, station.lat], radius: 900, public: true, simulated: true,
  headline: { en: `Smoke near ${station.name.en}`, ko: `${station.name.ko} 부근에 연기가 있습니다` },
  description: { en: 'Somebody saw dark smoke over a yard.', ko: '공터 위로 검은 연기가 보인다는 신고가 있었습니다.' },
  instruction: { en: 'Keep windows closed.', ko: '창문을 닫아 주십시오.' },
  ...more,
});

/** The Situation's row in the list. */
export const row = (page, id) => page.locator(`.situations [data-situation="${id}"]`);

/** An operator who can raise Situations and open the room; what was raised is resolved afterwards. */
export async function withOperator(world, run) {
  const minseo = await operator(world, 'minseo.kim');
  const raised = [];
  const raise = async (more) => {
    const s = await minseo.send('/api/v1/situations', report(world.someStation, more));
    raised.push(s.id);
    return s;
  };
  try {
    await run({ minseo, raise, room: (query, options = {}) => control(world, query, { storageState: minseo.storageState, ...options }) });
  } finally {
    // The next story begins without them.
    for (const id of raised) await minseo.send(`/api/v1/situations/${id}/resolve`, { text: 'end of the story' }).catch(() => {});
  }
}
