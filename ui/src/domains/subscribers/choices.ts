// Which subscribers are shown.
import { addressed, oneOf, typed } from '../../shell/address';

/** How somebody is reached, first what needs somebody. */
export const kReaches = ['failing', 'paused', 'waiting', 'untold', 'reached'] as const;
export type Reach = (typeof kReaches)[number];

/** How they are reached; null: however. */
export const reach = addressed('reach', oneOf(kReaches));
/** Words of name and address. */
export const who = addressed('who', typed);
