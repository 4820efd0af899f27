// A new subscriber, or changes to one. What the server refuses is shown with its sentence, at the field it names.
import { useEffect, useRef, useState } from 'preact/hooks';
import { areaFits, districts } from '../../shell/city';
import { Field, idOf, marked, type Names, namesOf, Why, whyOf } from '../../shell/forms/fields';
import { FindArea, isLongAreaList } from '../../shell/forms/FindArea';
import { formKeys } from '../../shell/forms/focus';
import { kLanguages, ownName } from '../../shell/languages';
import { language, named, t } from '../../shell/texts';
import { fromSeverityText, kindText, kKinds, known, kSeverities, type Severity } from '../situations/face';
import { type Entry, entryOf, inOffer, kEntryFields, newEntry, type Subscriber, toggled } from './rules';
import { addSubscriber, changeSubscriber, channels, subscribers, whereOf } from './store';

type Set = (change: Partial<Entry>) => void;
type EntryNames = Names<keyof Entry>;

/** Kinds or areas: none chosen means all, so the list is folded until somebody wants fewer. */
function Choice<T extends string | number>({ names, field, label, options, chosen, choose }: { names: EntryNames; field: 'kinds' | 'areas'; label: string; options: [T, string][]; chosen: T[]; choose: (chosen: T[]) => void }) {
  const [open] = useState(chosen.length > 0);
  const [wanted, setWanted] = useState('');
  if (options.length === 0) return null;
  const wrong = names.wrong === field;
  const shown = field === 'areas' ? options.filter(([value]) => chosen.includes(value) || areaFits(Number(value), wanted)) : options;
  return (
    <details class="choice" open={open || wrong}>
      <summary id={idOf(names, field)} aria-describedby={whyOf(names, field)}>{label} <b>{chosen.length === 0 ? t('subscriber.all') : t('subscriber.chosen', { count: chosen.length })}</b></summary>
      <fieldset>
        <legend class="hidden">{label}</legend>
        {field === 'areas' && isLongAreaList(options.length) && <FindArea wanted={wanted} want={setWanted} count={shown.length} />}
        {shown.map(([value, text]) => <label key={value}><input type="checkbox" checked={chosen.includes(value)} onChange={() => choose(toggled(chosen, value))} /><span>{text}</span></label>)}
      </fieldset>
      <Why names={names} field={field} />
    </details>
  );
}

/** What the early warning raises, what people have reported by hand, and what was chosen before. */
const kindOptions = (entry: Entry): [string, string][] =>
  [...new Set([...kKinds, ...known.value.map((s) => s.kind).filter(Boolean), ...entry.kinds])].map((kind) => [kind, kindText(kind) || kind]);
function areaOptions(before: Subscriber | null): [number, string][] {
  const all = new Map(districts.value.map((f) => [f.properties.id, named(f.properties.name)]));
  for (const area of before?.areas ?? []) if (!all.has(area.id)) all.set(area.id, named(area.name) || String(area.id));
  return [...all].sort(([, a], [, b]) => a.localeCompare(b, language.value, { numeric: true }));
}

function ChannelChoice({ names, entry, set }: { names: EntryNames; entry: Entry; set: Set }) {
  const offered = channels.value ?? [];
  return (
    <fieldset class="channels" aria-describedby={[whyOf(names, 'channel'), offered.includes('email') ? null : `${names.id}-no-mail`].filter(Boolean).join(' ') || undefined}>
      <legend>{t('subscriber.channel')}</legend>
      {inOffer(offered).map((channel, i) => (
        <label key={channel}>
          <input id={i === 0 ? idOf(names, 'channel') : undefined} type="radio" name={idOf(names, 'channel')} value={channel} checked={entry.channel === channel} disabled={!offered.includes(channel)} onChange={() => set({ channel })} />
          <span>{t(channel === 'email' ? 'subscriber.email' : 'subscriber.webhook')}</span>
        </label>
      ))}
      {!offered.includes('email') && <p id={`${names.id}-no-mail`} class="effect">{t('subscriber.no_mail')}</p>}
      <Why names={names} field="channel" />
    </fieldset>
  );
}

function Whom({ names, entry, set, before }: { names: EntryNames; entry: Entry; set: Set; before: Subscriber | null }) {
  const mail = entry.channel === 'email';
  return (
    <>
      {!before && <ChannelChoice names={names} entry={entry} set={set} />}
      <Field names={names} field="address" label={t(mail ? 'subscriber.address_email' : 'subscriber.address_webhook')}>
        <input type="text" inputMode={mail ? 'email' : 'url'} autocomplete="off" autocapitalize="none" spellcheck={false} required maxLength={2048} value={entry.address} onInput={(e) => set({ address: e.currentTarget.value })} {...marked(names, 'address')} />
      </Field>
      <Field names={names} field="name" label={t(before ? 'subscriber.name' : 'subscriber.name_new')}>
        <input type="text" autocomplete="off" maxLength={120} value={entry.name} onInput={(e) => set({ name: e.currentTarget.value })} {...marked(names, 'name')} />
      </Field>
      {mail && (
        <Field names={names} field="language" label={t('subscriber.language')}>
          <select value={entry.language} onChange={(e) => set({ language: e.currentTarget.value })} {...marked(names, 'language')}>
            <option value="">{t('subscriber.both_languages')}</option>
            {kLanguages.map((tag) => <option key={tag} value={tag} lang={tag}>{ownName(tag)}</option>)}
          </select>
        </Field>
      )}
      {!mail && before && (
        <Field names={names} field="secret" label={t('subscriber.secret_new')}>
          <input type="text" autocomplete="off" autocapitalize="none" spellcheck={false} maxLength={256} value={entry.secret} onInput={(e) => set({ secret: e.currentTarget.value })} {...marked(names, 'secret')} />
        </Field>
      )}
    </>
  );
}

function What({ names, entry, set, before }: { names: EntryNames; entry: Entry; set: Set; before: Subscriber | null }) {
  return (
    <>
      <Field names={names} field="severity" label={t('subscriber.severity')}>
        <select value={entry.severity} onChange={(e) => set({ severity: e.currentTarget.value as Severity })} {...marked(names, 'severity')}>
          {[...kSeverities].reverse().map((severity) => <option key={severity} value={severity}>{fromSeverityText(severity)}</option>)}
        </select>
      </Field>
      <Choice names={names} field="kinds" label={t('subscriber.kinds')} options={kindOptions(entry)} chosen={entry.kinds} choose={(kinds) => set({ kinds })} />
      <Choice names={names} field="areas" label={t('subscriber.areas')} options={areaOptions(before)} chosen={entry.areas} choose={(areas) => set({ areas })} />
      <label class="internal">
        <input type="checkbox" checked={entry.internal} aria-describedby={`${names.id}-internal-effect`} onChange={(e) => set({ internal: e.currentTarget.checked })} />
        <span>{t('subscriber.internal')}</span>
      </label>
      <p id={`${names.id}-internal-effect`} class="effect">{t('subscriber.internal_effect')}</p>
    </>
  );
}

export function SubscriberForm({ before: now, close }: { before: Subscriber | null; close: () => void }) {
  // As it was when the form was opened: what differs from that was changed here, and not by somebody else since.
  const [before] = useState(now);
  const [entry, setEntry] = useState<Entry>(before ? entryOf(before) : newEntry(channels.peek() ?? []));
  const form = useRef<HTMLFormElement>(null);
  const refused = subscribers.refused.value;
  const refusal = refused?.where === whereOf(before) ? refused : null;
  const names: EntryNames = namesOf(`entry-${before?.id ?? 'new'}`, kEntryFields, refusal, 'subscriber-refused');
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  useEffect(() => {
    if (refusal && names.wrong) document.getElementById(idOf(names, names.wrong))?.focus();
  }, [refusal]);
  const send = async (e: Event) => {
    e.preventDefault();
    if (await (before ? changeSubscriber(before, entry) : addSubscriber(entry))) close();
  };
  const title = before ? t('subscriber.form_change', { name: before.name }) : t('subscriber.add');
  const parts = { names, entry, before, set: (change: Partial<Entry>) => setEntry((old) => ({ ...old, ...change })) };
  return (
    <form
      ref={form} class="action-form subscriber-form" noValidate aria-label={title} data-testid="subscriber-form"
      onSubmit={(e) => void send(e)} onKeyDown={formKeys(close)}
    >
      <h3>{title}</h3>
      <div class="fields"><div><Whom {...parts} /></div><div><What {...parts} /></div></div>
      <Why names={names} field={null} />
      <div class="action-buttons">
        <button type="submit" class="primary">{t(before ? 'subscriber.do_change' : 'subscriber.do_add')}</button>
        <button type="button" class="plain" onClick={close}>{t('form.cancel')}</button>
      </div>
    </form>
  );
}
