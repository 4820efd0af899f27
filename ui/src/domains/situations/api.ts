// The API of what needs somebody, as api/openapi.yaml types it.
import { read, type Schema, time, write } from '../../shell/api';
import { ofServer } from '../../shell/prefix';
import type { Reading } from './evidence';

/** With what the public's answers leave out: see `whole`. */
export type Situation = Required<Omit<Schema<'Situation'>, 'recorded' | 'whole_city'>> & Pick<Schema<'Situation'>, 'recorded' | 'whole_city'>;
/** A threshold is drawn where there is one; the server gives none of a single stream so far. */
export type EvidenceStream = Schema<'EvidenceStream'> & Pick<Reading, 'threshold'>;
export type Evidence = Omit<Schema<'Evidence'>, 'streams'> & { streams: EvidenceStream[] };
/** How a cause stood when a line was written. */
export type Standing = Schema<'Standing'>;
export type Entry = Schema<'TimelineEntry'>;
export type SituationDetail = Situation & { evidence?: Evidence; timeline?: Entry[] };
export type Unjudged = Schema<'Unjudged'>;
export type SituationList = Schema<'SituationList'>;
export type Action = 'acknowledge' | 'act' | 'assign' | 'note' | 'resolve' | 'dismiss';
export type ActionBody = Schema<'Deed'>;
/** A window in which situations are told to nobody outside. */
export type Silence = Schema<'Silence'>;

/** Page by page, in the order of need. */
async function everyPage(query: { open?: '1'; at?: string }, signal?: AbortSignal): Promise<{ situations: Situation[]; unjudged?: Unjudged[] }> {
  const situations: Situation[] = [];
  for (let before: number | undefined; ; before = situations.at(-1)?.id) {
    const page = await read('/api/v1/situations', { query: { ...query, limit: 1000, before } }, signal);
    situations.push(...page.situations.map(whole));
    if (!page.more || page.situations.length === 0) return { situations, unjudged: page.unjudged };
  }
}

export const situationsApi = {
  /** All that are open. */
  open: async (signal?: AbortSignal) => (await everyPage({ open: '1' }, signal)).situations,
  between: async (from: number, to: number, signal?: AbortSignal) => {
    const situations: Situation[] = [];
    for (let before: number | undefined; ; ) {
      const page = await read('/api/v1/situations', { query: { from: time(from), to: time(to), limit: 200 - situations.length, before } }, signal);
      situations.push(...page.situations.map(whole));
      before = page.before;
      if (before === undefined || situations.length >= 200) return situations;
    }
  },
  /** All that were open then, as they stood, and of what nothing was judged. */
  at: (moment: number, signal?: AbortSignal) => everyPage({ at: time(moment) }, signal),
  one: async (id: number, signal?: AbortSignal): Promise<SituationDetail> => whole(await read('/api/v1/situations/{id}', { path: { id } }, signal)),
  act: async (id: number, action: Action, body: ActionBody, csrf: string) => whole(await write('post', '/api/v1/situations/{id}/{action}', csrf, { path: { id, action }, body })),
  kinds: async () => (await read('/api/v1/situations/kinds')).kinds ?? [],
  report: async (body: Schema<'Report'>, csrf: string) => whole(await write('post', '/api/v1/situations', csrf, { body })),
  silences: (signal?: AbortSignal) => read('/api/v1/silences', {}, signal),
  silence: async (kind: string, area: number | null, to: number, reason: string, csrf: string) => {
    await write('post', '/api/v1/silences', csrf, { body: { kind, ...(area === null ? {} : { area }), to: Math.round(to), reason } });
  },
  endSilence: async (id: number, csrf: string) => {
    await write('delete', '/api/v1/silences/{id}', csrf, { path: { id } });
  },
  liveUrl: ofServer('/api/v1/situations/live'),
};

const kWithoutInternals = {
  version: 0, group: '', kind: '', rule: '', rule_version: 0, source: '', key: '', assignee: null, end_reason: '', escalation: 0, silenced: false, place: null,
  radius: 0, area: null, seen_at: 0, clear_since: null, acknowledged_at: null, ended_at: null, public: true, simulated: false, members: [],
};
/** The public's answers leave out internals; here they stand as what they mean: unknown to this reader. Whatever comes from the server passes here. */
export function whole<S extends Schema<'Situation'>>(s: S): S & Situation {
  return { ...kWithoutInternals, ...s };
}
