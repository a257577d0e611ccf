// How long to wait before the next try: "full jitter", so that many clients whose server restarted do not return as one.

const FIRST_CEILING_MS = 1_000;
const LAST_CEILING_MS = 30_000;
const FLOOR_MS = 100;

/**
 * @param attempt tries that failed in a row before this one: 0, 1, 2, …
 * @param random in [0, 1)
 */
export function backoffDelayMs(attempt: number, random: number): number {
  const ceilingMs = Math.min(LAST_CEILING_MS, FIRST_CEILING_MS * 2 ** attempt);
  return Math.max(FLOOR_MS, Math.floor(random * ceilingMs));
}
