// The shapes of the four severities, for pages and map alike.
import type { Severity } from './rules';

/** In a box of 20 by 20. */
export const kShapes: Record<Severity, string> = {
  notice: 'M10 2.8a7.2 7.2 0 1 1 0 14.4a7.2 7.2 0 0 1 0-14.4Z',
  caution: 'M10 2 18.6 17.2H1.4Z',
  serious: 'M10 .9 19.1 10 10 19.1 .9 10Z',
  critical: 'M6.4 1.2h7.2l5.2 5.2v7.2l-5.2 5.2H6.4L1.2 13.6V6.4Z',
};
/** What is cut out of the shape, so that even without colour and from afar they differ. */
export const kSigns: Record<Severity, string> = {
  notice: 'M10 9v4.4M10 6.4v.1',
  caution: 'M10 7.4v4.2M10 14.3v.1',
  serious: 'M10 5.4v5.4M10 14v.1',
  critical: 'M6.9 6.9l6.2 6.2M13.1 6.9l-6.2 6.2',
};
