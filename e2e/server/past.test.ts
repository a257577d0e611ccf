// The past of a document on a server as it is shipped: versions that come by themselves, commands beside the server and without
// one, and a restore while two people have the document open.

import { expect, test } from 'vitest';
import { connect, ownFolder, ownServer, runWeft, until } from './harness.js';

/** A paragraph of the editor's document. */
async function writeParagraphs(server: Awaited<ReturnType<typeof ownServer>>) {
  const [ann, ben] = [connect(server, 'Ann'), connect(server, 'Ben')];
  const [anns, bens] = [ann.open('notes/today'), ben.open('notes/today')];
  await Promise.all([anns.whenSynced(), bens.whenSynced()]);
  const text = anns.doc.getText('text');
  text.insert(0, 'call Grace');
  await anns.whenSaved();
  text.delete(0, 5);
  await anns.whenSaved();
  await until(() => bens.doc.getText('text').toString() === 'Grace', 'Ben has what Ann wrote');
  return { ann, ben, anns, bens };
}

test('a command brings a moment back while people have the document open, and takes that back', async () => {
  const server = await ownServer(await ownFolder());
  const { anns, bens } = await writeParagraphs(server);
  const data = ['--data', server.dataFolder];
  const restore = await runWeft('restore', 'notes/today', '--to', '1', '--reason', 'too short', ...data);
  expect(restore).toMatchObject({ code: 0, stderr: '' });
  expect(restore.stdout).toBe(
    'notes/today is what it was at its entry 1. What was there before is version 2-1.\n' +
      'weft restore notes/today --undo 3 takes this back.\n',
  );
  const shown = (doc: typeof anns): string => doc.doc.getText('text').toString();
  await until(() => [anns, bens].every((doc) => shown(doc) === 'call Grace'), 'both see it come back');
  anns.doc.getText('text').insert(10, ' today');
  await anns.whenSaved();
  const undo = await runWeft('restore', 'notes/today', '--undo', '3', ...data);
  expect(undo.stdout).toBe(
    'What entry 3 of notes/today did is undone, and what was written since stays. What was there before is version 4-1.\n' +
      'weft restore notes/today --undo 5 takes this back.\n',
  );
  await until(() => [anns, bens].every((doc) => shown(doc) === 'Grace today'), 'both see it go again');
  await runWeft('restore', 'notes/today', '--to', '2-1', ...data);
  await until(() => [anns, bens].every((doc) => shown(doc) === 'Grace'), 'both see what was there before');
  const again = await runWeft('restore', 'notes/today', '--to', '2-1', ...data);
  expect(again.stdout).toBe('notes/today shows what it showed at its entry 2: there was nothing to do.\n');
  const nothing = await runWeft('restore', 'notes/today', '--undo', '3', ...data);
  expect(nothing.stdout).toBe('Of what entry 3 of notes/today did nothing is left: there was nothing to do.\n');
  expect(server.stderr.replaceAll(/^.*?(?=What|")/gm, '')).toBe(
    '"notes/today" was brought back by a command to what it was at its entry 1.\n' +
      'What entry 3 of "notes/today" had brought back was taken back by a command.\n' +
      '"notes/today" was brought back by a command to what it was at its entry 2.\n',
  );
});

test('who leaves leaves a version, and commands say the same beside the server as without one', async () => {
  const server = await ownServer(await ownFolder());
  const data = ['--data', server.dataFolder];
  const { ann, ben } = await writeParagraphs(server);
  ann.close();
  ben.close();
  const list = async (): Promise<{ versions: object[] }> =>
    JSON.parse((await runWeft('versions', 'notes/today', '--json', ...data)).stdout);
  await until(async () => (await list()).versions.length > 0, 'there is a version');
  const beside = await list();
  expect(beside.versions).toMatchObject([{ id: '2-1', reason: 'automatic', changes: { inserted: 5, deleted: 0 } }]);
  const table = await runWeft('versions', 'notes/today', ...data);
  expect(table.stdout).toMatch(/^VERSION +TIME +\+ +- +NAME +PEOPLE\n2-1 +\d{4}-\d\d-\d\d \d\d:\d\d +5 +0\n$/);

  await server.stop();
  expect(await list()).toEqual(beside);
  const shown = await runWeft('show', 'notes/today', '--at', '1', '--format', 'json', '--json', ...data);
  expect(JSON.parse(shown.stdout)).toMatchObject({ name: 'notes/today', seq: 1, format: 'json' });
  const restore = await runWeft('restore', 'notes/today', '--to', '1', '--json', ...data);
  expect(JSON.parse(restore.stdout)).toMatchObject({ to: 1, seq: 3, before: '2-1', wasDone: false });
  const verified = await runWeft('verify', ...data);
  expect(verified.code).toBe(0);
});

test.each([
  [['restore', 'notes/today'], 2, 'Say with --to which moment is to come back.'],
  [['restore', 'notes/today', '--undo', 'it'], 2, 'has to be the number of its entry, not "it".'],
  [['restore', 'notes/today', '--undo', '2'], 1, 'Nothing was brought back in "notes/today" by its entry 2.'],
  [['restore', 'notes/today', '--undo', '2', '--to', '1'], 2, 'and not both'],
  [['restore', 'notes/today', '--to', 'noon'], 2, '"noon" is no moment.'],
  [['show', 'notes/today', '--at', '7'], 1, '"notes/today" has no moment 7.'],
  [['show', 'notes/today', '--at', '2020-11-21 14:05'], 1, '"notes/today" began on 2'],
  [['restore', 'notes/today', '--to', '2020-11-21'], 1, 'there is nothing of it from before'],
  [['show', 'notes/today', '--format', 'pdf'], 2, 'The format has to be one of'],
  [['versions', 'notes/today', '--limit', '0'], 2, 'The limit has to be a number from 1 to 1000, not "0".'],
  [['versions', 'nothing'], 1, 'There is no document "nothing".'],
])('a mistake, %j, is named', async (args, code, words) => {
  const server = await ownServer(await ownFolder());
  const { ann, ben } = await writeParagraphs(server);
  ann.close();
  ben.close();
  const outcome = await runWeft(...args, '--data', server.dataFolder);
  expect(outcome).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) });
});
