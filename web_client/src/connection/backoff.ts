const FIRST_MS = 1_000
const LONGEST_MS = 30_000

/** Full jitter: anywhere between nothing and 1 s · 2^n, at most 30 s, so that clients do not return in step. */
export function reconnectDelay_ms(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt)
}

/** A random moment within the window that the server named in its `bye`. */
export function within_ms(
  [least, most]: readonly [number, number],
  random: () => number = Math.random,
): number {
  return least + random() * (most - least)
}
