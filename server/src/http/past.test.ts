import { expect, onTestFinished, test, vi } from 'vitest';
import * as Y from 'yjs';
import { comparePacked } from '../history/compare.js';
import { renderFile, renderJsonFile } from '../history/document-content.js';
import type { HistoryWorkers } from '../history/history-workers.js';
import { inlineHistory } from '../history/inline-history.js';
import { openPast } from '../history/past.js';
import { type DocumentLog, FIRST_EPOCH } from '../log/document-log.js';
import { StorageReports } from '../log/storage-health.js';
import { content, documentName, Ear, newEntry } from '../log/test/log-harness.js';
import { RoomRegistry } from '../room/room-registry.js';
import { SyncError } from '../sync-error.js';
import { defaultVersionPolicy } from '../version-settings.js';
import { httpStage, type StageOptions } from './test/http-stage.js';

const NOTES = documentName('team/notes');
const START_MS = Date.UTC(2026, 10, 21, 9);

interface NotesOptions extends StageOptions {
  /** Happens while a worker is at work. */
  readonly meanwhile?: () => Promise<void>;
}

/** Ann owns it, Ben edits, Cleo reads. One paragraph, written in three entries. */
async function notes({ http, meanwhile = async () => undefined, ...options }: NotesOptions = {}) {
  let log: DocumentLog | null = null;
  // The stage has its log only once it is there.
  const late: Pick<DocumentLog, 'view' | 'records'> = {
    view: (id) => log!.view(id),
    get records() {
      return log!.records;
    },
  };
  const complaints: string[] = [];
  const complain = (sentence: string): void => void complaints.push(sentence);
  const history = {
    ...inlineHistory,
    renderJson: async (...[job, about]: Parameters<HistoryWorkers['renderJson']>) => {
      await meanwhile();
      return renderJsonFile(job, about);
    },
    renderFile: async (...args: Parameters<HistoryWorkers['renderFile']>) => renderFile(...args),
    compare: async (...[job]: Parameters<HistoryWorkers['compare']>) => {
      await meanwhile();
      return comparePacked(job);
    },
    buildCheckpoint: async (...args: Parameters<HistoryWorkers['buildCheckpoint']>) => {
      await meanwhile();
      return inlineHistory.buildCheckpoint(...args);
    },
    computeRestore: async (...args: Parameters<HistoryWorkers['computeRestore']>) => {
      await meanwhile();
      return inlineHistory.computeRestore(...args);
    },
  };
  let registry: RoomRegistry | null = null;
  const enter: RoomRegistry['enter'] = (id, sit) => registry!.enter(id, sit);
  const versionsThinnedBy = async () => [];
  const policy = defaultVersionPolicy;
  const past = openPast({ log: late, history, registry: { enter }, policy, versionsThinnedBy, complain });
  const stage = await httpStage({ ...options, http: { past, ...http } });
  log = stage.log;
  registry = new RoomRegistry({ log, history: inlineHistory, complain });
  onTestFinished(() => registry!.close(0));
  await stage.log.createDocument(NOTES, START_MS);
  await stage.sharing.write(NOTES, {
    owner: 'u-ann',
    people: [
      { person: 'u-ben', email: null, role: 'editor' },
      { person: 'u-cleo', email: null, role: 'reader' },
    ],
  });
  const ear = new Ear();
  const channel = await stage.log.open(content(NOTES), ear);
  const doc = new Y.Doc();
  doc.on('update', (update: Uint8Array) => {
    const timeMs = START_MS + channel.head * 60_000;
    channel.append(newEntry('', { update, author: channel.head === 1 ? 'u-ben' : 'u-ann', timeMs, outboxId: '' }));
  });
  const paragraph = new Y.XmlElement('paragraph');
  const text = new Y.XmlText('One');
  paragraph.insert(0, [text]);
  doc.getXmlFragment('prosemirror').insert(0, [paragraph]);
  await ear.hears(1);
  text.insert(3, ' two');
  await ear.hears(2);
  text.delete(0, 4);
  await ear.hears(3);
  await channel.close();
  return { ...stage, past, complaints };
}

test('versions are listed in pages, the newest first, with the names of people', async () => {
  const { ask, past, persons } = await notes();
  persons.seen({ person: 'u-ben', kind: 'user', name: 'Ben', email: null } as never);
  for (const [seq, name] of [
    [1, 'First'],
    [2, 'Second'],
    [3, 'Third'],
  ] as const) {
    await past.versions.name(
      NOTES,
      { seq, epoch: FIRST_EPOCH },
      { name, by: 'u-ben', asker: '', mayStill: () => true },
    );
  }
  const first = await ask('u-ben', 'GET', '/api/v1/versions/team/notes?limit=2');
  expect(first).toMatchObject({ status: 200, body: { next: '2-1' } });
  expect(first.body.versions).toEqual([
    expect.objectContaining({
      id: '3-1',
      seq: 3,
      sinceSeq: 2,
      reason: 'named',
      name: 'Third',
      inserted: 0,
      deleted: 4,
    }),
    {
      id: '2-1',
      seq: 2,
      sinceSeq: 1,
      timeMs: START_MS + 60_000,
      reason: 'named',
      name: 'Second',
      by: { person: 'u-ben', name: 'Ben' },
      madeAtMs: expect.any(Number),
      people: [{ person: 'u-ben', name: 'Ben' }],
      morePeople: 0,
      inserted: 4,
      deleted: 0,
    },
  ]);
  const rest = await ask('u-ben', 'GET', '/api/v1/versions/team/notes?before=2-1');
  expect(rest.body).toMatchObject({ versions: [{ id: '1-1', name: 'First' }], next: null });
});

test('who may write names the present, or any moment', async () => {
  const { ask, audit } = await notes();
  const named = await ask('u-ben', 'POST', '/api/v1/versions/team/notes', { name: ' Sent\u2028 to Cleo ' });
  expect(named).toMatchObject({ status: 201, body: { id: '3-1', name: 'Sent to Cleo', by: { person: 'u-ben' } } });
  const second = await ask('u-ann', 'POST', '/api/v1/versions/team/notes', {
    name: 'At noon',
    time: new Date(START_MS + 90_000).toISOString(),
  });
  expect(second).toMatchObject({ status: 201, body: { id: '2-1', timeMs: START_MS + 60_000 } });
  const { records } = await audit.read({ after: null, limit: 9, document: NOTES });
  expect(records).toMatchObject([
    { action: 'version-named', person: 'u-ben', detail: { version: '3-1' } },
    { action: 'version-named', person: 'u-ann', detail: { version: '2-1' } },
  ]);
  for (const name of ['', ' ', 'x'.repeat(101), 5]) {
    const refused = await ask('u-ben', 'POST', '/api/v1/versions/team/notes', { name });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
  }
});

test.each([
  ['seq=1', 'One'],
  ['seq=2', 'One two'],
  ['time=2026-11-21T09:01:59Z', 'One two'],
  ['time=2026-11-21T10:01:59%2B01:00', 'One two'],
  [`time=${START_MS}`, 'One'],
  ['version=2-1', 'One two'],
  ['', 'two'],
])('what the text was at a moment is there in all formats: %s', async (query, words) => {
  const { app, past } = await notes();
  const meant = { seq: 2, epoch: FIRST_EPOCH };
  await past.versions.name(NOTES, meant, { name: 'Second', by: '', asker: '', mayStill: () => true });
  const get = (format: string) =>
    app.inject({
      url: `/api/v1/moments/team/notes?${query}&format=${format}`,
      headers: { authorization: 'Bearer u-ben' },
    });
  const json = await get('json');
  expect(json.json()).toMatchObject({ weft: 1, name: 'team/notes', content: { type: 'doc' } });
  expect(JSON.stringify(json.json().content)).toContain(`"${words}"`);
  expect((await get('markdown')).body.trim()).toBe(words.trim());
  expect((await get('text')).body.trim()).toBe(words.trim());
  const html = await get('html');
  expect(html.body).toContain(words.trim());
  // Nothing of it runs as a page of this server.
  expect(html.headers).toMatchObject({
    'content-disposition': 'attachment',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  const doc = new Y.Doc();
  Y.applyUpdate(doc, (await get('update')).rawPayload);
  expect(doc.getXmlFragment('prosemirror').toString()).toBe(`<paragraph>${words}</paragraph>`);
});

test.each([
  ['version=x', 400],
  ['seq=1.5', 400],
  ['time=yesterday', 400],
  ['time=2026-11-21T09:01:59', 400],
  ['seq=1&version=1-1', 400],
  ['format=pdf', 400],
  ['seq=4', 404],
  ['version=2-1', 404],
  ['time=2026-11-21', 400],
  ['time=2026-11-20T00:00Z', 404],
])('a moment that is none, or is not there, is refused: %s', async (query, status) => {
  const { ask } = await notes();
  const answer = await ask('u-ben', 'GET', `/api/v1/moments/team/notes?${query}`);
  expect([answer.status, answer.body.error.message]).toEqual([status, expect.stringMatching(/\.$/)]);
});

test.each([{ version: { toString: 1 } }, { version: ['3-1'] }, { seq: [1] }, { seq: true }, { time: [0] }])(
  'a moment that is neither text nor number is none: %j',
  async (moment) => {
    const { ask } = await notes();
    const answer = await ask('u-ben', 'POST', '/api/v1/versions/team/notes', { name: 'v', ...moment });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
  },
);

test('an owner brings a moment back, once for each request, and it is audited with the reason', async () => {
  const { ask, audit, log } = await notes();
  const command = { seq: 2, reason: 'It was better.', request: 'request-1' };
  const done = await ask('u-ann', 'POST', '/api/v1/restores/team/notes', command);
  expect(done).toMatchObject({ status: 200, body: { to: 2, seq: 4, before: '3-1', wasDone: false } });
  const again = await ask('u-ann', 'POST', '/api/v1/restores/team/notes', command);
  expect(again.body).toEqual({ ...done.body, wasDone: true });
  expect(await (await log.view(content(NOTES))).entriesAfter(3)).toMatchObject([{ author: 'u-ann' }]);
  const { records } = await audit.read({ after: null, limit: 9, document: NOTES });
  expect(records).toMatchObject([
    { action: 'moment-restored', person: 'u-ann', detail: { to: '2', seq: '4', reason: 'It was better.' } },
  ]);
  for (const wrong of [{ seq: 2 }, { request: 'request-2' }, { seq: 2, request: 'short' }, { ...command, reason: 7 }]) {
    const refused = await ask('u-ann', 'POST', '/api/v1/restores/team/notes', wrong);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
  }
});

test('an owner takes a restore back by its entry, and that is audited', async () => {
  const { ask, audit } = await notes();
  const restores = '/api/v1/restores/team/notes';
  await ask('u-ann', 'POST', restores, { seq: 2, request: 'request-1' });
  const undone = await ask('u-ann', 'POST', restores, { undo: 4, reason: 'Not that.', request: 'request-2' });
  expect(undone).toMatchObject({ status: 200, body: { to: 3, seq: 5, before: '4-1', wasDone: false } });
  expect(await ask('u-ann', 'POST', restores, { undo: 1, request: 'request-3' })).toMatchObject({ status: 404 });
  expect((await ask('u-ben', 'POST', restores, { undo: 4, request: 'request-4' })).status).toBe(403);
  for (const wrong of [{ undo: 4, seq: 2 }, { undo: '4' }, { undo: 0 }, { undo: 1.5 }]) {
    const refused = await ask('u-ann', 'POST', restores, { ...wrong, request: 'request-5' });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
  }
  const { records } = await audit.read({ after: null, limit: 9, document: NOTES });
  expect(records.map(({ action, detail }) => [action, detail])).toEqual(
    expect.arrayContaining([
      ['moment-restored', { undo: '4', seq: '5', reason: 'Not that.' }],
      ['restore-failed', { undo: '1', why: 'NO_SUCH_ENTRY', reason: '' }],
    ]),
  );
});

test('an owner brings one block of a moment back, as a comparison names it, and that is audited', async () => {
  const { ask, audit } = await notes();
  const compared = await ask('u-ann', 'GET', '/api/v1/comparisons/team/notes?from=2');
  const { id } = compared.body.parts[0].blocks[0];
  const restores = '/api/v1/restores/team/notes';
  const part = { seq: 2, blocks: [id], reason: 'Only this', request: 'request-1' };
  expect(await ask('u-ben', 'POST', restores, part)).toMatchObject({ status: 403 });
  const done = await ask('u-ann', 'POST', restores, part);
  expect(done).toMatchObject({ status: 200, body: { to: 2, seq: 4, before: '3-1', wasDone: false } });
  const textAt = async (seq: number) =>
    (await ask('u-ann', 'GET', `/api/v1/moments/team/notes?seq=${seq}`)).body.content;
  expect(await textAt(4)).toEqual(await textAt(2));
  expect(await textAt(3)).not.toEqual(await textAt(2));
  expect(await ask('u-ann', 'POST', restores, part)).toMatchObject({ body: { seq: 4, wasDone: true } });
  const missing = await ask('u-ann', 'POST', restores, { ...part, blocks: ['1-1'], request: 'request-2' });
  expect(missing).toMatchObject({ status: 404, body: { error: { code: 'NO_SUCH_BLOCK' } } });
  const wrong = [{ blocks: [] }, { blocks: id }, { blocks: [7] }, { blocks: ['1-x'] }, { seq: null }, { undo: 4 }];
  for (const one of [...wrong, { blocks: Array(1001).fill(id) }]) {
    const refused = await ask('u-ann', 'POST', restores, { ...part, ...one, request: 'request-3' });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'BAD_REQUEST' } } });
  }
  const { records } = await audit.read({ after: null, limit: 9, document: NOTES });
  expect(records.map(({ action, detail }) => [action, detail])).toEqual(
    expect.arrayContaining([
      ['moment-restored', { to: '2', blocks: '1', seq: '4', reason: 'Only this' }],
      ['restore-failed', { to: '2', blocks: '1', why: 'NO_SUCH_BLOCK', reason: 'Only this' }],
    ]),
  );
});

test('a moment becomes a document of whoever copies it, without what was deleted before', async () => {
  const { ask, log, past, sharing } = await notes({
    mayCreate: (_, name) => name === null || name.startsWith('team/'),
  });
  const made = await ask('u-ben', 'POST', '/api/v1/copies/team/notes', { seq: 3, name: 'team/copy' });
  expect(made).toMatchObject({ status: 201, body: { name: 'team/copy', seq: 3 } });
  const copy = documentName('team/copy');
  expect(await sharing.read(copy)).toMatchObject({ owner: 'u-ben' });
  const { bytes } = await past.moments.render(copy, { kind: 'now' }, 'update', '');
  const doc = new Y.Doc();
  Y.applyUpdate(doc, bytes);
  expect(doc.getXmlFragment('prosemirror').toString()).toBe('<paragraph>two</paragraph>');
  expect(Buffer.from(bytes).includes('One')).toBe(false);
  expect(await (await log.view(content(copy))).entriesAfter(0)).toMatchObject([{ author: 'u-ben' }]);

  const copies = '/api/v1/copies/team/notes';
  expect(await ask('u-ben', 'POST', copies, { name: 'team/copy' })).toMatchObject({ status: 409 });
  expect(await ask('u-ben', 'POST', copies, { name: 'other' })).toMatchObject({ status: 403 });
  expect(await ask('u-ben', 'POST', copies, { name: 'team/x', seq: 9 })).toMatchObject({ status: 404 });
  expect(await ask('u-cleo', 'POST', copies, {})).toMatchObject({ status: 403 });
  expect(await log.document(documentName('team/x'))).toBe(null);
  expect(await ask('u-ben', 'POST', copies, { name: 7 })).toMatchObject({ status: 400 });
  const chosen = await ask('u-ben', 'POST', copies, { seq: 0 });
  expect(chosen).toMatchObject({ status: 201, body: { name: expect.stringMatching(/^[\da-f-]{36}$/), seq: 0 } });
});

test('who may write with a link and make no documents is told so, and not that a name is wrong', async () => {
  const { ask } = await notes({ mayCreate: () => false });
  const refused = (message: string) => ({ status: 403, body: { error: { code: 'MAY_NOT_CREATE', message } } });
  expect(await ask('u-ben', 'POST', '/api/v1/copies/team/notes', {})).toMatchObject(
    refused('You may not make documents here. Sign in, or ask whoever runs this server.'),
  );
  expect(await ask('u-ben', 'POST', '/api/v1/copies/team/notes', { name: 'team/copy' })).toMatchObject(
    refused(
      'You may not make a document of this name. Leave the name out, and the server chooses one, if you may make any.',
    ),
  );
});

test('I9: the past is for those who write, bringing it back for owners, and for others nothing is there', async () => {
  const { ask, log } = await notes();
  const restore = { seq: 1, request: 'request-1' };
  const asks = (person: string, name: string) => [
    ask(person, 'GET', `/api/v1/versions/${name}`),
    ask(person, 'POST', `/api/v1/versions/${name}`, { name: 'v' }),
    ask(person, 'GET', `/api/v1/moments/${name}`),
    ask(person, 'POST', `/api/v1/restores/${name}`, restore),
  ];
  const answers = async (person: string, name: string) =>
    (await Promise.all(asks(person, name))).map(({ status, body }) => body.error?.code ?? status);
  expect(await answers('u-cleo', 'team/notes')).toEqual([
    'EDITORS_ONLY',
    'EDITORS_ONLY',
    'EDITORS_ONLY',
    'OWNERS_ONLY',
  ]);
  expect(await answers('', 'team/notes')).toEqual(Array(4).fill('NOT_FOUND'));
  expect(await answers('u-ann', 'team/other')).toEqual(Array(4).fill('NOT_FOUND'));
  expect(await answers('admin', 'team/other')).toEqual(Array(4).fill('NOT_FOUND'));
  expect(await log.records.list('version')).toEqual([]);
  expect(await ask('u-ben', 'POST', '/api/v1/restores/team/notes', restore)).toMatchObject({ status: 403 });
  expect((await log.view(content(NOTES))).head).toBe(3);
  expect(await ask('admin', 'POST', '/api/v1/restores/team/notes', restore)).toMatchObject({ status: 200 });
});

test.each([
  ['GET', '/api/v1/moments/team/notes?seq=1', undefined],
  ['GET', '/api/v1/comparisons/team/notes?from=0', undefined],
  ['POST', '/api/v1/copies/team/notes', { name: 'team/copy' }],
] as const)(
  'I9: who was shut out while a worker worked is not told what it found: %s %s',
  async (method, url, body) => {
    const { ask, log, sharing } = await notes({
      meanwhile: () => sharing.write(NOTES, { people: [] }),
    });
    expect(await ask('u-ben', method, url, body)).toMatchObject({
      status: 404,
      body: { error: { code: 'NOT_FOUND' } },
    });
    expect(await log.document(documentName('team/copy'))).toBe(null);
  },
);

test('I9: who was shut out while a version was made names nothing', async () => {
  const { ask, audit, log, sharing } = await notes();
  const list = log.records.list.bind(log.records);
  vi.spyOn(log.records, 'list').mockImplementationOnce(async (...args) => {
    await sharing.write(NOTES, { people: [{ person: 'u-ben', email: null, role: 'reader' }] });
    return list(...args);
  });
  const named = await ask('u-ben', 'POST', '/api/v1/versions/team/notes', { name: 'v' });
  expect(named).toMatchObject({ status: 404, body: { error: { code: 'NO_ACCESS' } } });
  expect(await list('version')).toEqual([]);
  expect((await audit.read({ after: null, limit: 9, document: NOTES })).records).toEqual([]);
});

test('a restore that is refused late or fails is audited with its reason', async () => {
  let fault: Error = new SyncError('WORKER_FAILED', 'It took too long.');
  const { ask, audit, complaints } = await notes({ meanwhile: () => Promise.reject(fault) });
  const command = { seq: 2, reason: 'It was better.', request: 'request-1' };
  await ask('u-ann', 'POST', '/api/v1/restores/team/notes', command);
  fault = new SyncError('TOO_LARGE', 'A sentence.');
  const refused = await ask('u-ann', 'POST', '/api/v1/restores/team/notes', { version: '9-1', request: 'request-2' });
  expect(refused).toMatchObject({ status: 404, body: { error: { code: 'NO_SUCH_VERSION' } } });
  const { records } = await audit.read({ after: null, limit: 9, document: NOTES });
  expect(records.map(({ action, person, detail }) => [action, person, detail])).toEqual(
    expect.arrayContaining([
      ['restore-failed', 'u-ann', { to: '2', why: 'WORKER_FAILED', reason: 'It was better.' }],
      ['restore-failed', 'u-ann', { to: '9-1', why: 'NO_SUCH_VERSION', reason: '' }],
    ]),
  );
  expect(complaints).toEqual([]);
});

test('a restore that is written and cannot be told is audited as not known, and as done once when it is asked for again', async () => {
  const { ask, audit, complaints, log } = await notes();
  const actions = async () =>
    (await audit.read({ after: null, limit: 9, document: NOTES })).records.map(({ action, detail }) => [
      action,
      detail.why ?? detail.seq,
    ]);
  const write = log.records.write.bind(log.records);
  let writes = 0;
  const spied = vi.spyOn(log.records, 'write').mockImplementation(async (changes) => {
    if (changes[0]?.table === 'restore' && ++writes === 2) throw new SyncError('STORE_SILENT', 'It does not answer.');
    return write(changes);
  });
  const command = { seq: 2, request: 'request-1' };
  expect(await ask('u-ann', 'POST', '/api/v1/restores/team/notes', command)).toMatchObject({
    status: 503,
    body: { error: { code: 'RESTORE_UNKNOWN', message: expect.stringContaining('is not done twice') } },
  });
  spied.mockRestore();
  const notKnown = ['restore-failed', 'RESTORE_UNKNOWN'];
  expect([await actions(), (await log.view(content(NOTES))).head]).toEqual([[notKnown], 4]);
  for (const wasDone of [false, true]) {
    const again = await ask('u-ann', 'POST', '/api/v1/restores/team/notes', command);
    expect(again).toMatchObject({ status: 200, body: { to: 2, seq: 4, before: '3-1', wasDone } });
  }
  expect([(await actions()).sort(), complaints]).toEqual([[['moment-restored', '4'], notKnown], []]);
});

test('who was told that nothing can be saved is not surprised by a restore when it can again', async () => {
  const storage = new StorageReports();
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const { ask, audit, log, past } = await notes({
    http: { storage },
    meanwhile: () => {
      storage.report('log', 'full');
      return held;
    },
  });
  const restore = vi.spyOn(past.restores, 'restore');
  const command = { seq: 2, request: 'request-1' };
  const told = await ask('u-ann', 'POST', '/api/v1/restores/team/notes', command);
  expect(told).toMatchObject({ status: 503, body: { error: { code: 'NOT_SAVED' } } });
  storage.report('log', 'ok');
  letGo();
  await expect(restore.mock.results[0]!.value).rejects.toMatchObject({ code: 'NO_ACCESS' });
  await audit.settled();
  expect((await log.view(content(NOTES))).head).toBe(3);
  const { records } = await audit.read({ after: null, limit: 9, document: NOTES });
  expect(records).toMatchObject([{ action: 'restore-failed', detail: { why: 'NOT_SAVED' } }]);
});

test('a copy that cannot be written to its end leaves no document and nobody who owns it', async () => {
  const { ask, log, past, sharing } = await notes();
  const copies = past.copies as { fill: typeof past.copies.fill };
  copies.fill = () => Promise.reject(new SyncError('RESTORE_REFUSED', 'It was not taken.'));
  const failed = await ask('u-ben', 'POST', '/api/v1/copies/team/notes', { name: 'team/copy' });
  expect(failed).toMatchObject({ status: 409, body: { error: { code: 'RESTORE_REFUSED' } } });
  expect(await log.document(documentName('team/copy'))).toBe(null);
  expect(await sharing.read(documentName('team/copy'))).toMatchObject({ owner: null });
});

test('who asks for more than may wait is told when to come again, and others come to their turn', async () => {
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let isFirst = true;
  const { ask } = await notes({
    meanwhile: async () => {
      if (!isFirst) return;
      isFirst = false;
      await held;
    },
  });
  const url = '/api/v1/comparisons/team/notes?from=0';
  const many = Array.from({ length: 30 }, () => ask('u-ben', 'GET', url));
  expect((await ask('u-ann', 'GET', url)).status).toBe(200);
  letGo();
  const answers = await Promise.all(many);
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(11);
  expect(refused).toHaveLength(19);
  expect(refused[0]).toMatchObject({ headers: { 'retry-after': '5' }, body: { error: { code: 'TOO_MANY' } } });
});

test('who waits for a disk that takes nothing, or for who does, keeps nobody from reading', async () => {
  const { ask, log, past } = await notes();
  let letGo = (): void => undefined;
  const full = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const write = log.records.write.bind(log.records);
  const waits = new Promise<void>((resolve) => {
    vi.spyOn(log.records, 'write').mockImplementationOnce(async (changes) => {
      resolve();
      await full;
      return write(changes);
    });
  });
  const named = ['u-ann', 'u-ben'].map((asker) =>
    past.versions.name(NOTES, { seq: 1, epoch: FIRST_EPOCH }, { name: asker, by: '', asker, mayStill: () => true }),
  );
  await waits;
  expect(await ask('u-ann', 'GET', '/api/v1/moments/team/notes?seq=1')).toMatchObject({ status: 200 });
  letGo();
  expect((await Promise.all(named)).map(({ id }) => id)).toEqual(['1-1', '1-2']);
});

test('what a format could not hold is told in a header that every program takes', async () => {
  const { app, past } = await notes();
  const moments = past.moments as { render: typeof past.moments.render };
  const rendered = { seq: 1, timeMs: null, bytes: Uint8Array.of(123, 125) };
  const warningsOf = async (warnings: string[]): Promise<{ raw: string; told: string[] }> => {
    moments.render = async () => ({ ...rendered, warnings });
    const headers = { authorization: 'Bearer u-ben' };
    const answer = await app.inject({ url: '/api/v1/moments/team/notes', headers });
    const raw = String(answer.headers['weft-warnings']);
    return { raw, told: JSON.parse(decodeURIComponent(raw)) };
  };
  expect((await warningsOf(['Ein Bild ist zu groß.'])).told).toEqual(['Ein Bild ist zu groß.']);
  const { raw, told } = await warningsOf(Array.from({ length: 5000 }, (_, n) => `Part ${n} is \ud800 not text.`));
  expect(raw.length).toBeLessThan(4097);
  expect(told.at(-1)).toBe(`There are ${5000 - (told.length - 1)} more.`);
  expect((await warningsOf(['x'.repeat(9000)])).told).toEqual(['There are 1 more.']);
});
