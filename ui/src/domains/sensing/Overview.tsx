// Nothing chosen: the city now, then its districts from most to least, then the notices that travel with the data.
import { isDoubtful, isFailed } from '../../shell/charts/series';
import type { Ref } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { areaId, opens, theme, wall } from '../../shell/choices';
import { districts, zone } from '../../shell/city';
import { at, moment } from '../../shell/clock';
import { number } from '../../shell/format';
import { Icon } from '../../shell/frame/icons';
import { colourOf, positionOf } from '../../shell/map/scale';
import { language, named, t } from '../../shell/texts';
import { dayAndClock } from '../../shell/time';
import { valueText } from '../../shell/words';
import { order } from './order';
import { areaMedians, cityMedian, notices, openStation, pointed, quantity, reportCounts, scale, stationPanel, stations, values } from './store';
import { flagText, stationText, unitText } from './words';

function Share() {
  const c = reportCounts.value;
  if (!c || c.total === 0) return null;
  const parts = [['reporting', c.reporting], ['late', c.late], ['silent', c.silent + c.never_heard]] as const;
  return (
    <div class="share" aria-hidden="true">
      {parts.map(([key, count]) => count > 0 && <i key={key} class={key} style={{ flexGrow: count }} />)}
    </div>
  );
}

function Districts() {
  const q = quantity.value;
  const rows = districts.value
    .map((f) => ({ id: f.properties.id, name: named(f.properties.name), ...(areaMedians.value.get(f.properties.id) ?? { median: null, count: 0 }) }))
    .filter((row) => row.count > 0 || row.median !== null)
    .sort((a, b) => (b.median ?? -Infinity) - (a.median ?? -Infinity));
  if (!q || rows.length === 0) return null;
  const look = { ...scale.value, ramp: q.ramp, theme: theme.value };
  return (
    <section class="districts">
      <h3>{t('overview.districts')} ({unitText(q.unit)})</h3>
      <ol>
        {rows.map((row) => (
          <li key={row.id}>
            <button type="button" data-district={row.id} aria-pressed={areaId.value === row.id} onClick={() => (areaId.value = areaId.value === row.id ? null : row.id)}>
              <span>{row.name}</span>
              <i class="bar" aria-hidden="true">{row.median !== null && <i style={{ width: `${Math.max(2, positionOf(look, row.median) * 100)}%`, background: colourOf(look, row.median) }} />}</i>
              <b>{valueText(row.median, q.decimals)}</b>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The first stations of the chosen area, in the list's order. */
function InArea({ id, title }: { id: number; title: Ref<HTMLHeadingElement> }) {
  const q = quantity.value;
  const area = districts.value.find((f) => f.properties.id === id);
  const median = areaMedians.value.get(id);
  if (!q || !area) return null;
  void values.version.value;
  return (
    <section class="in-area">
      <header>
        <div>
          <p class="over-title">{t('overview.area')}</p>
          <h2 ref={title} tabIndex={-1}>{named(area.properties.name)}</h2>
        </div>
        <button type="button" class="quiet square" aria-label={t('panel.close')} onClick={() => (areaId.value = null)}><Icon name="close" /></button>
      </header>
      <p class="headline"><b>{valueText(median?.median, q.decimals)}</b><span>{unitText(q.unit)}</span><small>{t('overview.median_of', { count: median?.count ?? 0 })}</small></p>
      <h3>{t('overview.highest')}</h3>
      <ol class="top-stations">
        {order.value.filter((i) => !isFailed(values.flag[i]!)).slice(0, 12).map((i) => (
          <li key={i}><button type="button" {...opens(stationPanel, stations.value[i]!.id)} onMouseEnter={() => (pointed.value = i)} onMouseLeave={() => (pointed.value = null)} onClick={() => openStation(stations.value[i]!.id)}><span>{named(stations.value[i]!.name)}</span><b>{isDoubtful(values.flag[i]!) && <i class="key doubtful" title={flagText(values.flag[i]!)} />}{stationText(i, q)}</b></button></li>
        ))}
      </ol>
    </section>
  );
}

/** A district takes the place of the list with the button that chose it: the keyboard goes on at its name, and back to that button. */
function useDistrictFocus() {
  const title = useRef<HTMLHeadingElement>(null);
  const before = useRef(areaId.value);
  useLayoutEffect(() => {
    if (before.current === areaId.value) return;
    const button = document.querySelector<HTMLElement>(`.districts [data-district="${before.current}"]`);
    before.current = areaId.value;
    if (document.activeElement === document.body && !wall.value) (button ?? title.current)?.focus();
  }, [areaId.value]);
  return title;
}

export function Overview() {
  const title = useDistrictFocus();
  const q = quantity.value;
  const c = reportCounts.value;
  if (areaId.value !== null) return <InArea id={areaId.value} title={title} />;
  return (
    <section class="overview" data-testid="overview">
      <p class="over-title">{at.value === null ? t('overview.now') : dayAndClock(moment.value, zone(), language.value)}</p>
      <h2 ref={title} tabIndex={-1}>{q ? named(q.name) : ''}</h2>
      {q && (
        <p class="headline"><b data-testid="city-median">{valueText(cityMedian.value?.median, q.decimals)}</b><span>{unitText(q.unit)}</span><small>{t('overview.median_of', { count: cityMedian.value?.count ?? 0 })}</small></p>
      )}
      {c && <><Share /><p class="share-text">{t('overview.reporting', { reporting: number(c.reporting, 0, language.value), stations: number(c.total, 0, language.value), late: c.late, quiet: c.silent, never: c.never_heard })}</p></>}
      <Districts />
      {stations.value.length === 0 && <p class="empty">{t('overview.no_stations')}<br />{t('public.first_steps')}</p>}
      {notices.value.map((notice) => <p key={named(notice)} class="notice">{named(notice)}</p>)}
    </section>
  );
}
