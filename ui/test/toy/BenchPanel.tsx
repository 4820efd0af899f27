import { t } from '../../src/shell/texts';

export default function BenchPanel({ id }: { id: number }) {
  return <article data-testid="bench-panel"><header><h2>{t('bench.name', { id })}</h2></header></article>;
}
