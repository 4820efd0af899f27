// What the pin under the pointer stands for.
import { areas } from '../../shell/city';
import type { Canvas } from '../../shell/map/canvas';
import { placeOf } from './alarms';
import { SeverityWord } from './Severity';
import { onMap, pointedSituation } from './store';
import { headlineText, lastingText, stateText } from './words';

export function SituationTooltip({ canvas }: { canvas: Canvas }) {
  const s = onMap.value.find((x) => x.id === pointedSituation.value);
  const at = s && placeOf({ place: s.place, area: s.area?.id ?? null }, areas.value?.features ?? []);
  if (!s || !at) return null;
  void canvas.moved.value;
  const place = canvas.project(at);
  return (
    <div class="tooltip situation-tooltip" style={{ transform: `translate(${Math.round(place.x)}px, ${Math.round(place.y)}px)` }} aria-hidden="true">
      <div>
        <SeverityWord severity={s.severity} />
        <strong>{headlineText(s)}</strong>
        <small>{stateText(s)} · {lastingText(s.since)}</small>
      </div>
    </div>
  );
}
