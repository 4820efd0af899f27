// A view or a panel that comes from the server when it is first opened. What came once is there at once.
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import type { Loader } from '../domain';
import { t } from '../texts';
import { arrived } from './headings';
import { Icon } from './icons';

type State = { part: ComponentType<never> } | 'loading' | 'failed';
const states = signal<ReadonlyMap<Loader<never>, State>>(new Map());
const set = (load: Loader<never>, state: State) => (states.value = new Map([...states.peek(), [load, state]]));

/** Asks once; what has failed is asked for again. */
export async function bring<P>(load: Loader<P>): Promise<void> {
  const known = states.peek().get(load as Loader<never>);
  if (known !== undefined && known !== 'failed') return;
  set(load as Loader<never>, 'loading');
  try {
    set(load as Loader<never>, { part: (await load()).default as ComponentType<never> });
  } catch {
    set(load as Loader<never>, 'failed');
  }
}

export function Opened<P extends object>({ load, given }: { load: Loader<P>; given: P }) {
  useEffect(() => void bring(load), [load]);
  const state = states.value.get(load as Loader<never>);
  useLayoutEffect(arrived, [state]);
  if (state === undefined || state === 'loading') return <p class="opening empty" role="status">{t('start.loading')}</p>;
  if (state === 'failed') {
    // A browser asks for a script that has failed only once: a page that is loaded again also finds the files of a newer server.
    return (
      <div class="opening empty" role="alert">
        <p class="failed"><Icon name="alert" size={16} /><span>{t('start.part_failed')}</span></p>
        <button type="button" class="plain" onClick={() => location.reload()}>{t('start.again')}</button>
      </div>
    );
  }
  const Part = state.part as unknown as ComponentType<P>;
  return <Part {...given} />;
}
