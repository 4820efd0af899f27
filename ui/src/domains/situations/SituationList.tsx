// What needs somebody, first things first; ended ones of the last day below on wish.
import { signal } from '@preact/signals';
import { useLayoutEffect, useState } from 'preact/hooks';
import { quietly } from '../../shell/address';
import { areaId, opens, wall } from '../../shell/choices';
import { areaNamesOf, areas, city, districtOf } from '../../shell/city';
import { at } from '../../shell/clock';
import { Icon } from '../../shell/frame/icons';
import { maySomewhere } from '../../shell/session';
import { named, t } from '../../shell/texts';
import { momentText, reasonText, sinceText } from '../../shell/words';
import { isWhollySimulated } from '../sensing/face';
import type { Situation } from './api';
import { openReport, reportPanel } from './report';
import { countsOf, inGroups, isOpen, isWanted, kSeverities, type Severity, type SituationGroup } from './rules';
import { kSeverityKeys, SeverityMark } from './Severity';
import { Silences } from './Silences';
import { atLeast, ended, endedShown, known, need, openSituation, pointedSituation, shownOpen, situationId, situationPanel, situationsConnection, thenFailed, thenSituations, unjudged, unread } from './store';
import { headlineText, kindText, lastingText, situationWords, stateText } from './words';

const kFirst = 12;
/** How many lines the reader asked to see. */
const shown = signal(kFirst);

function Row({ s, more = 0, small = false }: { s: Situation; more?: number; small?: boolean }) {
  const over = !isOpen(s);
  const point = () => (pointedSituation.value = s.id);
  const leave = () => (pointedSituation.value = null);
  return (
    <button
      type="button" class={`situation-row ${small ? 'small' : ''} ${over ? 'over' : ''} ${pointedSituation.value === s.id ? 'pointed' : ''}`} data-situation={s.id} data-state={s.state} {...opens(situationPanel, s.id)}
      aria-current={situationId.value === s.id ? 'true' : undefined} onClick={() => openSituation(s.id)} onMouseEnter={point} onMouseLeave={leave} onFocus={point} onBlur={leave}
    >
      <SeverityMark severity={s.severity} size={small ? 16 : 20} faint={over} />
      <span class="situation-text">
        <strong>{headlineText(s)}</strong>
        <span class="situation-facts">
          <b class={`severity-word is-${s.severity}`}>{t(kSeverityKeys[s.severity])}</b>
          {s.area && <span>{named(s.area.name)}</span>}
          <span>{over ? sinceText(s.ended_at ?? s.updated_at) : lastingText(s.since)}</span>
        </span>
        <span class="situation-facts">
          <span class={`situation-state ${s.state}`}>{stateText(s)}</span>
          {s.assignee && <span class="situation-assignee">{s.assignee}</span>}
          {s.silenced && <span>{t('situation.silenced')}</span>}
          {s.simulated && !isWhollySimulated(city.value) && <span class="badge simulated">{t('simulated.short')}</span>}
          {more > 0 && wall.value && <span>{t('situation.group_more', { count: more })}</span>}
        </span>
      </span>
    </button>
  );
}

function Group({ group }: { group: SituationGroup<Situation> }) {
  const [unfolded, setUnfolded] = useState(false);
  const { lead, rest } = group;
  return (
    <li>
      <Row s={lead} more={rest.length} />
      {rest.length > 0 && !wall.value && (
        <>
          <button type="button" class="quiet situation-unfold" aria-expanded={unfolded} onClick={() => setUnfolded(!unfolded)}>{t(unfolded ? 'situation.group_fold' : 'situation.group_unfold', { count: rest.length })}</button>
          {unfolded && <ul class="situation-rest">{rest.map((s) => <li key={s.id}><Row s={s} small /></li>)}</ul>}
        </>
      )}
    </li>
  );
}

function Filter({ count }: { count: number }) {
  if (count < 2 && need.value === '' && atLeast.value === null) return null;
  return (
    <div class="situation-filter">
      <label><span class="hidden">{t('situation.filter')}</span>
        <input type="search" value={need.value} maxLength={80} placeholder={t('situation.filter')} onInput={(e) => quietly(() => (need.value = e.currentTarget.value))} />
      </label>
      <label><span class="hidden">{t('situation.severity')}</span>
        <select value={atLeast.value ?? ''} onChange={(e) => (atLeast.value = (e.currentTarget.value || null) as Severity | null)}>
          <option value="">{t('situation.any')}</option>
          {kSeverities.slice(0, 3).map((severity) => <option key={severity} value={severity}>{t(severity === 'critical' ? 'situation.critical' : 'situation.or_worse', { severity: t(kSeverityKeys[severity]) })}</option>)}
        </select>
      </label>
    </div>
  );
}

/** Situations of the chosen district, or all when none is chosen. */
function here(s: Situation): boolean {
  if (areaId.value === null || !areas.value) return true;
  return s.area === null || districtOf(s.area.id) === areaId.value || s.area.id === areaId.value;
}
const words = (s: { area: { id: number } | null }) => [...(s.area ? areaNamesOf(s.area.id).flatMap((n) => Object.values(n)) : []), ...situationWords(s as Situation)];

function Ended() {
  const list = ended.value.filter(here);
  if (list.length === 0) return null;
  const groups = inGroups(list);
  return (
    <section class="situations-ended">
      <button type="button" class="quiet situation-unfold" aria-expanded={endedShown.value} onClick={() => (endedShown.value = !endedShown.value)}>
        {t('situation.ended', { count: list.length })}
      </button>
      {endedShown.value && <ol class="situation-list">{groups.slice(0, shown.value).map((g) => <Group key={g.key} group={g} />)}</ol>}
    </section>
  );
}

/** In the order of the list: what n and p step through. */
export const listed = () => inGroups(shownOpen.value.filter(here).filter((s) => isWanted(s, { text: need.value, atLeast: atLeast.value }, words))).flatMap((g) => [g.lead, ...g.rest]);

/** How many lines the wall has room for, at any size: nobody can scroll there. */
function useWallRoom(groups: number): number {
  const [room, setRoom] = useState(kFirst);
  useLayoutEffect(() => {
    const panel = document.querySelector<HTMLElement>('.panel');
    if (!wall.value || !panel) return;
    const look = () => {
      const list = panel.querySelector('.situation-list');
      if (!list || !panel.lastElementChild) return;
      const heightOf = (element: Element) => element.getBoundingClientRect().height;
      const style = getComputedStyle(panel);
      if (style.overflowY === 'visible') return setRoom(kFirst);
      const all = panel.lastElementChild.getBoundingClientRect().bottom - panel.firstElementChild!.getBoundingClientRect().top;
      const others = all - heightOf(list) + Number.parseFloat(style.paddingTop) + Number.parseFloat(style.paddingBottom);
      const tallest = Math.max(...[...list.children].map(heightOf));
      setRoom(Math.max(1, Math.floor((panel.clientHeight - others) / tallest)));
    };
    look();
    const resized = new ResizeObserver(look);
    for (const element of [panel, ...panel.children]) resized.observe(element);
    return () => resized.disconnect();
  }, [wall.value, groups]);
  return room;
}

/** What has no room on the wall, by severity, and where it is. */
function MoreOnWall({ groups }: { groups: readonly SituationGroup<Situation>[] }) {
  const counts = countsOf(groups.flatMap((g) => [g.lead, ...g.rest]));
  return (
    <p class="situation-more" data-testid="more-on-wall">
      {kSeverities.filter((severity) => counts[severity] > 0).map((severity) => <span key={severity}><SeverityMark severity={severity} size={16} /><b>{counts[severity]}</b> {t(kSeverityKeys[severity])}</span>)}
      <span>{t('situation.more_on_wall', { count: groups.length, address: `${location.host}/control` })}</span>
    </p>
  );
}

/** Where nobody looks, that nothing is found is no good news; operators have it in the list itself. */
function Blind({ listed: all }: { listed: readonly Situation[] }) {
  if (unjudged.value.length === 0 || all.some((s) => s.kind === 'warning_blind')) return null;
  return (
    <div class="effect" data-testid="unjudged">
      <p>{t('alerts.unjudged_title')}</p>
      <ul>{unjudged.value.map((one) => <li key={one.since}>{named(one.headline) || kindText('warning_blind')} · {lastingText(one.since)}</li>)}</ul>
    </div>
  );
}

export function Situations() {
  const all = shownOpen.value.filter(here);
  const moment = at.value;
  const groups = inGroups(all.filter((s) => isWanted(s, { text: need.value, atLeast: atLeast.value }, words)));
  const room = useWallRoom(groups.length);
  const limit = wall.value ? room : shown.value;
  const lost = situationsConnection.value === 'lost';
  const failed = moment === null ? null : thenFailed.value;
  const waiting = moment === null ? situationsConnection.value === 'connecting' && known.value.length === 0 : thenSituations.value === null;
  return (
    <section class="situations" data-testid="situations" aria-label={t('situation.title')}>
      <header><h2>{moment === null ? t('situation.title') : t('situation.title_then', { time: momentText(moment) })}</h2>{all.length > 0 && <span class="situation-count">{t('situation.count', { count: all.length })}</span>}</header>
      <p role="status" class={lost ? 'situations-lost' : 'hidden'} data-testid="situations-lost">{lost && <><Icon name="alert" size={16} />{t('situation.lost')}</>}</p>
      {failed && <p class="failed" role="alert" data-testid="then-failed">{t('situation.then_failed', { reason: reasonText(failed) })}</p>}
      {!failed && !lost && unread.value && <p class="failed" role="alert" data-testid="situations-unread">{t('situation.unread', { reason: reasonText(unread.value) })}</p>}
      {!wall.value && <Filter count={all.length} />}
      {groups.length > 0 && <ol class="situation-list">{groups.slice(0, limit).map((g) => <Group key={g.key} group={g} />)}</ol>}
      {groups.length > limit && (wall.value
        ? <MoreOnWall groups={groups.slice(limit)} />
        : <button type="button" class="quiet situation-more" onClick={() => (shown.value = groups.length)}>{t('situation.more', { count: groups.length - limit })}</button>)}
      {groups.length === 0 && !waiting && !lost && (all.length > 0
        ? <p class="situation-none">{t('situation.none_wanted')}</p>
        : moment !== null
          ? <p class="situation-none">{t('situation.none_then')}</p>
          : <div class="situation-none"><strong>{t('situation.none')}</strong><p>{t('situation.none_help')}</p></div>)}
      <Blind listed={all} />
      {!wall.value && maySomewhere('situations.report') && <button type="button" class="plain situation-report" data-testid="report" {...opens(reportPanel, 1)} onClick={openReport}><Icon name="plus" size={16} />{t('situation.report')}</button>}
      {!wall.value && moment === null && <Ended />}
      {!wall.value && <Silences />}
    </section>
  );
}
