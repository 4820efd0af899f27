// On the map: the situation that is pointed at, and the place of a report that is written.
import type { Canvas } from '../../shell/map/canvas';
import { draft, placeTyped, reportOpen } from './report';
import { SituationTooltip } from './SituationTooltip';

function ReportMark({ canvas }: { canvas: Canvas }) {
  const place = reportOpen.value === null ? null : placeTyped(draft.value.place);
  void canvas.moved.value;
  if (!place) return null;
  const { x, y } = canvas.project(place);
  return <i class="report-mark" data-testid="report-mark" style={{ transform: `translate(${Math.round(x)}px, ${Math.round(y)}px)` }} aria-hidden="true" />;
}

export function MapParts({ canvas }: { canvas: Canvas }) {
  return (
    <>
      <SituationTooltip canvas={canvas} />
      <ReportMark canvas={canvas} />
    </>
  );
}
