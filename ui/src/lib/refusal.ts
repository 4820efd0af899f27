// Why the server did not do what was asked, kept apart from the words that tell it.
import { ApiError } from '../data/api';

export interface Refusal {
  /** HTTP's number; 0 when no answer came at all. */
  status: number;
  /** The server's sentence; it names the field. */
  reason: string;
}

export function refusalOf(error: unknown): Refusal {
  return { status: error instanceof ApiError ? error.status : 0, reason: error instanceof Error ? error.message : String(error) };
}
/** The login is over, or was never there. */
export const wantsLogin = ({ status }: Refusal) => status === 401 || status === 403;

/** "address" of "address: one plain e-mail address expected"; null when the sentence names none of `fields`. */
export function fieldOf<Field extends string>(reason: string, fields: readonly Field[]): Field | null {
  return fields.find((field) => reason.startsWith(`${field}: `)) ?? null;
}
