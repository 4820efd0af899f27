// Which quantity the map, the list and the time line show.
import { Icon } from '../../shell/frame/icons';
import { language, named, t } from '../../shell/texts';
import { grouped } from './groups';
import { quantities, quantity, quantityChannel } from './store';
import { unitText } from './words';

export function Rail() {
  const all = grouped(quantities.value);
  const chosen = quantity.value?.channel;
  return (
    <nav aria-label={t('rail.label')} lang={language.value}>
      <label class="rail-select">
        <span class="hidden">{t('rail.label')}</span>
        <select value={chosen} onChange={(e) => (quantityChannel.value = e.currentTarget.value)}>
          {all.map(({ group, quantities }) => (
            <optgroup key={group.key} label={t(group.key)}>
              {quantities.map((q) => <option key={q.channel} value={q.channel}>{named(q.name)} ({unitText(q.unit)})</option>)}
            </optgroup>
          ))}
        </select>
      </label>
      {all.map(({ group, quantities }) => (
        <section key={group.key}>
          <h2><Icon path={group.icon} size={15} />{t(group.key)}</h2>
          <ul>
            {quantities.map((q) => (
              <li key={q.channel}>
                <button type="button" aria-pressed={q.channel === chosen} data-channel={q.channel} onClick={() => (quantityChannel.value = q.channel)}>
                  <span>{named(q.name)}</span><small>{unitText(q.unit)}</small>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
