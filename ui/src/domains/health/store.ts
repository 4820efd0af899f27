// What the work list is narrowed to.
import { addressed, word } from '../../shell/address';

/** The one ailment that is shown; null: all. */
export const ailment = addressed('ailment', word);
