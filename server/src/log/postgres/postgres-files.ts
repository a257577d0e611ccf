// Files of documents in the database, in pieces. What comes is written beside everything else, over connections of its own; a trigger
// of the record that names a file puts it in its place, in one transaction with it, and another takes it away with the last one
// (schema.ts). So nothing is ever to be put in order but what somebody left who ended while it came.

import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { messageOf, SyncError } from '../../sync-error.js';
import type { FileStore, IncomingFile, StoredFile } from '../file-store.js';
import { PatientConnections, type ReadingConnections } from './connections.js';
import { isNoRoom } from './database-errors.js';

/** Never changed: the pieces of one content are the same whenever it came. */
const PIECE_BYTES = 256 * 1024;
const CONNECTIONS = 2;
/** What nobody wrote to for so long does not come any more. Who comes back to it is told that it has not come whole. */
const LEFT_AFTER = '1 hour';

/** For `returning`: this statement's end is waited for until it is on disk, and with it are all before. */
const SYNCED = `set_config('synchronous_commit', 'on', true)`;

export class PostgresFiles implements FileStore {
  readonly #reading: ReadingConnections;
  readonly #writing: PatientConnections;

  constructor(url: string, reading: ReadingConnections) {
    this.#reading = reading;
    // Not waited for piece by piece: edits of everybody would wait for the same disk.
    this.#writing = new PatientConnections(url, 'weft files', CONNECTIONS, 'set synchronous_commit = off');
  }

  async begin(): Promise<IncomingFile> {
    await this.discardLeft();
    const upload = randomBytes(16);
    await this.#write('insert into weft_file (upload) values ($1) on conflict do nothing', [upload]);
    return new IncomingPieces(upload, this.#write, this.#reading);
  }

  async discardLeft(): Promise<void> {
    await this.#write(
      `delete from weft_file where not is_placed and touched_at < now() - interval '${LEFT_AFTER}'`,
      [],
    );
  }

  async suspect(): Promise<void> {}
  async settle(): Promise<void> {}
  async suspects(): Promise<string[]> {
    return [];
  }

  async open(id: string): Promise<StoredFile> {
    const rows = await this.#reading.query<{ bytes: string }>(
      'select bytes from weft_file where id = $1 and is_placed',
      [id],
    );
    if (rows.length === 0) throw damaged(id, 'is missing');
    const bytes = Number(rows[0]!.bytes);
    return {
      bytes,
      stream: ({ first, last } = { first: 0, last: bytes - 1 }) =>
        Readable.from(this.#piecesOf(id, first, last), { objectMode: false }),
      close: async () => undefined,
    };
  }

  whereIs(id: string): string {
    return `${id} in the database`;
  }

  async *list(): AsyncGenerator<string> {
    let after = '';
    for (;;) {
      const rows = await this.#reading.query<{ id: string }>(
        'select id from weft_file where is_placed and id > $1 order by id limit 1000',
        [after],
      );
      for (const { id } of rows) yield id;
      if (rows.length === 0) return;
      after = rows.at(-1)!.id;
    }
  }

  close(): Promise<void> {
    return this.#writing.close();
  }

  async *#piecesOf(id: string, first: number, last: number): AsyncGenerator<Buffer> {
    for (let at = first; at <= last; ) {
      const number = Math.floor(at / PIECE_BYTES);
      const [row] = await this.#reading.query<{ value: Buffer }>(
        'select value from weft_file join weft_file_piece using (upload) where id = $1 and is_placed and number = $2',
        [id, number],
      );
      const start = number * PIECE_BYTES;
      const piece = row?.value.subarray(at - start, last + 1 - start);
      if (piece === undefined || piece.length === 0) throw damaged(id, 'is damaged, or was erased meanwhile');
      yield piece;
      at += piece.length;
    }
  }

  #write: Write = async (text, values) => {
    try {
      return await this.#writing.query(text, values);
    } catch (error) {
      const cause = (error as Error).cause ?? error;
      // As a disk of ours would say it.
      if (isNoRoom(cause)) throw Object.assign(new Error(messageOf(cause), { cause }), { code: 'ENOSPC' });
      throw error;
    }
  };
}

type Write = (text: string, values: readonly unknown[]) => Promise<readonly unknown[]>;

/** One that is coming; of it no more than a piece is held. */
class IncomingPieces implements IncomingFile {
  readonly #upload: Uint8Array;
  readonly #write: Write;
  readonly #reading: ReadingConnections;
  readonly #gathered = Buffer.allocUnsafeSlow(PIECE_BYTES);
  #gatheredBytes = 0;
  #written = 0;
  #id: string | null = null;

  constructor(upload: Uint8Array, write: Write, reading: ReadingConnections) {
    this.#upload = upload;
    this.#write = write;
    this.#reading = reading;
  }

  async write(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + PIECE_BYTES - this.#gatheredBytes);
      this.#gathered.set(part, this.#gatheredBytes);
      this.#gatheredBytes += part.length;
      at += part.length;
      if (this.#gatheredBytes === PIECE_BYTES) await this.#flush();
    }
  }

  async read(at: number, length: number): Promise<Buffer> {
    await this.#flush();
    const found: Buffer[] = [];
    for (let from = at; from < Math.min(at + length, this.#written); ) {
      const number = Math.floor(from / PIECE_BYTES);
      const [row] = await this.#reading.query<{ part: Buffer }>(
        'select substring(value from $3 for $4) as part from weft_file_piece where upload = $1 and number = $2',
        [this.#upload, number, from - number * PIECE_BYTES + 1, at + length - from],
      );
      if (!row) throw notWhole();
      found.push(row.part);
      from += row.part.length;
    }
    return Buffer.concat(found);
  }

  async end(id: string): Promise<void> {
    await this.#flush();
    const rows = await this.#write(
      `update weft_file set id = $2, touched_at = now() where upload = $1 and bytes = $3
        and bytes = (select coalesce(sum(octet_length(value)), 0) from weft_file_piece where upload = $1) returning ${SYNCED}`,
      [this.#upload, id, this.#written],
    );
    if (rows.length === 0) throw notWhole();
    this.#id = id;
  }

  async keep(note: () => Promise<void>): Promise<void> {
    await note();
    // Of a content that is named already it is the newest, and heals one that was damaged.
    await this.#write(`select weft_replace_file($1), ${SYNCED}`, [this.#id]);
  }

  async discard(): Promise<void> {
    await this.#write('delete from weft_file where upload = $1 and not is_placed', [this.#upload]);
  }

  /**
   * Only the last piece is shorter. Each follows the one before it, or is there already: a database that crashed may have forgotten
   * some of what it had not been asked to have on disk.
   */
  async #flush(): Promise<void> {
    if (this.#gatheredBytes === 0) return;
    const piece = this.#gathered.subarray(0, this.#gatheredBytes);
    const number = Math.floor(this.#written / PIECE_BYTES);
    const rows = await this.#write(
      `with coming as (
        update weft_file set bytes = $3, touched_at = now()
          where upload = $1 and not is_placed and bytes in ($4, $3) returning upload
      )
      insert into weft_file_piece (upload, number, value) select upload, $2, $5 from coming
        on conflict (upload, number) do update set value = excluded.value returning number`,
      [this.#upload, number, this.#written + piece.length, this.#written, piece],
    );
    if (rows.length === 0) throw notWhole();
    this.#written += piece.length;
    this.#gatheredBytes = 0;
  }
}

const notWhole = (): SyncError =>
  new SyncError('STORE_SILENT', 'The file did not come whole: the database was away meanwhile. Send it again.');

const damaged = (id: string, how: string): SyncError =>
  new SyncError(
    'STORE_UNREADABLE',
    `The file ${id} in the database ${how}. Bring it back with weft restore-backup, or add it to the document once more.`,
  );
