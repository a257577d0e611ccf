import { CloseCode, type DocumentName } from '@weft/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { echoingDialect, NotingMember } from '../../test/room-bench.js';
import { inlineHistory } from '../history/inline-history.js';
import type { ChannelId, DocumentLog, HeldClaim } from '../log/document-log.js';
import { openMemoryLog } from '../log/memory-log.js';
import { MemoryStore } from '../log/memory-store.js';
import { copyOfStore } from '../log/test/copy-of-store.js';
import { SyncError } from '../sync-error.js';
import type { Room } from './room.js';
import { RoomRegistry } from './room-registry.js';

const id: ChannelId = { document: 'a' as DocumentName, kind: 'content' };
const listener = { durable: () => {} };
const complaints: string[] = [];
let log: DocumentLog;
let registry: RoomRegistry;

beforeEach(async () => {
  vi.useFakeTimers();
  complaints.length = 0;
  log = await openMemoryLog();
  registry = new RoomRegistry({ log, history: inlineHistory, complain: (sentence) => complaints.push(sentence) });
});
afterEach(async () => {
  const closed = registry.close().then(() => log.close());
  await vi.runOnlyPendingTimersAsync();
  await closed;
  vi.useRealTimers();
  expect(complaints).toEqual([]);
});

const textUpdate = (text: string): Uint8Array => {
  const doc = new Y.Doc();
  const paragraph = new Y.XmlElement('paragraph');
  doc.getXmlFragment('prosemirror').insert(0, [paragraph]);
  paragraph.insert(0, [new Y.XmlText(text)]);
  return Y.encodeStateAsUpdate(doc);
};

/** For a test that has put another `log` in the place of the first, or wants other options. */
async function replaceRegistry(options: { readonly alarm: (sentence: string) => void }): Promise<void> {
  await registry.close(0);
  registry = new RoomRegistry({
    log,
    history: inlineHistory,
    complain: (sentence) => complaints.push(sentence),
    ...options,
  });
}

/** The room, as who sits down in it finds it. */
const open = (id: ChannelId): Promise<Room> => registry.enter(id, (room) => room);
/** The same for a client that claims to hold something. */
const hold = (claim: HeldClaim): Promise<{ readonly room: Room; readonly held: number }> =>
  registry.enterHolding(id, claim, (room, held) => ({ room, held }));

const joinOptions = { access: 'write', author: '', outboxId: 'o' } as const;

test('a room is opened once, however many ask for it at the same time', async () => {
  const rooms = await Promise.all([open(id), open(id), open(id)]);
  expect(new Set(rooms).size).toBe(1);
});

test('a document that cannot be opened is complained of, and may be asked for again', async () => {
  vi.spyOn(log, 'open').mockRejectedValueOnce(new SyncError('STORE_UNREADABLE', 'The record x is damaged.'));
  await expect(open(id)).rejects.toThrow('damaged');
  expect(complaints.splice(0)).toEqual([
    '"a" (content) cannot be opened: The record x is damaged. Nobody can read or write it until it is brought back, as by ' +
      '"weft restore-backup DIR --document NAME".',
  ]);
  expect((await open(id)).head).toBe(0);
});

test('J4: a join brings no document into being; an entry does, and its title is in the list within two seconds', async () => {
  const room = await open(id);
  const seat = room.join({ member: new NotingMember(), ...joinOptions });
  seat.goLive();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await log.documents()).toEqual([]);
  seat.submit(textUpdate('The long watch'), 1);
  await vi.advanceTimersByTimeAsync(2000);
  expect(await log.documents()).toMatchObject([{ name: 'a', title: 'The long watch' }]);
});

test('I6: a room without an entry is not kept for those who left it', async () => {
  const room = await open(id);
  const seat = room.join({ member: new NotingMember(), ...joinOptions });
  seat.goLive();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await open(id)).toBe(room);
  seat.leave();
  await vi.advanceTimersByTimeAsync(1000);
  expect(await open(id)).not.toBe(room);
});

test('L4: a room nobody is in closes after a moment, leaves a checkpoint, and opens again as it was', async () => {
  const room = await open(id);
  const seat = room.join({ member: new NotingMember(), ...joinOptions });
  seat.goLive();
  seat.submit(textUpdate('x'), 1);
  await vi.advanceTimersByTimeAsync(100);
  seat.leave();
  await vi.advanceTimersByTimeAsync(4000);
  expect(await open(id)).toBe(room);
  await vi.advanceTimersByTimeAsync(10_000);
  const again = await open(id);
  expect(again).not.toBe(room);
  expect(again.checkpoint?.seq).toBe(1);
  expect(again.savedClientSeq('o')).toBe(1);
  expect(again.durableStateVector()).toEqual(room.durableStateVector());
});

test('drain: what was taken is on disk and acknowledged, nothing more is taken', async () => {
  const room = await open(id);
  const member = new NotingMember();
  const seat = room.join({ member, ...joinOptions });
  seat.goLive();
  seat.submit(textUpdate('x'), 1);
  const drained = registry.drain();
  expect(seat.submit(textUpdate('y'), 2)).toEqual({ kind: 'busy' });
  await vi.advanceTimersByTimeAsync(100);
  await drained;
  expect(member.story).toEqual(['saved 1@1']);
});

test('an entry that says what Yjs had deleted without a word does not keep its document from opening', async () => {
  const docs = [1, 2].map((clientID) => {
    const doc = new Y.Doc();
    doc.clientID = clientID;
    doc.getMap('meta').set('title', `by ${clientID}`);
    return doc;
  });
  const updates = docs.map((doc) => Y.encodeStateAsUpdate(doc));
  for (const doc of docs) for (const update of updates) Y.applyUpdate(doc, update);
  const channel = await log.open(id, listener);
  const entry = { timeMs: 1, author: '', outboxId: '', clientSeq: 0 };
  for (const update of updates) channel.append({ ...entry, update });
  await vi.advanceTimersByTimeAsync(100);
  const { state, stateVector, deleteSet, contentHash } = await inlineHistory.buildCheckpoint({
    checkpointState: null,
    updates,
  });
  const owners = new Map([
    [1, ''],
    [2, ''],
  ]);
  const checkpoint = { seq: 2, state, stateVector, deleteSet, contentHash, outboxes: new Map(), owners };
  const written = channel.putCheckpoint(checkpoint);
  // What a stock client sends when it comes back: nothing new but the delete set.
  channel.append({ ...entry, update: Y.encodeStateAsUpdate(docs[0]!, Y.encodeStateVector(docs[0]!)) });
  await vi.advanceTimersByTimeAsync(100);
  await written;
  const closed = channel.close();
  await vi.advanceTimersByTimeAsync(100);
  await closed;
  const room = await open(id);
  expect(room.head).toBe(3);
});

test('a checkpoint that turns out to be damaged when somebody writes shuts its document, until something takes its place', async () => {
  const channel = await log.open(id, listener);
  channel.append({ timeMs: 1, author: '', outboxId: '', clientSeq: 0, update: textUpdate('x') });
  await vi.advanceTimersByTimeAsync(100);
  const built = await inlineHistory.buildCheckpoint({ checkpointState: null, updates: [textUpdate('y')] });
  const state = Uint8Array.of(7);
  const written = channel.putCheckpoint({ ...built, state, seq: 1, outboxes: new Map(), owners: new Map() });
  await vi.advanceTimersByTimeAsync(100);
  await written;
  const closed = channel.close();
  await vi.advanceTimersByTimeAsync(100);
  await closed;

  const room = await open(id);
  const writer = new NotingMember();
  const reader = new NotingMember();
  const seat = room.join({ member: writer, ...joinOptions });
  room.join({ member: reader, ...joinOptions, access: 'read' });
  expect(seat.submit(textUpdate('z'), 1)).toEqual({ kind: 'busy' });
  expect(seat.submit(textUpdate('z'), 2)).toEqual({ kind: 'busy' });
  await vi.advanceTimersByTimeAsync(100);
  expect([writer.story, reader.story]).toEqual([
    [`dismissed ${CloseCode.InternalError}`],
    [`dismissed ${CloseCode.InternalError}`],
  ]);
  await expect(open(id)).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  for (const sentence of complaints.splice(0)) {
    expect(sentence).toMatch(/^"a" \(content\) cannot be opened: its checkpoint cannot be read: .+restore-backup/);
  }
  const replaced = registry.withClosed(id, CloseCode.Replaced, 'brought back', async () => undefined);
  await vi.advanceTimersByTimeAsync(100);
  await replaced;
  expect((await open(id)).head).toBe(1);
});

test('I6: the state is read once, however often somebody sends what is not taken to a room where nobody had written for long', async () => {
  const room = await open(id);
  const seat = room.join({ member: new NotingMember(), ...joinOptions });
  seat.goLive();
  seat.submit(textUpdate('x'), 1);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(room.checkpoint?.seq).toBe(1);

  const doc = new Y.Doc();
  doc.getText('prosemirror').insert(0, 'what nobody here has');
  const before = Y.encodeStateVector(doc);
  doc.getText('prosemirror').insert(0, 'what builds on it');
  const buildsOnNothing = Y.encodeStateAsUpdate(doc, before);
  const stateJob = vi.spyOn(room, 'stateJob');
  for (let clientSeq = 2; clientSeq <= 6; clientSeq++) {
    expect(seat.submit(buildsOnNothing, clientSeq).kind).toBe('gap');
    await vi.advanceTimersByTimeAsync(1000);
  }
  expect(stateJob).toHaveBeenCalledTimes(1);
});

test('G6: stock clients hear of everybody within 30 s, also of a process whose timers are late', async () => {
  const room = await open(id);
  const ann = room.join({ member: new NotingMember(echoingDialect), ...joinOptions });
  const ben = new NotingMember(echoingDialect);
  for (const seat of [ann, room.join({ member: ben, ...joinOptions })]) seat.goLive();
  ann.claim(7);
  ann.showPresence('{}', 0);
  await vi.advanceTimersByTimeAsync(21_000);
  ben.story.length = 0;

  const fake = performance.now.bind(performance);
  const startedAtMs = fake();
  // The clock goes twice as fast as timers end.
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => 2 * fake() - startedAtMs);
  await vi.advanceTimersByTimeAsync(14_000);
  clock.mockRestore();
  expect(ben.story).toEqual(['presence 7']);
});

test('a room that opens on a checkpoint goes on with the time of its last entry', async () => {
  vi.setSystemTime(5000);
  const first = await open(id);
  first.join({ member: new NotingMember(), ...joinOptions }).submit(textUpdate('x'), 1);
  await vi.advanceTimersByTimeAsync(100);
  const settled = registry.close();
  await vi.advanceTimersByTimeAsync(100);
  await settled;
  vi.setSystemTime(1000);
  registry = new RoomRegistry({ log, history: inlineHistory, complain: (sentence) => complaints.push(sentence) });
  const room = await open(id);
  expect([room.checkpoint?.seq, room.lastTimeMs]).toEqual([1, 5000]);
});

describe('L3: a client that shows what it was told', () => {
  /** A document of two entries, set back to the first; what a client was told of each; a registry over what is left. */
  async function setBack() {
    const store = new MemoryStore();
    const firstLog = await openMemoryLog(store);
    const before = new RoomRegistry({
      log: firstLog,
      history: inlineHistory,
      complain: (told) => complaints.push(told),
    });
    const room = await before.enter(id, (room) => room);
    const seat = room.join({ member: new NotingMember(), ...joinOptions });
    seat.goLive();
    const claims: HeldClaim[] = [];
    const backups: MemoryStore[] = [];
    for (const seq of [1, 2]) {
      seat.submit(textUpdate(`entry ${seq}`), seq);
      await vi.advanceTimersByTimeAsync(100);
      claims.push({ epoch: 1, seq, proof: room.proof });
      backups.push(await copyOfStore(store));
    }
    const closed = before.close(0).then(() => firstLog.close());
    await vi.advanceTimersByTimeAsync(100);
    await closed;
    log = await openMemoryLog(backups[0]!);
    const alarms: string[] = [];
    await replaceRegistry({ alarm: (sentence) => alarms.push(sentence) });
    return { claims, alarms };
  }

  async function comeBack(claim: HeldClaim): ReturnType<typeof hold> {
    const entering = hold(claim);
    await vi.advanceTimersByTimeAsync(100);
    return entering;
  }

  test('who holds what the log holds goes on from there', async () => {
    const { claims, alarms } = await setBack();
    expect(await hold(claims[0]!)).toMatchObject({ held: 1 });
    expect(alarms).toEqual([]);
  });

  test('who holds what the log has lost raises an alarm; everybody comes back under a new epoch', async () => {
    const { claims, alarms } = await setBack();
    const bystander = new NotingMember();
    (await open(id)).join({ member: bystander, ...joinOptions });
    const { room, held } = await comeBack(claims[1]!);
    expect([held, room.head]).toEqual([0, 1]);
    expect(room.channel.epoch).toBeGreaterThan(1);
    expect(bystander.story).toEqual(['dismissed 4509']);
    expect(alarms).toEqual([
      expect.stringMatching(/^"a" \(content\) has lost text: entries up to 2 .* the log now ends at entry 1\./),
    ]);
    // Who comes back with the old epoch is no news any more.
    expect(await comeBack(claims[1]!)).toMatchObject({
      held: 0,
      room: { channel: { epoch: room.channel.epoch } },
    });
    expect(alarms).toHaveLength(1);
  });

  test('a loss is noticed, too, after others have written in the place of what was lost', async () => {
    const { claims, alarms } = await setBack();
    const room = await open(id);
    const seat = room.join({ member: new NotingMember(), ...joinOptions });
    seat.goLive();
    for (const clientSeq of [5, 6, 7]) seat.submit(textUpdate(`later ${clientSeq}`), clientSeq);
    await vi.advanceTimersByTimeAsync(100);
    expect(room.head).toBe(4);
    expect(await comeBack(claims[1]!)).toMatchObject({ held: 0, room: { head: 4 } });
    expect(alarms).toEqual([expect.stringContaining('another entry there')]);
  });

  test('two who show the same loss at the same time begin one epoch', async () => {
    const { claims, alarms } = await setBack();
    const [one, two] = await Promise.all([comeBack(claims[1]!), comeBack(claims[1]!)]);
    expect(one.room).toBe(two.room);
    expect(alarms).toHaveLength(1);
  });

  test('what another store told is complained of once, and changes nothing', async () => {
    const { claims, alarms } = await setBack();
    // An empty folder, as of a volume that is not mounted.
    await log.close();
    log = await openMemoryLog();
    await replaceRegistry({ alarm: (sentence) => alarms.push(sentence) });
    expect(await hold({ ...claims[1]!, seq: 0 })).toMatchObject({ held: 0 });
    expect(await hold({ ...claims[1]!, proof: new Uint8Array() })).toMatchObject({ held: 0 });
    expect(complaints).toEqual([]);
    for (const claim of [claims[1]!, claims[0]!, { ...claims[1]!, epoch: 7 }]) {
      expect(await hold(claim)).toMatchObject({ held: 0, room: { channel: { epoch: 1 } } });
    }
    expect(complaints.splice(0)).toEqual([
      expect.stringMatching(
        /^Somebody came back to "a" \(content\) with entries up to 2 that another store .* not mounted: stop/,
      ),
    ]);
    expect(alarms).toEqual([]);
  });

  test('what this store told in an epoch that is over is nothing to complain of', async () => {
    const { claims } = await setBack();
    await comeBack(claims[1]!);
    expect(await hold(claims[0]!)).toMatchObject({ held: 0 });
    expect(await hold(claims[1]!)).toMatchObject({ held: 0 });
    expect(complaints).toEqual([]);
  });

  test('what was never told counts as nothing, and changes nothing', async () => {
    const { claims, alarms } = await setBack();
    const bystander = new NotingMember();
    (await open(id)).join({ member: bystander, ...joinOptions });
    const madeUp = [
      { ...claims[1]!, seq: 9 },
      { ...claims[1]!, proof: new Uint8Array(16) },
      { ...claims[1]!, proof: new Uint8Array() },
    ];
    for (const claim of madeUp) expect(await hold(claim)).toMatchObject({ held: 0 });
    expect(complaints.splice(0)).toEqual([expect.stringContaining('This is said once per start.')]);
    expect([bystander.story, alarms, (await open(id)).channel.epoch]).toEqual([[], [], 1]);
  });
});

describe('withClosed', () => {
  const { Replaced } = CloseCode;
  const replaced = <T>(action: () => Promise<T>): Promise<T> => registry.withClosed(id, Replaced, 'Replaced.', action);
  /** An action that ends when the test says so, and opens the channel itself, which it can only when nobody holds it. */
  function heldAction(): { run: () => Promise<string>; hasBegun: () => boolean; end: () => void } {
    let begun = false;
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const run = async (): Promise<string> => {
      const channel = await log.open(id, listener);
      begun = true;
      await ended;
      await channel.close();
      return 'done';
    };
    return { run, hasBegun: () => begun, end };
  }
  const enter = async () => {
    const member = new NotingMember();
    const room = await open(id);
    const seat = room.join({ member, ...joinOptions });
    seat.goLive();
    return { member, room, seat };
  };

  test('what was taken is on disk and acknowledged before everybody is told to come back', async () => {
    const { member, seat, room } = await enter();
    seat.submit(textUpdate('x'), 1);
    const done = replaced(async () => 'done');
    await vi.advanceTimersByTimeAsync(100);
    expect(await done).toBe('done');
    expect(member.story).toEqual(['saved 1@1', 'dismissed 4509']);
    expect((await open(id)).head).toBe(room.head);
  });

  test('an edit that comes too late is taken by nobody', async () => {
    const { member, seat } = await enter();
    seat.submit(textUpdate('x'), 1);
    const done = replaced(async () => 'done');
    await Promise.resolve();
    expect(seat.submit(textUpdate('y'), 2)).toEqual({ kind: 'busy' });
    await vi.advanceTimersByTimeAsync(100);
    await done;
    expect(member.story).toEqual(['saved 1@1', 'dismissed 4509']);
  });

  test('nobody can open the channel while the action runs, and whoever asked comes in after it', async () => {
    const { room } = await enter();
    const action = heldAction();
    const done = replaced(action.run);
    await vi.advanceTimersByTimeAsync(100);
    expect(action.hasBegun()).toBe(true);
    let opened = false;
    const opening = open(id).then((room) => {
      opened = true;
      return room;
    });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(opened).toBe(false);
    action.end();
    expect(await done).toBe('done');
    expect(await opening).not.toBe(room);
  });

  test('a channel that nobody has open is closed as well', async () => {
    const action = heldAction();
    const done = replaced(action.run);
    const opening = open(id);
    await vi.advanceTimersByTimeAsync(100);
    action.end();
    await Promise.all([done, opening]);
  });

  test('an action that fails is told of, and lets people back in', async () => {
    const { member, seat } = await enter();
    seat.submit(textUpdate('x'), 1);
    const failed = expect(replaced(() => Promise.reject(new Error('no such backup')))).rejects.toThrow(
      'no such backup',
    );
    await vi.advanceTimersByTimeAsync(100);
    await failed;
    expect(member.story.at(-1)).toBe('dismissed 4509');
    expect((await open(id)).head).toBe(1);
  });

  test('whoever is on the way in sits down, and is told', async () => {
    const entering = enter();
    const done = replaced(async () => 'done');
    const { member } = await entering;
    await vi.advanceTimersByTimeAsync(100);
    expect(await done).toBe('done');
    expect(member.story).toEqual(['dismissed 4509']);
  });

  test('a room that is just being left is closed once', async () => {
    const { room, seat } = await enter();
    seat.submit(textUpdate('x'), 1);
    await vi.advanceTimersByTimeAsync(100);
    let built = (): void => {};
    vi.spyOn(room.channel, 'putCheckpoint').mockImplementation(
      () =>
        new Promise((resolve) => {
          built = resolve;
        }),
    );
    seat.leave();
    await vi.advanceTimersByTimeAsync(10_000);
    const action = heldAction();
    const done = replaced(action.run);
    await vi.advanceTimersByTimeAsync(100);
    // What is still written about the old content comes before the action.
    expect(action.hasBegun()).toBe(false);
    built();
    await vi.advanceTimersByTimeAsync(100);
    expect(action.hasBegun()).toBe(true);
    action.end();
    expect(await done).toBe('done');
  });

  test('two actions on one channel run one after the other', async () => {
    await enter();
    const actions = [heldAction(), heldAction()] as const;
    const both = actions.map(({ run }) => replaced(run));
    await vi.advanceTimersByTimeAsync(100);
    expect(actions.map(({ hasBegun }) => hasBegun())).toEqual([true, false]);
    actions[0].end();
    await vi.advanceTimersByTimeAsync(100);
    expect(actions[1].hasBegun()).toBe(true);
    actions[1].end();
    expect(await Promise.all(both)).toEqual(['done', 'done']);
  });
});
