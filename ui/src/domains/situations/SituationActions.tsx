// What an operator can do with a situation. Each says what will happen to whom before it happens; a refusal is shown
// where it happened.
import { useEffect, useRef, useState } from 'preact/hooks';
import { at } from '../../shell/clock';
import { areasAround } from '../../shell/city';
import { formKeys, kSendKeys, useKeptFocus } from '../../shell/forms/focus';
import { next, Refusal } from '../../shell/forms/Refusal';
import { may, me } from '../../shell/session';
import { t } from '../../shell/texts';
import { allowed, busy, perform, refused } from './actions';
import type { Action, SituationDetail } from './api';
import { Assignee } from './Assignee';
import { operators } from './operators';
import { Overtaken } from './Overtaken';
import { isOpen } from './rules';
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
  assign: { button: 'situation.do_assign', effect: 'situation.effect_assign' },
  note: { button: 'situation.do_note', effect: 'situation.effect_note', field: 'situation.field_note', wanted: true },
  resolve: { button: 'situation.do_resolve', effect: 'situation.effect_resolve', field: 'situation.field_resolve' },
  dismiss: { button: 'situation.do_dismiss', effect: 'situation.effect_dismiss', field: 'situation.field_dismiss', wanted: true },
};

interface Open {
  s: SituationDetail;
  action: Action;
  /** What can be done now: another may have been faster, or a right is gone. */
  all: readonly Action[];
  mayWork: boolean;
  close: () => void;
}
function Form({ s, action, all, mayWork, close }: Open) {
  const { button, effect, field, wanted } = kWords[action];
  const [text, setText] = useState('');
  const [missing, setMissing] = useState(false);
  const input = useRef<HTMLTextAreaElement>(null);
  const confirm = useRef<HTMLButtonElement>(null);
  // The assignee's field takes the focus itself.
  useEffect(() => void (action !== 'assign' && (input.current ?? confirm.current)?.focus()), []);
  const overtaken = !all.includes(action);
  // What was typed in vain can still be said to the others.
  const done: Action | null = !overtaken ? action : field && text.trim() !== '' && all.includes('note') ? 'note' : null;
  const send = async (e: Event) => {
    e.preventDefault();
    if (done === null) return;
    if (wanted && text.trim() === '') {
      setMissing(true);
      input.current?.focus();
      return;
    }
    if (await perform(s, done, text.trim())) close();
  };
  const id = `action-${action}`;
  const common = {
    id, value: text, ref: input, 'aria-describedby': `${id}-effect${missing ? ` ${id}-missing` : ''}`, 'aria-invalid': missing, readOnly: overtaken,
    onInput: (e: Event) => setText((e.currentTarget as HTMLTextAreaElement).value),
  };
  return (
    <form class="action-form" onSubmit={(e) => void send(e)} onKeyDown={formKeys(close)}>
      <Overtaken s={s} deed={action} lacks={!overtaken ? null : mayWork ? 'state' : 'permission'} typed={field ? text : ''} />
      {!overtaken && <p id={`${id}-effect`} class="effect">{t(effect)}</p>}
      {field && <label for={id}>{t(field)}</label>}
      {missing && <p id={`${id}-missing`} class="failed">{t('situation.text_missing')}</p>}
      {field && <textarea rows={2} maxLength={1000} {...common} />}
      {action === 'assign' && !overtaken && <Assignee describedby={`${id}-effect`} now={s.assignee} choose={setText} />}
      <div class="action-buttons">
        {done && <button ref={confirm} type="submit" class="primary" aria-disabled={busy.value}>{t(overtaken ? 'situation.do_note' : button)}{field && <kbd aria-hidden="true">{kSendKeys}</kbd>}</button>}
        <button type="button" class="plain" onClick={close}>{t(overtaken ? 'panel.close' : 'form.cancel')}</button>
      </div>
    </form>
  );
}

export function Actions({ s }: { s: SituationDetail }) {
  const [chosen, setChosen] = useState<Action | 'silence' | null>(null);
  const section = useKeptFocus<HTMLElement>();
  const group = useRef<HTMLDivElement>(null);
  const operator = me.value?.operator;
  useEffect(() => void operators.read(), [operator]);
  // What is open stays, whatever others do meanwhile: it holds what was typed.
  if (!operator && chosen === null) return <p class="actions sign-in"><a href={next()}>{t('situation.sign_in')}</a></p>;
  const mayWork = may('situations.work', areasAround(s.area?.id ?? null));
  const all = mayWork ? allowed(s) : [];
  const maySilence = may('situations.silence');
  const mayBeSilenced = isOpen(s) && !s.silenced && maySilence;
  if (chosen === null && all.length === 0 && !mayBeSilenced && !mayWork) return <p class="actions" data-testid="actions-denied">{t('situation.denied')}</p>;
  const close = () => {
    setChosen(null);
    queueMicrotask(() => group.current?.querySelector('button')?.focus());
  };
  const failure = refused.value?.id === s.id ? refused.value : null;
  return (
    <section ref={section} class="actions" aria-label={t('situation.actions')} data-testid="actions">
      {at.value !== null && <p class="effect">{t('situation.acts_now')}</p>}
      <div ref={group} class="action-buttons" hidden={chosen !== null}>
        {all.map((action, i) => (
          <button
            key={action} type="button" class={i === 0 && isOpen(s) && action !== 'assign' ? 'primary' : 'plain'} disabled={busy.value} data-action={action}
            title={t(kWords[action].effect)} onClick={() => (action === 'acknowledge' ? void perform(s, action).then(close) : setChosen(action))}
          >{t(kWords[action].button)}{action === 'acknowledge' && <kbd aria-hidden="true">a</kbd>}</button>
        ))}
        {mayBeSilenced && <button type="button" class="plain" data-action="silence" title={t('situation.effect_silence')} onClick={() => setChosen('silence')}>{t('situation.do_silence')}</button>}
      </div>
      {chosen === null && s.state === 'firing' && <p class="effect">{t('situation.effect_acknowledge')}</p>}
      {chosen === 'silence' && <SilenceForm s={s} lacks={mayBeSilenced ? null : maySilence ? 'state' : 'permission'} close={close} />}
      {chosen && chosen !== 'silence' && <Form key={chosen} s={s} action={chosen} all={all} mayWork={mayWork} close={close} />}
      <Refusal testid="refused" refusal={failure} text={failure?.overtaken ? t('situation.faster') : undefined} />
    </section>
  );
}
