// Colour scales as numbers: value -> bin -> colour. Ramps are perceptually even and safe for colour-blind eyes.
// On the dark map bright means more, on the light map dark means more (the "dark-is-more" expectation of readers).

export type Theme = 'dark' | 'light';
export type RampKind = 'sequential' | 'diverging';
export interface Scale {
  min: number;
  max: number;
  ramp: RampKind;
  theme: Theme;
}

// viridis (Smith & van der Walt, CC0), eleven even stops.
const kViridis = ['#440154', '#482475', '#414487', '#355f8d', '#2a788e', '#21918c', '#22a884', '#44bf70', '#7ad151', '#bddf26', '#fde725'];
// Deviations: cold to warm with a grey middle; on dark ground the ends shine, on light ground they are deep.
const kDivergingDark = ['#7ac8ff', '#4fa3ea', '#5a8ab8', '#7d868f', '#b98466', '#ee7a48', '#ff6a4a'];
const kDivergingLight = ['#1b5ea8', '#3f86c6', '#86aeca', '#a3a9ae', '#cf9a80', '#d1603c', '#a5211c'];

type Rgb = [number, number, number];
const rgbOf = (hex: string): Rgb => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as Rgb;
const hexOf = (rgb: Rgb): string => `#${rgb.map((c) => Math.round(c).toString(16).padStart(2, '0')).join('')}`;

/** How many colours a scale has: enough to look smooth, few enough that small changes repaint nothing. */
export const kBins = 48;

/** The colour at `position` 0..1 of evenly spaced stops. */
export function mix(stops: readonly string[], position: number): string {
  const at = Math.min(Math.max(position, 0), 1) * (stops.length - 1);
  const low = Math.min(Math.floor(at), stops.length - 2);
  const [a, b] = [rgbOf(stops[low]!), rgbOf(stops[low + 1]!)];
  return hexOf(a.map((c, i) => c + (b[i]! - c) * (at - low)) as Rgb);
}

function rampAt(kind: RampKind, theme: Theme, position: number): string {
  if (kind === 'diverging') return mix(theme === 'dark' ? kDivergingDark : kDivergingLight, position);
  // The darkest violet vanishes on the dark map and the brightest yellow on the light one: both are cut off.
  return mix(kViridis, theme === 'dark' ? 0.22 + position * 0.78 : 0.9 - position * 0.9);
}

const tables = new Map<string, readonly string[]>();
/** All colours of a ramp, low to high. */
export function colours(kind: RampKind, theme: Theme): readonly string[] {
  const key = `${kind} ${theme}`;
  let table = tables.get(key);
  if (!table) {
    table = Array.from({ length: kBins }, (_, i) => rampAt(kind, theme, i / (kBins - 1)));
    tables.set(key, table);
  }
  return table;
}

/** 0..1, clamped: values beyond the ends take the end's colour, which the legend says. */
export function positionOf(scale: Pick<Scale, 'min' | 'max'>, value: number): number {
  return Math.min(Math.max((value - scale.min) / (scale.max - scale.min), 0), 1);
}

export function binOf(scale: Pick<Scale, 'min' | 'max'>, value: number): number {
  return Math.min(Math.floor(positionOf(scale, value) * kBins), kBins - 1);
}

export function colourOf(scale: Scale, value: number): string {
  return colours(scale.ramp, scale.theme)[binOf(scale, value)]!;
}

export function gradientOf(scale: Pick<Scale, 'ramp' | 'theme'>): string {
  const table = colours(scale.ramp, scale.theme);
  return `linear-gradient(90deg, ${[0, 8, 16, 24, 31, 39, kBins - 1].map((i) => table[i]).join(', ')})`;
}

/** Round ends around the middle 96 % of the values, so that a fine difference inside a narrow city is seen; the given
 *  ends when there are too few values to judge. */
export function fittedEnds(values: readonly number[], otherwise: readonly [number, number]): [number, number] {
  if (values.length < 10) return [otherwise[0], otherwise[1]];
  const all = [...values].sort((a, b) => a - b);
  const low = all[Math.floor(all.length * 0.02)]!;
  const high = all[Math.ceil(all.length * 0.98) - 1]!;
  const step = stepOf(Math.max(high - low, (otherwise[1] - otherwise[0]) * 0.02), 5);
  const round = (value: number) => Number(value.toPrecision(12));
  return [round(Math.floor(low / step + 1e-9) * step), round(Math.ceil(high / step - 1e-9) * step)];
}

/** 1, 2, 2.5 or 5 times a power of ten, so that about `wanted` steps fill the span. */
function stepOf(span: number, wanted: number): number {
  const raw = span / Math.max(wanted, 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999)!;
}

/** Round numbers inside [min, max], about `wanted` of them. */
export function ticksOf(min: number, max: number, wanted = 5): number[] {
  if (!(max > min)) return [min];
  const step = stepOf(max - min, wanted);
  const ticks: number[] = [];
  for (let k = Math.ceil(min / step - 1e-9); k * step <= max + step * 1e-9; k += 1) ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}
