import { describe, expect, test } from 'vitest';
import type { MomentName } from '../history/moments.js';
import { documentName } from '../log/test/log-harness.js';
import { SyncError } from '../sync-error.js';
import { httpStage, noPast } from './test/http-stage.js';

const asked = '/api/v1/comparisons/team/plan?from=1&to=2026-11-21T14:05:00Z';

/** A document of Ann's that Ben may read, and a comparison of what is asked. */
async function stage(failure?: SyncError) {
  const moments: [name: string, from: MomentName, to: MomentName][] = [];
  const comparisons = {
    compare: async (document: string, from: MomentName, to: MomentName) => {
      moments.push([document, from, to]);
      if (failure) throw failure;
      const counts = { inserted: 1, deleted: 0, reformatted: 0, restored: 0, moved: 0, others: 0 };
      const people = [
        { id: 'u-ann', ...counts },
        { id: 'u-gone', ...counts },
      ];
      return {
        from: { seq: 1, timeMs: 5 },
        to: { seq: 2, timeMs: 6 },
        warnings: ['A restore cannot be read.'],
        people,
        json: Buffer.from('{"parts":[],"steps":[]}'),
      };
    },
  };
  const made = await httpStage({ http: { past: { ...noPast, comparisons } } });
  for (const name of ['team/plan', 'a $& b']) {
    await made.log.createDocument(documentName(name), 1);
    await made.sharing.write(name, { owner: 'u-ann', people: [{ person: 'u-ben', email: null, role: 'reader' }] });
  }
  return { ...made, moments };
}

describe('GET /api/v1/comparisons', () => {
  test('compares two moments, and names the people', async () => {
    const { ask, moments, persons } = await stage();
    // Whoever asks has a record of who they are.
    await ask('u-ann', 'GET', '/api/v1/documents');
    await expect.poll(async () => (await persons.lookUp(['u-ann'])).size).toBe(1);
    const { status, body, headers } = await ask('u-ann', 'GET', asked);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    const counts = { inserted: 1, deleted: 0, reformatted: 0, restored: 0, moved: 0, others: 0 };
    expect(body).toEqual({
      from: { seq: 1, timeMs: 5 },
      to: { seq: 2, timeMs: 6 },
      warnings: ['A restore cannot be read.'],
      people: [
        { id: 'u-ann', ...counts, name: 'ann' },
        { id: 'u-gone', ...counts, name: null },
      ],
      parts: [],
      steps: [],
    });
    expect(moments).toEqual([
      ['team/plan', { kind: 'seq', seq: 1 }, { kind: 'time', timeMs: Date.UTC(2026, 10, 21, 14, 5) }],
    ]);
  });

  test('goes up to now when nobody says up to where', async () => {
    const { ask, moments } = await stage();
    await ask('u-ann', 'GET', '/api/v1/comparisons/a%20%24%26%20b?from=12-1');
    await ask('u-ann', 'GET', '/api/v1/comparisons/team/plan?from=beginning');
    expect(moments).toEqual([
      ['a $& b', { kind: 'version', id: '12-1' }, { kind: 'now' }],
      ['team/plan', { kind: 'beginning' }, { kind: 'now' }],
    ]);
  });

  test('is for those who may write: a reader may have come after something was taken out', async () => {
    const { ask, moments } = await stage();
    expect(await ask('u-ben', 'GET', asked)).toMatchObject({ status: 403, body: { error: { code: 'EDITORS_ONLY' } } });
    const kept = await ask('u-cleo', 'GET', asked);
    const absent = await ask('u-cleo', 'GET', asked.replace('plan', 'none'));
    expect(kept.status).toBe(404);
    expect(absent.body).toEqual(kept.body);
    expect((await ask('admin', 'GET', asked.replace('plan', 'none'))).status).toBe(404);
    expect(moments).toEqual([]);
  });

  test.each(['from=', 'from=yesterday', 'from=1&to=', 'from=1&from=2', 'from=2026-11-21T14:05', 'from=1&to=-1'])(
    '%s is no moment, and says what one is',
    async (query) => {
      const { ask, moments } = await stage();
      const { status, body } = await ask('u-ann', 'GET', `/api/v1/comparisons/team/plan?${query}`);
      expect([status, body.error.code]).toEqual([400, 'BAD_REQUEST']);
      expect(body.error.message).toMatch(/the number of an entry, or a time with its zone/);
      expect(moments).toEqual([]);
    },
  );

  test.each([
    ['NO_SUCH_ENTRY', 404],
    ['BAD_REQUEST', 400],
    ['TOO_LARGE', 413],
    ['TOO_MANY', 429],
    ['CHANNEL_REPLACED', 409],
  ] as const)('%s is told as it is, with %i', async (code, status) => {
    const { ask, complaints } = await stage(new SyncError(code, 'A sentence.'));
    expect(await ask('u-ann', 'GET', asked)).toMatchObject({
      status,
      body: { error: { code, message: 'A sentence.' } },
    });
    expect(complaints).toEqual([]);
  });
});
