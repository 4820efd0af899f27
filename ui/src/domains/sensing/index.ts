// Stations and what they measure: on the map, as a list, one by one, and over time.
import texts from 'virtual:texts/sensing';
import type { SeriesPoint } from '../../shell/charts/series';
import { view } from '../../shell/choices';
import { register } from '../../shell/domain';
import { kIcons } from '../../shell/frame/icons';
import { named, t } from '../../shell/texts';
import { sensingApi } from './api';
import { Counters } from './Counters';
import { markLayer, stationLayer } from './layers';
import { Found } from './Found';
import { frame } from './frame';
import { Legend } from './Legend';
import { MapParts } from './MapParts';
import { firstFound, stepped } from './order';
import { Overview } from './Overview';
import { Rail } from './Rail';
import { Simulated } from './Simulated';
import { followValues, isFew, openStation, pointed, quantity, readStations, stationPanel, stations } from './store';
import { UnknownQuantity } from './UnknownQuantity';
import { unitText } from './words';
import './sensing.css';

/** The first that the search leaves, where stations are looked for. */
function openFirst(): boolean {
  const first = kSearched.includes(view.value) ? firstFound() : null;
  if (first !== null) openStation(stations.peek()[first]!.id);
  return first !== null;
}
const kSearched: readonly string[] = ['map', 'list'];

register({
  name: 'sensing',
  texts: [texts],
  views: [{ name: 'list', icon: kIcons.list, label: 'view.list', key: 'v', help: 'help.view', load: () => import('./StationList') }],
  panels: [stationPanel],
  places: { name: Simulated, found: Found, counters: Counters, rail: Rail, home: Overview, notes: UnknownQuantity, map: MapParts, legend: Legend },
  layers: [stationLayer, markLayer],
  frame,
  curve: {
    title: () => (!quantity.value ? '' : isFew(quantity.value) ? t('timeline.few', { name: named(quantity.value.name) }) : `${named(quantity.value.name)}, ${unitText(quantity.value.unit)}`),
    key: () => (quantity.value && !isFew(quantity.value) ? quantity.value.channel : null),
    read: async (from, to, signal) => {
      const medians = await sensingApi.medians(quantity.peek()!.channel, from, to, signal);
      return { step: medians.step_ms, points: medians.points.map(([time, mean, min, max]): SeriesPoint => [time, mean, min, max, 1]) };
    },
  },
  keys: [
    { help: 'help.step', acts: { j: () => (pointed.value = stepped(pointed.value, 1)), k: () => (pointed.value = stepped(pointed.value, -1)) } },
    { help: 'help.open', acts: { Enter: () => pointed.value !== null && openStation(stations.value[pointed.value]!.id) } },
  ],
  entered: () => openFirst(),
  escape: () => (pointed.value = null),
  read: readStations,
  start: followValues,
});
