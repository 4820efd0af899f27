// Situations in words: what kind one is, where, and what its timeline's lines say.
import { at } from '../../shell/clock';
import { number } from '../../shell/format';
import { language, named, t } from '../../shell/texts';
import { sinceText, whenText } from '../../shell/words';
import { quantityOf, stations, unitText } from '../sensing/face';
import type { Entry, EvidenceStream, Situation, SituationDetail } from './api';
import { isOpen, overtakerOf, roundedDistance } from './rules';
import { kSeverityKeys, kStateKeys } from './Severity';

// The server's table, src/situations/kinds.cc; a test there holds both together.
const kKindKeys: Record<string, string> = {
  plume: 'situation.kind_plume', haze: 'situation.kind_haze', index: 'situation.kind_index', noise_event: 'situation.kind_noise_event', noise_level: 'situation.kind_noise_level',
  crowd_surge: 'situation.kind_crowd_surge', heat: 'situation.kind_heat', hot_spot: 'situation.kind_hot_spot', unconfirmed: 'situation.kind_unconfirmed',
  device_suspect: 'situation.kind_device_suspect', warning_blind: 'situation.kind_warning_blind', fire: 'situation.kind_fire', gas: 'situation.kind_gas', flood: 'situation.kind_flood',
  road: 'situation.kind_road', outage: 'situation.kind_outage', other: 'situation.kind_other',
};
/** All that the server knows, in its order. */
export const kKinds = Object.keys(kKindKeys);
/** Empty when the kind has no word yet. */
export const kindText = (kind: string) => (kKindKeys[kind] ? t(kKindKeys[kind]) : '');
/** What it is called; of one that is looked back at and whose words were not kept yet: its kind, and that. */
export const headlineText = (s: Pick<Situation, 'headline' | 'kind'>) => named(s.headline) || t('situation.headline_not_recorded', { kind: kindText(s.kind) || s.kind });
/** Where it stands, in the word that the public page has too: its cause can be gone while it waits to end. */
export const stateText = (s: Pick<Situation, 'state' | 'clear_since'>) => t(isOpen(s) && s.clear_since !== null ? 'situation.state_gone' : kStateKeys[s.state]);
/** Since when it lasts, told from the moment that is shown; what began later is told from now. */
export const lastingText = (since: number) => (at.value !== null && since <= at.value ? whenText(since) : sinceText(since));
export const situationWords = (s: Situation): string[] => [kindText(s.kind)].filter(Boolean);

const kEntryKeys: Record<string, string> = {
  raised: 'situation.entry_raised', updated: 'situation.entry_updated', worsened: 'situation.entry_worsened', eased: 'situation.entry_eased', cleared: 'situation.entry_cleared',
  returned: 'situation.entry_returned', confirmed: 'situation.entry_confirmed', acknowledged: 'situation.entry_acknowledged', acting: 'situation.entry_acting', assigned: 'situation.entry_assigned',
  noted: 'situation.entry_noted', resolved: 'situation.entry_resolved', dismissed: 'situation.entry_dismissed', escalated: 'situation.entry_escalated', silenced: 'situation.entry_silenced',
};
/** Worse without another severity: what was told as an exercise is none. Assigned to nobody: who had it is gone. */
export const entryText = ({ kind, from, to, text }: Pick<Entry, 'kind' | 'from' | 'to' | 'text'>) => {
  if (kind === 'worsened' && from && to && from.severity === to.severity) return t('situation.entry_real');
  if (kind === 'assigned' && text === '') return t('situation.entry_handed_back');
  return kEntryKeys[kind] ? t(kEntryKeys[kind]) : kind;
};

const kRoleKeys: Record<string, string> = { cause: 'situation.role_cause', neighbour: 'situation.role_neighbour', city: 'situation.role_city' };
export const roleText = (role: string) => (kRoleKeys[role] ? t(kRoleKeys[role]) : role);

/** "about 750 m", "about 1.4 km": no more digits than anybody knows. */
export function distanceText(metres: number): string {
  const { value, kilometres } = roundedDistance(metres);
  const text = number(value, kilometres && value < 10 ? 1 : 0, language.value);
  return kilometres ? t('distance.kilometres', { kilometres: text }) : t('distance.metres', { metres: text });
}

const kPartEndKeys: Record<string, string> = {
  rule_off: 'situation.part_rule_off', unheard: 'situation.part_unheard', unconfirmed: 'situation.part_unconfirmed',
  usual: 'situation.part_usual',
};

/** "Caution → Serious, 2 → 6 stations, PM2.5 47 → 83 µg/m³": what a line of the timeline changed, or how things stood. */
export function changeText({ from, to, ended_parts: ended }: Entry): string {
  if (!to) return '';
  const quantity = quantityOf(to.channel);
  // Another quantity's number is no change of the one before.
  const other = from && from.channel !== '' && from.channel !== to.channel;
  const shown = (value: number) => number(value, quantity?.decimals ?? 1, language.value);
  const name = quantity ? named(quantity.name) : to.channel;
  const parts = [
    from && from.severity !== to.severity ? t('situation.change_severity', { from: t(kSeverityKeys[from.severity]), to: t(kSeverityKeys[to.severity]) }) : '',
    to.stations === 0 ? '' : from && from.stations > 0 && from.stations !== to.stations
      ? t('situation.change_stations', { from: from.stations, to: to.stations })
      : t('situation.change_stations_same', { count: to.stations }),
    to.channel === '' ? '' : from && from.channel === to.channel && from.value !== to.value
      ? t('situation.change_value', { quantity: name, from: shown(from.value), to: shown(to.value), unit: unitText(to.unit) })
      : t(other ? 'situation.change_lead' : 'situation.change_value_same', { quantity: name, value: shown(to.value), unit: unitText(to.unit) }),
    ...(ended ?? []).map((part) => t(kPartEndKeys[part.why] ?? 'situation.part_ended', { quantity: named(part.name) })),
  ];
  return parts.filter(Boolean).join(', ');
}

/** Of a cause of more stations than are shown: how many are not. Empty where all are. */
export function leftOutTexts({ facts, members, evidence }: Pick<SituationDetail, 'facts' | 'members' | 'evidence'>): string[] {
  const all = facts.stations;
  const drawn = new Set((evidence?.streams ?? []).filter((stream) => stream.role === 'cause').map((stream) => stream.thing)).size;
  return [
    drawn > 0 && drawn < all ? t('situation.charts_of', { shown: drawn, all }) : '',
    members.length > 0 && members.length < all ? t('situation.rings_of', { shown: members.length, all }) : '',
  ].filter(Boolean);
}

const kEndKeys: Record<string, string> = {
  rule_off: 'alerts.end.rule_off', unheard: 'alerts.end.unheard', joined: 'alerts.end.joined', unconfirmed: 'alerts.end.unconfirmed',
  usual: 'alerts.end.usual',
};
/** Why it ended, when that leaves it open whether the cause is over. */
export function endText(s: Situation): string {
  if (s.lasts_after_end) return t('alerts.end.operator');
  return s.ended_by && kEndKeys[s.ended_by] ? t(kEndKeys[s.ended_by]!) : '';
}

const kOvertakenKeys: Record<string, string> = {
  acting: 'situation.overtaken_acting', resolved: 'situation.overtaken_resolved', dismissed: 'situation.overtaken_dismissed', silenced: 'situation.overtaken_silenced',
};
/** Who was faster, and when: "kim resolved it at 14:05 (just now)." */
export function overtakenText(s: SituationDetail, deed: string, seen: number): string {
  const line = overtakerOf(s, deed, seen);
  if (!line) return t('situation.overtaken', { state: stateText(s) });
  const time = sinceText(line.at);
  return line.by ? t(kOvertakenKeys[line.kind]!, { name: line.by, time }) : t('situation.overtaken_by_itself', { entry: entryText(line), time });
}

export function whereText(s: Situation): string {
  const area = s.area ? named(s.area.name) : '';
  if (s.whole_city) return t('situation.whole_city');
  const place = s.place && s.radius > 0 ? t('situation.within', { distance: distanceText(s.radius) }) : '';
  return [area, place].filter(Boolean).join(', ') || (s.place ? `${s.place[1].toFixed(5)}, ${s.place[0].toFixed(5)}` : t('situation.whole_city'));
}

/** "Haneul 2", or what the stream is when it belongs to no station. */
export function streamName(stream: EvidenceStream): string {
  const station = stations.value.find((s) => s.id === stream.thing);
  return station ? named(station.name) : roleText(stream.role);
}
