// Stations on the map: coloured by their value, hollow when it is doubtful, without colour when there is none; districts in the
// colour of their median.
import { effect } from '@preact/signals';
import { isDoubtful } from '../../shell/charts/series';
import { areaId, theme } from '../../shell/choices';
import { districts } from '../../shell/city';
import type { AreaLook, Canvas } from '../../shell/map/canvas';
import type { Layer } from '../../shell/map/layer';
import { binOf, colours, type Theme } from '../../shell/map/scale';
import { kPalettes, markRadius, stateOf } from '../../shell/map/style';
import { named } from '../../shell/texts';
import { valueText } from '../../shell/words';
import { placeOf } from './rules';
import { areaMedians, found, openStation, pointed, quantity, scale, stationId, stations, undimmed, values } from './store';
import { stationState } from './words';

const kColours: Record<Theme, { late: string; rim: string }> = { dark: { late: '#66727f', rim: 'rgba(4,8,12,0.75)' }, light: { late: '#9aa5b0', rim: 'rgba(255,255,255,0.9)' } };
const kClear = 'rgba(0,0,0,0)';

/** How one station is drawn. */
interface Look {
  fill: string | null;
  stroke: string | null;
  strokeWidth: number;
  opacity: number;
}

function stationLooks(): Look[] {
  const q = quantity.value;
  if (!q) return [];
  const ends = scale.value;
  const table = colours(q.ramp, theme.value);
  const { rim, late } = kColours[theme.value];
  const left = found.value;
  return stations.value.map((s, i): Look => {
    const opacity = left === null || left.has(i) || undimmed.value.has(i) ? 1 : 0.1;
    if (!s.channels.includes(q.channel)) return { fill: null, stroke: null, strokeWidth: 0, opacity: 0 };
    const [state, value] = [stationState(i), values.value[i]!];
    if (state === 'silent' || state === 'never_heard' || Number.isNaN(value)) return { fill: null, stroke: late, strokeWidth: 1.2, opacity: opacity * 0.8 };
    if (state === 'late') return { fill: late, stroke: rim, strokeWidth: 1, opacity };
    const colour = table[binOf(ends, value)]!;
    if (isDoubtful(values.flag[i]!)) return { fill: null, stroke: colour, strokeWidth: 2, opacity };
    return { fill: colour, stroke: rim, strokeWidth: 1, opacity };
  });
}
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
function pointAt(i: number): GeoJSON.Point | null {
  const place = placeOf(stations.value[i]);
  return place && { type: 'Point', coordinates: place };
}

function followStations(canvas: Canvas) {
  let painted: string[] = [];
  let on: unknown[] = [];
  const stops = [
    effect(() => canvas.setData('stations', { type: 'FeatureCollection', features: stations.value.flatMap((_, i): GeoJSON.Feature[] => {
      const geometry = pointAt(i);
      return geometry ? [{ type: 'Feature', id: i, geometry, properties: {} }] : [];
    }) })),
    effect(() => {
      const looks = stationLooks();
      // With a new style, and with new features, no state is left.
      if (on[0] !== canvas.drawn.value || on[1] !== stations.value) [painted, on] = [[], [canvas.drawn.value, stations.value]];
      looks.forEach((look, i) => {
        const key = `${look.fill} ${look.stroke} ${look.strokeWidth} ${look.opacity}`;
        const state = { c: look.fill ?? kClear, o: look.fill ? look.opacity : 0, s: look.stroke ?? kColours[canvas.theme].rim, w: look.strokeWidth, so: look.opacity };
        if (painted[i] !== key && placeOf(stations.value[i]) && canvas.setState('stations', i, state)) painted[i] = key;
      });
    }),
    effect(() => {
      void canvas.drawn.value;
      canvas.paintAreas(areaLooks());
    }),
  ];
  return () => {
    stops.forEach((stop) => stop());
    pointed.value = null;
  };
}

function followMarks(canvas: Canvas) {
  return effect(() => {
    const selected = stations.value.findIndex((s) => s.id === stationId.value);
    const marks = [[pointed.value, 1.5], [selected < 0 ? null : selected, 3]] as const;
    canvas.setData('marks', {
      type: 'FeatureCollection',
      features: marks.flatMap(([i, width]): GeoJSON.Feature[] => {
        const geometry = i === null ? null : pointAt(i);
        return geometry ? [{ type: 'Feature', geometry, properties: { width } }] : [];
      }),
    });
  });
}
/** Who is chosen is brought into view, once. */
function showChosen(canvas: Canvas) {
  return effect(() => {
    const chosen = stations.value.find((s) => s.id === stationId.value);
    const place = placeOf(chosen);
    if (place) canvas.show(place);
  });
}

export const stationLayer: Layer = {
  height: 'mark',
  sources: ['stations'],
  look: ({ theme: shown, factor }) => [
    {
      id: 'stations', type: 'circle', source: 'stations',
      paint: {
        'circle-radius': markRadius(factor),
        'circle-color': ['to-color', ['feature-state', 'c'], kClear],
        'circle-opacity': stateOf('o', 0) as never,
        'circle-stroke-color': ['to-color', ['feature-state', 's'], kColours[shown].late],
        'circle-stroke-width': stateOf('w', 0) as never,
        'circle-stroke-opacity': stateOf('so', 0) as never,
      },
    },
  ],
  follow: followStations,
  hit: { layer: 'stations', point: (index) => (pointed.value = index), open: (index) => openStation(stations.value[index]!.id) },
};
/** Rings around the one that is pointed at and the one that is chosen. */
export const markLayer: Layer = {
  height: 'above',
  sources: ['marks'],
  look: ({ theme: shown }) => [
    {
      id: 'mark-halo', type: 'circle', source: 'marks',
      paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 7, 12, 12, 17, 24], 'circle-color': kClear, 'circle-stroke-color': kPalettes[shown].mark, 'circle-stroke-width': ['get', 'width'] },
    },
  ],
  follow: (canvas) => {
    const stops = [followMarks(canvas), showChosen(canvas)];
    return () => stops.forEach((stop) => stop());
  },
};
