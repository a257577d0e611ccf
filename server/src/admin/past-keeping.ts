// How much of the past of documents is kept: for good, unless the configuration or whoever owns a document says so many days. Where
// both say something the shorter one holds: what is to be gone everywhere after a year stays nowhere longer. And whether of versions
// that were made by themselves fewer are kept as they grow older: nothing goes with those but a place to look at.

import type { DocumentName } from '@weft/protocol';
import { isKeepDays, type KeptVersions } from '../keep-days.js';
import type { DocumentLog, RecordChange } from '../log/document-log.js';
import { Rows } from '../rows.js';
import type { SyncError } from '../sync-error.js';

/** What a server says of all documents: so many days; null: nothing. A command without a server does not know it. */
export type DaysOfServer = number | 'unknown' | null;

export interface PastKeepingOptions<OfServer extends DaysOfServer> {
  readonly log: Pick<DocumentLog, 'records'>;
  readonly keepDays: OfServer;
}

/** What is said of one document. */
export interface OwnKeeping {
  /** null: as long as the server says. */
  readonly days: number | null;
  readonly versions: KeptVersions;
}

/** In days; null: nobody said so. */
export interface KeptPast<OfServer extends DaysOfServer = DaysOfServer> {
  readonly ofDocument: number | null;
  readonly versions: KeptVersions;
  readonly ofServer: OfServer;
}

const WORD = 'past';

export class PastKeeping<OfServer extends DaysOfServer = DaysOfServer> {
  readonly #options: PastKeepingOptions<OfServer>;
  /** What changes what is said of a document. */
  readonly #rows = new Rows<DocumentName>();

  constructor(options: PastKeepingOptions<OfServer>) {
    this.#options = options;
  }

  async of(document: DocumentName): Promise<KeptPast<OfServer>> {
    const { days, versions } = read(await this.#stored(document));
    return { ofDocument: days, versions, ofServer: this.#options.keepDays };
  }

  /** What is left out stays as it is. */
  keep(document: DocumentName, wanted: Partial<OwnKeeping>): Promise<void> {
    return this.#rows.run(document, () => this.#keep(document, wanted));
  }

  /** The record because of which versions of a document go with age; null where none go, as where it cannot be read. */
  versionsThinnedBy = async (document: DocumentName): Promise<readonly RecordChange[] | null> => {
    const value = await this.#stored(document).catch(() => UNREADABLE);
    return read(value).versions === 'all' ? null : [{ table: 'keeping', key: keyOf(document), value }];
  };

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
      const { days } = read(value);
      if (days !== null) own.set(key, days);
    }
    if (ofServer === FOR_GOOD && own.size === 0) return null;
    return (document) => {
      const days = Math.min(own.get(keyOf(document)) ?? FOR_GOOD, ofServer);
      return days === FOR_GOOD ? null : days;
    };
  }

  async #keep(document: DocumentName, wanted: Partial<OwnKeeping>): Promise<void> {
    const { records } = this.#options.log;
    const record = { table: 'keeping', key: keyOf(document) } as const;
    let isWritten = false;
    while (!isWritten) {
      const before = await this.#stored(document).catch(() => UNREADABLE);
      // What cannot be read is said anew.
      if (before === UNREADABLE) return records.write([{ ...record, value: written({ ...NOTHING_SAID, ...wanted }) }]);
      const value = written({ ...read(before), ...wanted });
      isWritten = await records.writeIf([{ ...record, value: before }], [{ ...record, value }]);
    }
  }

  #stored(document: DocumentName): Promise<Uint8Array | null> {
    return this.#options.log.records.get('keeping', keyOf(document));
  }
}

const FOR_GOOD = Number.POSITIVE_INFINITY;

const keyOf = (document: DocumentName): string => `${document}\0${WORD}`;

const NOTHING_SAID: OwnKeeping = { days: null, versions: 'thinned' };
const UNREADABLE = new Uint8Array();

/** Of what is not as it is written here nothing goes. */
function read(value: Uint8Array | null): OwnKeeping {
  if (value === null) return NOTHING_SAID;
  try {
    const { days, versions } = JSON.parse(new TextDecoder().decode(value)) as Record<keyof OwnKeeping, unknown>;
    return { days: isKeepDays(days) ? days : null, versions: versions === 'all' ? 'all' : 'thinned' };
  } catch {
    return { days: null, versions: 'all' };
  }
}

/** @returns null where nothing is said */
function written({ days, versions }: OwnKeeping): Uint8Array | null {
  const said = { ...(days !== null && { days }), ...(versions === 'all' && { versions }) };
  return Object.keys(said).length === 0 ? null : new TextEncoder().encode(JSON.stringify(said));
}
