// A domain as somebody writes it who has read src/shell/README.md: benches in the city. It is in no build but the story's.
import { addressed, flag, whole } from '../../src/shell/address';
import { open, view } from '../../src/shell/choices';
import { city } from '../../src/shell/city';
import { type Panel, register } from '../../src/shell/domain';
import { effect } from '@preact/signals';
import { BenchLegend } from './BenchLegend';

export const benchId = addressed('bench', whole);
export const woodOnly = addressed('wood', flag);
const panel: Panel = { name: 'bench', chosen: benchId, load: () => import('./BenchPanel') };
export const openBench = (id: number | null) => open(panel, id);

/** Two of them, in the middle of the city. */
export function benches() {
  const [west, south, east, north] = city.value?.bounds ?? [0, 0, 0, 0];
  const at = (x: number, y: number): [number, number] => [west + x * (east - west), south + y * (north - south)];
  return [{ id: 1, wood: true, place: at(0.5, 0.5) }, { id: 2, wood: false, place: at(0.55, 0.6) }].filter((bench) => bench.wood || !woodOnly.value);
}

register({
  name: 'toy',
  texts: [{ en: () => import('./en.json'), ko: () => import('./ko.json') }],
  views: [{ name: 'toy', icon: 'M4 10h16M4 14h16M6 14v5M18 14v5', label: 'toy.view', key: 'e', help: 'toy.help', load: () => import('./BenchList') }],
  panels: [panel],
  places: { legend: BenchLegend },
  layers: [
    {
      height: 'above',
      sources: ['benches'],
      look: ({ theme, factor }) => [{ id: 'benches', type: 'circle', source: 'benches', paint: { 'circle-radius': 9 * factor, 'circle-color': theme === 'dark' ? '#ff00ff' : '#aa00aa' } }],
      follow: (canvas) =>
        effect(() =>
          canvas.setData('benches', { type: 'FeatureCollection', features: benches().map(({ id, place }): GeoJSON.Feature => ({ type: 'Feature', id, geometry: { type: 'Point', coordinates: place }, properties: {} })) }),
        ),
      hit: { layer: 'benches', point: () => undefined, open: openBench },
    },
  ],
  keys: [{ help: 'toy.help_wood', acts: { w: () => (woodOnly.value = !woodOnly.value) } }],
  escape: () => (view.value = 'map'),
});
