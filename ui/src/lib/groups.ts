// The rail's order: quantities in the groups a department thinks in. What no group names stands under "other".
import type { IconName } from '../parts/icons';

export interface Group {
  key: 'group.air' | 'group.sound' | 'group.weather' | 'group.light' | 'group.people' | 'group.other';
  icon: IconName;
  channels: readonly string[];
}
export const kGroups: readonly Group[] = [
  { key: 'group.air', icon: 'air', channels: ['pm25', 'pm25_corrected', 'pm10', 'pm10_corrected', 'o3', 'no2', 'co', 'so2', 'nh3', 'h2s'] },
  { key: 'group.sound', icon: 'noise', channels: ['noise', 'vibration'] },
  { key: 'group.weather', icon: 'weather', channels: ['temperature', 'globe_temperature', 'humidity', 'wind_speed', 'wind_direction'] },
  { key: 'group.light', icon: 'light', channels: ['illuminance', 'ultraviolet'] },
  { key: 'group.people', icon: 'people', channels: ['people'] },
];

export function grouped<Q extends { channel: string }>(quantities: readonly Q[]): { group: Group; quantities: Q[] }[] {
  const known = new Set(kGroups.flatMap((g) => g.channels));
  const other: Group = { key: 'group.other', icon: 'other', channels: quantities.map((q) => q.channel).filter((c) => !known.has(c)) };
  const of = (g: Group) => g.channels.flatMap((c) => quantities.filter((q) => q.channel === c));
  return [...kGroups, other].map((group) => ({ group, quantities: of(group) })).filter((g) => g.quantities.length > 0);
}
