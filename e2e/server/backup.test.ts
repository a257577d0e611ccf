// Backups and single documents of a server that runs, by the commands as they are shipped.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SharedDocument } from '@weft/provider';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { coldJoinWeft } from '../../bench/src/cold-join.js';
import { readDocumentArchive } from '../../server/src/archive/archived-document.js';
import { readPieces } from '../../server/src/archive/files.js';
import { connect, newName, ownFolder, ownServer, runWeft, type TestServer, textOf, until } from './harness.js';

async function weft(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runWeft(...args, '--json');
  // A line of progress is no complaint.
  expect({ code, complaint: /^weft: .*/m.exec(stderr)?.[0] }, stdout).toEqual({ code: 0, complaint: undefined });
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** The entries of a document, by way of an export. */
async function entriesOf(name: string, dataFolder: string) {
  const file = path.join(await ownFolder(), 'document.weft');
  await weft('export', name, '--out', file, '--data', dataFolder);
  const { channels } = await readDocumentArchive(readPieces(file, file), file);
  return channels.get('content') ?? [];
}

/** A connection that finds the server wherever it is by then. */
function movable(first: TestServer) {
  let { url } = first;
  class Redirected extends WebSocket {
    constructor() {
      super(`${url.replace(/^http/, 'ws')}/weft`);
    }
  }
  const connection = connect(first, 'Ann', { WebSocket: Redirected });
  const moveTo = (server: TestServer): void => {
    url = server.url;
    connection.retryNow();
  };
  return { connection, moveTo };
}

test('a backup taken while 20 people write holds a prefix of every document', async () => {
  const server = await ownServer(await ownFolder());
  const names = Array.from({ length: 4 }, () => newName());
  const writers = Array.from({ length: 20 }, (_, i) => {
    const document = connect(server, `w${i}`).open(names[i % names.length]!);
    let words = 0;
    const write = (): void => {
      document.doc.getText('text').insert(textOf(document.doc).length, `<${i}.${words}>`);
      words += 1;
    };
    return { document, write };
  });
  let isWriting = true;
  const writing = Promise.all(
    writers.map(async ({ document, write }) => {
      while (isWriting) {
        write();
        await document.whenSaved();
      }
    }),
  );
  const folder = path.join(await ownFolder(), 'backup');
  const headAtLeast = new Map<string, number>();
  for (const _run of [1, 2]) {
    for (const name of names) headAtLeast.set(name, (await coldJoinWeft(server.url, name)).head);
    await weft('backup', folder, '--data', server.dataFolder);
  }
  isWriting = false;
  await writing;
  for (const { document } of writers) await document.whenSaved();

  const elsewhere = path.join(await ownFolder(), 'data');
  await weft('verify', folder);
  await weft('restore-backup', folder, '--data', elsewhere);
  await weft('verify', '--data', server.dataFolder);
  await weft('verify', '--data', elsewhere);
  for (const name of names) {
    const [all, restored] = [await entriesOf(name, server.dataFolder), await entriesOf(name, elsewhere)];
    expect(restored.length).toBeGreaterThanOrEqual(headAtLeast.get(name)!);
    expect(restored).toEqual(all.slice(0, restored.length));
  }
}, 60_000);

test('a folder in which a store was only about to be made takes a backup, and no other that is not empty', async () => {
  const server = await ownServer(await ownFolder());
  const folder = path.join(await ownFolder(), 'backup');
  await weft('backup', folder, '--data', server.dataFolder);
  const begun = await ownFolder();
  await mkdir(path.join(begun, 'store'));
  for (const file of ['LOCK', 'LOG', 'MANIFEST-000001']) await writeFile(path.join(begun, 'store', file), '');
  await weft('restore-backup', folder, '--data', begun);

  const lost = await ownFolder();
  await mkdir(path.join(lost, 'store'));
  await writeFile(path.join(lost, 'store', '000005.ldb'), 'text');
  const { code, stderr } = await runWeft('restore-backup', folder, '--data', lost);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('holds no documents of Weft') });
});

test('L5: who comes from a server to what was brought back of it keeps newer text as a draft', async () => {
  const first = await ownServer(await ownFolder());
  const { connection, moveTo } = movable(first);
  const document: SharedDocument = connection.open(newName());
  document.doc.getText('text').insert(0, 'before');
  await document.whenSaved();
  const folder = path.join(await ownFolder(), 'backup');
  await weft('backup', folder, '--data', first.dataFolder);
  document.doc.getText('text').insert(6, ' and after');
  await document.whenSaved();
  await first.stop();

  const elsewhere = path.join(await ownFolder(), 'data');
  await weft('restore-backup', folder, '--data', elsewhere);
  const second = await ownServer(elsewhere);
  moveTo(second);
  await until(() => textOf(document.doc) === 'before', 'the document is the one that was brought back');
  expect(document.drafts.map(({ doc }) => textOf(doc))).toEqual(['before and after']);
  document.doc.getText('text').insert(0, 'again ');
  await document.whenSaved();
  expect((await coldJoinWeft(second.url, document.name)).text).toBe('again before');
});

test('L5: a document is replaced under those who write in it, and what it held comes back by the command that is shown', async () => {
  const server = await ownServer(await ownFolder());
  const document = connect(server, 'Ann').open(newName());
  document.doc.getText('text').insert(0, 'old');
  await document.whenSaved();
  const file = path.join(await ownFolder(), 'letter.md');
  await writeFile(file, '# Letter\n\n- one\n- two\n');
  const line = ['import', file, '--name', document.name, '--data', server.dataFolder];
  expect(await runWeft(...line)).toMatchObject({ code: 1, stderr: expect.stringContaining('There is a document') });
  const { code, stdout } = await runWeft(...line, '--replace');
  expect(code).toBe(0);
  await until(() => document.synced && document.doc.getXmlFragment('prosemirror').length === 2, 'Ann sees the letter');
  expect(document.drafts.map(({ doc }) => textOf(doc))).toEqual(['old']);

  const out = await runWeft('export', document.name, '--format', 'markdown', '--out', '-', '--data', server.dataFolder);
  expect(out).toMatchObject({ code: 0, stdout: '# Letter\n\n- one\n- two\n' });
  const shown = /^ {2}weft (import .*)$/m.exec(stdout)![1]!.split(' ');
  expect((await runWeft(...shown)).code).toBe(0);
  await until(() => document.synced && textOf(document.doc) === 'old', 'Ann sees the old text');
  const lines = server.stderr.trimEnd().split('\n');
  expect(lines).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('was replaced by a command')));
});

test('documents go out and come in without a server, too', async () => {
  const server = await ownServer(await ownFolder());
  const document = connect(server, 'Ann').open(newName('a/b'));
  document.doc.getText('text').insert(0, 'text');
  await document.whenSaved();
  await server.stop();
  const folder = await ownFolder();
  const json = path.join(folder, 'x.json');
  const result = await runWeft('export', document.name, '--out', json, '--data', server.dataFolder);
  expect(result.code).toBe(0);
  expect(result.stderr).toContain('also holds "text"');
  expect(JSON.parse(await readFile(json, 'utf8'))).toMatchObject({ weft: 1, name: document.name, seq: 1 });
  expect((await runWeft('export', document.name, '--out', json, '--data', server.dataFolder)).stderr).toContain(
    'is there already',
  );
  const wrong = await runWeft('export', document.name, '--format', 'odt', '--data', server.dataFolder);
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('weft, docx, markdown, html, text or json, not "odt"'),
  });
  await weft('import', json, '--name', 'copy', '--data', server.dataFolder);
  const { documents } = await weft('documents', '--data', server.dataFolder);
  expect((documents as { name: string }[]).map(({ name }) => name).sort()).toEqual([document.name, 'copy']);
});
