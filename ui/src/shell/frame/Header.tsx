// City, clock, live or replay, search, language, theme, who is signed in; and what the domains put between.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { quietly } from '../address';
import { chooseTheme, find, helpOpen, theme, wall } from '../choices';
import { city, zone } from '../city';
import { at, moment, serverNow } from '../clock';
import { kDomains } from '../domain';
import { next } from '../forms/Refusal';
import { kLanguages, ownName } from '../languages';
import { connection, lostSince, me } from '../session';
import { chooseLanguage, language, named, t } from '../texts';
import { clockSeconds, day, dayAndYear } from '../time';
import { ageText } from '../words';
import { Icon } from './icons';
import { Place } from './Place';

function Clock() {
  const shown = moment.value;
  return (
    <div class="clock">
      <time dateTime={new Date(shown).toISOString()}>{clockSeconds(shown, zone(), language.value)}</time>
      <span>{(at.value === null ? day : dayAndYear)(shown, zone(), language.value)}</span>
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

function Search() {
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
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
          if (e.key === 'Enter' && kDomains.some((d) => d.entered?.())) e.currentTarget.blur();
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
  const toTheme = t(theme.value === 'dark' ? 'theme.to_light' : 'theme.to_dark');
  return (
    <div class="choices">
      {kLanguages.filter((other) => other !== language.value).map((other) => (
        <button key={other} type="button" class="quiet" lang={other} onClick={() => chooseLanguage(other)}>{ownName(other)}</button>
      ))}
      <button type="button" class="quiet square" aria-label={toTheme} title={toTheme} onClick={() => chooseTheme(theme.value === 'dark' ? 'light' : 'dark')}>
        <Icon name={theme.value === 'dark' ? 'sun' : 'moon'} />
      </button>
      <Place name="choices" given={{}} />
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
        {city.value?.simulated && <span class="badge simulated" title={t('simulated.part')}>{t('simulated.short')}</span>}
      </div>
      <Clock />
      <State />
      <Place name="header" given={{}} />
      {!wall.value && <Search />}
      <Place name="counters" given={{}} />
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
