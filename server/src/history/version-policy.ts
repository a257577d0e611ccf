// Which moments are kept by themselves, and for how long. Only pointers come and go here: every entry stays in the log, and any
// moment of it can be seen and brought back (L5).

import type { VersionPolicy } from '../version-settings.js';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** What the policy looks at. */
interface Dated {
  readonly timeMs: number;
  readonly reason: string;
}

/**
 * Which of the versions of a document are kept no longer: those alone that were made by themselves.
 * @param versions in the order of their moments
 */
export function outlived<T extends Dated>(versions: readonly T[], nowMs: number, policy: VersionPolicy): Set<T> {
  const gone = new Set<T>();
  const lastOfSpan = new Map<string, T>();
  for (const version of versions) {
    if (version.reason !== 'automatic') continue;
    const span = spanOf(version.timeMs, nowMs, policy);
    if (span === null) continue;
    const before = lastOfSpan.get(span);
    if (before) gone.add(before);
    lastOfSpan.set(span, version);
  }
  return gone;
}

/** Of versions in one span the last is kept; null: all are. */
function spanOf(timeMs: number, nowMs: number, { keepAllMs, keepHourlyMs }: VersionPolicy): string | null {
  const ageMs = nowMs - timeMs;
  if (ageMs < keepAllMs) return null;
  return ageMs < keepHourlyMs ? `hour ${Math.floor(timeMs / HOUR_MS)}` : `day ${Math.floor(timeMs / DAY_MS)}`;
}

/** Whether two moments lie in different days: then it is time to look which versions are outlived. */
export const isAnotherDay = (aMs: number, bMs: number): boolean =>
  Math.floor(aMs / DAY_MS) !== Math.floor(bMs / DAY_MS);

/**
 * The seqs at which entries came to rest: the last before each pause, and the last of all.
 * @param entries in order, one at least
 */
export function restsIn(
  entries: readonly { readonly seq: number; readonly timeMs: number }[],
  pauseMs: number,
): number[] {
  const rests: number[] = [];
  for (const [index, { seq, timeMs }] of entries.entries()) {
    const next = entries[index + 1];
    if (!next || next.timeMs - timeMs >= pauseMs) rests.push(seq);
  }
  return rests;
}
