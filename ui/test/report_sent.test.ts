// What becomes of a report whose answer is lost, whose sender is signed out, or who signs in again.
import { beforeEach, describe, expect, it, vi } from 'vitest';

type Answer = { status: number; body: object } | 'lost';
const kText = { kind: 'fire', severity: 'serious' as const, headline: { en: 'Fire', ko: '화재' }, area: 'city' };
const kim = { operator: { name: 'kim', csrf: 'x', permissions: [] } };
const situation = (id: number, key: string) => ({ id, version: 1, source: 'operator', key, state: 'firing', severity: 'serious', since: 1, updated_at: 1, ended_at: null, headline: { en: 'Fire' }, group: '', members: [] });

// Each story reads the page's modules anew, which takes its time on a busy machine.
describe('a report', { timeout: 60_000 }, () => {
  let answers: Answer[] = [];
  let sent: { key: string; headline: { en: string } }[] = [];
  let kept: Map<string, string>;
  const page = async () => {
    vi.resetModules();
    const session = await import('../src/shell/session');
    const report = await import('../src/domains/situations/report');
    const store = await import('../src/domains/situations/store');
    const { register } = await import('../src/shell/domain');
    register({ name: 'situations', texts: [], panels: [store.situationPanel, report.reportPanel] });
    report.keepDraft();
    session.me.value = kim;
    return { session, store, ...report };
  };
  beforeEach(() => {
    [answers, sent, kept] = [[], [], new Map()];
    vi.stubGlobal('window', new EventTarget());
    vi.stubGlobal('sessionStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
    vi.stubGlobal('fetch', (_: string, asked: { body: string }) => {
      sent.push(JSON.parse(asked.body) as (typeof sent)[0]);
      const answer = answers.shift()!;
      if (answer === 'lost') return Promise.reject(new TypeError('Failed to fetch'));
      return Promise.resolve({ ok: answer.status < 400, status: answer.status, statusText: '', json: () => Promise.resolve(answer.body) });
    });
  });

  it('whose answer is lost is the same when it is sent again', async () => {
    const { change, draft, reportOpen, sendReport } = await page();
    reportOpen.value = 1;
    change(kText);
    answers = ['lost', { status: 201, body: situation(7, 'k') }];
    await sendReport();
    expect(draft.value.headline.en).toBe('Fire');
    await sendReport();
    expect(sent[1]!.key).toBe(sent[0]!.key);
    expect(draft.value).toMatchObject({ kind: '', tried: '' });
    expect(draft.value.key).not.toBe(sent[0]!.key);
  });

  it('that arrived all the same is opened, and what follows is another one', async () => {
    const { change, draft, reportOpen, sendReport, store } = await page();
    reportOpen.value = 1;
    change(kText);
    answers = ['lost'];
    await sendReport();
    store.known.value = [situation(7, sent[0]!.key)] as unknown as typeof store.known.value;
    expect(draft.value.kind).toBe('');
    expect(draft.value.key).not.toBe(sent[0]!.key);
    expect(store.situationId.value).toBe(7);
  });

  it('that was written over after a try without an answer never replaces the first', async () => {
    const { change, draft, reportOpen, sendReport, store } = await page();
    reportOpen.value = 1;
    change(kText);
    answers = ['lost', { status: 201, body: situation(8, 'x') }];
    await sendReport();
    change({ kind: 'flood', headline: { en: 'Flood', ko: '침수' } });
    store.known.value = [situation(7, sent[0]!.key)] as unknown as typeof store.known.value;
    expect(draft.value.headline.en).toBe('Flood');
    reportOpen.value = 1;
    await sendReport();
    expect(sent[1]!.key).not.toBe(sent[0]!.key);
  });

  it('is another one after the form was closed on a try without an answer', async () => {
    const { afterClosing, change, draft, reportOpen, sendReport } = await page();
    reportOpen.value = 1;
    change(kText);
    const { key } = draft.value;
    afterClosing();
    expect(draft.value.key).toBe(key);
    answers = ['lost'];
    await sendReport();
    afterClosing();
    expect(draft.value.key).not.toBe(key);
    expect(draft.value.headline.en).toBe('Fire');
  });

  it('under whose key another incident is open is sent as a new one, once', async () => {
    const { change, refusedReport, reportOpen, sendReport } = await page();
    reportOpen.value = 1;
    change(kText);
    const conflict = { status: 409, body: { code: 'conflict', key: 'refusal.conflict', message: 'key: situation 7 is open under it' } };
    answers = [conflict, conflict];
    await sendReport();
    expect(sent).toHaveLength(2);
    expect(sent[1]!.key).not.toBe(sent[0]!.key);
    expect(refusedReport.value?.status).toBe(409);
  });

  it('is refused in words when nobody is signed in, and waits for who wrote it', async () => {
    const first = await page();
    first.change(kText);
    first.session.me.value = { operator: null };
    await first.sendReport();
    expect(sent).toEqual([]);
    expect(first.refusedReport.value?.status).toBe(401);
    first.change({ place: '37.5, 127' });
    const again = await page();
    expect(again.draft.value).toEqual(first.draft.value);
    again.session.me.value = { operator: { ...kim.operator, name: 'lee' } };
    expect(again.draft.value.kind).toBe('');
    again.session.me.value = kim;
    expect(again.draft.value).toEqual(first.draft.value);
  });
});
