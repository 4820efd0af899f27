// Looking back: the moment that is shown, and its playing forward.
import { effect, signal } from '@preact/signals';
import { quietly } from './address';
import { at, moment, replayed, serverNow } from './clock';
import { kDay, kMinute } from './time';

export function moveTo(time: number | null) {
  quietly(() => (at.value = time === null || time >= serverNow.peek() - 30_000 ? null : Math.round(time / kMinute) * kMinute));
}
export const moveBy = (ms: number) => moveTo(moment.peek() + ms);

interface Playing {
  step: number;
  /** Where it stops and stays; null: at the present. */
  until: number | null;
}
export const playing = signal<Playing | null>(null);
const kPicture = 700;
const kPatience = 15;

export function play(step = 10 * kMinute, from?: number, until: number | null = null) {
  if (from !== undefined) moveTo(from);
  else if (at.peek() === null) moveTo(serverNow.peek() - kDay + kMinute);
  playing.value = { step, until };
}
export const pause = () => (playing.value = null);

effect(() => {
  const run = playing.value;
  if (!run) return;
  let waited = 0;
  const timer = setInterval(() => {
    // A picture that has not come yet is waited for, else a slow line would never show one.
    if (at.peek() !== null && replayed.peek() !== at.peek() && ++waited < kPatience) return;
    waited = 0;
    const end = at.peek() === null || (run.until !== null && moment.peek() >= run.until);
    if (end) playing.value = null;
    else moveBy(run.step);
  }, kPicture);
  return () => clearInterval(timer);
});
