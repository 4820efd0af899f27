// Who sends and is not registered: nothing of it is stored until it is, and nobody else sees it.
import { t } from '../../shell/texts';
import { countText, whenText } from '../../shell/words';
import { readUnknown } from './api';
import { useFollowed } from './useFollowed';

const kShownMax = 200;

export function UnknownDevices() {
  const { read } = useFollowed('unknown', readUnknown);
  if (!read || read.devices.length === 0) return null;
  return (
    <section class="health-work" data-testid="unknown-devices">
      <h3>{t('health.unknown')} <span>{t('health.unknown_count', { count: read.devices.length })}</span></h3>
      <p class="effect">{t('health.unknown_text')}</p>
      <table>
        <caption class="hidden">{t('health.unknown')}</caption>
        <thead><tr><th scope="col">{t('health.serial')}</th><th scope="col" class="number">{t('health.messages')}</th><th scope="col" class="number">{t('health.heard')}</th></tr></thead>
        <tbody>
          {read.devices.slice(0, kShownMax).map((device) => (
            <tr key={device.serial}><th scope="row">{device.serial}</th><td class="number">{countText(device.messages)}</td><td class="number">{whenText(device.last)}</td></tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
