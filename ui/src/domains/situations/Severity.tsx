// Four severities, each with its shape, its word and its colour; no colour ever stands alone.
import { t } from '../../shell/texts';
import type { Severity, State } from './rules';
import { kShapes, kSigns } from './shapes';

export const kSeverityKeys: Record<Severity, string> = {
  notice: 'situation.notice', caution: 'situation.caution', serious: 'situation.serious', critical: 'situation.critical',
};
export const kStateKeys: Record<State, string> = {
  firing: 'situation.firing', acknowledged: 'situation.acknowledged', acting: 'situation.acting', resolved: 'situation.resolved', dismissed: 'situation.dismissed',
};

/** "Serious and worse"; nothing is worse than critical. */
export const fromSeverityText = (severity: Severity) => (severity === 'critical' ? t(kSeverityKeys.critical) : t('subscriber.from_severity', { severity: t(kSeverityKeys[severity]) }));

export function SeverityMark({ severity, size = 18, faint = false }: { severity: Severity; size?: number; faint?: boolean }) {
  return (
    <svg class={`severity is-${severity} ${faint ? 'faint' : ''}`} width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path class="shape" d={kShapes[severity]} />
      <path class="sign" d={kSigns[severity]} />
    </svg>
  );
}

export function SeverityWord({ severity }: { severity: Severity }) {
  return <span class={`severity-word is-${severity}`}><SeverityMark severity={severity} size={16} />{t(kSeverityKeys[severity])}</span>;
}
