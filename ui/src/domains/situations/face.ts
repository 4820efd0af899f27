// What other domains may use of situations.
export { kSeverities, type Severity } from './rules';
export { fromSeverityText, SeverityMark } from './Severity';
export { known } from './store';
export { kindText, kKinds } from './words';
