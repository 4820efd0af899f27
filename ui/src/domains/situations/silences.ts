// The silence windows that run, for operators: read when somebody signed in looks, and after each change made here.
import { Register } from '../../shell/lists/register';
import { csrf } from '../../shell/session';
import { situationsApi } from './api';

export const silences = new Register(async () => (await situationsApi.silences()).silences, csrf);

export const silence = (where: string, kind: string, area: number | null, to: number, reason: string) =>
  silences.change(where, (token) => situationsApi.silence(kind, area, to, reason, token));
export const endSilence = (where: string, id: number) => silences.change(where, (token) => situationsApi.endSilence(id, token));
