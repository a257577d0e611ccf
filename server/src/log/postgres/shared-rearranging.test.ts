import pg from 'pg';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { CuttingProxy } from '../../../../bench/src/services/cutting-proxy.js';
import type { SyncError } from '../../sync-error.js';
import type { DocumentLog, RecordChange, Seq } from '../document-log.js';
import { checkpointKey } from '../level/keys.js';
import { putCheckpoint } from '../level/stored-values.js';
import { Holder } from '../test/holder.js';
import { checkpointAt, content, discussion, documentName, newEntry, textOf } from '../test/log-harness.js';
import { PostgresServer } from '../test/postgres-server.js';
import { openPostgresLog, type PostgresLog, type PostgresLogOptions } from './postgres-log.js';

const NOTES = content('notes');
const NAME = documentName('notes');
/** Nobody compares unless a test asks for it. */
const NEVER = { compareEveryMs: 2 ** 30 };

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: erasing by several servers. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

const EIGHT = Array.from({ length: 8 }, (_, index) => ({ ...newEntry(`new ${index + 1}`), seq: index + 1 }));

const onFailure = (error: Error): void => {
  throw error;
};

describe.skipIf(postgres.missing !== null)('what one of several servers takes away', () => {
  const { server } = postgres as { readonly server: PostgresServer };

  async function openTwo(shared: PostgresLogOptions['shared'] = NEVER) {
    const url = await server.newPlace();
    onTestFinished(() => server.removePlace(url));
    const open = async (place = url, options: Partial<PostgresLogOptions> = {}): Promise<PostgresLog> => {
      const log = await openPostgresLog(place, { onFailure, shared: shared!, ...options });
      onTestFinished(() => log.close());
      return log;
    };
    return { url, open, a: await open(), b: await open() };
  }

  async function write(holder: Holder, ...texts: string[]): Promise<void> {
    for (const text of texts) holder.append(text);
    await holder.until(() => !holder.isWaiting);
  }

  const textsIn = async (log: DocumentLog, after: Seq, id = NOTES): Promise<string[]> =>
    (await (await log.view(id)).entriesAfter(after)).map(textOf);

  const trim = async (log: DocumentLog, seq: Seq, beginsEpoch = false): Promise<void> => {
    const { epoch } = await log.view(NOTES);
    await log.trim([{ id: NOTES, epoch, checkpoint: checkpointAt(seq, `base ${seq}`), beginsEpoch }], []);
  };

  const erasedDeleted = async (log: DocumentLog, seq: Seq): Promise<void> => {
    const { epoch } = await log.view(NOTES);
    const description = { title: 'left', excerpt: 'left', characters: 4 };
    const checkpoint = checkpointAt(seq, `base ${seq}`);
    await log.trim([{ id: NOTES, epoch, checkpoint, beginsEpoch: true, description }], []);
  };

  /** Where in the tables something stands, in the clear. */
  async function placesOf(text: string, url: string): Promise<string[]> {
    const { rows } = await server.ask(
      `select 'weft_run' as place from weft_run where position(convert_to('${text}', 'UTF8') in value) > 0
        union all select encode(key, 'escape') from weft_value where position(convert_to('${text}', 'UTF8') in value) > 0`,
      url,
    );
    return rows.map(({ place }) => place);
  }

  describe('trimming', () => {
    test('L5: who has the document open at another server is told of the base, and goes on in it', async () => {
      const { a, b } = await openTwo();
      const [ann, bob] = [await Holder.open(a, NOTES), await Holder.open(b, NOTES)];
      await write(ann, '1', '2', '3', '4');
      await bob.channel.catchUp();
      await trim(a, 2);
      expect(ann.base).toBe(2);
      // As whoever comes in at that server asks first.
      await bob.channel.catchUp();
      expect([bob.base, bob.isLetGo]).toEqual([2, false]);
      expect(bob.channel.checkpoint?.seq).toBe(2);
      await write(bob, '5');
      await write(ann, '6');
      expect(await textsIn(b, 2)).toEqual(['3', '4', '5', '6']);
      await expect(bob.channel.entriesAfter(1)).rejects.toMatchObject({ code: 'PAST_TRIMMED' });
    });

    test('L5: without being asked they are told within a moment', async () => {
      const { a, b } = await openTwo();
      onTestFinished(b.records.onWritten(async () => undefined));
      const [ann, bob] = [await Holder.open(a, NOTES), await Holder.open(b, NOTES)];
      await write(ann, '1', '2');
      await bob.channel.catchUp();
      await trim(a, 1);
      await bob.until(() => bob.base === 1);
      const other = await openTwo({ compareEveryMs: 1 });
      const carl = await Holder.open(other.b, NOTES);
      const dora = await Holder.open(other.a, NOTES);
      await write(dora, '1', '2');
      await carl.until(() => carl.told.length === 2);
      await trim(other.a, 1);
      await carl.until(() => carl.base === 1);
    });

    test('L5: a server that had not even read what went is let go, and reads what is left', async () => {
      const { a, b } = await openTwo();
      const [ann, bob] = [await Holder.open(a, NOTES), await Holder.open(b, NOTES)];
      await write(ann, '1', '2', '3');
      await trim(a, 2);
      bob.append('late');
      await bob.until(() => bob.isLetGo);
      await bob.channel.close();
      const again = await Holder.open(b, NOTES);
      expect(again.told).toEqual(['', '', '3']);
      await write(again, '4');
      expect(await textsIn(a, 2)).toEqual(['3', '4']);
    });

    test('L5: a checkpoint of what went is not kept, whoever had begun to write it', async () => {
      const { a, b, url } = await openTwo();
      const [ann, bob] = [await Holder.open(a, NOTES), await Holder.open(b, NOTES)];
      await write(ann, '1', '2', '3', '4');
      await bob.channel.catchUp();
      await trim(a, 3);
      await bob.channel.putCheckpoint(checkpointAt(2, 'secret'));
      // As a server has it written that was stopped in the middle of it.
      for (const seq of [3, 4]) {
        const key = Buffer.from(checkpointKey(NOTES, seq)).toString('hex');
        await server.ask(`insert into weft_value (key, value) values ('\\x${key}', 'secret ${seq}')`, url);
      }
      expect(await placesOf('secret 3', url)).toEqual([]);
      expect(await placesOf('secret 4', url)).toHaveLength(1);
      await bob.channel.putCheckpoint(checkpointAt(4, 'newest'));
      expect((await a.view(NOTES)).checkpoint?.seq).toBe(4);
    });

    test.each([
      ['packs', (log: PostgresLog) => log.compact(() => undefined)],
      ['trims more', (log: PostgresLog) => trim(log, 3)],
      ['begins a new epoch', (log: PostgresLog) => log.beginEpoch(NOTES)],
    ])('what another server %s in the last moment is looked at again', async (_, meanwhile) => {
      const { b, open, url } = await openTwo();
      const bob = await Holder.open(b, NOTES);
      for (const text of ['1', '2', '3', '4']) await write(bob, text);
      await bob.channel.close();
      let isLate = true;
      const beforeWrite = async (): Promise<void> => {
        if (isLate) await meanwhile(b);
        isLate = false;
      };
      const late = await open(url, { beforeWrite });
      const { epoch } = await late.view(NOTES);
      const trimmed = late.trim([{ id: NOTES, epoch, checkpoint: checkpointAt(2) }], []);
      if ((await b.view(NOTES)).epoch === epoch) await trimmed.catch(() => undefined);
      const isReplaced = (await b.view(NOTES)).epoch > epoch;
      if (isReplaced) await expect(trimmed).rejects.toMatchObject({ code: 'CHANNEL_REPLACED' });
      else expect(await trimmed).toBe(true);
      const cut = (await (await b.view(NOTES)).base())?.checkpoint.seq ?? 0;
      expect(isReplaced ? 0 : Math.max(2, cut)).toBe(cut);
      expect(await textsIn(b, cut)).toEqual(['1', '2', '3', '4'].slice(cut));
      if (cut > 0) await expect(textsIn(b, cut - 1)).rejects.toMatchObject({ code: 'PAST_TRIMMED' });
    });

    test('two servers that trim and pack the same at once lose nothing that stays', async () => {
      const { a, b } = await openTwo();
      const [ann, bob] = [await Holder.open(a, NOTES), await Holder.open(b, NOTES)];
      const texts: string[] = [];
      let cut = 0;
      for (let round = 0; round < 12; round++) {
        for (const holder of [ann, bob]) {
          texts.push(`${round}`, `${round}'`);
          await write(holder, ...texts.slice(-2));
        }
        const cuts = [texts.length - 3 - (round % 4), texts.length - 5];
        cut = Math.max(cut, ...cuts);
        await Promise.all([
          trim(a, cuts[0]! + (cuts[0]! < 1 ? 4 : 0)),
          trim(b, Math.max(1, cuts[1]!)),
          a.compact(() => undefined),
          b.compact(() => undefined),
        ]);
        await Promise.all([ann, bob].map(({ channel }) => channel.catchUp()));
      }
      for (const log of [a, b]) {
        expect((await (await log.view(NOTES)).base())?.checkpoint.seq).toBe(cut);
        expect(await textsIn(log, cut)).toEqual(texts.slice(cut));
      }
      expect([ann.isLetGo, bob.isLetGo]).toEqual([false, false]);
    });
  });

  describe('erasing what was deleted', () => {
    test('L5: who has the document open at another server is sent out, and nothing of before is written any more', async () => {
      const { a, b, url } = await openTwo();
      const [ann, bob] = [await Holder.open(a, NOTES), await Holder.open(b, NOTES)];
      await write(ann, '1', 'secret', '3');
      await bob.channel.catchUp();
      await ann.channel.close();
      const before = await b.view(NOTES);
      await erasedDeleted(a, 3);
      // It was stopped meanwhile, and goes on with what it was about to write.
      bob.append('late');
      const checkpoint = bob.channel.putCheckpoint(checkpointAt(3, 'secret'));
      await expect(checkpoint).rejects.toMatchObject({ code: 'CHANNEL_REPLACED' });
      const described = { name: NAME, title: 'secret', excerpt: 'secret', characters: 6, updatedAtMs: 1 };
      await b.describeDocument(described, before.epoch);
      await bob.until(() => bob.isLetGo);
      expect(await placesOf('secret', url)).toEqual([]);
      expect(await b.document(NAME)).toMatchObject({ title: 'left', excerpt: 'left', characters: 4 });
      await expect(before.entriesAfter(0)).rejects.toMatchObject({ code: 'CHANNEL_REPLACED' });
      await bob.channel.close();
      const again = await Holder.open(b, NOTES);
      expect(again.told).toEqual(['', '', '']);
      expect(again.channel.epoch).toBeGreaterThan(before.epoch);
      await write(again, '4');
      expect(await textsIn(a, 3)).toEqual(['4']);
    });

    test('L5: without writing they are sent out within a moment', async () => {
      const { a, b } = await openTwo();
      onTestFinished(b.records.onWritten(async () => undefined));
      const bob = await Holder.open(b, NOTES);
      await write(bob, '1');
      await erasedDeleted(a, 1);
      await bob.until(() => bob.isLetGo);
    });

    test('I1: what another server writes before it hears of it stays, behind the base', async () => {
      const { a, b } = await openTwo();
      const bob = await Holder.open(b, NOTES);
      await write(bob, '1', '2');
      const { epoch } = await a.view(NOTES);
      await write(bob, '3', '4');
      const trims = [{ id: NOTES, epoch, checkpoint: checkpointAt(2), beginsEpoch: true }];
      bob.append('5');
      const [isErased] = await Promise.all([a.trim(trims, []), bob.until(() => bob.isLetGo || !bob.isWaiting)]);
      expect(isErased).toBe(true);
      const saved = bob.isLetGo ? ['3', '4'] : ['3', '4', '5'];
      expect(await textsIn(a, 2)).toEqual(saved);
      await expect(a.trim(trims, [])).rejects.toMatchObject({ code: 'CHANNEL_REPLACED' });
    });

    test('where a record is not as it is known any more nothing is trimmed', async () => {
      const { a, b } = await openTwo();
      const ann = await Holder.open(a, NOTES);
      await write(ann, '1', '2');
      const version = { table: 'version', key: 'notes\0v' } as const;
      const record = (text: string): RecordChange => ({ ...version, value: new TextEncoder().encode(text) });
      await b.records.write([record('named')]);
      const { epoch } = await a.view(NOTES);
      const trims = [{ id: NOTES, epoch, checkpoint: checkpointAt(1) }];
      const forget = [{ ...version, value: null }];
      expect(await a.trim(trims, forget, [record('as it was')])).toBe(false);
      expect([await textsIn(a, 0), ann.base]).toEqual([['1', '2'], 0]);
      expect(await a.trim(trims, forget, [record('named')])).toBe(true);
      expect([await textsIn(a, 1), await b.records.get('version', version.key)]).toEqual([['2'], null]);
    });
  });

  describe('erasing a document', () => {
    test('L5: nothing of it is left, and who was stopped meanwhile brings nothing back', async () => {
      const { a, b, url } = await openTwo();
      const [bob, talk] = [await Holder.open(b, NOTES), await Holder.open(b, discussion('notes'))];
      await write(bob, 'secret 1', '2', '3');
      await write(talk, 'secret 2');
      await bob.channel.putCheckpoint(checkpointAt(2, 'secret 3'));
      const part = (value: string | null): RecordChange => ({
        table: 'version',
        key: 'notes\0v',
        value: value === null ? null : new TextEncoder().encode(value),
      });
      await b.records.write([part('secret 4')]);
      const { epoch } = bob.channel;
      expect(await a.eraseDocument(NAME)).toBe(true);
      bob.append('secret 9');
      talk.append('secret 0');
      await expect(bob.channel.putCheckpoint(checkpointAt(3, 'secret 5'))).rejects.toMatchObject({
        code: 'CHANNEL_REPLACED',
      });
      await b.describeDocument({ name: NAME, title: 'secret 6', excerpt: '', characters: 0, updatedAtMs: 1 }, epoch);
      await b.records.writeIf([part(null)], [part('secret 7')]);
      await b.records.write([part('secret 8')]);
      await Promise.all([bob, talk].map((holder) => holder.until(() => holder.isLetGo)));
      expect(await placesOf('secret', url)).toEqual([]);
      const { rows } = await server.ask(`select count(*) as left from weft_channel`, url);
      expect([rows[0].left, await b.document(NAME), await b.wasErased(NAME)]).toEqual(['0', null, true]);
      expect(await b.documents()).toEqual([]);
      for (const { channel } of [bob, talk]) await channel.close();
      expect((await b.view(NOTES)).epoch).toBeGreaterThan(epoch);
      const again = await Holder.open(b, NOTES);
      await write(again, 'anew');
      expect(await textsIn(a, 0)).toEqual(['anew']);
    });

    test('L5: the first entry of a channel that somebody has open comes in no epoch from before', async () => {
      const { a, b, url } = await openTwo();
      await a.createDocument(NAME, 1);
      const bob = await Holder.open(b, NOTES);
      bob.append('late');
      const [isErased] = await Promise.all([a.eraseDocument(NAME), bob.until(() => bob.isLetGo || !bob.isWaiting)]);
      expect(isErased).toBe(true);
      if (!bob.isLetGo) {
        bob.append('later');
        await bob.until(() => bob.isLetGo);
      }
      const { rows } = await server.ask('select count(*) as left from weft_run', url);
      expect(rows[0].left).toBe('0');
      expect(await a.document(NAME)).toBeNull();
    });

    test('L5: who had it open when it was empty, and was not told, does not list it again', async () => {
      const { a, b } = await openTwo();
      const bob = await Holder.open(b, NOTES);
      const ann = await Holder.open(a, NOTES);
      await write(ann, '1');
      await ann.channel.close();
      await a.eraseDocument(NAME);
      bob.append('late');
      await bob.until(() => bob.isLetGo);
      expect(await a.document(NAME)).toBeNull();
    });

    test('I1: what is written after it is in the list, though its empty discussion is open as it was', async () => {
      const { a, b } = await openTwo();
      const bob = await Holder.open(b, NOTES);
      const talk = await Holder.open(b, discussion('notes'));
      await write(bob, '1');
      await a.eraseDocument(NAME);
      await bob.channel.catchUp();
      expect(bob.isLetGo).toBe(true);
      await bob.channel.close();
      const again = await Holder.open(b, NOTES);
      talk.append('of before');
      again.append('anew');
      await Promise.all([again.until(() => !again.isWaiting), talk.until(() => talk.isLetGo)]);
      expect((await a.documents()).map(({ name }) => name)).toEqual(['notes']);
    });

    test('it can be made anew at a server where its empty discussion is open as it was', async () => {
      const { a, b } = await openTwo();
      await a.createDocument(NAME, 1);
      await Holder.open(b, discussion('notes'));
      await a.eraseDocument(NAME);
      expect(await b.createDocument(NAME, 2)).toBe(true);
      expect(await a.document(NAME)).toMatchObject({ createdAtMs: 2 });
    });

    test('L5: the first entry of a channel waits for who is erasing the document, and is not written then', async () => {
      const { b, url } = await openTwo();
      const bob = await Holder.open(b, NOTES);
      const erasing = new pg.Client(url);
      await erasing.connect();
      onTestFinished(() => erasing.end());
      await erasing.query('begin');
      await erasing.query(
        `select pg_advisory_xact_lock(hashtextextended('channels of notes', hashtext(current_schema())))`,
      );
      await erasing.query(`insert into weft_erased (name_hash, epoch) values (sha256('notes'), 1000)`);
      bob.append('late');
      const waiting = `select from pg_locks where locktype = 'advisory' and not granted`;
      await expect.poll(async () => (await server.ask(waiting, url)).rowCount, { timeout: 10_000 }).toBe(1);
      await erasing.query('commit');
      await bob.until(() => bob.isLetGo);
      expect((await server.ask('select from weft_run', url)).rowCount).toBe(0);
    });

    test('L5: who changes its sharing at another server in that moment finds nothing, and leaves nothing', async () => {
      const { a, b, url } = await openTwo();
      await a.createDocument(NAME, 1);
      const access = (text: string): RecordChange => ({
        table: 'access',
        key: 'notes',
        value: new TextEncoder().encode(text),
      });
      await b.records.write([access('of Ann')]);
      const other = new pg.Client(url);
      await other.connect();
      onTestFinished(() => other.end());
      // What is taken away is written, and is at the last step of its transaction.
      await other.query('begin; update weft_told_end set number = number');
      const waiting = 'select from pg_locks where not granted';
      const untilWaiting = (count: number): Promise<void> =>
        expect.poll(async () => (await server.ask(waiting, url)).rowCount, { timeout: 4000 }).toBe(count);
      const erased = a.eraseDocument(NAME);
      await untilWaiting(1);
      const changed = b.records.writeIf([access('of Ann')], [access('of Ann and Ben')]);
      await untilWaiting(2);
      await other.query('commit');
      expect([await erased, await changed]).toEqual([true, false]);
      expect(await b.records.get('access', 'notes')).toBeNull();
    });

    test('is not done where the document is not as it was given', async () => {
      const { a, b } = await openTwo();
      await a.createDocument(NAME, 1);
      const access = (text: string | null): RecordChange => ({
        table: 'access',
        key: 'notes',
        value: text === null ? null : new TextEncoder().encode(text),
      });
      await b.records.write([access('back')]);
      expect(await a.eraseDocument(NAME, { known: [access('trashed')] })).toBe(false);
      expect(await a.document(NAME)).not.toBeNull();
      const bob = await Holder.open(b, NOTES);
      await write(bob, '1');
      expect(await a.eraseDocument(NAME, { isUnwritten: true })).toBe(false);
      expect(await textsIn(a, 0)).toEqual(['1']);
      expect(await a.eraseDocument(NAME, { known: [access('back')] })).toBe(true);
      expect([await b.document(NAME), await b.records.get('access', 'notes')]).toEqual([null, null]);
    });

    test('is done while another server packs what it is made of', async () => {
      const { a, b, url } = await openTwo();
      for (let round = 0; round < 5; round++) {
        const bob = await Holder.open(b, NOTES);
        await write(bob, 'x', 'y', 'z');
        await bob.channel.close();
        await Promise.all([a.eraseDocument(NAME), b.compact(() => undefined)]);
        const { rows } = await server.ask('select count(*) as left from weft_run', url);
        expect(rows[0].left).toBe('0');
      }
    });
  });

  test('I1: what another server writes in the last moment is neither erased as unwritten, nor replaced unread', async () => {
    const { b, open, url } = await openTwo();
    await b.createDocument(NAME, 1);
    const bob = await Holder.open(b, NOTES);
    let word = 0;
    let isLate = true;
    const beforeWrite = async (): Promise<void> => {
      if (isLate) await write(bob, `${++word}`);
      isLate = false;
    };
    const late = await open(url, { beforeWrite });
    expect(await late.eraseDocument(NAME, { isUnwritten: true })).toBe(false);
    const before = await late.view(NOTES);
    isLate = true;
    expect(await late.replaceChannel(NOTES, { entries: [], checkpoint: null }, before)).toBeNull();
    expect(await textsIn(b, 0)).toEqual(['1', '2']);
    expect(await late.replaceChannel(NOTES, { entries: [], checkpoint: null }, await late.view(NOTES))).not.toBeNull();
    expect(await textsIn(b, 0)).toEqual([]);
  });

  test('N2: who is late with a work that is another server by now takes nothing away', async () => {
    const { a, b } = await openTwo({ ...NEVER, leases: { lastsMs: 60_000, askEveryMs: 10 } });
    const ann = await Holder.open(a, NOTES);
    await write(ann, '1', '2');
    const signal = new AbortController().signal;
    const token = await new Promise<number>((resolve) => {
      for (const log of [a, b]) log.duties.undertake('daily', (duty) => resolve(duty.token));
    });
    const { epoch } = await a.view(NOTES);
    const trims = [{ id: NOTES, epoch, checkpoint: checkpointAt(1) }];
    const as = (log: DocumentLog, number: number): Promise<boolean> =>
      log.rearrange((moves) => moves.trim(trims, []), { work: 'daily', token: number, signal });
    for (const log of [a, b]) await expect(as(log, token + 1)).rejects.toMatchObject({ code: 'CANCELLED' });
    const results = await Promise.allSettled([as(a, token), as(b, token)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await textsIn(a, 1)).toEqual(['2']);
  });

  test('nothing is taken away beside a server of a version that would not notice', async () => {
    const { a, url } = await openTwo();
    await server.ask(
      `insert into weft_server (id, alive_until) values ('\\x${'00'.repeat(16)}', now() + interval '1 minute')`,
      url,
    );
    await expect(a.eraseDocument(NAME)).rejects.toMatchObject({ code: 'SEVERAL_SERVERS' });
    await server.ask(`update weft_server set alive_until = now() - interval '1 second' where not rearranges`, url);
    expect(await a.eraseDocument(NAME)).toBe(true);
  });

  test.each([
    [
      'replaced',
      async (log: PostgresLog) => void (await log.replaceChannel(NOTES, { entries: EIGHT, checkpoint: null })),
    ],
    [
      'erased, and anew',
      async (log: PostgresLog) => {
        await log.eraseDocument(NAME);
        await write(await Holder.open(log, NOTES), ...EIGHT.map(textOf));
      },
    ],
  ])(
    'L5: a server of such a version that was stopped, and goes on after a document was %s, ends',
    async (_, takeAway) => {
      const { a, open, url } = await openTwo();
      const failures: SyncError[] = [];
      const old = await open(url, { onFailure: (error) => failures.push(error) });
      const bob = await Holder.open(old, NOTES);
      await write(bob, '1', 'secret', '3', '4');
      await server.ask(
        `update weft_server set rearranges = false, alive_until = '-infinity'
        where id = (select id from weft_server order by group_number desc limit 1)`,
        url,
      );
      await takeAway(a);
      // As it wrote one, in a group of entries.
      const checkpoint = putCheckpoint(
        NOTES,
        { checkpoint: checkpointAt(4, 'secret'), updateBytes: 9 },
        new Uint8Array(16),
      );
      await expect(old.journal.write([checkpoint])).rejects.toMatchObject({ code: 'LOG_FAILED' });
      expect(failures.map(({ message }) => message)).toEqual([expect.stringContaining('a newer version has changed')]);
      expect(await placesOf('secret', url)).toEqual([]);
      expect((await a.view(NOTES)).checkpoint).toBeNull();
      expect(await textsIn(a, 0)).toEqual(EIGHT.map(textOf));
    },
  );

  test('I1: what is taken away while connections are cut is taken away once', async () => {
    const { open, url, b } = await openTwo();
    const bob = await Holder.open(b, NOTES);
    await write(bob, '1', '2', '3', '4');
    const proxy = await CuttingProxy.start(url);
    onTestFinished(() => proxy.stop());
    const cut = await open(proxy.url);
    for (const [index, when] of (['before', 'within', 'after'] as const).entries()) {
      const { epoch } = await b.view(NOTES);
      proxy.cuts.push(null, when);
      await trim(cut, index + 1, true);
      const view = await b.view(NOTES);
      expect((await view.base())?.checkpoint.seq).toBe(index + 1);
      expect(view.epoch).toBe(Math.max(epoch + 1, view.epoch));
    }
    expect(await textsIn(b, 3)).toEqual(['4']);
  });
});
