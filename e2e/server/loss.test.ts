// What a running server, its log of alarms and the pages do when the data folder is not what it was (L3).

import { cp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';

import { journalKey } from '../../server/src/log/level/keys.js';
import { openLevelStore } from '../../server/src/log/level/level-store.js';
import { connect, newName, ownFolder, runWeft, spawnWeft, type TestServer, textOf, until } from './harness.js';

const ready = async (url: string): Promise<unknown> => (await fetch(`${url}/readyz`)).json();

test('L3: a store that is set back is noticed at the start, and the page keeps as a draft what was saved', async () => {
  const data = await ownFolder();
  const first = spawnWeft('serve', '--port', '0', '--data', data);
  const url = await first.ready;
  const document = connect({ url } as TestServer, 'ann').open(newName());
  const write = async (text: string): Promise<void> => {
    document.doc.getText('text').insert(textOf(document.doc).length, text);
    await document.whenSaved();
  };
  await document.whenSynced();
  await write('kept. ');
  await first.kill();
  await cp(path.join(data, 'store'), path.join(data, 'copy'), { recursive: true });

  const serve = ['serve', '--port', new URL(url).port, '--data', data];
  const second = spawnWeft(...serve);
  await second.ready;
  await until(() => document.synced, 'comes back');
  await write('lost. ');
  await write('lost, too.');
  await second.stop();
  expect(alarmsIn(second.stderr)).toEqual([]);
  await rm(path.join(data, 'store'), { recursive: true });
  await cp(path.join(data, 'copy'), path.join(data, 'store'), { recursive: true });
  const old = document.doc;

  const third = spawnWeft(...serve);
  await third.ready;
  await until(() => document.doc !== old && document.synced, 'the page shows what is left');
  expect([textOf(document.doc), document.saveState.kind]).toEqual(['kept. ', 'saved']);
  expect(document.drafts.map(({ doc }) => textOf(doc))).toEqual(['kept. lost. lost, too.']);
  expect(alarmsIn(third.stderr)).toEqual([
    expect.stringMatching(/newest entries: those up to journal record 3 .* now ends at record 1\./),
    expect.stringMatching(
      /has lost text: entries up to 3 were on disk and acknowledged, and the log now ends at entry 1\./,
    ),
  ]);
  expect(await ready(url)).toEqual({ status: 'ready', alarms: 2 });
  await third.stop();
  expect((await readFile(path.join(data, 'alarms.log'), 'utf8')).split('\n')).toHaveLength(3);

  // It was said, and is not said again; that nobody has looked yet, is.
  const fourth = spawnWeft(...serve);
  await fourth.ready;
  expect(alarmsIn(fourth.stderr)).toEqual([]);
  expect(await ready(url)).toEqual({ status: 'ready', alarms: 2 });
  await fourth.stop();
});

/** The alarms among what a server says. */
function alarmsIn(stderr: string): string[] {
  return stderr.split('\n').filter((line) => line.includes('ALARM'));
}

test('L3: a damaged record keeps the server from starting until somebody accepts the loss', async () => {
  const data = await ownFolder();
  const first = spawnWeft('serve', '--port', '0', '--data', data);
  const document = connect({ url: await first.ready } as TestServer, 'ann').open(newName());
  await document.whenSynced();
  for (const text of ['one ', 'two ', 'three']) {
    document.doc.getText('text').insert(textOf(document.doc).length, text);
    await document.whenSaved();
  }
  await first.stop();
  await damageRecord(data, 2);

  const serve = ['serve', '--port', '0', '--data', data];
  const refused = await runWeft(...serve);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/^weft: The record journal\/2 is damaged: .*--accept-loss.*\n$/);

  const server = spawnWeft(...serve, '--accept-loss');
  const url = await server.ready;
  const again = connect({ url } as TestServer, 'bo').open(document.name);
  await again.whenSynced();
  expect(textOf(again.doc)).toBe('one ');
  const [cut] = (await readdir(data)).filter((name) => name.startsWith('cut-'));
  expect(server.stderr).toMatch(
    new RegExp(`ALARM: As --accept-loss says, the journal from its damaged record 2 on, .*${cut}`),
  );
  await server.stop();
  const next = spawnWeft(...serve);
  await next.ready;
  expect(next.stderr).toBe('');
  await next.stop();
});

async function damageRecord(data: string, number: number): Promise<void> {
  const store = await openLevelStore(path.join(data, 'store'));
  const key = journalKey(number);
  const value = (await store.get(key))!.slice();
  value[value.length - 1]! ^= 1;
  await store.batch([{ type: 'put', key, value }], { sync: true });
  await store.close();
}
