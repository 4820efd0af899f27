// A report by hand while it is written: kept until it is sent, whatever else is opened meanwhile.
import { batch, effect, signal } from '@preact/signals';
import type { Name, Schema } from '../../shell/api';
import { addressed } from '../../shell/address';
import { open as openPanel } from '../../shell/choices';
import type { Panel } from '../../shell/domain';
import { kLanguages } from '../../shell/languages';
import { Register } from '../../shell/lists/register';
import { rememberedHere, rememberHere } from '../../shell/memory';
import { type Refusal, refusalOf } from '../../shell/refusal';
import { csrf, me, signedOut } from '../../shell/session';
import { situationsApi } from './api';
import type { Severity } from './rules';
import { known, learn, openSituation } from './store';

export interface Draft {
  /** The same again is the same report: what is sent twice because an answer was lost is one. */
  key: string;
  kind: string;
  severity: Severity | '';
  headline: Name;
  description: Name;
  instruction: Name;
  /** As it is typed: "37.56650, 126.97800". */
  place: string;
  radius: number;
  /** An Area's id, or `kWholeCity`; empty: not said. */
  area: string;
  public: boolean;
  simulated: boolean;
  /** What was sent under this key without an answer: nobody knows whether it arrived. Empty: nothing. */
  tried: string;
}
export const kWholeCity = 'city';
const kNew: Omit<Draft, 'key'> = { kind: '', severity: '', headline: {}, description: {}, instruction: {}, place: '', radius: 0, area: '', public: false, simulated: false, tried: '' };
const newKey = () => `report-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
const newDraft = (): Draft => ({ ...kNew, key: newKey() });
export const draft = signal<Draft>(newDraft());
export const change = (part: Partial<Draft>) => (draft.value = { ...draft.peek(), ...part });

/** Its only one is number 1. */
export const reportOpen = addressed<number | null>('report', { read: (text) => (text === null ? null : 1), write: (value) => (value === null ? null : '') });
export const reportPanel: Panel = { name: 'report', chosen: reportOpen, load: () => import('./ReportPanel') };
export const openReport = () => openPanel(reportPanel, 1);
export const closeReport = () => openPanel(null);

/** What people report; the others are found by rules. */
export const kinds = new Register(async () => (await situationsApi.kinds()).filter((kind) => kind.by_hand), csrf);

/** [longitude, latitude] of a typed "latitude, longitude"; null: it is none. */
export function placeTyped(text: string): [number, number] | null {
  const found = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text);
  if (!found) return null;
  const [latitude, longitude] = [Number(found[1]), Number(found[2])];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? [longitude, latitude] : null;
}
export const textOfPlace = ([longitude, latitude]: readonly [number, number]) => `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;

/** How a text's field is called in one language: the first has the name that the server knows. */
export const fieldIn = (field: string, language: string) => (language === kLanguages[0] ? field : `${field}-${language}`);
export const kReportFields = ['kind', 'severity', 'headline', 'description', 'instruction', 'place', 'radius', 'area', 'public', 'simulated'];

/** By field, the key of the text that says what is wanted there, in the order of the form. */
export function faultsOf(d: Draft): Map<string, string> {
  const faults = new Map<string, string>();
  if (d.kind === '') faults.set('kind', 'form.missing');
  if (d.severity === '') faults.set('severity', 'form.missing');
  for (const language of kLanguages) if (!d.headline[language]?.trim()) faults.set(fieldIn('headline', language), 'situation.report_headline_missing');
  if (d.place.trim() !== '' && placeTyped(d.place) === null) faults.set('place', 'situation.report_place_unread');
  if (d.place.trim() === '' && d.area === '') faults.set('area', 'situation.report_where_missing');
  return faults;
}

const said = (name: Name): Name => Object.fromEntries(Object.entries(name).map(([language, text]) => [language, text.trim()]).filter(([, text]) => text));
/** What is sent; only of a draft without a fault. */
export function reportOf(d: Draft): Schema<'Report'> {
  const place = placeTyped(d.place);
  const [description, instruction] = [said(d.description), said(d.instruction)];
  return {
    key: d.key, kind: d.kind, severity: d.severity || 'notice', headline: said(d.headline), public: d.public, simulated: d.simulated,
    ...(Object.keys(description).length > 0 ? { description } : {}), ...(Object.keys(instruction).length > 0 ? { instruction } : {}),
    ...(place ? { place, ...(d.radius > 0 ? { radius: d.radius } : {}) } : {}),
    // Not said: where the place lies.
    ...(d.area === kWholeCity ? { area: null } : d.area !== '' ? { area: Number(d.area) } : {}),
  };
}

/** What is written from now on is another report: nothing of it can replace what was sent before. */
export const asAnother = () => change({ key: newKey(), tried: '' });
/** Who closes the form after a try without an answer looks elsewhere whether it arrived. */
export const afterClosing = () => draft.peek().tried !== '' && asAnother();

const textOf = (d: Draft) => JSON.stringify(reportOf(d));
/** It arrived, though its answer may be lost. */
function arrived(id: number, sent: string) {
  if (textOf(draft.peek()) === sent) draft.value = newDraft();
  else asAnother();
  if (reportOpen.peek() !== null) openSituation(id);
}

/** What was kept by a page of before may be of another shape. */
function keptDraft(text: string | null): Draft {
  try {
    return { ...newDraft(), ...(JSON.parse(text ?? '{}') as Partial<Draft>) };
  } catch {
    return newDraft();
  }
}

/** Each one's draft waits for him in this tab, also while he signs in again; and a try that got no answer is known by what came of it. */
export function keepDraft() {
  let login: string | null = null;
  const slot = () => `report.${login}`;
  effect(() => {
    const now = me.value?.operator?.name ?? null;
    if (now === null || now === login) return;
    login = now;
    draft.value = keptDraft(rememberedHere(slot()));
  });
  effect(() => {
    const text = JSON.stringify(draft.value);
    if (login !== null) rememberHere(slot(), text);
  });
  effect(() => {
    const { key, tried } = draft.value;
    const made = tried === '' ? undefined : known.value.find((s) => s.source === 'operator' && s.key === key);
    if (made) batch(() => arrived(made.id, tried));
  });
}

export const refusedReport = signal<Refusal | null>(null);
/** The server has answered that nothing was done. */
const isCertain = ({ status }: Refusal) => status >= 400 && status < 500;
let sending = false;
/** One at a time. What was reported is opened; what was refused stays to be mended. */
export async function sendReport(): Promise<void> {
  if (sending) return;
  const token = csrf();
  refusedReport.value = token === null ? signedOut() : null;
  if (token === null) return;
  sending = true;
  try {
    await send(token);
  } finally {
    sending = false;
  }
}

async function send(token: string, again = true): Promise<void> {
  const body = reportOf(draft.peek());
  const sent = JSON.stringify(body);
  try {
    const reported = await situationsApi.report(body, token);
    batch(() => {
      learn([reported]);
      arrived(reported.id, sent);
    });
  } catch (error) {
    const refusal = refusalOf(error);
    // Under this key another incident is open: this one is new.
    if (refusal.status === 409 && again) {
      asAnother();
      return send(token, false);
    }
    refusedReport.value = refusal;
    if (isCertain(refusal)) return;
    if (reportOpen.peek() === null) asAnother();
    else change({ tried: sent });
  }
}
