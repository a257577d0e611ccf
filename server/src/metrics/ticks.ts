// Times that are kept with every update while it waits. As a number of milliseconds each would be a double on the heap; a tick
// is a small integer, which costs nothing but its place.

const TICKS_PER_MS = 50;

/** Of a clock that never goes back. It begins anew after a day: a wait of more than that is shown as less. */
export const nowTicks = (): number => (performance.now() * TICKS_PER_MS) | 0;

export const msSince = (ticks: number): number => ((nowTicks() - ticks) >>> 0) / TICKS_PER_MS;
