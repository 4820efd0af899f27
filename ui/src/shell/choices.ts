// What the reader chose of the page as a whole: view, area, search, theme, wall. The language is in texts.ts, the moment in clock.ts.
import { batch, effect, signal } from '@preact/signals';
import { addressed, bindAddress, flag, given, oneOf, typed, whole, word } from './address';
import { kDomains, type Panel } from './domain';
import type { Theme } from './map/scale';
import { remember, remembered } from './memory';

const viewName = addressed('view', { read: (text) => word.read(text) ?? 'map', write: (value) => (value === 'map' || !viewOf(value) ? null : value) });
export const viewOf = (name: string) => kDomains.flatMap((d) => d.views ?? []).find((one) => one.name === name);
/** 'map', or the name of a view that a domain brought; an unknown one is the map. */
export const view = {
  get value() {
    return viewOf(viewName.value) ? viewName.value : 'map';
  },
  set value(name: string) {
    viewName.value = name;
  },
};

export const areaId = addressed('area', whole);
export const find = addressed('find', typed);

const themes = oneOf<Theme>(['dark', 'light']);
export const theme = signal<Theme>(themes.read(given('theme')) ?? themes.read(remembered('theme')) ?? 'dark');
bindAddress({ name: 'theme', take: (text) => (theme.value = themes.read(text) ?? 'dark'), give: () => (theme.value === 'dark' ? null : theme.value) });
export function chooseTheme(next: Theme) {
  remember('theme', next);
  theme.value = next;
}

/** For a screen on the wall of a control room: no controls, larger. Stays as the page was opened. */
export const wall = signal(flag.read(given('wall')));
bindAddress({ name: 'wall', take: () => undefined, give: () => flag.write(wall.value) });
export const helpOpen = signal(false);

/** One thing of one domain is open in the panel, which has room for one; null closes what is open. */
export function open(panel: Panel | null, id: number | null = null) {
  batch(() => {
    for (const other of kDomains.flatMap((d) => d.panels ?? [])) other.chosen.value = other === panel ? id : null;
  });
}

/** Carried by the line or button that opens it: where the keyboard comes back to when it is closed. */
export const opens = ({ name }: Panel, id: number) => ({ 'data-opens': `${name} ${id}` });

export function followChoices() {
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
    document.documentElement.classList.toggle('wall', wall.value);
  });
}
