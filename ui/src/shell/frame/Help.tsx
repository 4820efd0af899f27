// What the keys do.
import { useEffect, useRef } from 'preact/hooks';
import { helpOpen, t } from '../state';
import { Icon } from './icons';

const kKeys: [string[], string][] = [
  [['/'], 'help.search'],
  [['j', 'k'], 'help.step'],
  [['Enter'], 'help.open'],
  [['n', 'p'], 'situation.help_step'],
  [['a'], 'situation.help_acknowledge'],
  [['b'], 'situation.help_hour'],
  [['v'], 'help.view'],
  [['h'], 'health.help'],
  [['s'], 'subscriber.help'],
  [['[', ']'], 'help.time'],
  [['l'], 'help.live'],
  [['Esc'], 'help.close'],
  [['?'], 'help.help'],
];

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (helpOpen.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [helpOpen.value]);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={() => (helpOpen.value = false)}>
      <header><h2 id="help-title">{t('help.title')}</h2><button type="button" class="quiet square" aria-label={t('panel.close')} onClick={() => (helpOpen.value = false)}><Icon name="close" /></button></header>
      <dl>{kKeys.map(([keys, key]) => <div key={key}><dt>{keys.map((k) => <kbd key={k}>{k}</kbd>)}</dt><dd>{t(key)}</dd></div>)}</dl>
      <p>{t('help.links')}</p>
    </dialog>
  );
}
