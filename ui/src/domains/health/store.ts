// What the page of the stations' health is narrowed to.
import { addressed, oneOf, word } from '../../shell/address';
import { kReportStates } from '../sensing/face';

/** The one ailment that is shown; null: all. */
export const ailment = addressed('ailment', word);
/** The count whose stations are listed; null: none. */
export const counted = addressed('reports', oneOf(kReportStates));
