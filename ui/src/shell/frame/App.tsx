// The whole page: a frame with places, which the domains fill.
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { view, viewOf, wall } from '../choices';
import { city } from '../city';
import { at, isFuture, unreadableAt } from '../clock';
import { kDomains } from '../domain';
import { MapPane } from '../map/MapPane';
import { connection, may, trouble } from '../session';
import { messages, named, t } from '../texts';
import { reasonText } from '../words';
import { Banners, Header } from './Header';
import { Help } from './Help';
import { useHeadings } from './headings';
import { Icon, kIcons } from './icons';
import { onKey } from './keys';
import { Noted } from './Noted';
import { bring, Opened } from './Opened';
import { Place } from './Place';
import { Skips } from './Skips';
import { Timeline } from './Timeline';

function ViewSwitch() {
  const views = kDomains.flatMap((d) => d.views ?? []);
  // Who came by a link sees where they are, signed in or not.
  const shown = views.filter((one) => !one.permission || may(one.permission) || view.value === one.name);
  return (
    <div class="view-switch" role="group" aria-label={t('view.label')}>
      {[{ name: 'map', icon: kIcons.map, label: 'view.map' }, ...shown].map(({ name, icon, label }) => (
        <button key={name} type="button" aria-pressed={view.value === name} onClick={() => (view.value = name)}><Icon path={icon} size={16} /><span>{t(label)}</span></button>
      ))}
    </div>
  );
}

/** On the wall there is the map, whatever was chosen. */
function Shown() {
  const chosen = wall.value ? undefined : viewOf(view.value);
  return chosen ? <Opened key={chosen.name} load={chosen.load} given={{}} /> : <MapPane />;
}

/** What was chosen; otherwise what the domains have to say of the whole city. */
function Panel() {
  const panel = kDomains.flatMap((d) => d.panels ?? []).find((one) => one.chosen.value !== null);
  const id = panel?.chosen.value ?? null;
  useEffect(() => {
    // On a narrow screen the panel lies below the map: what was chosen comes into view.
    if (id !== null && window.matchMedia('(max-width: 860px)').matches) document.querySelector('.panel')?.scrollIntoView();
  }, [id]);
  if (!panel || id === null || wall.value) return <Place name="home" given={{}} />;
  return <Opened key={id} load={panel.load} given={{ id }} />;
}

/** What is wanted just when lines are bad is there before. */
function useEarlyPanels() {
  const quiet = connection.value === 'live';
  useEffect(() => {
    if (quiet && !wall.value) for (const panel of kDomains.flatMap((d) => d.panels ?? [])) if (panel.early) void bring(panel.load);
  }, [quiet]);
}

export function App() {
  // Before anything is seen: a key that is pressed at the first sight of the page counts.
  useLayoutEffect(() => {
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  useEarlyPanels();
  useHeadings();
  const title = city.value ? kDomains.reduce((text, d) => d.title?.(text) ?? text, `${named(city.value.name)} · ${t('title')}`) : 'Madang';
  useEffect(() => {
    document.title = title;
  }, [title]);
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
      {!wall.value && <Skips />}
      <Header />
      {!wall.value && <div class="rail"><Place name="rail" given={{}} /></div>}
      <main id="middle" class="middle">
        {!wall.value && <ViewSwitch />}
        <Shown />
        <Banners />
        {unreadableAt.value !== null && at.value === null && <Noted testid="unreadable" text={t('timeline.unreadable', { text: unreadableAt.value })} close={() => (unreadableAt.value = null)} />}
        <Place name="notes" given={{}} />
        {isFuture.value
          ? <p class="banner soft" role="alert" data-testid="future">{t('timeline.future')}</p>
          : trouble.value && <p class="banner soft" role="alert">{reasonText(trouble.value)}</p>}
      </main>
      <aside id="panel" class="panel" aria-label={t('panel.label')}>
        <Panel />
      </aside>
      <Timeline />
      <Place name="spoken" given={{}} />
      <Help />
    </div>
  );
}
