// A made-up city for developing the control room without a server: 25 districts, 1,100 stations, values that
// are smooth functions of place and time, so that any moment can be asked for and always answers the same.
const kQuantities = [
  // channel, en, ko, unit, scale, decimals, ramp, averaging, base, daily swing, spread
  ['pm25', 'Fine dust PM2.5', '초미세먼지 PM2.5', 'µg/m³', [0, 75], 0, 'sequential', 'arithmetic', 26, 9, 14],
  ['pm10', 'Dust PM10', '미세먼지 PM10', 'µg/m³', [0, 150], 0, 'sequential', 'arithmetic', 48, 16, 24],
  ['o3', 'Ozone O₃', '오존 O₃', 'ppm', [0, 0.15], 3, 'sequential', 'arithmetic', 0.035, 0.02, 0.02],
  ['no2', 'Nitrogen dioxide NO₂', '이산화질소 NO₂', 'ppm', [0, 0.12], 3, 'sequential', 'arithmetic', 0.03, 0.012, 0.02],
  ['co', 'Carbon monoxide CO', '일산화탄소 CO', 'ppm', [0, 3], 2, 'sequential', 'arithmetic', 0.6, 0.2, 0.4],
  ['so2', 'Sulphur dioxide SO₂', '아황산가스 SO₂', 'ppm', [0, 0.05], 3, 'sequential', 'arithmetic', 0.004, 0.001, 0.003],
  ['nh3', 'Ammonia NH₃', '암모니아 NH₃', 'ppm', [0, 5], 2, 'sequential', 'arithmetic', 0.5, 0.1, 0.4],
  ['h2s', 'Hydrogen sulphide H₂S', '황화수소 H₂S', 'ppm', [0, 1], 2, 'sequential', 'arithmetic', 0.04, 0.01, 0.05],
  ['noise', 'Noise', '소음', 'dB(A)', [35, 85], 1, 'sequential', 'energy', 57, 8, 12],
  ['temperature', 'Air temperature', '기온', '°C', [-10, 40], 1, 'diverging', 'arithmetic', 8, 5, 3],
  ['humidity', 'Relative humidity', '상대습도', '%', [0, 100], 0, 'sequential', 'arithmetic', 55, -15, 12],
  ['wind_speed', 'Wind speed', '풍속', 'm/s', [0, 12], 1, 'sequential', 'arithmetic', 2.4, 1, 1.8],
  ['illuminance', 'Illuminance', '조도', 'lx', [0, 60000], 0, 'sequential', 'arithmetic', 18000, 18000, 6000],
  ['ultraviolet', 'Ultraviolet index', '자외선 지수', 'UVI', [0, 11], 1, 'sequential', 'arithmetic', 2, 2, 1],
  ['vibration', 'Vibration', '진동', 'g', [0, 2], 2, 'sequential', 'arithmetic', 0.2, 0.05, 0.3],
  ['globe_temperature', 'Globe temperature', '흑구 온도', '°C', [-10, 60], 1, 'diverging', 'arithmetic', 11, 8, 4],
  ['people', 'People present', '유동 인구', 'people', [0, 400], 0, 'sequential', 'arithmetic', 120, 80, 140],
];
export const kIntervalMs = 120_000;
export const kStations = 1100;
const kHour = 3_600_000;

const hash = (a, b = 0) => {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
};

// Districts: the cells of a jittered 5 x 5 lattice, bent into an oval.
const kSyllables = [['Haneul', '하늘'], ['Baram', '바람'], ['Sol', '솔'], ['Dal', '달'], ['Byeol', '별'], ['Mulgil', '물길'],
  ['Sup', '숲'], ['Noeul', '노을'], ['Iseul', '이슬'], ['Maru', '마루'], ['Garam', '가람'], ['Nuri', '누리'], ['Onnuri', '온누리'],
  ['Saebyeok', '새벽'], ['Dure', '두레'], ['Areum', '아름'], ['Hanbit', '한빛'], ['Cheongsol', '청솔'], ['Eunha', '은하'],
  ['Daon', '다온'], ['Haedeun', '해든'], ['Narae', '나래'], ['Bom', '봄'], ['Gaeul', '가을'], ['Yeoul', '여울']];
const kBounds = [126.79, 37.43, 127.17, 37.69];
function corner(i, j) {
  const u = (i / 5) * 2 - 1 + (i > 0 && i < 5 ? (hash(i, j + 50) - 0.5) * 0.18 : 0);
  const v = (j / 5) * 2 - 1 + (j > 0 && j < 5 ? (hash(i + 90, j) - 0.5) * 0.18 : 0);
  const x = u * Math.sqrt(1 - (v * v) / 2.4);
  const y = v * Math.sqrt(1 - (u * u) / 2.4);
  return [126.98 + x * 0.19, 37.56 + y * 0.13];
}
function edge(a, b) {
  const points = [];
  for (let k = 0; k < 6; k += 1) {
    const t = k / 6;
    const [first, second] = a < b ? [a, b] : [b, a];
    const s = a < b ? t : 1 - t;
    const [p, q] = [corner(...decode(first)), corner(...decode(second))];
    const bump = Math.sin(s * Math.PI) * (hash(first, second) - 0.5) * 0.16 + Math.sin(s * Math.PI * 3) * (hash(second, first) - 0.5) * 0.08;
    points.push([p[0] + (q[0] - p[0]) * s - (q[1] - p[1]) * bump, p[1] + (q[1] - p[1]) * s + (q[0] - p[0]) * bump]);
  }
  return points;
}
const encode = (i, j) => i * 10 + j;
const decode = (code) => [Math.floor(code / 10), code % 10];

const districts = [];
for (let j = 0; j < 5; j += 1) {
  for (let i = 0; i < 5; i += 1) {
    const corners = [encode(i, j), encode(i + 1, j), encode(i + 1, j + 1), encode(i, j + 1)];
    const ring = corners.flatMap((c, k) => edge(c, corners[(k + 1) % 4]));
    ring.push(ring[0]);
    const n = j * 5 + i;
    districts.push({ id: n + 1, code: `D${n + 1}`, name: { en: `${kSyllables[n][0]}-gu`, ko: `${kSyllables[n][1]}구` }, ring, i, j });
  }
}

const stations = [];
for (let n = 0; n < kStations; n += 1) {
  const d = districts[n % 25];
  const [s, t] = [0.06 + hash(n, 1) * 0.88, 0.06 + hash(n, 2) * 0.88];
  const [a, b, c, e] = [corner(d.i, d.j), corner(d.i + 1, d.j), corner(d.i + 1, d.j + 1), corner(d.i, d.j + 1)];
  const at = (k) => (a[k] * (1 - s) + b[k] * s) * (1 - t) + (e[k] * (1 - s) + c[k] * s) * t;
  const number = String(n + 1).padStart(4, '0');
  stations.push({
    id: n + 1, serial: `node-${number}`, area: d.id, simulated: true, lon: at(0), lat: at(1),
    name: { en: `${d.name.en.replace('-gu', '')} ${Math.floor(n / 25) + 1}`, ko: `${d.name.ko.replace('구', '')} ${Math.floor(n / 25) + 1}` },
    silent: n % 65 === 7, late: n % 71 === 11, none: n % 83 === 13,
  });
}

const rowOf = (channel) => kQuantities.find((q) => q[0] === channel);
/** The value, or null where the station had a gap. */
function valueAt(station, channel, time) {
  const q = rowOf(channel);
  const index = kQuantities.indexOf(q);
  const hour = ((time / kHour + 9) % 24) + station.lon;
  const [scale, base, swing, spread] = [q[4], q[8], q[9], q[10]];
  const daily = Math.sin(((hour - 8) / 24) * 2 * Math.PI) * swing;
  const drift = Math.sin(time / (kHour * 31) + index) * swing * 0.5;
  const field = Math.sin(station.lon * 21 + index + time / (kHour * 7)) * Math.cos(station.lat * 27 - index) * spread * 0.6;
  const own = (hash(station.id, index) - 0.5) * spread * 0.5;
  const quick = (hash(station.id * 31 + index, Math.floor(time / kIntervalMs)) - 0.5) * spread * 0.25;
  if (hash(station.id + 7000, Math.floor(time / (kHour * 5))) < 0.04) return null;
  const value = Math.max(q[6] === 'diverging' ? -40 : 0, base + daily + drift + field + own + quick);
  return Number(Math.min(value, scale[1] * 1.6).toFixed(q[5] + 1));
}

export class MockCity {
  constructor(now = () => Date.now()) {
    this.now = now;
  }

  city() {
    return {
      name: { en: 'Madang City', ko: '마당시' }, zone: 'Asia/Seoul', simulated: true, stations: kStations, simulated_stations: kStations, now: this.now(), version: '0.1.0',
      bounds: kBounds, interval_ms: kIntervalMs,
      quantities: kQuantities.map((q) => ({ channel: q[0], name: { en: q[1], ko: q[2] }, unit: q[3], scale: q[4], decimals: q[5], ramp: q[6], averaging: q[7], stations: kStations })),
      notices: [{ en: 'Simulated data. Nothing here was measured.', ko: '모의 데이터입니다. 실제로 측정한 값이 아닙니다.' }],
    };
  }

  areas() {
    return { type: 'FeatureCollection', features: districts.map((d) => ({
      type: 'Feature', geometry: { type: 'Polygon', coordinates: [d.ring] },
      properties: { id: d.id, code: d.code, name: d.name, level: 1, parent: null } })) };
  }

  /** A river through the city, one bridge road along each line of the lattice. */
  basemap() {
    const feature = (kind, type, coordinates) => ({ type: 'Feature', properties: { kind }, geometry: { type, coordinates } });
    const bank = (shift) => Array.from({ length: 41 }, (_, i) => [126.74 + i * 0.012, 37.553 + Math.sin(i / 5.5) * 0.013 + shift * (1 + 0.25 * Math.sin(i))]);
    const river = [...bank(0.0045), ...bank(-0.0045).reverse()];
    const roads = [1, 2, 3, 4].flatMap((k) => [
      feature(k === 2 ? 'expressway' : 'avenue', 'LineString', Array.from({ length: 6 }, (_, i) => corner(i, k))),
      feature(k === 3 ? 'expressway' : 'avenue', 'LineString', Array.from({ length: 6 }, (_, j) => corner(k, j)))]);
    return { type: 'FeatureCollection', features: [feature('river', 'Polygon', [[...river, river[0]]]), ...roads] };
  }

  stations() {
    return { version: 1, stations: stations.map(({ silent, late, none, ...s }) => ({ ...s, channels: kQuantities.map((q) => q[0]) })) };
  }

  #row(station, channel, at, live) {
    if (station.silent) return [station.id, null, null, 9, 3];
    let time = at - (at + station.id * 977) % kIntervalMs;
    const late = station.late && live;
    if (late) time -= kHour * 3;
    if (station.none) return [station.id, null, time, 9, late ? 2 : 1, -999];
    const value = valueAt(station, channel, time);
    return value === null ? null : [station.id, value, time, hash(station.id, Math.floor(time / kHour)) < 0.01 ? 3 : 1, late ? 2 : 1];
  }

  snapshot(channel, at) {
    const live = at === undefined;
    const moment = at ?? this.now();
    const values = stations.map((s) => this.#row(s, channel, moment, live)).filter(Boolean);
    return { property: channel, unit: rowOf(channel)[3], at: moment, live, values, ...this.summary(channel, values) };
  }

  summary(_channel, values) {
    const median = (list) => (list.length ? list.sort((a, b) => a - b)[Math.floor(list.length / 2)] : null);
    const byArea = new Map(districts.map((d) => [d.id, []]));
    const current = values.filter((v) => v[1] !== null && v[4] === 1);
    for (const [id, value] of current) byArea.get(stations[id - 1].area).push(value);
    const count = (state) => values.filter((v) => v[4] === state).length;
    return {
      areas: [...byArea].map(([id, list]) => [id, median(list), list.length]),
      city: { median: median(current.map((v) => v[1])), count: current.length },
      stations: { total: kStations, reporting: count(1), late: count(2), silent: count(3), never_heard: kStations - count(1) - count(2) - count(3) },
    };
  }

  /** What changed in the last `ms`: a fifteenth of the stations, as with a 2-minute interval seen every few seconds. */
  changes(channel, tick) {
    const now = this.now();
    return stations.filter((s) => s.id % 8 === tick % 8 && !s.silent && !s.late && !s.none).map((s) => {
      const value = valueAt(s, channel, now);
      return value === null ? null : [s.id, Number((value * (1 + (hash(s.id, tick) - 0.5) * 0.12)).toFixed(rowOf(channel)[5] + 1)), now, 1, 1];
    }).filter(Boolean);
  }

  thing(id, at) {
    const s = stations[id - 1];
    if (!s) return null;
    const moment = at ?? this.now();
    return {
      id: s.id, serial: s.serial, name: s.name, description: 'A node of the made-up network', simulated: true, lat: s.lat, lon: s.lon,
      area: { id: s.area, name: districts[s.area - 1].name },
      sensor: { name: { en: 'City node', ko: '도시 노드' }, model: 'MN-17', class: 'simulated', grade: '' },
      notice: { en: 'Simulated data. Nothing here was measured.', ko: '모의 데이터입니다. 실제로 측정한 값이 아닙니다.' },
      source: 'ui/mock',
      datastreams: kQuantities.map((q, k) => {
        const row = q[0] === 'vibration' && id % 3 === 0 ? null : this.#row(s, q[0], moment, at === undefined);
        return { id: id * 100 + k, channel: q[0], name: { en: q[1], ko: q[2] }, unit: q[3], value: row?.[1] ?? null, time: row?.[2] ?? null,
          flag: row?.[3] ?? null, state: ['reporting', 'late', 'silent', 'never_heard'][(row?.[4] ?? 4) - 1], ...(row?.length > 5 ? { sent: row[5] } : {}), fitted: !(q[0] === 'vibration' && id % 3 === 0), valid: [0, q[4][1] * 10], interval_ms: kIntervalMs, decimals: q[5] };
      }),
    };
  }

  series(datastream, from, to, pointsMax) {
    const station = stations[Math.floor(datastream / 100) - 1];
    const q = kQuantities[datastream % 100];
    const single = (to - from) / kIntervalMs <= pointsMax;
    const step = single ? kIntervalMs : Math.ceil((to - from) / pointsMax / 60_000) * 60_000;
    const points = [];
    for (let t = Math.ceil(from / step) * step; t < Math.min(to, this.now()); t += step) {
      const value = station.silent ? null : valueAt(station, q[0], t);
      if (value === null) continue;
      const width = single ? 0 : q[10] * 0.12;
      const doubtful = hash(station.id, Math.floor(t / kHour)) < 0.03;
      points.push([t, value, q[6] === 'diverging' ? value - width : Math.max(0, value - width), value + width, doubtful ? 3 : 1, ...(doubtful && single ? [6] : [])]);
    }
    return { datastream, unit: q[3], step_ms: single ? 0 : step, points, reasons: { 6: { en: 'Has not moved for more than 6 hours.', ko: '6시간 넘게 값이 바뀌지 않았습니다.' } } };
  }

  medians(channel, from, to) {
    const step = Math.max(600_000, Math.ceil((to - from) / 240 / 60_000) * 60_000);
    const points = [];
    for (let t = Math.ceil(from / step) * step; t < Math.min(to, this.now()); t += step) {
      const values = stations.filter((s) => s.id % 11 === 0 && !s.silent).map((s) => valueAt(s, channel, t)).filter((v) => v !== null).sort((a, b) => a - b);
      points.push([t, values[Math.floor(values.length / 2)], values[Math.floor(values.length * 0.05)], values[Math.floor(values.length * 0.95)]]);
    }
    return { property: channel, unit: rowOf(channel)[3], step_ms: step, points };
  }

  unitOf(channel) {
    return rowOf(channel)[3];
  }
  indexOf(channel) {
    return kQuantities.indexOf(rowOf(channel));
  }
  knows(channel) {
    return rowOf(channel) !== undefined;
  }
}
