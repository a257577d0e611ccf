import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { stateChecks } from '../../history/state-checks.js';
import { SyncError } from '../../sync-error.js';
import { channelName, TABLES, type Table } from '../document-log.js';
import type { FileStore } from '../file-store.js';
import type { Operation } from '../key-value-store.js';
import {
  baseKey,
  checkpointRange,
  documentKey,
  documentRange,
  erasedRange,
  recordKey,
  recordsRange,
  segmentRange,
  uncomparedKey,
} from '../level/keys.js';
import { readKey } from '../level/read-key.js';
import { openMemoryLog } from '../memory-log.js';
import { MemoryStore } from '../memory-store.js';
import { openPostgresLog } from '../postgres/postgres-log.js';
import { copyOfStore } from '../test/copy-of-store.js';
import { checkpointAt, content, discussion, documentName, Ear, newEntry } from '../test/log-harness.js';
import { PostgresServer } from '../test/postgres-server.js';
import { useStore } from '../test/used-store.js';
import { Findings, type VerifiableLog } from '../verify-report.js';
import type { FileEnds } from './copy-files.js';
import { type CopyOptions, copyStore } from './copy-store.js';
import type { MovableStore } from './movable-store.js';

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: moving to Postgres. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

const onFailure = (): void => {};
const atRest: CopyOptions = { isAtRest: true, onProgress: () => {} };
const beside: CopyOptions = { ...atRest, isAtRest: false };
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const openStore = (store: MemoryStore, copyOf?: Uint8Array): Promise<VerifiableLog> =>
  openMemoryLog(store, { journalMaxBytes: 20_000, ...(copyOf && { copyOf }) });

/** All of a store that anybody could read, in a row of lines. */
async function everythingIn(store: MovableStore): Promise<string[]> {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const lines: string[] = [hex(store.secret)];
  for (const id of await store.channelIds()) {
    const view = await store.view(id);
    const base = await store.get(baseKey(id));
    const first = (await view.base())?.checkpoint.seq ?? 0;
    lines.push(`${channelName(id)} ${view.epoch} ${view.head} ${hex(view.link)} ${base ? hex(base) : ''}`);
    for (const { seq, timeMs, author, outboxId, clientSeq, update } of await view.entriesAfter(first)) {
      lines.push([seq, timeMs, author, outboxId, clientSeq, hex(update), hex(await view.linkAt(seq))].join(' '));
    }
    for (const key of await store.keysIn(checkpointRange(id)))
      lines.push(`${hex(key)} ${hex((await store.get(key))!)}`);
  }
  for (const range of [documentRange, erasedRange, recordsRange]) {
    for await (const [key, value] of store.values(range)) lines.push(`${hex(key)} ${hex(value)}`);
  }
  return lines;
}

/** Documents as use leaves them, and one of every kind of record. */
async function fill(store: MemoryStore): Promise<void> {
  await useStore(() => openStore(store), 24);
  const log = await openStore(store);
  const id = content('trimmed');
  const ear = new Ear();
  const channel = await log.open(id, ear);
  for (let seq = 1; seq <= 8; seq++)
    channel.append(newEntry(`entry ${seq}`, { clientSeq: seq, author: seq % 2 ? 'ann' : '' }));
  await ear.hears(8);
  await channel.close();
  await log.trim([{ id, epoch: 1, checkpoint: checkpointAt(5) }], []);
  await log.replaceChannel(content('replaced'), { entries: [{ seq: 1, ...newEntry('new') }], checkpoint: null });
  await log.createDocument(documentName('gone'), 1);
  await log.eraseDocument(documentName('gone'));
  await log.beginEpoch(discussion('never written'));
  const keyOf = (table: Table): string =>
    ['request', 'asset', 'version', 'restore', 'keeping'].includes(table)
      ? 'a\0some'
      : table === 'audit'
        ? '0000000000000007'
        : 'a';
  await log.records.write(TABLES.map((table) => ({ table, key: keyOf(table), value: bytesOf(`about ${table}`) })));
  await log.close();
}

async function append(log: VerifiableLog, name: string, text: string): Promise<void> {
  const ear = new Ear();
  const channel = await log.open(content(name), ear);
  const seq = channel.append(newEntry(text, { timeMs: channel.lastTimeMs + 1 }));
  await ear.hears(seq);
  await channel.close();
}

async function damageIn(log: VerifiableLog): Promise<string[]> {
  const findings = new Findings();
  await log.verify(1, {
    ...{ findings, states: stateChecks, watermark: null, restMs: 0, onProgress: () => {} },
    // These records are no audit log.
    ...{ records: { take: () => null, finish: () => null }, signal: new AbortController().signal },
  });
  return findings
    .report()
    .findings.filter(({ severity }) => severity === 'damage')
    .map(({ message }) => message);
}

describe.skipIf(postgres.missing !== null)('moving a store', () => {
  const { server } = postgres as { readonly server: PostgresServer };
  const filled = new MemoryStore();
  let all: string[];

  beforeAll(async () => {
    await fill(filled);
    const log = await openStore(filled);
    all = await everythingIn(log.movable());
    await log.close();
  });

  /** The filled store, open. */
  async function source(): Promise<VerifiableLog> {
    const log = await openStore(await copyOfStore(filled.open()));
    onTestFinished(() => log.close());
    return log;
  }

  const openTarget = (url: string, copyOf?: Uint8Array, beforeWrite?: () => void) =>
    openPostgresLog(url, {
      ...{ onFailure, giveUpAfterMs: 0, paceMs: 0 },
      ...(copyOf && { copyOf }),
      ...(beforeWrite && { beforeWrite }),
    });

  test('there and back it is what it was, and each end is served when it is whole, not before', async () => {
    const from = await source();
    const { secret, newest } = from.movable();
    expect(newest.number).toBeGreaterThan(0);
    const url = await server.newPlace();
    const to = await openTarget(url, secret);
    const result = await copyStore(from.movable(), to.movable(), atRest);
    expect(result).toMatchObject({ faults: [], remarks: [] });
    expect(result.entries).toBeGreaterThan(100);
    await to.close();
    await expect(openTarget(url)).rejects.toMatchObject({
      code: 'STORE_UNREADABLE',
      message: expect.stringContaining('not whole yet'),
    });

    // Given once more it finds nothing to do.
    const again = await openTarget(url, secret);
    expect(await copyStore(from.movable(), again.movable(), atRest)).toMatchObject({ entries: 0, values: 0, bytes: 0 });
    expect(await everythingIn(again.movable())).toEqual(all);
    expect(await again.movable().get(uncomparedKey)).toBeUndefined();
    await again.movable().finish(newest);
    await again.close();

    const served = await openTarget(url);
    onTestFinished(() => served.close());
    expect(served.movable().newest).toEqual(newest);
    // Of entries and a base that are no text: the same as before.
    expect(await damageIn(served)).toEqual(await damageIn(from));

    const store = new MemoryStore();
    const back = await openStore(store, secret);
    await copyStore(served.movable(), back.movable(), atRest);
    await back.close();
    await expect(openStore(store)).rejects.toMatchObject({
      code: 'STORE_UNREADABLE',
      message: expect.stringContaining('not whole yet'),
    });
    const whole = await openStore(store, secret);
    await whole.movable().finish(served.movable().newest);
    await whole.close();
    const home = await openStore(store);
    onTestFinished(() => home.close());
    expect(await everythingIn(home.movable())).toEqual(all);
    expect(home.movable().newest).toEqual(newest);
    expect(await damageIn(home)).toEqual(await damageIn(from));
    // It goes on from there.
    await append(home, 'a', 'more');

    // And there again: what came since comes there, too, and it is served when that is done.
    await served.movable().retire();
    await served.close();
    await expect(openTarget(url)).rejects.toMatchObject({ message: expect.stringContaining('were moved to another') });
    const third = await openTarget(url, secret);
    expect(await third.movable().isWhole()).toBe(false);
    await third.close();
    await expect(openTarget(url)).rejects.toMatchObject({ message: expect.stringContaining('not whole yet') });
    const last = await openTarget(url, secret);
    expect(await copyStore(home.movable(), last.movable(), atRest)).toMatchObject({ entries: 1, faults: [] });
    await last.movable().finish(home.movable().newest);
    await last.close();
    const servedAgain = await openTarget(url);
    onTestFinished(() => servedAgain.close());
    expect(await everythingIn(servedAgain.movable())).toEqual(await everythingIn(home.movable()));
    await append(servedAgain, 'a', 'and more');
  });

  test('what came while it was copied comes with the next pass, and no more than that is written', async () => {
    const from = await source();
    const url = await server.newPlace();
    const to = await openTarget(url, from.movable().secret);
    onTestFinished(() => to.close());
    const first = await copyStore(from.movable(), to.movable(), beside);
    await append(from, 'a', 'one more');
    await append(from, 'new', 'first');
    await from.eraseDocument(documentName('b/c'));
    await from.trim([{ id: content('trimmed'), epoch: 1, checkpoint: checkpointAt(7) }], []);
    await from.beginEpoch(discussion('a'));
    await from.records.write([
      { table: 'access', key: 'a', value: bytesOf('others') },
      { table: 'person', key: 'a', value: null },
    ]);
    const last = await copyStore(from.movable(), to.movable(), atRest);
    expect(await everythingIn(to.movable())).toEqual(await everythingIn(from.movable()));
    // All of the discussion, which has another epoch, and of the trimmed one; of "a" one entry.
    const discussed = (await from.movable().view(discussion('a'))).head;
    expect(last.entries).toBe(1 + 1 + discussed + 1);
    expect(last.bytes).toBeLessThan(first.bytes / 2);
  });

  test.each(['trimmed', 'replaced'])('of a text that is %s while it is copied nothing stays behind', async (how) => {
    const from = await openStore(new MemoryStore());
    onTestFinished(() => from.close());
    const id = content('long');
    const ear = new Ear();
    const channel = await from.open(id, ear);
    for (let seq = 1; seq <= 8; seq++) channel.append(newEntry(`${seq}`.repeat(300_000), { clientSeq: seq }));
    await ear.hears(8);
    await channel.close();

    // Between two stretches: the first is handed over, and not written yet.
    let stretches = 0;
    const movable = from.movable();
    const view = async (of: typeof id): ReturnType<MovableStore['view']> => {
      const seen = await movable.view(of);
      return {
        ...{ id, epoch: seen.epoch, head: seen.head, link: seen.link, checkpoint: null },
        linkAt: (seq) => seen.linkAt(seq),
        checkpointAt: (seq) => seen.checkpointAt(seq),
        base: () => seen.base(),
        entriesAfter: async (...args) => {
          if (++stretches === 2) {
            if (how === 'trimmed') await from.trim([{ id, epoch: 1, checkpoint: checkpointAt(6) }], []);
            else await from.replaceChannel(id, { entries: [{ seq: 1, ...newEntry('new') }], checkpoint: null });
          }
          return seen.entriesAfter(...args);
        },
      };
    };
    const { secret } = movable;
    const to =
      how === 'trimmed'
        ? await openTarget(await server.newPlace(), secret)
        : await openStore(new MemoryStore(), secret);
    onTestFinished(() => to.close());
    await copyStore(withMembers(movable, { view }), to.movable(), beside);
    expect(stretches).toBeGreaterThan(2);
    const { link, head } = await movable.view(id);
    const first = how === 'trimmed' ? 7 : 1;
    const keys = (await to.movable().keysOfChannel(id)).map(readKey);
    expect(keys.filter(({ kind }) => kind === 'segment')).toEqual([
      { kind: 'segment', id, firstSeq: first, lastSeq: head },
    ]);
    expect((await to.view(id)).link).toEqual(link);
  });

  test.each(['Postgres', 'ordered keys'])('cut short after any write to %s it is gone on with', async (kind) => {
    const from = await source();
    const { secret } = from.movable();
    const url = await server.newPlace();
    let store = new MemoryStore();
    let allowed = 0;
    const open = async (): Promise<VerifiableLog> => {
      let writes = 0;
      const count = (): void => {
        if (++writes > allowed) throw new Error('cut short');
      };
      if (kind === 'Postgres') return openTarget(url, secret, count);
      store = store.crash({ keepInFlight: true, options: { beforeBatch: count } });
      return openStore(store, secret);
    };
    let ended = 0;
    for (; ; ended++) {
      allowed = ended === 0 ? 0 : 2;
      const to = await open().catch(() => null);
      if (to === null) continue;
      const result = await copyStore(from.movable(), to.movable(), { ...atRest, batchBytes: 1 }).catch(
        (error) => error,
      );
      if (result instanceof SyncError) {
        expect(result.code).toBe('LOG_FAILED');
        await to.close();
        continue;
      }
      expect(await everythingIn(to.movable())).toEqual(all);
      await to.close();
      break;
    }
    expect(ended).toBeGreaterThan(5);
  });

  test('a damaged document is named and left out, a damaged record as well, and the others come along', async () => {
    const store = await copyOfStore(filled.open());
    const whole = await openStore(store);
    await whole.compact(() => {});
    const [first] = await whole.movable().keysIn(segmentRange(content('rolled'), 0));
    await whole.close();
    const broken = store.open();
    for (const key of [first!, recordKey('person', 'a'), documentKey(documentName('a'))]) {
      const value = (await broken.get(key))!.slice();
      value[value.length - 1]! ^= 1;
      await broken.batch([{ type: 'put', key, value }], { sync: true });
    }
    const from = await openStore(broken);
    onTestFinished(() => from.close());
    const to = await openTarget(await server.newPlace(), from.movable().secret);
    onTestFinished(() => to.close());
    const { faults } = await copyStore(from.movable(), to.movable(), atRest);
    expect(faults).toEqual([
      expect.stringContaining('"rolled" is damaged and does not come along'),
      expect.stringContaining('listed without title and dates'),
      expect.stringContaining('record/person/a'),
    ]);
    const names = (await to.documents()).map(({ name }) => name);
    expect(names).toContain('a');
    expect(names).not.toContain('rolled');
    const id = content('a');
    expect((await to.view(id)).link).toEqual((await from.view(id)).link);
    expect((await damageIn(to)).filter((message) => /person|rolled|document/.test(message))).toEqual([]);
  });

  test('what does not come back as it was written ends it', async () => {
    const from = await source();
    const url = await server.newPlace();
    const to = await openTarget(url, from.movable().secret);
    onTestFinished(() => to.close());
    const target = to.movable();
    const write = (operations: readonly Operation[]): Promise<void> =>
      target.write(operations.filter(({ key }) => !isSegmentOf(key, 'rolled')));
    const lossy = withMembers(target, { write });
    await expect(copyStore(from.movable(), lossy, atRest)).rejects.toMatchObject({ code: 'LOG_FAILED' });
    expect(await to.movable().isWhole()).toBe(false);
  });

  test('what a pass wrote that was killed is read back by the next one', async () => {
    const from = await source();
    const to = await openTarget(await server.newPlace(), from.movable().secret);
    onTestFinished(() => to.close());
    const target = to.movable();
    let isLost = false;
    const write = (operations: readonly Operation[]): Promise<void> => {
      if (isLost) return Promise.reject(new Error('killed'));
      isLost = operations.some(({ key }) => isSegmentOf(key, 'rolled'));
      return target.write(operations.filter(({ key }) => !isSegmentOf(key, 'rolled')));
    };
    const killed = copyStore(from.movable(), withMembers(target, { write }), { ...beside, batchBytes: 1 });
    await expect(killed).rejects.toThrow('killed');
    const damaged = { code: 'LOG_FAILED', message: expect.stringContaining('rolled has lost entry') };
    await expect(copyStore(from.movable(), target, beside)).rejects.toMatchObject(damaged);
    await expect(copyStore(from.movable(), target, atRest)).rejects.toMatchObject(damaged);
  });

  test('a file that does not come back as it was written ends it, and no record names it', async () => {
    const from = await openStore(new MemoryStore());
    onTestFinished(() => from.close());
    const bytes = bytesOf('a lamp');
    const key = `a\0${hash('sha256', bytes)}`;
    await from.createDocument(documentName('a'), 1);
    await from.records.write([{ table: 'asset', key, value: bytesOf('about it') }]);
    const to = await openStore(new MemoryStore(), from.movable().secret);
    onTestFinished(() => to.close());
    const files = (there: Uint8Array): FileEnds => {
      const store = {
        open: async () => ({ bytes: bytes.length, stream: () => Readable.from([bytes]), close: async () => undefined }),
        list: async function* () {},
        begin: async () => ({
          write: async () => undefined,
          read: async (at: number) => Buffer.from(there.subarray(at)),
          end: async () => undefined,
          keep: (note: () => Promise<void>) => note(),
          discard: async () => undefined,
        }),
      } as unknown as FileStore;
      return { from: store, to: store };
    };
    await expect(
      copyStore(from.movable(), to.movable(), { ...atRest, files: files(bytesOf('a lump')) }),
    ).rejects.toMatchObject({ code: 'LOG_FAILED', message: expect.stringContaining('The file') });
    expect(await to.movable().get(recordKey('asset', key))).toBeUndefined();
    expect(await copyStore(from.movable(), to.movable(), { ...atRest, files: files(bytes) })).toMatchObject({
      files: 1,
      faults: [],
    });
  });

  test('a store that holds something else is no target', async () => {
    const { secret } = (await source()).movable();
    const url = await server.newPlace();
    await (await openTarget(url)).close();
    const store = new MemoryStore();
    await (await openStore(store)).close();
    for (const open of [() => openTarget(url, secret), () => openStore(store, secret)]) {
      await expect(open()).rejects.toMatchObject({
        code: 'MOVE_REFUSED',
        message: expect.stringContaining('not a copy of these'),
      });
    }
  });
});

/** A store of which some members are others. */
function withMembers(store: MovableStore, others: Partial<MovableStore>): MovableStore {
  return new Proxy(store, {
    get: (of, name: keyof MovableStore) => {
      const member = others[name] ?? of[name];
      return typeof member === 'function' && !others[name] ? member.bind(of) : member;
    },
  });
}

function isSegmentOf(key: Uint8Array, name: string): boolean {
  const known = readKey(key);
  return known.kind === 'segment' && known.id.document === name;
}
