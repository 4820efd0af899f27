// What the map says of a station: at the pointer, for screen readers, and how many the search leaves.
import { isDoubtful } from '../../shell/charts/series';
import { areaId, find, view } from '../../shell/choices';
import { areaNamesOf } from '../../shell/city';
import type { Canvas } from '../../shell/map/canvas';
import { named, t } from '../../shell/texts';
import { whenText } from '../../shell/words';
import { foundInOrder, order } from './order';
import { placeOf } from './rules';
import { found, openStation, pointed, quantity, stations, values } from './store';
import { flagText, stateText, stationAt, stationState, stationText } from './words';

function Tooltip({ canvas }: { canvas: Canvas }) {
  const index = pointed.value;
  const station = stationAt(index);
  const q = quantity.value;
  if (index === null || !station || !q) return null;
  void [values.version.value, canvas.moved.value];
  const at = placeOf(station);
  if (!at) return null;
  const place = canvas.project(at);
  const state = stationState(index);
  return (
    <div class="tooltip" style={{ transform: `translate(${Math.round(place.x)}px, ${Math.round(place.y)}px)` }} aria-hidden="true">
      <div>
        <strong>{named(station.name)}</strong>
        <span class="tooltip-value">{stationText(index, q)}</span>
        <small>
          {!Number.isNaN(values.time[index]!) && whenText(values.time[index]!)}
          {state !== 'reporting' && !Number.isNaN(values.time[index]!) && ` · ${stateText(state)}`}
          {isDoubtful(values.flag[index]!) && ` · ${flagText(values.flag[index]!)}`}
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
  const text = index !== null && station && q ? `${named(station.name)}: ${stationText(index, q)}, ${stateText(stationState(index))}` : '';
  return <p class="hidden" aria-live="polite">{text}</p>;
}

const kFoundShown = 8;
/** What the search leaves, by name: the map may show quite another part of the city. */
function Found() {
  if (found.value === null) return null;
  const text = find.value.trim();
  if (text === '') return <p class="map-found">{t('list.found', { count: found.value.size })}</p>;
  const first = foundInOrder.value.slice(0, kFoundShown);
  // The list has the chosen quantity only: it shows no more of the others.
  const more = order.value.length - kFoundShown;
  const point = (i: number) => (pointed.value = order.peek().includes(i) ? i : null);
  return (
    <div class="map-found" data-testid="found">
      <p role="status">{found.value.size === 0 ? t('list.none_called', { text }) : t('list.found', { count: found.value.size })}</p>
      <ol>
        {first.map((i) => <li key={i}><button type="button" onMouseEnter={() => point(i)} onClick={() => openStation(stations.value[i]!.id)}>{named(stations.value[i]!.name)}<small>{areaNamesOf(stations.value[i]!.area).map(named).reverse().join(' ')}</small></button></li>)}
      </ol>
      {more > 0 && <button type="button" class="quiet" onClick={() => (view.value = 'list')}>{t('list.more', { count: more })}</button>}
    </div>
  );
}

export function MapParts({ canvas }: { canvas: Canvas }) {
  return (
    <>
      <Tooltip canvas={canvas} />
      <Spoken />
      {(find.value || areaId.value !== null) && <Found />}
    </>
  );
}
