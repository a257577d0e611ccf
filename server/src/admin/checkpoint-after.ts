// The checkpoint that follows on another one and the entries after it, once a worker has built its state: what the worker is not
// told is who wrote the entries.

import type { Checkpoint, Entry } from '../log/document-log.js';
import { noteOutbox } from '../log/outboxes.js';
import type { BuiltCheckpoint } from '../room/room-history.js';

/**
 * @param before null when the entries begin with the first
 * @param entries those after it, one at least
 * @param built of them
 */
export function checkpointAfter(
  before: Checkpoint | null,
  entries: readonly Entry[],
  { state, stateVector, deleteSet, contentHash, broughtBy }: BuiltCheckpoint,
): Checkpoint {
  // So that whoever sends again what is in here is told that it is saved.
  const outboxes = new Map(before?.outboxes);
  for (const entry of entries) noteOutbox(outboxes, entry);
  const owners = new Map(before?.owners);
  for (const [client, index] of broughtBy) owners.set(client, entries[index]!.author);
  return { seq: entries.at(-1)!.seq, state, stateVector, deleteSet, contentHash, outboxes, owners };
}
