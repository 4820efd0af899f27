// What is seen stands in the address: reload and share give the same view.
import { type Language, languageOf } from './languages';
import { kSeverities, type Severity } from '../domains/situations/rules';
import { kReaches, type Reach } from '../domains/subscribers/rules';

export type View = 'map' | 'list' | 'health' | 'subscribers';
export interface Address {
  lang: Language | null;
  theme: 'dark' | 'light' | null;
  quantity: string | null;
  station: number | null;
  area: number | null;
  situation: number | null;
  at: number | null;
  view: View;
  wall: boolean;
  /** The colour scale follows what the city shows now instead of the quantity's fixed ends. */
  fit: boolean | null;
  find: string;
  /** What the list of situations is narrowed to: words, and the least severity. */
  need: string;
  atLeast: Severity | null;
  /** Ended situations of the last day are listed too. */
  ended: boolean;
  /** The one ailment the work list shows. */
  ailment: string | null;
  /** How the subscribers are reached that are shown. */
  reach: Reach | null;
  /** Words that the list of subscribers is narrowed to. */
  who: string;
}

const kViews: readonly View[] = ['map', 'list', 'health', 'subscribers'];
const whole = (text: string | null): number | null => (text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null);

/** RFC 3339, or milliseconds since 1970. */
export function timeOf(text: string | null): number | null {
  if (text === null || text === '') return null;
  const t = /^-?\d{9,15}$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(t) ? t : null;
}

export function readAddress(search: string): Address {
  const q = new URLSearchParams(search);
  const theme = q.get('theme');
  return {
    lang: languageOf(q.get('lang')),
    theme: theme === 'dark' || theme === 'light' ? theme : null,
    quantity: /^[a-z0-9_]{1,40}$/.test(q.get('q') ?? '') ? q.get('q') : null,
    station: whole(q.get('station')),
    area: whole(q.get('area')),
    situation: whole(q.get('situation')),
    at: timeOf(q.get('at')),
    view: kViews.find((view) => view === q.get('view')) ?? 'map',
    wall: q.has('wall'),
    fit: q.get('scale') === 'fit' ? true : q.get('scale') === 'fixed' ? false : null,
    find: (q.get('find') ?? '').slice(0, 80),
    need: (q.get('need') ?? '').slice(0, 80),
    atLeast: kSeverities.find((severity) => severity === q.get('severity')) ?? null,
    ended: q.has('ended'),
    ailment: /^[a-z0-9_]{1,40}$/.test(q.get('ailment') ?? '') ? q.get('ailment') : null,
    reach: kReaches.find((reach) => reach === q.get('reach')) ?? null,
    who: (q.get('who') ?? '').slice(0, 80),
  };
}

/** Only what differs from the default is written, in a fixed order, so that equal views have equal links. */
export function writeAddress(a: Address): string {
  const q = new URLSearchParams();
  if (a.at !== null) q.set('at', new Date(a.at).toISOString().replace('.000Z', 'Z'));
  if (a.quantity) q.set('q', a.quantity);
  if (a.station !== null) q.set('station', String(a.station));
  if (a.area !== null) q.set('area', String(a.area));
  if (a.situation !== null) q.set('situation', String(a.situation));
  if (a.find) q.set('find', a.find);
  if (a.need) q.set('need', a.need);
  if (a.atLeast) q.set('severity', a.atLeast);
  if (a.ended) q.set('ended', '');
  if (a.view !== 'map') q.set('view', a.view);
  if (a.ailment) q.set('ailment', a.ailment);
  if (a.reach) q.set('reach', a.reach);
  if (a.who) q.set('who', a.who);
  if (a.fit !== null) q.set('scale', a.fit ? 'fit' : 'fixed');
  if (a.lang) q.set('lang', a.lang);
  if (a.theme) q.set('theme', a.theme);
  if (a.wall) q.set('wall', '');
  const text = q.toString().replaceAll('%3A', ':').replace(/\b(ended|wall)=(?=&|$)/g, '$1');
  return text ? `?${text}` : '';
}
