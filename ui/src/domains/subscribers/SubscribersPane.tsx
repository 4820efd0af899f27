// Who is told of situations by e-mail and webhook, and whether each is reached. For operators.
import { useEffect, useRef, useState } from 'preact/hooks';
import { quietly } from '../../shell/address';
import { next } from '../../shell/forms/Refusal';
import { Icon } from '../../shell/frame/icons';
import { type Chip, Chips } from '../../shell/lists/Chips';
import { More } from '../../shell/lists/More';
import { wantsLogin } from '../../shell/refusal';
import { may, me } from '../../shell/session';
import { t } from '../../shell/texts';
import { reasonText } from '../../shell/words';
import { type Reach, reach, who } from './choices';
import { countsByReach, subscribersShown } from './rules';
import { channels, held, isExpecting, said, secretShown, subscribers } from './store';
import { SubscriberForm } from './SubscriberForm';
import { kReachKeys, SubscriberLine } from './SubscriberLine';
import { SubscriberSecret } from './SubscriberSecret';
import './subscribers.css';

const kPage = 60;
const kLookMs = 2000;
/** Every so many looks also when nothing is expected. */
const kCalmLooks = 8;

/** Read when somebody looks, soon after each test, and now and then. */
function useSubscribers(operator: string | undefined) {
  useEffect(() => {
    void subscribers.read();
    let looks = 0;
    const again = setInterval(() => {
      looks += 1;
      if (!document.hidden && (isExpecting() || looks % kCalmLooks === 0)) void subscribers.read();
    }, kLookMs);
    return () => {
      clearInterval(again);
      // Who comes back later reads no old news.
      said.value = null;
      subscribers.refused.value = null;
    };
  }, [operator]);
}

function Reaches() {
  const all = subscribers.all.value ?? [];
  const counts = countsByReach(all);
  if (counts.length < 2 && reach.value === null) return null;
  const chips: Chip<Reach>[] = [[null, t('subscriber.all'), all.length], ...counts.map(([name, n]): Chip<Reach> => [name, t(kReachKeys[name]), n])];
  // A choice whose last case is gone stays, to be taken back.
  if (reach.value !== null && !counts.some(([name]) => name === reach.value)) chips.push([reach.value, t(kReachKeys[reach.value]), 0]);
  const choose = (name: Reach | null) => {
    said.value = null;
    reach.value = name;
  };
  return <Chips label={t('subscriber.states')} all={chips} chosen={reach.value} choose={choose} />;
}

/** Only where there are many. */
function Filter() {
  if ((subscribers.all.value ?? []).length < 8 && who.value === '') return null;
  return (
    <label class="subscribers-filter"><span class="hidden">{t('subscriber.filter')}</span>
      <input type="search" value={who.value} maxLength={80} placeholder={t('subscriber.filter')} onInput={(e) => quietly(() => (who.value = e.currentTarget.value))} />
    </label>
  );
}

function List({ removed }: { removed: () => void }) {
  const [limit, setLimit] = useState(kPage);
  const all = subscribers.all.value;
  if (all === null) return subscribers.failed.value ? null : <p class="empty" role="status">{t('subscriber.reading')}</p>;
  const shown = subscribersShown(all, reach.value, who.value, new Set([...held.value, ...(said.value?.id ? [said.value.id] : [])]));
  if (shown.length === 0) return <p class="empty">{t(all.length > 0 ? 'subscriber.none_wanted' : channels.value?.includes('email') ? 'subscriber.none' : 'subscriber.none_webhook')}</p>;
  return (
    <>
      <ul class="subscribers" aria-label={t('subscriber.title')}>{shown.slice(0, limit).map((s) => <SubscriberLine key={s.id} s={s} removed={removed} />)}</ul>
      <More count={shown.length - limit} show={() => setLimit(limit + 4 * kPage)} />
    </>
  );
}

function Inside() {
  const [adding, setAdding] = useState(false);
  const title = useRef<HTMLHeadingElement>(null);
  const add = useRef<HTMLButtonElement>(null);
  const before = useRef(secretShown.peek());
  useSubscribers(me.value?.operator?.name);
  const open = () => {
    subscribers.refused.value = null;
    said.value = null;
    before.current = secretShown.peek();
    setAdding(true);
  };
  const close = () => {
    setAdding(false);
    // A new secret takes the focus itself.
    if (secretShown.peek() === before.current) queueMicrotask(() => add.current?.focus());
  };
  const done = said.value?.id === null ? said.value : null;
  const failed = subscribers.failed.value;
  return (
    <>
      <header><h2 ref={title} tabIndex={-1}>{t('subscriber.title')}</h2></header>
      <p class="subscribers-about">{t('subscriber.about')}</p>
      <div role="alert">{failed && <p class="failed"><Icon name="alert" size={16} /><span>{t('subscriber.failed', { reason: reasonText(failed) })} {wantsLogin(failed) && <a href={next()}>{t('me.sign_in')}</a>}</span></p>}</div>
      <button ref={add} type="button" class="primary subscribers-add" hidden={adding || channels.value === null || !may('subscribers.change')} data-testid="subscriber-add" onClick={open}><Icon name="plus" size={16} />{t('subscriber.add')}</button>
      {adding && <SubscriberForm before={null} close={close} />}
      <p role="status" class={done ? 'said' : ''} data-testid="subscribers-said">{done ? t(done.key, { name: done.name }) : ''}</p>
      <SubscriberSecret closed={() => title.current?.focus()} />
      <Reaches />
      <Filter />
      <List removed={() => title.current?.focus()} />
    </>
  );
}

export default function SubscribersPane() {
  return (
    <section class="sheet" aria-label={t('subscriber.title')} data-testid="subscribers">
      {may('subscribers.see') ? <Inside /> : me.value?.operator ? <><header><h2>{t('subscriber.title')}</h2></header><p class="subscribers-about" data-testid="subscribers-denied">{t('subscriber.denied')}</p></> : <><header><h2>{t('subscriber.title')}</h2></header><p class="subscribers-about">{t('subscriber.public')} <a href={next()}>{t('subscriber.sign_in')}</a></p></>}
    </section>
  );
}
