// What has to be written so that the values of one store are those of another: both are read once, side by side, in the order of
// their keys. A value that is damaged is told of, and not passed on as if it were sound.

import { messageOf, SyncError } from '../../sync-error.js';
import type { Operation } from '../key-value-store.js';
import { newDocument } from '../level/document-index.js';
import { readKey, type StoreKey } from '../level/read-key.js';
import { putDocument, readDocument, readErased, readRecord } from '../level/stored-values.js';
import { sameBytes } from './copy-channel.js';

type Pair = readonly [key: Uint8Array, value: Uint8Array];

export interface ValueOptions {
  /** Whether what has this key is not to be in the target. */
  readonly isLeftOut: (key: StoreKey) => boolean;
  /** Takes a sentence about a value that is damaged. */
  readonly fault: (sentence: string) => void;
}

/** @returns what to write into the target, piece by piece */
export async function* differences(
  source: AsyncIterable<Pair>,
  target: AsyncIterable<Pair>,
  options: ValueOptions,
): AsyncGenerator<Operation> {
  const wanted = soundOnes(source, options);
  const there = target[Symbol.asyncIterator]();
  try {
    let [a, b] = [await wanted.next(), await there.next()];
    while (!a.done || !b.done) {
      const order = a.done ? 1 : b.done ? -1 : Buffer.compare(a.value[0], b.value[0]);
      if (order > 0) yield { type: 'del', key: (b.value as Pair)[0] };
      else if (order < 0 || !sameBytes(a.value[1], (b.value as Pair)[1])) {
        yield { type: 'put', key: (a.value as Pair)[0], value: (a.value as Pair)[1] };
      }
      if (order <= 0) a = await wanted.next();
      if (order >= 0) b = await there.next();
    }
  } finally {
    await wanted.return(undefined);
    await there.return?.();
  }
}

async function* soundOnes(source: AsyncIterable<Pair>, { isLeftOut, fault }: ValueOptions): AsyncGenerator<Pair> {
  for await (const [key, value] of source) {
    const known = readKey(key);
    if (isLeftOut(known)) continue;
    try {
      check(known, key, value);
      yield [key, value];
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      if (known.kind !== 'document') {
        fault(`${messageOf(error)} It does not come along.`);
        continue;
      }
      fault(`${messageOf(error)} Its text comes along: it is listed without title and dates until it is changed.`);
      yield [key, putDocument(newDocument(known.name, 0)).value];
    }
  }
}

/** Of what a newer version put there nothing is known: it comes along as it is. @throws SyncError `STORE_UNREADABLE` */
function check(known: StoreKey, key: Uint8Array, value: Uint8Array): void {
  if (known.kind === 'document') readDocument(key, value);
  if (known.kind === 'erased') readErased(key, value);
  if (known.kind === 'record') readRecord(key, value);
}
