import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { EntryPages, type PageLimits } from '../history/entry-pages.js';
import { FIRST_EPOCH } from '../log/document-log.js';
import { content, documentName, Ear, newEntry } from '../log/test/log-harness.js';
import { Turns } from '../turns.js';
import { httpStage, noPast, user } from './test/http-stage.js';

const NOTES = documentName('team/notes');
const history = { inflateState: async (state: Uint8Array) => inflateRawSync(state) };
const START_MS = Date.UTC(2026, 10, 21, 9);

/** Ann owns it, Ben edits, Cleo reads. Three entries of 3, 200 and 1 bytes. */
async function notes(limits: Partial<PageLimits> = {}) {
  let pages: EntryPages | null = null;
  let meanwhile = async (): Promise<unknown> => undefined;
  const entryPages: Pick<EntryPages, 'read'> = {
    read: async (...asked) => {
      await meanwhile();
      return pages!.read(...asked);
    },
  };
  const stage = await httpStage({ http: { past: { ...noPast, entryPages } } });
  pages = new EntryPages({ log: stage.log, history, turns: new Turns({ atOnce: 1 }), limits });
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
  const written = [
    { author: 'u-ann', timeMs: START_MS, update: Uint8Array.of(1, 2, 3) },
    { author: 'u-ben', timeMs: START_MS + 90_000, update: new Uint8Array(200).fill(7) },
    { author: '', timeMs: START_MS + 90_000, update: Uint8Array.of(9) },
  ];
  for (const entry of written) channel.append(newEntry('', { ...entry, outboxId: 'never told', clientSeq: 5 }));
  await ear.hears(3);
  await channel.close();
  const page = async (query: string, person = 'u-ben') => {
    const headers = { authorization: `Bearer ${person}` };
    const answer = await stage.app.inject({ url: `/api/v1/entries/team/notes${query}`, headers });
    return { status: answer.statusCode, headers: answer.headers, ...readPage(answer.rawPayload) };
  };
  const during = (happens: () => Promise<unknown>): void => {
    meanwhile = happens;
  };
  return { ...stage, page, written, during };
}

/** As docs/api.md says it. */
function readPage(bytes: Uint8Array) {
  const line = bytes.indexOf(10);
  const head = JSON.parse(Buffer.from(bytes.subarray(0, line < 0 ? bytes.length : line)).toString());
  let at = line < 0 ? bytes.length : line + 1;
  const readUint = (): number => {
    let value = 0;
    for (let unit = 1; ; unit *= 128) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
  };
  const entries: { author: string; timeMs: number; update: Uint8Array }[] = [];
  for (let timeMs = 0; at < bytes.length; ) {
    timeMs += readUint();
    const author = head.people[readUint()].person;
    const length = readUint();
    at += length;
    entries.push({ author, timeMs, update: Uint8Array.from(bytes.subarray(at - length, at)) });
  }
  return { head, entries };
}

test('entries are told in order, with who wrote them and when, and nothing else that is known of them', async () => {
  const { page, persons, written } = await notes();
  persons.seen(user('ben'));
  await expect.poll(async () => (await persons.lookUp(['u-ben'])).size).toBe(1);
  const { status, headers, head, entries } = await page('');
  expect([status, headers['content-type'], headers['cache-control']]).toEqual([
    200,
    'application/octet-stream',
    'no-store',
  ]);
  expect(head).toEqual({
    epoch: FIRST_EPOCH,
    head: 3,
    first: 1,
    last: 3,
    people: [
      { person: 'u-ann', name: null },
      { person: 'u-ben', name: 'ben' },
      { person: '', name: null },
    ],
  });
  expect(entries).toEqual(written);
  expect(await page('?after=3')).toMatchObject({ status: 200, head: { head: 3, last: 3 }, entries: [] });
});

test('pages end by bytes and by entries, and what is large is in one all the same', async () => {
  const ends = async (limits: Partial<PageLimits>): Promise<number[]> => {
    const { page } = await notes(limits);
    const found: number[] = [];
    for (let after = 0; after < 3; ) {
      const { head } = await page(`?after=${after}&epoch=${FIRST_EPOCH}`);
      after = head.last;
      found.push(after);
    }
    return found;
  };
  expect(await ends({ maxEntries: 2 })).toEqual([2, 3]);
  expect(await ends({ maxBytes: 1 })).toEqual([1, 2, 3]);
  expect(await ends({})).toEqual([3]);
});

test('who may read and not write is not told what there was; of what one may not open nobody is told', async () => {
  const { ask, page } = await notes();
  expect(await page('', 'u-cleo')).toMatchObject({ status: 403, head: { error: { code: 'EDITORS_ONLY' } } });
  const kept = await ask('', 'GET', '/api/v1/entries/team/notes');
  const absent = await ask('', 'GET', '/api/v1/entries/team/none');
  expect([kept.status, kept.body]).toEqual([404, absent.body]);
});

test('I9: who was shut out while a page was read is not told it, and gets no other', async () => {
  const { during, page, sharing } = await notes({ maxEntries: 2 });
  expect(await page('')).toMatchObject({ status: 200, head: { last: 2 } });
  during(() => sharing.write(NOTES, { people: [] }));
  expect(await page('?after=2')).toMatchObject({ status: 404, head: { error: { code: 'NOT_FOUND' } } });
  during(async () => undefined);
  expect(await page('?after=2')).toMatchObject({ status: 404, head: { error: { code: 'NOT_FOUND' } } });
});

test('L5: of a past that was trimmed the first page is the state that stands for it', async () => {
  const { log, page, written } = await notes();
  const checkpoint = {
    seq: 2,
    state: deflateRawSync(Uint8Array.of(0, 0)),
    stateVector: Uint8Array.of(0),
    deleteSet: Uint8Array.of(0),
    contentHash: new Uint8Array(16),
    outboxes: new Map(),
    owners: new Map(),
  };
  await log.rearrange((moves) => moves.trim([{ id: content(NOTES), epoch: FIRST_EPOCH, checkpoint }], []));
  const first = await page('');
  expect(first.head).toMatchObject({ head: 3, first: 2, last: 2, people: [{ person: '', name: null }] });
  expect(first.entries).toEqual([{ author: '', timeMs: START_MS + 90_000, update: Uint8Array.of(0, 0) }]);
  const second = await page('?after=2');
  expect(second.head).toMatchObject({ first: 3, last: 3 });
  expect(second.entries).toEqual(written.slice(2));

  // Trimmed between the look at the base and at the entries.
  const before = await log.view(content(NOTES));
  vi.spyOn(before, 'base').mockResolvedValueOnce(null);
  vi.spyOn(log, 'view').mockResolvedValueOnce(before);
  expect((await page('')).head).toMatchObject({ first: 2, last: 2 });
});

test('a document that was replaced is not gone on with', async () => {
  const { log, page } = await notes();
  await log.rearrange((moves) => moves.replaceChannel(content(NOTES), { entries: [], checkpoint: null }));
  expect(await page(`?after=2&epoch=${FIRST_EPOCH}`)).toMatchObject({
    status: 409,
    head: { error: { code: 'CHANNEL_REPLACED' } },
  });
  expect(await page('')).toMatchObject({ status: 200, head: { head: 0, last: 0, people: [] }, entries: [] });
});

test.each(['?after=4', '?after=-1', '?after=x', '?after=1&after=2', '?epoch=', '?epoch=now'])(
  '%s is refused with a sentence',
  async (query) => {
    const { complaints, page } = await notes();
    const { status, head } = await page(query);
    expect([status, head.error.code]).toEqual(query === '?after=4' ? [404, 'NO_SUCH_ENTRY'] : [400, 'BAD_REQUEST']);
    expect(complaints).toEqual([]);
  },
);
