// The secret of a webhook that was just entered: to be copied now, because no later answer holds it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../../shell/frame/icons';
import { t } from '../../shell/texts';
import { secretShown } from './store';

export function SubscriberSecret({ closed }: { closed: () => void }) {
  const [copied, setCopied] = useState<'' | 'subscriber.secret_copied' | 'subscriber.secret_marked'>('');
  const title = useRef<HTMLHeadingElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const shown = secretShown.value;
  useEffect(() => {
    setCopied('');
    if (shown) title.current?.focus();
  }, [shown]);
  if (!shown) return null;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(shown.secret);
      setCopied('subscriber.secret_copied');
    } catch {
      // Without TLS browsers keep the clipboard to themselves.
      field.current?.select();
      setCopied('subscriber.secret_marked');
    }
  };
  return (
    <section class="secret" aria-labelledby="secret-title" data-testid="secret">
      <h3 id="secret-title" ref={title} tabIndex={-1}>{t('subscriber.secret_title', { name: shown.name })}</h3>
      <p id="secret-text">{t('subscriber.secret_text')}</p>
      <input ref={field} type="text" readOnly spellcheck={false} value={shown.secret} aria-labelledby="secret-title" aria-describedby="secret-text" onFocus={(e) => e.currentTarget.select()} />
      <div class="action-buttons">
        <button type="button" class="primary" onClick={() => void copy()}>{t('subscriber.secret_copy')}</button>
        <button
          type="button" class="plain"
          onClick={() => {
            secretShown.value = null;
            closed();
          }}
        >{t('subscriber.secret_done')}</button>
        <p role="status">{copied && <><Icon name={copied === 'subscriber.secret_copied' ? 'check' : 'alert'} size={16} />{t(copied)}</>}</p>
      </div>
    </section>
  );
}
