import type { Plugin } from 'vite';
export function filesOf(folder: string): Record<string, string[]>;
export function locales(folder: string, sources: string): Plugin;
