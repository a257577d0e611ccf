// A document that is absent, and one that somebody may not open, cost the server the same with access as it is configured:
// as many reads of the store, whether what is read was read before or not.

import { expect, onTestFinished, test } from 'vitest';
import { createAccess } from '../access/create-access.js';
import { closedSettings } from '../access/test/access-harness.js';
import type { DocumentLog } from '../log/document-log.js';
import { documentName } from '../log/test/log-harness.js';
import { CountingStore, httpStage, user } from './test/http-stage.js';

const owner = { ...user('owner'), person: `u-${'o'.repeat(22)}` };
const stranger = { ...user('stranger'), person: `u-${'s'.repeat(22)}` };

const accessOf = async (log: DocumentLog) => {
  const parts = await createAccess({
    settings: closedSettings,
    records: log.records,
    audit: { note: () => undefined },
    documentExists: async (name) => (await log.document(name)) !== null,
    complain: () => undefined,
  });
  onTestFinished(() => parts.close());
  return parts;
};

test('absent and forbidden: the same answers for the same reads, in documents, sharing and asking', async () => {
  const store = new CountingStore();
  const made = await httpStage({ store });
  const { sharing } = await accessOf(made.log);
  for (const name of ['kept-1', 'kept-2', 'kept-3', 'kept-4']) {
    await made.log.createDocument(documentName(name), 1);
    await sharing.create(documentName(name), owner);
  }

  // Opened anew, so that nothing of it is in memory.
  const again = await store.anew();
  const stage = await httpStage({ store: again, configured: accessOf, known: [stranger] });
  await stage.ask(stranger.person, 'GET', '/api/v1/documents/warm-up');
  const requests = [
    ['GET', '/api/v1/documents/', undefined],
    ['GET', '/api/v1/access/', undefined],
    ['POST', '/api/v1/access/', { do: 'everyone', role: 'reader' }],
    ['POST', '/api/v1/access-requests/', {}],
  ] as const;
  for (const [index, [method, path, body]] of requests.entries()) {
    const asked = async (name: string) => {
      const before = again.reads;
      const { status, headers, text } = await stage.ask(stranger.person, method, path + name, body);
      const reads = again.reads - before;
      await stage.requests.settled();
      const { date: _, ...rest } = headers;
      return { status, headers: rest, text, reads };
    };
    const [kept, absent] = [`kept-${index + 1}`, `none-${index + 1}`];
    const cold = await asked(kept);
    expect(cold.reads).toBe(1);
    expect(await asked(absent)).toEqual(cold);
    const warm = await asked(kept);
    expect(await asked(absent)).toEqual(warm);
  }
});
