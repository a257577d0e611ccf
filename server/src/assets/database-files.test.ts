// Files of documents in a real Postgres: at two servers at once, of one that was killed, and from the folder they were in before.

import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openPostgresLog, type PostgresLog } from '../log/postgres/postgres-log.js';
import { PostgresServer } from '../log/test/postgres-server.js';
import { faultOfFile } from './asset-check.js';
import { AssetFolder } from './asset-folder.js';
import { putAsset } from './asset-record.js';
import { idOf, inPieces, keep, keepOptions, notes, plans, received, testAssetStore } from './asset-store.contract.js';
import { AssetStore } from './asset-store.js';
import { moveFiles } from './move-files.js';
import { png } from './test/pictures.js';

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: files in Postgres. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

describe.skipIf(postgres.missing !== null)('in a database', () => {
  const { server } = postgres as { readonly server: PostgresServer };

  async function newPlace(): Promise<string> {
    const url = await server.newPlace();
    onTestFinished(() => server.removePlace(url));
    return url;
  }

  async function openLog(url: string, isShared = false): Promise<PostgresLog> {
    const shared = isShared ? { shared: { compareEveryMs: 2 ** 30 } } : {};
    const log = await openPostgresLog(url, { onFailure: () => undefined, ...shared });
    onTestFinished(() => log.close());
    return log;
  }

  const openStore = ({ files, records }: PostgresLog): Promise<AssetStore> =>
    AssetStore.open({ files, records, complain: () => undefined });

  async function openTwo() {
    const url = await newPlace();
    const logs = [await openLog(url, true), await openLog(url, true)] as const;
    for (const name of [notes, plans]) await logs[0].createDocument(name, 1);
    return { url, logs, stores: [await openStore(logs[0]), await openStore(logs[1])] as const };
  }

  const count = async (url: string, what: string): Promise<number> =>
    Number((await server.ask(`select count(*) as n from ${what}`, url)).rows[0].n);

  /** What is nobody's goes by itself. */
  const expectRemoved = (url: string) =>
    expect.poll(() => count(url, 'weft_file where bytes is null'), { timeout: 10_000 }).toBe(0);

  testAssetStore('in a database', async () => {
    const url = await newPlace();
    const log = await openLog(url);
    return {
      log,
      files: log.files,
      coming: async () => {
        await expectRemoved(url);
        return count(url, 'weft_file where not is_placed');
      },
      damage: async (id) => {
        const spoilt = `value = overlay(value placing '\\x00' from octet_length(value))`;
        await server.ask(
          `update weft_file_piece set ${spoilt} from weft_file f where f.upload = weft_file_piece.upload and id = '${id}'`,
          url,
        );
      },
    };
  });

  test('what one server took another one shows, and it goes with the last document that has it, wherever that is erased', async () => {
    const { url, logs, stores } = await openTwo();
    const bytes = png(6, 4);
    await keep(stores[0], bytes);
    expect(await stores[1].find(notes, idOf(bytes))).toMatchObject({ bytes: bytes.length });
    expect((await logs[1].files.open(idOf(bytes))).bytes).toBe(bytes.length);
    await keep(stores[1], bytes, { document: plans });
    const forget = (name: string) => [{ table: 'asset' as const, key: `${name}\0${idOf(bytes)}`, value: null }];
    await logs[1].records.write(forget(notes));
    // What the second one brought of the same took the place of the first, whose bytes go beside everything else.
    await expectRemoved(url);
    expect(await count(url, 'weft_file')).toBe(1);
    await logs[0].records.write(forget(plans));
    expect(await count(url, 'weft_file where is_placed')).toBe(0);
    await openStore(logs[1]);
    await expectRemoved(url);
    expect(await count(url, 'weft_file')).toBe(0);
    expect(await count(url, 'weft_file_piece')).toBe(0);
  });

  test('whoever takes a file while the last document that had it lets go of it has it, or is told, again and again', async () => {
    const { url, logs, stores } = await openTwo();
    const bytes = png(6, 4);
    const id = idOf(bytes);
    await keep(stores[0], bytes);
    for (let round = 0; round < 30; round++) {
      const [from, to] = round % 2 === 0 ? [notes, plans] : [plans, notes];
      const late = await received(stores[1], bytes);
      const [kept] = await Promise.all([
        stores[1].keep(late, { ...keepOptions, document: to }),
        logs[0].records.write([{ table: 'asset', key: `${from}\0${id}`, value: null }]),
      ]);
      expect(kept.ok).toBe(true);
      expect((await logs[0].files.open(id)).bytes).toBe(bytes.length);
    }
    await expectRemoved(url);
    expect(await count(url, 'weft_file')).toBe(1);
  });

  test('a file for a document that another server erases meanwhile is not kept, and nothing of it stays', async () => {
    const { url, logs, stores } = await openTwo();
    const late = await received(stores[1], png(6, 4));
    // As erasing does, between the question whether there is a document and the record.
    const exists = async (): Promise<boolean> => {
      await server.ask(`delete from weft_value where key = 'document/notes'`, url);
      return true;
    };
    expect(await stores[1].keep(late, { ...keepOptions, exists })).toEqual({ ok: false, why: 'no-document' });
    expect(await stores[0].list(notes)).toEqual([]);
    await expectRemoved(url);
    expect(await count(url, 'weft_file')).toBe(0);
    expect(await count(url, 'weft_file_piece')).toBe(0);
    expect(await logs[0].records.list('asset')).toEqual([]);
  });

  test('a record whose file is not there is not written: nobody is shown what would be missing', async () => {
    const { logs } = await openTwo();
    const about = { bytes: 1, type: 'image/png', width: 1, height: 1, name: 'x', person: '', addedAtMs: 1 } as const;
    await logs[0].records.write([putAsset(notes, { id: idOf(png(1, 1)), ...about })]);
    expect(await logs[0].records.list('asset')).toEqual([]);
  });

  test('what a killed server left is cleared away by others in time, and one that comes back too late is told', async () => {
    const { url, stores } = await openTwo();
    const left = await received(stores[0], png(6, 4));
    async function* stopped() {
      yield new Uint8Array(300_000);
      await server.ask(`update weft_file set touched_at = now() - interval '2 hours'`, url);
      // Another server takes a file meanwhile.
      await keep(stores[1], png(7, 4));
      await expect.poll(() => count(url, 'weft_file where not is_placed')).toBe(0);
      yield new Uint8Array(300_000);
    }
    await expect(stores[0].receive(stopped(), 1e6)).rejects.toThrow('Send it again.');
    expect(await count(url, 'weft_file where not is_placed')).toBe(0);
    expect(await stores[0].keep(left, keepOptions)).toEqual({ ok: false, why: 'no-document' });
    expect(await count(url, 'weft_file')).toBe(1);
  });

  /** As if its one piece had been many. */
  const makeLarge = (url: string) =>
    server.ask(
      `insert into weft_file_piece select upload, number, 'x' from weft_file, generate_series(1, 999) as number`,
      url,
    );

  test('no commit and no start waits for the bytes of a file that goes', async () => {
    const url = await newPlace();
    const log = await openLog(url);
    await log.createDocument(notes, 1);
    const bytes = png(6, 4);
    await keep(await openStore(log), bytes);
    await makeLarge(url);
    const blocking = new pg.Client(url);
    await blocking.connect();
    try {
      // Who would remove a piece waits.
      await blocking.query('begin; lock table weft_file_piece in share mode');
      await log.records.write([{ table: 'asset', key: `${notes}\0${idOf(bytes)}`, value: null }]);
      await openStore(log);
      expect(await count(url, 'weft_file_piece')).toBe(1000);
    } finally {
      await blocking.end();
    }
    await expectRemoved(url);
    expect(await count(url, 'weft_file_piece')).toBe(0);
  });

  test('the bytes of an erased file go by themselves, few at a time', async () => {
    const url = await newPlace();
    const log = await openLog(url);
    await log.createDocument(notes, 1);
    const store = await openStore(log);
    await keep(store, png(6, 4));
    await makeLarge(url);
    await server.ask(
      `create table removed (pieces integer);
      create function note_removed() returns trigger language plpgsql as $$
        begin insert into removed select count(*) from gone; return null; end $$;
      create trigger note_removed after delete on weft_file_piece referencing old table as gone
        for each statement execute function note_removed()`,
      url,
    );
    await store.whileErasing(notes, () => log.eraseDocument(notes));
    await expectRemoved(url);
    const { rows } = await server.ask('select sum(pieces)::integer as all, max(pieces) as most from removed', url);
    expect(rows[0]).toEqual({ all: 1000, most: 64 });
  });

  /** Has the database forget what it committed since, without waiting for its disk: `during` runs, and then it crashes and recovers. */
  async function* forgetting(during: () => AsyncGenerator<Uint8Array>) {
    const writer = async (): Promise<number> =>
      (await server.ask(`select pid from pg_stat_activity where backend_type = 'walwriter'`)).rows[0].pid;
    const stopped = await writer();
    await server.ask('checkpoint');
    process.kill(stopped, 'SIGSTOP');
    yield* during();
    process.kill(stopped, 'SIGKILL');
    // What is written before the database has noticed would be forgotten, too, and not be missing in between.
    await vi.waitFor(async () => expect(await writer()).not.toBe(stopped), { timeout: 20_000 });
  }

  test('a file of which the database forgot a piece when it crashed is refused, and no part of it stands for it', async () => {
    const log = await openLog(await newPlace());
    await log.createDocument(notes, 1);
    const store = await openStore(log);
    const bytes = randomBytes(800_000);
    async function* coming() {
      yield bytes.subarray(0, 262_144);
      yield* forgetting(() => inPieces(bytes.subarray(262_144, 524_288), 262_144));
      yield bytes.subarray(524_288);
    }
    await expect(store.receive(coming(), 1e6)).rejects.toMatchObject({
      code: 'STORE_SILENT',
      message: expect.stringContaining('Send it again.'),
    });
    expect(await keep(store, bytes)).toMatchObject({ ok: true, isNew: true });
    const kept = { id: idOf(bytes), bytes: bytes.length, name: 'lamp.bin' };
    expect(await faultOfFile(log.files, kept, async () => undefined)).toBeNull();
  });

  test('files of a folder move into the database, once, and what is damaged or nobody’s stays', async () => {
    const dataFolder = await mkdtemp(path.join(tmpdir(), 'weft-moved-'));
    onTestFinished(() => rm(dataFolder, { recursive: true, force: true }));
    const log = await openLog(await newPlace());
    await log.createDocument(notes, 1);
    const folder = new AssetFolder(dataFolder);
    const [sound, spoilt] = [png(6, 4), png(7, 4)];
    const store = await openStore(log);
    for (const bytes of [sound, spoilt]) {
      await keep(store, bytes);
      const file = await folder.begin();
      for await (const piece of inPieces(bytes)) await file.write(piece);
      await file.end(idOf(bytes));
      await file.keep(async () => undefined);
    }
    await writeFile(folder.whereIs(idOf(spoilt)), 'something else');
    const complaints: string[] = [];
    await moveFiles(folder, store, (sentence) => complaints.push(sentence));
    expect(complaints).toEqual([
      expect.stringContaining('are being brought'),
      expect.stringMatching(/could not be brought .* damaged/),
      expect.stringContaining('1 files'),
    ]);
    expect(await readdir(path.dirname(folder.whereIs(idOf(sound))))).toEqual([]);
    expect((await log.files.open(idOf(sound))).bytes).toBe(sound.length);
  });

  test('a file stays in its folder unless all of it is read in the database', async () => {
    const dataFolder = await mkdtemp(path.join(tmpdir(), 'weft-moved-'));
    onTestFinished(() => rm(dataFolder, { recursive: true, force: true }));
    const url = await newPlace();
    const log = await openLog(url);
    await log.createDocument(notes, 1);
    const folder = new AssetFolder(dataFolder);
    const bytes = randomBytes(600_000);
    const store = await openStore(log);
    await keep(store, bytes);
    await keep(await AssetStore.open({ files: folder, records: log.records, complain: () => undefined }), bytes);
    // As a disk that says that it wrote.
    await server.ask(
      `create function lose() returns trigger language plpgsql as $$ begin delete from weft_file_piece where number = 1; return null; end $$;
      create trigger lose after update of is_placed on weft_file execute function lose()`,
      url,
    );
    const complaints: string[] = [];
    await moveFiles(folder, store, (sentence) => complaints.push(sentence));
    expect(complaints).toContainEqual(expect.stringMatching(/could not be brought .* damaged.* It stays there\./));
    expect(
      await faultOfFile(folder, { id: idOf(bytes), bytes: bytes.length, name: '' }, async () => undefined),
    ).toBeNull();
  });
});
