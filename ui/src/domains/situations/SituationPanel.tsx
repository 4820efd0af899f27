// One situation: what, where, since when, what to do; then what an operator can do, the evidence and what happened.
import { useEffect, useRef, useState } from 'preact/hooks';
import { given, quietly, whole } from '../../shell/address';
import { city } from '../../shell/city';
import { at } from '../../shell/clock';
import { Icon } from '../../shell/frame/icons';
import { ofServer } from '../../shell/prefix';
import { type Refusal, refusalOf } from '../../shell/refusal';
import { moveTo, pause, playing } from '../../shell/replay';
import { me } from '../../shell/session';
import { language, named, t } from '../../shell/texts';
import { momentText, reasonText, sinceText } from '../../shell/words';
import { quantityChannel, quantityOf, simulatedText } from '../sensing/face';
import { type SituationDetail, situationsApi } from './api';
import { byRole } from './evidence';
import { EvidenceCharts } from './EvidenceCharts';
import { playHourBefore } from './hour';
import { isOpen } from './rules';
import { kSeverityKeys, kStateKeys, SeverityWord } from './Severity';
import { Actions } from './SituationActions';
import { known, learn, openSituation, thenSituations } from './store';
import { changeText, endText, entryText, headlineText, kindText, stateText, whereText } from './words';

/** The address the page was opened with asked for a quantity beside this situation. */
const givenQuantity = (id: number) => whole.read(given('situation')) === id && given('q') !== null;

interface Loaded {
  detail: SituationDetail | null;
  failed: Refusal | null;
}

/** With evidence and timeline; read again whenever the live list knows a newer version. */
function useDetail(id: number): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({ detail: null, failed: null });
  const version = known.value.find((s) => s.id === id)?.version ?? -1;
  const read = useRef(-1);
  useEffect(() => {
    // What was read itself made this version known: nothing is newer.
    if (version >= 0 && version <= read.current) return;
    const stop = new AbortController();
    situationsApi.one(id, stop.signal).then(
      (detail) => {
        read.current = detail.version;
        learn([detail]);
        setLoaded({ detail, failed: null });
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setLoaded((old) => ({ detail: old.detail?.id === id ? old.detail : null, failed: refusalOf(error) }));
      },
    );
    return () => stop.abort();
  }, [id, version]);
  return loaded.detail && loaded.detail.id !== id ? { detail: null, failed: null } : loaded;
}

function Facts({ s }: { s: SituationDetail }) {
  const rows: [string, string][] = [
    [t('situation.where'), whereText(s)],
    [t('situation.since'), sinceText(s.since)],
    [t('situation.ended_at'), s.ended_at === null ? '' : sinceText(s.ended_at)],
    [t('situation.end_reason'), [endText(s), s.end_reason].filter(Boolean).join(' ')],
    [t('situation.seen'), isOpen(s) && s.seen_at ? sinceText(s.seen_at) : ''],
    [t('situation.clear'), isOpen(s) && s.clear_since !== null ? t('situation.clear_help', { time: sinceText(s.clear_since) }) : ''],
    [t('situation.worst'), s.severity_max !== s.severity ? t(kSeverityKeys[s.severity_max]) : ''],
    [t('situation.assignee'), s.assignee ?? ''],
    [t('situation.escalated'), s.escalation > 0 ? t('situation.escalated_times', { count: s.escalation }) : ''],
    [t('situation.kind'), kindText(s.kind)],
    [t('situation.rule'), s.rule ? `${s.rule}${s.rule_version ? ` · ${t('situation.rule_version', { version: s.rule_version })}` : ''}` : ''],
  ];
  return <dl class="facts">{rows.filter(([, text]) => text).map(([name, text]) => <div key={name}><dt>{name}</dt><dd>{text}</dd></div>)}</dl>;
}

function HourBefore({ s }: { s: SituationDetail }) {
  const running = playing.value !== null;
  return (
    <p class="hour-before">
      <button type="button" class="plain" data-testid="hour-before" onClick={() => (running ? pause() : playHourBefore(s))}>
        <Icon name={running ? 'pause' : 'play'} size={16} />{t(running ? 'timeline.pause' : 'situation.hour_before')}<kbd aria-hidden="true">b</kbd>
      </button>
      {at.value !== null && !running && <button type="button" class="plain" onClick={() => moveTo(null)}>{t('state.back_to_live')}</button>}
    </p>
  );
}

function History({ s }: { s: SituationDetail }) {
  const lines = s.timeline ?? [];
  if (lines.length === 0) return null;
  return (
    <section class="history" data-testid="history">
      <h3>{t('situation.timeline')}</h3>
      <ol>
        {lines.map((line) => (
          <li key={line.number ?? `${line.at} ${line.kind}`} data-kind={line.kind}>
            <p><b>{entryText(line)}</b>{line.by && <span>{line.by}</span>}<time dateTime={new Date(line.at).toISOString()}>{sinceText(line.at)}</time></p>
            {changeText(line) && <p class="history-change">{changeText(line)}</p>}
            {line.text && <p class="history-text">{line.text}</p>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Outside({ s }: { s: SituationDetail }) {
  return (
    <section class="outside">
      <h3>{t('situation.outside')}</h3>
      {s.public
        ? <p class="links"><a href={ofServer(`/alerts/${s.id}?lang=${language.value}`)}>{t('situation.public_page')}</a><a href={ofServer(`/alerts/${s.id}.cap`)}>{t('situation.cap')}</a><a href={ofServer('/alerts.atom')}>{t('situation.feed')}</a></p>
        : <p class="effect">{t('situation.internal_help')}</p>}
    </section>
  );
}

function Badges({ s }: { s: SituationDetail }) {
  return (
    <p class="badges" aria-live="polite">
      <SeverityWord severity={s.severity} />
      <span class={`situation-state ${s.state}`} data-testid="situation-state">{stateText(s)}</span>
      {s.simulated && <span class="badge simulated" title={simulatedText()}>{t('simulated.short')}</span>}
      {!s.public && <span class="badge">{t('situation.internal')}</span>}
      {s.silenced && <span class="badge" title={t('situation.silenced_help')}>{t('situation.silenced')}</span>}
    </p>
  );
}

/** While the past is looked at: how this one stood then, beside what it is today. */
function Then({ s }: { s: SituationDetail }) {
  const moment = at.value;
  if (moment === null || thenSituations.value === null) return null;
  const then = thenSituations.value.find((x) => x.id === s.id);
  const time = momentText(moment);
  const text = then
    ? t('situation.then', { time, severity: t(kSeverityKeys[then.severity]), state: t(kStateKeys[then.state]) })
    : t(moment < s.raised_at ? 'situation.then_unknown' : 'situation.then_over', { time });
  return <p class="effect" data-testid="situation-then">{text}{then?.recorded === false && ` ${t('situation.then_not_recorded')}`}</p>;
}

export default function SituationPanel({ id }: { id: number }) {
  const { detail, failed } = useDetail(id);
  const live = known.value.find((s) => s.id === id);
  // What the live list knows is newer than what was read a moment ago.
  const s: SituationDetail | null = detail && live && live.version > detail.version ? { ...detail, ...live } : (detail ?? live ?? null);
  const streams = detail?.evidence?.streams;
  const channel = byRole(streams ?? [])[0]?.channel;
  useEffect(() => {
    // The map shows the quantity that is unusual, unless the address asked for another.
    if (channel && quantityOf(channel) && !givenQuantity(id)) quietly(() => (quantityChannel.value = channel));
  }, [channel]);
  return (
    <article class="situation" lang={language.value} data-testid="situation-panel">
      <header>
        <div>
          <p class="over-title">{s ? t('situation.number', { id }) : ' '}</p>
          <h2>{s ? headlineText(s) : failed ? t('situation.number', { id }) : t('situation.reading')}</h2>
        </div>
        <button type="button" class="quiet square" aria-label={t('panel.close')} title={`${t('panel.close')} (Esc)`} onClick={() => openSituation(null)}><Icon name="close" /></button>
      </header>
      {failed && <p class="failed" role="alert">{failed.status === 404 ? t(me.value?.operator ? 'situation.none_such' : 'situation.unknown') : t('situation.failed', { reason: reasonText(failed) })}</p>}
      {s && (
        <>
          <Badges s={s} />
          <Then s={s} />
          {named(s.description) && <p class="situation-what">{named(s.description)}</p>}
          {isOpen(s) && named(s.instruction) && <div class="situation-do"><h3>{t('situation.to_do')}</h3><p>{named(s.instruction)}</p></div>}
          <Actions s={s} />
          <HourBefore s={s} />
          <Facts s={s} />
          {detail?.evidence && <EvidenceCharts evidence={detail.evidence} s={{ ...s, evidence: detail.evidence }} />}
          {detail && <History s={detail} />}
          <Outside s={s} />
          {s.simulated && city.value?.simulated && <p class="notice">{simulatedText()}</p>}
        </>
      )}
    </article>
  );
}
