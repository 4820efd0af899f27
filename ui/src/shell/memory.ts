// What this browser remembers for the reader.
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
