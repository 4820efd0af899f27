// What the keys do: the shell's own, and those that views and domains have brought.
import { areaId, helpOpen, view, wall } from '../choices';
import { moment } from '../clock';
import { kDomains, type Keys } from '../domain';
import { moveTo } from '../replay';
import { kHour } from '../time';

/** The innermost thing that is open. */
function close() {
  const panel = kDomains.flatMap((d) => d.panels ?? []).find((p) => p.chosen.value !== null);
  if (panel) panel.chosen.value = null;
  else if (areaId.value !== null) areaId.value = null;
  else kDomains.forEach((d) => d.escape?.());
}

const kBefore: Keys[] = [{ help: 'help.search', acts: { '/': () => window.dispatchEvent(new Event('madang:search')) } }];
const kAfter: Keys[] = [
  { help: 'help.time', acts: { '[': () => moveTo(moment.peek() - kHour), ']': () => moveTo(moment.peek() + kHour) } },
  { help: 'help.live', acts: { l: () => moveTo(null) } },
  { help: 'help.close', acts: { Escape: close } },
  { help: 'help.help', acts: { '?': () => (helpOpen.value = true) } },
];
const ofViews = (): Keys[] => kDomains.flatMap((d) => d.views ?? []).map(({ name, key, help }) => ({ help, acts: { [key]: () => (view.value = view.value === name ? 'map' : name) } }));
/** In the order in which the help tells them. */
export const allKeys = (): Keys[] => [...kBefore, ...kDomains.flatMap((d) => d.keys ?? []), ...ofViews(), ...kAfter];

export function onKey(e: KeyboardEvent) {
  if (e.ctrlKey || e.metaKey || e.altKey || helpOpen.value || wall.value) return;
  const target = e.target as HTMLElement;
  if (target.closest('input, select, textarea') || (e.key === 'Enter' && target.closest('button, a'))) return;
  const act = allKeys().find((keys) => Object.hasOwn(keys.acts, e.key))?.acts[e.key];
  if (act && act() !== false) e.preventDefault();
}
