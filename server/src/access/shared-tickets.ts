// Tickets where several servers have the store: what one of them made is good at each, once. It is kept in the store for as long as
// it holds, under its hash.

import type { RecordChange, RecordStore } from '../log/document-log.js';
import { allRecords } from './all-records.js';
import type { Identity, Scope } from './identity.js';
import { hashSecret, isSecret } from './secrets.js';
import { boundTo, TICKET_LIFETIME_MS, type Ticket, type TicketDesk, type Tickets } from './tickets.js';

/** Of those that ended, with one that is made. */
const SWEPT_AT_ONCE = 1000;

interface Kept {
  readonly identity: Omit<Identity, 'expiresAtMs'> & { /** null: never */ readonly expiresAtMs: number | null };
  readonly untilMs: number;
}

export class SharedTickets implements TicketDesk {
  readonly #own: Tickets;
  readonly #records: RecordStore;
  readonly #now: () => number;
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  /** @param own counts those that are made here */
  constructor(own: Tickets, records: RecordStore, now: () => number) {
    this.#own = own;
    this.#records = records;
    this.#now = now;
  }

  async make(identity: Identity, scope: Scope | null = null, address = ''): Promise<Ticket> {
    const made = this.#own.make(identity, scope, address);
    const { expiresAtMs, ...shown } = boundTo(identity, scope);
    const kept: Kept = {
      identity: { ...shown, expiresAtMs: expiresAtMs === Number.POSITIVE_INFINITY ? null : expiresAtMs },
      untilMs: made.expiresAtMs,
    };
    const value = new TextEncoder().encode(JSON.stringify(kept));
    await this.#records.write([{ table: 'ticket', key: hashSecret(made.ticket), value }, ...(await this.#ended())]);
    return made;
  }

  async redeem(ticket: string): Promise<Identity | null> {
    if (!isSecret('wt', ticket)) return null;
    this.#own.redeem(ticket);
    const record = { table: 'ticket', key: hashSecret(ticket) } as const;
    const value = await this.#records.get(record.table, record.key);
    if (value === null) return null;
    const kept = read(value);
    const isFirst = await this.#records.writeIf([{ ...record, value }], [{ ...record, value: null }]);
    if (!isFirst || kept === null || kept.untilMs <= this.#now()) return null;
    const { identity } = kept;
    return { ...identity, expiresAtMs: identity.expiresAtMs ?? Number.POSITIVE_INFINITY };
  }

  /** Those that nobody showed, from any server; and what is none. */
  async #ended(): Promise<RecordChange[]> {
    const nowMs = this.#now();
    if (nowMs - this.#sweptAtMs < TICKET_LIFETIME_MS) return [];
    this.#sweptAtMs = nowMs;
    const ended: RecordChange[] = [];
    for await (const { key, value } of allRecords(this.#records, 'ticket', () => undefined)) {
      if ((read(value)?.untilMs ?? nowMs) <= nowMs) ended.push({ table: 'ticket', key, value: null });
      if (ended.length === SWEPT_AT_ONCE) break;
    }
    return ended;
  }
}

/** @returns null when it is not what is written here */
function read(value: Uint8Array): Kept | null {
  try {
    const kept = JSON.parse(new TextDecoder().decode(value)) as Kept | null;
    return typeof kept?.untilMs === 'number' ? kept : null;
  } catch {
    return null;
  }
}
