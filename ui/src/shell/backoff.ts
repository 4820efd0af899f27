// How long to wait before the n-th try to connect again: doubling from half a second to fifteen, with jitter so
// that a thousand browsers do not come back in the same instant.
export function pauseBefore(attempt: number, random: () => number): number {
  const longest = Math.min(15_000, 500 * 2 ** Math.min(attempt, 10));
  return longest / 2 + (random() * longest) / 2;
}
