// What the keys do.
import { useEffect, useRef } from 'preact/hooks';
import { helpOpen } from '../choices';
import { t } from '../texts';
import { Icon } from './icons';
import { allKeys } from './keys';

const nameOf = (key: string) => (key === 'Escape' ? 'Esc' : key);

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (helpOpen.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [helpOpen.value]);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={() => (helpOpen.value = false)}>
      <header><h2 id="help-title">{t('help.title')}</h2><button type="button" class="quiet square" aria-label={t('panel.close')} onClick={() => (helpOpen.value = false)}><Icon name="close" /></button></header>
      <dl>{allKeys().map(({ help, acts }) => <div key={help}><dt>{Object.keys(acts).map((key) => <kbd key={key}>{nameOf(key)}</kbd>)}</dt><dd>{t(help)}</dd></div>)}</dl>
      <p>{t('help.links')}</p>
    </dialog>
  );
}
