// What a domain brings to the control room. The shell knows no domain by its name: it shows what is registered here, in the
// order of src/domains.ts. What is opened by somebody comes when it is first opened; what is always seen comes with the page.
import type { Signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { Curve, LineFrame } from './frame/timeline';
import type { Box, Canvas } from './map/canvas';
import type { Layer } from './map/layer';
import type { Catalogue } from './messages';

/** A catalogue for each language. */
export type Texts = Record<string, () => Promise<{ default: Catalogue }>>;
export type Loader<Props = object> = () => Promise<{ default: ComponentType<Props> }>;

/** A page in the middle, in place of the map. Its first h2 has the keyboard when it is opened. */
export interface View {
  /** In the address: ?view=roads. */
  name: string;
  /** A path in a box of 24 by 24, drawn as a line. */
  icon: string;
  label: string;
  /** Goes there and back; `help` says so. */
  key: string;
  help: string;
  /** Offered only to who holds this permission; who comes by a link sees it all the same. */
  permission?: string;
  load: Loader;
}
/** What is chosen, one of it at a time, beside the middle. Its first h2 has the keyboard when it is opened. */
export interface Panel {
  /** As its field of the address is called. */
  name: string;
  chosen: Signal<number | null>;
  load: Loader<{ id: number }>;
  /** Loaded in a quiet moment, because it is wanted just when lines are bad. */
  early?: boolean;
}
/** Keys that belong together and one sentence on them. An act that answers false has done nothing. */
export interface Keys {
  help: string;
  acts: Record<string, () => unknown>;
}
/** Where components stand in the frame, and what each is given. */
export interface Places {
  /** What must be known of the city before anything else, beside its name. */
  name: object;
  /** What needs somebody, before the search. */
  header: object;
  /** Below the search, while somebody is at it: what was found. */
  found: object;
  /** Numbers of the whole city, after it. */
  counters: object;
  /** Switches of this browser. */
  choices: object;
  /** What can be chosen to be shown, at the left. */
  rail: object;
  /** The panel while nothing is chosen. */
  home: object;
  /** What the reader must know of what is shown, over the middle. */
  notes: object;
  /** Over the map. */
  map: { canvas: Canvas };
  /** What the map's colours and marks mean. */
  legend: object;
  /** On the time line. */
  line: LineFrame;
  /** Said by screen readers. */
  spoken: object;
}
export type PlaceName = keyof Places;

export interface Domain {
  name: string;
  /** What it says: modules of locales/, as `import texts from 'virtual:texts/roads'` gives them, or files of its own. */
  texts?: Texts[];
  views?: View[];
  panels?: Panel[];
  places?: { [P in PlaceName]?: ComponentType<Places[P]> };
  /** On the map, over those of the domains that follow. */
  layers?: Layer[];
  /** What the map shows as the whole city, where the domain knows better than its borders; null: it does not. */
  frame?: () => Box | null;
  /** The line of the time line; the first domain that has one draws it. */
  curve?: Curve;
  keys?: Keys[];
  /** Enter in the search; true: it has opened what was found. */
  entered?: () => boolean;
  /** Escape, when nothing of the frame is open. */
  escape?: () => void;
  /** "(2) Madang City": the window's title with what the domain puts before it. */
  title?: (title: string) => string;
  /** Reads what changes rarely, together with the city; what is returned takes it over. */
  read?: () => Promise<() => void>;
  /** Once, when the page starts; the city is not known yet. */
  start?: () => void;
}

export const kDomains: Domain[] = [];

const kOwnKeys = ['/', '?', '[', ']', 'l', 'Escape'];
const keysOf = (d: Domain) => [...(d.keys ?? []).flatMap((k) => Object.keys(k.acts)), ...(d.views ?? []).map((v) => v.key)];

/** Two of one name, or two that want one key, are a fault that is seen at once. */
export function register(domain: Domain) {
  const taken = <T>(all: (d: Domain) => T[], own: T[], what: string) => {
    const before = new Set([...own, ...kDomains.flatMap(all)]);
    for (const one of all(domain)) {
      if (before.has(one)) throw new Error(`${domain.name}: the ${what} "${String(one)}" is taken`);
      before.add(one);
    }
  };
  taken((d) => [d.name], [], 'name');
  taken((d) => (d.views ?? []).map((v) => v.name), ['map'], 'view');
  taken(keysOf, kOwnKeys, 'key');
  kDomains.push(domain);
}
