// Who may do what, who is who and the audit log, in backups and out of them.

import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromMarkdown } from '@weft/model';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AuditLog } from '../access/audit.js';
import { AuditCheck } from '../access/audit-record.js';
import { composeJson } from '../history/document-content.js';
import { stateChecks } from '../history/state-checks.js';
import { type RecordStore, TABLES, type Table } from '../log/document-log.js';
import { recordKey } from '../log/level/keys.js';
import { openMemoryLog } from '../log/memory-log.js';
import { MemoryStore } from '../log/memory-store.js';
import { content, documentName, Ear, newEntry } from '../log/test/log-harness.js';
import { Findings } from '../log/verify-report.js';
import { backup } from './backup.js';
import { importDocument } from './import.js';
import { restoreBackup } from './restore-backup.js';
import { testContext } from './test/test-context.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'weft-records-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A log with the documents that are named, and an audit log; its backups go to `folder`. */
async function place(folder: string, ...names: string[]) {
  const store = new MemoryStore();
  const log = await openMemoryLog(store);
  onTestFinished(() => log.close());
  const audit = await AuditLog.open(log.records, { nowMs: () => 1000 });
  for (const name of names) {
    const channel = await log.open(content(name), new Ear());
    channel.append(newEntry('', { update: composeJson(JSON.stringify({ content: fromMarkdown(name).doc })).update }));
    await channel.close();
  }
  const context = { ...testContext(log, await newFolder()), audit };
  return {
    store,
    log,
    audit,
    records: log.records,
    put: (table: Table, key: string, text: string) => log.records.write([{ table, key, value: bytes(text) }]),
    backup: () => backup.run({ folder }, context),
    restore: (options: { document?: string; all?: boolean } = {}) =>
      restoreBackup.run({ folder, document: null, all: false, ...options }, context),
    context,
  };
}

async function all(records: RecordStore): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const table of TABLES) {
    for (const { key, value } of await records.list(table)) {
      found[`${table} ${key.replace('\0', ' ')}`] = new TextDecoder().decode(value);
    }
  }
  return found;
}

const piecesOf = async (folder: string): Promise<string[]> =>
  (await readdir(join(folder, 'pieces'))).filter((name) => name.startsWith('records-'));

/** Something in each table. */
async function fill({ put, audit }: Awaited<ReturnType<typeof place>>): Promise<void> {
  await put('access', 'notes', 'notes: Ann');
  await put('access', 'plan', 'plan: Ben');
  await put('request', 'notes\0u-ben', 'asked');
  await put('version', 'notes\0v', 'named');
  await put('restore', 'notes\0r', 'brought back');
  await put('person', 'u-ann', 'Ann');
  await put('alias', 'g-1', 'u-ann');
  await put('revoked', 't-1', 'for good');
  await put('setting', 'signing-key', 'key');
  for (let n = 0; n < 1200; n++) audit.note({ action: 'let-in', person: `u-${n}`, document: documentName('notes') });
  await audit.settled();
}

describe('a backup', () => {
  test('holds all of them, and brings them into a new data folder as they were', async () => {
    const folder = await newFolder();
    const here = await place(folder, 'notes', 'plan');
    await fill(here);
    expect(await here.backup()).toMatchObject({ faults: [] });
    const there = await place(folder);
    const remarks = [expect.stringContaining('holds from the next start of the server')];
    expect(await there.restore()).toMatchObject({ faults: [], remarks });
    await there.audit.settled();
    const [before, after] = [await all(here.records), await all(there.records)];
    // What the restoring itself is noted as comes after all that was.
    const noted = Object.keys(after).filter((key) => !(key in before));
    expect(noted).toEqual(['audit 0000000000001201', 'audit 0000000000001202']);
    for (const [key, value] of Object.entries(before)) {
      if (key !== 'setting audit-end') expect([key, after[key]]).toEqual([key, value]);
    }
    const findings = new Findings();
    await there.log.verify(0, {
      findings,
      states: stateChecks,
      records: new AuditCheck(),
      watermark: null,
      restMs: 0,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    expect(findings.report().isSound).toBe(true);
  });

  test('writes them anew only when something has changed, and leaves one file of them', async () => {
    const folder = await newFolder();
    const here = await place(folder, 'notes');
    await fill(here);
    await here.backup();
    const [first] = await piecesOf(folder);
    expect(await here.backup()).toMatchObject({ bytesWritten: 0 });
    expect(await piecesOf(folder)).toEqual([first]);
    await here.put('access', 'notes', 'notes: Cleo');
    expect((await here.backup()).bytesWritten).toBeGreaterThan(0);
    const [second, ...more] = await piecesOf(folder);
    expect([second === first, more]).toEqual([false, []]);
  });

  test('does not keep what belonged to a document that was erased', async () => {
    const folder = await newFolder();
    const here = await place(folder, 'notes', 'plan');
    await fill(here);
    await here.backup();
    await here.log.eraseDocument(documentName('notes'));
    await here.backup();
    const there = await place(folder);
    await there.restore();
    expect((await there.records.list('access')).map(({ key }) => key)).toEqual(['plan']);
    expect(await there.records.list('request')).toEqual([]);
  });

  test('keeps what it had when one is damaged, and says so', async () => {
    const folder = await newFolder();
    const here = await place(folder, 'notes', 'plan');
    await fill(here);
    await here.backup();
    const key = recordKey('person', 'u-ann');
    await here.store.batch([{ type: 'put', key, value: bytes('nonsense') }], { sync: true });
    const { faults } = await here.backup();
    expect(faults).toEqual([expect.stringMatching(/record\/person\/u-ann.*keeps what it had of them\.$/)]);
    const there = await place(folder);
    expect(await there.restore()).toMatchObject({ faults: [] });
    expect((await all(there.records))['person u-ann']).toBe('Ann');
  });
});

describe('bringing back', () => {
  test('leaves what is there: nobody is given back what was taken from them', async () => {
    const folder = await newFolder();
    const here = await place(folder, 'notes', 'plan');
    await fill(here);
    await here.backup();
    await here.put('access', 'notes', 'notes: nobody');
    await here.put('alias', 'g-1', 'u-ben');
    await here.put('setting', 'signing-key', 'new key');
    await here.log.records.write([{ table: 'request', key: 'notes\0u-ben', value: null }]);
    await here.log.eraseDocument(documentName('plan'));
    const { faults, remarks } = await here.restore({ all: true });
    expect([faults, remarks]).toEqual([[], [expect.stringContaining('The audit log of the backup was left there')]]);
    const found = await all(here.records);
    expect(found).toMatchObject({
      'access notes': 'notes: nobody',
      // It was not there any more, and comes back with its document.
      'access plan': 'plan: Ben',
      'alias g-1': 'u-ben',
      'setting signing-key': 'new key',
    });
    expect(found['request notes u-ben']).toBeUndefined();
  });

  test('one document, or importing one, leaves alone who may open it', async () => {
    const folder = await newFolder();
    const here = await place(folder, 'notes');
    await fill(here);
    await here.backup();
    const there = await place(folder);
    await there.restore({ document: 'notes' });
    await there.audit.settled();
    // What points into its content comes with it, and goes with it.
    const found = async () => Object.keys(await all(there.records)).filter((key) => !/^audit|audit-end/.test(key));
    expect(await found()).toEqual(['version notes v', 'restore notes r']);
    await there.put('access', 'notes', 'notes: Ben');
    await there.restore({ document: 'notes' });
    await backup.run({ folder: join(folder, 'again') }, there.context);
    const file = join(there.context.dataFolder, 'replaced');
    const [replaced] = await readdir(file);
    await importDocument.run({ file: join(file, replaced!), name: 'notes', replace: true }, there.context);
    expect((await all(there.records))['access notes']).toBe('notes: Ben');
    expect(await found()).toEqual(['access notes']);
  });

  test('brings no version back of what was written after its document was backed up', async () => {
    const folder = await newFolder();
    const here = await place(folder, 'notes');
    const key = (seq: number): string => `notes\0${String(seq).padStart(16, '0')}-01`;
    // Documents are backed up before records: to the backup this is a version that was made in between.
    for (const seq of [1, 2]) await here.put('version', key(seq), 'named');
    await here.put('restore', 'notes\0request-1', '{"to":0,"base":1,"seq":2,"client":7,"origins":"","atMs":1}');
    await here.backup();
    const there = await place(folder);
    await there.restore();
    expect((await there.records.list('version')).map((one) => one.key)).toEqual([key(1)]);
    expect(await there.records.list('restore')).toEqual([]);
  });

  test('a damaged file of them costs them alone, and nothing of it is used', async () => {
    const folder = await newFolder();
    const here = await place(folder, 'notes');
    await fill(here);
    await here.backup();
    const [file] = await piecesOf(folder);
    await rm(join(folder, 'pieces', file!));
    const there = await place(folder);
    const { documents, faults } = await there.restore();
    expect([documents.length, faults]).toEqual([1, [expect.stringContaining('who may do what')]]);
    expect(await there.records.list('access')).toEqual([]);
  });

  test('notes itself, each document and each import', async () => {
    const folder = await newFolder();
    const here = await place(folder, 'notes');
    await here.backup();
    await here.restore({ document: 'notes' });
    await here.audit.settled();
    const { records } = await here.audit.read({ after: 0, limit: 9, document: documentName('notes') });
    expect(records).toMatchObject([{ action: 'document-restored', person: 'admin', detail: { backup: folder } }]);
  });
});
