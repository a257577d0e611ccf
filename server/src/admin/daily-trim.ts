// Once a day what is older than it is to be kept is taken out of the past of documents, a few of them at a time. A clock that leaps
// ahead trims nothing.

import type { DocumentName } from '@weft/protocol';
import type { AuditKeeper } from '../access/audit.js';
import { trimmedDetail } from '../access/past-audit.js';
import type { DocumentLog } from '../log/document-log.js';
import type { Duty } from '../log/duties.js';
import { messageOf, SyncError } from '../sync-error.js';
import { doubtfulClock, lookAtClock } from './clock-leaps.js';
import type { DailyPass } from './daily.js';
import type { PastKeeping } from './past-keeping.js';
import type { TrimPlan, Trims } from './trims.js';

export interface DailyTrimOptions {
  readonly log: Pick<DocumentLog, 'documents' | 'records'>;
  readonly keeping: Pick<PastKeeping, 'limits'>;
  readonly trims: Pick<Trims, 'plan' | 'carryOut'>;
  readonly audit: Pick<AuditKeeper, 'note'>;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
  readonly nowMs?: () => number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Trimmed at once: the files are swept once for all of them. */
const AT_ONCE = 16;

export class DailyTrim {
  readonly #options: DailyTrimOptions;
  readonly #nowMs: () => number;

  constructor(options: DailyTrimOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
  }

  readonly pass: DailyPass = (duty) =>
    this.trimAll(duty).catch((error: unknown) => this.#failed('What is older than it is to be kept', error));

  /** Trims what is older than it is to be kept, of all documents. */
  async trimAll(duty?: Duty): Promise<void> {
    const isStopped = (): boolean => duty?.signal.aborted ?? false;
    const { keeping, log, trims } = this.#options;
    const limits = await keeping.limits((error) =>
      this.#failed('How long the past of a document is to be kept', error),
    );
    if (limits === null) return;
    const documents = await log.documents();
    const newestMs = documents.reduce((newest, { updatedAtMs }) => Math.max(newest, updatedAtMs), 0);
    const clock = await lookAtClock(log.records, this.#nowMs(), newestMs);
    if (clock.doubtedUntilMs !== null) return this.#options.complain(doubtfulClock(clock, 'No past is trimmed'));
    let due: TrimPlan[] = [];
    for (const { name } of documents) {
      const days = limits(name);
      if (isStopped() || days === null) continue;
      const plan = await trims.plan(name, clock.nowMs - days * DAY_MS).catch((error: unknown) => {
        this.#failedOn(name, error);
        return null;
      });
      if (plan && plan.entries > 0) due.push(plan);
      if (due.length < AT_ONCE) continue;
      await this.#carryOut(due, duty);
      due = [];
    }
    if (!isStopped()) await this.#carryOut(due, duty);
  }

  /** What one of them fails on costs the others nothing. */
  async #carryOut(plans: readonly TrimPlan[], duty: Duty | undefined): Promise<void> {
    const { audit, trims } = this.#options;
    const [first, ...others] = plans;
    if (first === undefined) return;
    try {
      await trims.carryOut(plans, duty);
    } catch (error) {
      if (others.length === 0) return this.#failedOn(first.document, error);
      for (const plan of plans) await this.#carryOut([plan], duty);
      return;
    }
    for (const plan of plans) {
      const { document, beforeMs } = plan;
      audit.note({ action: 'past-trimmed', person: '', document, detail: trimmedDetail(beforeMs, plan) });
    }
  }

  #failedOn(document: DocumentName, error: unknown): void {
    this.#failed(`The past of "${document}" that is older than it is to be kept`, error);
  }

  #failed(what: string, error: unknown): void {
    const isStopping = error instanceof SyncError && (error.code === 'LOG_CLOSED' || error.code === 'CANCELLED');
    if (!isStopping)
      this.#options.complain(`${what} could not be trimmed: ${messageOf(error)} It is tried again tomorrow.`);
  }
}
