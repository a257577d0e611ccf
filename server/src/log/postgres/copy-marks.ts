// What a store in Postgres says of being moved: it is a copy that is not whole yet, or its documents are in another store by now. Nobody
// serves it then, of whatever version.

import type { ClientBase } from 'pg';
import { SyncError } from '../../sync-error.js';
import type { Anchor } from '../level/stored-values.js';
import { alreadyHolds, MOVED_AWAY, UNFINISHED_COPY } from '../moving/sentences.js';
import { FIRST_MARK } from './schema.js';

/** Numbers in weft_migration. */
const MARK = { unfinished: FIRST_MARK + 1, moved: FIRST_MARK + 2 } as const;

/** A row, where the store is a copy that is not whole. */
export const SELECT_UNFINISHED = `select from weft_migration where number = ${MARK.unfinished}`;

async function isMarked(client: ClientBase, mark: number): Promise<boolean> {
  const { rows } = await client.query('select from weft_migration where number = $1', [mark]);
  return rows.length > 0;
}

/** @throws SyncError `STORE_UNREADABLE` */
export async function checkIsServable(client: ClientBase, mayBeRetired: boolean): Promise<void> {
  if (await isMarked(client, MARK.unfinished)) throw new SyncError('STORE_UNREADABLE', UNFINISHED_COPY);
  if (!mayBeRetired && (await isMarked(client, MARK.moved))) {
    const undo = `To have this one served after all: delete from weft_migration where number = ${MARK.moved}.`;
    throw new SyncError('STORE_UNREADABLE', `${MOVED_AWAY} ${undo}`);
  }
}

/**
 * Makes the store a copy of the one with that secret, or goes on with it; so one whose documents were moved away and come back.
 * @throws SyncError `MOVE_REFUSED` when it holds something else
 */
export async function beginCopy(client: ClientBase, secret: Uint8Array): Promise<void> {
  await client.query('begin');
  try {
    const { rows: made } = await client.query(
      'insert into weft_store (secret) values ($1) on conflict do nothing returning true',
      [secret],
    );
    const { rows: returning } = await client.query('delete from weft_migration where number = $1 returning true', [
      MARK.moved,
    ]);
    if (made.length + returning.length > 0)
      await client.query('insert into weft_migration (number) values ($1)', [MARK.unfinished]);
    const { rows } = await client.query<{ secret: Buffer }>('select secret from weft_store');
    if (Buffer.compare(rows[0]!.secret, secret) !== 0) throw alreadyHolds('The database');
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

export async function finishCopy(client: ClientBase, { number, hash }: Anchor): Promise<void> {
  await client.query('begin');
  await client.query('update weft_store set journal_number = $1, journal_hash = $2', [number, hash]);
  await client.query('delete from weft_migration where number = $1', [MARK.unfinished]);
  await client.query('commit');
}

export async function markMoved(client: ClientBase): Promise<void> {
  await client.query('insert into weft_migration (number) values ($1) on conflict do nothing', [MARK.moved]);
}
