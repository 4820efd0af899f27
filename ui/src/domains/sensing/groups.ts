// The rail's order: quantities in the groups a department thinks in. What no group names stands under "other".

const kIcons = {
  air: 'M3 9h10.5a2.75 2.75 0 1 0-2.6-3.6M3 13h15a2.75 2.75 0 1 1-2.6 3.6M3 17h6.5a2 2 0 1 1-1.9 2.6',
  noise: 'M4 10v4h3.5L12 18V6L7.5 10H4ZM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11',
  weather: 'M10 13.5V5a2 2 0 1 1 4 0v8.5a4.5 4.5 0 1 1-4 0ZM12 9v8',
  light: 'M9 18h6M10 21h4M12 3a6 6 0 0 1 3.6 10.8c-.5.4-.6 1-.6 1.7h-6c0-.7-.1-1.3-.6-1.7A6 6 0 0 1 12 3Z',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.2 3.2 0 0 1 0 6M18 14.2a6 6 0 0 1 3.5 5.8',
  other: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
};

export interface Group {
  key: 'group.air' | 'group.sound' | 'group.weather' | 'group.light' | 'group.people' | 'group.other';
  /** A path in a box of 24 by 24. */
  icon: string;
  channels: readonly string[];
}
export const kGroups: readonly Group[] = [
  { key: 'group.air', icon: kIcons.air, channels: ['pm25', 'pm25_corrected', 'pm10', 'pm10_corrected', 'o3', 'no2', 'co', 'so2', 'nh3', 'h2s'] },
  { key: 'group.sound', icon: kIcons.noise, channels: ['noise', 'vibration', 'vibration_x', 'vibration_x_max', 'vibration_y', 'vibration_y_max', 'vibration_z', 'vibration_z_max'] },
  { key: 'group.weather', icon: kIcons.weather, channels: ['temperature', 'globe_temperature', 'humidity', 'wind_speed', 'wind_direction', 'gust_speed', 'gust_direction'] },
  { key: 'group.light', icon: kIcons.light, channels: ['illuminance', 'ultraviolet'] },
  { key: 'group.people', icon: kIcons.people, channels: ['people'] },
];

/** Means over a longer time that came beside finer values have channels of their own: "pm25_daily" stands after "pm25". */
const kSpans = ['', '_2min', '_hourly', '_daily'];

export function grouped<Q extends { channel: string }>(quantities: readonly Q[]): { group: Group; quantities: Q[] }[] {
  const spans = (g: Group) => g.channels.flatMap((c) => kSpans.map((span) => c + span));
  const known = new Set(kGroups.flatMap(spans));
  const other: Group = { key: 'group.other', icon: kIcons.other, channels: quantities.map((q) => q.channel).filter((c) => !known.has(c)) };
  const of = (g: Group) => (g === other ? g.channels : spans(g)).flatMap((c) => quantities.filter((q) => q.channel === c));
  return [...kGroups, other].map((group) => ({ group, quantities: of(group) })).filter((g) => g.quantities.length > 0);
}
