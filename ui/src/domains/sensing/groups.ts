// The rail's order: quantities in the groups a department thinks in. What no group names stands under "other".
import type { IconName } from '../../shell/frame/icons';

export interface Group {
  key: 'group.air' | 'group.sound' | 'group.weather' | 'group.light' | 'group.people' | 'group.other';
  icon: IconName;
  channels: readonly string[];
}
export const kGroups: readonly Group[] = [
  { key: 'group.air', icon: 'air', channels: ['pm25', 'pm25_corrected', 'pm10', 'pm10_corrected', 'o3', 'no2', 'co', 'so2', 'nh3', 'h2s'] },
  { key: 'group.sound', icon: 'noise', channels: ['noise', 'vibration', 'vibration_x', 'vibration_x_max', 'vibration_y', 'vibration_y_max', 'vibration_z', 'vibration_z_max'] },
  { key: 'group.weather', icon: 'weather', channels: ['temperature', 'globe_temperature', 'humidity', 'wind_speed', 'wind_direction', 'gust_speed', 'gust_direction'] },
  { key: 'group.light', icon: 'light', channels: ['illuminance', 'ultraviolet'] },
  { key: 'group.people', icon: 'people', channels: ['people'] },
];

/** Means over a longer time that came beside finer values have channels of their own: "pm25_daily" stands after "pm25". */
const kSpans = ['', '_2min', '_hourly', '_daily'];

export function grouped<Q extends { channel: string }>(quantities: readonly Q[]): { group: Group; quantities: Q[] }[] {
  const spans = (g: Group) => g.channels.flatMap((c) => kSpans.map((span) => c + span));
  const known = new Set(kGroups.flatMap(spans));
  const other: Group = { key: 'group.other', icon: 'other', channels: quantities.map((q) => q.channel).filter((c) => !known.has(c)) };
  const of = (g: Group) => (g === other ? g.channels : spans(g)).flatMap((c) => quantities.filter((q) => q.channel === c));
  return [...kGroups, other].map((group) => ({ group, quantities: of(group) })).filter((g) => g.quantities.length > 0);
}
