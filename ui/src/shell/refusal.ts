// Why the server did not do what was asked, kept apart from the words that tell it.
import { ApiError } from './api';

export interface Refusal {
  /** HTTP's number; 0 when no answer came at all. */
  status: number;
  /** The server's word for the kind of refusal; "" when the answer was none of ours. */
  code: string;
  /** Of the text that says it in the reader's language. */
  key: string;
  /** The server's sentence in English; it names the field. */
  reason: string;
}

export function refusalOf(error: unknown): Refusal {
  const reason = error instanceof Error ? error.message : String(error);
  return error instanceof ApiError ? { status: error.status, code: error.code, key: error.key, reason } : { status: 0, code: '', key: '', reason };
}
/** The login is over, or was never there. */
export const wantsLogin = ({ status }: Refusal) => status === 401 || status === 403;

/** "address" of "address: one plain e-mail address expected"; null when the sentence names none of `fields`. */
export function fieldOf<Field extends string>(reason: string, fields: readonly Field[]): Field | null {
  return fields.find((field) => reason.startsWith(`${field}: `)) ?? null;
}

/** Whatever the server may name, in src/web/http/http.cc: what the page has no text for says that the server failed. */
const kKeys = [
  'refusal.invalid', 'refusal.unauthorized', 'refusal.forbidden', 'refusal.not_found', 'refusal.conflict', 'refusal.limit', 'refusal.overloaded',
  'refusal.unsupported', 'refusal.corrupt', 'refusal.full', 'refusal.unavailable',
];
/** The message that says it in every language, less closely than the server's sentence. */
export function refusalKey({ status, key }: Refusal): string {
  return status === 0 ? 'refusal.unreachable' : kKeys.includes(key) ? key : 'refusal.internal';
}
