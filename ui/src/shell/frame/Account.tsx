// Who is signed in, and the way out; for everybody else the way in.
import { useRef, useState } from 'preact/hooks';
import { next } from '../forms/Refusal';
import { ofServer } from '../prefix';
import { me } from '../session';
import { t } from '../texts';
import { Icon } from './icons';

export function Account() {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const name = useRef<HTMLButtonElement>(null);
  const operator = me.value?.operator;
  if (!operator) return <a class="me" href={next()}>{t('me.sign_in')}</a>;
  const close = (e: KeyboardEvent) => {
    if (e.key !== 'Escape' || !open) return;
    e.stopPropagation();
    setOpen(false);
    name.current?.focus();
  };
  return (
    <div ref={box} class="account" onKeyDown={close} onFocusOut={(e) => box.current?.contains(e.relatedTarget as Node | null) || setOpen(false)}>
      <button ref={name} type="button" class="quiet me" title={t('me.signed_in')} aria-expanded={open} aria-controls="account" data-testid="me" onClick={() => setOpen(!open)}>
        <span class="hidden">{t('me.signed_in')}</span><span class="name">{operator.name}</span><Icon name="below" size={14} />
      </button>
      {/* A form of the page itself: whoever sits down next is shown nothing that was read for this operator. */}
      <form id="account" class="account-menu" method="post" action={ofServer('/logout')} hidden={!open} tabIndex={-1}>
        <p>{t('me.signed_in_as', { name: operator.name })}</p>
        <input type="hidden" name="csrf" value={operator.csrf} />
        <button type="submit" class="plain" data-testid="sign-out">{t('me.sign_out')}</button>
      </form>
    </div>
  );
}
