// The hour before a situation, on the map.
import { view } from '../../shell/choices';
import { serverNow } from '../../shell/clock';
import { play } from '../../shell/replay';
import { kHour, kMinute } from '../../shell/time';
import { quantityChannel, quantityOf } from '../sensing/face';
import type { SituationDetail } from './api';
import { byRole } from './evidence';

/** The hour before the onset on the map, and ten minutes of what followed. */
export function playHourBefore(detail: SituationDetail) {
  const channel = byRole(detail.evidence?.streams ?? [])[0]?.channel;
  if (channel && quantityOf(channel)) quantityChannel.value = channel;
  view.value = 'map';
  const until = Math.min(detail.since + 10 * kMinute, serverNow.peek() - kMinute);
  play(2 * kMinute, detail.since - kHour, until);
  if (window.matchMedia('(max-width: 860px)').matches) document.querySelector('.middle')?.scrollIntoView();
}
