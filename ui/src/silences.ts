// The silence windows that run, for operators: read when somebody signed in looks, and after each change made here.
import { signal } from '@preact/signals';
import { type Silence, situationsApi } from './data/situations';
import { me } from './state';

export const silences = signal<readonly Silence[]>([]);
/** Why the last change was refused; empty when it was not. */
export const silenceRefused = signal('');

export async function readSilences() {
  if (!me.peek()?.operator) return;
  silences.value = (await situationsApi.silences()).silences;
}

/** True when it was done. */
async function change(what: (csrf: string) => Promise<void>): Promise<boolean> {
  const operator = me.peek()?.operator;
  if (!operator) return false;
  silenceRefused.value = '';
  try {
    await what(operator.csrf);
  } catch (error) {
    silenceRefused.value = error instanceof Error ? error.message : String(error);
    return false;
  }
  // It is done, whether the list can be read again now or only later.
  await readSilences().catch(() => undefined);
  return true;
}

export const silence = (kind: string, area: number | null, to: number, reason: string) => change((csrf) => situationsApi.silence(kind, area, to, reason, csrf));
export const endSilence = (id: number) => change((csrf) => situationsApi.endSilence(id, csrf));
