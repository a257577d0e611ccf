// Who is behind the ids that entries, sharing and the audit log hold: one record for each person, and their name in it
// alone (L5). It is written when somebody is seen, at most once an hour each, and never waited for.

import { randomBytes } from 'node:crypto';
import type { RecordChange, RecordStore } from '../log/document-log.js';
import { Turns } from '../turns.js';
import { isUnreadable } from './all-records.js';
import type { Identity } from './identity.js';
import { parsePerson } from './person.js';

export interface PersonRecord {
  readonly id: string;
  /** Made safe to show. */
  readonly name: string;
  /** Verified, in lower case; null when there is none. */
  readonly email: string | null;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

const HOUR_MS = 60 * 60 * 1000;
/** Persons whose last visit is remembered here. Of more, some are written more often. */
const MAX_REMEMBERED = 10_000;

/** A record that is another one after each time somebody was forgotten. */
const FORGOTTEN = 'persons-forgotten';

export class Persons {
  readonly #records: RecordStore;
  readonly #nowMs: () => number;
  /** When each was written last; the one written last is the last. */
  readonly #writtenAtMs = new Map<string, number>();
  /** A record is read before it is written, and by no two at once. */
  readonly #turns = new Turns({ atOnce: Number.POSITIVE_INFINITY, atOnceForOne: 1 });

  constructor(records: RecordStore, nowMs: () => number = Date.now) {
    this.#records = records;
    this.#nowMs = nowMs;
  }

  /**
   * Somebody was here. Keeps who they are, unless that was done within the hour; nobody and admins have no record.
   * @param chosenName of a guest, as the client says it
   */
  seen({ person, kind, name, email }: Identity, chosenName = ''): void {
    if (person === '' || kind === 'nobody' || kind === 'admin') return;
    const nowMs = this.#nowMs();
    if (nowMs - (this.#writtenAtMs.get(person) ?? Number.NEGATIVE_INFINITY) < HOUR_MS) return;
    this.#writtenAtMs.delete(person);
    this.#writtenAtMs.set(person, nowMs);
    if (this.#writtenAtMs.size > MAX_REMEMBERED) this.#writtenAtMs.delete(this.#writtenAtMs.keys().next().value!);
    const shown = parsePerson({ name: name ?? chosenName }).name;
    const written = this.#turns.run(() => this.#write(person, shown, email, nowMs), person);
    written.catch(() => {
      // A name that is not kept costs a line in a list; it is written at the next visit.
      this.#writtenAtMs.delete(person);
    });
  }

  /** Those of the ids there is a record of. One that is damaged is left out. */
  async lookUp(ids: Iterable<string>): Promise<ReadonlyMap<string, PersonRecord>> {
    const wanted = [...new Set(ids)].filter((id) => id !== '');
    const found = await Promise.all(wanted.map((id) => this.#read(id)));
    return new Map(found.flatMap((record) => (record === null ? [] : [[record.id, record] as const])));
  }

  /**
   * Nobody writes the record while `remove` takes it away, and no visit before that writes it afterwards. Whoever comes back later
   * is known by name again.
   */
  forget(id: string, remove: () => Promise<void>): Promise<void> {
    return this.#turns.run(async () => {
      // What other servers have read before this, they write no more; nor what they read until it is removed, for it has changed then.
      await this.#records.write([{ table: 'setting', key: FORGOTTEN, value: randomBytes(16) }]);
      await remove();
      this.#writtenAtMs.delete(id);
    }, id);
  }

  async #write(id: string, name: string, email: string | null, nowMs: number): Promise<void> {
    const known: RecordChange[] = [
      { table: 'setting', key: FORGOTTEN, value: await this.#records.get('setting', FORGOTTEN) },
    ];
    let firstSeenMs = nowMs;
    try {
      const value = await this.#records.get('person', id);
      known.push({ table: 'person', key: id, value });
      firstSeenMs = parseRecord(id, value)?.firstSeenMs ?? nowMs;
    } catch (error) {
      // In what is damaged there is no name to be forgotten: it is written over, whatever it is.
      if (!isUnreadable(error)) throw error;
    }
    const record = { name, email, firstSeenMs, lastSeenMs: nowMs };
    const value = new TextEncoder().encode(JSON.stringify(record));
    const isWritten = await this.#records.writeIf(known, [{ table: 'person', key: id, value }]);
    if (!isWritten) this.#writtenAtMs.delete(id);
  }

  async #read(id: string): Promise<PersonRecord | null> {
    return parseRecord(id, await this.#records.get('person', id).catch(() => null));
  }
}

function parseRecord(id: string, value: Uint8Array | null): PersonRecord | null {
  try {
    return value && { id, ...(JSON.parse(new TextDecoder().decode(value)) as Omit<PersonRecord, 'id'>) };
  } catch {
    return null;
  }
}
