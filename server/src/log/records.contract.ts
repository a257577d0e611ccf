// What every log must do with small records. Each test also opens the log again, and finds the same.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DocumentLog,
  MAX_RECORD_BYTES,
  MAX_RECORD_KEY_BYTES,
  PART_TABLES,
  type RecordChange,
  TABLES,
  type Table,
} from './document-log.js';
import {
  content,
  discussion,
  documentName,
  Ear,
  type LogPlace,
  newEntry,
  type PlaceOptions,
  SlowDisk,
  startLog,
  turn,
} from './test/log-harness.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const put = (table: Table, key: string, text: string): RecordChange => ({ table, key, value: bytes(text) });
const removed = (table: Table, key: string): RecordChange => ({ table, key, value: null });

export function testRecords(name: string, newPlace: () => Promise<LogPlace>): void {
  describe(`${name}: small records`, () => {
    const start = (options?: PlaceOptions) => startLog(newPlace, options);

    const textOf = async ({ records }: DocumentLog, table: Table, key: string): Promise<string | null> => {
      const value = await records.get(table, key);
      return value && new TextDecoder().decode(value);
    };
    const keysOf = async ({ records }: DocumentLog, ...args: Parameters<DocumentLog['records']['list']>) =>
      (await records.list(...args)).map(({ key }) => key);

    test('are there once they are written, also after the log was opened again', async () => {
      const { log, reopen } = await start();
      expect(await textOf(log, 'person', 'u-1')).toBeNull();
      await log.records.write([put('person', 'u-1', 'Ann'), put('setting', 'u-1', 'other'), put('person', 'ü', '')]);
      await log.records.write([put('person', 'u-1', 'Anna')]);
      for (const place of [() => log, reopen]) {
        const opened = await place();
        expect(await textOf(opened, 'person', 'u-1')).toBe('Anna');
        expect(await textOf(opened, 'setting', 'u-1')).toBe('other');
        expect(await textOf(opened, 'person', 'ü')).toBe('');
        expect(await textOf(opened, 'alias', 'u-1')).toBeNull();
      }
    });

    test('are removed, and removing what is not there is nothing', async () => {
      const { log, reopen } = await start();
      await log.records.write([put('alias', 'a', '1'), put('alias', 'b', '2')]);
      await log.records.write([removed('alias', 'a'), removed('alias', 'ghost'), put('alias', 'c', '3')]);
      await log.records.write([]);
      for (const place of [() => log, reopen]) expect(await keysOf(await place(), 'alias')).toEqual(['b', 'c']);
    });

    test('are listed in the order of bytes, forth and back, in pages, by what they begin with', async () => {
      const { log, reopen } = await start();
      const keys = ['a', 'a/b', 'ab', 'b', 'z', 'ä', '😀'];
      await log.records.write(keys.map((key) => put('revoked', key, key)));
      await log.records.write([put('setting', 'a', ''), put('person', 'z', '')]);
      for (const place of [() => log, reopen]) {
        const opened = await place();
        expect(await keysOf(opened, 'revoked')).toEqual(keys);
        expect(await keysOf(opened, 'revoked', { reverse: true })).toEqual(keys.toReversed());
        expect(await keysOf(opened, 'revoked', { after: 'ab', limit: 2 })).toEqual(['b', 'z']);
        expect(await keysOf(opened, 'revoked', { after: 'ab', limit: 9, reverse: true })).toEqual(['a/b', 'a']);
        expect(await keysOf(opened, 'revoked', { after: 'aa' })).toEqual(['ab', 'b', 'z', 'ä', '😀']);
        expect(await keysOf(opened, 'revoked', { prefix: 'a' })).toEqual(['a', 'a/b', 'ab']);
        expect(await keysOf(opened, 'revoked', { prefix: 'a', after: 'a/b' })).toEqual(['ab']);
        expect(await keysOf(opened, 'revoked', { prefix: 'b', after: 'a' })).toEqual(['b']);
        expect(await keysOf(opened, 'revoked', { prefix: 'a', after: 'z', reverse: true })).toEqual(['ab', 'a/b', 'a']);
        expect(await keysOf(opened, 'revoked', { limit: 0 })).toEqual([]);
        expect(await opened.records.list('revoked', { prefix: 'z' })).toEqual([{ key: 'z', value: bytes('z') }]);
      }
    });

    test('any key of the grammar comes back, and lies in its own table alone', async () => {
      const { log, reopen } = await start();
      const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((key) => !key.includes('\0'));
      const keys = fc.record({ table: fc.constantFrom(...TABLES), key: text });
      const drawn = fc.sample(fc.array(keys, { minLength: 80, maxLength: 80 }), { numRuns: 1, seed: 5 })[0]!;
      const wanted = new Map(
        drawn.map(({ table, key }) => {
          const full = PART_TABLES.some((part) => part === table) ? `${key}\0u-1` : key;
          return [`${table} ${full}`, put(table, full, `${table} of ${full}`)];
        }),
      );
      await log.records.write([...wanted.values()]);
      for (const place of [() => log, reopen]) {
        const opened = await place();
        const found = new Set<string>();
        for (const table of TABLES) {
          for (const { key, value } of await opened.records.list(table)) {
            expect(value).toEqual(wanted.get(`${table} ${key}`)?.value);
            expect(await opened.records.get(table, key)).toEqual(value);
            found.add(`${table} ${key}`);
          }
        }
        expect(found).toEqual(new Set(wanted.keys()));
      }
    });

    test('no other keys are taken, nor values without an end', async () => {
      const { log } = await start();
      await log.records.write([put('person', 'x'.repeat(MAX_RECORD_KEY_BYTES), '')]);
      await log.records.write([{ table: 'person', key: 'long', value: new Uint8Array(MAX_RECORD_BYTES) }]);
      for (const [table, key] of [
        ['person', ''],
        ['person', 'x'.repeat(MAX_RECORD_KEY_BYTES + 1)],
        ['person', 'ä'.repeat(MAX_RECORD_KEY_BYTES / 2 + 1)],
        ['person', 'a\0b'],
        ['request', 'a'],
        ['request', 'a\0b\0c'],
        ['asset', 'a'],
        ['asset', 'a\0b\0c'],
        ['version', 'a'],
        ['restore', 'a\0b\0c'],
      ] as const) {
        await expect(log.records.write([put(table, key, '')])).rejects.toThrow('cannot be a key');
        await expect(log.records.get(table, key)).rejects.toThrow('cannot be a key');
      }
      const tooLong = { table: 'person', key: 'a', value: new Uint8Array(MAX_RECORD_BYTES + 1) } as const;
      await expect(log.records.write([put('person', 'b', ''), tooLong])).rejects.toThrow('invariant');
      expect(await textOf(log, 'person', 'b')).toBeNull();
    });

    test('I1: a write resolves when it is on disk, all of it or nothing, in the order it was asked for', async () => {
      const disk = new SlowDisk();
      const { reopen } = await start();
      const log = await reopen({ beforeWrite: disk.beforeWrite });
      const done: string[] = [];
      const first = log.records.write([put('person', 'a', '1'), put('alias', 'a', '1')]).then(() => done.push('first'));
      await disk.writeWaits();
      const second = log.records.write([put('person', 'a', '2')]).then(() => done.push('second'));
      await turn();
      expect([done, await textOf(log, 'person', 'a'), await textOf(log, 'alias', 'a')]).toEqual([[], null, null]);
      await disk.writeOne();
      await first;
      expect([done, await textOf(log, 'person', 'a'), await textOf(log, 'alias', 'a')]).toEqual([['first'], '1', '1']);
      await disk.writeOne();
      await second;
      expect(await textOf(log, 'person', 'a')).toBe('2');
    });

    test('I1: a write that fails is not said to be done, and nothing of it is there', async () => {
      const disk = new SlowDisk();
      const { reopen } = await start();
      const log = await reopen({ beforeWrite: disk.beforeWrite, onFailure: () => undefined });
      const written = log.records.write([put('person', 'a', '1'), put('alias', 'a', '1')]);
      const outcome = expect(written).rejects.toMatchObject({ code: 'LOG_FAILED' });
      await disk.failOne();
      await outcome;
      await expect(log.records.write([put('person', 'b', '1')])).rejects.toMatchObject({ code: 'LOG_FAILED' });
      const again = await reopen({});
      expect([await textOf(again, 'person', 'a'), await textOf(again, 'alias', 'a')]).toEqual([null, null]);
    });

    test('are written beside entries, and leave them as they are', async () => {
      const { log, reopen } = await start({ journalMaxBytes: 2000 });
      const ear = new Ear();
      const channel = await log.open(content('notes'), ear);
      for (let seq = 1; seq <= 100; seq++) {
        channel.append(newEntry(`entry ${seq} ${'.'.repeat(40)}`));
        if (seq % 10 === 0) await log.records.write([put('audit', String(seq).padStart(16, '0'), `${seq}`)]);
      }
      await ear.hears(100);
      await channel.close();
      const again = await reopen();
      expect(await (await again.view(content('notes'))).entriesAfter(0)).toHaveLength(100);
      expect(await keysOf(again, 'audit', { reverse: true, limit: 1 })).toEqual(['0000000000000100']);
    });

    test('L5: what is said about a document goes with it, and nothing else does', async () => {
      const { log, reopen } = await start();
      await log.createDocument(documentName('notes'), 1);
      const rest = [
        put('access', 'notes2', 'x'),
        put('request', 'notes2\0u-1', 'x'),
        put('asset', 'notes2\0f', 'x'),
        put('version', 'notes2\0v', 'x'),
        put('restore', 'notes2\0r', 'x'),
        put('person', 'notes', 'x'),
      ];
      const gone = [
        put('access', 'notes', 'x'),
        put('request', 'notes\0u-1', 'x'),
        put('asset', 'notes\0f', 'x'),
        put('version', 'notes\0v', 'x'),
        put('restore', 'notes\0r', 'x'),
      ];
      await log.records.write([...gone, ...rest]);
      // Not yet on disk when the erasing begins.
      const late = log.records.write([put('request', 'notes\0u-2', 'x'), put('access', 'notes', 'y')]);
      await Promise.all([late, log.eraseDocument(documentName('notes'))]);
      for (const place of [() => log, reopen]) {
        const opened = await place();
        expect(await keysOf(opened, 'access')).toEqual(['notes2']);
        expect(await keysOf(opened, 'request')).toEqual(['notes2\0u-1']);
        expect(await keysOf(opened, 'asset')).toEqual(['notes2\0f']);
        expect(await keysOf(opened, 'version')).toEqual(['notes2\0v']);
        expect(await keysOf(opened, 'restore')).toEqual(['notes2\0r']);
        expect(await keysOf(opened, 'person')).toEqual(['notes']);
      }
    });

    test('what points into the content of a document goes with that, and nothing else does', async () => {
      const { log, reopen } = await start();
      for (const table of PART_TABLES)
        await log.records.write([put(table, 'notes\0a', 'x'), put(table, 'notes2\0a', 'x')]);
      const nothing = { entries: [], checkpoint: null };
      await log.replaceChannel(discussion('notes'), nothing);
      expect(await keysOf(log, 'version')).toEqual(['notes\0a', 'notes2\0a']);
      // Not yet on disk when it begins.
      const late = log.records.write([put('version', 'notes\0late', 'x')]);
      await Promise.all([late, log.replaceChannel(content('notes'), nothing)]);
      for (const place of [() => log, reopen]) {
        const opened = await place();
        for (const table of ['version', 'restore'] as const) expect(await keysOf(opened, table)).toEqual(['notes2\0a']);
        for (const table of ['request', 'asset'] as const) {
          expect(await keysOf(opened, table)).toEqual(['notes\0a', 'notes2\0a']);
        }
      }
    });

    test('are not read or written once the log is closed', async () => {
      const { log } = await start();
      await log.close();
      const refusal = { code: 'LOG_CLOSED' };
      await expect(log.records.get('person', 'a')).rejects.toMatchObject(refusal);
      await expect(log.records.list('person')).rejects.toMatchObject(refusal);
      await expect(log.records.write([put('person', 'a', '')])).rejects.toMatchObject(refusal);
    });
  });
}
