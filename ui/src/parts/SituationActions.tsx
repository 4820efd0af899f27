// What an operator can do with a situation. Each says what will happen to whom before it happens; a refusal is shown
// where it happened.
import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../data/api';
import { type Action, type Situation, situationsApi } from '../data/situations';
import { isOpen } from '../lib/situations';
import { at, language, me, t } from '../state';
import { learn } from '../situations';
import { Icon } from './icons';
import { SilenceForm } from './Silences';

interface Words {
  button: string;
  /** What will happen. */
  effect: string;
  /** What the field asks for, if there is one. */
  field?: string;
  wanted?: boolean;
}
const kWords: Record<Action, Words> = {
  acknowledge: { button: 'situation.do_acknowledge', effect: 'situation.effect_acknowledge' },
  act: { button: 'situation.do_act', effect: 'situation.effect_act', field: 'situation.field_act' },
  assign: { button: 'situation.do_assign', effect: 'situation.effect_assign', field: 'situation.field_assign' },
  note: { button: 'situation.do_note', effect: 'situation.effect_note', field: 'situation.field_note', wanted: true },
  resolve: { button: 'situation.do_resolve', effect: 'situation.effect_resolve', field: 'situation.field_resolve' },
  dismiss: { button: 'situation.do_dismiss', effect: 'situation.effect_dismiss', field: 'situation.field_dismiss', wanted: true },
};
export function allowed(s: Situation): Action[] {
  if (!isOpen(s)) return ['note'];
  const first: Action[] = s.state === 'firing' ? ['acknowledge', 'act'] : s.state === 'acknowledged' ? ['act'] : [];
  return [...first, 'assign', 'note', 'resolve', 'dismiss'];
}

/** Refusals stay until something else is tried, by situation, so that a shortcut's refusal is seen as well. */
const refused = signal<{ id: number; text: string; signIn: boolean } | null>(null);
const busy = signal(false);
export const next = () => `/login?lang=${language.value}&next=${encodeURIComponent(location.pathname + location.search)}`;

async function readAgain(id: number) {
  try {
    learn([await situationsApi.one(id)]);
  } catch {
    // The refusal that led here is already shown.
  }
}

/** True when it was done. */
export async function perform(s: Situation, action: Action, text = ''): Promise<boolean> {
  const operator = me.peek()?.operator;
  if (!operator || busy.peek()) return false;
  busy.value = true;
  refused.value = null;
  try {
    const body = { version: s.version, ...(action === 'assign' ? (text ? { assignee: text } : {}) : text ? { text } : {}) };
    learn([await situationsApi.act(s.id, action, body, operator.csrf)]);
    return true;
  } catch (error) {
    const status = error instanceof ApiError ? error.status : 0;
    const reason = error instanceof Error ? error.message : String(error);
    if (status === 409) {
      await readAgain(s.id);
      refused.value = { id: s.id, text: t('situation.faster'), signIn: false };
    } else if (status === 401 || status === 403) refused.value = { id: s.id, text: t('situation.signed_out'), signIn: true };
    else refused.value = { id: s.id, text: t('situation.refused', { reason }), signIn: false };
    return false;
  } finally {
    busy.value = false;
  }
}

function Form({ s, action, close }: { s: Situation; action: Action; close: () => void }) {
  const { button, effect, field, wanted } = kWords[action];
  const [text, setText] = useState('');
  const [missing, setMissing] = useState(false);
  const input = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
  const confirm = useRef<HTMLButtonElement>(null);
  useEffect(() => (input.current ?? confirm.current)?.focus(), []);
  const send = async (e: Event) => {
    e.preventDefault();
    if (wanted && text.trim() === '') {
      setMissing(true);
      input.current?.focus();
      return;
    }
    if (await perform(s, action, text.trim())) close();
  };
  const id = `action-${action}`;
  const common = {
    id, value: text, ref: input, 'aria-describedby': `${id}-effect${missing ? ` ${id}-missing` : ''}`, 'aria-invalid': missing,
    onInput: (e: Event) => setText((e.currentTarget as HTMLInputElement).value),
  };
  return (
    <form class="action-form" onSubmit={(e) => void send(e)} onKeyDown={(e) => e.key === 'Escape' && (e.stopPropagation(), close())}>
      <p id={`${id}-effect`} class="effect">{t(effect)}</p>
      {field && <label for={id}>{t(field)}</label>}
      {missing && <p id={`${id}-missing`} class="failed">{t('situation.text_missing')}</p>}
      {field && (action === 'assign' ? <input type="text" autocomplete="off" maxLength={80} placeholder={me.value?.operator?.name ?? ''} {...common} /> : <textarea rows={2} maxLength={1000} {...common} />)}
      <div class="action-buttons">
        <button ref={confirm} type="submit" class="primary" disabled={busy.value}>{t(button)}</button>
        <button type="button" class="plain" onClick={close}>{t('situation.cancel')}</button>
      </div>
    </form>
  );
}

export function Actions({ s }: { s: Situation }) {
  const [chosen, setChosen] = useState<Action | 'silence' | null>(null);
  const group = useRef<HTMLDivElement>(null);
  const operator = me.value?.operator;
  if (!operator) return <p class="actions sign-in"><a href={next()}>{t('situation.sign_in')}</a></p>;
  const all = allowed(s);
  const mayBeSilenced = isOpen(s) && !s.silenced;
  const open = chosen && (chosen === 'silence' ? mayBeSilenced : all.includes(chosen)) ? chosen : null;
  const close = () => {
    setChosen(null);
    queueMicrotask(() => group.current?.querySelector('button')?.focus());
  };
  const failure = refused.value?.id === s.id ? refused.value : null;
  return (
    <section class="actions" aria-label={t('situation.actions')} data-testid="actions">
      {at.value !== null && <p class="effect">{t('situation.acts_now')}</p>}
      <div ref={group} class="action-buttons" hidden={open !== null}>
        {all.map((action, i) => (
          <button
            key={action} type="button" class={i === 0 && isOpen(s) && action !== 'assign' ? 'primary' : 'plain'} disabled={busy.value} data-action={action}
            title={t(kWords[action].effect)} onClick={() => (action === 'acknowledge' ? void perform(s, action).then(close) : setChosen(action))}
          >{t(kWords[action].button)}{action === 'acknowledge' && <kbd aria-hidden="true">a</kbd>}</button>
        ))}
        {mayBeSilenced && <button type="button" class="plain" data-action="silence" title={t('situation.effect_silence')} onClick={() => setChosen('silence')}>{t('situation.do_silence')}</button>}
      </div>
      {open === null && s.state === 'firing' && <p class="effect">{t('situation.effect_acknowledge')}</p>}
      {open === 'silence' && <SilenceForm s={s} close={close} />}
      {open && open !== 'silence' && <Form key={open} s={s} action={open} close={close} />}
      <div role="alert" data-testid="refused">
        {failure && <p class="failed"><Icon name="alert" size={16} /><span>{failure.text} {failure.signIn && <a href={next()}>{t('me.sign_in')}</a>}</span></p>}
      </div>
    </section>
  );
}
