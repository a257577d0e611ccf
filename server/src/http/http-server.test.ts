import { describe, expect, test } from 'vitest';
import type { DocumentLog } from '../log/document-log.js';
import { StorageReports } from '../log/storage-health.js';
import { SyncError } from '../sync-error.js';
import { httpStage } from './test/http-stage.js';

test('what fails in the server is told to whoever runs it, and not to who asked', async () => {
  const log = { documents: () => Promise.reject(new Error('no such thing')) } as unknown as DocumentLog;
  const { ask, complaints } = await httpStage({ http: { log } });
  const failed = await ask('u-ann', 'GET', '/api/v1/documents?limit=7');
  expect([failed.status, failed.text.includes('no such thing')]).toEqual([500, false]);
  expect(complaints).toEqual([expect.stringContaining('no such thing')]);
  // What follows the path may be a ticket.
  expect(complaints[0]).not.toContain('limit=7');
});

test('a database that does not answer is not a fault of ours, and its address is not told', async () => {
  const silent = new SyncError('STORE_SILENT', 'The database does not answer: connect ECONNREFUSED 10.0.0.1:5432.');
  const log = { documents: () => Promise.reject(silent) } as unknown as DocumentLog;
  const { ask, complaints } = await httpStage({ http: { log } });
  const { status, body, text } = await ask('u-ann', 'GET', '/api/v1/documents');
  expect([status, body]).toMatchObject([503, { error: { code: 'STORE_SILENT' } }]);
  expect(text).not.toContain('10.0.0.1');
  expect(complaints).toEqual([]);
});

test('L3: alarms are counted without keeping anybody from work', async () => {
  const { ask } = await httpStage({ http: { alarms: () => 2 } });
  expect(await ask('', 'GET', '/readyz')).toMatchObject({ status: 200, body: { status: 'ready', alarms: 2 } });
});

describe('while nothing can be saved', () => {
  async function start(created: Promise<boolean>) {
    const storage = new StorageReports<'disk'>();
    const log = { createDocument: () => created, documents: async () => [] } as unknown as DocumentLog;
    const { ask } = await httpStage({ http: { log, storage, sharing: null } });
    const get = async (url: string) => {
      const { status, body } = await ask('', 'GET', url, undefined, { authorization: 'Bearer admin' });
      return [status, body];
    };
    const create = async () => {
      const { status, body } = await ask('admin', 'POST', '/api/v1/documents', {});
      return [status, body];
    };
    return { storage, get, create };
  }
  const full = 'The disk of the server is full: nothing can be saved until there is room again.';

  test('readyz says so, the list goes on, and a document is not made', async () => {
    const { storage, get, create } = await start(Promise.resolve(true));
    expect(await get('/readyz')).toEqual([200, { status: 'ready', alarms: 0 }]);
    storage.report('disk', 'full');
    expect(await get('/readyz')).toEqual([503, { status: 'not ready', reason: full, alarms: 0 }]);
    expect(await get('/api/v1/documents')).toEqual([200, { documents: [], next: null }]);
    const refusal = { error: { code: 'NOT_SAVED', message: `${full} Try again later.` } };
    expect(await create()).toEqual([503, refusal]);
    storage.report('disk', 'ok');
    expect(await get('/readyz')).toEqual([200, { status: 'ready', alarms: 0 }]);
    expect((await create())[0]).toBe(201);
  });

  test('nobody is kept waiting for a document whose write is under way', async () => {
    const { storage, create } = await start(new Promise(() => undefined));
    const answer = create();
    await new Promise(setImmediate);
    storage.report('disk', 'failing');
    expect(await answer).toMatchObject([503, { error: { code: 'NOT_SAVED' } }]);
  });
});

describe('a request that changes something', () => {
  test.each([
    ['text/plain', '{}'],
    ['application/x-www-form-urlencoded', 'name=a'],
    ['multipart/form-data; boundary=x', '--x--'],
    ['application/jsonp', '{}'],
    ['', ''],
  ])('comes as JSON, and not as %j, which a form of another site can send', async (type, payload) => {
    const { app, log } = await httpStage();
    for (const url of ['/api/v1/documents', '/api/v1/access/a', '/api/v1/access-requests/a']) {
      const headers = { authorization: 'Bearer admin', ...(type && { 'content-type': type }) };
      const answer = await app.inject({ method: 'POST', url, headers, payload });
      expect([answer.statusCode, answer.json()]).toMatchObject([415, { error: { code: 'NOT_JSON' } }]);
    }
    expect(await log.documents()).toEqual([]);
  });

  test.each(['https://elsewhere.example', 'null', 'http://localhost:81'])(
    'does not come from a page of %s',
    async (origin) => {
      const { ask, log } = await httpStage();
      for (const [method, url] of [
        ['POST', '/api/v1/documents'],
        ['POST', '/api/v1/access/a'],
        ['POST', '/api/v1/access-requests/a'],
        ['DELETE', '/api/v1/sessions/1'],
      ] as const) {
        const answer = await ask('admin', method, url, {}, { origin });
        expect(answer).toMatchObject({ status: 403, body: { error: { code: 'OTHER_SITE' } } });
      }
      expect(await log.documents()).toEqual([]);
    },
  );
});

test('answers of the API are kept by nobody on the way', async () => {
  const { ask } = await httpStage();
  for (const url of [
    '/api/v1/documents',
    '/%61pi/v1/documents',
    '/api/v1/documents/none',
    '/api/v1/audit',
    '/api/v1/access/none',
  ]) {
    expect((await ask('u-ann', 'GET', url)).headers['cache-control']).toBe('no-store');
  }
});
