// The whole page.
import { useEffect } from 'preact/hooks';
import { areaId, city, helpOpen, language, me, messages, named, openSituation, openStation, pointed, quantity, quantityChannel, situationId, stationId, stations, t, trouble, view, wall } from '../state';
import { Header, LostBanner } from './Header';
import { Help } from './Help';
import { Icon, type IconName } from './icons';
import { MapPane } from '../map/MapPane';
import { stepped } from '../../domains/sensing/order';
import { Overview } from '../../domains/sensing/Overview';
import { Rail } from '../../domains/sensing/Rail';
import { StationList } from '../../domains/sensing/StationList';
import { StationPanel } from '../../domains/sensing/StationPanel';
import { Timeline } from './Timeline';
import { moveTo } from '../replay';
import { HealthPane } from '../../domains/health/HealthPane';
import { SubscribersPane } from '../../domains/subscribers/SubscribersPane';
import { perform } from '../../domains/situations/SituationActions';
import { listed, Situations } from '../../domains/situations/SituationList';
import { playHourBefore, SituationPanel } from '../../domains/situations/SituationPanel';
import { kSeverityKeys, kStateKeys } from '../../domains/situations/Severity';
import { reasonText } from '../words';
import { announced, known, pointedSituation } from '../../domains/situations/store';
import type { View } from '../address';
import { titleWith } from '../../domains/situations/rules';
import { moment } from '../state';
import { kHour } from '../time';

function close() {
  if (situationId.value !== null) openSituation(null);
  else if (stationId.value !== null) stationId.value = null;
  else if (areaId.value !== null) areaId.value = null;
  else pointed.value = null;
}

const selected = () => known.peek().find((s) => s.id === situationId.peek());
function stepSituation(by: number) {
  const all = listed();
  const place = all.findIndex((s) => s.id === situationId.peek());
  const next = all[place < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(place + by, 0), all.length - 1)];
  if (next) openSituation(next.id);
}
function acknowledge() {
  const s = selected() ?? known.peek().find((x) => x.id === pointedSituation.peek());
  // A refusal is shown in the panel, so the panel must be there.
  if (s?.state === 'firing') void perform(s, 'acknowledge').then((done) => done || openSituation(s.id));
}

const kKeys: Record<string, () => void> = {
  '/': () => window.dispatchEvent(new Event('madang:search')),
  '?': () => (helpOpen.value = true),
  j: () => (pointed.value = stepped(pointed.value, 1)),
  k: () => (pointed.value = stepped(pointed.value, -1)),
  n: () => stepSituation(1),
  p: () => stepSituation(-1),
  a: acknowledge,
  b: () => {
    const s = selected();
    if (s) playHourBefore(s);
  },
  v: () => (view.value = view.value === 'map' ? 'list' : 'map'),
  h: () => (view.value = view.value === 'health' ? 'map' : 'health'),
  s: () => (view.value = view.value === 'subscribers' ? 'map' : 'subscribers'),
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

const kViews: { name: View; icon: IconName; label: string; operators?: true }[] = [
  { name: 'map', icon: 'map', label: 'view.map' },
  { name: 'list', icon: 'list', label: 'view.list' },
  { name: 'health', icon: 'wrench', label: 'health.view' },
  { name: 'subscribers', icon: 'mail', label: 'subscriber.view', operators: true },
];
function ViewSwitch() {
  // Who came by a link sees where they are, signed in or not.
  const shown = kViews.filter((one) => !one.operators || me.value?.operator || view.value === one.name);
  return (
    <div class="view-switch" role="group" aria-label={t('view.label')}>
      {shown.map(({ name, icon, label }) => (
        <button key={name} type="button" aria-pressed={view.value === name} onClick={() => (view.value = name)}><Icon name={icon} size={16} /><span>{t(label)}</span></button>
      ))}
    </div>
  );
}

function Shown() {
  if (view.value === 'list' && !wall.value) return <StationList />;
  if (view.value === 'health' && !wall.value) return <HealthPane />;
  if (view.value === 'subscribers' && !wall.value) return <SubscribersPane />;
  return <MapPane />;
}

function Announced() {
  const s = announced.value;
  return <p class="hidden" aria-live="polite">{s ? t('situation.label', { severity: t(kSeverityKeys[s.severity]), headline: named(s.headline), state: t(kStateKeys[s.state]) }) : ''}</p>;
}

/** What was chosen; otherwise what needs somebody, then the city as it is. */
function Panel() {
  const chosen = situationId.value ?? stationId.value;
  useEffect(() => {
    // On a narrow screen the panel lies below the map: what was chosen comes into view.
    if (chosen !== null && window.matchMedia('(max-width: 860px)').matches) document.querySelector('.panel')?.scrollIntoView();
  }, [chosen]);
  if (situationId.value !== null && !wall.value) return <SituationPanel key={situationId.value} id={situationId.value} />;
  if (stationId.value !== null && !wall.value) return <StationPanel key={stationId.value} id={stationId.value} />;
  return <><Situations /><Overview /></>;
}

export function App() {
  useEffect(() => {
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  useWall();
  useEffect(() => {
    document.title = city.value ? titleWith(known.value, `${city.value.name[language.value] ?? city.value.name.en} · ${t('title')}`) : 'Madang';
  }, [city.value, messages.value, known.value]);
  if (!messages.value) return null;
  if (!city.value) {
    return (
      <main class="starting">
        <p role="status">{trouble.value ? <><Icon name="alert" />{t('start.failed', { reason: reasonText(trouble.value) })}</> : t('start.loading')}</p>
      </main>
    );
  }
  return (
    <div class="page">
      <Header />
      {!wall.value && <Rail />}
      <main class="middle">
        {!wall.value && <ViewSwitch />}
        <Shown />
        <LostBanner />
        {trouble.value && <p class="banner soft" role="alert">{reasonText(trouble.value)}</p>}
      </main>
      <aside class="panel" aria-label={t('panel.label')}>
        <Panel />
      </aside>
      <Timeline />
      <Announced />
      <Help />
    </div>
  );
}
