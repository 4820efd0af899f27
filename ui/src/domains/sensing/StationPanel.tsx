// One station: its value now, 24 hours and 7 days, everything else it measures, what it can do, and the notice
// that must stand beside its data.
import { Fragment } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { isDoubtful, reasonCounts, scaleOf, type SeriesPoint } from '../../shell/charts/series';
import { zone } from '../../shell/city';
import { at, serverNow } from '../../shell/clock';
import { Icon } from '../../shell/frame/icons';
import { ofServer } from '../../shell/prefix';
import { type Refusal, refusalOf } from '../../shell/refusal';
import { language, named, t } from '../../shell/texts';
import { kDay, kMinute } from '../../shell/time';
import { ageText, momentText, reasonText, valueText, whenText } from '../../shell/words';
import { type DatastreamNow, type Reasons, sensingApi, type Series, type Thing } from './api';
import { Chart } from './Chart';
import { cameLate, isDatedByArrival, placeOf, type Shown, shownOf } from './rules';
import { openStation, quantity, quantityChannel, quantityOf, stations, values } from './store';
import { flagText, readText, stateText, unitText } from './words';

const kPoints = 600;

const liveOf = (id: number) => {
  const index = values.indexOf(id);
  return index === undefined ? null : values.live(index);
};
/** Of one Datastream, in the headline and below alike. Who asks is drawn anew when values come. */
function shownNow(id: number, stream: DatastreamNow): Shown {
  void values.version.value;
  const comesLive = at.value === null && stream.channel === quantity.value?.channel;
  return shownOf(stream, comesLive ? liveOf(id) : null);
}

interface Loaded {
  thing: Thing | null;
  failed: Refusal | null;
}

const kReadAgainMs = 15_000;
/** A live value is followed by the Thing: what else it sent came with it. */
const kFollowMs = 2_000;
/** The Thing, read again when live values come and now and then, while the view is live. */
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
    if (time !== null) return () => stop.abort();
    const again = setInterval(() => void read(), kReadAgainMs);
    let [known, soon] = [JSON.stringify(liveOf(id)), undefined as ReturnType<typeof setTimeout> | undefined];
    const unfollow = values.version.subscribe(() => {
      const news = JSON.stringify(liveOf(id));
      if (news === known || soon !== undefined) return;
      soon = setTimeout(() => {
        [known, soon] = [JSON.stringify(liveOf(id)), undefined];
        void read();
      }, kFollowMs);
    });
    return () => {
      stop.abort();
      clearInterval(again);
      clearTimeout(soon);
      unfollow();
    };
  }, [id, time]);
  return loaded.thing && loaded.thing.id !== id ? { thing: null, failed: null } : loaded;
}

interface Span {
  from: number;
  to: number;
  series: Series | null;
  /** Why nothing was read; null while nobody knows yet. */
  failed: Refusal | null;
}

/** A span of one Datastream ending at the shown moment; read again now and then while live. */
function useSeries(stream: DatastreamNow | undefined, length: number, again: number): Span {
  const [series, setSeries] = useState<Series | null>(null);
  const [failed, setFailed] = useState<Refusal | null>(null);
  const time = at.value;
  const slow = Math.floor((time ?? serverNow.value) / again) * again;
  const to = time ?? Math.ceil(serverNow.value / kMinute) * kMinute;
  useEffect(() => {
    if (!stream) return setSeries(null);
    const stop = new AbortController();
    const end = time ?? serverNow.peek();
    sensingApi.series(stream.id, end - length, end + 1, kPoints, stop.signal).then(
      (read) => {
        setSeries(read);
        setFailed(null);
      },
      (error: unknown) => !stop.signal.aborted && setFailed(refusalOf(error)),
    );
    return () => stop.abort();
  }, [stream?.id, slow, time, length]);
  return { from: to - length, to, series: series?.datastream === stream?.id ? series : null, failed };
}

const kOfNow = -1;
/** What stands in place of a line while there is none: that it is read, why it cannot be read, or that nothing was measured. */
function emptyText({ series, failed }: Span): string {
  if (series) return t('chart.empty');
  return failed ? t('chart.failed', { reason: reasonText(failed) }) : t('chart.reading');
}
/** A new live value continues the read series without asking again. One whose clock is wrong stands where its clock says. */
function continued(span: Span, shown: Shown): readonly SeriesPoint[] {
  const points = span.series?.points ?? [];
  const { value, time, flag } = shown;
  if (at.value !== null || time === null || shown.claimed !== undefined || time > span.to + kDay) return points;
  const last = points.at(-1)?.[0] ?? 0;
  if (!span.series || time <= last) return points;
  return [...points, shown.reason ? [time, value, value, value, flag, kOfNow] : [time, value, value, value, flag]];
}

function Charts({ thing, stream }: { thing: Thing; stream: DatastreamNow }) {
  const today = useSeries(stream, kDay, 10 * 60_000);
  const week = useSeries(stream, 7 * kDay, 60 * 60_000);
  const shown = shownNow(thing.id, stream);
  const recent = continued(today, shown);
  const reasons = { ...today.series?.reasons, ...(shown.reason ? { [kOfNow]: shown.reason } : {}) } as Reasons;
  const long = week.series?.points ?? [];
  const range = scaleOf(recent, long);  // the same for both
  const common = { unit: stream.unit, decimals: stream.decimals, range, marked: at.value, name: named(thing.name) };
  return (
    <div class="charts">
      <Chart {...common} title={t('chart.day')} points={recent} empty={emptyText(today)} step={today.series?.step_ms || stream.interval_ms} reasons={reasons} from={today.from} to={today.to} />
      <Chart {...common} title={t('chart.week')} points={long} empty={emptyText(week)} step={week.series?.step_ms || stream.interval_ms} reasons={week.series?.reasons ?? {}} from={week.from} to={week.to} />
      <Flagged points={recent} reasons={reasons} />
      <p class="links"><a class="download" href={sensingApi.seriesFile(stream.id, week.from, week.to, kPoints, language.value)} download={`${thing.serial}-${stream.channel}.csv`}><Icon name="down" size={15} />{t('chart.download')}</a></p>
    </div>
  );
}

/** In words what the hollow marks of the last day mean, for those who do not point at them. */
function Flagged({ points, reasons }: { points: readonly SeriesPoint[]; reasons: Reasons }) {
  const counts = reasonCounts(points);
  if (counts.length === 0) return null;
  return (
    <div class="flagged" data-testid="flagged">
      <h3>{t('health.flagged')}</h3>
      <ul>{counts.map(([reason, count]) => <li key={reason}><i class={`key ${reason === 'none' ? 'silent' : 'doubtful'}`} /><span>{typeof reason === 'number' ? named(reasons[reason]) : reason === 'none' ? t('value.none') : flagText(reason === 'fail' ? 4 : 3)}</span><b>{t('health.flagged_values', { count })}</b></li>)}</ul>
    </div>
  );
}

function timeText(shown: Shown): string {
  if (shown.time === null) return stateText(shown.state);
  const when = whenText(shown.time);
  const parts = [isDatedByArrival(shown) ? t('value.arrived', { time: when }) : when];
  if (cameLate(shown)) parts.push(t('value.came', { time: whenText(shown.arrived!) }));
  if (shown.state !== 'reporting') parts.push(stateText(shown.state));
  if (isDoubtful(shown.flag)) parts.push(flagText(shown.flag));
  return parts.join(' · ');
}

/** Why it is doubted, and what a wrong clock says. */
function Doubt({ shown }: { shown: Shown }) {
  const words = [shown.claimed === undefined ? '' : t('value.claimed', { time: momentText(shown.claimed) }), named(shown.reason)].filter(Boolean).join(' ');
  return words ? <p class="chart-reason" data-testid="doubt"><i class="key doubtful" />{words}</p> : null;
}

function Headline({ id, stream }: { id: number; stream: DatastreamNow }) {
  const shown = shownNow(id, stream);
  return (
    <>
      <p class={`headline ${shown.state === 'reporting' ? '' : 'late'}`} data-testid="headline" data-flag={shown.flag}>
        {shown.value === null ? <b class="none">{shown.time === null ? '–' : readText(stream, shown.sent)}</b> : <><b>{valueText(shown.value, stream.decimals)}</b><span>{unitText(stream.unit)}</span></>}
        <small>{timeText(shown)}</small>
      </p>
      <Doubt shown={shown} />
    </>
  );
}

function Value({ stream, shown }: { stream: DatastreamNow; shown: Shown }) {
  if (shown.value === null) return <small>{shown.time === null ? stateText(shown.state) : readText(stream, shown.sent)}</small>;
  return <>{isDoubtful(shown.flag) && <i class="key doubtful" />}<b>{valueText(shown.value, stream.decimals)}</b><small>{unitText(stream.unit)}</small></>;
}

/** A value that is doubted says so, and why, below it. */
function Doubted({ shown }: { shown: Shown }) {
  if (shown.value === null || !isDoubtful(shown.flag)) return null;
  return <tr class="doubted"><td colSpan={3}>{[flagText(shown.flag), named(shown.reason)].filter(Boolean).join(': ')}</td></tr>;
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
          const shown = shownNow(thing.id, d);
          return (
            <Fragment key={d.id}>
            <tr class={`${chosen ? 'selected' : ''} ${shown.state === 'reporting' ? '' : 'late'}`}>
              <th scope="row">{known && d.fitted ? <button type="button" aria-pressed={chosen} onClick={() => (quantityChannel.value = d.channel)}>{named(d.name)}</button> : named(d.name)}</th>
              <td class="number">{d.fitted ? <Value stream={d} shown={shown} /> : <small>{t('station.not_fitted')}</small>}</td>
              <td class="number age">{shown.time !== null && ageText(shown.time)}</td>
            </tr>
            {d.fitted && <Doubted shown={shown} />}
            </Fragment>
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
      {failed && <p class="failed" role="alert">{failed.status === 404 ? t('station.none_such') : t('station.failed', { reason: reasonText(failed) })}</p>}
      {thing?.unusable && <p class="failed" role="status" data-testid="unusable"><Icon name="alert" size={16} /><span>{named(thing.unusable.reason)} <span class="closer">{t('station.last_message', { time: whenText(thing.unusable.last), count: thing.unusable.messages })}</span></span></p>}
      {!thing && !failed && <p class="empty reading" role="status" data-testid="station-reading">{t('station.reading')}</p>}
      {thing && stream && (
        <>
          <h3 class="stream-name">{named(stream.name)}</h3>
          <Headline id={thing.id} stream={stream} />
          {stream.foreign_unit && <p class="effect" data-testid="foreign-unit">{t('station.foreign_unit', { unit: stream.unit, quantity: named(stream.name) })}</p>}
          <Charts key={stream.id} thing={thing} stream={stream} />
        </>
      )}
      {thing?.notice && named(thing.notice) && <p class="notice">{named(thing.notice)}</p>}
      {thing && <AllValues thing={thing} />}
      {thing && <Capability thing={thing} stream={stream} />}
    </article>
  );
}
