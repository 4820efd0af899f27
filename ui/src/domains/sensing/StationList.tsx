// The map's twin: every station as a row. Only the rows in view exist, so 20,000 are as quick as 20.
import { useEffect, useRef, useState } from 'preact/hooks';
import { isDoubtful } from '../../shell/charts/series';
import { opens, theme } from '../../shell/choices';
import { areaNamesOf } from '../../shell/city';
import { type Column, SortedHead } from '../../shell/lists/SortedHead';
import { colourOf } from '../../shell/map/scale';
import { named, t } from '../../shell/texts';
import { valueText, whenText } from '../../shell/words';
import { order, sort } from './order';
import type { SortKey } from './rules';
import { openStation, pointed, quantity, scale, stationId, stationPanel, stations, values } from './store';
import { flagText, readText, stateText, stationState, unitText } from './words';

const kRow = 40;
const columnsOf = (unit: string): Column<SortKey>[] => [
  { key: 'name', label: t('list.station') },
  { key: 'area', label: t('list.area') },
  { key: 'value', label: unit ? `${t('list.value')} (${unit})` : t('list.value'), number: true, descending: true },
  { key: 'time', label: t('list.time'), number: true, descending: true },
];

function Row({ index, place }: { index: number; place: number }) {
  const q = quantity.value!;
  const s = stations.value[index]!;
  const state = stationState(index);
  const value = values.value[index]!;
  const heard = !Number.isNaN(values.time[index]!);
  const colour = state === 'reporting' && !Number.isNaN(value) ? colourOf({ ...scale.value, ramp: q.ramp, theme: theme.value }, value) : undefined;
  const look = Number.isNaN(value) ? 'silent' : isDoubtful(values.flag[index]!) ? 'doubtful' : state;
  return (
    <tr
      class={`${pointed.value === index ? 'pointed' : ''} ${s.id === stationId.value ? 'selected' : ''}`} style={{ top: `${place * kRow}px` }}
      aria-rowindex={place + 2} onMouseEnter={() => (pointed.value = index)} onClick={() => openStation(s.id)}
    >
      <td><button type="button" class="row-open" {...opens(stationPanel, s.id)} onFocus={() => (pointed.value = index)} onClick={() => openStation(s.id)}><i class={`key ${look}`} style={colour ? { '--mark': colour } : undefined} />{named(s.name)}</button></td>
      <td>{areaNamesOf(s.area).map(named).reverse().join(' ')}</td>
      <td class="number">{!Number.isNaN(value) ? <>{isDoubtful(values.flag[index]!) && <small>{flagText(values.flag[index]!)} </small>}{valueText(value, q.decimals)}</> : heard ? <small>{readText(q, values.sent.get(index))}</small> : '–'}</td>
      <td class="number">{heard ? whenText(values.time[index]!) : stateText(state)}{state === 'late' && heard && <small> · {stateText('late')}</small>}</td>
    </tr>
  );
}

export default function StationList() {
  const scroller = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 600 });
  const all = order.value;
  const q = quantity.value;

  useEffect(() => {
    const element = scroller.current!;
    const look = () => setSeen({ top: element.scrollTop, height: element.clientHeight });
    const resized = new ResizeObserver(look);
    resized.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  const cursor = pointed.value;
  useEffect(() => {
    const place = cursor === null ? -1 : all.indexOf(cursor);
    const element = scroller.current;
    if (place < 0 || !element) return;
    const y = place * kRow;
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + kRow > element.scrollTop + element.clientHeight - kRow) element.scrollTop = y + 2 * kRow - element.clientHeight;
  }, [cursor]);

  const first = Math.max(0, Math.floor(seen.top / kRow) - 6);
  const last = Math.min(all.length, Math.ceil((seen.top + seen.height) / kRow) + 6);
  return (
    <section class="list-pane" aria-label={t('list.title')}>
      <h2 class="hidden">{t('list.title')}</h2>
      <p class="list-count" role="status">{t('list.found', { count: all.length })}</p>
      {all.length === 0 && <p class="empty">{t('list.empty')}</p>}
      <div ref={scroller} class="list-scroll">
        <table aria-rowcount={all.length + 1}>
          <caption class="hidden">{t('list.caption', { quantity: named(q?.name) })}</caption>
          <thead>
            <tr>
              <SortedHead columns={columnsOf(q ? unitText(q.unit) : '')} by={sort.value} sort={(by) => (sort.value = by)} />
            </tr>
          </thead>
          <tbody style={{ height: `${all.length * kRow}px` }}>
            {q && all.slice(first, last).map((index, i) => <Row key={index} index={index} place={first + i} />)}
          </tbody>
        </table>
      </div>
    </section>
  );
}
