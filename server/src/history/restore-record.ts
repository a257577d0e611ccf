// What is kept of a restore in the table `restore`, under the name of its document and the id of the request: what makes a
// request that comes twice do nothing twice, and whose the text is that came back (T2). It is written before the entry it
// speaks of, so that no restored text is ever credited to who only brought it back (FORMAT.md).

import type { DocumentName } from '@weft/protocol';
import * as decoding from 'lib0/decoding';
import type { ChannelView, RecordChange, RecordStore, Seq, StoredValue } from '../log/document-log.js';
import { messageOf, SyncError } from '../sync-error.js';
import type { OriginRange } from './restore-update.js';

export interface Restore {
  readonly requestId: string;
  /** The entry whose moment came back; 0: before the first. Of what took a restore back, the one before that. */
  readonly to: Seq;
  /** The newest entry when it was computed. */
  readonly base: Seq;
  /** The entry that brought it back; null until that is known to be on disk. */
  readonly seq: Seq | null;
  /** Id of the version of what was before. */
  readonly before: string;
  /** Yjs client id of all that is new in that entry, and of nothing else. */
  readonly client: number;
  /** See `encodeOrigins`. */
  readonly origins: Uint8Array;
  /** Why, in the words of who asked; may be ''. */
  readonly reason: string;
  /** Opaque id of who asked. */
  readonly by: string;
  readonly atMs: number;
}

export const restoreKey = (document: DocumentName, requestId: string): string => `${document}\0${requestId}`;

export function putRestore(document: DocumentName, { requestId, origins, ...rest }: Restore): RecordChange {
  const fields = { ...rest, origins: Buffer.from(origins).toString('base64url') };
  const value = new TextEncoder().encode(JSON.stringify(fields));
  return { table: 'restore', key: restoreKey(document, requestId), value };
}

/** @returns a sentence when the record is not what is written here; the ranges of its text are not looked at */
export function readRestore({ key, value }: StoredValue): Restore | string {
  const [document = '', requestId = ''] = key.split('\0');
  try {
    const { origins, ...rest } = JSON.parse(new TextDecoder().decode(value)) as Omit<Restore, 'origins'> & {
      origins: string;
    };
    const numbers = [rest.to, rest.base, rest.seq ?? 0, rest.client, rest.atMs];
    if (!numbers.every(Number.isSafeInteger) || typeof origins !== 'string') throw new Error('it has other fields');
    return { ...rest, requestId, origins: new Uint8Array(Buffer.from(origins, 'base64url')) };
  } catch (error) {
    return `What is known of a restore of "${document}" cannot be read: ${messageOf(error)}.`;
  }
}

export interface KeptRestores {
  readonly restores: readonly Restore[];
  /** How many more there are that cannot be read, or are more than may be in memory at once. */
  readonly leftOut: number;
}

/** A record has up to a mebibyte, and a document as many as its owners ask for. */
const PAGE = 16;
const MAX_RESTORES_BYTES = 32 * 1024 * 1024;

/** Those of a document, as far as they can be read. */
export async function restoresOf(records: Pick<RecordStore, 'list'>, document: DocumentName): Promise<KeptRestores> {
  const restores: Restore[] = [];
  let leftOut = 0;
  let bytes = 0;
  for (let after: string | null = null; ; ) {
    const page: StoredValue[] = await records.list('restore', {
      prefix: restoreKey(document, ''),
      limit: PAGE,
      ...(after !== null && { after }),
      damaged: () => {
        leftOut += 1;
      },
    });
    for (const record of page) {
      bytes += record.value.length;
      const restore = bytes > MAX_RESTORES_BYTES ? '' : readRestore(record);
      if (typeof restore === 'string') leftOut += 1;
      else restores.push(restore);
    }
    if (page.length < PAGE) return { restores, leftOut };
    after = page.at(-1)!.key;
  }
}

/** Under which client id the restore that is an entry wrote. @throws SyncError `NO_SUCH_ENTRY` when it is no restore, or like below */
export async function clientOfRestore(
  records: Pick<RecordStore, 'list'>,
  { id: { document } }: ChannelView,
  seq: Seq,
): Promise<number> {
  const found = (await readableRestores(records, document)).find((restore) => restore.seq === seq);
  if (found) return found.client;
  throw new SyncError('NO_SUCH_ENTRY', `Nothing was brought back in "${document}" by its entry ${seq}.`);
}

/** Those that came after an entry. @throws SyncError `RESTORE_REFUSED` when one cannot be read */
export async function restoresAfter(
  records: Pick<RecordStore, 'list'>,
  { id: { document } }: ChannelView,
  seq: Seq,
): Promise<readonly Pick<Restore, 'client' | 'origins'>[]> {
  const later = (await readableRestores(records, document)).filter((one) => (one.seq ?? one.base + 1) > seq);
  return later.map(({ client, origins }) => ({ client, origins }));
}

async function readableRestores(
  records: Pick<RecordStore, 'list'>,
  document: DocumentName,
): Promise<readonly Restore[]> {
  const { restores, leftOut } = await restoresOf(records, document);
  if (leftOut === 0 && restores.every(({ origins }) => faultOfOrigins(origins) === null)) return restores;
  // Where text came back that is not known of, it would come back twice.
  throw new SyncError(
    'RESTORE_REFUSED',
    `What is known of a restore of "${document}" cannot be read, so that nothing can be brought back or taken back by itself. Nothing was ` +
      'changed. A whole version can be brought back.',
  );
}

/** @returns what is wrong with them, in a few words; null when they can be decoded */
export function faultOfOrigins(origins: Uint8Array): string | null {
  try {
    decodeOrigins(origins);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** In the order of the new clocks. */
export function decodeOrigins(origins: Uint8Array): OriginRange[] {
  const decoder = decoding.createDecoder(origins);
  const ranges: OriginRange[] = [];
  let end = 0;
  while (decoding.hasContent(decoder)) {
    const clock = end + decoding.readVarUint(decoder);
    const length = decoding.readVarUint(decoder);
    ranges.push({ clock, length, client: decoding.readVarUint(decoder), from: decoding.readVarUint(decoder) });
    end = clock + length;
  }
  return ranges;
}
