// Made-up situations for developing the control room: a life like the real ones', answered as docs/situations_api.md
// says, and the stations' health. Nothing is kept.
const kMinute = 60_000;
const kHour = 3_600_000;
const kOpen = ['firing', 'acknowledged', 'acting'];

const kKinds = [
  ['plume', 'pm25', 'caution', (n) => ({ en: `Fine dust is rising near ${n.en}`, ko: `${n.ko} 부근 초미세먼지가 오르고 있습니다` }),
    { en: 'Close windows nearby. Send a patrol to look for smoke or dust from building work.', ko: '가까운 곳은 창문을 닫아 주십시오. 연기나 공사장 먼지가 있는지 순찰을 보내십시오.' }],
  ['noise_event', 'noise', 'notice', (n) => ({ en: `Unusual noise at ${n.en}`, ko: `${n.ko}에서 평소와 다른 소음이 이어지고 있습니다` }), { en: 'Ask the duty officer of the district.', ko: '자치구 당직자에게 확인하십시오.' }],
  ['crowd_surge', 'people', 'serious', (n) => ({ en: `Crowd grows quickly at ${n.en}`, ko: `${n.ko}에 인파가 빠르게 늘고 있습니다` }), { en: 'Open a second way out, stop arrivals, call the police box.', ko: '다른 출구를 열고 진입을 멈춘 뒤 파출소에 알리십시오.' }],
  ['heat', 'temperature', 'critical', (n) => ({ en: `Feels like 38 °C in ${n.en}`, ko: `${n.ko} 체감온도가 38 °C에 이르렀습니다` }), { en: 'Open cooling shelters and check on people who live alone.', ko: '무더위 쉼터를 열고 홀로 지내는 이웃을 살피십시오.' }],
  ['device_suspect', 'pm10', 'notice', (n) => ({ en: `${n.en} reads alone against its neighbours`, ko: `${n.ko} 측정값만 주변과 다릅니다` }), { en: '', ko: '' }],
];
const kLongName = { en: 'Fine dust is rising near Cheongsol Riverside Logistics Terminal Annexe No. 17 (northern gate)', ko: '청솔강변물류종합터미널제17별관북측출입구와그주변공영주차장일대초미세먼지가계속해서빠르게오르고있습니다확인바랍니다' };

export class MockSituations {
  #all = [];
  #listeners = new Set();
  #next = 1;

  constructor(city, count) {
    this.city = city;
    this.stations = city.stations().stations;
    this.areas = city.areas().features.map((f) => f.properties);
    for (let n = 0; n < count; n += 1) this.#raise(n, Date.now() - ((n * 7919) % 170 + 4) * kMinute);
    for (let n = 0; n < Math.min(count, 9); n += 1) {
      const s = this.#raise(n + 100, Date.now() - (n * 2.3 + 4) * kHour);
      this.#end(s, n % 3 === 0 ? 'dismissed' : 'resolved', s.since + 50 * kMinute, n % 3 === 0 ? 'minseo' : null, n % 3 === 0 ? 'Street sweeper' : '');
    }
  }

  #raise(n, since) {
    const [kind, channel, severity, headline, instruction] = kKinds[n % kKinds.length];
    const station = this.stations[(n * 137 + 40) % this.stations.length];
    const wide = n % 7 === 3;
    const area = this.areas.find((a) => a.id === station.area);
    const s = {
      id: this.#next++, version: 1, source: 'mock', key: `k${n}`, kind, group: n % 10 >= 8 ? `g${Math.floor(n / 10)}` : '', rule: `${kind}.residual`, rule_version: 3,
      severity: n % 11 === 5 ? 'critical' : severity, severity_max: severity, state: 'firing', headline: n === 1 ? kLongName : headline(wide ? area.name : station.name),
      description: { en: `Since ${new Date(since).toISOString().slice(11, 16)} UTC the readings around ${station.name.en} lie far above what is usual at this hour; three neighbours confirm it.`,
        ko: `${station.name.ko} 주변 값이 이 시간대 평소 수준보다 크게 높으며, 주변 측정소 3곳에서도 확인했습니다.` },
      instruction, place: wide ? null : [station.lon, station.lat], radius: wide ? 0 : 900, area: { id: area.id, name: area.name }, since, raised_at: since + 3 * kMinute,
      updated_at: since + 4 * kMinute, seen_at: Date.now() - kMinute, clear_since: null, acknowledged_at: null, ended_at: null, assignee: null, end_reason: '', escalation: n % 6 === 2 ? 2 : 0,
      silenced: n % 13 === 6, public: kind !== 'device_suspect', simulated: true,
      members: [station.id, ...this.stations.filter((x) => x.area === station.area && x.id !== station.id).slice(0, 11).map((x) => x.id)], facts: { stations: 16, quantities: [], named_at: null },
    };
    s.station = station;
    s.channel = channel;
    s.timeline = [{ number: 1, at: s.raised_at, kind: 'raised', by: null, text: '' }];
    if (n % 6 === 2) s.timeline.push({ number: 2, at: since + 13 * kMinute, kind: 'escalated', by: null, text: '' });
    if (n % 5 === 4) this.#step(s, 'acknowledged', 'acknowledged', 'minseo', '');
    this.#all.push(s);
    return s;
  }
  #step(s, state, kind, by, text) {
    s.state = state;
    s.version += 1;
    s.updated_at = Date.now();
    if (state !== 'firing') s.acknowledged_at ??= Date.now();
    s.timeline.push({ number: s.timeline.length + 1, at: Date.now(), kind, by, text });
    for (const listener of this.#listeners) listener(this.#plain(s));
  }
  #end(s, state, when, by, reason) {
    s.ended_at = when;
    s.end_reason = reason;
    this.#step(s, state, state, by, reason);
  }
  #plain({ station: _station, channel: _channel, timeline: _timeline, ...s }) {
    return s;
  }

  /** Another one begins; every second time the oldest open one ends by itself. */
  live() {
    const n = this.#next;
    const s = this.#raise(n, Date.now() - 2 * kMinute);
    this.#step(s, 'firing', 'updated', null, '');
    const old = this.#all.find((x) => kOpen.includes(x.state));
    if (n % 2 === 0 && old) this.#end(old, 'resolved', Date.now(), null, '');
  }
  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  list(query, operator) {
    const from = Date.parse(query.get('from') ?? '1970-01-01');
    const to = Date.parse(query.get('to') ?? '2100-01-01');
    const wanted = this.#all.filter((s) => (operator || s.public) && s.since < to && (s.ended_at ?? to) >= from && (query.get('open') !== '1' || kOpen.includes(s.state)));
    return { now: Date.now(), situations: wanted.reverse().map((s) => this.#plain(s)) };
  }
  snapshot(operator) {
    return this.list(new URLSearchParams({ open: '1' }), operator);
  }

  #evidence(s) {
    const near = this.stations.filter((x) => x.area === s.station.area && x.id !== s.station.id).slice(0, 4);
    const end = Math.min(Date.now(), s.since + kHour);
    const values = (station, excess) => this.city.series(station.id * 100 + this.city.indexOf(s.channel), s.since - kHour, end, 600).points
      .map(([t, v, , , flag]) => [t, Number((v + Math.max(0, Math.min(1, (t - s.since) / (12 * kMinute))) * excess).toFixed(2)), flag]);
    const scale = { pm25: 38, pm10: 60, noise: 18, people: 160, temperature: 9 }[s.channel];
    const stream = (station, role, excess) => {
      const list = values(station, excess);
      const before = list.filter(([t]) => t < s.since).map((v) => v[1]);
      const expected = before.reduce((a, b) => a + b, 0) / (before.length || 1);
      return { datastream: station.id * 100, thing: role === 'city' ? 0 : station.id, channel: s.channel, unit: this.city.unitOf(s.channel), role, place: role === 'city' ? null : [station.lon, station.lat],
        expected: Number(expected.toFixed(2)), ...(role === 'cause' ? { threshold: Number((expected + scale * 0.5).toFixed(1)) } : {}), values: list };
    };
    return {
      reason: { en: 'CUSUM on the residual passed its limit at 3 of 5 stations within 800 m; the city\'s median did not rise.', ko: '800 m 안 측정소 5곳 중 3곳의 누적 잔차가 기준을 넘었고, 도시 중앙값은 오르지 않았습니다.' },
      score: 8.4, threshold: 5, streams: [stream(s.station, 'cause', scale), ...near.map((x, i) => stream(x, 'neighbour', scale * (0.8 - i * 0.22))), stream(near[0], 'city', 0)],
    };
  }
  one(id, operator) {
    const s = this.#all.find((x) => x.id === id && (operator || x.public));
    if (!s) return null;
    if (!operator) return { ...this.#plain(s), timeline: s.timeline.map(({ number, at, kind }) => ({ number, at, kind })) };
    return { ...this.#plain(s), evidence: this.#evidence(s), timeline: s.timeline };
  }
  /** [status, body] */
  act(id, action, body, by) {
    const s = this.#all.find((x) => x.id === id);
    if (!s) return [404, { code: 'not_found', message: 'there is no such situation' }];
    const clash = (body.version !== undefined && body.version !== s.version) || (action !== 'note' && !kOpen.includes(s.state)) || (action === 'acknowledge' && s.state !== 'firing');
    if (clash) return [409, { code: 'conflict', message: `situation ${id} is ${s.state}, version ${s.version}` }];
    if ((action === 'note' || action === 'dismiss') && !body.text) return [400, { code: 'invalid', message: 'text: a few words are wanted' }];
    if (action === 'acknowledge') this.#step(s, 'acknowledged', 'acknowledged', by, '');
    if (action === 'act') this.#step(s, 'acting', 'acting', by, body.text ?? '');
    if (action === 'assign') {
      s.assignee = body.assignee ?? by;
      this.#step(s, s.state, 'assigned', by, s.assignee);
    }
    if (action === 'note') this.#step(s, s.state, 'noted', by, body.text);
    if (action === 'resolve') this.#end(s, 'resolved', Date.now(), by, body.text ?? '');
    if (action === 'dismiss') this.#end(s, 'dismissed', Date.now(), by, body.text);
    return [200, this.#plain(s)];
  }

  health(operator) {
    const kAilments = ['late', 'stuck', 'drifting', 'not_fitted', 'out_of_range', 'clock', 'suspect', 'silent'];
    const work = this.stations.filter((s) => s.id % 9 === 4).map((s) => {
      const ailment = kAilments[(s.id * 5) % kAilments.length];
      const whole = ailment === 'late' || ailment === 'silent';
      return { thing: s.id, serial: s.serial, name: s.name, channel: whole ? null : s.channels[s.id % s.channels.length], ailment, since: Date.now() - ((s.id * 37) % 400 + 1) * kHour, share: whole ? 1 : (s.id % 20) / 20,
        reason: { en: 'The value has not changed for 6 h 20 min while its neighbours moved by 14 µg/m³.', ko: '주변 값이 14 µg/m³ 움직이는 동안 6시간 20분째 값이 바뀌지 않았습니다.' } };
    });
    const counts = {};
    for (const w of work) counts[w.ailment] = (counts[w.ailment] ?? 0) + 1;
    return {
      now: Date.now(), stations: { total: this.stations.length, reporting: 1068, late: 15, silent: 17, never_heard: 0 }, ailments: counts,
      areas: this.areas.map((a) => ({ area: a.id, name: a.name, stations: 44, reporting: 44 - (a.id % 4) })), ...(operator ? { work } : {}),
    };
  }
}
