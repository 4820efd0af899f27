// What the search leaves, by name: the map may show quite another part of the city.
import { find, view } from '../../shell/choices';
import { areaNamesOf } from '../../shell/city';
import { named, t } from '../../shell/texts';
import { foundInOrder, order } from './order';
import { found, openStation, pointed, stations } from './store';

const kFoundShown = 8;

export const foundText = () => (found.value?.size === 0 && find.value.trim() !== '' ? t('list.none_called', { text: find.value.trim() }) : t('list.found', { count: found.value?.size ?? 0 }));

/** Where a list of its own is not there already. */
export function Found() {
  if (find.value.trim() === '' || view.value !== 'map') return null;
  const first = foundInOrder.value.slice(0, kFoundShown);
  // The list has the chosen quantity only: it shows no more of the others.
  const more = order.value.length - kFoundShown;
  const point = (i: number) => (pointed.value = order.peek().includes(i) ? i : null);
  return (
    <div class="found" data-testid="found">
      <p role="status">{foundText()}</p>
      <ol>
        {first.map((i) => (
          <li key={i}>
            <button type="button" onMouseEnter={() => point(i)} onFocus={() => point(i)} onClick={() => openStation(stations.value[i]!.id)}>
              {named(stations.value[i]!.name)}<small>{areaNamesOf(stations.value[i]!.area).map(named).reverse().join(' ')}</small>
            </button>
          </li>
        ))}
      </ol>
      {more > 0 && <button type="button" class="quiet" onClick={() => (view.value = 'list')}>{t('list.more', { count: more })}</button>}
    </div>
  );
}
