// Windows in which situations stay inside: opened from a situation, listed and ended below the list.
import { useEffect, useRef, useState } from 'preact/hooks';
import { areaNamesOf, zone } from '../../shell/city';
import { serverNow } from '../../shell/clock';
import { formKeys, kSendKeys } from '../../shell/forms/focus';
import { Refusal } from '../../shell/forms/Refusal';
import { may, me } from '../../shell/session';
import { language, named, t } from '../../shell/texts';
import { dayAndClock, kHour } from '../../shell/time';
import type { Silence, SituationDetail } from './api';
import { type Lacking, Overtaken } from './Overtaken';
import { endSilence, silence, silences } from './silences';
import { kindText } from './words';

const kHours = [1, 4, 24, 168];

const kForm = 'form';
const kList = 'list';
function Refused({ where }: { where: string }) {
  const refusal = silences.refused.value;
  return <Refusal testid="silence-refused" refusal={refusal?.where === where ? refusal : null} />;
}

/** Of a situation's kind and place: the next ones of both stay quiet. */
export function SilenceForm({ s, lacks, close }: { s: SituationDetail; lacks: Lacking; close: () => void }) {
  const overtaken = lacks !== null;
  const [hours, setHours] = useState(kHours[1]!);
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const send = async (e: Event) => {
    e.preventDefault();
    if (overtaken) return;
    if (reason.trim() === '') {
      setMissing(true);
      field.current?.focus();
    } else if (await silence(kForm, s.kind, s.area?.id ?? null, serverNow.peek() + hours * kHour, reason.trim())) close();
  };
  return (
    <form class="action-form" data-testid="silence-form" onSubmit={(e) => void send(e)} onKeyDown={formKeys(close)}>
      <Overtaken s={s} deed="silence" lacks={lacks} typed={reason} />
      <p id="silence-effect" class="effect" hidden={overtaken}>{t('situation.effect_silence')}</p>
      <label for="silence-hours">{t('situation.silence_for')}</label>
      <select disabled={overtaken} id="silence-hours" value={hours} onChange={(e) => setHours(Number(e.currentTarget.value))}>
        {kHours.map((n) => <option key={n} value={n}>{n < 48 ? t('situation.hours', { count: n }) : t('situation.days', { count: n / 24 })}</option>)}
      </select>
      <label for="silence-reason">{t('situation.field_silence')}</label>
      {missing && <p id="silence-missing" class="failed">{t('situation.text_missing')}</p>}
      <textarea
        id="silence-reason" ref={field} rows={2} maxLength={1000} value={reason} readOnly={overtaken} aria-invalid={missing} aria-describedby={`silence-effect${missing ? ' silence-missing' : ''}`}
        onInput={(e) => (setReason(e.currentTarget.value), setMissing(false))}
      />
      <Refused where={kForm} />
      <div class="action-buttons">
        {!overtaken && <button type="submit" class="primary">{t('situation.do_silence')}<kbd aria-hidden="true">{kSendKeys}</kbd></button>}
        <button type="button" class="plain" onClick={close}>{t(overtaken ? 'panel.close' : 'form.cancel')}</button>
      </div>
    </form>
  );
}

function Line({ one }: { one: Silence }) {
  const area = one.area === null ? t('situation.whole_city') : named(areaNamesOf(one.area)[0]);
  return (
    <li data-silence={one.id}>
      <p><b>{one.kind === '' ? t('silence.any') : kindText(one.kind) || one.kind}</b><span>{area}</span></p>
      <p>{t('silence.until', { time: dayAndClock(one.to, zone(), language.value), name: one.by })}</p>
      <p class="history-text">{one.reason}</p>
      {may('situations.silence') && <button type="button" class="plain" onClick={() => void endSilence(kList, one.id)}>{t('silence.end')}</button>}
    </li>
  );
}

export function Silences() {
  const operator = me.value?.operator?.name;
  useEffect(() => void silences.read(), [operator]);
  const running = (silences.all.value ?? []).filter((one) => one.to > serverNow.value);
  if (!operator || running.length === 0) return null;
  return (
    <section class="silences" data-testid="silences" aria-label={t('silence.title')}>
      <h3>{t('silence.title')}</h3>
      <ul>{running.map((one) => <Line key={one.id} one={one} />)}</ul>
      <Refused where={kList} />
    </section>
  );
}
