import type { DocumentName } from '@weft/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import * as Y from 'yjs';
import { type DocumentLog, FIRST_EPOCH } from '../log/document-log.js';
import { recordKey } from '../log/level/keys.js';
import { openMemoryLog } from '../log/memory-log.js';
import { MemoryStore } from '../log/memory-store.js';
import { content, documentName, Ear, newEntry } from '../log/test/log-harness.js';
import { SyncError } from '../sync-error.js';
import { Turns } from '../turns.js';
import { defaultVersionPolicy } from '../version-settings.js';
import type { ChangeCounter } from './count-changes.js';
import { inlineHistory } from './inline-history.js';
import { pastTurns } from './past.js';
import { putVersion, type Version, versionKey } from './version-record.js';
import { type Naming, type ThinnedBy, Versions } from './versions.js';

const NOTES = documentName('notes');
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const START_MS = Date.UTC(2026, 10, 21, 9);

async function start({
  counter = inlineHistory as ChangeCounter,
  thinnedBy = (async () => []) as ThinnedBy,
  store = new MemoryStore(),
} = {}) {
  const log = await openMemoryLog(store);
  onTestFinished(() => log.close());
  const complaints: string[] = [];
  const clock = { nowMs: START_MS };
  const versions = new Versions({
    log,
    counter,
    policy: defaultVersionPolicy,
    thinnedBy,
    turns: new Turns(pastTurns),
    complain: (sentence) => complaints.push(sentence),
    nowMs: () => clock.nowMs,
  });
  const ear = new Ear();
  const channel = await log.open(content('notes'), ear);
  const text = new Y.Doc().getText('text');
  let last: Uint8Array | null = null;
  text.doc!.on('update', (update: Uint8Array) => {
    last = update;
  });
  /** One entry, so many minutes after the start. */
  const write = async (minute: number, author: string, edit: (text: Y.Text) => void): Promise<void> => {
    edit(text);
    const timeMs = START_MS + minute * MINUTE_MS;
    clock.nowMs = timeMs;
    await ear.hears(channel.append(newEntry('', { update: last!, author, timeMs })));
  };
  const add = (minute: number, author: string, words: string) =>
    write(minute, author, (t) => t.insert(t.length, words));
  const rest = async (document: DocumentName = NOTES): Promise<void> => {
    versions.rested(document);
    await versions.settled();
  };
  const list = async () => (await versions.list(NOTES, { before: null, limit: 1000 })).versions;
  const name = (seq: number, { mayStill = () => true, ...naming }: Pick<Naming, 'name' | 'by'> & Partial<Naming>) =>
    versions.name(NOTES, { seq, epoch: FIRST_EPOCH }, { asker: '', mayStill, ...naming });
  return { add, channel, clock, complaints, list, log, name, rest, store, versions, write };
}

const told = ({ id, sinceSeq, reason, people, changes }: Version) =>
  `${id} since ${sinceSeq} ${reason} by ${people.join('+')} +${changes?.inserted} -${changes?.deleted}`;

test('who comes to rest leaves a version: what changed, who wrote, and that only once', async () => {
  const { add, list, rest, write } = await start();
  await add(0, 'u-ann', 'one ');
  await add(1, 'u-ben', 'two ');
  await write(2, 'u-ann', (text) => text.delete(0, 4));
  await rest();
  await rest();
  const versions = await list();
  expect(versions.map(told)).toEqual(['3-1 since 0 automatic by u-ann+u-ben +4 -0']);
  expect(versions[0]).toMatchObject({ seq: 3, timeMs: START_MS + 2 * MINUTE_MS, name: '', by: '', morePeople: 0 });
});

test('pauses are found in the log, also those that nobody was told of', async () => {
  const { add, list, rest } = await start();
  await add(0, 'u-ann', 'one');
  await add(9, 'u-ann', 'two');
  await add(19, 'u-ann', 'three');
  await add(500, 'u-ben', 'four');
  await rest();
  expect((await list()).map(told)).toEqual([
    '4-1 since 3 automatic by u-ben +4 -0',
    '3-1 since 2 automatic by u-ann +5 -0',
    '2-1 since 0 automatic by u-ann +6 -0',
  ]);
});

test('who goes on after a moment goes on with the same version; somebody else begins another', async () => {
  const { add, list, rest } = await start();
  await add(0, 'u-ann', 'one');
  await rest();
  await add(3, 'u-ann', 'two');
  await rest();
  expect((await list()).map(told)).toEqual(['2-1 since 0 automatic by u-ann +6 -0']);
  await add(5, 'u-ben', 'three');
  await rest();
  expect((await list()).map(told)).toEqual([
    '3-1 since 2 automatic by u-ben +5 -0',
    '2-1 since 0 automatic by u-ann +6 -0',
  ]);
});

test('who comes and goes all day costs what is new each time, until something older is deleted', async () => {
  const { add, list, log, rest, write } = await start();
  const open = log.view.bind(log);
  const read: [after: number, upTo: number | undefined][] = [];
  vi.spyOn(log, 'view').mockImplementation(async (id) => {
    const view = await open(id);
    const readAll = view.entriesAfter.bind(view);
    vi.spyOn(view, 'entriesAfter').mockImplementation((after, upTo, maxBytes) => {
      read.push([after, upTo]);
      return readAll(after, upTo, maxBytes);
    });
    return view;
  });
  for (let minute = 0; minute < 5; minute++) {
    await add(minute, 'u-ann', 'word ');
    await rest();
  }
  expect(read).toEqual([
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 4],
    [4, 5],
  ]);
  expect((await list()).map(told)).toEqual(['5-1 since 0 automatic by u-ann +25 -0']);
  await write(6, 'u-ann', (text) => text.delete(0, 5));
  await rest();
  expect((await list()).map(told)).toEqual(['6-1 since 0 automatic by u-ann +20 -0']);
});

test('a long past is gone through a piece at a time, and who never pauses has a version all the same', async () => {
  const { channel, list, rest } = await start();
  for (let n = 0; n < 25_000; n++) {
    channel.append(newEntry('', { update: Uint8Array.of(0, 0), author: 'u-ann', timeMs: START_MS + n }));
  }
  await channel.close();
  await rest();
  expect((await list()).map(({ id, sinceSeq }) => [id, sinceSeq])).toEqual([
    ['25000-1', 20_000],
    ['20000-1', 10_000],
    ['10000-1', 0],
  ]);
});

test('a moment of a long past without versions is kept without going through all of it', async () => {
  const { channel, list, name, versions } = await start();
  for (let n = 0; n < 25_000; n++) {
    const author = n < 15_000 ? 'u-ann' : 'u-ben';
    channel.append(newEntry('', { update: Uint8Array.of(0, 0), author, timeMs: START_MS + n }));
  }
  await channel.close();
  await versions.keepBefore(NOTES, 25_000, 'u-cleo', FIRST_EPOCH);
  await name(8_000, { name: 'Early', by: 'u-cleo' });
  expect((await list()).map(({ id, sinceSeq, people }) => [id, sinceSeq, people])).toEqual([
    ['25000-1', 15_000, ['u-ben']],
    ['8000-1', 0, ['u-ann']],
  ]);
});

test('what was replaced meanwhile gets no version of what it was', async () => {
  let goOn = (): void => undefined;
  const slow = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const counter = { ...inlineHistory, countWritten: () => slow.then(() => []) };
  const { add, channel, complaints, list, log, name, versions } = await start({ counter });
  await add(0, 'u-ann', 'one');
  await channel.close();
  versions.rested(NOTES);
  const replaced = { code: 'CHANNEL_REPLACED' };
  const named = expect(name(1, { name: 'v', by: '' })).rejects.toMatchObject(replaced);
  await log.replaceChannel(content('notes'), { entries: [], checkpoint: null });
  goOn();
  await versions.settled();
  await named;
  expect([await list(), complaints]).toEqual([[], []]);
});

test('a name makes a version that was there anyway last, or one that was not; a moment may have several', async () => {
  const { add, list, name, rest } = await start();
  await add(0, 'u-ann', 'one');
  await rest();
  await add(60, 'u-ann', 'two');
  await add(61, 'u-ann', 'three');
  const first = await name(1, { name: 'First draft', by: 'u-ben' });
  expect(first).toMatchObject({ id: '1-1', reason: 'named', name: 'First draft', by: 'u-ben', people: ['u-ann'] });
  await name(2, { name: 'For Cleo', by: 'u-ann' });
  await name(2, { name: 'Second draft', by: 'u-ben' });
  await rest();
  expect((await list()).map(({ id, reason, name }) => [id, reason, name])).toEqual([
    ['3-1', 'automatic', ''],
    ['2-2', 'named', 'Second draft'],
    ['2-1', 'named', 'For Cleo'],
    ['1-1', 'named', 'First draft'],
  ]);
  await expect(name(4, { name: 'x', by: '' })).rejects.toMatchObject({
    code: 'NO_SUCH_ENTRY',
  });
  await expect(name(0, { name: 'x', by: '' })).rejects.toMatchObject({
    code: 'NO_SUCH_ENTRY',
  });
});

test('a name is given to what was meant, by who may give it in the moment in which it is written', async () => {
  const { add, channel, list, log, name } = await start();
  await add(0, 'u-ann', 'one');
  let asked = 0;
  const mayStill = (): boolean => ++asked > 1;
  await expect(name(1, { name: 'v', by: '', mayStill })).rejects.toMatchObject({ code: 'NO_ACCESS' });
  expect([asked, await list()]).toEqual([1, []]);
  const entries = await (await log.view(content('notes'))).entriesAfter(0);
  await channel.close();
  await log.replaceChannel(content('notes'), { entries, checkpoint: null });
  await expect(name(1, { name: 'v', by: '' })).rejects.toMatchObject({ code: 'CHANNEL_REPLACED' });
  expect(await list()).toEqual([]);
});

test('the state before a restore is kept for good, under the name it may have', async () => {
  const { add, list, name, rest, versions } = await start();
  await add(0, 'u-ann', 'one');
  await rest();
  const kept = await versions.keepBefore(NOTES, 1, 'admin', 1);
  expect(kept).toMatchObject({
    version: { id: '1-1', reason: 'before-restore', by: 'admin' },
    was: { id: '1-1', reason: 'automatic' },
  });
  await add(1, 'u-ann', 'two');
  await name(2, { name: 'Mine', by: 'u-ann' });
  const mine = await versions.keepBefore(NOTES, 2, 'admin', 1);
  expect(mine.version).toMatchObject({ name: 'Mine' });
  const reasons = async () => (await list()).map(({ id, reason }) => `${id} ${reason}`);
  await versions.takeBack(NOTES, mine, 1);
  expect(await reasons()).toEqual(['2-1 named', '1-1 before-restore']);
  // Was the restore refused, it is what it was.
  await versions.takeBack(NOTES, kept, 1);
  expect(await reasons()).toEqual(['2-1 named', '1-1 automatic']);
});

test('what another server made of the version before a restore stays when that is taken back', async () => {
  const { add, list, log, rest, versions } = await start();
  await add(0, 'u-ann', 'one');
  await rest();
  const kept = await versions.keepBefore(NOTES, 1, 'admin', 1);
  await log.records.write([putVersion(NOTES, { ...kept.version, reason: 'named', name: 'Mine' })]);
  await versions.takeBack(NOTES, kept, 1);
  expect(await list()).toMatchObject([{ id: '1-1', name: 'Mine' }]);
});

test('where others are quicker each time, no version is made, and that is the end of it', async () => {
  const { add, list, log, rest } = await start();
  await add(0, 'u-ann', 'one');
  const { writeIf } = log.records;
  let refused = 0;
  log.records.writeIf = async () => {
    refused++;
    return false;
  };
  await rest();
  expect(refused).toBeGreaterThan(1);
  log.records.writeIf = writeIf;
  await rest();
  expect(await list()).toHaveLength(1);
});

test('what is old is thinned, and what was said of it is said of the version after it', async () => {
  const { add, clock, list, name, rest } = await start();
  await add(0, 'u-ann', 'one');
  await add(15, 'u-ben', 'two');
  await add(30, 'u-ann', 'three');
  await rest();
  await name(2, { name: 'Kept', by: 'u-ann' });
  await add(80, 'u-ann', 'four');
  await add(100, 'u-ben', 'five');
  await rest();
  expect(await list()).toHaveLength(5);
  clock.nowMs += 40 * DAY_MS;
  await add(41 * 24 * 60, 'u-cleo', 'six');
  await rest();
  expect((await list()).map(told)).toEqual([
    '6-1 since 5 automatic by u-cleo +3 -0',
    '5-1 since 2 automatic by u-ann+u-ben +13 -0',
    '2-1 since 0 named by u-ann+u-ben +6 -0',
  ]);
});

test('of a document of which all are to be kept none goes with age', async () => {
  const asked: string[] = [];
  const thinnedBy: ThinnedBy = async (document) => {
    asked.push(document);
    return null;
  };
  const { add, clock, list, rest } = await start({ thinnedBy });
  for (const minute of [0, 15, 30]) await add(minute, 'u-ann', 'more');
  await rest();
  clock.nowMs += 40 * DAY_MS;
  await add(41 * 24 * 60, 'u-ann', 'last');
  await rest();
  expect((await list()).map(({ id }) => id)).toEqual(['4-1', '3-1', '2-1', '1-1']);
  expect(new Set(asked)).toEqual(new Set([NOTES]));
});

test('none goes when somebody says meanwhile that all are to be kept, here or at another server', async () => {
  const record = { table: 'keeping', key: 'notes\0past', value: null } as const;
  let isThinned = true;
  const thinnedBy: ThinnedBy = async () => (isThinned ? [record] : null);
  const { add, clock, list, log, rest } = await start({ thinnedBy });
  for (const minute of [0, 15, 30]) await add(minute, 'u-ann', 'more');
  await rest();
  const ids = async () => (await list()).map(({ id }) => id);
  const restLater = async (day: number): Promise<void> => {
    clock.nowMs += 40 * DAY_MS;
    await add(day * 24 * 60, 'u-ann', 'last');
    await rest();
  };
  const { list: listRecords, writeIf } = log.records;
  log.records.list = async (...asked) => {
    const listed = await listRecords.apply(log.records, asked);
    // All of them are read to be thinned.
    if ((asked[1]?.limit ?? 0) > 100) isThinned = false;
    return listed;
  };
  await restLater(41);
  expect(isThinned).toBe(false);
  expect(await ids()).toEqual(['4-1', '3-1', '2-1', '1-1']);
  // At another server: the store finds that the record is another one by now.
  log.records.list = listRecords;
  isThinned = true;
  log.records.writeIf = async (known, changes) => {
    const isSaid = known.some(({ table, key, value }) => table === 'keeping' && key === record.key && value === null);
    return !isSaid && writeIf.call(log.records, known, changes);
  };
  await restLater(82);
  expect(await ids()).toEqual(['5-1', '4-1', '3-1', '2-1', '1-1']);
  log.records.writeIf = writeIf;
  await restLater(123);
  expect((await ids()).length).toBeLessThan(6);
});

test('a version is made also when its changes cannot be counted', async () => {
  const fail = () => Promise.reject(new SyncError('WORKER_FAILED', 'too large'));
  const fails = { countWritten: fail, countChanges: fail };
  const { add, complaints, list, rest } = await start({ counter: fails });
  await add(0, 'u-ann', 'one');
  await rest();
  expect(await list()).toMatchObject([{ id: '1-1', changes: null }]);
  expect(complaints).toEqual([]);
});

test('one that cannot be made is complained of, and made the next time', async () => {
  const { add, complaints, list, log, rest } = await start();
  await add(0, 'u-ann', 'one');
  vi.spyOn(log.records, 'write').mockRejectedValueOnce(new Error('no room'));
  await rest();
  expect(complaints).toEqual([expect.stringContaining('No version of "notes" could be made: no room')]);
  await rest();
  expect(await list()).toHaveLength(1);
});

test('ten thousand are listed in pages, each read by itself', async () => {
  const { add, list, log, name, versions } = await start();
  await add(0, 'u-ann', 'one');
  const made = await name(1, { name: 'v', by: 'u-ann' });
  await fill(log, made, 10_000);
  const read = vi.spyOn(log, 'view');
  const seen: string[] = [];
  let before: string | null = null;
  for (let page = 0; page < 100; page++) {
    const found = await versions.list(NOTES, { before, limit: 100 });
    expect(found.versions).toHaveLength(100);
    seen.push(...found.versions.map(({ id }) => id));
    before = found.next;
  }
  expect(new Set(seen).size).toBe(10_000);
  expect(seen[0]).toBe('10000-1');
  expect(seen.at(-1)).toBe('1-1');
  expect(before).toBe(null);
  expect(await versions.list(NOTES, { before: '1-1', limit: 100 })).toEqual({
    versions: [],
    unreadable: [],
    next: null,
  });
  expect(read).not.toHaveBeenCalled();
  expect(await list()).toHaveLength(1000);
});

async function fill(log: DocumentLog, made: Version, count: number): Promise<void> {
  for (let from = 1; from <= count; from += 500) {
    const some = Array.from({ length: 500 }, (_, n) => ({ ...made, id: `${from + n}-1`, seq: from + n }));
    await log.records.write(some.map((version) => putVersion(NOTES, version)));
  }
}

test('a moment that has all the names it can have says so, by a code of its own: to wait would not help', async () => {
  const { add, name, versions } = await start();
  await add(0, 'u-ann', 'x');
  for (let n = 1; n <= 99; n++) await name(1, { name: `v${n}`, by: 'u-ann' });
  await expect(name(1, { name: 'v100', by: 'u-ann' })).rejects.toMatchObject({ code: 'TOO_MANY_NAMES' });
  expect((await versions.list(NOTES, { before: null, limit: 1 })).versions).toMatchObject([{ name: 'v99' }]);
});

test('what cannot be read is told as such, stays, and keeps nobody from the others', async () => {
  const { add, list, log, name, rest, store, versions } = await start();
  for (let minute = 0; minute < 6; minute++) await add(minute, 'u-ann', 'x');
  const names = async (seq: number): Promise<string> => (await name(seq, { name: `v${seq}`, by: '' })).id;
  for (const seq of [1, 2, 3, 4, 5]) await names(seq);
  // One of a newer Weft, and one that the disk has damaged.
  const newer = {
    table: 'version',
    key: versionKey(NOTES, '5-1')!,
    value: new TextEncoder().encode('{"kind":2}'),
  } as const;
  await log.records.write([newer]);
  await store.batch([{ type: 'put', key: recordKey('version', versionKey(NOTES, '3-1')!), value: Uint8Array.of(1) }], {
    sync: true,
  });
  const first = await versions.list(NOTES, { before: null, limit: 2 });
  expect(first).toMatchObject({ versions: [{ id: '4-1' }], unreadable: [{ id: '5-1', seq: 5 }], next: '4-1' });
  expect(first.unreadable[0]!.fault).toMatch(/^Version 5-1 of "notes" cannot be read: .*\.$/);
  const rest_ = await versions.list(NOTES, { before: first.next, limit: 2 });
  expect(rest_).toMatchObject({ versions: [{ id: '2-1' }, { id: '1-1' }], unreadable: [{ id: '3-1' }], next: null });
  await expect(versions.find(NOTES, '5-1')).rejects.toMatchObject({ code: 'NO_SUCH_VERSION' });
  await expect(versions.find(NOTES, '3-1')).rejects.toMatchObject({ code: 'NO_SUCH_VERSION' });

  // What is made later begins behind it, and takes nothing's place.
  expect([await names(5), await names(3)]).toEqual(['5-2', '3-2']);
  await add(30, 'u-ben', 'y');
  await rest();
  expect((await list()).map(({ id, sinceSeq }) => [id, sinceSeq])[0]).toEqual(['7-1', 6]);
  expect(await log.records.get('version', newer.key)).toEqual(newer.value);
});
