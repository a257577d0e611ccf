// Documents that are in the trash: nobody has a role in them, and all that belongs to them is as it was. It is said in the record
// of who may do what in a document, so that whatever asks for a role asks for this as well, on every server that has the store.
// What takes one out of it and what erases it come one after the other: nobody is told that a document is back which is gone then.

import type { DocumentName } from '@weft/protocol';
import type { DocumentLog, GivenDocument, RecordStore } from '../log/document-log.js';
import { Rows } from '../rows.js';
import type { SyncError } from '../sync-error.js';
import { inTrash, noAccess, notInTrash } from './access-errors.js';
import type { Audit } from './audit.js';
import { decodeSharing, type Sharing, type Trashed } from './sharing-record.js';
import { Sharings } from './sharings.js';

export interface TrashOptions {
  readonly sharings: Sharings;
  readonly records: Pick<RecordStore, 'get' | 'list'>;
  readonly audit: Audit;
  readonly now?: () => number;
}

/** Who does it. */
export interface Trasher {
  readonly person: string;
  readonly address?: string;
  /** Looked at in the turn in which it is done. Left out: whoever runs the server. */
  readonly may?: (sharing: Sharing) => boolean;
}

export class Trash {
  readonly #options: TrashOptions;
  readonly #rows = new Rows<DocumentName>();

  constructor(options: TrashOptions) {
    this.#options = options;
  }

  /** @returns null where it is not there */
  async read(document: DocumentName): Promise<Trashed | null> {
    return (await this.#options.sharings.read(document)).trashed ?? null;
  }

  /** All that are there, as they are on disk. @param damaged takes what cannot be read */
  async list(damaged: (error: SyncError) => void): Promise<Map<string, Trashed>> {
    const all = new Map<string, Trashed>();
    for (const { key, value } of await this.#options.records.list('access', { damaged })) {
      try {
        const { trashed } = decodeSharing(key, value);
        if (trashed !== undefined) all.set(key, trashed);
      } catch (error) {
        damaged(error as SyncError);
      }
    }
    return all;
  }

  /** Resolves once it is on disk; who had the document open is out of it by then. @throws SyncError `IN_TRASH`, `NO_ACCESS` */
  async put(document: DocumentName, by: Trasher): Promise<Trashed> {
    const trashed: Trashed = { atMs: (this.#options.now ?? Date.now)(), by: by.person };
    await this.#change(document, 'document-trashed', by, (sharing) => {
      if (sharing.trashed !== undefined) throw inTrash();
      return { ...sharing, trashed };
    });
    return trashed;
  }

  /** It is what it was, to everybody. @throws SyncError `NOT_IN_TRASH`, `NO_ACCESS` */
  async takeOut(document: DocumentName, by: Trasher): Promise<void> {
    await this.#rows.run(document, () =>
      this.#change(document, 'document-untrashed', by, ({ trashed, ...sharing }) => {
        if (trashed === undefined) throw notInTrash();
        return sharing;
      }),
    );
  }

  /**
   * @param isMeant whether what is there now is still to be erased
   * @param erase erases it where it is as given, and says whether it was
   * @returns false when it was not
   */
  erase(
    document: DocumentName,
    isMeant: (trashed: Trashed, sharing: Sharing) => boolean,
    erase: (given: GivenDocument) => Promise<boolean>,
  ): Promise<boolean> {
    return this.#rows.run(document, async () => {
      // As it is on disk: at another server somebody may have brought it back.
      const value = await this.#options.records.get('access', document);
      const sharing = decodeSharing(document, value);
      if (sharing.trashed === undefined || !isMeant(sharing.trashed, sharing)) return false;
      return erase({ known: [{ table: 'access', key: document, value }] });
    });
  }

  async #change(
    document: DocumentName,
    action: 'document-trashed' | 'document-untrashed',
    { person, address, may = () => true }: Trasher,
    change: (sharing: Sharing) => Sharing,
  ): Promise<void> {
    const { sharings, audit } = this.#options;
    await sharings.change(document, (sharing) => {
      if (!may(sharing)) throw noAccess();
      return change(sharing);
    });
    audit.note({ action, person, document, ...(address === undefined ? {} : { address }) });
  }
}

/** Of a store that nobody has open but who asks. */
export const trashOf = (log: Pick<DocumentLog, 'records' | 'document'>, audit: Audit): Trash =>
  new Trash({
    sharings: new Sharings(
      log.records,
      async (name) => (await log.document(name)) !== null,
      () => undefined,
      () => false,
    ),
    records: log.records,
    audit,
  });
