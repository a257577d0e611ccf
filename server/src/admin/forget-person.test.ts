import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AuditLog } from '../access/audit.js';
import { Persons } from '../access/persons.js';
import { openLevelLog } from '../log/level/level-log.js';
import { openLevelStore } from '../log/level/level-store.js';
import { filesWith } from '../log/test/files-with.js';
import { backup } from './backup.js';
import { forgetPerson } from './forget-person.js';
import { testContext } from './test/test-context.js';

test("L5: somebody's name and address are in no file of the store any more, and others stay", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weft-forget-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const store = join(folder, 'store');
  const onFailure = (error: Error): void => {
    throw error;
  };
  const open = () => openLevelLog(() => openLevelStore(store), { onFailure });
  let log = await open();
  const record = (name: string, email: string | null) =>
    new TextEncoder().encode(JSON.stringify({ name, email, firstSeenMs: 1, lastSeenMs: 2 }));
  await log.records.write([
    { table: 'person', key: 'u-ann', value: record('QkwxAnn', 'qkwx@example.org') },
    { table: 'person', key: 'u-ben', value: record('Ben', 'ben@example.org') },
    { table: 'person', key: 'u-bob', value: record('Bob', 'ben@example.org') },
    { table: 'person', key: 'g-1', value: new TextEncoder().encode('no JSON') },
  ]);
  await log.close();
  log = await open();
  onTestFinished(() => log.close());
  const audit = await AuditLog.open(log.records);
  const context = { ...testContext(log, join(folder, 'data')), audit };
  await backup.run({ folder: join(folder, 'backup') }, context);
  expect(await filesWith(store, 'QkwxAnn')).not.toEqual([]);

  for (const person of ['nobody', 'ben@example.org']) {
    await expect(forgetPerson.run({ person }, context)).rejects.toMatchObject({ code: 'BAD_USAGE' });
  }
  const forgotten = await forgetPerson.run({ person: 'QKWX@example.org' }, context);
  expect(forgotten).toMatchObject({ id: 'u-ann', backups: [{ folder: join(folder, 'backup') }] });
  for (const word of ['QkwxAnn', 'qkwx@']) expect(await filesWith(store, word)).toEqual([]);
  expect([...(await new Persons(log.records).lookUp(['u-ann', 'u-ben'])).keys()]).toEqual(['u-ben']);
  await audit.settled();
  const { records } = await audit.read({ after: 0, limit: 10, document: null });
  expect(records).toMatchObject([{ action: 'person-forgotten', person: 'admin', detail: { id: 'u-ann' } }]);
  await forgetPerson.run({ person: 'g-1' }, context);
  expect((await log.records.list('person')).map(({ key }) => key)).toEqual(['u-ben', 'u-bob']);
});
