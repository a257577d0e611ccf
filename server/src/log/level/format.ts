// The version of the whole store, under the key `format`, in words that every version can read.
// A store written by a newer Weft is left alone.

import { SyncError } from '../../sync-error.js';
import type { KeyValueStore, Operation } from '../key-value-store.js';
import { alreadyHolds, UNFINISHED_COPY } from '../moving/sentences.js';
import { formatKey, secretKey } from './keys.js';
import { putSecret, readSecret } from './stored-values.js';

/** What this version writes and reads. Raised when an older Weft would misread what a newer one wrote. */
const FORMAT_VERSION = 1;

/** What stands under the key. */
export const FORMAT_MARK: Uint8Array = new TextEncoder().encode(`weft log ${FORMAT_VERSION}`);

/** What stands there while a store is a copy that is not whole: no version serves it. */
const COPY_MARK: Uint8Array = new TextEncoder().encode(`weft copy ${FORMAT_VERSION}`);

/**
 * Makes a store a copy of the one with that secret, or goes on with it.
 * @throws SyncError `MOVE_REFUSED` when it holds something else
 */
export async function beginCopy(store: KeyValueStore, secret: Uint8Array): Promise<void> {
  const value = await store.get(formatKey);
  if (value === undefined && (await isEmpty(store))) {
    await store.batch([{ type: 'put', key: formatKey, value: COPY_MARK.slice() }, putSecret(secret)], { sync: true });
    return;
  }
  const isKnown = [COPY_MARK, FORMAT_MARK].some((mark) => sameBytes(mark, value));
  if (!isKnown || !sameBytes(readSecret(await store.get(secretKey)), secret)) throw alreadyHolds('The folder');
}

/**
 * Marks an empty store as ours.
 *
 * @param newSecret makes the secret of an empty store (proofs.ts)
 * @throws SyncError `STORE_UNREADABLE` when it is somebody else's, or newer
 */
export async function checkFormat(store: KeyValueStore, newSecret: () => Uint8Array): Promise<void> {
  const value = await store.get(formatKey);
  if (value === undefined) {
    if (!(await isEmpty(store))) throw notOurs();
    const mark: Operation = { type: 'put', key: formatKey, value: FORMAT_MARK.slice() };
    await store.batch([mark, putSecret(newSecret())], { sync: true });
    return;
  }
  if (sameBytes(value, COPY_MARK)) throw new SyncError('STORE_UNREADABLE', UNFINISHED_COPY);
  const written = /^weft log ([1-9]\d*)$/.exec(new TextDecoder().decode(value))?.[1];
  if (written === undefined) throw notOurs();
  const version = Number(written);
  if (version > FORMAT_VERSION) {
    throw new SyncError(
      'STORE_UNREADABLE',
      `The data was written by a newer version of Weft (format ${version}; this version reads ${FORMAT_VERSION}). ` +
        'Start that version, or a later one.',
    );
  }
}

const notOurs = (): SyncError =>
  new SyncError('STORE_UNREADABLE', 'The data folder holds a database that is not a log of Weft.');

const sameBytes = (a: Uint8Array, b: Uint8Array | undefined): boolean => b !== undefined && Buffer.compare(a, b) === 0;

async function isEmpty(store: KeyValueStore): Promise<boolean> {
  for await (const _ of store.range({ gte: new Uint8Array([0]), lt: new Uint8Array([0xff]), limit: 1 })) return false;
  return true;
}
