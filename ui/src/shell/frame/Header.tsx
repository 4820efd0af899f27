// City, clock, live or replay, search, language, theme, who is signed in; and what the domains put between.
import { chooseTheme, helpOpen, theme, wall } from '../choices';
import { city, zone } from '../city';
import { at, moment, serverNow } from '../clock';
import { next } from '../forms/Refusal';
import { kLanguages, ownName } from '../languages';
import { connection, endedLogin, lostSince, rightsChanged } from '../session';
import { chooseLanguage, language, named, t } from '../texts';
import { clockSeconds, day, dayAndYear } from '../time';
import { ageText } from '../words';
import { Account } from './Account';
import { focusHeading } from './headings';
import { Icon } from './icons';
import { Place } from './Place';
import { Search } from './Search';

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
      <Account />
    </div>
  );
}

export function Header() {
  return (
    <header class="top">
      <div class="brand">
        <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true"><path d="M6 26V7h20v19M12 26V15h8v11" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linejoin="round" /></svg>
        <h1>{named(city.value?.name) || 'Madang'}</h1>
        <Place name="name" given={{}} />
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

/** Nobody tells an operator's page any more what only operators may know: it says so, and how to go on. */
function LoginBanner() {
  if (endedLogin.value !== null) {
    return (
      <div class="banner" data-testid="login-ended"><Icon name="alert" size={18} />
        <strong>{t('me.ended')}</strong>
        <span>{t('me.ended_means', { name: endedLogin.value })}</span>
        <a href={next()}>{t('me.sign_in')}</a>
      </div>
    );
  }
  if (!rightsChanged.value) return null;
  const away = () => {
    rightsChanged.value = false;
    focusHeading('middle');
  };
  return (
    <div class="banner noted" data-testid="rights-changed"><span>{t('me.rights_changed')}</span>
      <button type="button" class="quiet square" aria-label={t('panel.close')} onClick={away}><Icon name="close" size={15} /></button>
    </div>
  );
}

/** Announced by screen readers and shown over everything: values stand still, and since when. */
export function Banners() {
  const lost = connection.value === 'lost' && at.value === null;
  return (
    <div class="banner-place" role="status" aria-live="polite">
      {lost && (
        <div class="banner" data-testid="lost"><Icon name="alert" size={18} />
          <strong>{t('state.lost')}</strong>
          <span>{lostSince.value === null ? t('state.trying') : t('state.lost_since', { age: ageText(Math.min(lostSince.value, serverNow.value)) })}</span>
        </div>
      )}
      <LoginBanner />
    </div>
  );
}
