import { expect, test } from 'vitest';
import { documentName } from '../log/test/log-harness.js';
import { SyncError } from '../sync-error.js';
import { httpStage } from './test/http-stage.js';

const NOTES = documentName('team/notes');
const URL = '/api/v1/erasures/team/notes';
const taken = { entries: 7, newestMs: 5, versions: 2, named: [{ id: '3-1', name: 'First', timeMs: 4 }] };
const told = { ...taken, nothing: false, replacedFiles: 1, backups: [{ lastMs: 3 }] };

/** Ann owns it, Ben edits. */
async function stage({ refusal = null as SyncError | null, isNothing = false } = {}) {
  const erased: unknown[] = [];
  const { ask, audit, log, sharing } = await httpStage({
    http: {
      deleted: {
        plan: async (document) => {
          const backups = [{ folder: '/backups', firstMs: 1, lastMs: 3 }];
          return { ...taken, document, replacedFiles: ['/data/replaced/notes.weft'], backups, isNothing };
        },
        erase: async ({ document }) => {
          if (refusal !== null) throw refusal;
          erased.push(document);
        },
      },
    },
  });
  await log.createDocument(NOTES, 1);
  await sharing.write(NOTES, { owner: 'u-ann', people: [{ person: 'u-ben', email: null, role: 'editor' }] });
  const noted = async () => {
    await audit.settled();
    return (await audit.read({ after: 0, limit: 100, document: null })).records;
  };
  return { ask, erased, noted };
}

test('L5: an owner is told what would go, but not where it lies, and it goes once the name is given', async () => {
  const { ask, erased, noted } = await stage();
  const plan = await ask('u-ann', 'GET', URL);
  expect([plan.status, plan.body]).toEqual([200, told]);
  for (const body of [{}, { confirm: 'team' }, { confirm: true }]) {
    const unsure = await ask('u-ann', 'POST', URL, body);
    expect(unsure).toMatchObject({ status: 400, body: { error: { code: 'NOT_CONFIRMED' } } });
  }
  expect(erased).toEqual([]);
  expect((await ask('u-ann', 'POST', URL, { confirm: NOTES })).body).toEqual(told);
  expect(erased).toEqual([NOTES]);
  const detail = { entries: '7', versions: '2' };
  expect(await noted()).toMatchObject([{ action: 'deleted-erased', person: 'u-ann', detail }]);
});

test('where there is nothing to erase it is said, and not noted as done', async () => {
  const { ask, noted } = await stage({ isNothing: true });
  expect((await ask('u-ann', 'POST', URL, { confirm: NOTES })).body).toEqual({ ...told, nothing: true });
  expect(await noted()).toEqual([]);
});

test('I9: nobody but owners and admins may', async () => {
  const { ask, erased, noted } = await stage();
  for (const [person, status] of [
    ['u-ben', 403],
    ['u-cleo', 404],
  ] as const) {
    expect((await ask(person, 'GET', URL)).status).toBe(status);
    expect((await ask(person, 'POST', URL, { confirm: NOTES })).status).toBe(status);
  }
  expect([erased, await noted()]).toEqual([[], []]);
  expect((await ask('admin', 'POST', URL, { confirm: NOTES })).status).toBe(200);
});

test('what cannot be done while several servers have the store is told as that, and is no fault of ours', async () => {
  const { ask, noted } = await stage({ refusal: new SyncError('SEVERAL_SERVERS', 'Nothing was changed.') });
  const refused = await ask('u-ann', 'POST', URL, { confirm: NOTES });
  expect(refused).toMatchObject({
    status: 409,
    body: { error: { code: 'SEVERAL_SERVERS', message: 'Nothing was changed.' } },
  });
  expect(await noted()).toEqual([]);
});
