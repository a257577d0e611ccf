// Who comes back may tell all they know to be deleted: a stock client each time, ours after a Resync and where a Check found that
// the server knows less. What fell with a moved block is in it, and nobody took that away.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { ServerLog } from '../test/fuzz/server-log.js';
import { block, PeopleApart, type Person, replaceFirst } from '../test/people-apart.js';
import { WAIT_MS } from './awaited-letters.js';

let room: PeopleApart;
let server: ServerLog;
let ann: Person;
let ben: Person;
let cat: Person;
beforeEach(() => {
  vi.useFakeTimers();
  room = new PeopleApart(3);
  server = new ServerLog();
  [ann, ben, cat] = room.people as [Person, Person, Person];
  server.add(Y.encodeStateAsUpdate(ann.doc));
});
afterEach(() => {
  room.close();
  vi.useRealTimers();
});

/** What the log keeps of what somebody wrote. */
const send = ({ outbox }: Person): Uint8Array[] => outbox.splice(0).flatMap((update) => server.add(update) ?? []);

const hear = (updates: readonly Uint8Array[], ...people: readonly Person[]): void => {
  for (const person of people) for (const update of updates) person.hear(update);
};

/** All that is deleted where somebody is, and what `other` lacks: the answer to a SyncStep1, a Resync or a Checked. */
const allOf = ({ doc }: Person, other: Person): Uint8Array =>
  Y.encodeStateAsUpdate(doc, Y.encodeStateVector(other.doc));

/** Ann moves the block; Ben, who has not heard of it, writes in it. Ann brings that along, and Ben hears of both. */
function moveAndBring(): void {
  // So that there is more to tell than what fell.
  cat.text().insert(0, 'x');
  cat.text().delete(0, 1);
  hear(send(cat), ann, ben);
  replaceFirst(ann, block('heading', 'The lamp'));
  const moved = send(ann);
  ben.text().insert(8, 's');
  const written = send(ben);
  hear(written, ann, cat);
  hear([...moved, ...send(ann)], ben, cat);
  for (const person of room.people) expect(person.fragment.toString()).toBe('<heading>The lamps</heading>');
}

test.each(['through the gate', 'by a server that tells all it hears'])(
  'whoever comes back has erased nothing, %s',
  (how) => {
    moveAndBring();
    const all = allOf(ben, ann);
    const kept = server.add(all);
    expect(kept).not.toBeNull();
    hear([how === 'through the gate' ? kept! : all], ann, cat);
    expect(ann.fragment.toString()).toBe('<heading>The lamps</heading>');
    expect(room.meet()).toBe('<heading>The lamps</heading>');
    // Now the server knows, and others who come back tell nothing new.
    expect(server.add(allOf(cat, ann))).toBeNull();
  },
);

test('with it comes what was written meanwhile', () => {
  moveAndBring();
  ben.text().insert(9, ' is');
  ben.text().delete(0, 1);
  // What waited to be sent is in it (Resync).
  ben.outbox.splice(0);
  hear([server.add(allOf(ben, ann))!], ann, cat);
  expect(room.meet()).toBe('<heading>he lamps is</heading>');
});

test('told before it was brought along, in one update with what fell, it is brought along by its writer', () => {
  replaceFirst(ann, block('heading', 'The lamp'));
  const moved = send(ann);
  ben.text().insert(8, 's');
  ben.outbox.splice(0);
  hear(moved, ben, cat);
  hear([server.add(allOf(ben, ann))!], ann, cat);
  vi.advanceTimersByTime(WAIT_MS);
  expect(room.meet()).toBe('<heading>The lamps</heading>');
});

test('what was erased before the move was heard of is taken away, though the log knows of the move', () => {
  replaceFirst(ann, block('heading', 'The lamp'));
  const moved = send(ann);
  ben.text().insert(8, 's of old');
  hear(send(ben), ann);
  expect(ann.fragment.toString()).toBe('<heading>The lamps of old</heading>');
  // Letters that the move deleted as well.
  ben.text().delete(6, 3);
  hear(send(ben), ann);
  expect(ann.fragment.toString()).toBe('<heading>The lamp of old</heading>');
  hear(moved, ben);
  expect(ben.fragment.toString()).toBe('<heading>The lamp</heading>');
});

test('erased, and told with all that fell in one update: it stays, for nobody can say which', () => {
  replaceFirst(ann, block('heading', 'The lamp'));
  const moved = send(ann);
  ben.text().insert(8, 's');
  hear(send(ben), ann);
  ben.text().delete(8, 1);
  hear(moved, ben);
  const erased = ben.outbox.splice(0);
  const update = server.add(Y.mergeUpdates([...erased, allOf(ben, ann)]))!;
  hear([update], ann);
  expect(ann.fragment.toString()).toBe('<heading>The lamps</heading>');
});

test('its writer goes on waiting though somebody else tells that it fell: whoever moved it may be gone', () => {
  replaceFirst(ann, block('heading', 'The lamp'));
  const moved = send(ann);
  ann.leave();
  ben.text().insert(8, 's');
  hear([...send(ben), ...moved], cat);
  const told = server.add(allOf(cat, ben))!;
  // All at once, as after a while without a network.
  ben.receive({ updates: [...moved, told], unsaved: [] });
  expect(ben.fragment.toString()).toBe('<heading>The lamp</heading>');
  vi.advanceTimersByTime(WAIT_MS - 1);
  hear([allOf(cat, ben)], ben);
  vi.advanceTimersByTime(1);
  expect(ben.fragment.toString()).toBe('<heading>The lamps</heading>');
});
