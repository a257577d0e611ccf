// What brings a document back to how it was, as one update that everybody takes like any edit (T1): in the past state, all
// that came since is applied as one change, and that change is undone. What undoing writes is the update. It is made from the
// collected present, as those hold it who get it, and handed out only when it was seen to show what was there.

import * as encoding from 'lib0/encoding';
import * as random from 'lib0/random';
import * as Y from 'yjs';
import type { StateJob } from '../room/room-history.js';
import { applyAsLogged, loadDocument, mergeInTree } from './load-state.js';
import { shownContent, showsSame } from './shown-content.js';

export interface RestoreJob {
  readonly past: StateJob;
  readonly present: StateJob;
}

/** One entry that brings something back. */
export interface RestoreUpdate {
  /** Yjs v1 update: all that is new in it is of one client, which nothing else is or will be written under. */
  readonly update: Uint8Array;
  readonly client: number;
  /** What of it is what was there before (T2); see `encodeOrigins`. */
  readonly origins: Uint8Array;
}

/** A run of structs of the restoring client that says again what somebody wrote. */
export interface OriginRange {
  /** First clock of the run, of the client that restored. */
  readonly clock: number;
  readonly length: number;
  /** Where it was written before: as many clocks of this client from there on. */
  readonly client: number;
  readonly from: number;
}

const SINCE = Symbol('what came since');

/**
 * @returns null when the present shows what the past did
 * @throws Error when no update does that
 */
export function computeRestore({ past, present }: RestoreJob): RestoreUpdate | null {
  const doc = loadDocument(past, { gc: false });
  const wanted = shownContent(doc);
  const now = loadDocument(present);
  if (showsSame(shownContent(now), wanted)) return null;
  const since = Y.diffUpdate(Y.encodeStateAsUpdate(now), Y.encodeStateVector(doc));
  now.destroy();

  const undo = new Y.UndoManager(doc, {
    captureTimeout: Number.POSITIVE_INFINITY,
    trackedOrigins: new Set<unknown>([SINCE]),
  });
  doc.transact((transaction) => applyAsLogged(transaction, since), SINCE);
  doc.clientID = newClientOf(doc);
  const written: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => written.push(update));
  undo.undo();
  const update = mergeInTree(written);
  if (update === null) throw new Error('nothing can be taken back');

  const restored = loadDocument({ ...present, updates: [...present.updates, update] });
  if (!showsSame(shownContent(restored), wanted)) throw new Error('what taking back makes is not what was there');
  restored.destroy();
  const computed = { update, client: doc.clientID, origins: originsIn(doc) };
  doc.destroy();
  return computed;
}

/** An id that nothing in the document is written under. */
export function newClientOf({ store, clientID }: Y.Doc): number {
  let client = clientID;
  while (store.clients.has(client)) client = random.uint32();
  return client;
}

/** Of what undoing has brought back in a document, under the client id that it has. */
export const originsIn = (doc: Y.Doc): Uint8Array => encodeOrigins(rangesIn(doc));

/** In the order of the new clocks. */
function rangesIn(doc: Y.Doc): OriginRange[] {
  const ranges: OriginRange[] = [];
  for (const [client, structs] of doc.store.clients) {
    for (const struct of structs) {
      if (!(struct instanceof Y.Item) || struct.redone?.client !== doc.clientID) continue;
      ranges.push({ clock: struct.redone.clock, length: struct.length, client, from: struct.id.clock });
    }
  }
  return ranges.sort((a, b) => a.clock - b.clock);
}

/**
 * Four `uint` of lib0 for each range: the distance of its clock from the end of the one before, length, client, from.
 * @param ranges in the order of the new clocks
 */
export function encodeOrigins(ranges: readonly OriginRange[]): Uint8Array {
  const encoder = encoding.createEncoder();
  let end = 0;
  for (const { clock, length, client, from } of joined(ranges)) {
    for (const number of [clock - end, length, client, from]) encoding.writeVarUint(encoder, number);
    end = clock + length;
  }
  return encoding.toUint8Array(encoder);
}

/** As few as there can be. */
function joined(ranges: readonly OriginRange[]): OriginRange[] {
  const rows: OriginRange[] = [];
  for (const range of ranges) {
    const last = rows.at(-1);
    const continues =
      last !== undefined &&
      last.client === range.client &&
      last.clock + last.length === range.clock &&
      last.from + last.length === range.from;
    if (continues) rows[rows.length - 1] = { ...last, length: last.length + range.length };
    else rows.push(range);
  }
  return rows;
}
