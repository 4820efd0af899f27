// Situations on the time line: a bar from the onset to the end, headed by the severity's shape.
import { useEffect, useState } from 'preact/hooks';
import type uPlot from 'uplot';
import { t } from '../../shell/texts';
import { rankOf } from './rules';
import { kSeverityKeys, SeverityMark } from './Severity';
import { known, openSituation, pointedSituation, situationId } from './store';
import { headlineText, lastingText, stateText } from './words';

const kOnLine = 80;

export function SituationMarks({ from, to, plot }: { from: number; to: number; plot: { current: uPlot | null } }) {
  // The plot's measures are there only after it was drawn, and change with the window.
  const [, look] = useState(0);
  useEffect(() => {
    const again = () => requestAnimationFrame(() => look((n) => n + 1));
    again();
    window.addEventListener('resize', again);
    return () => window.removeEventListener('resize', again);
  }, []);
  const u = plot.current;
  if (!u) return null;
  const x = (time: number) => u.over.offsetLeft + ((time - from) / (to - from)) * u.over.clientWidth;
  const all = known.value.filter((s) => s.since < to && (s.ended_at ?? to) > from).sort((a, b) => rankOf(a.severity) - rankOf(b.severity) || a.since - b.since);
  const seen = all.slice(-kOnLine);
  return (
    <div class="situation-marks" data-testid="situation-marks" style={{ top: `${u.over.clientHeight - 12}px` }}>
      {seen.map((s) => {
        const begin = Math.max(s.since, from);
        const marked = s.id === situationId.value || s.id === pointedSituation.value;
        return (
          <button
            key={s.id} type="button" tabIndex={-1} class={`situation-mark is-${s.severity} ${marked ? 'marked' : ''}`} style={{ left: `${x(begin).toFixed(1)}px` }}
            title={`${t('situation.label', { severity: t(kSeverityKeys[s.severity]), headline: headlineText(s), state: stateText(s) })} · ${lastingText(s.since)}`}
            aria-label={t('situation.label', { severity: t(kSeverityKeys[s.severity]), headline: headlineText(s), state: stateText(s) })}
            onPointerDown={(e) => e.stopPropagation()} onClick={() => openSituation(s.id)} onMouseEnter={() => (pointedSituation.value = s.id)} onMouseLeave={() => (pointedSituation.value = null)}
          >
            <i style={{ width: `${Math.max(x(s.ended_at ?? to) - x(begin), 2).toFixed(1)}px` }} />
            <SeverityMark severity={s.severity} size={14} faint={s.ended_at !== null} />
          </button>
        );
      })}
      {all.length > seen.length && <small class="situation-marks-more">{t('situation.marks_more', { count: all.length - seen.length })}</small>}
    </div>
  );
}
