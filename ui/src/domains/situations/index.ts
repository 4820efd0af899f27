// What needs somebody: listed, on the map, on the time line, worked by operators.
import texts from 'virtual:texts/situations';
import { register } from '../../shell/domain';
import { acknowledge, playHourBeforeSelected, report, stepSituation } from './keys';
import { groundLayer, ringLayer } from './layers';
import { keepDraft, reportPanel } from './report';
import { MapParts } from './ReportMark';
import { titleWith } from './rules';
import { Announced, OpenSituations, Sound } from './SituationHeader';
import { Situations } from './SituationList';
import { SituationMarks } from './SituationMarks';
import { followSituations, known, situationPanel } from './store';
import './situations.css';

register({
  name: 'situations',
  texts: [texts],
  panels: [situationPanel, reportPanel],
  places: { header: OpenSituations, choices: Sound, home: Situations, map: MapParts, line: SituationMarks, spoken: Announced },
  layers: [ringLayer, groundLayer],
  keys: [
    { help: 'situation.help_step', acts: { n: () => stepSituation(1), p: () => stepSituation(-1) } },
    { help: 'situation.help_acknowledge', acts: { a: acknowledge } },
    { help: 'situation.help_report', acts: { r: report } },
    { help: 'situation.help_hour', acts: { b: playHourBeforeSelected } },
  ],
  title: (title) => titleWith(known.value, title),
  start: () => {
    keepDraft();
    followSituations();
  },
});
