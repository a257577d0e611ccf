// Restores in the room of a document: what those in it see, what is kept, and what is refused. That the update itself is right is
// for restore-update.test.ts to show.

import { CloseCode, MAX_UPDATE_BYTES } from '@weft/protocol';
import * as prng from 'lib0/prng';
import { expect, onTestFinished, test, vi } from 'vitest';
import * as Y from 'yjs';
import { NotingMember } from '../../test/room-bench.js';
import { type ChannelId, FIRST_EPOCH } from '../log/document-log.js';
import { openMemoryLog } from '../log/memory-log.js';
import { documentName } from '../log/test/log-harness.js';
import type { Outgoing } from '../room/member.js';
import { RoomRegistry } from '../room/room-registry.js';
import { SyncError } from '../sync-error.js';
import { Turns } from '../turns.js';
import { defaultVersionPolicy } from '../version-settings.js';
import { inlineHistory } from './inline-history.js';
import { type MomentName, Moments } from './moments.js';
import { pastTurns } from './past.js';
import type { RestoreComputer } from './restore-computer.js';
import { decodeOrigins, putRestore, restoresOf } from './restore-record.js';

import { type RestoreRequest, Restores } from './restores.js';
import { putVersion } from './version-record.js';
import { Versions } from './versions.js';

const NOTES = documentName('notes');
const id: ChannelId = { document: NOTES, kind: 'content' };

/** Somebody with the document open, whose edits are on disk when they resolve. */
class Writer extends NotingMember {
  readonly doc = new Y.Doc();
  #written = 0;
  #submit: (update: Uint8Array, clientSeq: number) => void = () => undefined;
  #saved: () => void = () => undefined;

  async join(registry: RoomRegistry, author: string): Promise<void> {
    await registry.enter(id, (room) => {
      const seat = room.join({ member: this, access: 'write', author, outboxId: author });
      for (const update of room.tail.after(0) ?? []) Y.applyUpdate(this.doc, update, 'server');
      seat.goLive();
      this.#submit = (update, clientSeq) => expect(seat.submit(update, clientSeq)).toEqual({ kind: 'accepted' });
    });
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === 'server') return;
      this.#written += 1;
      this.#submit(update, this.#written);
    });
  }

  write(edit: (text: Y.Text) => void): Promise<void> {
    const saved = new Promise<void>((resolve) => {
      this.#saved = resolve;
    });
    edit(this.doc.getText('text'));
    return saved;
  }

  get text(): string {
    return this.doc.getText('text').toString();
  }

  override send(out: Outgoing): void {
    super.send(out);
    const { news } = out as { news?: { updates: readonly Uint8Array[] } };
    for (const update of news?.updates ?? []) Y.applyUpdate(this.doc, update, 'server');
  }

  override saved(clientSeq: number, seq: number): void {
    super.saved(clientSeq, seq);
    if (clientSeq === this.#written) this.#saved();
  }
}

interface StageOptions {
  readonly computer?: (inner: RestoreComputer) => RestoreComputer;
}

async function stage({ computer = (inner) => inner }: StageOptions = {}) {
  const log = await openMemoryLog();
  const complaints: string[] = [];
  const complain = (sentence: string): void => void complaints.push(sentence);
  const registry = new RoomRegistry({ log, history: inlineHistory, complain });
  onTestFinished(async () => {
    await registry.close(0);
    await log.close();
    expect(complaints).toEqual([]);
  });
  const turns = new Turns(pastTurns);
  const versions = new Versions({ log, counter: inlineHistory, policy: defaultVersionPolicy, turns, complain });
  const history = {
    ...inlineHistory,
    renderJson: () => Promise.reject(new Error('not asked for')),
    renderFile: () => Promise.reject(new Error('not asked for')),
  };
  const moments = new Moments({ log, versions, history, turns });
  const restores = new Restores({ log, computer: computer(inlineHistory), moments, versions, registry, turns });
  const ann = new Writer();
  const ben = new Writer();
  await ann.join(registry, 'u-ann');
  await ben.join(registry, 'u-ben');
  const wished = (wish: RestoreRequest['wish'], rest: Partial<RestoreRequest> = {}) =>
    restores.restore(NOTES, {
      wish,
      requestId: 'request-1',
      reason: 'why',
      by: 'admin',
      asker: 'admin',
      mayStill: () => true,
      ...rest,
    });
  const restore = (to: MomentName, rest: Partial<RestoreRequest> = {}) => wished({ kind: 'moment', to }, rest);
  const undo = (seq: number, rest: Partial<RestoreRequest> = {}) => wished({ kind: 'undo', seq }, rest);
  const head = async (): Promise<number> => (await log.view(id)).head;
  const list = async () => (await versions.list(NOTES, { before: null, limit: 100 })).versions;
  return { ann, ben, head, list, log, registry, restore, undo, versions, wished };
}

test('everybody stays, sees the past come back at once, and can go on', async () => {
  const { ann, ben, head, list, log, restore } = await stage();
  await ann.write((text) => text.insert(0, 'Ann wrote this.'));
  await ben.write((text) => text.insert(text.length, ' Ben that.'));
  await ann.write((text) => text.delete(0, 9));
  expect(await restore({ kind: 'seq', seq: 2 })).toEqual({ to: 2, seq: 4, before: '3-1', wasDone: false });
  expect([ann.text, ben.text]).toEqual(['Ann wrote this. Ben that.', 'Ann wrote this. Ben that.']);
  await ben.write((text) => text.insert(0, '> '));
  expect(ann.text).toBe('> Ann wrote this. Ben that.');
  for (const { story } of [ann, ben]) expect(story.join()).not.toMatch(/dismissed|behind/);
  expect(await list()).toMatchObject([{ id: '3-1', reason: 'before-restore', by: 'admin' }]);
  const entries = await (await log.view(id)).entriesAfter(0);
  expect(entries[3]).toMatchObject({ seq: 4, author: 'admin' });
  expect(await head()).toBe(5);
});

test('T2: it is known whose the text is that came back', async () => {
  const { ann, ben, log, restore } = await stage();
  await ann.write((text) => text.insert(0, 'Ann'));
  await ben.write((text) => text.insert(3, ' Ben'));
  await ann.write((text) => text.delete(0, 7));
  await restore({ kind: 'seq', seq: 2 });
  const [kept] = (await restoresOf(log.records, NOTES)).restores;
  expect(kept).toMatchObject({
    requestId: 'request-1',
    to: 2,
    base: 3,
    seq: 4,
    before: '3-1',
    reason: 'why',
    by: 'admin',
  });
  expect(decodeOrigins(kept!.origins)).toEqual(
    expect.arrayContaining([
      { client: ann.doc.clientID, from: 0, length: 3, clock: expect.any(Number) },
      { client: ben.doc.clientID, from: 0, length: 4, clock: expect.any(Number) },
    ]),
  );
  expect([...Y.decodeStateVector(Y.encodeStateVector(ann.doc)).keys()]).toContain(kept!.client);
});

test('what people write while it is computed stands, and is in the version before', async () => {
  let meanwhile = (): Promise<void> => Promise.resolve();
  const { ann, ben, list, restore } = await stage({
    computer: (inner) => ({
      ...inner,
      computeRestore: async (job) => {
        const computed = await inner.computeRestore(job);
        await meanwhile();
        return computed;
      },
    }),
  });
  await ann.write((text) => text.insert(0, 'first'));
  await ann.write((text) => text.delete(0, 5));
  meanwhile = () => ben.write((text) => text.insert(0, 'meanwhile '));
  expect(await restore({ kind: 'seq', seq: 1 })).toMatchObject({ seq: 4, before: '3-1' });
  expect(ann.text).toBe(ben.text);
  expect(ann.text).toContain('first');
  expect(ann.text).toContain('meanwhile ');
  expect((await list()).map(({ id }) => id)).toEqual(['3-1']);

  meanwhile = () => Promise.resolve();
  await restore({ kind: 'version', id: '3-1' }, { requestId: 'request-2' });
  expect([ann.text, ben.text]).toEqual(['meanwhile ', 'meanwhile ']);
});

test('a request that comes again is answered and not done again, also if its answer was never known', async () => {
  const { ann, head, log, restore } = await stage();
  await ann.write((text) => text.insert(0, 'first'));
  await ann.write((text) => text.insert(5, ' second'));
  const done = await restore({ kind: 'seq', seq: 1 });
  await ann.write((text) => text.insert(5, ' third'));
  expect(await restore({ kind: 'seq', seq: 1 })).toEqual({ ...done, wasDone: true });
  const [kept] = (await restoresOf(log.records, NOTES)).restores;
  await log.records.write([putRestore(NOTES, { ...kept!, seq: null })]);
  // Nobody was told before.
  expect(await restore({ kind: 'seq', seq: 1 })).toEqual(done);
  expect(await restore({ kind: 'seq', seq: 1 })).toEqual({ ...done, wasDone: true });
  expect((await restoresOf(log.records, NOTES)).restores).toEqual([kept]);
  expect(ann.text).toBe('first third');
  expect(await head()).toBe(4);
});

test.each(['the version right before it', 'its number', 'that it is known', 'whether it was written'])(
  'a restore of which %s cannot be kept or found is not told as failed, and is ended when it is asked for again',
  async (what) => {
    let meanwhile = (): Promise<void> => Promise.resolve();
    const { ann, ben, head, list, log, registry, restore, versions } = await stage({
      computer: (inner) => ({
        ...inner,
        computeRestore: async (job) => {
          const computed = await inner.computeRestore(job);
          await meanwhile();
          return computed;
        },
      }),
    });
    await ann.write((text) => text.insert(0, 'first'));
    await ann.write((text) => text.delete(0, 5));
    meanwhile = () => ben.write((text) => text.insert(0, 'meanwhile '));
    const fault = new SyncError('STORE_SILENT', 'It does not answer.');
    const enter = registry.enter.bind(registry);
    const breakIt = (): void => {
      if (what === 'the version right before it') vi.spyOn(versions, 'keepBefore').mockRejectedValueOnce(fault);
      else if (what === 'that it is known') {
        const { records } = log;
        const inner = records.write.bind(records);
        vi.spyOn(records, 'write').mockImplementation((changes) =>
          changes.some(({ table, value }) => table === 'restore' && value !== null)
            ? Promise.reject(fault)
            : inner(changes),
        );
      } else vi.spyOn(log, 'view').mockRejectedValue(fault);
    };
    const entering = vi.spyOn(registry, 'enter');
    // The first time, to have the room prepare for it.
    entering.mockImplementationOnce(enter).mockImplementationOnce(async (channel, sit) => {
      const isShown = new Promise((resolve) => ben.doc.once('update', resolve));
      await enter(channel, sit);
      breakIt();
      // Shown is what is on disk.
      await isShown;
      if (what === 'whether it was written') throw fault;
    });
    const asked = restore({ kind: 'seq', seq: 1 });
    await expect(asked).rejects.toMatchObject({ code: 'RESTORE_UNKNOWN' });
    vi.restoreAllMocks();
    expect(await head()).toBe(4);
    const done = { to: 1, seq: 4, before: '3-1', wasDone: false };
    expect(await restore({ kind: 'seq', seq: 1 })).toEqual(done);
    expect(await restore({ kind: 'seq', seq: 1 })).toEqual({ ...done, wasDone: true });
    expect((await list()).map(({ id }) => id)).toContain('3-1');
    expect([await head(), ann.text]).toEqual([4, ben.text]);
  },
);

test('a document that shows the same already is left alone', async () => {
  const { ann, head, list, log, restore } = await stage();
  await ann.write((text) => text.insert(0, 'same'));
  await ann.write((text) => text.insert(4, '!'));
  await ann.write((text) => text.delete(4, 1));
  const nothing = { seq: null, before: null, wasDone: false };
  expect(await restore({ kind: 'seq', seq: 1 })).toEqual({ to: 1, ...nothing });
  expect(await restore({ kind: 'now' })).toEqual({ to: 3, ...nothing });
  expect([await head(), await list(), (await restoresOf(log.records, NOTES)).restores]).toEqual([3, [], []]);
});

test('to a time, to before the first entry where that is said, and never to what is not there', async () => {
  const { ann, log, restore } = await stage();
  await ann.write((text) => text.insert(0, 'x'));
  const [entry] = await (await log.view(id)).entriesAfter(0, 1);
  await expect(restore({ kind: 'time', timeMs: entry!.timeMs - 1 })).rejects.toMatchObject({
    code: 'BEFORE_BEGINNING',
  });
  expect(ann.text).toBe('x');
  expect(await restore({ kind: 'seq', seq: 0 })).toMatchObject({ to: 0, seq: 2 });
  expect(ann.text).toBe('');
  const back = { requestId: 'request-2' };
  expect(await restore({ kind: 'version', id: '1-1' }, back)).toMatchObject({ to: 1, seq: 3 });
  expect(ann.text).toBe('x');
  const other = { requestId: 'request-3' };
  await expect(restore({ kind: 'seq', seq: 9 }, other)).rejects.toMatchObject({ code: 'NO_SUCH_ENTRY' });
  await expect(restore({ kind: 'version', id: '9-1' }, other)).rejects.toMatchObject({ code: 'NO_SUCH_VERSION' });
});

test('T3: a restore is taken back, and what was written since stays', async () => {
  const { ann, ben, list, log, restore, undo } = await stage();
  await ann.write((text) => text.insert(0, 'Ann wrote this.'));
  await ben.write((text) => text.insert(text.length, ' Ben that.'));
  await ann.write((text) => text.delete(0, 4));
  await ann.write((text) => text.insert(text.length, ' And more.'));
  await restore({ kind: 'seq', seq: 2 });
  expect(ben.text).toBe('Ann wrote this. Ben that.');
  await ben.write((text) => text.insert(9, ' down'));
  await ann.write((text) => text.insert(text.length, ' New.'));
  expect(ben.text).toBe('Ann wrote down this. Ben that. New.');
  expect(await undo(5, { requestId: 'request-2' })).toEqual({ to: 4, seq: 8, before: '7-1', wasDone: false });
  expect([ann.text, ben.text]).toEqual(Array(2).fill('wrote down this. Ben that. And more. New.'));
  expect(await undo(5, { requestId: 'request-2' })).toEqual({ to: 4, seq: 8, before: '7-1', wasDone: true });
  expect(await undo(5, { requestId: 'request-3' })).toEqual({ to: 4, seq: null, before: null, wasDone: false });
  // What it brought back is Ann's (T2), and it can be taken back itself.
  const { restores: kept } = await restoresOf(log.records, NOTES);
  const { origins } = kept.find(({ requestId }) => requestId === 'request-2')!;
  expect(decodeOrigins(origins)).toEqual([{ client: ann.doc.clientID, from: 15, length: 10, clock: 0 }]);
  await ben.write((text) => text.insert(text.length, ' Bye.'));
  await undo(8, { requestId: 'request-4' });
  expect([ann.text, ben.text]).toEqual(Array(2).fill('Ann wrote down this. Ben that. New. Bye.'));
  expect((await list()).map(({ id }) => id)).toEqual(['9-1', '7-1', '4-1']);
});

test('T3: what somebody was typing into a paragraph that a restore took away comes back with it', async () => {
  const { ann, ben, restore, undo } = await stage();
  const blocks = (writer: Writer) => writer.doc.getXmlFragment('prosemirror');
  await ann.write((text) => text.insert(0, 'x'));
  await ann.write(() => {
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.insert(0, [new Y.XmlText('The lamp')]);
    blocks(ann).insert(0, [paragraph]);
  });
  const words = (blocks(ben).get(0) as Y.XmlElement).get(0) as Y.XmlText;
  // What Ben does not hear of before he has written.
  const heard: Uint8Array[] = [];
  ben.send = (out) => void heard.push(...((out as { news?: { updates: Uint8Array[] } }).news?.updates ?? []));
  await restore({ kind: 'seq', seq: 1 });
  await ben.write(() => words.insert(8, ' wants trimmmming'));
  await ben.write(() => words.delete(18, 2));
  for (const update of heard) Y.applyUpdate(ben.doc, update, 'server');
  expect([blocks(ann).toString(), blocks(ben).toString()]).toEqual(['', '']);
  // Who comes back says what went as if it had been erased.
  await ben.write(() => ben.doc.emit('update', [Y.encodeStateAsUpdate(ben.doc), null, ben.doc, null as never]));
  await undo(3, { requestId: 'request-2' });
  expect(blocks(ann).toString()).toBe('<paragraph>The lamp wants trimming</paragraph>');
});

test('T3: of a block that came back and goes again stays what others wrote in it, and what it stands in', async () => {
  const { ann, ben, restore, undo } = await stage();
  const blocks = (writer: Writer) => writer.doc.getXmlFragment('prosemirror');
  await ann.write(() => {
    const heading = (level: number, text: string) => {
      const element = new Y.XmlElement('heading');
      element.setAttribute('level', level as unknown as string);
      element.insert(0, [new Y.XmlText(text)]);
      return element;
    };
    blocks(ann).insert(0, [heading(2, 'One'), heading(3, 'Two')]);
  });
  await ann.write(() => blocks(ann).delete(0, 2));
  await restore({ kind: 'seq', seq: 1 });
  const words = (blocks(ben).get(1) as Y.XmlElement).get(0) as Y.XmlText;
  await ben.write(() => words.insert(3, ' and a half'));
  await undo(3, { requestId: 'request-2' });
  expect(blocks(ann).toString()).toBe('<heading level="3"> and a half</heading>');
  expect(blocks(ben).toString()).toBe(blocks(ann).toString());
});

test('T4: a paragraph comes back alone while others are written in, and goes again', async () => {
  const { ann, ben, head, log, undo, wished } = await stage();
  const blocks = (writer: Writer) => writer.doc.getXmlFragment('prosemirror');
  const words = (writer: Writer, at: number) => (blocks(writer).get(at) as Y.XmlElement).get(0) as Y.XmlText;
  const paragraph = (text: string) => {
    const element = new Y.XmlElement('paragraph');
    element.insert(0, [new Y.XmlText(text)]);
    return element;
  };
  await ann.write(() => blocks(ann).insert(0, ['One', 'Two', 'Three'].map(paragraph)));
  const { client, clock } = (blocks(ann).get(1) as Y.XmlElement)._item!.id;
  await ann.write(() => blocks(ann).delete(1, 2));
  await ben.write(() => words(ben, 0).insert(3, ' and a half'));
  const part = { kind: 'part', to: { kind: 'seq', seq: 1 }, blocks: [`${client}-${clock}`] } as const;
  expect(await wished(part)).toEqual({ to: 1, seq: 4, before: '3-1', wasDone: false });
  const both = '<paragraph>One and a half</paragraph><paragraph>Two</paragraph>';
  expect([blocks(ann).toString(), blocks(ben).toString()]).toEqual([both, both]);
  expect(await wished(part)).toMatchObject({ seq: 4, wasDone: true });
  expect(await wished(part, { requestId: 'request-2' })).toMatchObject({ seq: null });
  // Whose it is stays known (T2).
  const [kept] = (await restoresOf(log.records, NOTES)).restores;
  expect(decodeOrigins(kept!.origins).every((range) => range.client === ann.doc.clientID)).toBe(true);
  await ben.write(() => words(ben, 0).insert(0, 'Number '));
  await undo(4, { requestId: 'request-3' });
  expect(blocks(ann).toString()).toBe('<paragraph>Number One and a half</paragraph>');
  const unknown = { ...part, blocks: ['7-7'] };
  await expect(wished(unknown, { requestId: 'request-4' })).rejects.toMatchObject({ code: 'NO_SUCH_BLOCK' });
  expect(await head()).toBe(6);
});

test('T4: a block is not brought back where something else stands instead of what it was in', async () => {
  const { ann, head, wished } = await stage();
  const fields = ann.doc.getMap<Y.Array<Y.Map<unknown>>>('fields');
  const cell = new Y.Map<unknown>([['width', 3]]);
  await ann.write(() => fields.set('row', Y.Array.from([cell])));
  const { client, clock } = cell._item!.id;
  await ann.write(() => fields.set('row', new Y.Array<Y.Map<unknown>>()));
  const part = { kind: 'part', to: { kind: 'seq', seq: 1 }, blocks: [`${client}-${clock}`] } as const;
  await expect(wished(part)).rejects.toMatchObject({ code: 'RESTORE_REFUSED' });
  const row = fields.get('row')!;
  expect([row.length, await head()]).toEqual([0, 2]);
});

test('what is no restore is not undone, and none while it is not known what came back', async () => {
  const { ann, head, log, restore, undo } = await stage();
  await ann.write((text) => text.insert(0, 'one'));
  await ann.write((text) => text.delete(0, 1));
  await restore({ kind: 'seq', seq: 1 });
  for (const seq of [2, 4])
    await expect(undo(seq, { requestId: 'r-2' })).rejects.toMatchObject({ code: 'NO_SUCH_ENTRY' });
  const [kept] = (await restoresOf(log.records, NOTES)).restores;
  const { key, table } = putRestore(NOTES, { ...kept!, requestId: 'another' });
  await log.records.write([{ table, key, value: new TextEncoder().encode('{}') }]);
  await expect(undo(3, { requestId: 'r-2' })).rejects.toMatchObject({ code: 'RESTORE_REFUSED' });
  expect([await head(), ann.text]).toEqual([3, 'one']);
});

test('a version whose entry the log has lost is not taken for another', async () => {
  const { ann, log, restore, versions } = await stage();
  await ann.write((text) => text.insert(0, 'x'));
  await ann.write((text) => text.insert(0, 'y'));
  const version = await versions.name(
    NOTES,
    { seq: 1, epoch: FIRST_EPOCH },
    { name: 'v', by: '', asker: '', mayStill: () => true },
  );
  const link = Buffer.from(version.link, 'base64url').reverse().toString('base64url');
  await log.records.write([putVersion(NOTES, { ...version, link })]);
  const lost = { code: 'NO_SUCH_VERSION', message: expect.stringContaining('has lost what its version 1-1 points to') };
  await expect(restore({ kind: 'version', id: '1-1' })).rejects.toMatchObject(lost);
});

test.each([
  ['who may not any more', { mayStill: () => false }, {}, 'NO_ACCESS'],
  [
    'a change beyond the limit',
    {},
    {
      computer: (inner: RestoreComputer): RestoreComputer => ({
        ...inner,
        computeRestore: async (job) => ({
          ...(await inner.computeRestore(job))!,
          update: new Uint8Array(MAX_UPDATE_BYTES + 1),
        }),
      }),
    },
    'TOO_LARGE',
  ],
  [
    'a change that the gate does not take',
    {},
    {
      computer: (inner: RestoreComputer): RestoreComputer => ({
        ...inner,
        computeRestore: async (job) => ({ ...(await inner.computeRestore(job))!, update: Uint8Array.of(9, 9) }),
      }),
    },
    'RESTORE_REFUSED',
  ],
] as const)('%s: nothing is changed', async (_, request, options, code) => {
  const { ann, head, list, log, restore } = await stage(options);
  await ann.write((text) => text.insert(0, 'one'));
  await ann.write((text) => text.delete(0, 1));
  await expect(restore({ kind: 'seq', seq: 1 }, request)).rejects.toMatchObject({ code });
  expect([await head(), (await restoresOf(log.records, NOTES)).restores, ann.text]).toEqual([2, [], 'ne']);
  expect(await list()).toEqual([]);
});

test('what was kept of the moment by itself is there again when the restore is refused', async () => {
  const { ann, list, restore, versions } = await stage();
  await ann.write((text) => text.insert(0, 'one'));
  await ann.write((text) => text.delete(0, 1));
  versions.rested(NOTES);
  await versions.settled();
  const before = await list();
  expect(before).toMatchObject([{ id: '2-1', reason: 'automatic' }]);
  let asked = 0;
  const mayStill = (): boolean => ++asked === 1;
  await expect(restore({ kind: 'seq', seq: 1 }, { mayStill })).rejects.toMatchObject({ code: 'NO_ACCESS' });
  expect([await list(), asked]).toEqual([before, 2]);
});

test.each(['replaced', 'erased'] as const)(
  'a document that is %s while a restore is computed is not written to, and nothing of it is kept',
  async (how) => {
    let meanwhile = (): Promise<unknown> => Promise.resolve();
    const { ann, list, log, registry, restore } = await stage({
      computer: (inner) => ({
        ...inner,
        computeRestore: async (job) => {
          const computed = await inner.computeRestore(job);
          await meanwhile();
          return computed;
        },
      }),
    });
    await ann.write((text) => text.insert(0, 'one'));
    await ann.write((text) => text.delete(0, 1));
    const entries = await (await log.view(id)).entriesAfter(0);
    meanwhile = () =>
      registry.withClosed(id, CloseCode.Replaced, '', async () => {
        // The same entries, and more of them: only the epoch tells.
        const more = { ...entries[1]!, seq: 3 };
        if (how === 'erased') await log.eraseDocument(NOTES);
        else await log.replaceChannel(id, { entries: [...entries, more], checkpoint: null });
      });
    await expect(restore({ kind: 'seq', seq: 1 })).rejects.toMatchObject({ code: 'CHANNEL_REPLACED' });
    expect((await log.view(id)).head).toBe(how === 'erased' ? 0 : 3);
    expect([await list(), (await restoresOf(log.records, NOTES)).restores]).toEqual([[], []]);
  },
);

const seeds = Array.from({ length: Number(process.env.WEFT_SEEDS ?? 20) }, (_, n) => n + 1);

test.each(process.env.WEFT_SEED ? [Number(process.env.WEFT_SEED)] : seeds)(
  'T1: what is typed and deleted between the computation and the write keeps its own effect (seed %i)',
  async (seed) => {
    const random = prng.create(seed);
    let letter = 0;
    /** Each letter is written once, so it is known by itself. */
    const edit = (writer: Writer): Promise<void> =>
      writer.write((text) => {
        const { length } = text;
        if (length > 3 && prng.bool(random)) text.delete(prng.int32(random, 0, length - 2), prng.int32(random, 1, 2));
        else text.insert(prng.int32(random, 0, length), String.fromCodePoint(0x4e00 + letter++));
      });
    let meanwhile = async (): Promise<void> => undefined;
    const { ann, ben, head, list, restore } = await stage({
      computer: (inner) => ({
        ...inner,
        computeRestore: async (job) => {
          const computed = await inner.computeRestore(job);
          await meanwhile();
          return computed;
        },
      }),
    });
    const some = async (count: number): Promise<void> => {
      for (let n = 0; n < count; n++) await edit(prng.bool(random) ? ann : ben);
    };
    await some(prng.int32(random, 2, 20));
    const to = await head();
    const past = new Set(ann.text);
    await some(prng.int32(random, 1, 20));
    const [present, firstNew] = [new Set(ann.text), letter];
    let [atWrite, typed] = ['', new Set<string>()];
    meanwhile = async () => {
      await some(prng.int32(random, 1, 6));
      atWrite = ann.text;
      typed = new Set([...atWrite].filter((one) => one.codePointAt(0)! >= 0x4e00 + firstNew));
    };
    const restored = await restore({ kind: 'seq', seq: to });
    // It showed the same already.
    if (restored.seq === null) return;
    expect(ben.text).toBe(ann.text);
    const taken = [...present].filter((one) => !atWrite.includes(one));
    const expected = new Set([...past, ...typed].filter((one) => !taken.includes(one)));
    expect([...ann.text].sort()).toEqual([...expected].sort());
    // And all of it is in the version before, which takes the restore back.
    expect((await list())[0]).toMatchObject({ id: restored.before, seq: restored.seq - 1 });
    meanwhile = async () => undefined;
    await restore({ kind: 'version', id: restored.before! }, { requestId: 'request-2' });
    expect([ann.text, ben.text]).toEqual([atWrite, atWrite]);
  },
);
