// The page's start: what changes rarely is read, then everything follows by itself.
import { batch } from '@preact/signals';
import { followAddress } from './address';
import { api } from './api';
import { followChoices } from './choices';
import { areas, basemap, city } from './city';
import { serverSays, startClock } from './clock';
import { kDomains } from './domain';
import { refusalOf } from './refusal';
import { connection, me, trouble } from './session';
import { followTexts } from './texts';

/** The city and what each domain knows of it, shown in one step. */
export async function readCity() {
  const [cityNow, areasNow, ...takes] = await Promise.all([api.city(), api.areas(), ...kDomains.map((d) => d.read?.())]);
  batch(() => {
    serverSays(cityNow.now);
    takes.forEach((take) => take?.());
    city.value = cityNow;
    areas.value = areasNow;
  });
}

export async function start() {
  startClock();
  followAddress();
  followChoices();
  followTexts();
  void api.me().then((answer) => (me.value = answer), () => (me.value = null));
  for (const domain of kDomains) domain.start?.();
  for (;;) {
    try {
      await readCity();
      trouble.value = null;
      break;
    } catch (error) {
      trouble.value = refusalOf(error);
      connection.value = 'lost';
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
  // The map is complete without what lies under it.
  void api.basemap().then((answer) => (basemap.value = answer), () => undefined);
}
