// Situations in the frame: how many are open, whether a new one is heard, and what has just come for who does not see it.
import { wall } from '../../shell/choices';
import { at, moment } from '../../shell/clock';
import { Icon } from '../../shell/frame/icons';
import { t } from '../../shell/texts';
import { countText, momentText } from '../../shell/words';
import { countsOf, kSeverities } from './rules';
import { kSeverityKeys, SeverityMark } from './Severity';
import { announced, chooseSound, openSituation, shownOpen, sound, thenSituations } from './store';
import { headlineText, stateText } from './words';

/** How many are open, by severity: shape, number, and the word for those who do not know the shape. */
export function OpenSituations() {
  // Of a moment that is looked at, how it was then; nothing while that is not known.
  const then = at.value !== null;
  if (then && thenSituations.value === null) return null;
  const counts = countsOf(shownOpen.value);
  const some = kSeverities.filter((severity) => counts[severity] > 0);
  const label = then ? t('situation.title_then', { time: momentText(moment.value) }) : t(some.length > 0 ? 'situation.open_label' : 'situation.open_none');
  const show = () => {
    openSituation(null);
    document.querySelector('.situations')?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <button type="button" class="open-situations" data-testid="open-situations" title={label} disabled={wall.value} onClick={show}>
      <span class="hidden">{label}</span>
      {some.map((severity) => <span key={severity} data-severity={severity} title={t(kSeverityKeys[severity])}><SeverityMark severity={severity} size={18} /><b>{countText(counts[severity])}</b><span class="word">{t(kSeverityKeys[severity])}</span></span>)}
      {some.length === 0 && <span class="calm">{t(then ? 'situation.open_none_then' : 'situation.open_none')}</span>}
    </button>
  );
}

const kBell = 'M6 16.5V11a6 6 0 1 1 12 0v5.5l1.5 2h-15ZM10 21h4M12 5V3';
const kBellOff = 'M7.6 7A6 6 0 0 0 6 11v5.5l-1.5 2H17M10.5 5.2A6 6 0 0 1 18 11v4M10 21h4M3.5 3.5l17 17';
export function Sound() {
  const label = t(sound.value ? 'situation.sound_off' : 'situation.sound_on');
  return (
    <button type="button" class="quiet square" aria-pressed={sound.value} aria-label={label} title={label} data-testid="sound" onClick={() => chooseSound(!sound.value)}>
      <Icon path={sound.value ? kBell : kBellOff} />
    </button>
  );
}

export function Announced() {
  const s = announced.value;
  return <p class="hidden" aria-live="polite">{s ? t('situation.label', { severity: t(kSeverityKeys[s.severity]), headline: headlineText(s), state: stateText(s) }) : ''}</p>;
}
