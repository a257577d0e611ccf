import { describe, expect, test } from 'vitest';
import type { DocumentLog } from '../log/document-log.js';
import { StorageReports } from '../log/storage-health.js';
import { createHttpServer } from './http-server.js';

test('what fails in the server is told to whoever runs it, and not to who asked', async () => {
  const complaints: string[] = [];
  const log = { documents: () => Promise.reject(new Error('no such thing')) } as unknown as DocumentLog;
  const app = await createHttpServer({
    log,
    storage: new StorageReports(),
    webRoot: null,
    isReady: () => true,
    alarms: () => 0,
    complain: (sentence) => complaints.push(sentence),
  });
  const answer = await app.inject('/api/v1/documents');
  expect([answer.statusCode, answer.body.includes('no such thing')]).toEqual([500, false]);
  expect(complaints).toEqual([expect.stringContaining('no such thing')]);
  await app.close();
});

test('L3: alarms are counted without keeping anybody from work', async () => {
  const app = await createHttpServer({
    log: {} as DocumentLog,
    storage: new StorageReports(),
    webRoot: null,
    isReady: () => true,
    alarms: () => 2,
    complain: () => {},
  });
  const answer = await app.inject('/readyz');
  expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ready', alarms: 2 }]);
  await app.close();
});

describe('while nothing can be saved', () => {
  async function start(created: Promise<boolean>) {
    const storage = new StorageReports<'disk'>();
    const log = { createDocument: () => created, documents: async () => [] } as unknown as DocumentLog;
    const app = await createHttpServer({
      log,
      storage,
      webRoot: null,
      isReady: () => true,
      alarms: () => 0,
      complain: () => undefined,
    });
    const get = async (url: string) => {
      const { statusCode, body } = await app.inject(url);
      return [statusCode, JSON.parse(body)];
    };
    const create = async () => {
      const { statusCode, body } = await app.inject({ method: 'POST', url: '/api/v1/documents', payload: {} });
      return [statusCode, JSON.parse(body)];
    };
    return { storage, get, create };
  }
  const full = 'The disk of the server is full: nothing can be saved until there is room again.';

  test('readyz says so, the list goes on, and a document is not made', async () => {
    const { storage, get, create } = await start(Promise.resolve(true));
    expect(await get('/readyz')).toEqual([200, { status: 'ready', alarms: 0 }]);
    storage.report('disk', 'full');
    expect(await get('/readyz')).toEqual([503, { status: 'not ready', reason: full, alarms: 0 }]);
    expect(await get('/api/v1/documents')).toEqual([200, { documents: [] }]);
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
