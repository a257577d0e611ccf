// The command line of the built server: what it says, where it stops, what its exit codes are.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import type * as Y from 'yjs';
import { coldJoinWeft } from '../../bench/src/cold-join.js';
import { documentName, openLog } from '../../bench/src/measure/open-store.js';
import { updatesOfRivals } from '../../server/src/gate/test/handmade-updates.js';
import { BareWeft, connect, newName, ownFolder, ownServer, runWeft, spawnWeft, until, updatesOf } from './harness.js';

test('--help shows what can be said, and so does no command at all', async () => {
  const help = await runWeft('--help');
  expect(help).toMatchObject({ code: 0, stderr: '' });
  expect(help.stdout).toContain('weft serve [options]');
  expect((await runWeft('documents', '--help')).stdout).toMatch(/^weft documents \[options\]\n/);
  expect(await runWeft()).toEqual(help);
  expect((await runWeft('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each([
  [['srve'], 'There is no command "srve".'],
  [['serve', '--port', '70000'], 'The port has to be a number from 0 to 65535, not "70000".'],
  [['serve', '--port=-1'], 'The port has to be a number from 0 to 65535, not "-1".'],
  [['serve', '--prot', '1'], '--prot'],
  [['serve', '8080'], 'weft serve does not know what to do with "8080".'],
  [['--port', '1'], 'The command comes before its options, as in "weft documents --json".'],
])('a mistake, %j, is named in one line and ends with 2', async (args, words) => {
  const { code, stdout, stderr } = await runWeft(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(words);
  expect(stderr).toMatch(/^weft: .* See weft (\w+ )?--help\.\n$/);
});

test('the ready line says where it listens', async () => {
  const server = spawnWeft('serve', '--port', '0', '--data', await ownFolder());
  const url = await server.ready;
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(server.stdout).toBe(`weft listening on ${url}\n`);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});

test('a port in use is named', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const { code, stderr } = await runWeft('serve', '--port', String(port), '--data', await ownFolder());
  expect(code).toBe(1);
  expect(stderr).toBe(`weft: Port ${port} on 127.0.0.1 is in use. Stop what uses it, or choose another with --port.\n`);
});

test.each([
  ['a file', 'file', 'is a file, or lies in one. Choose a folder.'],
  ['in a file', 'file/deeper/still', 'is a file, or lies in one. Choose a folder.'],
  ['where no folder can be made', '/proc/weft', '/proc/weft cannot be made. Choose another folder.'],
])('a data folder that is %s is named, at once', async (_what, data, words) => {
  const folder = await ownFolder();
  await writeFile(path.join(folder, 'file'), 'not a folder');
  const dataFolder = path.resolve(folder, data);
  const { code, stderr } = await runWeft('serve', '--port', '0', '--data', dataFolder);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^weft: The data folder .* cannot be opened: .*\n$/),
  });
  expect(stderr).toContain(words);
});

test('a second server on the same folder is turned away, and the first goes on', async () => {
  const first = await ownServer(await ownFolder());
  const { code, stderr } = await runWeft('serve', '--port', '0', '--data', first.dataFolder);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^weft: The data folder .* is in use by another process: weft serve, process \d+\. Stop .*\n$/,
  );
  const document = connect(first, 'Ann').open(newName());
  document.doc.getText('text').insert(0, 'still here');
  await document.whenSaved();
});

test('SIGTERM drains: what was taken is on disk and acknowledged, everybody is told to come back, and the exit code is 0', async () => {
  const dataFolder = await ownFolder();
  const name = newName();
  const server = await ownServer(dataFolder);
  const client = new BareWeft(server);
  const { channel } = await client.open(name);
  const updates = updatesOf(
    ...Array.from({ length: 50 }, (_, i) => (text: Y.Text) => text.insert(text.length, `${i} `)),
  );
  for (const [i, update] of updates.entries()) {
    await client.say({ type: 'Update', channel, clientSeq: i + 1, update });
  }
  await client.next('Saved');
  const exit = await server.stop();
  expect(exit).toEqual({ code: 0, signal: null });
  expect((await client.closed).code).toBe(4503);
  let saved = 0;
  try {
    for (;;) saved = (await client.next('Saved')).clientSeq;
  } catch {
    // Read to the end.
  }
  expect(server.stderr).toBe('');

  const again = await ownServer(dataFolder);
  const { text, head } = await coldJoinWeft(again.url, name);
  expect(head).toBeGreaterThanOrEqual(saved);
  expect(Array.from({ length: head }, (_, i) => `${i} `).join('')).toBe(text);
});

test('a client that does not answer the goodbye does not hold up a stop', async () => {
  const server = await ownServer(await ownFolder());
  const client = new BareWeft(server);
  await client.open(newName());
  client.webSocket.pause();
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  expect(server.stderr).toBe('');
});

test('a document that takes Yjs minutes does not hold up a stop for good', async () => {
  // No server takes such a document any more: it was written before there was a limit.
  const dataFolder = await ownFolder();
  const name = newName();
  await writeEntries(dataFolder, name, updatesOfRivals(20_000));
  const server = await ownServer(dataFolder);
  expect((await new BareWeft(server).open(name)).head).toBe(2);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  expect(server.stderr).toBe('');
}, 20_000);

/** Puts updates into the log of a server that does not run, whatever its gate would say of them. */
async function writeEntries(dataFolder: string, document: string, updates: readonly Uint8Array[]): Promise<void> {
  const log = await openLog(dataFolder);
  const id = { document: documentName(document), kind: 'content' } as const;
  const channel = await log.open(id, { durable: () => {} });
  for (const update of updates) {
    channel.append({ timeMs: Date.now(), author: '', outboxId: '', clientSeq: 0, update });
  }
  await channel.close();
  await log.close();
}

test('an edit made as the server is stopped arrives at its successor, once', async () => {
  const dataFolder = await ownFolder();
  const name = newName();
  const first = await ownServer(dataFolder);
  let url = first.url;
  class Redirected extends WebSocket {
    constructor() {
      super(`${url.replace(/^http/, 'ws')}/weft`);
    }
  }
  const connection = connect(first, 'Ann', { WebSocket: Redirected });
  const document = connection.open(name);
  const text = document.doc.getText('text');
  text.insert(0, 'before ');
  await document.whenSaved();
  text.insert(text.length, 'and as it stops');
  expect((await first.stop()).code).toBe(0);

  const second = await ownServer(dataFolder);
  url = second.url;
  connection.retryNow();
  await document.whenSaved();
  expect((await coldJoinWeft(second.url, name)).text).toBe('before and as it stops');
});

describe('weft documents', () => {
  test('L6: says the same beside a running server as without one', async () => {
    const server = await ownServer(await ownFolder());
    const connection = connect(server, 'Ann');
    const document = connection.open('notes/today');
    document.doc.getText('text').insert(0, 'call Grace');
    await document.whenSaved();
    connection.close();
    const data = ['--data', server.dataFolder];
    const beside = await runWeft('documents', '--json', ...data);
    expect(beside).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(beside.stdout)).toMatchObject({ documents: [{ name: 'notes/today', entries: 1 }] });
    const people = await runWeft('documents', ...data);
    expect(people.stdout).toMatch(
      /^NAME +TITLE +ENTRIES +SIZE +LAST CHANGE\nnotes\/today +1 +\d+ B +\d{4}-\d\d-\d\d \d\d:\d\d\n$/,
    );

    // A kill leaves the socket behind, a stop does not.
    await server.kill();
    const alone = JSON.parse((await runWeft('documents', '--json', ...data)).stdout) as { documents: object[] };
    expect(alone.documents).toEqual([expect.objectContaining({ name: 'notes/today', entries: 1 })]);
    expect((await ownServer(server.dataFolder)).stderr).toBe('');
  });

  test('does not make a folder of a slip in the path', async () => {
    const folder = await ownFolder();
    const missing = path.join(folder, 'missing');
    expect(await runWeft('documents', '--data', missing)).toEqual({
      code: 1,
      stdout: '',
      stderr: `weft: There is no folder ${missing}. Say with --data where the documents are.\n`,
    });
    const { code, stdout, stderr } = await runWeft('documents', '--json', '--data', folder);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'NO_STORE',
        message: `${folder} holds no documents of Weft. Say with --data where the documents are.`,
      },
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('weft verify', () => {
  test('I10: says that all is sound, beside a server and without one, and names what is damaged', async () => {
    const server = await ownServer(await ownFolder());
    const connection = connect(server, 'Ann');
    const document = connection.open('notes/today');
    const text = document.doc.getText('text');
    for (let i = 0; i < 40; i++) {
      text.insert(text.length, `line ${i} of what Ann has to say. `);
      await document.whenSaved();
    }
    connection.close();
    const data = ['--data', server.dataFolder];
    const sound = { code: 0, stderr: '', stdout: expect.stringMatching(/^Sound: 1 document, 40 entries, /) };
    expect(await runWeft('verify', ...data)).toEqual(sound);
    await server.kill();
    expect(await runWeft('verify', ...data)).toEqual(sound);

    const store = path.join(server.dataFolder, 'store');
    const log = path.join(store, (await readdir(store)).find((file) => file.endsWith('.log'))!);
    const bytes = await readFile(log);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    await writeFile(log, bytes);
    const { code, stdout, stderr } = await runWeft('verify', ...data);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain(`The file ${log} is damaged`);
    expect(stdout).toContain('DAMAGED: ');
    const asJson = await runWeft('verify', '--json', ...data);
    expect(asJson.code).toBe(1);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ isSound: false });
    expect(await readFile(log)).toEqual(bytes);
  });
});

describe('weft erase and weft compact', () => {
  /** A server with a document that Ann has open. */
  async function stage() {
    const server = await ownServer(await ownFolder());
    const connection = connect(server, 'Ann');
    const document = connection.open('secret plans');
    document.doc.getText('text').insert(0, 'we meet at the old mill');
    await document.whenSaved();
    return { server, connection, document, data: ['--data', server.dataFolder] };
  }

  /** Whether any file of the store holds these bytes. */
  async function isInStore(dataFolder: string, text: string): Promise<boolean> {
    const store = path.join(dataFolder, 'store');
    for (const file of await readdir(store)) {
      if ((await readFile(path.join(store, file))).includes(text)) return true;
    }
    return false;
  }

  test('erasing asks; with --yes a document is gone from the list and from the files, beside a server as without one', async () => {
    const { server, document, data } = await stage();
    const unasked = await runWeft('erase', 'secret plans', ...data);
    expect(unasked).toMatchObject({ code: 2, stdout: '' });
    expect(unasked.stderr).toBe(
      'weft: Nobody can be asked here. With --yes it erases without asking. See weft erase --help.\n',
    );
    expect(await isInStore(server.dataFolder, 'old mill')).toBe(true);

    const copy = await ownFolder();
    await runWeft('backup', copy, ...data);
    const erased = await runWeft('erase', 'secret plans', '--yes', ...data);
    expect(erased).toMatchObject({ code: 0, stderr: '' });
    expect(erased.stdout).toMatch(
      /^"secret plans" is erased\.\nThese backups may still hold it:\n {2}\/.* \(of .*\)\n$/,
    );
    expect(erased.stdout).toContain(copy);
    expect(await isInStore(server.dataFolder, 'old mill')).toBe(false);
    // Ann, who has it open, is told, and does not bring it back.
    await until(() => document.doc.getText('text').toString() === '', 'the document is empty for Ann');
    expect((await runWeft('documents', ...data)).stdout).toBe('There are no documents yet.\n');
    expect((await runWeft('verify', ...data)).stdout).toMatch(/^Sound: 0 documents/);

    const again = await runWeft('erase', 'secret plans', '--yes', ...data);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toMatch(/^"secret plans" was erased before\. Should that have been cut short, /);
    const missing = await runWeft('erase', 'no plans', '--yes', '--json', ...data);
    expect(missing).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(missing.stdout)).toMatchObject({ error: { code: 'NO_SUCH_DOCUMENT' } });
    await server.stop();
    expect((await runWeft('verify', ...data)).code).toBe(0);
  });

  test('the audit log tells of it without a name, beside a server and without one', async () => {
    const { server, data } = await stage();
    expect((await runWeft('audit', '--after', '0', ...data)).code).toBe(0);
    await runWeft('erase', 'secret plans', '--yes', ...data);
    const audit = async (...args: string[]) => {
      const { code, stdout, stderr } = await runWeft('audit', '--json', ...args, ...data);
      expect([code, stderr]).toEqual([0, '']);
      return (JSON.parse(stdout) as { records: { n: number; action: string; document: string | null }[] }).records;
    };
    const about = await audit('--document', 'secret plans');
    expect(about.at(-1)).toMatchObject({ action: 'document-erased', person: 'admin', document: null });
    expect((await runWeft('audit', ...data)).stdout).toMatch(/document erased +admin +\(gone: [\w-]{22}\)/);
    expect(await isInStore(server.dataFolder, 'secret plans')).toBe(false);
    expect(server.stderr).toBe('weft: "secret plans" was erased by a command, and its history with it.\n');
    await server.stop();
    const all = await audit('--after', '0');
    expect(all.map(({ n }) => n)).toEqual(all.map((_, index) => index + 1));
    expect(await audit('--after', String(all.length - 1))).toEqual(all.slice(-1));
    expect(await audit('--document', 'secret plans')).toEqual(about);
    // A command without a server notes itself, too.
    await runWeft('erase', 'secret plans', '--yes', ...data);
    expect(await audit('--document', 'secret plans')).toHaveLength(about.length + 1);
    const mistaken = await runWeft('audit', '--after', 'x', ...data);
    expect(mistaken).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--after takes the number of a record'),
    });
    expect((await runWeft('verify', ...data)).code).toBe(0);
  });

  test('compacting keeps everything, beside a server and without one', async () => {
    const { server, document, data } = await stage();
    const first = await runWeft('compact', ...data);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^The data takes [\d.]+ \w+; before it took [\d.]+ \w+\.\n$/);
    document.doc.getText('text').insert(0, 'Grace, ');
    await document.whenSaved();
    await server.stop();
    const again = await runWeft('compact', '--json', ...data);
    expect(JSON.parse(again.stdout)).toEqual({ bytesBefore: expect.any(Number), bytesAfter: expect.any(Number) });
    expect((await runWeft('verify', ...data)).stdout).toMatch(/^Sound: 1 document, 2 entries/);
    const started = await ownServer(server.dataFolder);
    expect((await coldJoinWeft(started.url, 'secret plans')).text).toBe('Grace, we meet at the old mill');
  });
});

test('weft export does not write one format under the ending of another', async () => {
  const out = path.join(await ownFolder(), 'notes.odt');
  expect(await runWeft('export', 'notes/today', '--out', out)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      'There is no format for files that end in ".odt": .weft, .docx, .md, .html, .txt or .json',
    ),
  });
});

test('weft diff shows what was changed between two moments, beside a server and without one', async () => {
  const server = await ownServer(await ownFolder());
  const document = connect(server, 'Ann').open('notes/plan');
  await document.whenSynced();
  const text = document.doc.getText('text');
  text.insert(0, 'The plan is bad.');
  await document.whenSaved();
  text.delete(12, 3);
  text.insert(12, 'good');
  await document.whenSaved();
  const diff = ['diff', 'notes/plan', '--data', server.dataFolder];
  const result = await runWeft(...diff, '--from', '1');
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(result.stdout).toMatch(/^notes\/plan, from entry 1 \(.*\) to entry \d+ \(.*\)\n\nPERSON +WRITTEN +DELETED /);
  expect(result.stdout).toMatch(/\nnobody known +4 +3 +0 +0 +0 +0\n/);
  expect(result.stdout).toMatch(/\ntext\n.* nobody known {2}part: The plan is (\[-bad-\]|\{\+good\+\}){2}\.\n$/);
  await server.stop();
  const json = JSON.parse((await runWeft(...diff, '--json')).stdout);
  expect(json).toMatchObject({ name: 'notes/plan', from: { seq: 0, timeMs: null }, parts: [{ name: 'text' }] });
  expect((await runWeft(...diff, '--from', '2020-01-01', '--to', '2020-01-02')).stdout).toBe(
    'notes/plan, from the beginning to the beginning\n\nNothing was changed.\n',
  );
  expect(await runWeft(...diff, '--from', 'soon')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('"soon" is no moment.'),
  });
});
