// Files of documents in the database, in pieces. What comes is written beside everything else, over connections of its own; a trigger
// of the record that names a file puts it in its place, in one transaction with it, and another takes it away with the last one
// (schema.ts). So nothing is ever to be put in order; what is nobody's any more is removed beside everything else, bit by bit.

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
/** Of what was left, in one statement. The database keeps each in some 130 rows. */
const PIECES_REMOVED_AT_ONCE = 64;
/** Who closes goes on with it for so long. */
const REMOVES_FOR_MS = 2000;

/** For `returning`: this statement's end is waited for until it is on disk, and with it are all before. */
const SYNCED = `set_config('synchronous_commit', 'on', true)`;

export class PostgresFiles implements FileStore {
  readonly #reading: ReadingConnections;
  readonly #writing: PatientConnections;
  readonly #complain: (sentence: string) => void;
  /** What was left is being removed, and whether some came since that was last looked for. */
  #removal: Promise<void> | null = null;
  #isLeft = false;
  #endsAtMs = Number.POSITIVE_INFINITY;

  /** @param complain takes a sentence for whoever runs the server */
  constructor(url: string, reading: ReadingConnections, complain: (sentence: string) => void) {
    this.#reading = reading;
    this.#complain = complain;
    // Not waited for piece by piece: edits of everybody would wait for the same disk.
    this.#writing = new PatientConnections(url, 'weft files', CONNECTIONS, 'set synchronous_commit = off');
  }

  async begin(): Promise<IncomingFile> {
    const upload = randomBytes(16);
    await this.#write('insert into weft_file (upload) values ($1) on conflict do nothing', [upload]);
    return new IncomingPieces(upload, this.#write, this.#reading, () => this.#remove());
  }

  async discardLeft(): Promise<void> {
    this.#remove();
  }

  async suspect(): Promise<void> {}
  async settle(): Promise<void> {
    this.#remove();
  }
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

  async close(): Promise<void> {
    this.#endsAtMs = performance.now() + REMOVES_FOR_MS;
    await this.#removal;
    await this.#writing.close();
  }

  /** Removes what was left, beside whatever comes. Should that be cut short, who takes the next file goes on with it, or who starts. */
  #remove(): void {
    this.#isLeft = true;
    this.#removal ??= this.#removeLeft();
  }

  async #removeLeft(): Promise<void> {
    try {
      while (this.#isLeft) {
        this.#isLeft = false;
        await this.#write(
          `update weft_file set id = null, bytes = null
            where not is_placed and bytes is not null and touched_at < now() - interval '${LEFT_AFTER}'`,
          [],
        );
        while (await this.#removeSome()) if (performance.now() > this.#endsAtMs) return;
        await this.#write(
          `delete from weft_file f where bytes is null
            and not exists (select from weft_file_piece p where p.upload = f.upload)`,
          [],
        );
      }
    } catch (error) {
      const isAway = error instanceof SyncError && error.code === 'STORE_SILENT';
      if (!isAway) this.#complain(`Files that are nobody's any more are not removed: ${messageOf(error)}`);
    } finally {
      this.#removal = null;
    }
  }

  /** What another server removes is passed over. @returns whether there was any */
  async #removeSome(): Promise<boolean> {
    const rows = await this.#write(
      `with few as materialized (
        select p.upload, p.number from weft_file f join weft_file_piece p using (upload) where f.bytes is null
          limit ${PIECES_REMOVED_AT_ONCE} for update of p skip locked
      )
      delete from weft_file_piece p using few where p.upload = few.upload and p.number = few.number returning p.number`,
      [],
    );
    return rows.length > 0;
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
  readonly #removeLeft: () => void;
  readonly #gathered = Buffer.allocUnsafeSlow(PIECE_BYTES);
  #gatheredBytes = 0;
  #written = 0;
  #id: string | null = null;

  constructor(upload: Uint8Array, write: Write, reading: ReadingConnections, removeLeft: () => void) {
    this.#upload = upload;
    this.#write = write;
    this.#reading = reading;
    this.#removeLeft = removeLeft;
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
    await this.#write('update weft_file set id = null, bytes = null where upload = $1 and not is_placed', [
      this.#upload,
    ]);
    this.#removeLeft();
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
