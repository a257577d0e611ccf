// The audit log: who was let in, refused, changed or removed, in order, kept in the store. To note something costs who
// notes it nothing: it is written a moment later, with what else was noted meanwhile. While the storage is in trouble it
// waits, up to a limit; how many had no room is written down in their place.

import type { DocumentName } from '@weft/protocol';
import type { RecordChange, RecordStore, StoredValue } from '../log/document-log.js';
import { messageOf, SyncError } from '../sync-error.js';
import { isUnreadable } from './all-records.js';
import {
  AUDIT_END_KEY,
  type AuditAction,
  type AuditEnd,
  type AuditRecord,
  auditEndOf,
  auditIdOf,
  auditKey,
  EMPTY_AUDIT,
  putAuditEnd,
  readAuditEnd,
  readAuditRecord,
  sealAuditRecord,
} from './audit-record.js';

export interface AuditNote {
  readonly action: AuditAction;
  /** Opaque id; '' for nobody, `admin` for the admin token and the command line. */
  readonly person: string;
  readonly document?: DocumentName;
  /** Short texts without anything secret: a role, the id of a link, of a session. What looks like a token is not kept. */
  readonly detail?: Readonly<Record<string, string>>;
  readonly address?: string;
}

export interface Audit {
  /** Never throws, never waits. Once the log is closed, nothing is taken. */
  note(what: AuditNote): void;
}

/** The audit log as those have it who look after the whole. */
export interface AuditKeeper extends Audit {
  /** Resolves once what was noted so far is on disk, or cannot be written. */
  settled(): Promise<void>;

  /**
   * Records on disk, in the order of numbers, with those noted a moment ago unless the storage is in trouble. What is
   * damaged is left out, and told in `damaged`.
   */
  read(options: ReadAudit): Promise<ReadAuditRecords>;

  /** Puts what a backup has of an audit log here. @returns false when there is one here already: it is then unchanged */
  bringBack(records: readonly StoredValue[]): Promise<boolean>;
}

export interface ReadAudit {
  /** The oldest records after this number; null for the newest ones. */
  readonly after: number | null;
  readonly limit: number;
  /** Only those about this one. */
  readonly document: DocumentName | null;
}

export interface ReadAuditRecords {
  readonly records: readonly AuditRecord[];
  /** Sentences. */
  readonly damaged: readonly string[];
}

export interface AuditOptions {
  readonly nowMs?: () => number;
  /** Takes a sentence for whoever runs the server. */
  readonly complain?: (sentence: string) => void;
  /** Records that may wait for the storage; default 10,000. Each has at most some 5 KiB. */
  readonly maxWaiting?: number;
}

const MAX_DETAILS = 16;
const MAX_TEXT_LENGTH = 256;
/** Whoever shows a token where a name belongs should not have it kept for all admins to read. */
const TOKEN = /eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g;
const PAGE = 1000;
const READ_WAITS_MS = 500;
/** After the end of the log could not be read. */
const READ_AGAIN_MS = 500;

export class AuditLog implements AuditKeeper {
  readonly #records: RecordStore;
  readonly #nowMs: () => number;
  readonly #complain: (sentence: string) => void;
  readonly #maxWaiting: number;
  /** Of the last record that was given to the store. */
  #end: AuditEnd;
  /** What the store says of the end by then. */
  #stored: StoredEnd;
  #noted: Omit<AuditRecord, 'n'>[] = [];
  /** Writes under way. */
  #writing = 0;
  /** What another server was quicker than: noted anew behind what it wrote, once nothing is under way. */
  #overtaken: Omit<AuditRecord, 'n'>[] = [];
  /** Noted, and not on disk. */
  #waiting = 0;
  #lost = 0;
  #isScheduled = false;
  #isClosed = false;
  #lastWrite: Promise<void> = Promise.resolve();

  private constructor(records: RecordStore, { end, stored }: FoundEnd, options: AuditOptions) {
    this.#records = records;
    this.#end = end;
    this.#stored = stored;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#complain = options.complain ?? (() => undefined);
    this.#maxWaiting = options.maxWaiting ?? 10_000;
  }

  static async open(records: RecordStore, options: AuditOptions = {}): Promise<AuditLog> {
    return new AuditLog(records, await findEnd(records), options);
  }

  note({ action, person, document, detail = {}, address }: AuditNote): void {
    if (this.#isClosed) return;
    if (this.#waiting >= this.#maxWaiting) {
      if (this.#lost === 0) {
        this.#complain('The audit log cannot be written, and no more of it can wait: what is not kept is counted.');
      }
      this.#lost += 1;
      return;
    }
    this.#add({
      timeMs: this.#nowMs(),
      action,
      person: cleanText(person),
      documentId: document === undefined ? null : auditIdOf(document),
      detail: cleanDetail(detail),
      address: address === undefined ? null : cleanText(address),
    });
  }

  async settled(): Promise<void> {
    do {
      this.#flush();
      await this.#lastWrite;
    } while (this.#writing > 0);
  }

  /** Notes nothing more; resolves as `settled`. */
  close(): Promise<void> {
    this.#isClosed = true;
    return this.settled();
  }

  async read({ after, limit, document }: ReadAudit): Promise<ReadAuditRecords> {
    await this.#settledSoon();
    const wanted = document === null ? null : auditIdOf(document);
    const found: AuditRecord[] = [];
    const damaged: string[] = [];
    const reverse = after === null;
    let from = after === null ? undefined : auditKey(after);
    while (found.length < limit) {
      const page = await this.#records.list('audit', {
        ...(from !== undefined && { after: from }),
        limit: PAGE,
        reverse,
        damaged: (error) => damaged.push(error.message),
      });
      for (const { key, value } of page) {
        const record = readAuditRecord(key, value);
        if (record === null) damaged.push(`Record ${Number(key)} of the audit log cannot be read.`);
        else if ((wanted === null || record.documentId === wanted) && found.length < limit) found.push(record);
      }
      from = page.at(-1)?.key;
      if (page.length < PAGE) break;
    }
    return { records: reverse ? found.reverse() : found, damaged };
  }

  async bringBack(records: readonly StoredValue[]): Promise<boolean> {
    this.#flush();
    if (this.#end.n > 0) return false;
    const last = records.at(-1);
    if (last === undefined) return true;
    // From here on what is noted comes after them.
    this.#end = auditEndOf(last);
    for (let at = 0; at < records.length; at += PAGE) {
      const page = records.slice(at, at + PAGE);
      await this.#records.write(page.map(({ key, value }) => ({ table: 'audit', key, value })));
    }
    const end = putAuditEnd(this.#end);
    this.#stored = end.value!.slice();
    await this.#records.write([end]);
    return true;
  }

  /** While the storage is in trouble, what is on disk is read without what waits for it. */
  async #settledSoon(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const soon = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, READ_WAITS_MS);
    });
    await Promise.race([this.settled(), soon]);
    clearTimeout(timer);
  }

  #add(record: Omit<AuditRecord, 'n'>): void {
    this.#noted.push(record);
    this.#waiting += 1;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#flush());
  }

  /**
   * Writes keep their order, so one may follow the other before that one has ended. Each is made only where the one before it is
   * the last, and so none is that follows one that was not.
   */
  #flush(): void {
    this.#isScheduled = false;
    const noted = this.#noted;
    if (noted.length === 0 || this.#overtaken.length > 0) return;
    this.#noted = [];
    const before = this.#stored;
    const changes: RecordChange[] = [];
    for (const record of noted) {
      const { change, end } = sealAuditRecord({ n: this.#end.n + 1, ...record }, this.#end);
      changes.push(change);
      this.#end = end;
    }
    const end = putAuditEnd(this.#end);
    changes.push(end);
    this.#stored = end.value!.slice();
    this.#writing += 1;
    const written =
      before === 'damaged'
        ? this.#records.write(changes).then(() => true)
        : this.#records.writeIf([{ table: 'setting', key: AUDIT_END_KEY, value: before }], changes);
    this.#lastWrite = written
      .then(
        (isWritten) => (isWritten ? this.#written(noted.length) : this.#overtaken.push(...noted)),
        (error: unknown) => this.#failed(noted.length, error),
      )
      .then(() => {
        this.#writing -= 1;
        return this.#writing === 0 && this.#overtaken.length > 0 ? this.#goOn() : undefined;
      });
  }

  /** Behind what other servers wrote. */
  async #goOn(): Promise<void> {
    try {
      const { end, stored } = await findEnd(this.#records);
      this.#end = end;
      this.#stored = stored;
      this.#noted = [...this.#overtaken, ...this.#noted];
      this.#overtaken = [];
      this.#flush();
    } catch (error) {
      if (isTheEnd(error)) return this.#failed(this.#overtaken.length, error);
      // What waits waits on: another time it may be read.
      await new Promise((resolve) => setTimeout(resolve, READ_AGAIN_MS));
      return this.#goOn();
    }
  }

  #written(count: number): void {
    this.#waiting -= count;
    if (this.#lost === 0 || this.#waiting >= this.#maxWaiting) return;
    const detail = { count: String(this.#lost) };
    this.#lost = 0;
    this.#add({ timeMs: this.#nowMs(), action: 'records-lost', person: '', documentId: null, detail, address: null });
  }

  /** Nothing can be written from here on: the process ends, or the log was closed first. */
  #failed(count: number, error: unknown): void {
    if (!this.#isClosed) this.#complain(`${count} records of the audit log are lost: ${messageOf(error)}`);
    this.#isClosed = true;
  }
}

/** Nothing can be written any more. */
const isTheEnd = (error: unknown): boolean =>
  error instanceof SyncError && (error.code === 'LOG_FAILED' || error.code === 'LOG_CLOSED');

type StoredEnd = Uint8Array | null | 'damaged';

interface FoundEnd {
  readonly end: AuditEnd;
  /** What the store says of it. */
  readonly stored: StoredEnd;
}

/** What goes on is judged by `weft verify`: here it is only that the numbers go on. */
async function findEnd(records: RecordStore): Promise<FoundEnd> {
  // First: what is written meanwhile makes it another one, and is found out then.
  const stored = await records.get('setting', AUDIT_END_KEY).catch((error: unknown): StoredEnd => {
    if (!isUnreadable(error)) throw error;
    return 'damaged';
  });
  const [last] = await records.list('audit', { reverse: true, limit: 1, damaged: () => undefined });
  const found = last === undefined ? EMPTY_AUDIT : auditEndOf(last);
  if (stored === 'damaged') return { end: found, stored };
  try {
    const claimed = readAuditEnd(stored);
    return { end: claimed.n > found.n ? claimed : found, stored };
  } catch {
    return { end: found, stored };
  }
}

function cleanDetail(detail: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(detail).slice(0, MAX_DETAILS);
  return Object.fromEntries(entries.map(([key, value]) => [cleanText(key), cleanText(value)]));
}

const cleanText = (text: string): string => text.replace(TOKEN, '[token]').slice(0, MAX_TEXT_LENGTH);
