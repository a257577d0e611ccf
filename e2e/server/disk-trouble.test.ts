// The built server on a disk that takes no more, and takes again: what writers, readers and supervisors are told, and what is
// on the disk afterwards.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { coldJoinWeft } from '../../bench/src/cold-join.js';
import { serverMain } from '../../bench/src/server-process.js';
import { canLimitDisk, fillDisk, freeDisk } from '../disk-limit.js';
import {
  BareWeft,
  connect,
  newName,
  ownFolder,
  ownServer,
  spawnWeft,
  stockClient,
  type TestServer,
  textOf,
  until,
} from './harness.js';

const run = promisify(execFile);
const ready = async ({ url }: TestServer): Promise<unknown[]> => {
  const response = await fetch(`${url}/readyz`);
  return [response.status, await response.json()];
};

describe.skipIf(!canLimitDisk)(
  `a disk that is full${canLimitDisk ? '' : ' (skipped: there is no prlimit here)'}`,
  () => {
    test('I8, L2: nothing is acknowledged or shown, everybody is told, and all is there after it and after a kill', async () => {
      const server = await ownServer(await ownFolder());
      const name = newName();
      const ann = connect(server, 'Ann').open(name);
      const ben = connect(server, 'Ben').open(name);
      const stock = stockClient(server, name);
      const text = ann.doc.getText('text');
      text.insert(0, 'before. ');
      await ann.whenSaved();
      await until(() => textOf(stock.doc) === 'before. ' && textOf(ben.doc) === 'before. ', 'all have the text');
      await fillDisk(server);

      const failedAtMs = performance.now();
      text.insert(text.length, 'unsaved. ');
      await until(() => ann.saveState.kind === 'busy' && ben.saveState.kind === 'busy', 'both are told');
      expect(performance.now() - failedAtMs).toBeLessThan(2000);
      expect(ann.saveState).toMatchObject({ kind: 'busy', reason: 'disk-full', changes: 1 });
      expect(ben.saveState).toMatchObject({ kind: 'busy', reason: 'disk-full', changes: 0 });
      stock.doc.getText('text').insert(0, 'Stock. ');
      text.insert(text.length, 'More. ');
      const reason = expect.stringContaining('full');
      expect(await ready(server)).toEqual([503, { status: 'not ready', reason, alarms: 0 }]);
      const headers = { 'Content-Type': 'application/json' };
      const newDocument = await fetch(`${server.url}/api/v1/documents`, { method: 'POST', headers, body: '{}' });
      expect([newDocument.status, await newDocument.json()]).toMatchObject([503, { error: { code: 'NOT_SAVED' } }]);
      expect((await fetch(`${server.url}/api/v1/documents`)).status).toBe(200);

      // Reading, joining, opening what nobody has open, and presence go on.
      ben.presence.setLocalStateField('cursor', { anchor: 1 });
      await until(() => ann.presence.getStates().get(ben.doc.clientID)?.cursor !== undefined, 'the caret is shown');
      expect((await coldJoinWeft(server.url, name)).text).toBe('before. ');
      const late = new BareWeft(server);
      await late.open(newName('other'));
      expect(textOf(ben.doc)).toBe('before. ');

      await freeDisk(server);
      await Promise.all([ann.whenSaved(), until(async () => (await ready(server))[0] === 200, 'it is ready')]);
      await until(() => textOf(ben.doc).length === 'Stock. before. unsaved. More. '.length, 'all is shown');
      const expected = textOf(ben.doc);
      expect(expected).toBe('Stock. before. unsaved. More. ');
      expect([ann, ben].map(({ saveState }) => saveState.kind)).toEqual(['saved', 'saved']);
      text.insert(text.length, 'After. ');
      await ann.whenSaved();
      await server.kill();
      const again = await ownServer(server.dataFolder);
      expect((await coldJoinWeft(again.url, name)).text).toBe(`${expected}After. `);
      expect(again.stderr).toBe('');
    }, 30_000);

    test('a server that starts on one says so in a sentence, and starts when there is room', async () => {
      const server = await ownServer(await ownFolder());
      const document = connect(server, 'Ann').open(newName());
      document.doc.getText('text').insert(0, randomBytes(100_000).toString('base64'));
      await document.whenSaved();
      await server.kill();
      const args = ['serve', '--port', '0', '--data', server.dataFolder];
      const refused = await run('prlimit', ['--fsize=20000', process.execPath, serverMain, ...args]).catch(
        (error: { code: number; stderr: string }) => error,
      );
      expect(refused).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /^weft: There is no room on the disk of the data folder .* Make some room, then start again\.\n$/,
        ),
      });
      const again = await ownServer(server.dataFolder);
      expect((await fetch(`${again.url}/readyz`)).status).toBe(200);
    });
  },
);

test('below the reserve nothing is taken, everything can be read, and who comes is told at once', async () => {
  const dataFolder = await ownFolder();
  const before = await ownServer(dataFolder);
  const name = newName();
  const writer = connect(before, 'Ann').open(name);
  writer.doc.getText('text').insert(0, 'before. ');
  await writer.whenSaved();
  await before.stop();
  const server = spawnWeft('serve', '--port', '0', '--data', dataFolder, '--reserve', '999999999');
  const url = await server.ready;
  const bare = new BareWeft({ ...before, url });
  await bare.hello();
  expect(await bare.next('Storage')).toEqual({ type: 'Storage', code: 'disk-full' });
  const late = connect({ ...before, url }, 'Ann').open(name);
  await late.whenSynced();
  expect(late.saveState).toEqual({ kind: 'busy', reason: 'disk-full', changes: 0 });
  expect(textOf(late.doc)).toBe('before. ');
  late.doc.getText('text').insert(0, 'new ');
  await until(() => server.stderr !== '', 'it complains');
  expect(server.stderr).toMatch(/^weft: [\d,]+ MiB are free on the disk of .*, less than the 999,999,999 MiB /);
  expect((await coldJoinWeft(url, name)).text).toBe('before. ');
});
