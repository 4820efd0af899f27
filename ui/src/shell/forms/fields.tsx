// Fields of a form whose faults the server names: what was refused is said under its field, which has the focus then and is
// described by it, or under the form when the sentence names none.
import type { ComponentChildren } from 'preact';
import { fieldOf, type Refusal as Refused } from '../refusal';
import { Refusal } from './Refusal';

/** How a field is called in the document, and which one the server has refused, and why. */
export interface Names<F extends string> {
  id: string;
  wrong: F | null;
  refusal: Refused | null;
  testid: string;
  /** What the page itself misses before it asks the server, in words. */
  faults?: ReadonlyMap<F, string>;
}
export const namesOf = <F extends string>(id: string, fields: readonly F[], refusal: Refused | null, testid: string): Names<F> => ({ id, wrong: refusal && fieldOf(refusal, fields), refusal, testid });
export const idOf = <F extends string>({ id }: Names<F>, field: F) => `${id}-${field}`;
/** What describes it, when it was refused. */
export const whyOf = <F extends string>({ id, wrong, faults }: Names<F>, field: F) => (faults?.has(field) ? `${id}-${field}-fault` : wrong === field ? `${id}-refused` : undefined);
/** What the field's own element carries. */
export const marked = <F extends string>(names: Names<F>, field: F) => ({ id: idOf(names, field), 'aria-invalid': whyOf(names, field) !== undefined, 'aria-describedby': whyOf(names, field) });

export function Why<F extends string>({ names, field }: { names: Names<F>; field: F | null }) {
  const fault = field === null ? undefined : names.faults?.get(field);
  if (fault !== undefined) return <p id={`${names.id}-${field}-fault`} class="failed">{fault}</p>;
  if (names.wrong !== field) return null;
  return <div id={`${names.id}-refused`}><Refusal testid={names.testid} refusal={names.refusal} atField={field !== null} /></div>;
}
export function Field<F extends string>({ names, field, label, children }: { names: Names<F>; field: F; label: string; children: ComponentChildren }) {
  return <div class="field"><label for={idOf(names, field)}>{label}</label>{children}<Why names={names} field={field} /></div>;
}
