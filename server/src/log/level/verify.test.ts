import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import * as Y from 'yjs';
import { AuditCheck } from '../../access/audit-record.js';
import { stateChecks } from '../../history/state-checks.js';
import { SyncError } from '../../sync-error.js';
import type { Checkpoint } from '../document-log.js';
import type { StoreReader } from '../key-value-store.js';
import { MemoryStore } from '../memory-store.js';
import { content } from '../test/log-harness.js';
import { checkpointOf, makeUsedStore, readAll } from '../test/used-store.js';
import { Findings, type VerifyReport } from '../verify-report.js';
import { everythingRange, printableKey } from './keys.js';
import { openLevelStore } from './level-store.js';
import { RecordKind, unseal } from './record.js';
import { zlibCompression } from './segment.js';
import { putCheckpoint, putMeta, readCheckpoint, readMeta } from './stored-values.js';
import { verifyStore } from './verify.js';
import { verifyFolder } from './verify-offline.js';
import { watermarkFile } from './watermark.js';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-verify-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function verify(folder: string): Promise<VerifyReport> {
  const findings = new Findings();
  const { signal } = new AbortController();
  const watermark = await watermarkFile(join(folder, '..')).read();
  await verifyFolder(folder, {
    findings,
    states: stateChecks,
    records: new AuditCheck(),
    watermark,
    restMs: 0,
    onProgress: () => {},
    signal,
  });
  return findings.report();
}

let used: string;
let whole: string;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weft-verify-used-'));
  used = join(folder, 'store');
  await makeUsedStore(used, 300);
  const copy = join(folder, 'read');
  await cp(used, copy, { recursive: true });
  whole = await readAll(copy);
  return () => rm(folder, { recursive: true, force: true });
});

/** A copy of the used store and its watermark, to be damaged. */
async function copyOfUsed(): Promise<string> {
  const dataFolder = await newFolder();
  const store = join(dataFolder, 'store');
  await cp(used, store, { recursive: true });
  await cp(join(used, '..', 'watermark'), join(dataFolder, 'watermark'));
  return store;
}

async function contentsOf(folder: string): Promise<Map<string, string>> {
  const names = await readdir(folder);
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, (await readFile(join(folder, name))).toString('base64')] as const),
    ),
  );
}

test('a store as use leaves it is sound, and is not changed by the check', async () => {
  const store = await copyOfUsed();
  const before = await contentsOf(store);
  const report = await verify(store);
  expect(report).toMatchObject({ isSound: true, findings: [], documents: 6 });
  expect(report.entries).toBeGreaterThan(1000);
  expect(await contentsOf(store)).toEqual(before);
  expect(await readdir(join(store, '..'))).toEqual(['store', 'watermark']);
});

describe('I10: a store that was damaged from outside', () => {
  /** What the check finds in a copy with one damaged file, and what a server reads of it, or says instead. */
  async function damaged(
    file: string,
    damage: (bytes: Buffer) => Buffer,
  ): Promise<{ report: VerifyReport; read: string }> {
    const store = await copyOfUsed();
    await writeFile(join(store, file), damage(await readFile(join(store, file))));
    const report = await verify(store);
    return { report, read: await readAll(store).catch((error: Error) => `refused: ${error.message}`) };
  }

  /** LOCK is empty, and LOG tells people what LevelDB did. */
  const fileKinds = [/\.ldb$/, /\.log$/, /^MANIFEST-/, /^CURRENT$/, /^LOG/];

  test.each(fileKinds)(
    'one flipped bit in a file like %s is found, or nothing that is read depends on it',
    async (kind) => {
      const files = (await readdir(used)).filter((file) => kind.test(file));
      expect(files.length).toBeGreaterThan(0);
      const place = fc.record({
        file: fc.constantFrom(...files),
        at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        bit: fc.nat({ max: 7 }),
      });
      await fc.assert(
        fc.asyncProperty(place, async ({ file, at, bit }) => {
          const { report, read } = await damaged(file, (bytes) => {
            bytes[Math.floor(at * bytes.length)]! ^= 1 << bit;
            return bytes;
          });
          if (kind.source === '^LOG') expect(read).toBe(whole);
          else expect(report.isSound).toBe(false);
        }),
        { numRuns: kind.source === '^LOG' ? 5 : 20 },
      );
    },
  );

  test('a table or a MANIFEST cut short is found', async () => {
    for (const file of (await readdir(used)).filter((file) => /\.ldb$|^MANIFEST-/.test(file))) {
      const { size } = await stat(join(used, file));
      for (const length of [0, 1, Math.floor(size / 3), Math.floor(size / 2), size - 1]) {
        const { report } = await damaged(file, (bytes) => bytes.subarray(0, length));
        expect({ file, length, isSound: report.isSound }).toEqual({ file, length, isSound: false });
      }
    }
  });

  test('L3: newest entries that are gone without a trace are found', async () => {
    const log = (await readdir(used)).find((file) => file.endsWith('.log'))!;
    const { report } = await damaged(log, () => Buffer.alloc(0));
    expect(report.findings).toEqual([
      expect.objectContaining({
        severity: 'damage',
        message: expect.stringMatching(
          /^The store has lost its newest entries: those up to journal record \d+ were on disk/,
        ),
      }),
    ]);
  });

  test('L3: a damaged watermark is found, and a missing one told', async () => {
    const store = await copyOfUsed();
    const file = join(store, '..', 'watermark');
    await writeFile(file, (await readFile(file, 'utf8')).replace(/\d/, '9'));
    expect(await verify(store)).toMatchObject({
      isSound: false,
      findings: [{ message: expect.stringContaining('damaged') }],
    });
    await rm(file);
    expect(await verify(store)).toMatchObject({ isSound: true, findings: [{ severity: 'remark' }] });
  });

  test('a missing file is found', async () => {
    for (const file of (await readdir(used)).filter((file) => /\.ldb$|\.log$|^MANIFEST-|^CURRENT/.test(file))) {
      const store = await copyOfUsed();
      await rm(join(store, file));
      expect({ file, isSound: (await verify(store)).isSound }).toEqual({ file, isSound: false });
    }
  });

  test('a write-ahead log that ends within a write is told, as a kill leaves that, too', async () => {
    const log = (await readdir(used)).find((file) => file.endsWith('.log'))!;
    const { report } = await damaged(log, (bytes) => bytes.subarray(0, bytes.length - 3));
    expect(report.findings[0]).toMatchObject({
      severity: 'remark',
      message: expect.stringContaining('ends within a write'),
    });
  });
});

describe('records that are sound each for itself and do not belong together', () => {
  type Pairs = Map<string, readonly [key: Uint8Array, value: Uint8Array]>;
  let pairs: Pairs;
  let watermark: string | null;

  beforeAll(async () => {
    watermark = await watermarkFile(join(used, '..')).read();
    const copy = join(used, '..', 'pairs');
    await cp(used, copy, { recursive: true });
    const store = await openLevelStore(copy);
    pairs = new Map();
    for await (const [key, value] of store.range(everythingRange)) pairs.set(printableKey(key), [key, value]);
    await store.close();
  });

  /** What is found after a change to the records, by printable key. */
  async function findingsWith(change: (pairs: Pairs) => void): Promise<string[]> {
    const changed = new Map(pairs);
    change(changed);
    const store = new MemoryStore();
    await store.batch(
      [...changed.values()].map(([key, value]) => ({ type: 'put', key, value: value.slice() })),
      { sync: true },
    );
    const findings = new Findings();
    const { signal } = new AbortController();
    const options = {
      findings,
      states: stateChecks,
      records: new AuditCheck(),
      watermark,
      restMs: 0,
      onProgress: () => {},
      signal,
    };
    await verifyStore(store, zlibCompression.inflate, 0, options);
    return findings
      .report()
      .findings.map(
        ({ severity, document, kind, seq, message }) =>
          `${severity === 'remark' ? 'remark: ' : ''}${document ?? ''} ${kind ?? ''} ${seq ?? ''}: ${message}`,
      );
  }

  const keysLike = (pattern: RegExp): string[] => [...pairs.keys()].filter((key) => pattern.test(key));
  const without = (key: string): Promise<string[]> => findingsWith((pairs) => void pairs.delete(key));

  test('are sound when nothing is changed', async () => {
    expect(await findingsWith(() => {})).toEqual([]);
    expect(keysLike(/^journal\//).length).toBeGreaterThan(20);
    expect(keysLike(/segment/).length).toBeGreaterThan(3);
    expect(keysLike(/checkpoint/).length).toBe(4);
  });

  test('a missing record of the journal is named, and so are the entries that went with it', async () => {
    const [, , key] = keysLike(/^journal\//);
    const [first, ...others] = await without(key!);
    expect(first).toMatch(new RegExp(` : The record ${key} is missing: the journal goes on at record \\d+\\.`));
    expect(others).toContainEqual(
      expect.stringMatching(/^\S+ \w+ \d+: (Entry|The entries) .* missing: journal\/\d+ goes on at/),
    );
  });

  test('a missing segment is named by its document and its first entry', async () => {
    for (const key of keysLike(/segment/)) {
      const [, document, kind, first] = /^channel\/(\S+) (\w+)\/segment\/(\d+)-/.exec(key)!;
      expect((await without(key))[0]).toMatch(
        new RegExp(`^${document} ${kind} ${first}: (Entry|The entries) ${first}`),
      );
    }
  });

  test('a missing meta, a missing record in the list, a missing anchor', async () => {
    expect(await without('channel/b/c content/meta')).toEqual([
      'b/c content : The record channel/b/c content/meta is damaged: it is gone.',
    ]);
    expect(await without('document/rolled')).toEqual([
      'rolled content : The document "rolled" is missing in the list of documents.',
    ]);
    expect((await without('anchor'))[0]).toMatch(/^ {2}: The record journal\/1–\d+ are missing/);
    expect((await without('format'))[0]).toBe('  : The store does not say in which format it is.');
    expect((await without('secret'))[0]).toBe(
      '  : The secret of the store is missing: what clients show of it cannot be judged.',
    );
  });

  test('a checkpoint of another state, or for other entries, is named by its entry', async () => {
    const key = keysLike(/^channel\/a content\/checkpoint/)[0]!;
    const id = content('a');
    const [storedKey, value] = pairs.get(key)!;
    const { number: seq, hash } = unseal(storedKey, value, RecordKind.checkpoint);
    const other = new Y.Doc();
    other.getText('text').insert(0, 'something else');
    const put = (changed: Pairs, checkpoint: Checkpoint, link: Uint8Array): void => {
      const operation = putCheckpoint(id, { checkpoint, updateBytes: 0 }, link);
      changed.set(key, [operation.key, operation.value]);
    };
    expect(await findingsWith((changed) => put(changed, checkpointOf(other, seq), hash))).toEqual([
      `a content ${seq}: The record ${key} is damaged: it has other structs than the entries.`,
    ]);
    const stored = readCheckpoint(storedKey, value).checkpoint;
    expect(
      await findingsWith((changed) =>
        put(
          changed,
          stored,
          hash.map((byte) => byte ^ 1),
        ),
      ),
    ).toEqual([`a content ${seq}: The record ${key} is damaged: it stands for other entries.`]);
    const told = (owners: ReadonlyMap<number, string>) =>
      findingsWith((changed) => put(changed, { ...stored, owners }, hash));
    expect(await told(new Map([...stored.owners.keys()].map((client) => [client, 'bob'])))).toEqual([
      `a content ${seq}: The record ${key} is damaged: it says other people wrote than the entries do.`,
    ]);
    for (const owners of [new Map(), new Map([...stored.owners, [77, 'bob']]), new Map([[77, 'ann']])]) {
      expect(await told(owners)).toEqual([
        `a content ${seq}: The record ${key} is damaged: its content cannot be read.`,
      ]);
    }
    expect(await findingsWith((changed) => put(changed, { ...stored, deleteSet: Uint8Array.of(0) }, hash))).toEqual([
      `a content ${seq}: The record ${key} is damaged: its content cannot be read.`,
    ]);
  });

  test('a meta set back to an older one is noticed', async () => {
    const id = content('a');
    const [key, value] = pairs.get('channel/a content/meta')!;
    const meta = readMeta(id, value);
    const [found] = await findingsWith((changed) => {
      const { value } = putMeta(id, { ...meta, lastSeq: meta.lastSeq - 1 });
      changed.set('channel/a content/meta', [key, value]);
    });
    expect(found).toBe(
      `a content : The record channel/a content/meta is damaged: it ends at entry ${meta.lastSeq - 1}, and segments at ${meta.lastSeq}.`,
    );
  });

  test('what this version does not know is told, and is no damage', async () => {
    const key = new TextEncoder().encode('future/thing');
    expect(await findingsWith((changed) => void changed.set('future', [key, Uint8Array.of(1)]))).toEqual([
      'remark:   : The store holds something that this version of Weft does not know: future/thing.',
    ]);
  });

  test('one fault hides no other', async () => {
    const segments = keysLike(/^channel\/\S+ \w+\/segment\/1-/);
    expect(segments.length).toBeGreaterThan(2);
    const found = await findingsWith((changed) => {
      for (const key of segments) changed.set(key, [changed.get(key)![0], Uint8Array.of(1, 2, 3)]);
    });
    for (const key of segments) expect(found.join('\n')).toContain(`The record ${key} is damaged`);
  });

  test('what LevelDB cannot read is told, and what comes after it is checked', async () => {
    const whole = new MemoryStore();
    await whole.batch(
      [...pairs.values()].map(([key, value]) => ({ type: 'put', key, value: value.slice() })),
      { sync: true },
    );
    const broken = pairs.get('channel/a content/meta')![0];
    const store: StoreReader = {
      get: (key) => whole.get(key),
      async *range(options) {
        for await (const pair of whole.range(options)) {
          if (Buffer.compare(pair[0], broken) === 0) throw new SyncError('STORE_UNREADABLE', 'A block is damaged.');
          yield pair;
        }
      },
    };
    await whole.batch([{ type: 'del', key: pairs.get('document/rolled')![0] }], { sync: true });
    const findings = new Findings();
    const { signal } = new AbortController();
    await verifyStore(store, zlibCompression.inflate, 0, {
      findings,
      states: stateChecks,
      records: new AuditCheck(),
      watermark,
      restMs: 0,
      onProgress: () => {},
      signal,
    });
    const messages = findings.report().findings.map(({ message }) => message);
    expect(messages.filter((message) => message.startsWith('Nothing can be read'))).toEqual([
      expect.stringMatching(
        /^Nothing can be read after the record channel\/a content\/checkpoint\/400, until channel\/b\/c /,
      ),
    ]);
    expect(messages).toContain('The document "rolled" is missing in the list of documents.');
  });
});
