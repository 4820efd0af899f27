import { t } from '../../src/shell/texts';
import { benches } from './index';

export const BenchLegend = () => <section class="legend" aria-label={t('toy.view')} data-testid="bench-legend">{t('toy.count', { count: benches().length })}</section>;
