// Whose each Yjs client id of a channel is. An id that entries speak of belongs to the author of the first, for good; one
// that a session has named, and nothing was written under yet, is kept for its person until the session ends (G6).

import type { Change } from '../gate/known-state.js';
import { newClients, noteOwners, type Owners } from '../gate/owners.js';

/** Whether two persons are one: the same id, or a guest who signed in (G7). */
export type SamePerson = (a: string, b: string) => boolean;

export const equalPersons: SamePerson = (a, b) => a === b;

interface Claim {
  readonly person: string;
  /** Sessions of that person which named it: the next connection of a page comes before the last one is known to be gone. */
  sessions: number;
}

export class ClientIds {
  readonly #owners: Map<number, string>;
  readonly #samePerson: SamePerson;
  readonly #claims = new Map<number, Claim>();

  /** @param owners of what is accepted; belongs to this object from here on */
  constructor(owners: Map<number, string>, samePerson: SamePerson) {
    this.#owners = owners;
    this.#samePerson = samePerson;
  }

  /** Whether the id is this person's, or nobody's yet. Asked for every update: one look where people write on. */
  mayUse(client: number, person: string): boolean {
    const owner = this.#owners.get(client) ?? this.#claims.get(client)?.person;
    return owner === undefined || owner === person || this.#samePerson(owner, person);
  }

  /**
   * Keeps an id for a person, so that nobody else writes under it or shows a caret there; to be followed by `release`.
   *
   * @returns false when it is somebody else's
   */
  claim(client: number, person: string): boolean {
    if (!this.mayUse(client, person)) return false;
    const claim = this.#claims.get(client);
    if (claim) claim.sessions += 1;
    else this.#claims.set(client, { person, sessions: 1 });
    return true;
  }

  /** To be called once for each `claim` that was granted. */
  release(client: number): void {
    const claim = this.#claims.get(client)!;
    claim.sessions -= 1;
    if (claim.sessions === 0) this.#claims.delete(client);
  }

  /** An entry was accepted. */
  note(change: Change, author: string): void {
    noteOwners(this.#owners, change, author);
  }

  /** @param without the newest changes noted, to be left out again */
  owners(without: readonly Change[]): Owners {
    const owners = new Map(this.#owners);
    for (const change of without) for (const client of newClients(change)) owners.delete(client);
    return owners;
  }
}
