// The whole page.
import { useEffect } from 'preact/hooks';
import { areaId, city, helpOpen, language, messages, openStation, pointed, quantity, quantityChannel, stationId, stations, t, trouble, view, wall } from '../state';
import { Header, LostBanner } from './Header';
import { Help } from './Help';
import { Icon } from './icons';
import { MapPane } from './MapPane';
import { stepped } from './order';
import { Overview } from './Overview';
import { Rail } from './Rail';
import { StationList } from './StationList';
import { StationPanel } from './StationPanel';
import { moveTo, Timeline } from './Timeline';
import { moment } from '../state';
import { kHour } from '../lib/time';

function close() {
  if (stationId.value !== null) stationId.value = null;
  else if (areaId.value !== null) areaId.value = null;
  else pointed.value = null;
}

const kKeys: Record<string, () => void> = {
  '/': () => window.dispatchEvent(new Event('madang:search')),
  '?': () => (helpOpen.value = true),
  j: () => (pointed.value = stepped(pointed.value, 1)),
  k: () => (pointed.value = stepped(pointed.value, -1)),
  v: () => (view.value = view.value === 'map' ? 'list' : 'map'),
  l: () => moveTo(null),
  '[': () => moveTo(moment.peek() - kHour),
  ']': () => moveTo(moment.peek() + kHour),
  Escape: close,
};

function onKey(e: KeyboardEvent) {
  if (e.ctrlKey || e.metaKey || e.altKey || helpOpen.value || wall.value) return;
  const target = e.target as HTMLElement;
  if (target.closest('input, select, textarea')) return;
  if (e.key === 'Enter' && pointed.value !== null && !target.closest('button, a')) {
    openStation(stations.value[pointed.value]!.id);
    return;
  }
  const act = kKeys[e.key];
  if (!act) return;
  e.preventDefault();
  act();
}

/** The wall turns to the next of the three views that matter to most people, every 20 s. */
function useWall() {
  useEffect(() => {
    if (!wall.value) return;
    const turn = setInterval(() => {
      const carried = ['pm25', 'noise', 'temperature', 'people'].filter((c) => city.value?.quantities.some((q) => q.channel === c)).slice(0, 3);
      const next = carried[(carried.indexOf(quantity.value?.channel ?? '') + 1) % Math.max(carried.length, 1)];
      if (next) quantityChannel.value = next;
    }, 20_000);
    return () => clearInterval(turn);
  }, [wall.value]);
}

function ViewSwitch() {
  return (
    <div class="view-switch" role="group" aria-label={t('view.label')}>
      <button type="button" aria-pressed={view.value === 'map'} onClick={() => (view.value = 'map')}><Icon name="map" size={16} />{t('view.map')}</button>
      <button type="button" aria-pressed={view.value === 'list'} onClick={() => (view.value = 'list')}><Icon name="list" size={16} />{t('view.list')}</button>
    </div>
  );
}

export function App() {
  useEffect(() => {
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  useWall();
  useEffect(() => {
    document.title = city.value ? `${city.value.name[language.value] ?? city.value.name.en} · ${t('title')}` : 'Madang';
  }, [city.value, messages.value]);
  if (!messages.value) return null;
  if (!city.value) {
    return (
      <main class="starting">
        <p role="status">{trouble.value ? <><Icon name="alert" />{t('start.failed', { reason: trouble.value })}</> : t('start.loading')}</p>
      </main>
    );
  }
  return (
    <div class="page">
      <Header />
      {!wall.value && <Rail />}
      <main class="middle">
        {!wall.value && <ViewSwitch />}
        {view.value === 'list' && !wall.value ? <StationList /> : <MapPane />}
        <LostBanner />
        {trouble.value && <p class="banner soft" role="alert">{trouble.value}</p>}
      </main>
      <aside class="panel" aria-label={t('panel.label')}>
        {stationId.value !== null && !wall.value ? <StationPanel key={stationId.value} id={stationId.value} /> : <Overview />}
      </aside>
      <Timeline />
      <Help />
    </div>
  );
}
