// How much of the city is simulated, beside its name; nothing where all of it is measured.
import { city } from '../../shell/city';
import { t } from '../../shell/texts';
import { isWhollySimulated } from './rules';
import { simulatedText } from './store';

export function Simulated() {
  const all = city.value;
  if (!all?.simulated) return null;
  const text = isWhollySimulated(all) ? t('simulated.short') : t('simulated.partly', { simulated: all.simulated_stations, total: all.stations });
  return <span class="badge simulated" title={simulatedText()} data-testid="simulated">{text}</span>;
}
