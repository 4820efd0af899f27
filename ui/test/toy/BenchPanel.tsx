import { t } from '../../src/shell/texts';

export default function BenchPanel({ id }: { id: number }) {
  return <article data-testid="bench-panel"><header><h2>{t('toy.name', { id })}</h2></header></article>;
}
