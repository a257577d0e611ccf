// A channel's state as a Y.Doc, exactly as the log has it. Everything is applied in one transaction on an empty document:
// in a second one Yjs would tidy up formatting it takes for redundant, and the deletions of that would be in no log.

import { inflateRawSync } from 'node:zlib';
import * as Y from 'yjs';
import type { StateJob } from '../room/room-history.js';
import { joinUpdates } from './join-updates.js';

/** Merging takes time quadratic in the number of updates given at once, so a long list is merged as a tree. */
const MERGE_WIDTH = 48;

/** The Yjs v1 update of a checkpoint. */
export function inflateState(checkpointState: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = inflateRawSync(checkpointState);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Whether the update of a checkpoint has at most `maxBytes`: its state can have a thousandth of them. */
export function inflatesWithin(checkpointState: Uint8Array, maxBytes: number): boolean {
  if (checkpointState.length > maxBytes) return false;
  try {
    inflateRawSync(checkpointState, { maxOutputLength: maxBytes });
    return true;
  } catch {
    return false;
  }
}

/**
 * @param options.gc whether what is deleted is collected; a state that others shall build on keeps it
 * @throws Error when anything stays pending or cannot be applied
 */
export function loadDocument({ checkpointState, updates }: StateJob, { gc } = { gc: true }): Y.Doc {
  const doc = new Y.Doc({ gc });
  // Merging first takes half the time of applying one by one.
  const tail = mergeInTree(updates);
  doc.transact(() => {
    if (checkpointState) Y.applyUpdate(doc, inflateState(checkpointState));
    if (tail) Y.applyUpdate(doc, tail);
  });
  if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) {
    throw new Error('the state lacks something it builds on');
  }
  return doc;
}

/** Where something comes from others, Yjs tidies up formatting behind it, and those deletions are in no log. */
export function applyAsLogged(transaction: Y.Transaction, update: Uint8Array): void {
  Y.applyUpdate(transaction.doc, update);
  transaction.local = true;
}

/** One Yjs v1 update of the whole state. What the updates deleted is in it with its text. */
export function rebuildState(job: StateJob): Uint8Array {
  const doc = loadDocument(job, { gc: false });
  const update = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return update;
}

/** @param updates in the order of a log, if they are many: then it is quick @returns one update, or null when there are none */
export function mergeInTree(updates: readonly Uint8Array[]): Uint8Array | null {
  const joined = updates.length > 1 ? joinUpdates(updates) : null;
  let level = joined === null ? updates : [joined];
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += MERGE_WIDTH) next.push(Y.mergeUpdates(level.slice(i, i + MERGE_WIDTH)));
    level = next;
  }
  return level[0] ?? null;
}

/** The clients that a state has something of. */
export const clientsIn = (stateVector: Uint8Array): number[] => [...Y.decodeStateVector(stateVector).keys()];
