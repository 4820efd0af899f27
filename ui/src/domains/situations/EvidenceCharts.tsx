// The evidence as small charts in the same y range, with baseline, threshold and onset; one crosshair reads them all.
import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { isDoubtful } from '../../shell/charts/series';
import { theme } from '../../shell/choices';
import { zone } from '../../shell/city';
import { ofServer } from '../../shell/prefix';
import { language, named, t } from '../../shell/texts';
import { clock } from '../../shell/time';
import { valueText } from '../../shell/words';
import { flagText, openStation, pointed, quantityOf, stations, unitText } from '../sensing/face';
import type { Evidence, EvidenceStream, SituationDetail } from './api';
import { byRole, type Frame, rangeOf, spanOf, traceOf, valueNear, xOf, yOf } from './evidence';
import { leftOutTexts, roleText, streamName, whereText } from './words';

const kHeight = 56;
const kFirst = 6;
/** The moment under the pointer, shared by all charts. */
const readAt = signal<number | null>(null);

function useWidth(): [{ current: HTMLDivElement | null }, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(300);
  useEffect(() => {
    const look = () => setWidth(Math.max(box.current?.clientWidth ?? 300, 80));
    const resized = new ResizeObserver(look);
    resized.observe(box.current!);
    look();
    return () => resized.disconnect();
  }, []);
  return [box, width];
}

function Lines({ stream, frame, since }: { stream: EvidenceStream; frame: Frame; since: number }) {
  const decimals = quantityOf(stream.channel)?.decimals ?? 1;
  const onset = xOf(frame, since);
  const limit = typeof stream.threshold === 'number' ? yOf(frame, stream.threshold) : null;
  return (
    <>
      {stream.expected !== null && <line class="expected" x1={0} x2={frame.width} y1={yOf(frame, stream.expected)} y2={yOf(frame, stream.expected)} />}
      {limit !== null && (
        <g class="threshold">
          <line x1={0} x2={frame.width} y1={limit} y2={limit} />
          <text x={2} y={limit < 12 ? limit + 11 : limit - 3}>{`${t('situation.threshold')} ${valueText(stream.threshold, decimals)} ${unitText(stream.unit)}`}</text>
        </g>
      )}
      {onset > 0 && onset < frame.width && <line class="onset" x1={onset} x2={onset} y1={0} y2={frame.height} />}
    </>
  );
}

function Small({ stream, span, range, since }: { stream: EvidenceStream; span: readonly [number, number]; range: readonly [number, number]; since: number }) {
  const [box, width] = useWidth();
  const frame: Frame = { width, height: kHeight, span, range };
  const trace = traceOf(stream.values, frame);
  const decimals = quantityOf(stream.channel)?.decimals ?? 1;
  const unit = unitText(stream.unit);
  const read = readAt.value === null ? null : valueNear(stream.values, readAt.value);
  const said = read ?? stream.values.at(-1) ?? null;
  const index = stations.value.findIndex((s) => s.id === stream.thing);
  const text = (value: number) => `${valueText(value, decimals)} ${unit}`;
  const label = said === null ? t('chart.empty') : t('situation.stream_summary', { name: streamName(stream), role: roleText(stream.role), value: text(said[1]), expected: stream.expected === null ? '–' : text(stream.expected) });
  const name = streamName(stream);
  return (
    <li class={`evidence-stream ${stream.role}`} onMouseEnter={() => index >= 0 && (pointed.value = index)} onMouseLeave={() => (pointed.value = null)}>
      <p class="evidence-name">
        {index >= 0 ? <button type="button" onClick={() => openStation(stream.thing)} onFocus={() => (pointed.value = index)} onBlur={() => (pointed.value = null)}>{name}</button> : <span>{name}</span>}
        {name !== roleText(stream.role) && <small>{roleText(stream.role)}</small>}
        <b>{said === null ? '–' : text(said[1])}{said !== null && isDoubtful(said[2]) && <small> {flagText(said[2])}</small>}</b>
        {stream.expected !== null && <small>{t('situation.expected')} {text(stream.expected)}</small>}
      </p>
      <div
        ref={box} role="img" aria-label={label} data-points={stream.values.length}
        onPointerMove={(e) => (readAt.value = span[0] + ((e.clientX - e.currentTarget.getBoundingClientRect().left) / width) * (span[1] - span[0]))}
        onPointerLeave={() => (readAt.value = null)}
      >
        <svg width={width} height={kHeight} viewBox={`0 0 ${width} ${kHeight}`} aria-hidden="true">
          <Lines stream={stream} frame={frame} since={since} />
          <path class="trace" d={trace.line} />
          {trace.lonely.map((p) => <circle key={p.x} class="lonely" cx={p.x} cy={p.y} r={1.8} />)}
          {trace.hollow.map((p) => <circle key={p.x} class="hollow" cx={p.x} cy={p.y} r={3} />)}
          {read && <line class="cross" x1={xOf(frame, read[0])} x2={xOf(frame, read[0])} y1={0} y2={kHeight} />}
        </svg>
      </div>
    </li>
  );
}

/** Streams of one unit with the y range and the times they share. */
function OneUnit({ streams, s }: { streams: EvidenceStream[]; s: SituationDetail }) {
  const [all, setAll] = useState(false);
  const range = rangeOf(streams);
  const span = spanOf(streams, s.since);
  const decimals = quantityOf(streams[0]!.channel)?.decimals ?? 1;
  const shown = all ? streams : streams.slice(0, kFirst);
  const channel = quantityOf(streams[0]!.channel);
  const moment = readAt.value;
  return (
    <div class="evidence-unit">
      <p class="evidence-axis">
        <span>{channel ? named(channel.name) : streams[0]!.channel}</span>
        <span>{`${valueText(range[0], decimals)} – ${valueText(range[1], decimals)} ${unitText(streams[0]!.unit)}`}</span>
      </p>
      <ul>{shown.map((stream, i) => <Small key={`${stream.datastream} ${i}`} stream={stream} span={span} range={range} since={s.since} />)}</ul>
      <p class="evidence-axis" aria-hidden="true">
        <span>{clock(span[0], zone(), language.value)}</span>
        {moment !== null && moment >= span[0] && moment <= span[1] && <b>{clock(moment, zone(), language.value)}</b>}
        <span>{clock(span[1], zone(), language.value)}</span>
      </p>
      {streams.length > kFirst && !all && <button type="button" class="quiet" onClick={() => setAll(true)}>{t('situation.more_streams', { count: streams.length - kFirst })}</button>}
    </div>
  );
}

/** The map of the worst moment, as the server draws it from what is stored: the same for everybody, and later too. */
function EvidenceMap({ evidence, s }: { evidence: Evidence; s: SituationDetail }) {
  if (!s.place && !s.area && !evidence.streams.some((stream) => stream.place)) return null;
  const address = ofServer(`/api/v1/situations/${s.id}/map.svg?lang=${language.value}&theme=${theme.value}&version=${s.version}`);
  return <a class="evidence-map" href={address} target="_blank" rel="noopener"><img src={address} width={420} alt={t('situation.picture', { where: whereText(s) })} data-testid="evidence-map" /></a>;
}

/** What the lines mean that are drawn, and no others. */
function Keys({ streams }: { streams: readonly EvidenceStream[] }) {
  if (streams.length === 0) return null;
  return (
    <p class="evidence-keys" aria-hidden="true">
      {streams.some((x) => x.expected !== null) && <span><i class="dash expected" />{t('situation.expected')}</span>}
      {streams.some((x) => typeof x.threshold === 'number') && <span><i class="dash threshold" />{t('situation.threshold')}</span>}
      <span><i class="dash onset" />{t('situation.onset')}</span>
      {streams.some((x) => x.values.some((v) => isDoubtful(v[2]))) && <span><i class="key doubtful" />{t('legend.doubtful')}</span>}
    </p>
  );
}

export function EvidenceCharts({ evidence, s }: { evidence: Evidence; s: SituationDetail }) {
  const units = new Map<string, EvidenceStream[]>();
  for (const stream of byRole(evidence.streams)) units.set(`${stream.channel} ${stream.unit}`, [...(units.get(`${stream.channel} ${stream.unit}`) ?? []), stream]);
  const share = evidence.threshold > 0 ? evidence.score / evidence.threshold : null;
  return (
    <section class="evidence" data-testid="evidence">
      <h3>{t('situation.evidence')}</h3>
      {named(evidence.reason) && <p class="evidence-reason">{named(evidence.reason)}</p>}
      {share !== null && (
        <div class="evidence-score">
          <span>{t('situation.score', { score: valueText(evidence.score, 1), threshold: valueText(evidence.threshold, 1) })}</span>
          <i aria-hidden="true"><i style={{ width: `${Math.min(100, (share / Math.max(share, 1.25)) * 100)}%` }} /><i class="fires" style={{ left: `${100 / Math.max(share, 1.25)}%` }} /></i>
        </div>
      )}
      <EvidenceMap evidence={evidence} s={s} />
      {[...units].map(([key, streams]) => <OneUnit key={key} streams={streams} s={s} />)}
      {leftOutTexts(s).map((text) => <p class="effect" key={text} data-testid="left-out">{text}</p>)}
      <Keys streams={evidence.streams} />
    </section>
  );
}
