// For how long the past of documents is kept: for good, unless the configuration or whoever owns a document says so many days. Where
// both say something the shorter one holds: what is to be gone everywhere after a year stays nowhere longer.

import type { DocumentName } from '@weft/protocol';
import { isKeepDays } from '../keep-days.js';
import type { DocumentLog } from '../log/document-log.js';
import type { SyncError } from '../sync-error.js';

/** What a server says of all documents: so many days; null: nothing. A command without a server does not know it. */
export type DaysOfServer = number | 'unknown' | null;

export interface PastKeepingOptions<OfServer extends DaysOfServer> {
  readonly log: Pick<DocumentLog, 'records'>;
  readonly keepDays: OfServer;
  /** Whether what is older is trimmed once a day; default true. */
  readonly trimsDaily?: boolean;
}

/** In days; null: nobody said so. */
export interface KeptDays<OfServer extends DaysOfServer = DaysOfServer> {
  readonly ofDocument: number | null;
  readonly ofServer: OfServer;
  /** Whether what is older goes by itself, or all is kept as yet. */
  readonly trimsDaily: boolean;
}

const WORD = 'past';

export class PastKeeping<OfServer extends DaysOfServer = DaysOfServer> {
  readonly #options: PastKeepingOptions<OfServer>;

  constructor(options: PastKeepingOptions<OfServer>) {
    this.#options = options;
  }

  async daysOf(document: DocumentName): Promise<KeptDays<OfServer>> {
    const { keepDays, log, trimsDaily = true } = this.#options;
    const value = await log.records.get('keeping', keyOf(document));
    return { ofDocument: value && readDays(value), ofServer: keepDays, trimsDaily };
  }

  /** @param days null: as long as the server says */
  async keep(document: DocumentName, days: number | null): Promise<void> {
    const value = days === null ? null : new TextEncoder().encode(JSON.stringify({ days }));
    await this.#options.log.records.write([{ table: 'keeping', key: keyOf(document), value }]);
  }

  /**
   * For how many days that of any document is kept, as of now; null: for good.
   * @param damaged takes what cannot be read: it is as if nobody had said so
   * @returns null when all of all documents is kept for good
   */
  async limits(damaged: (error: SyncError) => void): Promise<((document: DocumentName) => number | null) | null> {
    const { keepDays, log } = this.#options;
    const ofServer = typeof keepDays === 'number' ? keepDays : FOR_GOOD;
    const own = new Map<string, number>();
    for (const { key, value } of await log.records.list('keeping', { damaged })) {
      const days = readDays(value);
      if (days !== null) own.set(key, days);
    }
    if (ofServer === FOR_GOOD && own.size === 0) return null;
    return (document) => {
      const days = Math.min(own.get(keyOf(document)) ?? FOR_GOOD, ofServer);
      return days === FOR_GOOD ? null : days;
    };
  }
}

const FOR_GOOD = Number.POSITIVE_INFINITY;

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
