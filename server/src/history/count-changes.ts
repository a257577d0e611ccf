// How much was written between moments of a document: characters that are there at the later one and were not at the
// earlier, and characters that are gone. Counted from what is new to a state, so it costs what was written and one load.

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

/** Who counts: HistoryWorkers, as a rule. */
export interface ChangeCounter {
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

function textIn(struct: Y.GC | Y.Item): number {
  if (!(struct instanceof Y.Item) || !(struct.content instanceof Y.ContentString)) return 0;
  let characters = 0;
  for (const _ of struct.content.str) characters += 1;
  return characters;
}
