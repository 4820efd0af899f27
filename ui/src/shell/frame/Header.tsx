// City, clock, live or replay, search, how many stations report, language, theme, who is signed in.
import { useEffect, useRef } from 'preact/hooks';
import { number } from '../format';
import { kLanguages, ownName } from '../languages';
import { clockSeconds, day, dayAndClock } from '../time';
import {
  at, chooseLanguage, chooseTheme, city, connection, find, helpOpen, language, lostSince, me, moment, named, openSituation, quietly, reportCounts, serverNow, t, theme, wall,
} from '../state';
import { kSeverities, countsOf } from '../../domains/situations/rules';
import { chooseSound, open, sound } from '../../domains/situations/store';
import { Icon } from './icons';
import { kSeverityKeys, SeverityMark } from '../../domains/situations/Severity';
import { next } from '../forms/Refusal';
import { ageText, zone } from '../words';

function Clock() {
  const shown = moment.value;
  return (
    <div class="clock">
      <time dateTime={new Date(shown).toISOString()}>{clockSeconds(shown, zone(), language.value)}</time>
      <span>{at.value === null ? day(shown, zone(), language.value) : dayAndClock(shown, zone(), language.value).replace(/,? ?\d\d:\d\d$/, '')}</span>
    </div>
  );
}

function State() {
  if (at.value !== null) {
    return (
      <div class="state replay">
        <span class="dot" aria-hidden="true" />
        {t('state.replay')}
        <button type="button" class="quiet" onClick={() => (at.value = null)}>{t('state.back_to_live')}</button>
      </div>
    );
  }
  if (connection.value === 'lost') return <div class="state lost" data-testid="state"><Icon name="alert" size={15} />{t('state.lost')}</div>;
  const key = connection.value === 'live' ? 'state.live' : 'state.connecting';
  return <div class={`state ${connection.value}`} data-testid="state"><span class="dot" aria-hidden="true" />{t(key)}</div>;
}

function Counters() {
  const c = reportCounts.value;
  if (!c) return null;
  const n = (value: number) => number(value, 0, language.value);
  return (
    <dl class="counters" data-testid="counters">
      <div title={t('report.reporting_help')}><dt>{t('report.reporting')}</dt><dd>{n(c.reporting)}<small>/{n(c.total)}</small></dd></div>
      <div class={c.late > 0 ? 'some' : ''} title={t('report.late_help')}><dt>{t('report.late')}</dt><dd>{n(c.late)}</dd></div>
      <div class={c.silent > 0 ? 'some' : ''} title={t('report.silent_help')}><dt>{t('report.silent')}</dt><dd>{n(c.silent)}</dd></div>
      {c.never_heard > 0 && <div class="some" title={t('report.never_heard_help')}><dt>{t('report.never_heard')}</dt><dd>{n(c.never_heard)}</dd></div>}
    </dl>
  );
}

/** How many are open, by severity: shape, number, and the word for those who do not know the shape. */
function OpenSituations() {
  const counts = countsOf(open.value);
  const some = kSeverities.filter((severity) => counts[severity] > 0);
  const show = () => {
    openSituation(null);
    document.querySelector('.situations')?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <button type="button" class="open-situations" data-testid="open-situations" title={t(some.length > 0 ? 'situation.open_label' : 'situation.open_none')} disabled={wall.value} onClick={show}>
      <span class="hidden">{t('situation.open_label')}</span>
      {some.map((severity) => <span key={severity} data-severity={severity} title={t(kSeverityKeys[severity])}><SeverityMark severity={severity} size={18} /><b>{number(counts[severity], 0, language.value)}</b><span class="word">{t(kSeverityKeys[severity])}</span></span>)}
      {some.length === 0 && <span class="calm">{t('situation.open_none')}</span>}
    </button>
  );
}

function Search() {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = () => input.current?.select();
    window.addEventListener('madang:search', focus);
    return () => window.removeEventListener('madang:search', focus);
  }, []);
  return (
    <label class="search">
      <Icon name="search" size={16} />
      <span class="hidden">{t('search.label')}</span>
      <input
        ref={input} type="search" value={find.value} placeholder={t('search.label')} maxLength={80} data-testid="search"
        onInput={(e) => quietly(() => (find.value = e.currentTarget.value))}
        onKeyDown={(e) => {
          if (e.key === 'Escape') {
            quietly(() => (find.value = ''));
            e.currentTarget.blur();
          }
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}

function Choices() {
  return (
    <div class="choices">
      {kLanguages.filter((other) => other !== language.value).map((other) => (
        <button key={other} type="button" class="quiet" lang={other} onClick={() => chooseLanguage(other)}>{ownName(other)}</button>
      ))}
      <button type="button" class="quiet square" aria-label={t(theme.value === 'dark' ? 'theme.to_light' : 'theme.to_dark')} title={t(theme.value === 'dark' ? 'theme.to_light' : 'theme.to_dark')} onClick={() => chooseTheme(theme.value === 'dark' ? 'light' : 'dark')}>
        <Icon name={theme.value === 'dark' ? 'sun' : 'moon'} />
      </button>
      <button type="button" class="quiet square" aria-pressed={sound.value} aria-label={t(sound.value ? 'situation.sound_off' : 'situation.sound_on')} title={t(sound.value ? 'situation.sound_off' : 'situation.sound_on')} data-testid="sound" onClick={() => chooseSound(!sound.value)}>
        <Icon name={sound.value ? 'bell' : 'bell_off'} />
      </button>
      <button type="button" class="quiet square" aria-label={t('help.title')} title={`${t('help.title')} (?)`} onClick={() => (helpOpen.value = true)}><Icon name="help" /></button>
      {me.value?.operator
        ? <span class="me" title={t('me.signed_in')}>{me.value.operator.name}</span>
        : <a class="me" href={next()}>{t('me.sign_in')}</a>}
    </div>
  );
}

export function Header() {
  return (
    <header class="top">
      <div class="brand">
        <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true"><path d="M6 26V7h20v19M12 26V15h8v11" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linejoin="round" /></svg>
        <h1>{named(city.value?.name) || 'Madang'}</h1>
        {city.value?.simulated && <span class="badge simulated" title={t('simulated.long')}>{t('simulated.short')}</span>}
      </div>
      <Clock />
      <State />
      <OpenSituations />
      {!wall.value && <Search />}
      <Counters />
      {!wall.value && <Choices />}
    </header>
  );
}

/** Announced by screen readers and shown over everything: values stand still, and since when. */
export function LostBanner() {
  const lost = connection.value === 'lost' && at.value === null;
  return (
    <div class="banner-place" role="status" aria-live="polite">
      {lost && (
        <div class="banner" data-testid="lost"><Icon name="alert" size={18} />
          <strong>{t('state.lost')}</strong>
          <span>{lostSince.value === null ? t('state.trying') : t('state.lost_since', { age: ageText(Math.min(lostSince.value, serverNow.value)) })}</span>
        </div>
      )}
    </div>
  );
}
