// A crowd that comes in: some at once, so that neither end is overrun by handshakes.

const AT_ONCE = 20;

export async function inWaves<T>(
  count: number,
  come: (number: number) => Promise<T>,
  atOnce: number = AT_ONCE,
): Promise<T[]> {
  const results: T[] = [];
  for (let at = 0; at < count; at += atOnce) {
    const wave = Array.from({ length: Math.min(atOnce, count - at) }, (_, index) => come(at + index));
    results.push(...(await Promise.all(wave)));
  }
  return results;
}
