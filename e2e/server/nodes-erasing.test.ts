// The built server as several nodes on one Postgres: what is taken away at one of them is gone at all, also at one that was stopped
// meanwhile and goes on, and who is there comes back to what is left.

import path from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { PostgresServer } from '../../server/src/log/test/postgres-server.js';
import {
  connect,
  newName,
  ownFolder,
  runWeft,
  spawnWeft,
  type TestServer,
  textOf,
  until,
  untilText,
} from './harness.js';

const postgres = await PostgresServer.start();
if (postgres.missing !== null) process.stdout.write(`Not tested: erasing with several nodes. ${postgres.missing}.\n`);
else afterAll(() => postgres.server.stop());

const SECRET = 'QkwxSecret ';

describe.skipIf(postgres.missing !== null)('several nodes, one of which takes something away', () => {
  const { server: database } = postgres as { readonly server: PostgresServer };

  async function twoNodes() {
    const store = await database.newPlace();
    onTestFinished(() => database.removePlace(store));
    const serve = async () => {
      const dataFolder = await ownFolder();
      const server = spawnWeft('serve', '--port', '0', '--data', dataFolder, '--store', store, '--nodes', 'several');
      return { server, dataFolder, data: ['--data', dataFolder], clients: { url: await server.ready } as TestServer };
    };
    const isInStore = async (text: string): Promise<boolean> => {
      const asked = ['weft_run', 'weft_value'].map(
        (table) => `select from ${table} where position(convert_to('${text}', 'UTF8') in value) > 0`,
      );
      return ((await database.ask(asked.join(' union all '), store)).rowCount ?? 0) > 0;
    };
    return { a: await serve(), b: await serve(), isInStore };
  }

  test('L5: what was deleted is erased at all, also at one that was stopped meanwhile, and a document as a whole', async () => {
    const { a, b, isInStore } = await twoNodes();
    const name = newName();
    const ann = connect(a.clients, 'Ann').open(name);
    const ben = connect(b.clients, 'Ben').open(name);
    ann.doc.getText('text').insert(0, `${SECRET}and the rest`);
    await ann.whenSaved();
    await untilText(ben.doc, `${SECRET}and the rest`);
    ann.doc.getText('text').delete(0, SECRET.length);
    await ann.whenSaved();
    await untilText(ben.doc, 'and the rest');
    expect(await isInStore(SECRET)).toBe(true);
    const [annFirst, benFirst] = [ann.doc, ben.doc];
    process.kill(b.server.pid, 'SIGSTOP');
    ben.doc.getText('text').insert(0, 'Late. ');
    expect(await runWeft('erase-deleted', name, '--yes', ...a.data)).toMatchObject({ code: 0, stderr: '' });
    expect(await isInStore(SECRET)).toBe(false);
    await until(() => ann.doc !== annFirst && ann.synced, 'Ann is back');
    process.kill(b.server.pid, 'SIGCONT');
    await until(() => ben.doc !== benFirst && ben.synced, 'Ben is back');
    // What had not come to the disk is a draft, as with one node.
    expect(textOf(ben.drafts[0]!.doc)).toContain('Late. ');
    const cleo = connect(b.clients, 'Cleo').open(name);
    for (const { doc } of [ann, ben, cleo]) await untilText(doc, 'and the rest');
    ben.doc.getText('text').insert(0, 'Still here: ');
    await ben.whenSaved();
    await untilText(ann.doc, 'Still here: and the rest');
    const gone = await runWeft('show', name, '--at', '1', '--json', ...b.data);
    expect(JSON.parse(gone.stdout)).toMatchObject({ error: { code: 'PAST_TRIMMED' } });
    expect(await isInStore(SECRET)).toBe(false);

    expect(await runWeft('erase', name, '--yes', ...a.data)).toMatchObject({ code: 0 });
    expect((await runWeft('documents', '--json', ...b.data)).stdout).not.toContain(name);
    expect(await isInStore('Still here')).toBe(false);
    const dan = connect(b.clients, 'Dan').open(name);
    await dan.whenSynced();
    expect(textOf(dan.doc)).not.toContain('rest');
    expect(await runWeft('verify', ...b.data)).toMatchObject({ code: 0 });
  }, 60_000);

  test('L5: the past is trimmed under people at both, and a file takes the place of what they wrote', async () => {
    const { a, b, isInStore } = await twoNodes();
    const name = newName();
    const ann = connect(a.clients, 'Ann').open(name);
    const ben = connect(b.clients, 'Ben').open(name);
    ann.doc.getText('text').insert(0, `${SECRET}and the rest`);
    await ann.whenSaved();
    await untilText(ben.doc, `${SECRET}and the rest`);
    ben.doc.getText('text').delete(0, SECRET.length);
    await ben.whenSaved();
    const archive = path.join(await ownFolder(), 'kept.weft');
    expect(await runWeft('export', name, '--out', archive, ...b.data)).toMatchObject({ code: 0 });
    const before = new Date(Math.ceil((Date.now() + 1) / 1000) * 1000);
    await until(() => Date.now() >= before.getTime(), 'the second is over');
    const asked = ['trim', name, '--before', before.toISOString().replace('.000', ''), '--yes'];
    const [annFirst, benFirst] = [ann.doc, ben.doc];
    expect(await runWeft(...asked, ...a.data)).toMatchObject({ code: 0, stderr: '' });
    expect(await isInStore(SECRET)).toBe(false);
    ben.doc.getText('text').insert(0, 'Ben. ');
    ann.doc.getText('text').insert(0, 'Ann. ');
    await Promise.all([ann.whenSaved(), ben.whenSaved()]);
    await until(() => textOf(ann.doc) === textOf(ben.doc), 'both have the same');
    // Nobody was sent out.
    expect([ann.doc === annFirst, ben.doc === benFirst]).toEqual([true, true]);
    const gone = await runWeft('show', name, '--at', '1', '--json', ...b.data);
    expect(JSON.parse(gone.stdout)).toMatchObject({ error: { code: 'PAST_TRIMMED' } });

    const was = textOf(ann.doc);
    const told = await runWeft('import', archive, '--name', name, '--replace', ...b.data);
    expect(told).toMatchObject({ code: 0, stderr: '' });
    const [replaced] = /\/\S+\.weft/.exec(told.stdout)!;
    await until(() => ann.doc !== annFirst && ben.doc !== benFirst, 'both are back');
    for (const { doc } of [ann, ben]) await untilText(doc, 'and the rest');
    expect(await runWeft('import', replaced, '--name', `${name}-was`, ...a.data)).toMatchObject({ code: 0 });
    await untilText(connect(b.clients, 'Cleo').open(`${name}-was`).doc, was);
    expect(await runWeft('verify', ...b.data)).toMatchObject({ code: 0 });
  }, 60_000);
});
