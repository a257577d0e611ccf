// One document out of an archive, whole in memory: what stands in its place afterwards is written in one go, so it is
// known to be whole before the first byte of the old one is touched.

import type { Asset } from '../assets/asset-record.js';
import type { ChannelKind, DocumentInfo, Entry } from '../log/document-log.js';
import { entryBytes } from '../log/level/entries.js';
import { SyncError } from '../sync-error.js';
import { readArchive } from './archive-reader.js';
import type { ArchivedBase } from './archived-base.js';
import { badArchive } from './records.js';

export interface ArchivedDocument {
  readonly document: DocumentInfo;
  /** All entries of each channel that has any, from the first on, or those after its base. */
  readonly channels: ReadonlyMap<ChannelKind, readonly Entry[]>;
  /** What stands for the entries of a channel that were trimmed. */
  readonly bases: ReadonlyMap<ChannelKind, ArchivedBase>;
}

/** What the entries of a document may take in memory: some hundred times the largest we know of. */
const MAX_DOCUMENT_BYTES = 1024 * 1024 * 1024;
/** What an entry takes beside its bytes. */
const ENTRY_OBJECT_BYTES = 256;

/** Gathers the entries of one document, channel after channel. */
export class GatheredEntries {
  readonly channels = new Map<ChannelKind, Entry[]>();
  readonly bases = new Map<ChannelKind, ArchivedBase>();
  readonly #label: string;
  readonly #maxBytes: number;
  #current: Entry[] = [];
  #kind: ChannelKind = 'content';
  #bytes = 0;

  /** @param label what people call the document, or the file it is in */
  constructor(label: string, maxBytes: number = MAX_DOCUMENT_BYTES) {
    this.#label = label;
    this.#maxBytes = maxBytes;
  }

  beginChannel(kind: ChannelKind): void {
    this.#current = [];
    this.#kind = kind;
    this.channels.set(kind, this.#current);
  }

  base(base: ArchivedBase): void {
    this.#bytes += base.state.length;
    this.bases.set(this.#kind, base);
  }

  /** @throws SyncError `ARCHIVE_UNREADABLE` when they are more than memory should hold */
  add(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#bytes += entryBytes(entry) + ENTRY_OBJECT_BYTES;
      this.#current.push(entry);
    }
    if (this.#bytes <= this.#maxBytes) return;
    throw new SyncError(
      'ARCHIVE_UNREADABLE',
      `${this.#label} holds a document that takes more than ${Math.floor(this.#maxBytes / 2 ** 20)} MiB in memory, which is ` +
        'beyond the limit. Nothing of it was used.',
    );
  }
}

/**
 * Reads a .weft file to its end.
 * @throws SyncError `ARCHIVE_UNREADABLE`
 */
export async function readDocumentArchive(
  source: AsyncIterable<Uint8Array>,
  label: string,
  maxBytes?: number,
): Promise<ArchivedDocument> {
  let document: DocumentInfo | null = null;
  const gathered = new GatheredEntries(label, maxBytes);
  for await (const item of readArchive(source, label)) {
    switch (item.type) {
      case 'document':
        document = item.document;
        break;
      case 'channel':
        gathered.beginChannel(item.id.kind);
        break;
      case 'base':
        gathered.base(item.base);
        break;
      case 'entries':
        gathered.add(item.entries);
        break;
      // The reader has seen that they are whole; they are read again by `archivedFiles`.
      case 'file':
      case 'bytes':
      case 'end':
        break;
    }
  }
  if (!document) throw badArchive(label, 'it is a piece of a backup and not a document');
  const { channels, bases } = gathered;
  return { document, channels, bases };
}

/** A file in an archive. Its bytes have to be taken before the next one is asked for. */
export interface ArchivedFile {
  readonly asset: Asset;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** The files in a .weft file, one after the other. @throws SyncError `ARCHIVE_UNREADABLE` */
export async function* archivedFiles(source: AsyncIterable<Uint8Array>, label: string): AsyncGenerator<ArchivedFile> {
  const items = readArchive(source, label);
  async function* bytesOf({ bytes }: Asset): AsyncGenerator<Uint8Array> {
    for (let left = bytes; left > 0; ) {
      const { value: item } = await items.next();
      if (item?.type !== 'bytes') throw badArchive(label, 'a file in it is cut short');
      left -= item.bytes.length;
      yield item.bytes;
    }
  }
  try {
    for (let next = await items.next(); !next.done; next = await items.next()) {
      if (next.value.type === 'file') yield { asset: next.value.asset, bytes: bytesOf(next.value.asset) };
    }
  } finally {
    await items.return(undefined);
  }
}
