// Who is behind the ids that entries, sharing and the audit log hold: one record for each person, and their name in it
// alone (L5). It is written when somebody is seen under another name, else at most once an hour each, and never waited for.
// Nobody loses a name by a visit that says none.

import { randomBytes } from 'node:crypto';
import type { RecordChange, RecordStore } from '../log/document-log.js';
import { Turns } from '../turns.js';
import { isUnreadable } from './all-records.js';
import type { Identity } from './identity.js';
import { NAMELESS, parsePerson } from './person.js';

export interface PersonRecord {
  readonly id: string;
  /** Made safe to show. */
  readonly name: string;
  /** Verified, in lower case; null when there is none. */
  readonly email: string | null;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

/** A visit that changes nothing else is worth a write so often. */
const NOTE_VISIT_MS = 60 * 60 * 1000;
/** So often it is looked whether the record is as it should be: another server may have written a name since. */
const LOOK_MS = 60 * 1000;
/** Who changes names without end is written down so often. */
const RENAME_MS = 2000;
/** Servers that write the same record at once may have to read it again. */
const MAX_TRIES = 3;
/** Persons whose last visit is remembered here. Of more, some are looked up more often. */
const MAX_REMEMBERED = 10_000;

/** A record that is another one after each time somebody was forgotten. */
const FORGOTTEN = 'persons-forgotten';

export class Persons {
  readonly #records: RecordStore;
  readonly #nowMs: () => number;
  /** When each was looked up last, and the name they had said by then, or ''; the one looked up last is the last. */
  readonly #looked = new Map<string, { readonly name: string; readonly atMs: number }>();
  /** Who said another name too soon after one, and the newest of theirs. */
  readonly #waiting = new Map<string, { name: string }>();
  /** A record is read before it is written, and by no two at once. */
  readonly #turns = new Turns({ atOnce: Number.POSITIVE_INFINITY, atOnceForOne: 1 });

  constructor(records: RecordStore, nowMs: () => number = Date.now) {
    this.#records = records;
    this.#nowMs = nowMs;
  }

  /**
   * Somebody was here. Keeps who they are, and a new name soon; nobody and admins have no record.
   * @param chosenName what the client says, which counts for those whom the server does not know by name
   */
  seen(identity: Identity, chosenName = ''): void {
    const { person, kind } = identity;
    if (person === '' || kind === 'nobody' || kind === 'admin') return;
    const said = parsePerson({ name: identity.name ?? chosenName }).name;
    const name = said === NAMELESS ? '' : said;
    const nowMs = this.#nowMs();
    const last = this.#looked.get(person);
    const isNewName = name !== '' && name !== last?.name;
    const waiting = this.#waiting.get(person);
    if (waiting !== undefined && name !== '') {
      waiting.name = name;
      return;
    }
    if (last !== undefined) {
      const againAfterMs = !isNewName ? LOOK_MS : last.name === '' ? 0 : RENAME_MS;
      const waitMs = last.atMs + againAfterMs - nowMs;
      if (waitMs > 0) {
        if (isNewName) this.#later(identity, name, waitMs);
        return;
      }
    }
    this.#look(identity, name || (last?.name ?? ''), nowMs);
  }

  #later(identity: Identity, name: string, waitMs: number): void {
    const { person } = identity;
    const newest = { name };
    this.#waiting.set(person, newest);
    setTimeout(() => {
      // Unless they were forgotten meanwhile.
      if (this.#waiting.get(person) !== newest) return;
      this.#waiting.delete(person);
      this.seen(identity, newest.name);
    }, waitMs).unref();
  }

  #look({ person, email }: Identity, name: string, nowMs: number): void {
    this.#looked.delete(person);
    this.#looked.set(person, { name, atMs: nowMs });
    if (this.#looked.size > MAX_REMEMBERED) this.#looked.delete(this.#looked.keys().next().value!);
    this.#turns
      .run(() => this.#write(person, name, email, nowMs), person)
      .catch(() => {
        // A name that is not kept costs a line in a list; it is written at the next visit.
        this.#looked.delete(person);
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
      this.#waiting.delete(id);
      // What other servers have read before this, they write no more; nor what they read until it is removed, for it has changed then.
      await this.#records.write([{ table: 'setting', key: FORGOTTEN, value: randomBytes(16) }]);
      await remove();
      this.#waiting.delete(id);
      this.#looked.delete(id);
    }, id);
  }

  async #write(id: string, name: string, email: string | null, nowMs: number): Promise<void> {
    const forgotten = await this.#records.get('setting', FORGOTTEN);
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const known: RecordChange[] = [{ table: 'setting', key: FORGOTTEN, value: forgotten }];
      let before: PersonRecord | null = null;
      try {
        const value = await this.#records.get('person', id);
        known.push({ table: 'person', key: id, value });
        before = parseRecord(id, value);
      } catch (error) {
        // In what is damaged there is no name to be forgotten: it is written over, whatever it is.
        if (!isUnreadable(error)) throw error;
      }
      const { firstSeenMs, lastSeenMs } = before ?? { firstSeenMs: nowMs, lastSeenMs: Number.NEGATIVE_INFINITY };
      const record = { name: name || before?.name || NAMELESS, email, firstSeenMs, lastSeenMs: nowMs };
      const isSame = before?.name === record.name && before.email === email;
      if (isSame && nowMs - lastSeenMs < NOTE_VISIT_MS) return;
      const value = new TextEncoder().encode(JSON.stringify(record));
      if (await this.#records.writeIf(known, [{ table: 'person', key: id, value }])) return;
      // Another server has written it at once with this one; or somebody was forgotten, maybe this one: then none of the tries succeeds.
      this.#looked.delete(id);
    }
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
