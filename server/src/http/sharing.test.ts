import { describe, expect, test } from 'vitest';
import { documentName } from '../log/test/log-harness.js';
import type { DocumentSharing } from './sharing.js';
import { ADMIN, httpStage, type StageOptions, user } from './test/http-stage.js';

const NOTES = '/api/v1/access/notes';
const ASK = '/api/v1/access-requests';

/** The document `notes` of Ann's, which Cleo may edit. */
async function stage(options: StageOptions = {}, sharing: Partial<DocumentSharing> = {}) {
  const place = await httpStage(options);
  await place.log.createDocument(documentName('notes'), 1);
  const people = [{ person: 'u-cleo', email: null, role: 'editor' as const }];
  await place.sharing.write('notes', { owner: 'u-ann', people, ...sharing });
  return place;
}

describe('who may do what in a document', () => {
  test('is shown to its owner and to admins, with names', async () => {
    const place = await stage({}, { everyone: 'reader' });
    place.persons.seen(user('ann'));
    place.persons.seen(user('cleo'));
    await place.log.records.write([]);
    await place.log.records.get('person', 'u-cleo');
    await place.log.records.write([]);
    for (const person of ['u-ann', 'admin']) {
      expect(await place.ask(person, 'GET', NOTES)).toMatchObject({
        status: 200,
        body: {
          owner: { person: 'u-ann', name: 'ann', email: 'ann@example.org' },
          people: [{ person: 'u-cleo', name: 'cleo', email: 'cleo@example.org', role: 'editor' }],
          everyone: 'reader',
          links: [],
          requests: [],
        },
      });
    }
  });

  test('is kept from those who only read or write it, and is not there for anybody else', async () => {
    const { ask, sharing } = await stage();
    for (const [method, body] of [['GET'], ['POST', { do: 'everyone', role: 'editor' }]] as const) {
      expect(await ask('u-cleo', method, NOTES, body)).toMatchObject({
        status: 403,
        body: { error: { code: 'OWNERS_ONLY' } },
      });
      expect((await ask('u-ben', method, NOTES, body)).status).toBe(404);
      expect((await ask('', method, NOTES, body)).status).toBe(404);
      expect((await ask('u-ann', method, '/api/v1/access/absent', body)).status).toBe(404);
      expect((await ask('admin', method, '/api/v1/access/absent', body)).status).toBe(404);
    }
    expect(sharing.commands).toEqual([]);
  });

  test('a change is answered with the new state', async () => {
    const { ask } = await stage();
    const granted = await ask('u-ann', 'POST', NOTES, { do: 'grant', email: ' Ben@Example.ORG', role: 'commenter' });
    expect(granted).toMatchObject({ status: 200, body: { owner: { person: 'u-ann' } } });
    expect(granted.body.people.at(-1)).toEqual({
      person: null,
      name: null,
      email: 'ben@example.org',
      role: 'commenter',
    });
    expect('secret' in granted.body).toBe(false);
  });

  test('the secret of a link is told once, to who made it, and no hash of it ever', async () => {
    const { ask, audit } = await stage();
    const made = await ask('u-ann', 'POST', NOTES, {
      do: 'make-link',
      role: 'reader',
      label: 'For all',
      expiresAtMs: null,
    });
    expect(made.body).toMatchObject({
      secret: 'secret of l1',
      links: [{ id: 'l1', role: 'reader', label: 'For all' }],
    });
    const later = await ask('u-ann', 'GET', NOTES);
    expect(later.text).not.toContain('secret');
    expect(later.text + made.text).not.toContain('never shown');
    await audit.settled();
    const { records } = await audit.read({ after: null, limit: 9, document: null });
    expect(JSON.stringify(records)).not.toContain('secret of');
  });

  test('a server where everybody may do everything has nothing to share', async () => {
    const { ask } = await stage({ http: { sharing: null } });
    expect(await ask('u-ann', 'GET', NOTES)).toMatchObject({ status: 409, body: { error: { code: 'NOT_SHARED' } } });
  });

  test('what cannot be read as a change is refused, and changes nothing', async () => {
    const { ask, sharing } = await stage();
    const answer = await ask('u-ann', 'POST', NOTES, { do: 'grant', person: 'u-ben', role: 'owner' });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
    expect(sharing.commands).toEqual([]);
  });
});

describe('asking for a document', () => {
  test('tells its owner who asks; answering takes the question away', async () => {
    const { ask, requests } = await stage();
    expect(await ask('u-ben', 'POST', `${ASK}/notes`, {})).toMatchObject({ status: 202, body: {} });
    await requests.settled();
    const { body } = await ask('u-ann', 'GET', NOTES);
    expect(body.requests).toMatchObject([{ person: 'u-ben', name: 'ben', email: 'ben@example.org' }]);
    const granted = await ask('u-ann', 'POST', NOTES, { do: 'grant', person: 'u-ben', role: 'reader' });
    expect(granted.body.requests).toEqual([]);
    expect((await ask('u-ben', 'GET', '/api/v1/documents/notes')).status).toBe(200);
  });

  test('can be declined, which gives nothing', async () => {
    const { ask, requests, sharing } = await stage();
    await ask('u-ben', 'POST', `${ASK}/notes`, {});
    await requests.settled();
    expect((await ask('u-ann', 'POST', NOTES, { do: 'decline', person: 'u-ben' })).body.requests).toEqual([]);
    expect(sharing.commands).toEqual([]);
    expect((await ask('u-ben', 'GET', '/api/v1/documents/notes')).status).toBe(404);
  });

  test('is answered alike whatever there is, with as many reads, and leaves nothing where nobody is to be asked', async () => {
    const { ask, log, requests, store } = await stage();
    const answers = new Set<string>();
    // Who somebody is is kept when they are first seen.
    for (const person of ['u-ben', 'u-cleo']) await ask(person, 'GET', '/api/v1/documents');
    for (const [person, name] of [
      ['u-ben', 'notes'],
      ['u-ben', 'absent'],
      ['u-cleo', 'notes'],
      ['', 'notes'],
      ['', 'absent'],
    ] as const) {
      const before = store.reads;
      const { status, text } = await ask(person, 'POST', `${ASK}/${name}`, {});
      answers.add(`${status} ${text} ${store.reads - before}`);
      await requests.settled();
    }
    expect(answers.size).toBe(1);
    expect((await log.records.list('request')).map(({ key }) => key)).toEqual(['notes\0u-ben']);
  });

  test('is kept once, however often it is done', async () => {
    const { ask, log, requests } = await stage();
    for (let n = 0; n < 3; n++) await ask('u-ben', 'POST', `${ASK}/notes`, {});
    await requests.settled();
    expect(await log.records.list('request')).toHaveLength(1);
  });

  test('has a limit for each person, and for each document, in silence', async () => {
    const crowd = Array.from({ length: 5 }, (_, n) => user(`guest-${n}`));
    const { ask, log, requests, sharing } = await stage({ known: crowd, requests: { perPerson: 2, perDocument: 3 } });
    for (const name of ['a', 'b', 'c']) {
      await log.createDocument(documentName(name), 1);
      await sharing.write(name, { owner: 'u-ann' });
      expect((await ask('u-ben', 'POST', `${ASK}/${name}`, {})).status).toBe(202);
    }
    await Promise.all(crowd.map(({ person }) => ask(person, 'POST', `${ASK}/notes`, {})));
    await requests.settled();
    const waiting = async (name: string) => (await requests.list(documentName(name))).length;
    expect([await waiting('a'), await waiting('b'), await waiting('c'), await waiting('notes')]).toEqual([1, 1, 0, 3]);
  });
});

describe('the audit log and the sessions', () => {
  test.each(['/api/v1/audit', '/api/v1/sessions'])('%s is for admins alone', async (url) => {
    const { ask } = await stage();
    for (const person of ['', 'u-ann', 'u-cleo']) {
      expect(await ask(person, 'GET', url)).toMatchObject({ status: 403, body: { error: { code: 'ADMINS_ONLY' } } });
    }
    expect((await ask('admin', 'GET', url)).status).toBe(200);
  });

  test('an admin reads what was done, with the names of persons and documents, in pages', async () => {
    const { ask, audit, log, persons } = await stage();
    persons.seen(user('ann'));
    for (let n = 0; n < 5; n++) audit.note({ action: 'let-in', person: 'u-ann', document: documentName('notes') });
    audit.note({ action: 'document-erased', person: ADMIN.person, document: documentName('gone') });
    await log.records.write([]);
    await log.records.write([]);
    const read = async (query: string) => (await ask('admin', 'GET', `/api/v1/audit?${query}`)).body.records;
    expect(await read('limit=2')).toMatchObject([
      { n: 5, name: 'ann', document: 'notes' },
      { n: 6, action: 'document-erased', name: null, document: null },
    ]);
    expect((await read('after=0&limit=2')).map(({ n }: { n: number }) => n)).toEqual([1, 2]);
    expect((await read('document=gone')).map(({ n }: { n: number }) => n)).toEqual([6]);
    for (const query of ['after=x', 'after=-1', 'limit=0', 'document=a//b']) {
      expect((await ask('admin', 'GET', `/api/v1/audit?${query}`)).status).toBe(400);
    }
  });

  test('an admin ends a session, which is noted', async () => {
    const kicked: string[] = [];
    const sessions = {
      list: () => [{ id: 's1', person: 'u-ben' }],
      kick: (id: string) => id === 's1' && kicked.push(id) > 0,
    };
    const { ask, audit } = await stage({ http: { sessions } });
    expect((await ask('admin', 'GET', '/api/v1/sessions')).body).toEqual({ sessions: [{ id: 's1', person: 'u-ben' }] });
    expect((await ask('u-ann', 'DELETE', '/api/v1/sessions/s1')).status).toBe(403);
    expect(kicked).toEqual([]);
    expect((await ask('admin', 'DELETE', '/api/v1/sessions/s1')).status).toBe(200);
    expect((await ask('admin', 'DELETE', '/api/v1/sessions/s2')).status).toBe(404);
    expect(kicked).toEqual(['s1']);
    await audit.settled();
    const { records } = await audit.read({ after: null, limit: 9, document: null });
    expect(records).toMatchObject([{ action: 'kicked', person: 'admin', detail: { session: 's1', person: 'u-ben' } }]);
  });
});
