// To whom a situation is handed: one of the operators, oneself first. A native list: arrow keys and the first letters
// of a login choose, and every screen reader knows it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { me } from '../../shell/session';
import { t } from '../../shell/texts';
import { operators } from './operators';
import { assigneesOf } from './rules';

interface Wanted {
  /** The id of what says what will happen. */
  describedby: string;
  /** Who takes care of it now. */
  now: string | null;
  /** With a login; empty: oneself. */
  choose: (login: string) => void;
}

/** When the list cannot be read the login is typed, as it is known. */
function Typed({ describedby, choose }: Omit<Wanted, 'now'>) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    choose('');
    field.current?.focus();
  }, []);
  return (
    <>
      <label for="action-assign">{t('situation.field_login')}</label>
      <input id="action-assign" ref={field} type="text" autocomplete="off" autocapitalize="none" maxLength={128} placeholder={me.value?.operator?.name ?? ''} aria-describedby={describedby} onInput={(e) => choose(e.currentTarget.value)} />
    </>
  );
}

export function Assignee({ describedby, now, choose }: Wanted) {
  const [login, setLogin] = useState('');
  const list = useRef<HTMLSelectElement>(null);
  useEffect(() => list.current?.focus(), []);
  if (operators.all.value === null && operators.failed.value) return <Typed describedby={describedby} choose={choose} />;
  const self = me.value?.operator?.name ?? '';
  return (
    <>
      <label for="action-assign">{t('situation.field_assign')}</label>
      <select
        id="action-assign" ref={list} value={login} aria-describedby={describedby}
        onChange={(e) => {
          setLogin(e.currentTarget.value);
          choose(e.currentTarget.value);
        }}
      >
        <option value="">{t('situation.assign_self', { name: self })}</option>
        {assigneesOf(operators.all.value ?? [], self).map((name) => <option key={name} value={name}>{name === now ? t('situation.assign_now', { name }) : name}</option>)}
      </select>
    </>
  );
}
