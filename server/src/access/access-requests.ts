// Those who asked to be let into a document, until its owner has answered. Whoever asks is answered before anything of it
// is done: how long that takes tells them nothing. What somebody asks for, and what a document is asked, has a limit.

import type { DocumentName } from '@weft/protocol';
import type { RecordStore } from '../log/document-log.js';
import type { Identity } from './identity.js';
import type { Persons } from './persons.js';

export interface AccessRequest {
  readonly person: string;
  readonly atMs: number;
}

export interface AccessRequestsOptions {
  readonly records: RecordStore;
  readonly persons: Persons;
  readonly documentExists: (document: DocumentName) => Promise<boolean>;
  readonly nowMs?: () => number;
  /** Documents that one person may ask for within a day; default 20. */
  readonly perPerson?: number;
  /** That may wait for the owner of one document; default 100. */
  readonly perDocument?: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Persons whose requests of today are counted. Of more, the first to have asked begin anew. */
const MAX_COUNTED = 10_000;

export class AccessRequests {
  readonly #records: RecordStore;
  readonly #persons: Persons;
  readonly #documentExists: AccessRequestsOptions['documentExists'];
  readonly #nowMs: () => number;
  readonly #perPerson: number;
  readonly #perDocument: number;
  readonly #asked = new Map<string, { readonly sinceMs: number; count: number }>();
  #adding: Promise<void> = Promise.resolve();

  constructor({ records, persons, documentExists, ...options }: AccessRequestsOptions) {
    this.#documentExists = documentExists;
    this.#records = records;
    this.#persons = persons;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#perPerson = options.perPerson ?? 20;
    this.#perDocument = options.perDocument ?? 100;
  }

  /**
   * Somebody asks for a document. It is kept a moment later, unless they are nobody, or asked too often.
   * @param isInNeed whether they may not open it. Else, as for one that there is not, it is counted all the same
   */
  add(document: DocumentName, identity: Identity, isInNeed: boolean): void {
    const { person, kind } = identity;
    if (kind === 'nobody' || kind === 'admin' || !this.#mayAsk(person) || !isInNeed) return;
    // One after the other, so that a limit holds also for those who ask at once. One that is lost is asked for again.
    this.#adding = Promise.all([this.#adding, answered()])
      .then(() => {
        this.#persons.seen(identity);
        return this.#write(document, person);
      })
      .catch(() => undefined);
  }

  /** Those who wait for an answer; whoever asked first comes first. */
  async list(document: DocumentName): Promise<AccessRequest[]> {
    const prefix = `${document}\0`;
    const found = await this.#records.list('request', { prefix, damaged: () => undefined });
    return found
      .map(({ key, value }) => ({ person: key.slice(prefix.length), atMs: readTime(value) }))
      .sort((a, b) => a.atMs - b.atMs);
  }

  remove(document: DocumentName, person: string): Promise<void> {
    return this.#records.write([{ table: 'request', key: `${document}\0${person}`, value: null }]);
  }

  /** Resolves once what was added so far is kept. */
  settled(): Promise<void> {
    return this.#adding;
  }

  #mayAsk(person: string): boolean {
    const nowMs = this.#nowMs();
    let asked = this.#asked.get(person);
    if (asked === undefined || nowMs - asked.sinceMs >= DAY_MS) {
      asked = { sinceMs: nowMs, count: 0 };
      this.#asked.delete(person);
      this.#asked.set(person, asked);
      if (this.#asked.size > MAX_COUNTED) this.#asked.delete(this.#asked.keys().next().value!);
    }
    asked.count += 1;
    return asked.count <= this.#perPerson;
  }

  async #write(document: DocumentName, person: string): Promise<void> {
    if (!(await this.#documentExists(document))) return;
    const prefix = `${document}\0`;
    const key = prefix + person;
    const waiting = await this.#records.list('request', { prefix, damaged: () => undefined });
    if (waiting.length >= this.#perDocument || waiting.some((request) => request.key === key)) return;
    const value = new TextEncoder().encode(JSON.stringify({ atMs: this.#nowMs() }));
    await this.#records.write([{ table: 'request', key, value }]);
  }
}

/** Resolves when the turn is over in which an answer is given. */
const answered = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function readTime(value: Uint8Array): number {
  const { atMs } = JSON.parse(new TextDecoder().decode(value)) as { atMs: number };
  return atMs;
}
