// Whether the clock is to be believed by what removes for good whatever is older than so many days: by a clock that is years ahead
// everything is. What it said is noted at each look. Where it has leapt ahead since, which it also seems to after a long time
// without a server, it is not believed for a week; once it is set right, at once.

import type { RecordStore } from '../log/document-log.js';

export interface ClockLook {
  readonly nowMs: number;
  /** What it said before; where nothing is known, what it says now. */
  readonly beforeMs: number;
  /** Until when it is not believed, as it says itself; null: it is believed. */
  readonly doubtedUntilMs: number | null;
}

interface Noted {
  readonly nowMs: number;
  readonly doubtedUntilMs: number | null;
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const KEY = 'past-keeping-clock';

/** Looks at the clock, and notes what it says. @param newestMs when something was last written; 0: never */
export async function lookAtClock(
  records: Pick<RecordStore, 'get' | 'write'>,
  nowMs: number,
  newestMs: number,
): Promise<ClockLook> {
  // One that is damaged is written anew.
  const noted = readNoted(await records.get('setting', KEY).catch(() => null));
  const beforeMs = noted?.nowMs ?? (newestMs || nowMs);
  const doubtedUntilMs = doubt(noted?.doubtedUntilMs ?? null, beforeMs, nowMs);
  const value = new TextEncoder().encode(JSON.stringify({ nowMs, doubtedUntilMs } satisfies Noted));
  await records.write([{ table: 'setting', key: KEY, value }]);
  return { nowMs, beforeMs, doubtedUntilMs };
}

/** Why something is not done yet, to whoever runs the server. @param what is not done, as the beginning of a sentence */
export function doubtfulClock({ nowMs, beforeMs, doubtedUntilMs }: ClockLook, what: string): string {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  return (
    `${what} before ${day(doubtedUntilMs ?? nowMs)}: the clock of this machine says ${day(nowMs)}, and ${day(beforeMs)} when it was last ` +
    'looked at. If it is right, there is nothing to do. If not, set it right before that day: what only seems to be older than it is ' +
    'to be kept would be gone for good.'
  );
}

function doubt(doubtedUntilMs: number | null, beforeMs: number, nowMs: number): number | null {
  if (nowMs - beforeMs > WEEK_MS) return nowMs + WEEK_MS;
  const wasSetBack = beforeMs - nowMs > WEEK_MS;
  return wasSetBack || doubtedUntilMs === null || nowMs >= doubtedUntilMs ? null : doubtedUntilMs;
}

function readNoted(value: Uint8Array | null): Noted | null {
  try {
    const { nowMs, doubtedUntilMs } = JSON.parse(new TextDecoder().decode(value!)) as Partial<Noted>;
    return Number.isFinite(nowMs) ? { nowMs: nowMs!, doubtedUntilMs: doubtedUntilMs ?? null } : null;
  } catch {
    return null;
  }
}
