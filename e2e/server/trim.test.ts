// `weft trim` beside people who write: the past before a moment is gone, and nobody notices.

import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { connect, Line, ownFolder, ownServer, runWeft, until } from './harness.js';
import { isInStore } from './is-in-store.js';

test('L5: who is there writes on, who comes back is taken in, and what was deleted is in no file', async () => {
  const server = await ownServer(await ownFolder());
  const data = ['--data', server.dataFolder];
  const ann = connect(server, 'Ann').open('plans');
  const line = new Line();
  const ben = connect(server, 'Ben', { WebSocket: line.WebSocket }).open('plans');
  const textOf = ({ doc }: typeof ann): string => doc.getText('text').toString();
  ann.doc.getText('text').insert(0, 'QkwxSecret and the rest');
  await ann.whenSaved();
  await until(() => textOf(ben) === textOf(ann), 'Ben has what Ann wrote');
  line.cut();
  ann.doc.getText('text').delete(0, 11);
  await ann.whenSaved();
  expect(await isInStore(server.dataFolder, 'QkwxSecret')).toBe(true);

  // A time is told in seconds, and has to have come.
  const before = new Date(Math.ceil((Date.now() + 1) / 1000) * 1000);
  await until(() => Date.now() >= before.getTime(), 'the second is over');
  const asked = ['trim', 'plans', '--before', before.toISOString().replace('.000', ''), ...data];
  const told = await runWeft(...asked, '--dry-run');
  expect(told.stdout).toMatch(/^Of the past of plans would go: 2 entries up to .*, and \d versions?\.\n$/);
  const done = await runWeft(...asked, '--yes');
  expect(done).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('are gone: 2 entries') });
  expect(await isInStore(server.dataFolder, 'QkwxSecret')).toBe(false);
  expect(server.stderr).toMatch(/^weft: What "plans" was before .* was taken out of its past by a command\.\n$/);

  // Whoever comes in while Ann is there is told nothing of it.
  const heard: Buffer[] = [];
  const Tapped = class extends WebSocket {
    constructor(url: string) {
      super(url);
      this.on('message', (frame: ArrayBuffer) => heard.push(Buffer.from(frame)));
    }
  };
  const cleo = connect(server, 'Cleo', { WebSocket: Tapped }).open('plans');
  await until(() => textOf(cleo) === 'and the rest', 'Cleo has what is left');
  expect(Buffer.concat(heard).includes('QkwxSecret')).toBe(false);

  // Ann was never sent out, and Ben comes back with an entry that is gone.
  ann.doc.getText('text').insert(0, 'Still here: ');
  await ann.whenSaved();
  expect(textOf(ann)).toBe('Still here: and the rest');
  ben.doc.getText('text').insert(0, 'Ben, offline. ');
  line.mend();
  await ben.whenSaved();
  await until(() => textOf(ann) === textOf(ben), 'both have the same');
  // Which of both stands first is by chance.
  for (const part of ['Ben, offline. ', 'Still here: ', 'and the rest']) expect(textOf(ben)).toContain(part);
  expect(textOf(ben)).not.toContain('Qkwx');
  const gone = await runWeft('show', 'plans', '--at', '1', '--json', ...data);
  expect(JSON.parse(gone.stdout)).toMatchObject({ error: { code: 'PAST_TRIMMED' } });
  const audit = await runWeft('audit', '--json', '--document', 'plans', ...data);
  const { records } = JSON.parse(audit.stdout) as { records: object[] };
  expect(records.at(-1)).toMatchObject({ action: 'past-trimmed', person: 'admin', detail: { entries: '2' } });
  expect((await runWeft('verify', ...data)).stdout).toMatch(/^Sound: 1 document, 2 entries/);
});

test('what has no past before a moment is left alone, and for how long it is kept can be said', async () => {
  const server = await ownServer(await ownFolder());
  const data = ['--data', server.dataFolder];
  const ann = connect(server, 'Ann').open('plans');
  ann.doc.getText('text').insert(0, 'of today');
  await ann.whenSaved();
  const nothing = await runWeft('trim', 'plans', '--before', '2020-01-01', ...data);
  expect(nothing).toMatchObject({ code: 0, stdout: expect.stringContaining('there is nothing to trim') });
  const thinned = 'Of its versions that were made by themselves fewer are kept as they grow older.\n';
  const allKept = 'All of its versions that were made by themselves are kept with it.\n';
  expect((await runWeft('keep', 'plans', '--days', '90', ...data)).stdout).toBe(
    `The past of plans is kept for 90 days.\n${thinned}`,
  );
  expect((await runWeft('keep', 'plans', '--days', '0', ...data)).code).toBe(2);
  expect((await runWeft('keep', 'plans', '--versions', 'none', ...data)).code).toBe(2);
  expect((await runWeft('keep', 'plans', '--days', 'all', '--versions', 'all', ...data)).stdout).toBe(
    `The past of plans is kept for good.\n${allKept}`,
  );
  // Who does not know the configuration does not speak for it.
  await server.stop();
  const alone = await runWeft('keep', 'plans', ...data);
  expect(alone.stdout).toMatch(/^The past of plans is kept for good, unless the configuration of the server says less/);
  expect((await runWeft('keep', 'plans', '--days', '0', ...data)).code).toBe(2);
});
