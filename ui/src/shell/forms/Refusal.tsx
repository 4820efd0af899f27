// A refusal in words, where it happened, with the way to sign in again when that is what is missing.
import { Icon } from '../frame/icons';
import { kSourceLanguage } from '../languages';
import { ofServer } from '../prefix';
import { type Refusal as Refused, wantsLogin } from '../refusal';
import { language, t } from '../texts';
import { isToldByKind, reasonText } from '../words';

/** The login page, and back to this view. */
export const next = () => ofServer(`/login?lang=${language.value}&next=${encodeURIComponent(location.pathname + location.search)}`);

/** Always there, so that screen readers hear what comes into it. `text` instead of the server's sentence; `atField`: it stands at the field that is at fault. */
export function Refusal({ refusal, testid, text, atField }: { refusal: Refused | null; testid: string; text?: string | undefined; atField?: boolean }) {
  const signIn = refusal !== null && wantsLogin(refusal);
  // What only those who write programs meet is said by its kind: the server's sentence, which is in English, stands behind.
  const closer = refusal && !text && !signIn && isToldByKind(refusal);
  return (
    <div role="alert" data-testid={testid}>
      {refusal && (
        <p class="failed"><Icon name="alert" size={16} /><span>{text ?? (signIn ? t('refusal.signed_out') : t('refusal.refused', { reason: reasonText(refusal, atField) }))} {closer && <span class="closer" lang={kSourceLanguage}>{refusal.reason}</span>}{signIn && <a href={next()}>{t('me.sign_in')}</a>}</span></p>
      )}
    </div>
  );
}
