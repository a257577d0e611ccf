// Tickets: what takes somebody who is known here to a connection that can show nothing else, as in the address of a
// WebSocket. Each is good once and for half a minute, and only in this process; what is kept of it is a hash.

import { SyncError } from '../sync-error.js';
import type { Identity, Scope } from './identity.js';
import { hashSecret, isSecret, makeSecret } from './secrets.js';

export const TICKET_LIFETIME_MS = 30_000;
/** Tickets of one person that nobody has used yet. People without identity are one person. */
export const MAX_TICKETS_PER_PERSON = 100;
const MAX_TICKETS = 100_000;

interface Waiting {
  readonly identity: Identity;
  readonly expiresAtMs: number;
}

export class Tickets {
  readonly #now: () => number;
  /** By hash, the oldest first: all live equally long. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #perPerson = new Map<string, number>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * @param scope binds the ticket to one document, and brings the hash of a link along; null for whatever its holder may do
   * @throws SyncError `TOO_MANY`
   */
  make(identity: Identity, scope: Scope | null = null): { readonly ticket: string; readonly expiresAtMs: number } {
    this.#forgetEnded();
    const { person } = identity;
    const ofPerson = this.#perPerson.get(person) ?? 0;
    if (ofPerson >= MAX_TICKETS_PER_PERSON || this.#waiting.size >= MAX_TICKETS) {
      throw new SyncError('TOO_MANY', 'Too many tickets wait to be used. Ask again in half a minute.');
    }
    const ticket = makeSecret('wt');
    const expiresAtMs = this.#now() + TICKET_LIFETIME_MS;
    // Who came with a ticket for one document does not get one for all.
    this.#waiting.set(hashSecret(ticket), { identity: { ...identity, scope: identity.scope ?? scope }, expiresAtMs });
    this.#perPerson.set(person, ofPerson + 1);
    return { ticket, expiresAtMs };
  }

  /** Uses a ticket up. @returns null when it is none, has ended, or was used: of many who show one, the first is let in */
  redeem(ticket: string): Identity | null {
    if (!isSecret('wt', ticket)) return null;
    const found = this.#take(hashSecret(ticket));
    return found !== null && found.expiresAtMs > this.#now() ? found.identity : null;
  }

  #take(hash: string): Waiting | null {
    const found = this.#waiting.get(hash);
    if (found === undefined) return null;
    this.#waiting.delete(hash);
    const { person } = found.identity;
    const left = (this.#perPerson.get(person) ?? 1) - 1;
    if (left === 0) this.#perPerson.delete(person);
    else this.#perPerson.set(person, left);
    return found;
  }

  #forgetEnded(): void {
    for (const [hash, { expiresAtMs }] of this.#waiting) {
      if (expiresAtMs > this.#now()) return;
      this.#take(hash);
    }
  }
}
