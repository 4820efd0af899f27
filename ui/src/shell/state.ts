// What the page knows and what the reader chose, as signals. Choices are mirrored into the address.
import { batch, computed, effect, signal } from '@preact/signals';
import { type Areas, type City, type LiveValues, type Me, type Name, type Now, type Quantity, type Station, api } from './api';
import { Live } from './live';
import { Values } from '../domains/sensing/values';
import { readAddress, type View, writeAddress } from './address';
import { bestLanguage, catalogueOf, type Language, languageOf } from './languages';
import { type Refusal, refusalOf } from './refusal';
import { fittedEnds, type Theme } from './map/scale';
import { matches, type ReportCounts, searchText } from '../domains/sensing/rules';
import { Messages } from './messages';

const first = readAddress(location.search);

export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(`madang.${key}`);
  } catch {
    return null;
  }
}
export function remember(key: string, value: string) {
  try {
    localStorage.setItem(`madang.${key}`, value);
  } catch {
    // A browser that refuses storage only forgets the choice.
  }
}

// What the reader chose.
const browserLanguage = (): Language => bestLanguage(navigator.languages);
export const language = signal<Language>(first.lang ?? languageOf(remembered('lang')) ?? browserLanguage());
export const theme = signal<Theme>(first.theme ?? (remembered('theme') as Theme | null) ?? 'dark');
export const quantityChannel = signal(first.quantity ?? 'pm25');
export const stationId = signal(first.station);
export const areaId = signal(first.area);
export const situationId = signal(first.situation);
export const at = signal(first.at);
export const view = signal<View>(first.view);
export const wall = signal(first.wall);
/** The wall is for seeing differences from afar: its scale follows the city unless the address says otherwise. */
export const fitted = signal(first.fit ?? first.wall);
export const find = signal(first.find);
export const need = signal(first.need);
export const atLeast = signal(first.atLeast);
export const endedShown = signal(first.ended);
export const ailment = signal(first.ailment);
export const reach = signal(first.reach);
export const who = signal(first.who);
export const helpOpen = signal(false);
/** The station under the pointer or the keyboard's cursor, by index; both show the same thing. */
export const pointed = signal<number | null>(null);

// What the server said.
export const messages = signal<Messages | null>(null);
export const city = signal<City | null>(null);
export const areas = signal<Areas | null>(null);
export const basemap = signal<GeoJSON.FeatureCollection | null>(null);
export const stations = signal<Station[]>([]);
export const me = signal<Me | null>(null);
/** The token without which the server changes nothing; null: nobody is signed in. */
export const csrf = () => me.peek()?.operator?.csrf ?? null;
export const values = new Values();
export const areaMedians = signal<Map<number, { median: number | null; count: number }>>(new Map());
export const cityMedian = signal<{ median: number | null; count: number } | null>(null);
/** Of the shown quantity: how many stations report, are late, silent or were never heard of. */
export const reportCounts = signal<ReportCounts | null>(null);
export type Connection = 'connecting' | 'live' | 'lost';
export const connection = signal<Connection>('connecting');
export const lostSince = signal<number | null>(null);
/** Why the page could not start, or a replayed moment could not be read. */
export const trouble = signal<Refusal | null>(null);

const clockAhead = signal(0);
/** The server's clock, in milliseconds; ticks once a second. */
export const serverNow = signal(Date.now());
setInterval(() => {
  serverNow.value = Date.now() + clockAhead.value;
}, 1000);
export function serverSays(now: number) {
  const ahead = now - Date.now();
  if (Math.abs(ahead - clockAhead.peek()) > 2000) clockAhead.value = ahead;
  serverNow.value = Date.now() + clockAhead.peek();
}
/** The moment of the past whose values have arrived. */
export const replayed = signal<number | null>(null);
/** The moment that is shown: the replayed one, else now. */
export const moment = computed(() => at.value ?? serverNow.value);

export const t = (key: string, args?: Record<string, string | number | Date>) => messages.value?.text(key, args) ?? '';
export const named = (name: Record<string, string> | null | undefined) => name?.[language.value] ?? name?.en ?? Object.values(name ?? {})[0] ?? '';

export const quantity = computed<Quantity | null>(() => {
  const all = city.value?.quantities ?? [];
  return all.find((q) => q.channel === quantityChannel.value) ?? all[0] ?? null;
});
/** The ends of the colour scale, in the legend as on the map. */
export const scale = computed<{ min: number; max: number }>((): { min: number; max: number } => {
  const q = quantity.value;
  if (!q) return { min: 0, max: 1 };
  void values.version.value;
  const [min, max] = fitted.value ? fittedEnds(values.current(), q.scale) : q.scale;
  if (kept.min !== min || kept.max !== max) kept = { min, max: max > min ? max : min + 1 };
  return kept;
});
let kept = { min: 0, max: 1 };
const areaById = computed(() => new Map(areas.value?.features.map((f) => [f.properties.id, f.properties]) ?? []));
const topLevel = computed(() => Math.min(...(areas.value?.features.map((f) => f.properties.level) ?? [1])));
/** The areas that have medians, labels and a place in lists; smaller ones are only drawn. */
export const districts = computed(() => areas.value?.features.filter((f) => f.properties.level === topLevel.value) ?? []);
/** The district that holds an area, which may be the area itself. */
export function districtOf(area: number): number {
  let id = area;
  for (let climbed = 0; climbed < 9; climbed += 1) {
    const properties = areaById.value.get(id);
    if (!properties || properties.level === topLevel.value || !properties.parent) break;
    id = properties.parent;
  }
  return id;
}
/** The names of a station's area and of all that hold it, smallest first. */
export function areaNamesOf(area: number): Name[] {
  const all = [areaById.value.get(area)?.name, districtOf(area) === area ? undefined : areaById.value.get(districtOf(area))?.name];
  return all.filter((name) => name !== undefined);
}
const searchTexts = computed(() =>
  stations.value.map((s) => searchText([s.serial, ...Object.values(s.name), ...areaNamesOf(s.area).flatMap((n) => Object.values(n))])),
);
/** Indices of the stations that search and chosen area leave, or null when they leave all. */
export const found = computed<Set<number> | null>(() => {
  const query = find.value;
  if (query.trim() === '' && areaId.value === null) return null;
  const texts = searchTexts.value;
  const inArea = (i: number) => areaId.value === null || districtOf(stations.value[i]!.area) === areaId.value;
  return new Set(texts.flatMap((text, i) => (inArea(i) && matches(text, query) ? [i] : [])));
});

// Choices -> address, page and memory.
let replaceOnly = true;
effect(() => {
  const next = writeAddress({
    lang: language.value === browserLanguage() && !first.lang && !remembered('lang') ? null : language.value,
    theme: theme.value === 'dark' ? null : theme.value,
    quantity: quantityChannel.value === 'pm25' ? null : quantityChannel.value,
    station: stationId.value,
    area: areaId.value,
    situation: situationId.value,
    at: at.value,
    view: view.value,
    wall: wall.value,
    fit: fitted.value === wall.value ? null : fitted.value,
    find: find.value,
    need: need.value,
    atLeast: atLeast.value,
    ended: endedShown.value,
    ailment: ailment.value,
    reach: reach.value,
    who: who.value,
  });
  if (next === location.search) return;
  if (replaceOnly) history.replaceState(null, '', `${location.pathname}${next}`);
  else history.pushState(null, '', `${location.pathname}${next}`);
});
replaceOnly = false;
effect(() => {
  document.documentElement.dataset.theme = theme.value;
  document.documentElement.lang = language.value;
  document.documentElement.classList.toggle('wall', wall.value);
});

/** Changes that come in numbers (typing, dragging) do not fill the browser's history. */
export function quietly(change: () => void) {
  replaceOnly = true;
  try {
    batch(change);
  } finally {
    replaceOnly = false;
  }
}

window.addEventListener('popstate', () => {
  const a = readAddress(location.search);
  quietly(() => {
    quantityChannel.value = a.quantity ?? 'pm25';
    stationId.value = a.station;
    areaId.value = a.area;
    situationId.value = a.situation;
    at.value = a.at;
    view.value = a.view;
    find.value = a.find;
    need.value = a.need;
    atLeast.value = a.atLeast;
    endedShown.value = a.ended;
    ailment.value = a.ailment;
    reach.value = a.reach;
    who.value = a.who;
    fitted.value = a.fit ?? wall.peek();
    if (a.lang) language.value = a.lang;
    theme.value = a.theme ?? 'dark';
  });
});

export function chooseLanguage(next: Language) {
  remember('lang', next);
  // The public page and the login page read the same choice.
  document.cookie = `madang_lang=${next};path=/;max-age=31536000;samesite=lax`;
  language.value = next;
}
export function chooseTheme(next: Theme) {
  remember('theme', next);
  theme.value = next;
}
/** A station or a situation, not both: the panel has room for one. */
export function openStation(id: number | null) {
  batch(() => {
    stationId.value = id;
    situationId.value = null;
  });
}
export function openSituation(id: number | null) {
  batch(() => {
    situationId.value = id;
    stationId.value = null;
  });
}

effect(() => {
  const wanted = language.value;
  void catalogueOf(wanted).then((catalogue) => {
    if (language.peek() === wanted) messages.value = new Messages(wanted, catalogue);
  });
});

function summarise(summary: { areas?: [number, number | null, number][]; city?: { median: number | null; count: number }; stations?: ReportCounts }) {
  if (summary.areas) areaMedians.value = new Map(summary.areas.map(([id, median, count]) => [id, { median, count }]));
  if (summary.city) cityMedian.value = summary.city;
  if (summary.stations) reportCounts.value = summary.stations;
}

let registryAsked = 0;
/** Stations that the page does not know have spoken: read the registry again, at most twice a minute. */
async function readRegistryAgain() {
  if (performance.now() - registryAsked < 30_000) return;
  registryAsked = performance.now();
  const [newCity, newAreas, list] = await Promise.all([api.city(), api.areas(), api.stations()]);
  const kept = values.rows();
  batch(() => {
    values.stations(list.stations.map((s) => s.id));
    values.merge(kept);
    city.value = newCity;
    areas.value = newAreas;
    stations.value = list.stations;
  });
}

function follow(channel: string): () => void {
  connection.value = connection.peek() === 'lost' ? 'lost' : 'connecting';
  const live = new Live<Now>(api.liveUrl(channel), {
    snapshot: (now) => {
      batch(() => {
        serverSays(now.at);
        values.replace(now.values);
        summarise(now);
      });
      if (now.values.some(([id]) => values.indexOf(id) === undefined) || (now.stations?.total ?? 0) > stations.peek().length) void readRegistryAgain();
    },
    on: {
      values: (next: LiveValues) => {
        batch(() => {
          serverSays(next.now);
          summarise(next);
        });
        if (values.merge(next.values) > 0) void readRegistryAgain();
      },
    },
    connected: (yes) => {
      connection.value = yes ? 'live' : 'lost';
      lostSince.value = yes ? null : (lostSince.peek() ?? serverNow.peek());
    },
  });
  return () => live.close();
}

function replay(channel: string, time: number): () => void {
  const stop = new AbortController();
  const start = setTimeout(() => {
    api.now(channel, time, stop.signal).then(
      (now) =>
        batch(() => {
          trouble.value = null;
          replayed.value = time;
          values.replace(now.values);
          summarise(now);
        }),
      (error: unknown) => {
        if (!stop.signal.aborted) trouble.value = refusalOf(error);
      },
    );
  }, 60);
  return () => {
    clearTimeout(start);
    stop.abort();
  };
}

/** Reads what changes rarely, then follows the live values or shows the replayed moment. */
export async function start() {
  void api.me().then((answer) => (me.value = answer), () => (me.value = null));
  for (;;) {
    try {
      const [cityNow, areasNow, list] = await Promise.all([api.city(), api.areas(), api.stations()]);
      batch(() => {
        serverSays(cityNow.now);
        values.stations(list.stations.map((s) => s.id));
        city.value = cityNow;
        areas.value = areasNow;
        stations.value = list.stations;
        trouble.value = null;
      });
      break;
    } catch (error) {
      trouble.value = refusalOf(error);
      connection.value = 'lost';
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
  // The map is complete without what lies under it.
  void api.basemap().then((answer) => (basemap.value = answer), () => undefined);
  connection.value = 'connecting';
  const channel = computed(() => quantity.value?.channel ?? quantityChannel.value);
  effect(() => (at.value === null ? follow(channel.value) : replay(channel.value, at.value)));
}
