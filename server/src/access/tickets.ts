// Tickets: what takes somebody who is known here to a connection that can show nothing else, as in the address of a
// WebSocket. Each is good once and for half a minute, and only in this process (see shared-tickets.ts); what is kept of it is a hash.

import { SyncError } from '../sync-error.js';
import { lineOf } from './doorkeeper.js';
import type { Identity, Scope } from './identity.js';
import { hashSecret, isSecret, makeSecret } from './secrets.js';

export const TICKET_LIFETIME_MS = 30_000;
/** Tickets of one person that nobody has used yet. People without identity are told apart by their addresses. */
export const MAX_TICKETS_PER_PERSON = 100;
const MAX_TICKETS = 100_000;

interface Waiting {
  readonly identity: Identity;
  /** Whose it is counted as. */
  readonly holder: string;
  readonly expiresAtMs: number;
}

export interface TicketDesk {
  /** See `Tickets`. */
  make(identity: Identity, scope?: Scope | null, address?: string): Ticket | Promise<Ticket>;
  redeem(ticket: string): (Identity | null) | Promise<Identity | null>;
}

export interface Ticket {
  readonly ticket: string;
  readonly expiresAtMs: number;
}

/** Who came with a ticket for one document does not get one for all. */
export const boundTo = (identity: Identity, scope: Scope | null): Identity => ({
  ...identity,
  scope: identity.scope ?? scope,
});

export class Tickets implements TicketDesk {
  readonly #now: () => number;
  /** By hash, the oldest first: all live equally long. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #perHolder = new Map<string, number>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * @param scope binds the ticket to one document, and brings the hash of a link along; null for whatever its holder may do
   * @param address of who asks: by it people without identity are counted
   * @throws SyncError `TOO_MANY`
   */
  make(identity: Identity, scope: Scope | null = null, address = ''): Ticket {
    this.#forgetEnded();
    const holder = identity.person === '' ? `address ${lineOf(address)}` : identity.person;
    const held = this.#perHolder.get(holder) ?? 0;
    if (held >= MAX_TICKETS_PER_PERSON || this.#waiting.size >= MAX_TICKETS) {
      throw new SyncError('TOO_MANY', 'Too many tickets wait to be used. Ask again in half a minute.');
    }
    const ticket = makeSecret('wt');
    const expiresAtMs = this.#now() + TICKET_LIFETIME_MS;
    this.#waiting.set(hashSecret(ticket), { identity: boundTo(identity, scope), holder, expiresAtMs });
    this.#perHolder.set(holder, held + 1);
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
    const { holder } = found;
    const left = (this.#perHolder.get(holder) ?? 1) - 1;
    if (left === 0) this.#perHolder.delete(holder);
    else this.#perHolder.set(holder, left);
    return found;
  }

  #forgetEnded(): void {
    for (const [hash, { expiresAtMs }] of this.#waiting) {
      if (expiresAtMs > this.#now()) return;
      this.#take(hash);
    }
  }
}
