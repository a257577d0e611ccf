// Builds a channel's next checkpoint: its state, garbage-collected, as one compressed update. Nothing is handed out before
// it has been decoded again and compared with what the gate, which reads the same bytes without Yjs, says it must be (I4).

import { deflateRawSync } from 'node:zlib';
import { contentHash } from '@weft/protocol';
import * as Y from 'yjs';
import { checkUpdate } from '../gate/check-update.js';
import { noLimits } from '../gate/gate-limits.js';
import { type Change, KnownState } from '../gate/known-state.js';
import { newClients } from '../gate/owners.js';
import type { BuiltCheckpoint, StateJob } from '../room/room-history.js';
import { describeDocument } from './describe.js';
import { inflateState, loadDocument } from './load-state.js';

/** @throws Error when the state cannot be built, or is not what the gate says */
export function buildCheckpoint(job: StateJob): BuiltCheckpoint {
  const doc = loadDocument(job);
  const update = Y.encodeStateAsUpdate(doc);
  // A copy: what zlib returns may be a view of a larger buffer.
  const state = new Uint8Array(deflateRawSync(update));
  const served = loadDocument({ checkpointState: state, updates: [] });
  const decoded = knownStateOf(served);
  const { known, broughtBy } = readThroughGate(job);
  compare(decoded, knownStateOf(doc), known);
  const description = describeDocument(doc);
  const hash = contentHash(served);
  doc.destroy();
  served.destroy();
  return {
    state,
    stateBytes: update.length,
    stateVector: decoded.encodeStateVector(),
    deleteSet: decoded.encodeDeleteSet(),
    contentHash: hash,
    broughtBy,
    description,
  };
}

function compare(decoded: KnownState, built: KnownState, expected: KnownState): void {
  if (!decoded.isEqual(built)) throw new Error('the new checkpoint does not decode to what was encoded');
  if (!decoded.hasSameClocks(expected)) throw new Error('the new checkpoint has other structs than the log');
  // It may have more: Yjs deletes some things by itself, such as a map's value that another one replaced.
  if (!decoded.hasDeletesOf(expected)) throw new Error('the new checkpoint lacks deletions of the log');
}

function readThroughGate({ checkpointState, updates }: StateJob) {
  const known = new KnownState();
  if (checkpointState) addUpdate(known, inflateState(checkpointState), 'the checkpoint');
  const broughtBy = new Map<number, number>();
  for (const [index, update] of updates.entries()) {
    const change = addUpdate(known, update, `entry ${index + 1} after the checkpoint`);
    if (change) for (const client of newClients(change)) broughtBy.set(client, index);
  }
  return { known, broughtBy };
}

/** @param what it is, for an error's sentence @returns what was new in it, if anything */
export function addUpdate(known: KnownState, update: Uint8Array, what: string): Change | null {
  const verdict = checkUpdate(update, known, { limits: noLimits });
  switch (verdict.kind) {
    case 'new':
      known.add(verdict.change);
      return verdict.change;
    case 'known':
      // A deletion Yjs made by itself is in the checkpoint before somebody sends it.
      return null;
    case 'gap':
      throw new Error(`${what} builds on something that is missing`);
    case 'tangled':
    case 'malformed':
      throw new Error(`${what} cannot be read: ${verdict.reason}`);
  }
}

function knownStateOf(doc: Y.Doc): KnownState {
  const known = new KnownState();
  const structs = [...Y.decodeStateVector(Y.encodeStateVector(doc))].map(([client, to]) => ({ client, from: 0, to }));
  const deletes = [...Y.createDeleteSetFromStructStore(doc.store).clients].flatMap(([client, ranges]) =>
    ranges.map(({ clock, len }) => ({ client, from: clock, to: clock + len })),
  );
  known.add({ structs, deletes });
  return known;
}
