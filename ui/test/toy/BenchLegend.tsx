import { t } from '../../src/shell/texts';
import { benches } from './index';

export const BenchLegend = () => <section class="legend" aria-label={t('bench.view')} data-testid="bench-legend">{t('bench.count', { count: benches().length })}</section>;
