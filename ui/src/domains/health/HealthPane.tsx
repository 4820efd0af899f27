// Which stations report and what ails the others: counts for everybody, the work list for the maintenance crew.
import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { areaId, find } from '../../shell/choices';
import { at, moment } from '../../shell/clock';
import { next } from '../../shell/forms/Refusal';
import { Icon } from '../../shell/frame/icons';
import { type Chip, Chips } from '../../shell/lists/Chips';
import { More } from '../../shell/lists/More';
import { type Column, SortedHead } from '../../shell/lists/SortedHead';
import { may, me } from '../../shell/session';
import { language, named, t } from '../../shell/texts';
import { countText as count, momentText, reasonText, sinceText, whenText } from '../../shell/words';
import { kReportStates, kStateKey, openStation, pointed, quantityOf, stationId, stations } from '../sensing/face';
import { type Health, readHealth } from './api';
import { Counted } from './Counted';
import { DeadLetters } from './DeadLetters';
import { ailmentsOf, type WorkItem, type WorkKey, workShown, type WorkSort } from './rules';
import { ailment, counted } from './store';
import { UnknownDevices } from './UnknownDevices';
import { useFollowed } from './useFollowed';
import './health.css';

const kPage = 150;
const sort = signal<WorkSort>({ key: 'ailment', descending: false });
const kAilmentKeys: Record<string, string> = {
  silent: 'health.ailment_silent', never_heard: 'health.ailment_never_heard', late: 'health.ailment_late', channel_away: 'health.ailment_channel_away', stuck: 'health.ailment_stuck', drifting: 'health.ailment_drifting',
  unusable: 'health.ailment_unusable', not_fitted: 'health.ailment_not_fitted', out_of_range: 'health.ailment_out_of_range', foreign_unit: 'health.ailment_foreign_unit', clock: 'health.ailment_clock', suspect: 'health.ailment_suspect',
};
const ailmentText = (name: string) => (kAilmentKeys[name] ? t(kAilmentKeys[name]) : name.replaceAll('_', ' '));
const columnsOf = (): Column<WorkKey>[] => [
  { key: 'station', label: t('health.station') },
  { key: 'ailment', label: t('health.ailment') },
  { key: 'since', label: t('health.since'), number: true },
  { key: 'share', label: t('health.share'), number: true, descending: true, title: t('health.share_help') },
];

function Totals({ health }: { health: Health }) {
  const { total, never_heard } = health.stations;
  const states = kReportStates.filter((state) => state !== 'never_heard' || never_heard > 0);
  return (
    <div class="health-totals" role="group" aria-label={t('health.total')}>
      <p><span>{t('health.total')}</span><b>{count(total)}</b></p>
      {states.map((state) => (
        <button key={state} type="button" aria-pressed={counted.value === state} title={t('health.counted_help')} data-testid={`counted-${state}`} onClick={() => (counted.value = counted.value === state ? null : state)}>
          <span>{t(kStateKey[state])}</span><b>{count(health.stations[state])}</b>
        </button>
      ))}
    </div>
  );
}

/** Filters for those who have the list, plain counts for the others. */
function Ailments({ health }: { health: Health }) {
  const all = ailmentsOf(health.ailments);
  if (all.length === 0) return null;
  if (!health.work) return <section><h3>{t('health.ailments')}</h3><dl class="health-ailments">{all.map(([name, n]) => <div key={name}><dt>{ailmentText(name)}</dt><dd>{count(n)}</dd></div>)}</dl></section>;
  const chips: Chip<string>[] = [[null, t('health.all'), health.work.length], ...all.map(([name, n]): Chip<string> => [name, ailmentText(name), n])];
  return <Chips label={t('health.ailments')} all={chips} chosen={ailment.value} choose={(name) => (ailment.value = name)} />;
}

function Districts({ health }: { health: Health }) {
  if (health.areas.length === 0) return null;
  return (
    <section class="health-districts">
      <h3>{t('health.districts')}</h3>
      <ol>
        {[...health.areas].sort((a, b) => a.reporting / (a.stations || 1) - b.reporting / (b.stations || 1)).map((a) => (
          <li key={a.area}>
            <button type="button" aria-pressed={areaId.value === a.area} onClick={() => (areaId.value = areaId.value === a.area ? null : a.area)}>
              <span>{named(a.name)}</span><i class="bar" aria-hidden="true"><i style={{ width: `${(100 * a.reporting) / (a.stations || 1)}%` }} /></i><b>{t('health.of', { reporting: count(a.reporting), stations: count(a.stations) })}</b>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Job({ job, now }: { job: WorkItem; now: number }) {
  const index = stations.value.findIndex((s) => s.id === job.thing);
  const point = () => index >= 0 && (pointed.value = index);
  const channel = job.channel ? quantityOf(job.channel) : undefined;
  return (
    <tr class={job.thing === stationId.value ? 'selected' : ''} onMouseEnter={point}>
      <th scope="row"><button type="button" class="job-open" onFocus={point} onClick={() => openStation(job.thing)}>{named(job.name)}</button><small>{job.serial}</small></th>
      <td><b>{ailmentText(job.ailment)}</b>{job.channel && <small>{channel ? named(channel.name) : job.channel}</small>}</td>
      <td class="number">{job.since === null ? '–' : whenText(job.since, now)}</td>
      <td class="number">{`${count(Math.round(job.share * 100))} %`}</td>
      <td class="job-reason">{named(job.reason)}</td>
    </tr>
  );
}

function WorkList({ work, now }: { work: WorkItem[]; now: number }) {
  const [limit, setLimit] = useState(kPage);
  const shown = workShown(work, ailment.value, find.value, sort.value, language.value);
  return (
    <section class="health-work" data-testid="work-list">
      <h3>{t('health.work')} <span role="status">{t('health.work_count', { count: shown.length })}</span></h3>
      {shown.length === 0 && <p class="empty">{t(work.length === 0 ? 'health.none' : 'health.none_wanted')}</p>}
      {shown.length > 0 && (
        <table>
          <caption class="hidden">{t('health.work')}</caption>
          <thead>
            <tr>
              <SortedHead columns={columnsOf()} by={sort.value} sort={(by) => (sort.value = by)} />
              <th scope="col">{t('health.reason')}</th>
            </tr>
          </thead>
          <tbody>{shown.slice(0, limit).map((job) => <Job key={`${job.thing} ${job.channel} ${job.ailment}`} job={job} now={now} />)}</tbody>
        </table>
      )}
      <More count={shown.length - limit} show={() => setLimit(limit + 4 * kPage)} />
    </section>
  );
}

export default function HealthPane() {
  const { read: health, failed } = useFollowed('health', readHealth);
  return (
    <section class="sheet" aria-label={t('health.title')} data-testid="health">
      <header><h2>{t('health.title')}</h2>{health && <small>{t('health.as_of', { time: sinceText(health.now) })}</small>}</header>
      {at.value !== null && <p class="effect" data-testid="health-today">{t('health.today', { time: momentText(moment.value) })}</p>}
      {failed && <p class="failed" role="alert"><Icon name="alert" size={16} />{t('health.failed', { reason: reasonText(failed) })}</p>}
      {!health && !failed && <p class="empty" role="status">{t('health.reading')}</p>}
      {health && (
        <>
          <Totals health={health} />
          {counted.value && <Counted state={counted.value} />}
          <Ailments health={health} />
          {health.work ? <WorkList work={health.work} now={health.now} /> : <p class="health-public">{t('health.public')} {!me.value?.operator && <a href={next()}>{t('health.sign_in')}</a>}</p>}
          {me.value?.operator && <UnknownDevices />}
          {may('events.see') && <DeadLetters />}
          <Districts health={health} />
        </>
      )}
    </section>
  );
}
