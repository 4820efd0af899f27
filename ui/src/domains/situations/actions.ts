// Acting on a situation: by button or by key, one act at a time.
import { signal } from '@preact/signals';
import { type Refusal, refusalOf } from '../../shell/refusal';
import { me, signedOut } from '../../shell/session';
import { type Action, type Situation, situationsApi } from './api';
import { isOpen } from './rules';
import { learn } from './store';

export function allowed(s: Situation): Action[] {
  if (!isOpen(s)) return ['note'];
  const first: Action[] = s.state === 'firing' ? ['acknowledge', 'act'] : s.state === 'acknowledged' ? ['act'] : [];
  return [...first, 'assign', 'note', 'resolve', 'dismiss'];
}

/** Refusals stay until something else is tried, by situation, so that a shortcut's refusal is seen as well. */
export const refused = signal<(Refusal & { id: number; overtaken: boolean }) | null>(null);
export const busy = signal(false);

async function readAgain(id: number) {
  try {
    learn([await situationsApi.one(id)]);
  } catch {
    // The refusal that led here is already shown.
  }
}

/** True when it was done. */
export async function perform(s: Situation, action: Action, text = ''): Promise<boolean> {
  const operator = me.peek()?.operator;
  if (busy.peek()) return false;
  if (!operator) {
    refused.value = { ...signedOut(), id: s.id, overtaken: false };
    return false;
  }
  busy.value = true;
  refused.value = null;
  try {
    const body = { version: s.version, ...(action === 'assign' ? (text ? { assignee: text } : {}) : text ? { text } : {}) };
    learn([await situationsApi.act(s.id, action, body, operator.csrf)]);
    return true;
  } catch (error) {
    const refusal = refusalOf(error);
    const overtaken = refusal.status === 409;
    if (overtaken) await readAgain(s.id);
    refused.value = { ...refusal, id: s.id, overtaken };
    return false;
  } finally {
    busy.value = false;
  }
}
