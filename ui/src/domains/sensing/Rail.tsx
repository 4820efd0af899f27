// Which quantity the map, the list and the time line show.
import { grouped } from './groups';
import { city, language, named, quantity, quantityChannel, t } from '../../shell/state';
import { Icon } from '../../shell/frame/icons';
import { unitText } from '../../shell/words';

export function Rail() {
  const all = grouped(city.value?.quantities ?? []);
  const chosen = quantity.value?.channel;
  return (
    <nav class="rail" aria-label={t('rail.label')} lang={language.value}>
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
          <h2><Icon name={group.icon} size={15} />{t(group.key)}</h2>
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
