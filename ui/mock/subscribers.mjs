// Made-up subscribers for developing the control room: one in each state, a test arrives after three seconds, and what
// the real server refuses first is refused here too. Nothing is kept.
const kMinute = 60_000;

const sketches = [
  { name: '상황실 당직', channel: 'email', address: 'duty@city.example', language: 'ko', severity: 'serious', internal: true, delivered: 412, delivered_at: 9 * kMinute },
  { name: 'Fire brigade dispatch', channel: 'webhook', address: 'https://dispatch.fire.example/hooks/madang', kinds: ['plume', 'heat'], delivered: 38, failed: 9, owed: 3, error: 'https://dispatch.fire.example/hooks/madang answered 503', error_at: 2 * kMinute, delivered_at: 95 * kMinute },
  { name: 'Old tram display', channel: 'webhook', address: 'https://tram.example/in', delivered: 7, dropped: 2, paused: true, paused_because: 'the receiver answered 410: it wants nothing any more', delivered_at: 9000 * kMinute },
  { name: 'School network', channel: 'email', address: 'schools@education.example', kinds: ['haze', 'index'] },
];

export class MockSubscribers {
  #all = [];
  #next = 1;

  constructor(city) {
    this.areas = city.areas().features.map((f) => f.properties);
    for (const sketch of sketches) this.#keep(sketch);
  }
  #keep({ delivered_at = null, error_at = null, areas = [], ...sketch }) {
    const before = (age) => (age === null ? null : Date.now() - age);
    const s = {
      id: this.#next++, name: sketch.address, language: '', severity: 'notice', kinds: [], internal: false, paused: false, paused_because: '', created_at: Date.now(),
      owed: 0, delivered: 0, failed: 0, refused: 0, given_up: 0, superseded: 0, dropped: 0, error: '', ...sketch, areas: this.#named(areas), delivered_at: before(delivered_at), error_at: before(error_at),
    };
    this.#all.push(s);
    return s;
  }
  #named = (ids) => ids.map((id) => ({ id, name: this.areas.find((a) => a.id === id)?.name ?? {} }));
  #arrive(s) {
    Object.assign(s, { owed: Math.max(s.owed - 1, 0), delivered: s.delivered + 1, delivered_at: Date.now(), error: '', error_at: null });
  }

  list() {
    return { channels: ['email', 'webhook'], subscribers: this.#all };
  }
  /** [status, answer] */
  act(method, id, test, body) {
    const invalid = (message) => [400, { code: 'invalid', message }];
    const s = this.#all.find((one) => one.id === id);
    if (id !== null && !s) return [404, { code: 'not_found', message: `there is no subscriber ${id}` }];
    if (test) {
      if (s.paused) return [409, { code: 'conflict', message: 'the subscriber is paused; resume it first' }];
      s.owed += 1;
      setTimeout(() => this.#arrive(s), 3000);
      return [202, s];
    }
    if (method === 'DELETE') {
      this.#all = this.#all.filter((one) => one !== s);
      return [204, null];
    }
    const [channel, address] = [s?.channel ?? body.channel, body.address ?? s?.address ?? ''];
    if (channel === 'email' && !/^[^\s@]+@[^\s@]+$/.test(address)) return invalid('address: one plain e-mail address expected, such as name@city.example');
    if (channel === 'webhook' && !/^https?:\/\/./.test(address)) return invalid('address: an absolute http or https URL expected');
    if (!s) {
      const added = this.#keep(body);
      return [201, channel === 'webhook' ? { ...added, secret: 'whsec_made-up-for-the-mock-0123456789' } : added];
    }
    Object.assign(s, body, body.areas ? { areas: this.#named(body.areas) } : {}, body.paused ? { dropped: s.dropped + s.owed, owed: 0 } : {});
    delete s.secret;
    return [200, s];
  }
}
