// The page's start: what changes rarely is read, then everything follows by itself.
import { batch } from '@preact/signals';
import { followAddress } from './address';
import { api } from './api';
import { followChoices } from './choices';
import { areas, basemap, city } from './city';
import { serverSays, startClock } from './clock';
import { kDomains } from './domain';
import { refusalOf } from './refusal';
import { connection, endedLogin, readMe, trouble } from './session';
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

/** Until the server answers. */
export async function untilAnswered(ask: () => Promise<void>, failed: (error: unknown) => void = () => undefined) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      failed(error);
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

export async function start() {
  startClock();
  followAddress();
  followChoices();
  followTexts();
  void untilAnswered(readMe);
  // Who comes back to the page may have signed in again beside it.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && endedLogin.peek() !== null) void readMe().catch(() => undefined);
  });
  for (const domain of kDomains) domain.start?.();
  await untilAnswered(readCity, (error) => {
    trouble.value = refusalOf(error);
    connection.value = 'lost';
  });
  trouble.value = null;
  // The map is complete without what lies under it.
  void api.basemap().then((answer) => (basemap.value = answer), () => undefined);
}
