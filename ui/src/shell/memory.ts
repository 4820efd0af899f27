// What this browser remembers for the reader, and what this tab alone does.
export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(`madang.${key}`);
  } catch {
    return null;
  }
}
export function remember(key: string, value: string) {
  try {
    localStorage.setItem(`madang.${key}`, value);
  } catch {
    // A browser that refuses storage only forgets the choice.
  }
}

/** Until the tab is closed: over a reload and a way through the login page. */
export function rememberedHere(key: string): string | null {
  try {
    return sessionStorage.getItem(`madang.${key}`);
  } catch {
    return null;
  }
}
export function rememberHere(key: string, value: string) {
  try {
    sessionStorage.setItem(`madang.${key}`, value);
  } catch {
    // As above.
  }
}
