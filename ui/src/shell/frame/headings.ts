// Where the keyboard goes on when another view or panel is shown: at its heading, which a screen reader then says, and back to the
// line or button it came from when that is closed. WCAG 2.2, 2.4.3.
import { batch, computed, effect, type ReadonlySignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { view, wall } from '../choices';
import { kDomains } from '../domain';
import { isWanted, Trail } from './trail';

/** Parts of the page that show one thing at a time, by their ids. */
export type Part = 'middle' | 'panel';
const kParts = ['middle', 'panel'] as const;

/** What was opened there; null: nothing, what stands there by itself is shown. */
const opened: Record<Part, ReadonlySignal<string | null>> = {
  middle: computed(() => (view.value === 'map' ? null : view.value)),
  panel: computed(() => {
    const panel = kDomains.flatMap((d) => d.panels ?? []).find((one) => one.chosen.value !== null);
    return panel ? `${panel.name} ${panel.chosen.value}` : null;
  }),
};
const trails: Record<Part, Trail<HTMLElement>> = { middle: new Trail(), panel: new Trail() };

const focused = () => (document.activeElement === document.body ? null : (document.activeElement as HTMLElement | null));
const isSeen = (element: HTMLElement | null | undefined): element is HTMLElement => element?.isConnected === true && element.getClientRects().length > 0;

function focusOn(element: HTMLElement) {
  // What is no stop of the Tab key can be gone to all the same.
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

/** The first heading; without one, and until it has come, the part itself. True: it is the heading. */
export function focusHeading(part: Part): boolean {
  const box = document.getElementById(part);
  const heading = box?.querySelector<HTMLElement>('h2');
  const place = heading ?? box;
  if (place) focusOn(place);
  return heading !== null && heading !== undefined;
}

let stays = false;
/** Changes what is shown, and the keyboard stays where it is: there is more to do. */
export function staying(change: () => void) {
  stays = true;
  try {
    batch(change);
  } finally {
    stays = false;
  }
}

/** Fulfils what a part wishes, once what is to be seen there is there. */
function settle(part: Part) {
  const trail = trails[part];
  const { wish } = trail;
  if (wish === null) return;
  const [now, box] = [focused(), document.getElementById(part)];
  const lost = now === null || now === box;
  if (wish.kind === 'heading') {
    if (!isWanted(wish.by, now, lost, now?.matches('input, select, textarea') ?? false) || focusHeading(part)) trail.done();
    return;
  }
  trail.done();
  // Closed from elsewhere: a view gives way to the next one, and beside a panel the keyboard is left alone.
  if (!lost) return void (part === 'middle' && focusHeading(part));
  const line = `[data-opens="${CSS.escape(wish.closed)}"]`;
  const back = [wish.opener, box?.querySelector<HTMLElement>(line), document.querySelector<HTMLElement>(line)].find(isSeen);
  if (back) focusOn(back);
  else focusHeading(part);
}

/** To be called in the step in which something has come to a part. */
export const arrived = () => kParts.forEach(settle);

/** Follows what is opened from now on: a page begins at its start, whatever its address opens. */
export function useHeadings() {
  useLayoutEffect(() => {
    const ends = kParts.map((part) => {
      let before = opened[part].peek();
      return effect(() => {
        const now = opened[part].value;
        if (now === before) return;
        const by = focused();
        const inside = by !== null && by.closest(`#${part}`) !== null && by.closest('.view-switch') === null;
        // On the wall nobody is at the keyboard.
        if (!stays && !wall.peek()) trails[part].changed(before, now, by, inside);
        before = now;
      });
    });
    return () => ends.forEach((end) => end());
  }, []);
  // After it has been drawn.
  useLayoutEffect(arrived, [opened.middle.value, opened.panel.value]);
}
