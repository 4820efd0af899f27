// What the colours say: quantity, unit, numbers, and the looks that are not colours.
import { theme, wall } from '../../shell/choices';
import { tickLabel } from '../../shell/format';
import { gradientOf, positionOf, ticksOf } from '../../shell/map/scale';
import { language, named, t } from '../../shell/texts';
import { valueText } from '../../shell/words';
import { fitted, quantity, scale, spokenMedian } from './store';
import { unitText } from './words';

export function Legend() {
  const q = quantity.value;
  if (!q) return null;
  const { min, max } = scale.value;
  const ticks = ticksOf(min, max, 5);
  const step = ticks.length > 1 ? ticks[1]! - ticks[0]! : 1;
  const median = spokenMedian.value;
  const percent = (value: number) => `${(positionOf({ min, max }, value) * 100).toFixed(2)}%`;
  return (
    <section class="legend" aria-label={t('legend.label')} data-testid="legend">
      <p class="legend-title"><strong>{named(q.name)}</strong><span>{unitText(q.unit)}</span></p>
      <div class="legend-ramp" style={{ backgroundImage: gradientOf({ ramp: q.ramp, theme: theme.value }) }}>
        {median !== null && <i class="legend-median" style={{ left: percent(median) }} title={`${t('legend.median')}: ${valueText(median, q.decimals)}`} />}
      </div>
      <div class="legend-ticks" aria-hidden="true">
        {ticks.map((v) => <span key={v} style={{ left: percent(v) }}>{tickLabel(v, step, language.value)}{v === max && !fitted.value ? '+' : ''}</span>)}
      </div>
      <p class="legend-keys">
        {median !== null && <span><i class="key median" />{t('legend.median')} {valueText(median, q.decimals)}</span>}
        <span><i class="key late" />{t('report.late')}</span>
        <span><i class="key silent" />{t('report.silent')}</span>
        <span><i class="key doubtful" />{t('legend.doubtful')}</span>
      </p>
      {!wall.value && (
        <button type="button" class="legend-fit" aria-pressed={fitted.value} onClick={() => (fitted.value = !fitted.value)}>{t('legend.fit')}</button>
      )}
    </section>
  );
}
