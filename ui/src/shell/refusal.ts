// Why the server did not do what was asked, kept apart from the words that tell it.
import { ApiError } from './api';
import type { Arguments } from './messages';

export interface Refusal {
  /** HTTP's number; 0 when no answer came at all. */
  status: number;
  /** The server's word for the kind of refusal; "" when the answer was none of ours. */
  code: string;
  /** Of the text that says it in the reader's language, and what that names. */
  key: string;
  args: Arguments;
  /** Of the input that is at fault; "" where there is none. */
  field: string;
  /** The server's sentence in English; begins with the field. */
  reason: string;
}

export function refusalOf(error: unknown): Refusal {
  const reason = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ApiError)) return { status: 0, code: '', key: '', args: {}, field: '', reason };
  const { status, code, key, args, field } = error;
  return { status, code, key, args, field, reason };
}
/** The login is over, or was never there. A 403 that says more is of somebody who has signed in. */
export const wantsLogin = ({ status, key }: Refusal) => status === 401 || (status === 403 && ['', 'refusal.forbidden', 'refusal.access.token'].includes(key));

/** "address" of "address: one plain e-mail address expected"; null when the refusal names none of `fields`. */
export function fieldOf<Field extends string>({ field, reason }: Pick<Refusal, 'field' | 'reason'>, fields: readonly Field[]): Field | null {
  return fields.find((one) => (field === '' ? reason.startsWith(`${one}: `) : field === one)) ?? null;
}

/** Texts of any field, which say what is wrong and not with what: "1,000 at most". */
const kOfAnyField = /^refusal\.(\w+|time\.\w+|text\.\w+)$/;
/** What is said where no field of a form shows it: the field's name stands before it, as in the server's own sentence. */
export const withField = ({ field }: Pick<Refusal, 'field'>, key: string, text: string) => (field !== '' && kOfAnyField.test(key) ? `${field}: ${text}` : text);

/** The server's sentence where the field stands beside it: without the name that programs know it by. */
export const withoutField = ({ field, reason }: Pick<Refusal, 'field' | 'reason'>) => (field !== '' && reason.startsWith(`${field}: `) ? reason.slice(field.length + 2) : reason);

/** By the server's word for the kind, in src/web/http/http.cc: what the page has no text for says that the server failed. */
const kKinds: Record<string, string> = {
  invalid: 'refusal.invalid', unauthorized: 'refusal.unauthorized', forbidden: 'refusal.forbidden', not_found: 'refusal.not_found', conflict: 'refusal.conflict',
  limit: 'refusal.limit', overloaded: 'refusal.overloaded', unsupported: 'refusal.unsupported', corrupt: 'refusal.corrupt', full: 'refusal.full', unavailable: 'refusal.unavailable',
};
export interface Said {
  key: string;
  /** It says the refusal itself and not its kind alone. */
  whole: boolean;
}
/** The message that says it in every language; `has`: whether the page has such a text. */
export function refusalKey({ status, code, key }: Pick<Refusal, 'status' | 'code' | 'key'>, has: (key: string) => boolean): Said {
  if (status === 0) return { key: 'refusal.unreachable', whole: true };
  const kind = kKinds[code] ?? 'refusal.internal';
  return key !== '' && key !== kind && has(key) ? { key, whole: true } : { key: kind, whole: false };
}
