// A situation that a person has seen or was told of: what, how grave, where, and who is to know.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Name } from '../../shell/api';
import { view } from '../../shell/choices';
import { areaFits, areaNamesOf, areas, areasAround } from '../../shell/city';
import { Field, idOf, marked, type Names, namesOf, Why } from '../../shell/forms/fields';
import { FindArea, isLongAreaList } from '../../shell/forms/FindArea';
import { formKeys } from '../../shell/forms/focus';
import { next, Refusal } from '../../shell/forms/Refusal';
import { Select } from '../../shell/forms/Select';
import { nameOrder } from '../../shell/format';
import { staying } from '../../shell/frame/headings';
import { Icon } from '../../shell/frame/icons';
import { kLanguages, ownName } from '../../shell/languages';
import { picking } from '../../shell/map/pick';
import { may, maySomewhere, me } from '../../shell/session';
import { language, named, t } from '../../shell/texts';
import { afterClosing, change, closeReport, type Draft, draft, faultsOf, fieldIn, kinds, kReportFields, kWholeCity, placeTyped, refusedReport, sendReport, textOfPlace } from './report';
import { kSeverities, type Severity } from './rules';
import { kSeverityKeys } from './Severity';
import { distanceText } from './words';

const kRadii = [0, 100, 300, 1000, 3000];  // metres
const kPermission = 'situations.report';
type Fields = Names<string>;

/** One field for each language of the city. */
function Texts({ names, field, label, lines }: { names: Fields; field: 'headline' | 'description' | 'instruction'; label: (language: string) => string; lines: number }) {
  const texts: Name = draft.value[field];
  const set = (tag: string) => (e: Event) => change({ [field]: { ...draft.peek()[field], [tag]: (e.currentTarget as HTMLInputElement).value } } as Partial<Draft>);
  return (
    <>
      {kLanguages.map((tag) => {
        const common = { ...marked(names, fieldIn(field, tag)), lang: tag, value: texts[tag] ?? '', autocomplete: 'off', onInput: set(tag) };
        return (
          <Field key={tag} names={names} field={fieldIn(field, tag)} label={label(ownName(tag))}>
            {lines === 1 ? <input type="text" maxLength={200} {...common} /> : <textarea rows={lines} maxLength={1000} {...common} />}
          </Field>
        );
      })}
    </>
  );
}

function What({ names }: { names: Fields }) {
  const d = draft.value;
  return (
    <>
      <Field names={names} field="kind" label={t('situation.kind')}>
        <Select value={d.kind} onChange={(e) => change({ kind: e.currentTarget.value })} {...marked(names, 'kind')}>
          <option value="">{t('form.choose')}</option>
          {(kinds.all.value ?? []).map(({ kind, name }) => <option key={kind} value={kind}>{named(name)}</option>)}
        </Select>
      </Field>
      <Refusal testid="kinds-failed" refusal={kinds.failed.value} text={kinds.failed.value ? t('situation.report_kinds_failed') : undefined} />
      <Field names={names} field="severity" label={t('situation.severity')}>
        <select value={d.severity} onChange={(e) => change({ severity: e.currentTarget.value as Severity | '' })} {...marked(names, 'severity')}>
          <option value="">{t('form.choose')}</option>
          {kSeverities.map((severity) => <option key={severity} value={severity}>{t(kSeverityKeys[severity])}</option>)}
        </select>
      </Field>
      <Texts names={names} field="headline" lines={1} label={(name) => t('situation.report_headline', { language: name })} />
      <Texts names={names} field="description" lines={2} label={(name) => t('situation.report_description', { language: name })} />
      <Texts names={names} field="instruction" lines={2} label={(name) => t('situation.report_instruction', { language: name })} />
    </>
  );
}

/** Those in which the reader may report, by name. */
const areaOptions = () =>
  (areas.value?.features ?? [])
    .map(({ properties: { id } }) => ({ id, name: areaNamesOf(id).map(named).reverse().join(' ') }))
    .filter(({ id }) => may(kPermission, areasAround(id)))
    .sort((a, b) => nameOrder.compare(a.name, b.name));

/** The next click on the map is the place; on a narrow screen the map comes into view, and then the field again. */
function pick(names: Fields) {
  if (picking.peek()) return void (picking.value = null);
  staying(() => (view.value = 'map'));
  const narrow = window.matchMedia('(max-width: 860px)').matches;
  picking.value = (place) => {
    picking.value = null;
    change({ place: textOfPlace(place) });
    const field = document.getElementById(idOf(names, 'place'));
    if (narrow) field?.scrollIntoView({ block: 'center' });
    field?.focus({ preventScroll: true });
  };
  if (narrow) document.querySelector('.middle')?.scrollIntoView();
}

/** A long list is narrowed by what the area is called; the chosen one stays in it. */
function AreaChoice({ names }: { names: Fields }) {
  const [wanted, setWanted] = useState('');
  const d = draft.value;
  const all = areaOptions();
  const shown = all.filter(({ id }) => String(id) === d.area || areaFits(id, wanted));
  return (
    <>
      {isLongAreaList(all.length) && <FindArea wanted={wanted} want={setWanted} count={shown.length} />}
      <Field names={names} field="area" label={t('situation.report_area')}>
        <Select value={d.area} onChange={(e) => change({ area: e.currentTarget.value })} {...marked(names, 'area')}>
          <option value="">{t(d.place.trim() === '' ? 'form.choose' : 'situation.report_area_of_place')}</option>
          {may(kPermission) && <option value={kWholeCity}>{t('situation.whole_city')}</option>}
          {shown.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
        </Select>
      </Field>
    </>
  );
}

function Where({ names }: { names: Fields }) {
  const d = draft.value;
  return (
    <>
      <Field names={names} field="place" label={t('situation.report_place')}>
        <input type="text" autocomplete="off" maxLength={60} placeholder="37.56650, 126.97800" value={d.place} onInput={(e) => change({ place: e.currentTarget.value })} {...marked(names, 'place')} />
      </Field>
      <p class="report-pick">
        <button type="button" class="plain" aria-pressed={picking.value !== null} data-testid="report-pick" onClick={() => pick(names)}>{t('situation.report_pick')}</button>
        <span role="status">{picking.value ? t('situation.report_picking') : ''}</span>
      </p>
      {placeTyped(d.place) && (
        <Field names={names} field="radius" label={t('situation.report_radius')}>
          <select value={d.radius} onChange={(e) => change({ radius: Number(e.currentTarget.value) })} {...marked(names, 'radius')}>
            {kRadii.map((metres) => <option key={metres} value={metres}>{metres === 0 ? t('situation.report_point') : t('situation.within', { distance: distanceText(metres) })}</option>)}
          </select>
        </Field>
      )}
      <AreaChoice names={names} />
    </>
  );
}

function Check({ names, field, label, effect }: { names: Fields; field: 'public' | 'simulated'; label: string; effect: string }) {
  const id = idOf(names, field);
  return (
    <div class="check">
      <label><input id={id} type="checkbox" checked={draft.value[field]} aria-describedby={`${id}-effect`} onChange={(e) => change({ [field]: e.currentTarget.checked })} /><span>{label}</span></label>
      <p id={`${id}-effect`} class="effect">{effect}</p>
      <Why names={names} field={field} />
    </div>
  );
}

function Form() {
  const [tried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const d = draft.value;
  const faults = tried ? new Map([...faultsOf(d)].map(([field, key]) => [field, t(key)])) : new Map<string, string>();
  const refusal = refusedReport.value;
  const names: Fields = { ...namesOf('report', kReportFields, refusal, 'report-refused'), faults };
  const focus = (field: string | null | undefined) => field && document.getElementById(idOf(names, field))?.focus();
  useEffect(() => {
    void kinds.read();
    form.current?.querySelector('select')?.focus();
    return () => {
      picking.value = null;
      refusedReport.value = null;
      afterClosing();
    };
  }, []);
  useEffect(() => void focus(refusal && names.wrong), [refusal]);
  const send = (e: Event) => {
    e.preventDefault();
    setTried(true);
    const [first] = faultsOf(draft.peek()).keys();
    if (first) focus(first);
    else void sendReport();
  };
  const keys = formKeys(() => (picking.peek() ? (picking.value = null) : closeReport()));
  return (
    <form ref={form} class="action-form report-form" noValidate aria-labelledby="report-title" data-testid="report-form" onSubmit={send} onKeyDown={keys}>
      <What names={names} />
      <Where names={names} />
      <Check names={names} field="public" label={t('situation.report_public')} effect={t(d.public ? 'situation.report_public_effect' : 'situation.internal_help')} />
      <Check names={names} field="simulated" label={t('situation.report_exercise')} effect={t('situation.report_exercise_effect')} />
      <Why names={names} field={null} />
      <div class="action-buttons">
        <button type="submit" class="primary">{t('situation.do_report')}</button>
        <button type="button" class="plain" onClick={closeReport}>{t('form.cancel')}</button>
      </div>
    </form>
  );
}

export default function ReportPanel() {
  const operator = me.value?.operator;
  const mayReport = maySomewhere(kPermission);
  // What is open stays when the login or the right ends: it holds what was typed, and sending says why it is refused.
  const opened = useRef(false);
  opened.current ||= mayReport;
  return (
    <article class="report" lang={language.value} data-testid="report-panel">
      <header>
        <h2 id="report-title">{t('situation.report')}</h2>
        <button type="button" class="quiet square" aria-label={t('panel.close')} title={`${t('panel.close')} (Esc)`} onClick={closeReport}><Icon name="close" /></button>
      </header>
      {operator && !mayReport && <p class="effect">{t('situation.report_denied')}</p>}
      {!operator && !opened.current && <p class="effect"><a href={next()}>{t('me.sign_in')}</a></p>}
      {opened.current && <Form />}
    </article>
  );
}
