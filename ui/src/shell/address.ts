// What is seen stands in the address: reload and share give the same view. Each field is a signal with a name; the shell and
// the domains make their own, all of them before the page starts.
import { batch, effect, signal, type Signal } from '@preact/signals';

/** How a value stands in the address: null stands nowhere, "" as the name alone. What cannot be read is the default. */
export interface Codec<T> {
  read(text: string | null): T;
  write(value: T): string | null;
}
export interface Field {
  name: string;
  /** The address has changed by itself (back, forward): null when it does not name the field. */
  take(text: string | null): void;
  /** What the address shall say; null: nothing, it is as without an address. */
  give(): string | null;
}

const kTextMax = 80;
export const whole: Codec<number | null> = {
  read: (text) => (text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null),
  write: (value) => (value === null ? null : String(value)),
};
/** A name of the API: "pm25". */
export const word: Codec<string | null> = { read: (text) => (/^[a-z0-9_]{1,40}$/.test(text ?? '') ? text : null), write: (value) => value || null };
/** What somebody typed. */
export const typed: Codec<string> = { read: (text) => (text ?? '').slice(0, kTextMax), write: (value) => value || null };
export const flag: Codec<boolean> = { read: (text) => text !== null, write: (value) => (value ? '' : null) };
export const oneOf = <T extends string>(all: readonly T[]): Codec<T | null> => ({ read: (text) => all.find((one) => one === text) ?? null, write: (value) => value });

/** RFC 3339, or milliseconds since 1970. */
export function timeOf(text: string | null): number | null {
  if (text === null || text === '') return null;
  const t = /^-?\d{9,15}$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(t) ? t : null;
}
export const instant: Codec<number | null> = { read: timeOf, write: (value) => (value === null ? null : new Date(value).toISOString().replace('.000Z', 'Z')) };

const fields: Field[] = [];
const first = new URLSearchParams(globalThis.location?.search ?? '');
/** What the page was opened with. */
export const given = (name: string): string | null => first.get(name);

export function bindAddress(field: Field) {
  if (fields.some(({ name }) => name === field.name)) throw new Error(`the address has "${field.name}" already`);
  fields.push(field);
}

/** A choice that stands in the address. */
export function addressed<T>(name: string, codec: Codec<T>): Signal<T> {
  const value = signal(codec.read(given(name)));
  bindAddress({ name, take: (text) => (value.value = codec.read(text)), give: () => codec.write(value.value) });
  return value;
}

/** Only what differs from the default is written, in a fixed order, so that equal views have equal links. */
export function writtenAddress(): string {
  const q = new URLSearchParams();
  for (const { name, give } of fields) {
    const text = give();
    if (text !== null) q.set(name, text);
  }
  const text = q.toString().replaceAll('%3A', ':').replace(/=(?=&|$)/g, '');
  return text ? `?${text}` : '';
}
export function takeAddress(search: string) {
  const q = new URLSearchParams(search);
  batch(() => fields.forEach(({ name, take }) => take(q.get(name))));
}

let replaceOnly = false;
/** Changes that come in numbers (typing, dragging) do not fill the browser's history. */
export function quietly(change: () => void) {
  replaceOnly = true;
  try {
    batch(change);
  } finally {
    replaceOnly = false;
  }
}

/** From now on the address follows the choices, and the choices follow back and forward. */
export function followAddress() {
  const follow = () => {
    const next = writtenAddress();
    if (next === location.search) return;
    if (replaceOnly) history.replaceState(null, '', `${location.pathname}${next}`);
    else history.pushState(null, '', `${location.pathname}${next}`);
  };
  quietly(() => void effect(follow));
  window.addEventListener('popstate', () => quietly(() => takeAddress(location.search)));
}
