import { describe, expect, test, vi } from 'vitest';
import { auditIdOf } from '../access/audit-record.js';
import { documentName } from '../log/test/log-harness.js';
import { httpStage } from './test/http-stage.js';

/** Documents 0, 1, 2, …, the last of them the newest; Ann owns the even ones, Ben reads every third. */
async function library(count: number) {
  const stage = await httpStage();
  for (let n = 0; n < count; n++) {
    const name = documentName(`doc-${n}`);
    await stage.log.createDocument(name, 1000 + n);
    const people = n % 3 === 0 ? [{ person: 'u-ben', email: null, role: 'reader' as const }] : [];
    await stage.sharing.write(name, { owner: n % 2 === 0 ? 'u-ann' : 'u-cleo', people });
  }
  const list = async (person: string, query = '') => {
    const { body } = await stage.ask(person, 'GET', `/api/v1/documents${query}`);
    return body as { documents: { name: string; role: string }[]; next: string | null };
  };
  return { ...stage, list };
}
const names = (documents: readonly { name: string }[]): string[] => documents.map(({ name }) => name);

describe('the list of documents', () => {
  test('has those one may read, with what one may do there, the one changed last first', async () => {
    const { list } = await library(7);
    expect((await list('u-ann')).documents.map(({ name, role }) => [name, role])).toEqual([
      ['doc-6', 'owner'],
      ['doc-4', 'owner'],
      ['doc-2', 'owner'],
      ['doc-0', 'owner'],
    ]);
    expect((await list('u-ben')).documents.map(({ name, role }) => [name, role])).toEqual([
      ['doc-6', 'reader'],
      ['doc-3', 'reader'],
      ['doc-0', 'reader'],
    ]);
    expect((await list('admin')).documents).toHaveLength(7);
    expect(await list('')).toEqual({ documents: [], next: null });
  });

  test('comes in pages, which together have each once', async () => {
    const { list } = await library(130);
    expect((await list('admin')).documents).toHaveLength(100);
    for (const [person, limit, count] of [
      ['u-ben', 7, 44],
      ['u-ann', 1, 65],
      ['admin', 1000, 130],
    ] as const) {
      const found: string[] = [];
      let query = `?limit=${limit}`;
      for (;;) {
        const { documents, next } = await list(person, query);
        expect(documents.length).toBeLessThanOrEqual(limit);
        found.push(...names(documents));
        if (next === null) break;
        query = `?limit=${limit}&after=${next}`;
      }
      expect(found).toHaveLength(count);
      expect(new Set(found).size).toBe(count);
    }
  });

  test('goes on where it was when a document is made, or the last one shown is erased', async () => {
    const { list, log } = await library(5);
    const first = await list('admin', '?limit=2');
    await log.createDocument(documentName('new'), 5000);
    await log.eraseDocument(documentName('doc-3'));
    expect(names((await list('admin', `?limit=9&after=${first.next}`)).documents)).toEqual(['doc-2', 'doc-1', 'doc-0']);
  });

  test('documents of one moment are told apart by their names', async () => {
    const { list, log } = await library(0);
    for (const name of ['b', 'a', 'c']) await log.createDocument(documentName(name), 7);
    const first = await list('admin', '?limit=2');
    expect(names(first.documents)).toEqual(['a', 'b']);
    expect(names((await list('admin', `?after=${first.next}`)).documents)).toEqual(['c']);
  });

  test.each(['limit=0', 'limit=1001', 'limit=x', 'limit=-1', 'after=!', 'after=bm90'])(
    '%s is refused',
    async (query) => {
      const { ask } = await httpStage();
      expect(await ask('admin', 'GET', `/api/v1/documents?${query}`)).toMatchObject({
        status: 400,
        body: { error: { code: 'BAD_REQUEST' } },
      });
    },
  );

  test('is made a page at a time, however many ask', async () => {
    const { list, sharing } = await library(200);
    const read = sharing.read.bind(sharing);
    let reading = 0;
    let most = 0;
    vi.spyOn(sharing, 'read').mockImplementation(async (document) => {
      reading += 1;
      most = Math.max(most, reading);
      const found = await read(document);
      reading -= 1;
      return found;
    });
    const pages = await Promise.all(Array.from({ length: 20 }, () => list('u-ann')));
    expect([most, pages.every(({ documents }) => documents.length === 100)]).toEqual([50, true]);
  });

  test('looks at so many at once, and says where to go on', async () => {
    const { list, log, sharing } = await library(0);
    for (let n = 0; n < 2100; n++) await log.createDocument(documentName(`doc-${n}`), 1000 + n);
    await sharing.write('doc-0', { owner: 'u-ann' });
    const first = await list('u-ann');
    expect(first.documents).toEqual([]);
    // It ends at a document that is nothing to Ann.
    expect(Buffer.from(first.next!, 'base64url').toString()).not.toContain('doc-');
    expect(first.next).toHaveLength((await list('admin', '?limit=1')).next!.length);
    expect(names((await list('u-ann', `?after=${first.next}`)).documents)).toEqual(['doc-0']);
  });
});

describe('a new document', () => {
  test('belongs to who made it, and is in the audit log', async () => {
    const { ask, audit } = await httpStage();
    const { status, body } = await ask('u-ann', 'POST', '/api/v1/documents', {});
    expect(status).toBe(201);
    expect(await ask('u-ann', 'GET', `/api/v1/documents/${body.name}`)).toMatchObject({
      status: 200,
      body: { role: 'owner' },
    });
    expect((await ask('u-ben', 'GET', `/api/v1/documents/${body.name}`)).status).toBe(404);
    await audit.settled();
    expect((await audit.read({ after: null, limit: 9, document: null })).records).toMatchObject([
      { action: 'document-created', person: 'u-ann', documentId: auditIdOf(body.name) },
    ]);
  });

  test('is made by those who may, under a name they may choose; others learn nothing of those there are', async () => {
    const { ask, log } = await httpStage({
      mayCreate: ({ person }, name) => person === 'u-ann' && (name === null || name.startsWith('ann/')),
    });
    await log.createDocument(documentName('taken'), 1);
    await log.createDocument(documentName('ann/taken'), 1);
    const create = async (person: string, name?: string) =>
      (await ask(person, 'POST', '/api/v1/documents', name === undefined ? {} : { name })).status;
    expect(await create('u-ann')).toBe(201);
    expect(await create('u-ann', 'ann/notes')).toBe(201);
    expect(await create('u-ann', 'ann/taken')).toBe(409);
    for (const [person, name] of [
      ['u-ann', 'taken'],
      ['u-ann', 'free'],
      ['u-ben', 'taken'],
      ['u-ben', 'free'],
      ['', 'taken'],
    ] as const) {
      const { status, text } = await ask(person, 'POST', '/api/v1/documents', { name });
      expect([status, text]).toEqual([403, expect.stringContaining('MAY_NOT_CREATE')]);
    }
    expect(await create('u-ben')).toBe(403);
    expect(await log.documents()).toHaveLength(4);
  });

  test('with a token that is not accepted nothing is made', async () => {
    const { ask, log } = await httpStage();
    const answer = await ask('u-stranger', 'POST', '/api/v1/documents', {});
    expect(answer).toMatchObject({ status: 401, body: { error: { code: 'UNAUTHORIZED' } } });
    expect(await log.documents()).toEqual([]);
  });
});

describe('one that is absent and one that is kept from somebody', () => {
  const paths = ['/api/v1/documents/', '/api/v1/access/'];

  test.each(paths)('are answered alike at %s: status, headers, body, and reads of the store', async (path) => {
    const { ask, log, sharing, store } = await httpStage();
    await log.createDocument(documentName('secret'), 1);
    await sharing.write('secret', { owner: 'u-ann' });
    // Who somebody is is kept when they are first seen.
    await ask('u-ben', 'GET', '/api/v1/documents');
    const asked = async (name: string) => {
      const before = store.reads;
      const { status, headers, text } = await ask('u-ben', 'GET', path + name);
      const { date: _, ...rest } = headers;
      return { status, headers: rest, text, reads: store.reads - before };
    };
    const kept = await asked('secret');
    expect(kept).toMatchObject({ status: 404, reads: 1 });
    expect(await asked('absent')).toEqual(kept);
    const posted = async (name: string) => {
      const before = store.reads;
      const { status, text } = await ask('u-ben', 'POST', `/api/v1/access/${name}`, { do: 'remove', person: 'u-ann' });
      return { status, text, reads: store.reads - before };
    };
    expect(await posted('absent')).toEqual(await posted('secret'));
  });

  test('a link that was shown opens what it opens', async () => {
    const { ask, log, sharing } = await httpStage();
    await log.createDocument(documentName('notes'), 1);
    const link = { id: 'l1', role: 'reader' as const, label: '', createdBy: '', createdAtMs: 1, expiresAtMs: null };
    await sharing.write('notes', { links: [link] });
    const withLink = (secret: string) =>
      ask('u-ben', 'GET', '/api/v1/documents/notes', undefined, { 'weft-link': secret });
    expect(await withLink('secret of l1')).toMatchObject({ status: 200, body: { name: 'notes', role: 'reader' } });
    expect((await withLink('another secret')).status).toBe(404);
  });
});
