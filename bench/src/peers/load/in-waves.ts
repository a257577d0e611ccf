// A crowd that comes in: some at once, so that neither end is overrun by handshakes.

const AT_ONCE = 20;

export async function inWaves(count: number, come: (number: number) => Promise<void>): Promise<void> {
  for (let at = 0; at < count; at += AT_ONCE) {
    const wave = Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, index) => come(at + index));
    await Promise.all(wave);
  }
}
