// The moment that is shown: the server's now, or one of the past that is looked back at.
import { computed, signal } from '@preact/signals';
import { bindAddress, given, instant } from './address';

const kShownMax = 40;
const unread = (text: string | null) => (text !== null && text !== '' && instant.read(text) === null ? text.slice(0, kShownMax) : null);
/** The moment of the past that is chosen; null: now. */
export const at = signal(instant.read(given('at')));
/** What the address names in its place and is no time; null: nothing. */
export const unreadableAt = signal(unread(given('at')));
bindAddress({
  name: 'at',
  take: (text) => {
    at.value = instant.read(text);
    unreadableAt.value = unread(text);
  },
  give: () => instant.write(at.value),
});
/** The moment of the past whose picture has arrived. */
export const replayed = signal<number | null>(null);

const clockAhead = signal(0);
/** The server's clock, in milliseconds; ticks once a second. */
export const serverNow = signal(Date.now());
export function startClock() {
  setInterval(() => {
    serverNow.value = Date.now() + clockAhead.value;
  }, 1000);
}
export function serverSays(now: number) {
  const ahead = now - Date.now();
  if (Math.abs(ahead - clockAhead.peek()) > 2000) clockAhead.value = ahead;
  serverNow.value = Date.now() + clockAhead.peek();
}
/** The moment that was asked for has not come yet. */
export const isFuture = computed(() => at.value !== null && at.value > serverNow.value + 60_000);
/** The moment that is shown: the chosen one, else now. */
export const moment = computed(() => at.value ?? serverNow.value);
