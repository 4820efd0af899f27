// One Datastream over a span: gaps are gaps, doubtful values are hollow, the crosshair reads the numbers.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { axes, cssColour, fitted, lineAndBand } from '../../shell/charts/plot';
import { drawn, isDoubtful, isFailed, numbersOf, type SeriesPoint } from '../../shell/charts/series';
import { theme } from '../../shell/choices';
import { zone } from '../../shell/city';
import { language, named, t } from '../../shell/texts';
import { clock, dayAndClock, kDay } from '../../shell/time';
import { valueText } from '../../shell/words';
import type { Reasons } from './api';
import { flagText, unitText } from './words';

export interface ChartProps {
  title: string;
  points: readonly SeriesPoint[];
  /** Said where there is no point. */
  empty: string;
  step: number;
  from: number;
  to: number;
  unit: string;
  decimals: number;
  range: [number, number];
  marked: number | null;
  name: string;
  reasons: Reasons;
}

export function Chart(p: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [read, setRead] = useState<number | null>(null);
  const data = useMemo(() => drawn(p.points, p.step, p.range), [p.points, p.step, p.range[0], p.range[1]]);
  const aligned = (): uPlot.AlignedData => [data.seconds, data.max, data.min, data.value, data.doubtful];
  const latest = useRef(p);
  latest.current = p;

  useEffect(() => {
    const hollow: uPlot.Series = {
      stroke: cssColour('--doubtful'), width: 0, paths: () => null,
      points: { show: true, size: 6, width: 1.5, fill: cssColour('--surface-1'), stroke: cssColour('--doubtful') },
    };
    const made = fitted(
      box.current!, 132,
      {
        ...lineAndBand([hollow]),
        axes: axes({ zone: zone(), language: language.value }),
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
        scales: {
          x: { time: true, range: () => [latest.current.from / 1000, latest.current.to / 1000] },
          y: { range: () => latest.current.range },
        },
        hooks: { setCursor: [(u) => setRead(u.cursor.idx ?? null)] },
      },
      aligned(),
    );
    plot.current = made.plot;
    return () => {
      plot.current = null;
      made.destroy();
    };
  }, [theme.value, language.value, p.title]);
  useEffect(() => plot.current?.setData(aligned()), [data, p.from, p.to, p.range[0], p.range[1]]);

  // What cannot be true is no lowest and no highest.
  const firm = p.points.filter((point) => !isFailed(point[4]));
  const withoutGaps = numbersOf(firm, 1);
  const unit = unitText(p.unit);
  const summary = withoutGaps.length === 0
    ? p.empty
    : t('chart.summary', {
        name: p.name, span: p.title, min: valueText(Math.min(...numbersOf(firm, 2)), p.decimals),
        max: valueText(Math.max(...numbersOf(firm, 3)), p.decimals), last: valueText(withoutGaps.at(-1), p.decimals), unit,
      });
  const point = read === null ? undefined : p.points.find((x) => x[0] / 1000 === data.seconds[read]);
  const value = point?.[1];
  const reason = point?.[5] === undefined ? '' : named(p.reasons[point[5]]);
  const at = read === null ? null : data.seconds[read]! * 1000;
  const when = at === null ? '' : p.to - p.from > kDay ? dayAndClock(at, zone(), language.value) : clock(at, zone(), language.value);
  return (
    <figure class="chart">
      <figcaption><strong>{p.title}</strong><span>{value === null || value === undefined ? unit : `${when}  ${valueText(value, p.decimals)} ${unit}`}</span></figcaption>
      <div ref={box} role="img" aria-label={summary} data-points={p.points.length} data-last={p.points.at(-1)?.[0] ?? 0} />
      {point && isDoubtful(point[4]) && <p class="chart-reason"><i class="key doubtful" />{[flagText(point[4]), reason].filter(Boolean).join(': ')}</p>}
      {point && point[1] === null && <p class="chart-reason">{reason || t('value.none')}</p>}
      {numbersOf(p.points, 1).length === 0 && <p class="empty over">{p.empty}</p>}
    </figure>
  );
}
