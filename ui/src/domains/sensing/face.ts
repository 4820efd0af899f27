// What other domains may use of stations and their values.
export type { Quantity, Station } from './api';
export type { ReportCounts, ReportState } from './rules';
export { kReportStates } from './rules';
export { openStation, pointed, quantityChannel, quantityOf, stationId, stations, undimmed } from './store';
export { kStateKey, unitText } from './words';
