// `weft erase-deleted` beside people who write: what was deleted is gone for good, and nobody can bring it back.

import { expect, test } from 'vitest';
import { UndoManager } from 'yjs';
import { connect, Line, ownFolder, ownServer, runWeft, textOf, until, untilText } from './harness.js';
import { isInStore } from './is-in-store.js';

const SECRET = 'QkwxSecret ';

test('L5: who is there and who comes back take what is left anew, and nobody has a way back to what was deleted', async () => {
  const server = await ownServer(await ownFolder());
  const data = ['--data', server.dataFolder];
  const ann = connect(server, 'Ann').open('plans');
  const lines = { ben: new Line(), cleo: new Line() };
  const ben = connect(server, 'Ben', { WebSocket: lines.ben.WebSocket }).open('plans');
  const cleo = connect(server, 'Cleo', { WebSocket: lines.cleo.WebSocket }).open('plans');
  const first = ann.doc;
  const undo = new UndoManager(first.getText('text'));
  first.getText('text').insert(0, `${SECRET}and the rest`);
  await ann.whenSaved();
  for (const { doc } of [ben, cleo]) await untilText(doc, `${SECRET}and the rest`);
  // They have the secret on their devices, and know nothing of its end.
  lines.ben.cut();
  lines.cleo.cut();
  undo.stopCapturing();
  first.getText('text').delete(0, SECRET.length);
  await ann.whenSaved();
  ben.doc.getText('text').insert(0, 'Ben, offline. ');

  const told = await runWeft('erase-deleted', 'plans', '--dry-run', ...data);
  expect(told.stdout).toMatch(
    /^What was deleted in plans would go, and all it was before: 2 entries, and \d versions?\.\n(.*\n)*Its pictures and other files stay as long as it does/,
  );
  expect(await isInStore(server.dataFolder, SECRET)).toBe(true);
  const unsure = await runWeft('erase-deleted', 'plans', ...data);
  expect(unsure).toMatchObject({ code: 2, stderr: expect.stringContaining('Nobody can be asked here.') });
  const done = await runWeft('erase-deleted', 'plans', '--yes', ...data);
  expect(done).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Weft knows of no backup') });
  expect(await isInStore(server.dataFolder, SECRET)).toBe(false);
  expect(server.stderr).toMatch(
    /^weft: What was deleted in "plans" was erased by a command, and its past with it\.\n$/,
  );

  // Ann is sent out, comes back to another Y.Doc, and what she undoes in the old one is heard by nobody.
  await until(() => ann.doc !== first && ann.synced, 'Ann is back');
  expect(textOf(ann.doc)).toBe('and the rest');
  expect(ann.drafts).toEqual([]);
  undo.undo();
  expect(textOf(first)).toContain(SECRET);
  ann.doc.getText('text').insert(0, 'Still here: ');
  await ann.whenSaved();

  const [benFirst, cleoFirst] = [ben.doc, cleo.doc];
  lines.ben.mend();
  lines.cleo.mend();
  await until(() => ben.doc !== benFirst && cleo.doc !== cleoFirst, 'both have another Y.Doc');
  for (const { doc } of [ann, ben, cleo]) await untilText(doc, 'Still here: and the rest');
  // Cleo had nothing unsaved. What Ben had is a draft that says why, and nothing of it is sent by itself.
  expect(cleo.drafts).toEqual([]);
  expect(ben.drafts).toMatchObject([{ reason: expect.stringContaining('what was deleted in it was erased') }]);
  expect(textOf(ben.drafts[0]!.doc)).toContain('Ben, offline. ');
  // Put back, it is what he wrote, and not what he had read.
  await ben.whenSynced();
  expect(ben.bringIn(ben.drafts[0]!.doc)).toBe('written');
  await ben.whenSaved();
  await until(() => textOf(ann.doc).includes('Ben, offline. '), 'Ann has what Ben put back');
  expect(textOf(ann.doc)).not.toContain('Qkwx');
  expect(await isInStore(server.dataFolder, SECRET)).toBe(false);

  const audit = await runWeft('audit', '--json', '--document', 'plans', ...data);
  const { records } = JSON.parse(audit.stdout) as { records: object[] };
  expect(records.at(-1)).toMatchObject({ action: 'deleted-erased', person: 'admin', detail: { entries: '2' } });
  expect((await runWeft('verify', ...data)).stdout).toMatch(/^Sound: 1 document, 2 entries/);
});

test('L5: a server that is killed while it erases has all of the text, before or after, and it can be asked for again', async () => {
  const folder = await ownFolder();
  const server = await ownServer(folder);
  const data = ['--data', folder];
  const ann = connect(server, 'Ann').open('plans');
  ann.doc.getText('text').insert(0, `${SECRET}and the rest`);
  await ann.whenSaved();
  ann.doc.getText('text').delete(0, SECRET.length);
  await ann.whenSaved();
  const first = ann.doc;
  const erasing = runWeft('erase-deleted', 'plans', '--yes', ...data);
  await until(() => !ann.synced || ann.doc !== first, 'it has begun');
  await server.kill();
  await erasing;
  const again = await ownServer(folder);
  expect((await runWeft('verify', ...data)).stdout).toMatch(/^Sound: 1 document/);
  const bea = connect(again, 'Bea').open('plans');
  await untilText(bea.doc, 'and the rest');
  expect((await runWeft('erase-deleted', 'plans', '--yes', ...data)).code).toBe(0);
  expect(await isInStore(folder, SECRET)).toBe(false);
  await until(() => bea.synced, 'Bea is back');
  expect(textOf(bea.doc)).toBe('and the rest');
});
