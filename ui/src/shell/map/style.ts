// The map's look, built in code: no outside tiles, glyphs or sprites. Labels are HTML.
import type { ExpressionSpecification, StyleSpecification } from 'maplibre-gl';
import type { Theme } from './scale';
import type { Severity } from '../../domains/situations/rules';

export interface Palette {
  ground: string;
  land: string;
  border: string;
  outline: string;
  mark: string;
  late: string;
  rim: string;
  water: string;
  road: string;
  bigRoad: string;
  /** The same as --sev-notice and so on in page.css; a test compares them. */
  severity: Record<Severity, string>;
}
const kSeverityDark = { notice: '#7ab8ff', caution: '#f5c542', serious: '#ff9350', critical: '#ff6680' };
const kSeverityLight = { notice: '#0b5cad', caution: '#7d5700', serious: '#b0400a', critical: '#b3123a' };
export const kPalettes: Record<Theme, Palette> = {
  dark: { ground: '#0a0f15', land: '#141c26', border: '#2c3a49', outline: '#4a5c70', mark: '#ffffff', late: '#66727f', rim: 'rgba(4,8,12,0.75)', water: '#0b2436', road: '#2b3947', bigRoad: '#3d4f62', severity: kSeverityDark },
  light: { ground: '#e3e9ef', land: '#fafbfc', border: '#c9d3dd', outline: '#8b9aaa', mark: '#0b1b2b', late: '#9aa5b0', rim: 'rgba(255,255,255,0.9)', water: '#a9cbe6', road: '#d5dde5', bigRoad: '#bcc8d4', severity: kSeverityLight },
};

const state = (name: string, otherwise: string | number): ExpressionSpecification => ['coalesce', ['feature-state', name], otherwise];
const byZoom = (factor: number): ExpressionSpecification => [
  'interpolate', ['linear'], ['zoom'], 8, 2 * factor, 10, 3.4 * factor, 12, 6.2 * factor, 14, 10 * factor, 17, 16 * factor,
];

/** What lies under the areas: `kind` city, river, expressway, avenue or street. */
const ofKind = (...kinds: string[]): ExpressionSpecification => ['in', ['get', 'kind'], ['literal', kinds]];
const widthByZoom = (at10: number, at14: number): ExpressionSpecification => ['interpolate', ['exponential', 1.5], ['zoom'], 8, at10 * 0.5, 10, at10, 14, at14];
const isShape = (shape: 'Polygon' | 'LineString'): ExpressionSpecification => ['in', ['geometry-type'], ['literal', [shape, `Multi${shape}`]]];

const kNothing = { type: 'FeatureCollection' as const, features: [] };

export function styleOf(theme: Theme, markFactor: number): StyleSpecification {
  const p = kPalettes[theme];
  return {
    version: 8,
    sources: {
      base: { type: 'geojson', data: kNothing },
      areas: { type: 'geojson', data: kNothing },
      parts: { type: 'geojson', data: kNothing },
      stations: { type: 'geojson', data: kNothing },
      reach: { type: 'geojson', data: kNothing },
      alarmed: { type: 'geojson', data: kNothing },
      marks: { type: 'geojson', data: kNothing },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': p.ground } },
      { id: 'city', type: 'fill', source: 'base', filter: ['all', ofKind('city'), isShape('Polygon')], paint: { 'fill-color': p.land } },
      { id: 'land', type: 'fill', source: 'areas', paint: { 'fill-color': p.land, 'fill-antialias': false } },
      {
        id: 'shade', type: 'fill', source: 'areas',
        paint: { 'fill-color': ['to-color', ['feature-state', 'c'], p.land], 'fill-opacity': state('o', 0) as never, 'fill-antialias': false },
      },
      { id: 'parts', type: 'line', source: 'parts', minzoom: 11, paint: { 'line-color': p.border, 'line-width': 0.7, 'line-dasharray': [3, 2] } },
      { id: 'river', type: 'fill', source: 'base', filter: ['all', ofKind('river'), isShape('Polygon')], paint: { 'fill-color': p.water } },
      {
        id: 'river-line', type: 'line', source: 'base', filter: ['all', ofKind('river'), isShape('LineString')], layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: { 'line-color': p.water, 'line-width': widthByZoom(2.5, 16) },
      },
      {
        id: 'street', type: 'line', source: 'base', filter: ofKind('street'), minzoom: 11.5, layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: { 'line-color': p.road, 'line-width': widthByZoom(0.4, 2) },
      },
      { id: 'avenue', type: 'line', source: 'base', filter: ofKind('avenue'), layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': p.road, 'line-width': widthByZoom(0.7, 4) } },
      {
        id: 'expressway', type: 'line', source: 'base', filter: ofKind('expressway'), layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: { 'line-color': p.bigRoad, 'line-width': widthByZoom(1.4, 7) },
      },
      { id: 'glow', type: 'line', source: 'areas', paint: { 'line-color': p.ground, 'line-width': 5, 'line-opacity': 0.35, 'line-blur': 4 } },
      { id: 'borders', type: 'line', source: 'areas', layout: { 'line-join': 'round' }, paint: { 'line-color': p.border, 'line-width': 1 } },
      {
        id: 'chosen', type: 'line', source: 'areas', layout: { 'line-join': 'round' },
        paint: { 'line-color': p.outline, 'line-width': ['case', ['==', ['feature-state', 'chosen'], true], 2.2, 0] as never },
      },
      { id: 'reach', type: 'fill', source: 'reach', paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': ['get', 'fill'] } },
      { id: 'reach-edge', type: 'line', source: 'reach', layout: { 'line-join': 'round' }, paint: { 'line-color': ['get', 'colour'], 'line-width': ['get', 'width'] } },
      {
        id: 'stations', type: 'circle', source: 'stations',
        paint: {
          'circle-radius': byZoom(markFactor),
          'circle-color': ['to-color', ['feature-state', 'c'], 'rgba(0,0,0,0)'],
          'circle-opacity': state('o', 0) as never,
          'circle-stroke-color': ['to-color', ['feature-state', 's'], p.late],
          'circle-stroke-width': state('w', 0) as never,
          'circle-stroke-opacity': state('so', 0) as never,
        },
      },
      {
        id: 'alarmed', type: 'circle', source: 'alarmed',
        paint: { 'circle-radius': byZoom(1.45 * markFactor), 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': ['get', 'colour'], 'circle-stroke-width': ['get', 'width'] },
      },
      {
        id: 'mark-halo', type: 'circle', source: 'marks',
        paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 7, 12, 12, 17, 24], 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': p.mark, 'circle-stroke-width': ['get', 'width'] },
      },
    ],
  };
}
