// How long the past of documents is kept: for good, unless the configuration or whoever owns a document says so many days. Once a day
// what is older is trimmed, a few documents at a time. Where both say something the shorter one holds: what is to be gone everywhere
// after a year stays nowhere longer.

import type { DocumentName } from '@weft/protocol';
import type { AuditKeeper } from '../access/audit.js';
import { isKeepDays, MAX_KEEP_DAYS } from '../keep-days.js';
import type { DocumentLog } from '../log/document-log.js';
import { messageOf, SyncError } from '../sync-error.js';
import { type ClockLook, lookAtClock } from './clock-leaps.js';
import type { TrimPlan, Trims } from './trims.js';

export interface PastKeepingOptions {
  readonly log: Pick<DocumentLog, 'documents' | 'records'>;
  readonly trims: Pick<Trims, 'plan' | 'carryOut'>;
  readonly audit: Pick<AuditKeeper, 'note'>;
  /** Of all documents; null: for good. */
  readonly keepDays: number | null;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
  readonly nowMs?: () => number;
}

/** In days; null: nobody said so. */
export interface KeptDays {
  readonly ofDocument: number | null;
  readonly ofServer: number | null;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A start is busy with other things. */
const FIRST_AFTER_MS = 10 * 60 * 1000;
/** Trimmed at once: the files are swept once for all of them. */
const AT_ONCE = 16;
const WORD = 'past';

export class PastKeeping {
  readonly #options: PastKeepingOptions;
  readonly #nowMs: () => number;
  #timer: NodeJS.Timeout | null = null;
  #pass: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: PastKeepingOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
  }

  async daysOf(document: DocumentName): Promise<KeptDays> {
    const value = await this.#options.log.records.get('keeping', keyOf(document));
    return { ofDocument: value && readDays(value), ofServer: this.#options.keepDays };
  }

  /** @param days null: as long as the server says */
  async keep(document: DocumentName, days: number | null): Promise<void> {
    const value = days === null ? null : new TextEncoder().encode(JSON.stringify({ days }));
    await this.#options.log.records.write([{ table: 'keeping', key: keyOf(document), value }]);
  }

  /** Looks once a day from here on. */
  start(): void {
    this.#wait(FIRST_AFTER_MS);
  }

  /** Begins with no more documents; resolves once what is under way has ended. */
  stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    return this.#pass;
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#pass = this.trimAll()
        .catch((error: unknown) => this.#failed('What is older than it is to be kept', error))
        .finally(() => this.#isStopped || this.#wait(DAY_MS));
    }, ms);
    this.#timer.unref();
  }

  /** Trims what is older than it is to be kept, of all documents. */
  async trimAll(): Promise<void> {
    const { log, keepDays, trims } = this.#options;
    const own = new Map<string, number>();
    const damaged = (error: SyncError): void => this.#failed('How long the past of a document is to be kept', error);
    for (const { key, value } of await log.records.list('keeping', { damaged })) {
      const days = readDays(value);
      if (days !== null) own.set(key, days);
    }
    if (keepDays === null && own.size === 0) return;
    const documents = await log.documents();
    const newestMs = documents.reduce((newest, { updatedAtMs }) => Math.max(newest, updatedAtMs), 0);
    const clock = await lookAtClock(log.records, this.#nowMs(), newestMs);
    if (clock.doubtedUntilMs !== null) return this.#options.complain(doubtful(clock, clock.doubtedUntilMs));
    let due: TrimPlan[] = [];
    for (const { name } of documents) {
      const days = Math.min(own.get(keyOf(name)) ?? MAX_KEEP_DAYS + 1, keepDays ?? MAX_KEEP_DAYS + 1);
      const beforeMs = clock.nowMs - days * DAY_MS;
      if (this.#isStopped || days > MAX_KEEP_DAYS) continue;
      const plan = await trims.plan(name, beforeMs).catch((error: unknown) => {
        this.#failedOn(name, error);
        return null;
      });
      if (plan && plan.entries > 0) due.push(plan);
      if (due.length < AT_ONCE) continue;
      await this.#carryOut(due);
      due = [];
    }
    if (!this.#isStopped) await this.#carryOut(due);
  }

  /** What one of them fails on costs the others nothing. */
  async #carryOut(plans: readonly TrimPlan[]): Promise<void> {
    const { audit, trims } = this.#options;
    const [first, ...others] = plans;
    if (first === undefined) return;
    try {
      await trims.carryOut(plans);
    } catch (error) {
      if (others.length === 0) return this.#failedOn(first.document, error);
      for (const plan of plans) await this.#carryOut([plan]);
      return;
    }
    for (const { document, beforeMs, entries, versions } of plans) {
      const before = new Date(beforeMs).toISOString();
      const detail = { before, entries: String(entries), versions: String(versions) };
      audit.note({ action: 'past-trimmed', person: '', document, detail });
    }
  }

  #failedOn(document: DocumentName, error: unknown): void {
    this.#failed(`The past of "${document}" that is older than it is to be kept`, error);
  }

  #failed(what: string, error: unknown): void {
    const isStopping = error instanceof SyncError && error.code === 'LOG_CLOSED';
    if (!isStopping)
      this.#options.complain(`${what} could not be trimmed: ${messageOf(error)} It is tried again tomorrow.`);
  }
}

function doubtful({ nowMs, beforeMs }: ClockLook, untilMs: number): string {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  return (
    `No past is trimmed before ${day(untilMs)}: the clock of this machine says ${day(nowMs)}, and ${day(beforeMs)} when it was last ` +
    'looked at. If it is right, there is nothing to do. If not, set it right before that day: what only seems to be older than it is ' +
    'to be kept would be gone for good.'
  );
}

const keyOf = (document: DocumentName): string => `${document}\0${WORD}`;

/** @returns null when it is not what is written here */
function readDays(value: Uint8Array): number | null {
  try {
    const { days } = JSON.parse(new TextDecoder().decode(value)) as { days?: unknown };
    return isKeepDays(days) ? days : null;
  } catch {
    return null;
  }
}
