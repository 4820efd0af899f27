// What cannot be taken back is asked first; the focus stands on the way out.
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../texts';

export function Question({ text, yes, act, close }: { text: string; yes: string; act: () => Promise<unknown>; close: () => void }) {
  const out = useRef<HTMLButtonElement>(null);
  useEffect(() => out.current?.focus(), []);
  return (
    <div class="action-form question" role="group" aria-label={text} onKeyDown={(e) => e.key === 'Escape' && (e.stopPropagation(), close())}>
      <p class="effect">{text}</p>
      <div class="action-buttons">
        <button type="button" class="primary danger" onClick={() => void act()}>{yes}</button>
        <button ref={out} type="button" class="plain" onClick={close}>{t('form.cancel')}</button>
      </div>
    </div>
  );
}
