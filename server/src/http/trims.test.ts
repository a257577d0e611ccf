import { expect, test } from 'vitest';
import { documentName } from '../log/test/log-harness.js';
import type { TakenPast } from './past-owner.js';
import { httpStage } from './test/http-stage.js';

const NOTES = documentName('team/notes');
const DAY_MS = Date.UTC(2026, 0, 1);
const plan: TakenPast = {
  entries: 7,
  newestMs: DAY_MS - 5,
  versions: 2,
  named: [{ id: '3-1', name: 'First', timeMs: DAY_MS - 9 }],
};

/** Ann owns it, Ben edits. What is asked of the past is written down. */
async function stage() {
  const done: unknown[] = [];
  let own: { days: number | null; versions: 'all' | 'thinned' } = { days: null, versions: 'thinned' };
  const { ask, audit, log, sharing } = await httpStage({
    http: {
      trims: {
        extent: async () => ({ entries: 40, sinceMs: 5 }),
        // More than is said is kept to the server.
        plan: async (document, beforeMs) => {
          done.push(['plan', document, beforeMs]);
          return { ...plan, document } as TakenPast;
        },
        carryOut: async (plans) => void done.push(['trim', ...plans]),
      },
      keeping: {
        of: async () => ({ ofDocument: own.days, versions: own.versions, ofServer: 365 }),
        keep: async (_document, wanted) => {
          own = { ...own, ...wanted };
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
  return { ask, done, noted };
}

test('L5: an owner is told what would go, and it goes once the name is given', async () => {
  const { ask, done, noted } = await stage();
  const told = await ask('u-ann', 'GET', '/api/v1/trims/team/notes?before=2026-01-01T00:00Z');
  expect([told.status, told.body]).toEqual([200, plan]);
  expect(done).toEqual([['plan', NOTES, DAY_MS]]);
  const trim = (body: object, person = 'u-ann') => ask(person, 'POST', '/api/v1/trims/team/notes', body);
  const unsure = await trim({ before: DAY_MS, confirm: 'team' });
  expect(unsure).toMatchObject({ status: 400, body: { error: { code: 'NOT_CONFIRMED' } } });
  expect(done).toHaveLength(1);
  expect((await trim({ before: DAY_MS, confirm: NOTES })).body).toEqual(plan);
  expect(done.at(-1)).toEqual(['trim', { document: NOTES, beforeMs: DAY_MS }]);
  expect(await noted()).toMatchObject([
    {
      action: 'past-trimmed',
      person: 'u-ann',
      detail: { before: '2026-01-01T00:00:00.000Z', entries: '7', versions: '2' },
    },
  ]);
  for (const before of [undefined, 'yesterday', Date.now() + 1e6, { seq: 1 }]) {
    expect((await trim({ before, confirm: NOTES })).status).toBe(400);
  }
});

test('I9: nobody but owners and admins may, and nobody else is told', async () => {
  const { ask, done, noted } = await stage();
  for (const [person, status] of [
    ['u-ben', 403],
    ['u-cleo', 404],
  ] as const) {
    const trims = '/api/v1/trims/team/notes';
    const keeping = '/api/v1/keeping/team/notes';
    expect((await ask(person, 'GET', `${trims}?before=1`)).status).toBe(status);
    expect((await ask(person, 'POST', trims, { before: 1, confirm: NOTES })).status).toBe(status);
    expect((await ask(person, 'GET', keeping)).status).toBe(status);
    expect((await ask(person, 'POST', keeping, { days: 1 })).status).toBe(status);
  }
  expect([done, await noted()]).toEqual([[], []]);
  expect((await ask('admin', 'POST', '/api/v1/trims/team/notes', { before: 1, confirm: NOTES })).status).toBe(200);
});

test('L5: an owner says for how long the past is kept, and which of its versions', async () => {
  const { ask, noted } = await stage();
  const url = '/api/v1/keeping/team/notes';
  const kept = { daysOfServer: 365, versions: 'thinned', entries: 40, sinceMs: 5 };
  expect((await ask('u-ann', 'GET', url)).body).toEqual({ days: null, ...kept });
  expect((await ask('u-ann', 'POST', url, { days: 90 })).body).toEqual({ days: 90, ...kept });
  for (const days of [0, 1.5, '90', 36_501, undefined]) {
    expect((await ask('u-ann', 'POST', url, { days })).status).toBe(400);
  }
  for (const versions of ['none', null, true]) {
    expect((await ask('u-ann', 'POST', url, { days: 1, versions })).status).toBe(400);
  }
  const allKept = { days: 90, ...kept, versions: 'all' };
  expect((await ask('u-ann', 'POST', url, { versions: 'all' })).body).toEqual(allKept);
  expect((await ask('u-ann', 'POST', url, { versions: 'thinned' })).body).toEqual({ days: 90, ...kept });
  expect((await ask('u-ann', 'POST', url, { days: null })).body).toEqual({ days: null, ...kept });
  expect((await noted()).map(({ action, detail }) => [action, detail])).toEqual([
    ['past-kept-for', { days: '90' }],
    ['past-kept-for', { versions: 'all' }],
    ['past-kept-for', { versions: 'thinned' }],
    ['past-kept-for', { days: 'all' }],
  ]);
});
