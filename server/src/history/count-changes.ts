// How much was written between moments of a document: characters that are there at the later one and were not at the
// earlier, and characters that are gone. Where nothing older was deleted, what was written tells alone; else it is counted from
// what is new to a state, and costs what was written and one load.

import * as Y from 'yjs';
import type { StateJob } from '../room/room-history.js';
import { loadDocument, mergeInTree } from './load-state.js';

/** In characters as people count them, nearly: Unicode code points. */
export interface Changes {
  readonly inserted: number;
  readonly deleted: number;
}

export interface CountJob extends StateJob {
  /**
   * Rising places in `updates`. Those before the first make the earliest moment, and those up to each of the others the
   * moments after it.
   */
  readonly cuts: readonly number[];
}

/** The same without what they build on: the first of `cuts` is 0. */
export type WrittenJob = Pick<CountJob, 'updates' | 'cuts'>;

/** Who counts: HistoryWorkers, as a rule. */
export interface ChangeCounter {
  /** @throws SyncError `WORKER_FAILED` */
  countWritten(job: WrittenJob): Promise<readonly (Changes | null)[]>;
  /** @throws SyncError `WORKER_FAILED` */
  countChanges(job: CountJob): Promise<readonly Changes[]>;
}

/** @returns one for each cut after the first */
export function countChanges({ checkpointState, updates, cuts }: CountJob): Changes[] {
  let [from = 0] = cuts;
  // What is deleted keeps its text, to be counted.
  const doc = loadDocument({ checkpointState, updates: updates.slice(0, from) }, { gc: false });
  const counted = cuts.slice(1).map((to) => {
    const update = mergeInTree(updates.slice(from, to));
    from = to;
    return update === null ? { inserted: 0, deleted: 0 } : changesBy(doc, update);
  });
  doc.destroy();
  return counted;
}

/**
 * What can be said without the document.
 * @returns one for each cut after the first; null: something older was deleted, and only the document has its text. What was
 *          written into a block that others had deleted meanwhile counts as written, although nobody sees it.
 */
export function countWritten({ updates, cuts }: WrittenJob): (Changes | null)[] {
  return cuts.slice(1).map((to, index) => writtenBy(updates.slice(cuts[index], to)));
}

function writtenBy(updates: readonly Uint8Array[]): Changes | null {
  const update = mergeInTree(updates);
  if (update === null) return { inserted: 0, deleted: 0 };
  const { structs, ds } = Y.decodeUpdate(update);
  let inserted = 0;
  const ofClient = new Map<number, (Y.GC | Y.Item)[]>();
  for (const struct of structs) {
    if (struct instanceof Y.Skip) continue;
    inserted += textIn(struct);
    const others = ofClient.get(struct.id.client);
    if (others) others.push(struct);
    else ofClient.set(struct.id.client, [struct]);
  }
  for (const [client, ranges] of ds.clients) {
    const written = ofClient.get(client) ?? [];
    // Both in order: an update is merged by clock.
    let next = 0;
    for (const { clock, len } of [...ranges].sort((a, b) => a.clock - b.clock)) {
      let left = len;
      while (next < written.length && written[next]!.id.clock + written[next]!.length <= clock) next += 1;
      for (let at = next; at < written.length && written[at]!.id.clock < clock + len; at++) {
        const struct = written[at]!;
        const from = Math.max(clock - struct.id.clock, 0);
        const to = Math.min(clock + len - struct.id.clock, struct.length);
        inserted -= textIn(struct, from, to);
        left -= to - from;
      }
      if (left > 0) return null;
    }
  }
  return { inserted, deleted: 0 };
}

function changesBy(doc: Y.Doc, update: Uint8Array): Changes {
  return doc.transact((transaction) => {
    Y.applyUpdate(doc, update);
    // Before it ends nothing old is joined with what is new.
    const { beforeState, deleteSet } = transaction;
    let inserted = 0;
    for (const [client, structs] of doc.store.clients) {
      const before = beforeState.get(client) ?? 0;
      for (let i = structs.length - 1; i >= 0 && structs[i]!.id.clock >= before; i--)
        inserted += shownText(structs[i]!);
    }
    let deleted = 0;
    Y.iterateDeletedStructs(transaction, deleteSet, (struct) => {
      if (struct.id.clock < (beforeState.get(struct.id.client) ?? 0)) deleted += textIn(struct);
    });
    return { inserted, deleted };
  });
}

const shownText = (struct: Y.GC | Y.Item): number => (struct.deleted ? 0 : textIn(struct));

function textIn(struct: Y.GC | Y.Item, from = 0, to = struct.length): number {
  if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) return 0;
  let characters = 0;
  for (const _ of struct.content.str.slice(from, to)) characters += 1;
  return characters;
}
