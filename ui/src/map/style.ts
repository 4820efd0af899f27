// The map's look, built in code: no outside tiles, glyphs or sprites. Labels are HTML.
import type { ExpressionSpecification, StyleSpecification } from 'maplibre-gl';
import type { Theme } from '../lib/scale';

export interface Palette {
  ground: string;
  land: string;
  border: string;
  outline: string;
  mark: string;
  stale: string;
  rim: string;
}
export const kPalettes: Record<Theme, Palette> = {
  dark: { ground: '#0a0f15', land: '#141c26', border: '#2c3a49', outline: '#4a5c70', mark: '#ffffff', stale: '#66727f', rim: 'rgba(4,8,12,0.75)' },
  light: { ground: '#e3e9ef', land: '#fafbfc', border: '#c9d3dd', outline: '#8b9aaa', mark: '#0b1b2b', stale: '#9aa5b0', rim: 'rgba(255,255,255,0.9)' },
};

const state = (name: string, otherwise: string | number): ExpressionSpecification => ['coalesce', ['feature-state', name], otherwise];
const byZoom = (factor: number): ExpressionSpecification => [
  'interpolate', ['linear'], ['zoom'], 8, 2 * factor, 10, 3.4 * factor, 12, 6.2 * factor, 14, 10 * factor, 17, 16 * factor,
];

const kNothing = { type: 'FeatureCollection' as const, features: [] };

export function styleOf(theme: Theme, markFactor: number): StyleSpecification {
  const p = kPalettes[theme];
  return {
    version: 8,
    sources: {
      areas: { type: 'geojson', data: kNothing },
      stations: { type: 'geojson', data: kNothing },
      marks: { type: 'geojson', data: kNothing },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': p.ground } },
      { id: 'land', type: 'fill', source: 'areas', paint: { 'fill-color': p.land, 'fill-antialias': false } },
      {
        id: 'shade', type: 'fill', source: 'areas',
        paint: { 'fill-color': ['to-color', ['feature-state', 'c'], p.land], 'fill-opacity': state('o', 0) as never, 'fill-antialias': false },
      },
      { id: 'glow', type: 'line', source: 'areas', paint: { 'line-color': p.ground, 'line-width': 5, 'line-opacity': 0.35, 'line-blur': 4 } },
      { id: 'borders', type: 'line', source: 'areas', layout: { 'line-join': 'round' }, paint: { 'line-color': p.border, 'line-width': 1 } },
      {
        id: 'chosen', type: 'line', source: 'areas', layout: { 'line-join': 'round' },
        paint: { 'line-color': p.outline, 'line-width': ['case', ['==', ['feature-state', 'chosen'], true], 2.2, 0] as never },
      },
      {
        id: 'stations', type: 'circle', source: 'stations',
        paint: {
          'circle-radius': byZoom(markFactor),
          'circle-color': ['to-color', ['feature-state', 'c'], 'rgba(0,0,0,0)'],
          'circle-opacity': state('o', 0) as never,
          'circle-stroke-color': ['to-color', ['feature-state', 's'], p.stale],
          'circle-stroke-width': state('w', 0) as never,
          'circle-stroke-opacity': state('so', 0) as never,
        },
      },
      {
        id: 'mark-halo', type: 'circle', source: 'marks',
        paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 7, 12, 12, 17, 24], 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': p.mark, 'circle-stroke-width': ['get', 'width'] },
      },
    ],
  };
}
