// Rows of entries, compared in this thread, for tests.

import { checkUpdate } from '../../gate/check-update.js';
import { KnownState } from '../../gate/known-state.js';
import { noteOwners } from '../../gate/owners.js';
import { buildCheckpoint } from '../checkpoint-builder.js';
import { compare } from '../compare.js';
import type { ComparedRun, Comparison } from '../comparison.js';
import type { BroughtBack } from '../origins.js';

export interface TestEntry {
  readonly by: string;
  readonly update: Uint8Array;
  /** An hour after the one before, unless said. */
  readonly atMs?: number;
}

const HOUR_MS = 3_600_000;

/** When the entry of this number was written, unless it says so itself. */
export const timeOf = (seq: number): number => seq * HOUR_MS;

/** @param base the seq of the checkpoint it starts from, not above `from`; 0: none */
export function compareEntries(
  entries: readonly TestEntry[],
  from: number,
  to: number,
  base = 0,
  restores: readonly BroughtBack[] = [],
): Comparison {
  const updates = entries.map(({ update }) => update);
  const checkpoint = base === 0 ? null : buildCheckpoint({ checkpointState: null, updates: updates.slice(0, base) });
  const read = entries.slice(base, to);
  const people = [...new Set(read.map(({ by }) => by))];
  return compare({
    checkpointState: checkpoint?.state ?? null,
    updates: updates.slice(base, to),
    entries: {
      before: from - base,
      firstSeq: base + 1,
      timesMs: Float64Array.from(read, ({ atMs }, i) => atMs ?? timeOf(base + i + 1)),
      authors: Uint32Array.from(read, ({ by }) => people.indexOf(by)),
      people,
      restores,
      owners: ownersOf(entries.slice(0, base)),
    },
  });
}

/** As the checkpoint after these entries has them. */
function ownersOf(entries: readonly TestEntry[]): Map<number, string> {
  const owners = new Map<number, string>();
  const known = new KnownState();
  for (const { by, update } of entries) {
    const verdict = checkUpdate(update, known);
    if (verdict.kind !== 'new') continue;
    known.add(verdict.change);
    noteOwners(owners, verdict.change, by);
  }
  return owners;
}

/** All runs of the editor's text. */
export const runsOf = ({ parts }: Comparison): readonly ComparedRun[] =>
  parts.filter(({ name }) => name === 'prosemirror').flatMap(({ blocks }) => blocks.flatMap(({ runs = [] }) => runs));
