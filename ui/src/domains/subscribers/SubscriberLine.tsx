// One subscriber: what it hears of, whether it is reached, and what can be done with it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Question } from '../../shell/forms/Question';
import { Refusal } from '../../shell/forms/Refusal';
import { Icon, type IconName } from '../../shell/frame/icons';
import { ownName } from '../../shell/languages';
import { named, t } from '../../shell/texts';
import { countText, sinceText } from '../../shell/words';
import { fromSeverityText, kindText, SeverityMark } from '../situations/face';
import type { Reach } from './choices';
import { type Loss, lossesOf, reachOf, type Subscriber, testOf } from './rules';
import { hold, pauseSubscriber, removeSubscriber, resumeSubscriber, said, subscribers, testSubscriber, whereOf } from './store';
import { SubscriberForm } from './SubscriberForm';

export const kReachKeys: Record<Reach, string> = {
  failing: 'subscriber.reach_failing', paused: 'subscriber.reach_paused', waiting: 'subscriber.reach_waiting', untold: 'subscriber.reach_untold', reached: 'subscriber.reach_reached',
};
const kReachIcons: Record<Reach, IconName> = { failing: 'alert', paused: 'pause', waiting: 'forward', untold: 'minus', reached: 'check' };
const kLossKeys: Record<Loss, string> = {
  failed: 'subscriber.failed_tries', refused: 'subscriber.refused', given_up: 'subscriber.given_up', superseded: 'subscriber.superseded', dropped: 'subscriber.dropped',
};

function Hears({ s }: { s: Subscriber }) {
  const kinds = s.kinds.length === 0 ? t('silence.any') : s.kinds.map((kind) => kindText(kind) || kind).join(', ');
  const areas = s.areas.length === 0 ? t('situation.whole_city') : s.areas.map((area) => named(area.name) || String(area.id)).join(', ');
  return (
    <p class="hears">
      <span class="hears-severity"><SeverityMark severity={s.severity} size={15} />{fromSeverityText(s.severity)}</span>
      <span>{kinds}</span>
      <span>{areas}</span>
      <span>{t(s.internal ? 'subscriber.internal_too' : 'subscriber.public_only')}</span>
      {s.channel === 'email' && <span lang={s.language || undefined}>{s.language === '' ? t('subscriber.both_languages') : ownName(s.language)}</span>}
    </p>
  );
}

/** What became of its notices; what never happened is not mentioned. */
function Counts({ s }: { s: Subscriber }) {
  const rows: [string, number, string][] = [['subscriber.delivered', s.delivered, ''], ['subscriber.owed', s.owed, ''], ...lossesOf(s).map(([loss, n]): [string, number, string] => [kLossKeys[loss], n, 'loss'])];
  return (
    <>
      <dl class="counts">{rows.map(([key, n, look]) => <div key={key} class={look}><dt>{t(key)}</dt><dd>{countText(n)}</dd></div>)}</dl>
      {s.delivered_at !== null && <p class="reached-at">{t('subscriber.delivered_at', { time: sinceText(s.delivered_at) })}</p>}
      {s.paused && s.paused_because && <p class="trouble">{t('subscriber.paused_because', { reason: s.paused_because })}</p>}
      {s.error && s.error_at !== null && <p class="trouble">{t('subscriber.error_at', { time: sinceText(s.error_at), reason: s.error })}</p>}
    </>
  );
}

/** What was done here last; of a test also that it has arrived. */
function Said({ s }: { s: Subscriber }) {
  const here = said.value?.id === s.id ? said.value : null;
  const test = here?.key === 'subscriber.said_test' ? testOf(s, here.delivered) : undefined;
  const key = test === 'arrived' ? 'subscriber.said_arrived' : test === null ? undefined : here?.key;
  return <p role="status" class={key ? 'said' : ''}>{key ? t(key, { name: s.name }) : ''}</p>;
}

type Open = 'change' | 'pause' | 'remove' | null;
export function SubscriberLine({ s, removed }: { s: Subscriber; removed: () => void }) {
  const [open, setOpen] = useState<Open>(null);
  const buttons = useRef<HTMLDivElement>(null);
  const close = (button: string) => {
    setOpen(null);
    queueMicrotask(() => buttons.current?.querySelector<HTMLButtonElement>(`[data-do="${button}"]`)?.focus());
  };
  const show = (what: Open) => {
    subscribers.refused.value = null;
    setOpen(what);
  };
  useEffect(() => {
    if (open === null) return;
    hold(s.id, true);
    return () => hold(s.id, false);
  }, [open]);
  const state = reachOf(s);
  const refusal = subscribers.refused.value?.where === whereOf(s) && open !== 'change' ? subscribers.refused.value : null;
  // Named with the subscriber, since every line has the same buttons; never disabled, so that the focus stays.
  const act = (name: string, key: string, run: () => void) => <button type="button" class="plain" data-do={name} aria-label={`${t(key)}: ${s.name}`} onClick={run}>{t(key)}</button>;
  return (
    <li data-subscriber={s.id} data-reach={state}>
      <div class="subscriber-head">
        <h3>{s.name}</h3>
        <span class={`reach is-${state}`}><Icon name={kReachIcons[state]} size={15} />{t(kReachKeys[state])}</span>
      </div>
      <p class="subscriber-address"><span>{t(s.channel === 'email' ? 'subscriber.email' : 'subscriber.webhook')}</span> {s.address !== s.name && s.address}</p>
      <Hears s={s} />
      <Counts s={s} />
      <div ref={buttons} class="action-buttons" hidden={open !== null}>
        {act('test', 'subscriber.test', () => void testSubscriber(s))}
        {act('change', 'subscriber.change', () => show('change'))}
        {s.paused ? act('pause', 'subscriber.resume', () => void resumeSubscriber(s)) : act('pause', 'subscriber.pause', () => (s.owed > 0 ? show('pause') : void pauseSubscriber(s)))}
        {act('remove', 'subscriber.remove', () => show('remove'))}
      </div>
      {open === 'change' && <SubscriberForm before={s} close={() => close('change')} />}
      {open === 'pause' && <Question text={t('subscriber.ask_pause', { name: s.name, count: s.owed })} yes={t('subscriber.pause')} act={() => pauseSubscriber(s).then((done) => done && close('pause'))} close={() => close('pause')} />}
      {open === 'remove' && <Question text={t('subscriber.ask_remove', { name: s.name, count: s.owed })} yes={t('subscriber.remove')} act={() => removeSubscriber(s).then((done) => done && removed())} close={() => close('remove')} />}
      <Refusal testid="subscriber-refused" refusal={refusal} />
      <Said s={s} />
    </li>
  );
}
