// Who comes second is told who was faster, and when.
import { beforeEach, describe, expect, it } from 'vitest';
import { catalogueOf } from './catalogues';

const { Messages } = await import('../src/shell/messages');
const { language, messages } = await import('../src/shell/texts');
const { serverNow } = await import('../src/shell/clock');
const { overtakenText } = await import('../src/domains/situations/words');
type Detail = Parameters<typeof overtakenText>[0];

const kNow = Date.UTC(2026, 10, 30, 12, 0);
const line = (kind: string, by: string | null, at = kNow) => ({ kind, by, at, text: '' });
const situation = (state: string, ...lines: ReturnType<typeof line>[]) => ({ state, clear_since: null, timeline: lines.map((one, i) => ({ ...one, number: i + 1 })) }) as unknown as Detail;

describe('who was faster', () => {
  beforeEach(() => {
    serverNow.value = kNow;
    language.value = 'en';
    messages.value = new Messages('en', catalogueOf('en'));
  });

  it('is named with the deed and its time, in both languages', () => {
    const resolved = situation('resolved', line('raised', null), line('resolved', 'kim'), line('noted', 'lee'));
    expect(overtakenText(resolved, 'dismiss', 1)).toBe('kim resolved it at 12:00 (just now).');
    expect(overtakenText(situation('dismissed', line('dismissed', 'kim')), 'assign', 0)).toBe('kim dismissed it as a false alarm at 12:00 (just now).');
    messages.value = new Messages('ko', catalogueOf('ko'));
    expect(overtakenText(resolved, 'dismiss', 1)).toContain('kim 님이 상황을 종료했습니다');
  });

  it('is nobody where it ended by itself', () => {
    expect(overtakenText(situation('resolved', line('acting', 'kim'), line('resolved', null)), 'act', 0)).toBe('Resolved by itself at 12:00 (just now).');
  });

  it('of an open one is who did what takes the deed away, and no other', () => {
    const both = situation('acting', line('silenced', 'lee'), line('acting', 'kim'));
    expect(overtakenText(both, 'act', 0)).toContain('kim began to work on it');
    expect(overtakenText(both, 'silence', 0)).toContain('lee silenced it');
  });

  it('is nobody whose deed takes nothing away, or stood there when the form was opened', () => {
    const both = situation('acting', line('silenced', 'lee'), line('acting', 'kim'));
    for (const [deed, seen] of [['resolve', 0], ['act', 2], ['silence', 1]] as const)
      expect(overtakenText(both, deed, seen)).toMatch(/^It cannot be done any more\. The situation now: /);
  });

  it('is not known while only the state is: that is said', () => {
    expect(overtakenText({ ...situation('resolved'), timeline: undefined }, 'note', 0)).toBe('It cannot be done any more. The situation now: Resolved.');
  });
});
