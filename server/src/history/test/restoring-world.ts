// A document in which people write, and somebody brings moments of it back, or blocks of them, and takes that back. What goes into its
// log is what the gate takes. All chance is of one seed.

import * as prng from 'lib0/prng';
import { expect } from 'vitest';
import * as Y from 'yjs';
import { checkUpdate } from '../../gate/check-update.js';
import { KnownState } from '../../gate/known-state.js';
import type { StateJob } from '../../room/room-history.js';
import { buildCheckpoint } from '../checkpoint-builder.js';
import { loadDocument } from '../load-state.js';
import { blockIdOf } from '../past-block.js';
import { computePart } from '../restore-part.js';
import { computeUndo } from '../restore-undo.js';
import { computeRestore, type RestoreUpdate } from '../restore-update.js';

export const load = (updates: readonly Uint8Array[]): Y.Doc => loadDocument({ checkpointState: null, updates });

/** As the log has it: from a checkpoint somewhere before, or from the first entry on. */
export function jobOf(updates: readonly Uint8Array[], random: prng.PRNG): StateJob {
  const covered = prng.int32(random, 0, updates.length);
  if (covered === 0) return { checkpointState: null, updates };
  const { state } = buildCheckpoint({ checkpointState: null, updates: updates.slice(0, covered) });
  return { checkpointState: state, updates: updates.slice(covered) };
}

/** Everything that holds something, and is there. */
export function blocksIn({ store }: Y.Doc): Y.Item[] {
  const all = [...store.clients.values()].flat();
  return all.filter(
    (one): one is Y.Item => one instanceof Y.Item && !one.deleted && one.content instanceof Y.ContentType,
  );
}

/** A restore, and where in the log its entry is. */
export interface Done extends RestoreUpdate {
  readonly at: number;
}

export class RestoringWorld {
  readonly random: prng.PRNG;
  readonly restores: Done[] = [];
  readonly #known = new KnownState();
  readonly #hasParts: boolean;

  constructor(seed: number, { hasParts = false } = {}) {
    this.random = prng.create(seed + 0.5);
    this.#hasParts = hasParts;
  }

  readonly submit = (update: Uint8Array): Uint8Array | null => {
    const verdict = checkUpdate(update, this.#known);
    if (verdict.kind !== 'new') return null;
    this.#known.add(verdict.change);
    return verdict.update;
  };

  /** Whether the gate lets something in as it is. */
  takes(update: Uint8Array): boolean {
    const verdict = checkUpdate(update, this.#known);
    return verdict.kind === 'new' && verdict.update === update;
  }

  readonly write = (log: readonly Uint8Array[]): Uint8Array | null => {
    if (log.length < 4 || this.restores.length > 3 || prng.int32(this.random, 0, 9) > 0) return null;
    const done = prng.int32(this.random, 0, 3) === 0 ? this.undo(log) : this.#restore(log);
    if (done === null) return null;
    this.restores.push({ ...done, at: log.length });
    expect(this.submit(done.update)).toBe(done.update);
    return done.update;
  };

  #restore(log: readonly Uint8Array[]): RestoreUpdate | null {
    const to = prng.int32(this.random, 0, log.length);
    const job = { past: jobOf(log.slice(0, to), this.random), present: jobOf(log, this.random) };
    if (!this.#hasParts || prng.int32(this.random, 0, 2) === 0) return computeRestore(job);
    const blocks = blocksIn(load(log.slice(0, to)));
    if (blocks.length === 0) return null;
    const wanted = Array.from({ length: prng.int32(this.random, 1, 3) }, () => prng.oneOf(this.random, blocks));
    const restores = this.restores.filter(({ at }) => at >= to);
    const computed = computePart({ ...job, restores, blocks: wanted.map(({ id }) => blockIdOf(id)) });
    return 'update' in computed ? computed.update : null;
  }

  undo(log: readonly Uint8Array[], which = this.#oneOfAll()): RestoreUpdate | null {
    if (which === undefined) return null;
    const { at, client } = which;
    const restores = this.restores.filter((other) => other.at > at);
    return computeUndo({ past: jobOf(log.slice(0, at), this.random), since: log.slice(at), client, restores });
  }

  #oneOfAll(): Done | undefined {
    return this.restores.length === 0 ? undefined : prng.oneOf(this.random, this.restores);
  }
}
