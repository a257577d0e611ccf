// Which person each Yjs client id belongs to: the author of the first entry that holds structs of it. That follows from
// the entries alone, so whoever reads them all finds the same; a checkpoint keeps it for those it stands for.

import type { Change } from './known-state.js';

/** Client id -> person; '' is the one person that all are of whom nothing is known. */
export type Owners = ReadonlyMap<number, string>;

/** The clients an update is the first of. @param change found against everything before it */
export function* newClients({ structs }: Change): Generator<number> {
  // Whoever was heard of has a clock above 0.
  for (const { client, from } of structs) if (from === 0) yield client;
}

/** Takes note of an entry that was accepted. */
export function noteOwners(owners: Map<number, string>, change: Change, author: string): void {
  for (const client of newClients(change)) owners.set(client, author);
}

export function sameOwners(a: Owners, b: Owners): boolean {
  if (a.size !== b.size) return false;
  for (const [client, person] of a) if (b.get(client) !== person) return false;
  return true;
}
