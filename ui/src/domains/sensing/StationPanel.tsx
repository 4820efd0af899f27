// One station: its value now, 24 hours and 7 days, everything else it measures, what it can do, and the notice
// that must stand beside its data.
import { useEffect, useState } from 'preact/hooks';
import type { Name } from '../../shell/api';
import { isDoubtful, reasonCounts, scaleOf, type SeriesPoint } from '../../shell/charts/series';
import { zone } from '../../shell/city';
import { at, serverNow } from '../../shell/clock';
import { Icon } from '../../shell/frame/icons';
import { ofServer } from '../../shell/prefix';
import { type Refusal, refusalOf } from '../../shell/refusal';
import { language, named, t } from '../../shell/texts';
import { kDay, kMinute } from '../../shell/time';
import { ageText, reasonText, valueText, whenText } from '../../shell/words';
import { type DatastreamNow, sensingApi, type Series, type Thing } from './api';
import { Chart } from './Chart';
import { placeOf } from './rules';
import { openStation, quantity, quantityChannel, quantityOf, stations, values } from './store';
import { flagText, sentText, stateText, stationState, unitText } from './words';

const kPoints = 600;

interface Loaded {
  thing: Thing | null;
  failed: Refusal | null;
}

/** The Thing, read again every 15 s while the view is live. */
function useThing(id: number): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({ thing: null, failed: null });
  const time = at.value;
  useEffect(() => {
    const stop = new AbortController();
    const read = () =>
      sensingApi.thing(id, time, stop.signal).then(
        (thing) => setLoaded({ thing, failed: null }),
        (error: unknown) => !stop.signal.aborted && setLoaded((old) => ({ ...old, failed: refusalOf(error) })),
      );
    void read();
    const again = time === null ? setInterval(() => void read(), 15_000) : undefined;
    return () => {
      stop.abort();
      clearInterval(again);
    };
  }, [id, time]);
  return loaded.thing && loaded.thing.id !== id ? { thing: null, failed: null } : loaded;
}

interface Span {
  from: number;
  to: number;
  series: Series | null;
}

/** A span of one Datastream ending at the shown moment; read again now and then while live. */
function useSeries(stream: DatastreamNow | undefined, length: number, again: number): Span {
  const [series, setSeries] = useState<Series | null>(null);
  const time = at.value;
  const slow = Math.floor((time ?? serverNow.value) / again) * again;
  const to = time ?? Math.ceil(serverNow.value / kMinute) * kMinute;
  useEffect(() => {
    if (!stream) return setSeries(null);
    const stop = new AbortController();
    const end = time ?? serverNow.peek();
    sensingApi.series(stream.id, end - length, end + 1, kPoints, stop.signal).then(setSeries, () => undefined);
    return () => stop.abort();
  }, [stream?.id, slow, time, length]);
  return { from: to - length, to, series: series?.datastream === stream?.id ? series : null };
}

/** New live values continue the read series without asking again. */
function continued(span: Span, index: number): readonly SeriesPoint[] {
  const points = span.series?.points ?? [];
  const time = values.time[index];
  if (at.value !== null || time === undefined || Number.isNaN(time) || time > span.to + kDay) return points;
  const last = points.at(-1)?.[0] ?? 0;
  if (!span.series || time <= last) return points;
  const value = Number.isNaN(values.value[index]!) ? null : values.value[index]!;
  return [...points, [time, value, value, value, values.flag[index]!]];
}

function Charts({ thing, stream, index }: { thing: Thing; stream: DatastreamNow; index: number }) {
  const today = useSeries(stream, kDay, 10 * 60_000);
  const week = useSeries(stream, 7 * kDay, 60 * 60_000);
  void values.version.value;
  const same = stream.channel === quantity.value?.channel;
  const recent = same ? continued(today, index) : (today.series?.points ?? []);
  const long = week.series?.points ?? [];
  const range = scaleOf(recent, long);  // the same for both
  const common = { unit: stream.unit, decimals: stream.decimals, range, marked: at.value, name: named(thing.name) };
  return (
    <div class="charts">
      <Chart {...common} title={t('chart.day')} points={recent} step={today.series?.step_ms || stream.interval_ms} reasons={today.series?.reasons ?? {}} from={today.from} to={today.to} />
      <Chart {...common} title={t('chart.week')} points={long} step={week.series?.step_ms || stream.interval_ms} reasons={week.series?.reasons ?? {}} from={week.from} to={week.to} />
      <Flagged points={recent} reasons={today.series?.reasons ?? {}} />
      <p class="links"><a class="download" href={sensingApi.seriesFile(stream.id, week.from, week.to, kPoints, language.value)} download={`${thing.serial}-${stream.channel}.csv`}><Icon name="down" size={15} />{t('chart.download')}</a></p>
    </div>
  );
}

/** In words what the hollow marks of the last day mean, for those who do not point at them. */
function Flagged({ points, reasons }: { points: readonly SeriesPoint[]; reasons: Record<string, Name> }) {
  const counts = reasonCounts(points);
  if (counts.length === 0) return null;
  return (
    <div class="flagged" data-testid="flagged">
      <h3>{t('health.flagged')}</h3>
      <ul>{counts.map(([reason, count]) => <li key={reason}><i class={`key ${reason === 'none' ? 'silent' : 'doubtful'}`} /><span>{typeof reason === 'number' ? named(reasons[reason]) : reason === 'none' ? t('value.none') : flagText(reason === 'fail' ? 4 : 3)}</span><b>{t('health.flagged_values', { count })}</b></li>)}</ul>
    </div>
  );
}

function Headline({ stream, index }: { stream: DatastreamNow; index: number }) {
  void values.version.value;
  const isChosen = stream.channel === quantity.value?.channel && index >= 0 && !Number.isNaN(values.time[index]!);
  const value = isChosen ? (Number.isNaN(values.value[index]!) ? null : values.value[index]!) : stream.value;
  const time = isChosen ? values.time[index]! : stream.time;
  const flag = isChosen ? values.flag[index]! : (stream.flag ?? 9);
  const state = isChosen ? stationState(index) : stream.state;
  const sent = isChosen ? values.sent.get(index) : stream.sent;
  return (
    <p class={`headline ${state === 'reporting' ? '' : 'late'}`} data-testid="headline" data-flag={flag}>
      {value === null ? <b class="none">{time === null ? '–' : sentText(sent)}</b> : <><b>{valueText(value, stream.decimals)}</b><span>{unitText(stream.unit)}</span></>}
      <small>{time === null ? stateText(state) : whenText(time)}{time !== null && state !== 'reporting' && ` · ${stateText(state)}`}{isDoubtful(flag) && ` · ${flagText(flag)}`}</small>
    </p>
  );
}

function Value({ stream }: { stream: DatastreamNow }) {
  if (stream.value !== null) return <><b>{valueText(stream.value, stream.decimals)}</b><small>{unitText(stream.unit)}</small></>;
  return <small>{stream.time === null ? stateText(stream.state) : sentText(stream.sent)}</small>;
}

function AllValues({ thing }: { thing: Thing }) {
  return (
    <table class="all-values">
      <caption>{t('station.all_values')}</caption>
      <thead class="hidden"><tr><th scope="col">{t('list.quantity')}</th><th scope="col">{t('list.value')}</th><th scope="col">{t('list.time')}</th></tr></thead>
      <tbody>
        {thing.datastreams.map((d) => {
          const known = quantityOf(d.channel);
          const chosen = d.channel === quantity.value?.channel;
          return (
            <tr key={d.id} class={`${chosen ? 'selected' : ''} ${d.state === 'reporting' ? '' : 'late'}`}>
              <th scope="row">{known && d.fitted ? <button type="button" aria-pressed={chosen} onClick={() => (quantityChannel.value = d.channel)}>{named(d.name)}</button> : named(d.name)}</th>
              <td class="number">{d.fitted ? <Value stream={d} /> : <small>{t('station.not_fitted')}</small>}</td>
              <td class="number age">{d.time !== null && ageText(d.time)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Capability({ thing, stream }: { thing: Thing; stream: DatastreamNow | undefined }) {
  const s = thing.sensor;
  const place = placeOf(thing);
  const rows: [string, string][] = [
    [t('station.sensor'), [named(s?.name), s?.model].filter(Boolean).join(' · ')],
    [t('station.class'), s ? [t(kClassKeys[s.class] ?? 'class.unknown'), s.grade].filter(Boolean).join(' · ') : ''],
    [t('station.range'), stream?.valid ? `${valueText(stream.valid[0], 0)} – ${valueText(stream.valid[1], 0)} ${unitText(stream.unit)}` : ''],
    [t('station.interval'), stream ? t('station.every', { seconds: Math.round(stream.interval_ms / 1000) }) : ''],
    [t('station.position'), place ? `${place[1].toFixed(5)}, ${place[0].toFixed(5)}` : t('station.no_position')],
    [t('station.source'), thing.source ?? ''],
  ];
  return (
    <section class="capability">
      <h3>{t('station.capability')}</h3>
      <dl>{rows.filter(([, text]) => text).map(([name, text]) => <div key={name}><dt>{name}</dt><dd>{text}</dd></div>)}</dl>
      <p class="links"><a href={ofServer(`/sta/v1.1/Things(${thing.id})`)}>SensorThings</a></p>
    </section>
  );
}
const kClassKeys: Record<string, string> = {
  reference: 'class.reference', indicative: 'class.indicative', simple_monitor: 'class.simple_monitor', simulated: 'class.simulated',
};

export default function StationPanel({ id }: { id: number }) {
  const { thing, failed } = useThing(id);
  const index = stations.value.findIndex((s) => s.id === id);
  const stream = thing?.datastreams.find((d) => d.channel === quantityChannel.value) ?? thing?.datastreams.find((d) => d.channel === quantity.value?.channel) ?? thing?.datastreams[0];
  return (
    <article class="station" lang={language.value} data-zone={zone()} data-testid="station-panel">
      <header>
        <div>
          <p class="over-title">{thing?.area ? named(thing.area.name) : ' '}</p>
          <h2>{named(thing?.name ?? stations.value[index]?.name)}</h2>
          <p class="under-title">{thing?.serial}{thing?.simulated && <span class="badge simulated">{t('simulated.short')}</span>}</p>
        </div>
        <button type="button" class="quiet square" aria-label={t('panel.close')} title={`${t('panel.close')} (Esc)`} onClick={() => openStation(null)}><Icon name="close" /></button>
      </header>
      {failed && <p class="failed" role="alert">{t('station.failed', { reason: reasonText(failed) })}</p>}
      {thing && stream && (
        <>
          <h3 class="stream-name">{named(stream.name)}</h3>
          <Headline stream={stream} index={index} />
          {stream.foreign_unit && <p class="effect" data-testid="foreign-unit">{t('station.foreign_unit', { unit: stream.unit, quantity: named(stream.name) })}</p>}
          <Charts key={stream.id} thing={thing} stream={stream} index={index} />
        </>
      )}
      {thing?.notice && named(thing.notice) && <p class="notice">{named(thing.notice)}</p>}
      {thing && <AllValues thing={thing} />}
      {thing && <Capability thing={thing} stream={stream} />}
    </article>
  );
}
