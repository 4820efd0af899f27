// What somebody was about to do cannot be done any more: another was faster, a right was taken away, or the login ended. It is said
// in words, and what was typed stays readable.
import { useState } from 'preact/hooks';
import { next } from '../../shell/forms/Refusal';
import { Icon } from '../../shell/frame/icons';
import { me } from '../../shell/session';
import { t } from '../../shell/texts';
import type { Action, SituationDetail } from './api';
import { overtakenText } from './words';

/** Why something cannot be done: by who tries it, or as things stand. */
export type Lacking = 'permission' | 'state' | null;

export function Overtaken({ s, deed, lacks, typed }: { s: SituationDetail; deed: Action | 'silence'; lacks: Lacking; typed: string }) {
  // What happened before the form was opened took nothing out of anybody's hands.
  const [seen] = useState(s.version);
  const signedOut = lacks !== null && !me.value?.operator;
  const why = signedOut ? t('refusal.signed_out') : lacks === 'permission' ? t('situation.overtaken_permission') : overtakenText(s, deed, seen);
  return (
    <div role="alert" data-testid="overtaken">
      {lacks && (
        <p class="effect overtaken"><Icon name="alert" size={16} /><span>
          {why} {typed.trim() !== '' && t('situation.overtaken_kept')} {signedOut && <a href={next()}>{t('me.sign_in')}</a>}
        </span></p>
      )}
    </div>
  );
}
