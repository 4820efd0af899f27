// Severities can be told apart by everybody: contrast in both themes, and the same words on every face.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { kSeverities } from '../src/domains/situations/rules';
import { kLanguages } from '../src/shell/languages';
import { kSeverityColours } from '../src/domains/situations/layers';
import { catalogueOf } from './catalogues';
import { kPalettes } from '../src/shell/map/style';
import { kShapes } from '../src/domains/situations/shapes';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const css = readFileSync(join(root, 'src', 'shell', 'styles', 'page.css'), 'utf8');
const [dark, light] = [/:root \{([\s\S]*?)\n\}/.exec(css)![1]!, /:root\[data-theme='light'\] \{([\s\S]*?)\n\}/.exec(css)![1]!];
const variable = (theme: string, name: string) => new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(theme)![1]!;

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
const contrast = (a: string, b: string) => {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
};

describe.each([['dark', dark, 'dark'], ['light', light, 'light']] as const)('severities in the %s theme', (_name, theme, palette) => {
  const colours = kSeverityColours[palette];
  it('have the same colours on the page and on the map', () => {
    expect(kSeverities.map((s) => colours[s])).toEqual(kSeverities.map((s) => variable(theme, `sev-${s}`)));
  });
  it('are readable as words on every surface', () => {
    const low = kSeverities.flatMap((s) => ['surface-1', 'surface-2'].map((surface) => contrast(variable(theme, `sev-${s}`), variable(theme, surface))));
    expect(Math.min(...low)).toBeGreaterThanOrEqual(4.5);
  });
  it('are seen as marks on the map, and their signs on them', () => {
    expect(Math.min(...kSeverities.map((s) => contrast(colours[s], kPalettes[palette].land)))).toBeGreaterThanOrEqual(3);
    expect(Math.min(...kSeverities.map((s) => contrast(variable(theme, `sev-${s}`), variable(theme, 'on-severity'))))).toBeGreaterThanOrEqual(3);
  });
});

describe('severities', () => {
  it('have each a shape of their own', () => {
    expect(new Set(Object.values(kShapes)).size).toBe(kSeverities.length);
  });
  it('have one word each, in the control room as on the public page', () => {
    for (const language of kLanguages) {
      const catalogue = catalogueOf(language);
      for (const s of kSeverities) expect([language, catalogue[`alerts.severity.${s}`] ?? catalogue[`situation.${s}`]]).toEqual([language, catalogue[`situation.${s}`]]);
    }
  });
});
