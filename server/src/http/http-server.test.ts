import { expect, test } from 'vitest';
import type { DocumentLog } from '../log/document-log.js';
import { createHttpServer } from './http-server.js';

test('what fails in the server is told to whoever runs it, and not to who asked', async () => {
  const complaints: string[] = [];
  const log = { documents: () => Promise.reject(new Error('no such thing')) } as unknown as DocumentLog;
  const app = await createHttpServer({
    log,
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
    webRoot: null,
    isReady: () => true,
    alarms: () => 2,
    complain: () => {},
  });
  const answer = await app.inject('/readyz');
  expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ready', alarms: 2 }]);
  await app.close();
});
