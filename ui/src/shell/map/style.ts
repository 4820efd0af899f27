// The map's look, built in code: no outside tiles, glyphs or sprites. Labels are HTML.
import type { ExpressionSpecification, StyleSpecification } from 'maplibre-gl';
import type { Layer } from './layer';
import type { Theme } from './scale';

export interface Palette {
  ground: string;
  land: string;
  border: string;
  outline: string;
  mark: string;
  water: string;
  road: string;
  bigRoad: string;
}
export const kPalettes: Record<Theme, Palette> = {
  dark: { ground: '#0a0f15', land: '#141c26', border: '#2c3a49', outline: '#4a5c70', mark: '#ffffff', water: '#0b2436', road: '#2b3947', bigRoad: '#3d4f62' },
  light: { ground: '#e3e9ef', land: '#fafbfc', border: '#c9d3dd', outline: '#8b9aaa', mark: '#0b1b2b', water: '#a9cbe6', road: '#d5dde5', bigRoad: '#bcc8d4' },
};

/** The state of a feature that `Canvas.setState` has set. */
export const stateOf = (name: string, otherwise: string | number): ExpressionSpecification => ['coalesce', ['feature-state', name], otherwise];
/** The radius of a mark, larger the nearer the map is. */
export const markRadius = (factor: number): ExpressionSpecification => [
  'interpolate', ['linear'], ['zoom'], 8, 2 * factor, 10, 3.4 * factor, 12, 6.2 * factor, 14, 10 * factor, 17, 16 * factor,
];

/** What lies under the areas: `kind` city, river, expressway, avenue or street. */
const ofKind = (...kinds: string[]): ExpressionSpecification => ['in', ['get', 'kind'], ['literal', kinds]];
const widthByZoom = (at10: number, at14: number): ExpressionSpecification => ['interpolate', ['exponential', 1.5], ['zoom'], 8, at10 * 0.5, 10, at10, 14, at14];
const isShape = (shape: 'Polygon' | 'LineString'): ExpressionSpecification => ['in', ['geometry-type'], ['literal', [shape, `Multi${shape}`]]];

const kNothing = { type: 'FeatureCollection' as const, features: [] };

/** The city's ground, and upon it what the layers bring; the first of them lies uppermost among those of its height. */
export function styleOf(theme: Theme, layers: readonly Layer[], factor: number): StyleSpecification {
  const p = kPalettes[theme];
  const drawn = (height: Layer['height']) => [...layers].reverse().filter((layer) => layer.height === height).flatMap((layer) => layer.look({ theme, factor }));
  return {
    version: 8,
    sources: {
      base: { type: 'geojson', data: kNothing },
      areas: { type: 'geojson', data: kNothing },
      parts: { type: 'geojson', data: kNothing },
      ...Object.fromEntries(layers.flatMap((layer) => layer.sources).map((source) => [source, { type: 'geojson' as const, data: kNothing }])),
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': p.ground } },
      { id: 'city', type: 'fill', source: 'base', filter: ['all', ofKind('city'), isShape('Polygon')], paint: { 'fill-color': p.land } },
      { id: 'land', type: 'fill', source: 'areas', paint: { 'fill-color': p.land, 'fill-antialias': false } },
      {
        id: 'shade', type: 'fill', source: 'areas',
        paint: { 'fill-color': ['to-color', ['feature-state', 'c'], p.land], 'fill-opacity': stateOf('o', 0) as never, 'fill-antialias': false },
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
      ...drawn('ground'),
      ...drawn('mark'),
      ...drawn('above'),
    ],
  };
}
