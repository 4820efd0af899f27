// Situations on the map: pins, the ground that they cover, and a ring around every station in alarm, which nothing hides.
import { computed, effect } from '@preact/signals';
import { areas } from '../../shell/city';
import type { Canvas } from '../../shell/map/canvas';
import { boxOf } from '../../shell/map/geometry';
import type { Layer } from '../../shell/map/layer';
import type { Theme } from '../../shell/map/scale';
import { markRadius } from '../../shell/map/style';
import { t } from '../../shell/texts';
import { placeOf, stations, undimmed } from '../sensing/face';
import { type Alarm, Alarms, groundOf } from './alarms';
import { boxAround, membersOf, type Severity } from './rules';
import { kSeverityKeys } from './Severity';
import { known, onMap, openSituation, pointedSituation, shownOpen, situationId } from './store';
import { headlineText, stateText } from './words';

/** The same as --sev-notice and so on in page.css; a test compares them. */
export const kSeverityColours: Record<Theme, Record<Severity, string>> = {
  dark: { notice: '#7ab8ff', caution: '#f5c542', serious: '#ff9350', critical: '#ff6680' },
  light: { notice: '#0b5cad', caution: '#7d5700', serious: '#b0400a', critical: '#b3123a' },
};

/** By index: the members of what is shown, and nobody who only stands near one. */
const alarmed = computed(() => {
  const rings = new Map<number, { severity: Severity; cause: boolean }>();
  const inAlarm = membersOf(onMap.value, situationId.value);
  if (inAlarm.size === 0) return rings;
  stations.value.forEach((station, i) => {
    const ring = placeOf(station) ? inAlarm.get(station.id) : undefined;
    if (ring) rings.set(i, { severity: ring.severity, cause: ring.selected });
  });
  return rings;
});

const alarms = computed<Alarm[]>(() => {
  return onMap.value.map((s) => ({
    id: s.id, severity: s.severity, place: s.place, radius: s.radius, area: s.area?.id ?? null,
    label: t('situation.label', { severity: t(kSeverityKeys[s.severity]), headline: headlineText(s), state: stateText(s) }),
    faint: !shownOpen.value.some((x) => x.id === s.id), marked: s.id === situationId.value || s.id === pointedSituation.value,
  }));
});

/** A situation that is opened is shown with its surroundings, once; its later changes move nothing. */
function showChosen(canvas: Canvas) {
  let shownFor: number | null = null;
  return effect(() => {
    const selected = known.value.find((s) => s.id === situationId.value);
    if (shownFor === (selected?.id ?? null)) return;
    shownFor = selected?.id ?? null;
    const area = areas.peek()?.features.find((f) => f.properties.id === selected?.area?.id);
    if (selected?.place) canvas.fit(boxAround(selected.place, selected.radius));
    else if (area) canvas.fit(boxOf(area.geometry));
  });
}

export const groundLayer: Layer = {
  height: 'ground',
  sources: ['reach'],
  look: () => [
    { id: 'reach', type: 'fill', source: 'reach', paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': ['get', 'fill'] } },
    { id: 'reach-edge', type: 'line', source: 'reach', layout: { 'line-join': 'round' }, paint: { 'line-color': ['get', 'colour'], 'line-width': ['get', 'width'] } },
  ],
  follow: (canvas) => {
    const pins = new Alarms(canvas, { point: (id) => (pointedSituation.value = id), open: openSituation });
    const stops = [
      effect(() => pins.set(alarms.value, areas.value?.features ?? [])),
      effect(() => {
        void canvas.drawn.value;
        canvas.setData('reach', groundOf(alarms.value, areas.value?.features ?? [], kSeverityColours[canvas.theme]));
      }),
      showChosen(canvas),
    ];
    return () => {
      stops.forEach((stop) => stop());
      pins.remove();
    };
  },
};

export const ringLayer: Layer = {
  height: 'above',
  sources: ['alarmed'],
  look: ({ factor }) => [
    {
      id: 'alarmed', type: 'circle', source: 'alarmed',
      paint: { 'circle-radius': markRadius(1.45 * factor), 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': ['get', 'colour'], 'circle-stroke-width': ['get', 'width'] },
    },
  ],
  follow: (canvas) =>
    effect(() => {
      void canvas.drawn.value;
      const colours = kSeverityColours[canvas.theme];
      undimmed.value = new Set(alarmed.value.keys());
      canvas.setData('alarmed', {
        type: 'FeatureCollection',
        features: [...alarmed.value].map(([i, ring]): GeoJSON.Feature => ({
          type: 'Feature', properties: { colour: colours[ring.severity], width: ring.cause ? 2.6 : 1.4 }, geometry: { type: 'Point', coordinates: placeOf(stations.value[i])! },
        })),
      });
    }),
};
