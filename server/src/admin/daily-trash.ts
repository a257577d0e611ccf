// Once a day what lay in the trash for as long as the configuration says is erased for good. A clock that leaps ahead erases nothing.

import type { DocumentName } from '@weft/protocol';
import type { AuditKeeper } from '../access/audit.js';
import type { Trash } from '../access/trash.js';
import type { DocumentLog, GivenDocument } from '../log/document-log.js';
import type { Duty } from '../log/duties.js';
import { messageOf, SyncError } from '../sync-error.js';
import { doubtfulClock, lookAtClock } from './clock-leaps.js';
import type { DailyPass } from './daily.js';

export interface DailyTrashOptions {
  readonly log: Pick<DocumentLog, 'documents' | 'records'>;
  readonly trash: Pick<Trash, 'list' | 'erase'>;
  /** Null: what is in the trash stays there for good. */
  readonly days: number | null;
  /** @returns false where it is not as `given` any more */
  readonly erase: (document: DocumentName, given: GivenDocument, duty?: Duty) => Promise<boolean>;
  readonly audit: Pick<AuditKeeper, 'note'>;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
  readonly nowMs?: () => number;
}

export class DailyTrash {
  readonly #options: DailyTrashOptions;

  constructor(options: DailyTrashOptions) {
    this.#options = options;
  }

  readonly pass: DailyPass = (duty) =>
    this.eraseDue(duty).catch((error: unknown) => this.#failed('What is in the trash', error));

  /** Erases what was in the trash for long enough. What one of them fails on costs the others nothing. */
  async eraseDue(duty?: Duty): Promise<void> {
    const isStopped = (): boolean => duty?.signal.aborted ?? false;
    const { log, trash, days, erase, audit, complain, nowMs = Date.now } = this.#options;
    if (days === null) return;
    const documents = await log.documents();
    const newestMs = documents.reduce((newest, { updatedAtMs }) => Math.max(newest, updatedAtMs), 0);
    const clock = await lookAtClock(log.records, nowMs(), newestMs);
    const trashed = await trash.list((error) => this.#failed('Whether a document is in the trash', error));
    const isDue = ({ atMs }: { readonly atMs: number }): boolean => erasedAtMs(atMs, days)! <= clock.nowMs;
    const due = documents.filter(({ name }) => {
      const there = trashed.get(name);
      return there !== undefined && isDue(there);
    });
    if (due.length === 0) return;
    if (clock.doubtedUntilMs !== null) return complain(doubtfulClock(clock, 'Nothing in the trash is erased'));
    for (const { name } of due) {
      if (isStopped()) return;
      try {
        // It may have been brought back meanwhile, and put there again.
        if (!(await trash.erase(name, isDue, (given) => erase(name, given, duty)))) continue;
        audit.note({ action: 'document-erased', person: '', document: name, detail: { from: 'trash' } });
      } catch (error) {
        this.#failed(`"${name}", which is in the trash`, error);
      }
    }
  }

  #failed(what: string, error: unknown): void {
    const isStopping = error instanceof SyncError && (error.code === 'LOG_CLOSED' || error.code === 'CANCELLED');
    if (!isStopping)
      this.#options.complain(`${what} could not be erased: ${messageOf(error)} It is tried again tomorrow.`);
  }
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** When what came into the trash then is erased; null: never by itself. */
export const erasedAtMs = (trashedAtMs: number, days: number | null): number | null =>
  days === null ? null : trashedAtMs + days * DAY_MS;
