// The stations behind one of the counts: who is meant by "late".
import { useState } from 'preact/hooks';
import { find } from '../../shell/choices';
import { areaNamesOf } from '../../shell/city';
import { More } from '../../shell/lists/More';
import { named, t } from '../../shell/texts';
import { reasonText, whenText } from '../../shell/words';
import { kStateKey, openStation, pointed, type ReportState, stationId, stations } from '../sensing/face';
import { readCounted } from './api';
import { countedShown } from './rules';
import { useFollowed } from './useFollowed';

const kPage = 50;

export function Counted({ state }: { state: ReportState }) {
  const { read, failed } = useFollowed(state, (signal) => readCounted(state, signal));
  const [limit, setLimit] = useState(kPage);
  const indexOf = new Map(stations.value.map((s, i) => [s.id, i]));
  const known = (thing: number) => stations.value[indexOf.get(thing) ?? -1];
  const districtOf = (thing: number) => areaNamesOf(known(thing)?.area ?? null).map(named).reverse().join(' ');
  const textOf = (thing: number) => [known(thing)?.serial ?? '', ...Object.values(known(thing)?.name ?? {}), districtOf(thing)].join('\n');
  const shown = countedShown(read?.stations ?? [], find.value, textOf);
  const point = (thing: number) => (pointed.value = indexOf.get(thing) ?? null);
  return (
    <section class="health-work" data-testid="counted">
      <h3>{t(kStateKey[state])} <span role="status">{read ? t('list.found', { count: shown.length }) : t('health.reading')}</span></h3>
      {failed && <p class="failed" role="alert">{t('health.failed', { reason: reasonText(failed) })}</p>}
      {shown.length > 0 && read && (
        <table>
          <caption class="hidden">{t(kStateKey[state])}</caption>
          <thead><tr><th scope="col">{t('health.station')}</th><th scope="col">{t('list.area')}</th><th scope="col" class="number">{t('health.heard')}</th></tr></thead>
          <tbody>
            {shown.slice(0, limit).map(([thing, heard]) => (
              <tr key={thing} class={thing === stationId.value ? 'selected' : ''} onMouseEnter={() => point(thing)}>
                <th scope="row"><button type="button" class="job-open" onFocus={() => point(thing)} onClick={() => openStation(thing)}>{named(known(thing)?.name) || thing}</button><small>{known(thing)?.serial}</small></th>
                <td>{districtOf(thing)}</td>
                <td class="number">{heard === null ? t('report.never_heard') : whenText(heard, read.now)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <More count={shown.length - limit} show={() => setLimit(limit + 4 * kPage)} />
    </section>
  );
}
