import { t } from '../../src/shell/texts';
import { benches, openBench } from './index';
import './benches.css';

export default function BenchList() {
  return (
    <section class="sheet benches" aria-label={t('toy.view')} data-testid="benches">
      <header><h2>{t('toy.view')}</h2></header>
      <ul>{benches().map(({ id }) => <li key={id}><button type="button" class="plain" onClick={() => openBench(id)}>{t('toy.name', { id })}</button></li>)}</ul>
    </section>
  );
}
