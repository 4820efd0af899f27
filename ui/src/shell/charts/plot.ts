// What all charts share: axes in the city's zone, colours of the theme, text in the reader's language.
import uPlot from 'uplot';
import { tickLabel } from '../format';
import { lonely } from './series';
import { hourTicks, tickTexts, type TickWords } from './ticks';
import 'uplot/dist/uPlot.min.css';

export type PlotWords = TickWords;

export function cssColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Charts on the wall are read from three metres. */
export const wallFactor = () => (document.documentElement.classList.contains('wall') ? Math.max(1.2, window.innerWidth / 1600) : 1);

export function axes(words: PlotWords): uPlot.Axis[] {
  const look = { stroke: cssColour('--text-3'), font: `${wallFactor() * 11}px ${cssColour('--font')}`, ticks: { show: false }, border: { show: false } };
  const grid = { stroke: cssColour('--grid'), width: 1 };
  return [
    { ...look, grid, size: 26 * wallFactor(), gap: 6, splits: (u, _axis, min, max) => hourTicks(words.zone, min, max, u.bbox.width / devicePixelRatio / wallFactor()),
      values: (_u, splits) => tickTexts(splits, words) },
    {
      ...look, grid, size: 44 * wallFactor(), gap: 6, space: 22 * wallFactor(),
      values: (_u, splits) => splits.map((v) => tickLabel(v, splits.length > 1 ? splits[1]! - splits[0]! : 1, words.language)),
    },
  ];
}

/** A line over its min-max band; `data` is [seconds, max, min, value, ...more]. */
export function lineAndBand(more: uPlot.Series[] = []): Pick<uPlot.Options, 'series' | 'bands'> {
  const accent = cssColour('--chart');
  const alone: uPlot.Series.Points = { show: true, size: 5, stroke: accent, fill: accent, filter: (u, series) => lonely(u.data[series]!) };
  const edge: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
  return {
    series: [{}, edge, edge, { stroke: accent, width: 1.6, points: alone }, ...more],
    bands: [{ series: [1, 2], fill: cssColour('--chart-band') }],
  };
}

/** The plot in a box, following its width; `made` may hook in more. */
export function fitted(box: HTMLElement, height: number, options: Omit<uPlot.Options, 'width' | 'height'>, data: uPlot.AlignedData) {
  const plot = new uPlot({ ...options, width: Math.max(box.clientWidth, 60), height }, data, box);
  const resized = new ResizeObserver(() => {
    if (box.clientWidth > 0 && box.clientWidth !== plot.width) plot.setSize({ width: box.clientWidth, height });
  });
  resized.observe(box);
  return {
    plot,
    destroy: () => {
      resized.disconnect();
      plot.destroy();
    },
  };
}
