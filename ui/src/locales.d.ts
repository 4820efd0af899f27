declare module 'virtual:locales' {
  export const languages: string[];
  export const loads: Record<string, () => Promise<{ default: Record<string, string> }>>;
}
