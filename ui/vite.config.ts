// Builds the control room into dist/, which the server embeds and serves under /control/.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { locales } from './build/locales.mjs';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const backend = process.env.MADANG_BACKEND ?? 'http://127.0.0.1:8790';

/** A line more in src/domains.ts, as somebody writes it who adds a domain: for the story of the toy. */
const oneLineMore = (line: string) => ({ name: 'one-line-more', transform: (code: string, id: string) => (id === path('src/domains.ts') ? `${code}${line}\n` : undefined) });

export default defineConfig({
  base: '/control/',
  plugins: [locales(process.env.MADANG_LOCALES ?? path('../locales'), path('src')), ...(process.env.MADANG_MORE_DOMAINS ? [oneLineMore(process.env.MADANG_MORE_DOMAINS)] : [])],
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  worker: { format: 'es' },
  // Below a prefix only the page's own addresses are known when it is served; scripts find the rest from where they stand.
  experimental: { renderBuiltUrl: (_name, { hostType }) => (hostType === 'html' ? undefined : { relative: true }) },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    modulePreload: { polyfill: false },
  },
  server: {
    port: 5178,
    fs: { allow: ['..'] },
    proxy: { '/api': backend, '/login': backend, '/logout': backend },
  },
  test: { include: ['test/**/*.test.ts'], environment: 'node' },
});
