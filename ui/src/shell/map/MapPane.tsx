// The map's place on the page: loads the engine when it is first shown, and keeps it painted.
import { computed, effect } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Alarm } from '../../domains/situations/alarms';
import type { AreaLook, Look, MapEngine } from './engine';
import { boxOf } from './geometry';
import { binOf, colours } from './scale';
import { isDoubtful } from '../charts/series';
import { kShapes, kSigns } from '../../domains/situations/shapes';
import { aliveAt, boxAround, isOpen, metresBetween, rankOf, type Severity } from '../../domains/situations/rules';
import { evidenceThings, known, onMap, pointedSituation } from '../../domains/situations/store';
import { areaId, areaMedians, areas, at, basemap, city, districts, find, found, named, openSituation, openStation, pointed, quantity, scale, situationId, stationId, stations, t, theme, values, wall } from '../state';
import { Icon } from '../frame/icons';
import { Legend } from '../../domains/sensing/Legend';
import { kSeverityKeys, kStateKeys, SeverityWord } from '../../domains/situations/Severity';
import { kStateKey, sinceText, stationAt, stationState, stationText, valueText, whenText } from '../words';

/** Stations in alarm, which nothing hides: those inside a situation's circle, and the selected one's evidence. */
const kCircleMax = 5000;
const alarmed = computed(() => {
  const rings = new Map<number, { severity: Severity; cause: boolean }>();
  const mild = [...onMap.value].filter((s) => s.place && s.radius > 0 && s.radius <= kCircleMax).sort((a, b) => rankOf(a.severity) - rankOf(b.severity));
  for (const s of mild) {
    stations.value.forEach((station, i) => {
      if (metresBetween([station.lon, station.lat], s.place!) <= s.radius) rings.set(i, { severity: s.severity, cause: false });
    });
  }
  const selected = onMap.value.find((s) => s.id === situationId.value);
  if (selected && evidenceThings.value.size > 0) {
    stations.value.forEach((station, i) => {
      const role = evidenceThings.value.get(station.id);
      if (role && role !== 'city') rings.set(i, { severity: selected.severity, cause: role === 'cause' });
    });
  }
  return rings;
});

function alarmsOf(): Alarm[] {
  const moment = at.value;
  return onMap.value.map((s) => ({
    id: s.id, severity: s.severity, place: s.place, radius: s.radius, area: s.area?.id ?? null,
    label: t('situation.label', { severity: t(kSeverityKeys[s.severity]), headline: named(s.headline), state: t(kStateKeys[s.state]) }),
    faint: moment === null ? !isOpen(s) : !aliveAt(s, moment), marked: s.id === situationId.value || s.id === pointedSituation.value,
  }));
}

/** The same shapes as in the list, for elements the map makes by itself. */
function drawSeverity(severity: Severity): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', `severity is-${severity}`);
  svg.setAttribute('aria-hidden', 'true');
  for (const [name, d] of [['shape', kShapes[severity]], ['sign', kSigns[severity]]] as const) {
    const path = svg.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'path'));
    path.setAttribute('class', name);
    path.setAttribute('d', d);
  }
  return svg;
}

function SituationTooltip({ engine, tick }: { engine: MapEngine; tick: number }) {
  const s = onMap.value.find((x) => x.id === pointedSituation.value);
  if (!s || tick < 0) return null;
  const place = engine.placeOfAlarm({ place: s.place, area: s.area?.id ?? null });
  if (!place) return null;
  return (
    <div class="tooltip situation-tooltip" style={{ transform: `translate(${Math.round(place.x)}px, ${Math.round(place.y)}px)` }} aria-hidden="true">
      <div>
        <SeverityWord severity={s.severity} />
        <strong>{named(s.headline)}</strong>
        <small>{t(kStateKeys[s.state])} · {sinceText(s.since)}</small>
      </div>
    </div>
  );
}

function stationLooks(engine: MapEngine): Look[] {
  const q = quantity.value;
  if (!q) return [];
  const ends = scale.value;
  const table = colours(q.ramp, theme.value);
  const { rim, late } = engine.palette;
  const left = found.value;
  return stations.value.map((s, i): Look => {
    const opacity = left === null || left.has(i) || alarmed.value.has(i) ? 1 : 0.1;
    if (!s.channels.includes(q.channel)) return { fill: null, stroke: null, strokeWidth: 0, opacity: 0 };
    const [state, value] = [stationState(i), values.value[i]!];
    if (state === 'silent' || state === 'never_heard' || Number.isNaN(value)) return { fill: null, stroke: late, strokeWidth: 1.2, opacity: opacity * 0.8 };
    if (state === 'late') return { fill: late, stroke: rim, strokeWidth: 1, opacity };
    const colour = table[binOf(ends, value)]!;
    if (isDoubtful(values.flag[i]!)) return { fill: null, stroke: colour, strokeWidth: 2, opacity };
    return { fill: colour, stroke: rim, strokeWidth: 1, opacity };
  });
}

/** How far the city stays above the map's lower edge, so that the legend covers little of it. */
const legendRoom = () => (document.querySelector('.legend')?.clientHeight ?? 60) * 0.6 + 30;

function areaLooks(): Map<number, AreaLook> {
  const q = quantity.value;
  const looks = new Map<number, AreaLook>();
  for (const f of districts.value) {
    const { id, name } = f.properties;
    const median = areaMedians.value.get(id)?.median ?? null;
    const fill = q && median !== null ? colours(q.ramp, theme.value)[binOf(scale.value, median)]! : null;
    looks.set(id, { fill, label: named(name), value: q && median !== null ? valueText(median, q.decimals) : '', chosen: areaId.value === id });
  }
  return looks;
}

function Tooltip({ engine, tick }: { engine: MapEngine; tick: number }) {
  const index = pointed.value;
  const station = stationAt(index);
  const q = quantity.value;
  if (index === null || !station || !q || tick < 0) return null;
  void values.version.value;
  const place = engine.place(index);
  if (!place) return null;
  const state = stationState(index);
  return (
    <div class="tooltip" style={{ transform: `translate(${Math.round(place.x)}px, ${Math.round(place.y)}px)` }} aria-hidden="true">
      <div>
        <strong>{named(station.name)}</strong>
        <span class="tooltip-value">{stationText(index, q)}</span>
        <small>
          {!Number.isNaN(values.time[index]!) && whenText(values.time[index]!)}
          {state !== 'reporting' && !Number.isNaN(values.time[index]!) && ` · ${t(kStateKey[state])}`}
          {isDoubtful(values.flag[index]!) && ` · ${t('legend.doubtful')}`}
          {station.simulated && ` · ${t('simulated.short')}`}
        </small>
      </div>
    </div>
  );
}

/** Says in words what the map's cursor is on, for those who do not see it. */
function Spoken() {
  const index = pointed.value;
  const station = stationAt(index);
  const q = quantity.value;
  const text = index !== null && station && q ? `${named(station.name)}: ${stationText(index, q)}, ${t(kStateKey[stationState(index)])}` : '';
  return <p class="hidden" aria-live="polite">{text}</p>;
}

export function MapPane() {
  const container = useRef<HTMLDivElement>(null);
  const [engine, setEngine] = useState<MapEngine | null>(null);
  const [failed, setFailed] = useState(false);
  const [tick, setTick] = useState(0);

  useEffect(() => {
    let made: MapEngine | null = null;
    let gone = false;
    const stops: (() => void)[] = [];
    void import('./engine')
      .then(({ MapEngine: Engine }) => {
        if (gone || !container.current || !city.value) return;
        const revision = { value: 0 };
        made = new Engine(container.current, city.value.bounds, theme.value, wall.value ? 1.35 : 1, {
          point: (index) => (pointed.value = index),
          open: (index) => openStation(stations.value[index]!.id),
          openArea: (id) => (areaId.value = areaId.value === id ? null : id),
          pointSituation: (id) => (pointedSituation.value = id),
          openSituation,
          drawSeverity,
          moved: () => (pointed.peek() !== null || pointedSituation.peek() !== null) && setTick((n) => n + 1),
          ready: () => {
            revision.value += 1;
            repaint();
          },
        }, t('map.title'), legendRoom());
        const map = made;
        const repaint = () => {
          map.paint(stationLooks(map));
          map.paintAreas(areaLooks());
        };
        const slowMoment = setInterval(() => repaint(), 20_000);
        stops.push(
          () => clearInterval(slowMoment),
          effect(() => map.setTheme(theme.value)),
          effect(() => map.setTitle(t('map.title'))),
          effect(() => void (areas.value && map.setAreas(districts.value, areas.value))),
          effect(() => void (basemap.value && map.setBase(basemap.value))),
          effect(() => map.setStations(stations.value)),
          effect(() => {
            const rings = [...alarmed.value].map(([i, ring]) => ({ ...ring, place: [stations.value[i]!.lon, stations.value[i]!.lat] as [number, number] }));
            map.setAlarms(alarmsOf(), rings);
          }),
          effect(() => {
            // What a repaint depends on; the moment itself is left out, it changes every second.
            void [alarmed.value, values.version.value, scale.value, quantity.value, found.value, theme.value, areaMedians.value, areaId.value, areas.value, stations.value, t('map.title')];
            queueMicrotask(repaint);
          }),
          effect(() => {
            const selected = stations.value.findIndex((s) => s.id === stationId.value);
            map.setMarks(pointed.value, selected < 0 ? null : selected);
            if (selected >= 0) map.show(selected);
          }),
        );
        const resized = new ResizeObserver(() => map.resize());
        resized.observe(container.current);
        stops.push(() => resized.disconnect());
        setEngine(map);
      })
      .catch(() => setFailed(true));
    return () => {
      gone = true;
      stops.forEach((stop) => stop());
      made?.remove();
    };
  }, []);
  // In the same step as the next view comes: what ends after its first picture would take the keyboard's cursor from it.
  useLayoutEffect(() => () => void (pointed.value = null), []);

  const whole = () => city.value && engine?.fit(city.value.bounds);
  useEffect(() => {
    const chosen = districts.value.find((f) => f.properties.id === areaId.value);
    if (engine && chosen) engine.fit(boxOf(chosen.geometry));
  }, [engine, areaId.value]);

  // A situation that is opened is shown with its surroundings, once; its later changes move nothing.
  const shownFor = useRef<number | null>(null);
  const selected = known.value.find((s) => s.id === situationId.value);
  useEffect(() => {
    if (!engine || shownFor.current === selected?.id) return;
    shownFor.current = selected?.id ?? null;
    if (!selected) return;
    const area = areas.value?.features.find((f) => f.properties.id === selected.area?.id);
    if (selected.place) engine.fit(boxAround(selected.place, selected.radius));
    else if (area) engine.fit(boxOf(area.geometry));
  }, [engine, selected?.id]);

  return (
    <div class="map-pane" data-testid="map">
      <div ref={container} class="map" />
      {failed && <p class="map-failed">{t('map.failed')}</p>}
      {engine && <Tooltip engine={engine} tick={tick} />}
      {engine && <SituationTooltip engine={engine} tick={tick} />}
      <Spoken />
      <Legend />
      {!wall.value && (
        <div class="map-buttons">
          <button type="button" aria-label={t('map.zoom_in')} onClick={() => engine?.zoom(1)}><Icon name="plus" /></button>
          <button type="button" aria-label={t('map.zoom_out')} onClick={() => engine?.zoom(-1)}><Icon name="minus" /></button>
          <button type="button" aria-label={t('map.whole_city')} onClick={whole}><Icon name="whole" /></button>
        </div>
      )}
      {(find.value || areaId.value !== null) && found.value !== null && (
        <p class="map-found">{t('list.found', { count: found.value.size })}</p>
      )}
    </div>
  );
}
