// Stations and their values as the page knows them, and what of them the reader chose.
import { batch, computed, effect, signal, untracked } from '@preact/signals';
import { ApiError } from '../../shell/api';
import { addressed, bindAddress, given, whole, word } from '../../shell/address';
import { areaId, find, open, wall } from '../../shell/choices';
import { areaNamesOf, city, districtOf } from '../../shell/city';
import { at, isFuture, replayed, serverNow, serverSays } from '../../shell/clock';
import type { Panel } from '../../shell/domain';
import { Live } from '../../shell/live';
import { fittedEnds } from '../../shell/map/scale';
import { refusalOf } from '../../shell/refusal';
import { found as hasAll, searchable } from '../../shell/search';
import { connection, lostSince, readMe, trouble } from '../../shell/session';
import { readCity } from '../../shell/start';
import { t } from '../../shell/texts';
import { type LiveValues, type Now, type Quantity, sensingApi, type Station, type Summary } from './api';
import { onWall, type ReportCounts } from './rules';
import { Values } from './values';

const kFirstChannel = 'pm25';
const channelOf = (text: string | null) => word.read(text) ?? kFirstChannel;
export const quantityChannel = signal(channelOf(given('q')));
/** What the address named as the quantity when it was last opened. */
const namedQuantity = signal(given('q'));
bindAddress({
  name: 'q',
  take: (text) => ([quantityChannel.value, namedQuantity.value] = [channelOf(text), text]),
  give: () => (quantityChannel.value === kFirstChannel ? null : quantityChannel.value),
});
export const stationId = addressed('station', whole);

/** The wall is for seeing differences from afar: its scale follows the city unless the address says otherwise. */
const fitOf = (text: string | null) => (text === 'fit' ? true : text === 'fixed' ? false : wall.peek());
export const fitted = signal(fitOf(given('scale')));
bindAddress({ name: 'scale', take: (text) => (fitted.value = fitOf(text)), give: () => (fitted.value === wall.value ? null : fitted.value ? 'fit' : 'fixed') });

/** The station under the pointer or the keyboard's cursor, by index; both show the same thing. */
export const pointed = signal<number | null>(null);
/** By index: stations that no search dims, because another domain has something to say of them. */
export const undimmed = signal<ReadonlySet<number>>(new Set());
export const stationPanel: Panel = { name: 'station', chosen: stationId, load: () => import('./StationPanel'), early: true };
export const openStation = (id: number | null) => open(stationPanel, id);

export const quantities = computed<readonly Quantity[]>(() => city.value?.quantities ?? []);
export const notices = computed(() => city.value?.notices ?? []);
export const quantityOf = (channel: string) => quantities.value.find((q) => q.channel === channel);
export const quantity = computed<Quantity | null>(() => quantityOf(quantityChannel.value) ?? quantities.value[0] ?? null);

const kShownMax = 40;
/** What the address names and nothing measures; null: nothing, or another one was chosen since. */
export const unknownQuantity = computed<string | null>(() => {
  const text = namedQuantity.value;
  if (!text || quantities.value.length === 0 || quantityChannel.value !== channelOf(text)) return null;
  return word.read(text) !== null && quantityOf(text) ? null : text.slice(0, kShownMax);
});
/** The address says what is shown. */
export function forgetUnknownQuantity() {
  namedQuantity.value = null;
  quantityChannel.value = quantity.peek()?.channel ?? kFirstChannel;
}

export const stations = signal<Station[]>([]);
export const values = new Values();
export const areaMedians = signal<Map<number, { median: number | null; count: number }>>(new Map());
export const cityMedian = signal<{ median: number | null; count: number } | null>(null);
/** The server's number (kMedianMembersMin): the middle of fewer is no city's. */
export const kMedianOf = 5;
/** Of the city there is no line then. */
export const isFew = (q: Pick<Quantity, 'stations'>) => q.stations < kMedianOf;
/** Where enough stations speak. */
export const spokenMedian = computed(() => (cityMedian.value && cityMedian.value.count >= kMedianOf ? cityMedian.value.median : null));
/** Of the shown quantity: how many stations report, are late, silent or were never heard of. */
export const reportCounts = signal<ReportCounts | null>(null);

let kept = { min: 0, max: 1 };
/** The ends of the colour scale, in the legend as on the map. */
export const scale = computed<{ min: number; max: number }>((): { min: number; max: number } => {
  const q = quantity.value;
  if (!q) return { min: 0, max: 1 };
  void values.version.value;
  const [min, max] = fitted.value ? fittedEnds(values.current(), q.scale) : q.scale;
  if (kept.min !== min || kept.max !== max) kept = { min, max: max > min ? max : min + 1 };
  return kept;
});

const searchTexts = computed(() =>
  stations.value.map((s) => searchable([s.serial, ...Object.values(s.name), ...areaNamesOf(s.area).flatMap((n) => Object.values(n))])),
);
/** Indices of the stations that search and chosen area leave, or null when they leave all. */
export const found = computed<Set<number> | null>(() => {
  const query = find.value;
  if (query.trim() === '' && areaId.value === null) return null;
  const texts = searchTexts.value;
  const inArea = (i: number) => areaId.value === null || districtOf(stations.value[i]!.area) === areaId.value;
  return new Set(texts.flatMap((text, i) => (inArea(i) && hasAll(text, query) ? [i] : [])));
});

/** How much of the city is simulated, in words. */
export function simulatedText(): string {
  const { simulated_stations: simulated, stations: total } = city.value ?? { simulated_stations: 0, stations: 0 };
  return simulated === total ? t('simulated.long') : t('simulated.some', { simulated, total });
}

/** All stations anew; what is known of their values stays. */
export async function readStations() {
  const list = await sensingApi.stations();
  return () => {
    const known = values.rows();
    values.stations(list.stations.map((s) => s.id));
    values.merge(known);
    stations.value = list.stations;
  };
}

function summarise(summary: Summary) {
  if (summary.areas) areaMedians.value = new Map(summary.areas.map(([id, median, count]) => [id, { median, count }]));
  if (summary.city) cityMedian.value = summary.city;
  if (summary.stations) reportCounts.value = summary.stations;
}

const kRegistryEveryMs = 30_000;
let registryAsked = -kRegistryEveryMs;
/** Stations that the page does not know have spoken: read the registry again, at most twice a minute, and then all values. */
function readRegistryAgain(live: Live<Now>) {
  if (performance.now() - registryAsked < kRegistryEveryMs) return;
  registryAsked = performance.now();
  void readCity().then(() => live.startAnew(), () => undefined);
}

/** Untracked: who reads the count of changes while it changes them would follow itself. */
const showNothing = () =>
  untracked(() =>
    batch(() => {
      values.replace([]);
      areaMedians.value = new Map();
      cityMedian.value = null;
      reportCounts.value = null;
    }),
  );
let shownChannel: string | null = null;
/** Numbers of another quantity are never shown under the name and unit of this one. */
function forgetOthers(channel: string) {
  if (shownChannel !== channel) showNothing();
  shownChannel = channel;
}

function setConnected(yes: boolean) {
  connection.value = yes ? 'live' : 'lost';
  lostSince.value = yes ? null : (lostSince.peek() ?? serverNow.peek());
}

const kNothingYetEveryMs = 10_000;
/** Where nothing is measured yet there is nothing to listen to: the registry is asked now and then, and whether it answers is
 *  how the page stands with the server. */
function waitForStations(): () => void {
  setConnected(true);
  const again = setInterval(() => void readCity().then(() => setConnected(true), () => setConnected(false)), kNothingYetEveryMs);
  return () => clearInterval(again);
}

function follow(channel: string): () => void {
  connection.value = connection.peek() === 'lost' ? 'lost' : 'connecting';
  const live: Live<Now> = new Live<Now>(sensingApi.liveUrl(channel), {
    snapshot: (now) => {
      batch(() => {
        serverSays(now.at);
        values.replace(now.values);
        summarise(now);
      });
      if (now.values.some(([id]) => values.indexOf(id) === undefined) || (now.stations?.total ?? 0) > stations.peek().length) readRegistryAgain(live);
    },
    on: {
      values: (next: LiveValues) => {
        batch(() => {
          serverSays(next.now);
          summarise(next);
        });
        if (values.merge(next.values) > 0) readRegistryAgain(live);
      },
    },
    connected: setConnected,
    again: readMe,
  });
  return () => live.close();
}

const kReplayAfterMs = 60;
/** The moment that is looked at now, and no earlier one: a busy server is asked for it again when it says so. */
function replay(channel: string, time: number): () => void {
  const stop = new AbortController();
  const ask = () => {
    sensingApi.now(channel, time, stop.signal).then(
      (now) =>
        batch(() => {
          trouble.value = null;
          replayed.value = time;
          values.replace(now.values);
          summarise(now);
        }),
      (error: unknown) => {
        if (stop.signal.aborted) return;
        trouble.value = refusalOf(error);
        if (error instanceof ApiError && error.retryAfter !== null) next = setTimeout(ask, error.retryAfter * 1_000);
      },
    );
  };
  let next = setTimeout(ask, kReplayAfterMs);
  return () => {
    clearTimeout(next);
    stop.abort();
  };
}

const kWallTurnsMs = 20_000;
/** The wall turns to the next of the three quantities that matter to most people. */
function turnWall() {
  const carried = onWall(quantities.value).map((q) => q.channel);
  const next = carried[(carried.indexOf(quantity.value?.channel ?? '') + 1) % Math.max(carried.length, 1)];
  if (next) quantityChannel.value = next;
}

/** Follows the live values or shows the replayed moment, once the city is known. */
export function followValues() {
  const channel = computed(() => (city.value ? (quantity.value?.channel ?? null) : null));
  const isEmpty = computed(() => city.value !== null && quantities.value.length === 0);
  effect(() => (isEmpty.value ? waitForStations() : undefined));
  effect(() => {
    if (channel.value === null) return undefined;
    forgetOthers(channel.value);
    if (isFuture.value) {
      // The page says in words that this moment has not come.
      trouble.value = null;
      showNothing();
      return undefined;
    }
    return at.value === null ? follow(channel.value) : replay(channel.value, at.value);
  });
  effect(() => {
    if (!wall.value) return undefined;
    const turn = setInterval(turnWall, kWallTurnsMs);
    return () => clearInterval(turn);
  });
}
