// How many stations report, in the header.
import { named, t } from '../../shell/texts';
import { countText as n } from '../../shell/words';
import { quantity, reportCounts } from './store';

export function Counters() {
  const c = reportCounts.value;
  if (!c) return null;
  const of = t('report.of_quantity', { quantity: named(quantity.value?.name) });
  return (
    <>
      <p class="hidden">{of}</p>
      <dl class="counters" data-testid="counters" title={of}>
        <div title={`${of}: ${t('report.reporting_help')}`}><dt>{t('report.reporting')}</dt><dd>{n(c.reporting)}<small>/{n(c.total)}</small></dd></div>
        <div class={c.late > 0 ? 'some' : ''} title={`${of}: ${t('report.late_help')}`}><dt>{t('report.late')}</dt><dd>{n(c.late)}</dd></div>
        <div class={c.silent > 0 ? 'some' : ''} title={`${of}: ${t('report.silent_help')}`}><dt>{t('report.silent')}</dt><dd>{n(c.silent)}</dd></div>
        {c.never_heard > 0 && <div class="some" title={`${of}: ${t('report.never_heard_help')}`}><dt>{t('report.never_heard')}</dt><dd>{n(c.never_heard)}</dd></div>}
      </dl>
    </>
  );
}
