// What the map says of a station: at the pointer, for screen readers, and how many the search leaves.
import { isDoubtful } from '../../shell/charts/series';
import type { Canvas } from '../../shell/map/canvas';
import { named, t } from '../../shell/texts';
import { whenText } from '../../shell/words';
import { foundText } from './Found';
import { placeOf } from './rules';
import { found, pointed, quantity, values } from './store';
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

export function MapParts({ canvas }: { canvas: Canvas }) {
  return (
    <>
      <Tooltip canvas={canvas} />
      <Spoken />
      {found.value !== null && <p class="map-found">{foundText()}</p>}
    </>
  );
}
