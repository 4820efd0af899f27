// What the keys do with situations.
import { maySomewhere } from '../../shell/session';
import { perform } from './actions';
import { playHourBefore } from './hour';
import { openReport } from './report';
import { listed } from './SituationList';
import { known, openSituation, pointedSituation, situationId } from './store';

const selected = () => known.peek().find((s) => s.id === situationId.peek());
export function stepSituation(by: number) {
  const all = listed();
  const place = all.findIndex((s) => s.id === situationId.peek());
  const next = all[place < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(place + by, 0), all.length - 1)];
  if (next) openSituation(next.id);
}
export function acknowledge() {
  const s = selected() ?? known.peek().find((x) => x.id === pointedSituation.peek());
  // A refusal is shown in the panel, so the panel must be there.
  if (s?.state === 'firing') void perform(s, 'acknowledge').then((done) => done || openSituation(s.id));
}
export function playHourBeforeSelected() {
  const s = selected();
  if (s) playHourBefore(s);
}
export const report = () => maySomewhere('situations.report') && openReport();
