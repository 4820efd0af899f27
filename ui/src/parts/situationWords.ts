// Situations in words: what kind one is, where, and what its timeline's lines say.
import type { EvidenceStream, Situation } from '../data/situations';
import { city, language, named, stations, t } from '../state';
import { number } from '../lib/format';

const kKindKeys: Record<string, string> = {
  plume: 'situation.kind_plume', haze: 'situation.kind_haze', noise_event: 'situation.kind_noise_event', crowd_surge: 'situation.kind_crowd_surge', index: 'situation.kind_index',
  heat: 'situation.kind_heat', device_suspect: 'situation.kind_device_suspect',
};
/** The kinds that the early warning raises. */
export const kKinds = Object.keys(kKindKeys);
/** Empty when the kind has no word yet. */
export const kindText = (kind: string) => (kKindKeys[kind] ? t(kKindKeys[kind]) : '');
export const situationWords = (s: Situation): string[] => [kindText(s.kind)].filter(Boolean);

const kEntryKeys: Record<string, string> = {
  raised: 'situation.entry_raised', updated: 'situation.entry_updated', worsened: 'situation.entry_worsened', eased: 'situation.entry_eased', cleared: 'situation.entry_cleared',
  returned: 'situation.entry_returned', acknowledged: 'situation.entry_acknowledged', acting: 'situation.entry_acting', assigned: 'situation.entry_assigned',
  noted: 'situation.entry_noted', resolved: 'situation.entry_resolved', dismissed: 'situation.entry_dismissed', escalated: 'situation.entry_escalated', silenced: 'situation.entry_silenced',
};
export const entryText = (kind: string) => (kEntryKeys[kind] ? t(kEntryKeys[kind]) : kind);

const kRoleKeys: Record<string, string> = { cause: 'situation.role_cause', neighbour: 'situation.role_neighbour', city: 'situation.role_city' };
export const roleText = (role: string) => (kRoleKeys[role] ? t(kRoleKeys[role]) : role);

export function whereText(s: Situation): string {
  const area = s.area ? named(s.area.name) : '';
  const place = s.place && s.radius > 0 ? t('situation.within', { metres: number(s.radius, 0, language.value) }) : '';
  return [area, place].filter(Boolean).join(', ') || (s.place ? `${s.place[1].toFixed(5)}, ${s.place[0].toFixed(5)}` : t('situation.whole_city'));
}

export const quantityOf = (channel: string) => city.value?.quantities.find((q) => q.channel === channel);
/** "Haneul 2", or what the stream is when it belongs to no station. */
export function streamName(stream: EvidenceStream): string {
  const station = stations.value.find((s) => s.id === stream.thing);
  return station ? named(station.name) : roleText(stream.role);
}
