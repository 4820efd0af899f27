// The last 24 hours of the whole city; dragging it replays any moment, and the date field reaches any day.
import { effect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { axes, fitted, lineAndBand, wallFactor } from '../charts/plot';
import { drawn, numbersOf, type SeriesPoint } from '../charts/series';
import { theme } from '../choices';
import { zone } from '../city';
import { at, moment, serverNow } from '../clock';
import { kDomains } from '../domain';
import { moveBy, moveTo, pause, play, playing } from '../replay';
import { language, t } from '../texts';
import { clock, dayAndClock, instantOfLocal, kDay, kHour, kMinute, localText } from '../time';
import { Icon } from './icons';
import { Place } from './Place';

/** The window holds the replayed moment; live, it ends now. */
function endOf(time: number | null, now: number, old: number): number {
  if (time === null) return now;
  if (time <= old && time >= old - kDay) return Math.min(old, now);
  return Math.min(now, time + 6 * kHour);
}

interface Line {
  step: number;
  points: SeriesPoint[];
}
const kNone: Line = { step: 0, points: [] };
const curveOf = () => kDomains.find((d) => d.curve)?.curve;

/** Read again every five minutes, and when another line is wanted. */
function useLine(end: number): Line {
  const [read, setRead] = useState<{ key: string | null; line: Line }>({ key: null, line: kNone });
  const curve = curveOf();
  const key = curve?.key() ?? null;
  const slow = Math.floor(end / (5 * kMinute));
  useEffect(() => {
    if (!curve || key === null) return;
    const stop = new AbortController();
    curve.read(end - kDay, end + 1, stop.signal).then((line) => setRead({ key, line }), () => undefined);
    return () => stop.abort();
  }, [key, slow]);
  // Another line's numbers are never shown under this one's title.
  return read.key === key ? read.line : kNone;
}

export function Timeline() {
  const box = useRef<HTMLDivElement>(null);
  const handle = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const window24 = useRef(0);
  const running = playing.value !== null;
  window24.current = endOf(at.value, serverNow.value, window24.current || serverNow.value);
  const end = window24.current;
  const line = useLine(end);
  const { points } = line;
  const range = useRef<[number, number]>([0, 1]);
  const fits = rangeOf(points);
  range.current = fits.range;
  const data = drawn(points, line.step);
  if (!fits.banded) [data.max, data.min] = [data.max.map(() => null), data.min.map(() => null)];

  const place = () => {
    const u = plot.current;
    if (!u || !handle.current) return;
    const x = u.valToPos(Math.min(moment.peek(), window24.current) / 1000, 'x');
    handle.current.style.transform = `translateX(${(u.over.offsetLeft + x).toFixed(1)}px)`;
  };
  useEffect(() => {
    const made = fitted(box.current!, Math.round(92 * wallFactor()), {
      ...lineAndBand(), axes: axes({ zone: zone(), language: language.value }), legend: { show: false }, cursor: { show: false },
      padding: [8, 16, 0, 4],
      scales: { x: { time: true, range: () => [(window24.current - kDay) / 1000, window24.current / 1000] }, y: { range: () => range.current } },
      hooks: { draw: [place], setSize: [place] },
    }, [data.seconds, data.max, data.min, data.value] as uPlot.AlignedData);
    plot.current = made.plot;
    const stop = effect(() => {
      void moment.value;
      place();
    });
    return () => {
      stop();
      plot.current = null;
      made.destroy();
    };
  }, [theme.value, language.value]);
  useEffect(() => plot.current?.setData([data.seconds, data.max, data.min, data.value] as uPlot.AlignedData), [line, Math.floor(end / kMinute)]);

  const drag = (e: PointerEvent) => {
    const u = plot.current;
    if (!u || (e.buttons & 1) === 0) return;
    const x = e.clientX - u.over.getBoundingClientRect().left;
    moveTo(Math.max(window24.current - kDay, u.posToVal(x, 'x') * 1000));
  };
  const keys: Record<string, () => void> = {
    ArrowLeft: () => moveBy(-10 * kMinute), ArrowRight: () => moveBy(10 * kMinute), PageDown: () => moveBy(-kHour), PageUp: () => moveBy(kHour),
    Home: () => moveTo(end - kDay + kMinute), End: () => moveTo(null),
  };
  return (
    <section class="timeline" aria-label={t('timeline.title')}>
      <div class="timeline-controls">
        <h2>{t('timeline.title')}<small>{curveOf()?.title() ?? ''}</small></h2>
        <div class="timeline-buttons">
          <button type="button" class="quiet square" aria-label={t('timeline.day_back')} title={t('timeline.day_back')} onClick={() => moveBy(-kDay)}><Icon name="back" /></button>
          <button type="button" class="quiet square" aria-label={t(running ? 'timeline.pause' : 'timeline.play')} title={t(running ? 'timeline.pause' : 'timeline.play')} onClick={() => (running ? pause() : play())}><Icon name={running ? 'pause' : 'play'} /></button>
          <button type="button" class="quiet square" aria-label={t('timeline.day_forward')} title={t('timeline.day_forward')} disabled={at.value === null} onClick={() => moveBy(kDay)}><Icon name="forward" /></button>
          <label class="moment"><span class="hidden">{t('timeline.go_to')}</span>
            <input
              type="datetime-local" value={localText(zone(), moment.value)} max={localText(zone(), serverNow.value)} data-testid="moment"
              onChange={(e) => {
                const time = instantOfLocal(zone(), e.currentTarget.value);
                if (!Number.isNaN(time)) moveTo(time);
              }}
            />
          </label>
          <button type="button" class={`live ${at.value === null ? 'on' : ''}`} aria-pressed={at.value === null} onClick={() => moveTo(null)}>{t('state.live')}</button>
        </div>
      </div>
      <div
        class="timeline-plot" onPointerDown={(e) => { e.currentTarget.setPointerCapture(e.pointerId); drag(e); }} onPointerMove={drag}
      >
        <div ref={box} aria-hidden="true" />
        <Place name="line" given={{ from: end - kDay, to: end, plot }} />
        <div
          ref={handle} class={`handle ${at.value === null ? '' : 'past'}`} role="slider" tabIndex={0} aria-label={t('timeline.handle')} aria-valuemin={Math.round((end - kDay) / kMinute)}
          aria-valuemax={Math.round(end / kMinute)} aria-valuenow={Math.round(Math.min(moment.value, end) / kMinute)} aria-valuetext={at.value === null ? t('state.live') : dayAndClock(moment.value, zone(), language.value)}
          onKeyDown={(e) => {
            const act = keys[e.key];
            if (!act) return;
            e.preventDefault();
            e.stopPropagation();
            act();
          }}
        ><span>{at.value === null ? '' : clock(moment.value, zone(), language.value)}</span></div>
      </div>
    </section>
  );
}

/** Room for the means, and for the band where it is near them: one broken sensor would flatten everything else. */
function rangeOf(points: readonly SeriesPoint[]): { range: [number, number]; banded: boolean } {
  if (points.length === 0) return { range: [0, 1], banded: false };
  const means = numbersOf(points, 1);
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const [bottom, top] = [Math.min(...numbersOf(points, 2)), Math.max(...numbersOf(points, 3))];
  const span = Math.max(high - low, Math.abs(high) * 0.1, 1e-6);
  if (top - bottom <= 5 * span) return { range: [bottom, top], banded: true };
  const air = span * 0.25;
  return { range: [low >= 0 && low < air ? 0 : low - air, high + air], banded: false };
}
