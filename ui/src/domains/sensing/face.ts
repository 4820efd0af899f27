// What other domains may use of stations and their values.
export type { Quantity, Station } from './api';
export type { ReportCounts, ReportState } from './rules';
export { isWhollySimulated, kReportStates, placeOf } from './rules';
export { openStation, pointed, quantityChannel, quantityOf, simulatedText, stationId, stations, undimmed } from './store';
export { flagText, kStateKey, unitText } from './words';
