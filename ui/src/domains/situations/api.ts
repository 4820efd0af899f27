// The API of what needs somebody (docs/situations_api.md), typed.
import { type Name, read, time, write } from '../../shell/api';
import { ofServer } from '../../shell/prefix';
import type { EvidenceValue } from './evidence';
import type { Severity, Sketch } from './rules';

export interface Situation extends Sketch {
  source: string;
  key: string;
  rule: string;
  rule_version: number;
  severity_max: Severity;
  headline: Name;
  description: Name;
  instruction: Name;
  area: { id: number; name: Name } | null;
  raised_at: number;
  updated_at: number;
  seen_at: number;
  clear_since: number | null;
  acknowledged_at: number | null;
  /** '' while it lasts; else 'gone', 'operator', 'rule_off', 'unheard' or 'joined'. */
  ended_by?: string;
  /** Ended by hand, and nobody measured that the cause is over. */
  lasts_after_end?: boolean;
  end_reason: string;
  escalation: number;
  silenced: boolean;
  public: boolean;
  simulated: boolean;
  /** False: looked back at, and of then only the timeline is known. */
  recorded?: boolean;
}
export interface EvidenceStream {
  datastream: number;
  thing: number;
  channel: string;
  unit: string;
  role: string;
  place: [number, number] | null;
  expected: number | null;
  threshold?: number | null;
  values: EvidenceValue[];
}
export interface Evidence {
  reason: Name;
  score: number;
  threshold: number;
  streams: EvidenceStream[];
}
/** How a cause stood when a line was written. */
export interface Standing {
  severity: Severity;
  stations: number;
  channel: string;
  unit: string;
  value: number;
}
export interface Entry {
  number: number;
  at: number;
  kind: string;
  by: string | null;
  text: string;
  from?: Standing | null;
  to?: Standing | null;
  /** Parts of the cause that ended while it goes on, for another reason than that they are gone. */
  ended_parts?: { channel: string; name: Name; why: string }[];
}
export interface SituationDetail extends Situation {
  evidence?: Evidence | null;
  timeline?: Entry[];
}
/** Of what nothing is judged, and since when: nobody would be warned. */
export interface Unjudged {
  headline: Name;
  since: number;
}
export interface SituationList {
  now: number;
  /** So many follow that the answer could not hold. */
  more?: number;
  unjudged?: Unjudged[];
  situations: Situation[];
}

export type Action = 'acknowledge' | 'act' | 'assign' | 'note' | 'resolve' | 'dismiss';
export interface ActionBody {
  text?: string;
  version?: number;
  assignee?: string;
}

/** A window in which situations are told to nobody outside. An empty kind or source and no area mean any. */
export interface Silence {
  id: number;
  kind: string;
  source: string;
  area: number | null;
  from: number;
  to: number;
  reason: string;
  by: string;
}

/** Page by page, in the order of need. */
async function everyPage(query: Record<string, string | number>, signal?: AbortSignal): Promise<Pick<SituationList, 'situations' | 'unjudged'>> {
  const situations: Situation[] = [];
  for (let before: number | undefined; ; before = situations.at(-1)?.id) {
    const page = await read<SituationList>('situations', { ...query, limit: 1000, before }, signal);
    situations.push(...page.situations.map(whole));
    if (!page.more || page.situations.length === 0) return { situations, unjudged: page.unjudged };
  }
}

export const situationsApi = {
  /** All that are open. */
  open: async (signal?: AbortSignal) => (await everyPage({ open: 1 }, signal)).situations,
  between: async (from: number, to: number, signal?: AbortSignal) => (await read<SituationList>('situations', { from: time(from), to: time(to), limit: 200 }, signal)).situations.map(whole),
  /** All that were open then, as they stood, and of what nothing was judged. */
  at: (moment: number, signal?: AbortSignal) => everyPage({ at: time(moment) }, signal),
  one: async (id: number, signal?: AbortSignal) => whole(await read<SituationDetail>(`situations/${id}`, {}, signal)),
  act: async (id: number, action: Action, body: ActionBody, csrf: string) => (await (await write('POST', `situations/${id}/${action}`, csrf, body)).json()) as Situation,
  silences: (signal?: AbortSignal) => read<{ silences: Silence[] }>('silences', {}, signal),
  silence: async (kind: string, area: number | null, to: number, reason: string, csrf: string) => {
    await write('POST', 'silences', csrf, { kind, ...(area === null ? {} : { area }), to: Math.round(to), reason });
  },
  endSilence: async (id: number, csrf: string) => {
    await write('DELETE', `silences/${id}`, csrf);
  },
  liveUrl: ofServer('/api/v1/situations/live'),
};

const kWithoutInternals = {
  version: 0, group: '', kind: '', rule: '', rule_version: 0, source: '', key: '', assignee: null, end_reason: '', escalation: 0, silenced: false, place: null,
  radius: 0, area: null, seen_at: 0, clear_since: null, acknowledged_at: null, ended_at: null, public: true, simulated: false, members: [],
};
const kNameless: Name = {};
/** The public's answers leave out internals; here they stand as what they mean: unknown to this reader. Whatever comes from the server passes here. */
export function whole<S extends Situation>(s: S): S {
  return { ...kWithoutInternals, ...s, severity_max: s.severity_max ?? s.severity, description: s.description ?? kNameless, instruction: s.instruction ?? kNameless };
}
