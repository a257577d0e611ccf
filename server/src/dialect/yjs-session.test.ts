import type { DocumentName } from '@weft/protocol';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { presenceIds, RoomBench } from '../../test/room-bench.js';
import { GUEST_KEY_BYTES, Guests } from '../access/guests.js';
import { LiveSessions } from '../access/live-sessions.js';
import { openAccess } from '../access/test/open-access.js';
import { defaultLimits } from '../limits.js';
import { DialectMetrics } from '../metrics/metrics.js';
import type { Room } from '../room/room.js';
import type { RoomRegistry } from '../room/room-registry.js';
import { Denials } from './denials.js';
import { YjsSession } from './yjs-session.js';

const CLIENT = 7;

/** A stock client that wrote while it was away, and the names of what the server tells it. */
async function comeBack({ epoch = 1, says = null }: { readonly epoch?: number; readonly says?: number | null } = {}) {
  const bench = new RoomBench({ epoch });
  const watcher = bench.join();
  const heard: string[] = [];
  const people: string[] = [];
  const session = new YjsSession({
    registry: {
      enter: async <T>(_id: unknown, sit: (room: Room) => T) => sit(bench.room),
      storage: bench.storage,
    } as unknown as RoomRegistry,
    access: openAccess(new Guests(new Uint8Array(GUEST_KEY_BYTES))),
    sessions: new LiveSessions(defaultLimits, null),
    denials: new Denials(),
    metrics: new DialectMetrics(),
    sessionId: 's',
    token: '',
    connection: {
      address: '',
      transport: 'websocket',
      send: ({ messages }) => {
        for (const message of messages) {
          heard.push(nameOf(message));
          if (heard.at(-1) === 'awareness') people.push(...presenceIds(bodyOf(message)));
        }
      },
      hasRoom: true,
      whenDrained: (callback) => callback(),
      close: (code) => heard.push(`close ${code}`),
      fail: (error) => heard.push(`fail ${error}`),
    },
    document: 'd' as DocumentName,
    epoch: says,
  });
  await vi.advanceTimersByTimeAsync(0);
  const doc = new Y.Doc();
  doc.clientID = CLIENT;
  const text = doc.getText('t');
  text.insert(0, 'written while away');
  return {
    bench,
    watcher,
    heard,
    /** Whom it was told of, in order; those who are gone with a minus. */
    people,
    /** Asks for the text, as a client does that is connected. */
    ask: () => session.receive(sync(0, Uint8Array.of(0))),
    /** The same, saying what it holds. */
    askHolding: () => session.receive(sync(0, Y.encodeStateVector(doc))),
    /** Types a character and sends it alone, as a client does that is connected. */
    type: () => {
      let last: Uint8Array = new Uint8Array();
      doc.once('update', (update: Uint8Array) => {
        last = update;
      });
      text.insert(text.length, '!');
      session.receive(sync(2, last));
    },
    showCaret: (...states: readonly object[]) => session.receive(awareness(CLIENT, { cursor: {} }, ...states)),
    send: (frame: Uint8Array) => session.receive(frame),
    /** Answers the server's SyncStep1. */
    answer: () => session.receive(sync(1, Y.encodeStateAsUpdate(doc))),
  };
}

function sync(kind: number, body: Uint8Array): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 0);
    encoding.writeVarUint(encoder, kind);
    encoding.writeVarUint8Array(encoder, body);
  });
}

function awareness(id: number, ...states: readonly object[]): Uint8Array {
  const update = encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, states.length);
    for (const state of states) {
      encoding.writeVarUint(encoder, id);
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarString(encoder, JSON.stringify(state));
    }
  });
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint8Array(encoder, update);
  });
}

function nameOf(frame: Uint8Array): string {
  const decoder = decoding.createDecoder(frame);
  const type = decoding.readVarUint(decoder);
  if (type === 1) return 'awareness';
  if (type === 2) return 'denied';
  return ['step 1', 'step 2', 'update'][decoding.readVarUint(decoder)]!;
}

function bodyOf(frame: Uint8Array): Uint8Array {
  const decoder = decoding.createDecoder(frame);
  decoding.readVarUint(decoder);
  return decoding.readVarUint8Array(decoder);
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('S5: a caret in text written while away is shown when that text is on disk, not when it is announced', async () => {
  const { bench, watcher, showCaret, answer } = await comeBack();
  showCaret();
  await vi.advanceTimersByTimeAsync(100);
  answer();
  await vi.advanceTimersByTimeAsync(100);
  expect(watcher.member.story).toEqual([]);
  bench.write();
  await vi.advanceTimersByTimeAsync(100);
  expect(watcher.member.story).toEqual(['entries 1-1', `presence ${CLIENT}`]);
});

test('a client that types on before it has sent what it wrote while away is neither asked twice nor denied', async () => {
  const { bench, heard, type, answer } = await comeBack();
  for (let key = 0; key < 10; key++) type();
  expect(heard).toEqual(['step 1']);
  answer();
  expect(bench.appended).toHaveLength(1);
  type();
  expect(bench.appended).toHaveLength(2);
  expect(heard).toEqual(['step 1']);
});

test('S1: what is written while nothing can be stored is asked for, once, when it can be', async () => {
  const { bench, heard, type, answer } = await comeBack();
  answer();
  bench.write();
  heard.length = 0;
  bench.storage.report('disk', 'full');
  for (let key = 0; key < 10; key++) type();
  bench.storage.report('disk', 'failing');
  expect(heard).toEqual([]);
  bench.storage.report('disk', 'ok');
  expect(heard).toEqual(['step 1']);
  type();
  answer();
  expect(heard).toEqual(['step 1']);
  expect(bench.appended).toHaveLength(2);
  bench.storage.report('disk', 'full');
  bench.storage.report('disk', 'ok');
  expect(heard).toEqual(['step 1']);
});

test('S5: while nothing can be stored a caret in text that is there is shown', async () => {
  const { bench, watcher, showCaret, answer } = await comeBack();
  answer();
  bench.write();
  bench.storage.report('disk', 'full');
  answer();
  showCaret();
  await vi.advanceTimersByTimeAsync(100);
  expect(watcher.member.story).toEqual(['entries 1-1', `presence ${CLIENT}`]);
});

test('S5: a caret in text that could not be stored waits for it', async () => {
  const { bench, watcher, type, showCaret, answer } = await comeBack();
  answer();
  bench.write();
  bench.storage.report('disk', 'full');
  type();
  showCaret();
  await vi.advanceTimersByTimeAsync(100);
  bench.storage.report('disk', 'ok');
  await vi.advanceTimersByTimeAsync(100);
  expect(watcher.member.story).toEqual(['entries 1-1']);
  answer();
  bench.write();
  await vi.advanceTimersByTimeAsync(100);
  expect(watcher.member.story.slice(1)).toEqual(['entries 2-2', `presence ${CLIENT}`]);
});

test('S5: who is here is told after the text that their carets point into', async () => {
  const { bench, heard, ask } = await comeBack();
  bench.room.presence.set(bench.join().seat, 9, '{}');
  await vi.advanceTimersByTimeAsync(100);
  expect(heard).toEqual(['step 1']);
  ask();
  await vi.advanceTimersByTimeAsync(100);
  expect(heard).toEqual(['step 1', 'step 2', 'awareness']);
});

test('a client that has nothing that is missing here is sent nothing back', async () => {
  const { bench, heard, send } = await comeBack();
  send(sync(1, Y.encodeStateAsUpdate(new Y.Doc())));
  await vi.advanceTimersByTimeAsync(200);
  expect(heard).toEqual(['step 1']);
  expect(bench.appended).toEqual([]);
});

test('G6: what a client says of itself again is not looked at, and what is new is', async () => {
  const { bench, send, answer } = await comeBack();
  answer();
  bench.write();
  const set = vi.spyOn(bench.room.presence, 'set');
  send(awareness(CLIENT, { cursor: 1 }));
  send(awareness(CLIENT, { cursor: 1 }));
  expect(set).toHaveBeenCalledTimes(1);
  send(awareness(CLIENT, { cursor: 2 }));
  send(awareness(CLIENT, { cursor: 1 }));
  expect(set).toHaveBeenCalledTimes(3);
});

test('what a frame says of one id more than once is not read', async () => {
  const { bench, showCaret, answer } = await comeBack();
  answer();
  bench.write();
  showCaret();
  showCaret({ cursor: 'again' });
  const shown = new TextDecoder().decode(bench.room.presence.states()!);
  expect(shown).toContain('"cursor":{}');
});

test('who asks on and on who is here is told so once, and again some seconds later', async () => {
  const { bench, heard, ask, send } = await comeBack();
  bench.room.presence.set(bench.join().seat, 9, '{}');
  ask();
  await vi.advanceTimersByTimeAsync(100);
  const told = (): number => heard.splice(0).filter((what) => what === 'awareness').length;
  told();
  for (let times = 0; times < 5000; times++) send(Uint8Array.of(3));
  await vi.advanceTimersByTimeAsync(100);
  expect(told()).toBe(1);
  await vi.advanceTimersByTimeAsync(defaultLimits.secondsBetweenAnswers * 1000);
  expect(told()).toBe(1);
  await vi.advanceTimersByTimeAsync(defaultLimits.secondsBetweenAnswers * 1000);
  expect(heard).toEqual([]);
});

test('who is here is told under clocks that a client which was here before has not seen', async () => {
  const { bench, heard, ask } = await comeBack();
  bench.room.presence.set(bench.join().seat, 9, '{}');
  await vi.advanceTimersByTimeAsync(100);
  // One entry: count, id, clock.
  const clockIn = (update: Uint8Array | null) => decoding.readVarUint(decoding.createDecoder(update!.subarray(2)));
  const seen = clockIn(bench.room.presence.states());
  ask();
  await vi.advanceTimersByTimeAsync(100);
  expect(heard.at(-1)).toBe('awareness');
  expect(clockIn(bench.room.presence.states())).toBeGreaterThan(seen);
});

test('I7: a client whose answers never fit is denied in the end', async () => {
  const { heard, type } = await comeBack();
  for (let key = 0; key < 2000; key++) type();
  expect(heard).toEqual(['step 1', 'denied']);
});

test('a fault of ours is not taken for one of the client', async () => {
  const { bench, heard, type } = await comeBack();
  bench.room.submit = () => {
    throw new Error('ours');
  };
  expect(type).toThrow('ours');
  expect(heard).toEqual(['step 1']);
});

test('what is no frame of the protocol ends the session with 4400', async () => {
  const { heard, send } = await comeBack();
  send(Uint8Array.of(0, 9, 0));
  expect(heard).toEqual(['step 1', 'close 4400']);
});

describe('G5: in a document that was replaced', () => {
  const LATER = 1_800_000_000;

  test('a client that holds text from before reads on, and writes nothing', async () => {
    const { bench, watcher, heard, askHolding, answer, type, showCaret } = await comeBack({ epoch: LATER });
    askHolding();
    await vi.advanceTimersByTimeAsync(100);
    expect(heard).toEqual(['step 1', 'denied', 'step 2']);
    answer();
    type();
    showCaret();
    await vi.advanceTimersByTimeAsync(100);
    expect([bench.appended, heard.filter((frame) => frame === 'denied')]).toEqual([[], ['denied']]);
    expect(watcher.member.story).toEqual([]);
  });

  test('so is one that does not say what it holds before it writes', async () => {
    const { bench, heard, answer } = await comeBack({ epoch: LATER });
    answer();
    expect([bench.appended, heard]).toEqual([[], ['step 1', 'denied']]);
  });

  test.each([
    ['holds nothing', {}],
    ['says another epoch and holds nothing', { says: 5 }],
  ])('a client that %s writes', async (_what, said) => {
    const { bench, heard, ask, answer } = await comeBack({ epoch: LATER, ...said });
    ask();
    answer();
    expect([bench.appended.length, heard.includes('denied')]).toEqual([1, false]);
  });

  test('a client that says the epoch writes, whatever it holds', async () => {
    const { bench, askHolding, answer } = await comeBack({ epoch: LATER, says: LATER });
    askHolding();
    answer();
    expect(bench.appended).toHaveLength(1);
  });

  test('a client that comes back to its own text, which is still being written, writes on', async () => {
    const { bench, heard, ask, askHolding, answer, type } = await comeBack({ epoch: LATER });
    ask();
    answer();
    askHolding();
    type();
    expect([bench.appended.length, heard.includes('denied')]).toEqual([2, false]);
  });

  test('what is no state vector ends the session', async () => {
    const { heard, send } = await comeBack({ epoch: LATER });
    send(sync(0, Uint8Array.of(9)));
    expect(heard).toEqual(['step 1', 'close 4400']);
  });
});

test('G5: in a document that never was, a client writes what it held before', async () => {
  const { bench, heard, askHolding, answer } = await comeBack();
  askHolding();
  answer();
  expect([bench.appended.length, heard.includes('denied')]).toEqual([1, false]);
});

test('who goes after it was asked who is here, and before that was answered, is told to be gone', async () => {
  const { bench, people, ask, send } = await comeBack();
  const other = bench.join({ presenceId: 9 }).seat;
  other.showPresence('{}', 0);
  ask();
  await vi.advanceTimersByTimeAsync(1000);
  expect(people).toEqual(['9']);
  send(Uint8Array.of(3));
  other.leave();
  await vi.advanceTimersByTimeAsync(1000);
  expect(people).toEqual(['9', '-9']);
});
