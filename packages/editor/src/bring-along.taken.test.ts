// What others take away, or move themselves, in the old place of text that is moved, before they hear of it; and what becomes
// of what they wrote there when whoever moved it is gone.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { block, PeopleApart, type Person, replaceFirst } from '../test/people-apart.js';
import { WAIT_MS } from './awaited-letters.js';

let room: PeopleApart;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  room.close();
  vi.useRealTimers();
});

function people(count: 2): [Person, Person];
function people(count: 3): [Person, Person, Person];
function people(count: number): Person[] {
  room = new PeopleApart(count);
  return [...room.people];
}

test('what its writer erases before hearing of the move is gone where it went, too', () => {
  const [ann, ben] = people(2);
  replaceFirst(ann, block('heading', 'The lamp'));
  ben.text().insert(4, 'old ');
  room.tell(ben, ann);
  expect(ann.fragment.toString()).toBe('<heading>The old lamp</heading>');
  ben.text().delete(5, 3);
  expect(room.meet()).toBe('<heading>The olamp</heading>');
});

test('erased before it was heard of, it is not brought along, and what stands beside it is', () => {
  const [ann, ben] = people(2);
  replaceFirst(ann, block('heading', 'The lamp'));
  ben.doc.transact(() => {
    ben.text().insert(4, 'very old ');
    ben.text().delete(6, 2);
  });
  expect(room.meet()).toBe('<heading>The ve old lamp</heading>');
});

test('somebody else erases it, and moved it is erased as well', () => {
  const [ann, ben, cat] = people(3);
  replaceFirst(ann, block('heading', 'The lamp'));
  ben.text().insert(4, 'old ');
  room.tell(ben, ann, cat);
  replaceFirst(ann, block('blockquote', block('paragraph', 'The old lamp')));
  cat.text().delete(4, 4);
  room.tell(cat, ann, ben);
  expect(room.meet()).toBe('<blockquote><paragraph>The lamp</paragraph></blockquote>');
});

test('text that was there already is erased where it went, if that comes before the move', () => {
  const [ann, ben] = people(2);
  ben.text().delete(3, 5);
  replaceFirst(ann, block('heading', 'The lamp'));
  room.tell(ben, ann);
  expect(room.meet()).toBe('<heading>The</heading>');
});

test('what its writer moves as well, with the whole block, stands where each of them moved that', () => {
  const [ann, ben] = people(2);
  replaceFirst(ann, block('heading', 'The lamp'));
  ben.text().insert(8, 's');
  room.tell(ben, ann);
  replaceFirst(ben, block('blockquote', block('paragraph', 'The lamps')));
  const text = room.meet();
  expect(text).toContain('<heading>The lamps</heading>');
  expect(text).toContain('<paragraph>The lamps</paragraph>');
});

test('what its writer moves without the block stands once, where they moved it', () => {
  const [ann, ben] = people(2);
  replaceFirst(ann, block('heading', 'The lamp'));
  ben.text().insert(8, 's');
  room.tell(ben, ann);
  ben.change(() => {
    ben.text().delete(8, 1);
    ben.fragment.insert(1, [block('paragraph', 's')]);
  });
  expect(room.meet()).toBe('<heading>The lamp</heading><paragraph>s</paragraph>');
});

test.each([
  [0, 1],
  [1, 0],
])('of two who moved the block, the first brings it along (%i before %i)', (first, second) => {
  const three = people(3);
  const [ann, ben, cat] = [three[first]!, three[second]!, three[2]];
  replaceFirst(ann, block('heading', 'The lamp'));
  replaceFirst(ben, block('blockquote', block('paragraph', 'The lamp')));
  for (const letter of 'ss') {
    cat.text().insert(8, letter);
    // Both hear of it, and neither of the other.
    room.tell(cat, ann, ben);
  }
  room.tell(ann, ben, cat);
  const text = room.meet();
  expect(text).toContain('<heading>The lampss</heading>');
  expect(text).toContain('<paragraph>The lamp</paragraph>');
});

test('nobody tells what others deleted: it stands, once', () => {
  const [ann, ben] = people(2);
  replaceFirst(ann, block('heading', 'The lamp'));
  ben.text().insert(8, 's');
  ben.text().delete(8, 1);
  for (const update of ben.outbox.splice(0)) ann.hear(update, true);
  expect(ann.fragment.toString()).toBe('<heading>The lamps</heading>');
  expect(room.meet()).toBe('<heading>The lamps</heading>');
});

test('whoever moved it is gone: its writer brings it along after a while', () => {
  const [ann, ben, cat] = people(3);
  replaceFirst(ann, block('heading', 'The lamp'));
  room.tell(ann, cat);
  ben.text().insert(4, 'old 🪔 ');
  // What Ann wrote arrives, and Ann has left.
  ben.hear(Y.encodeStateAsUpdate(cat.doc, Y.encodeStateVector(ben.doc)));
  ann.leave();
  vi.advanceTimersByTime(WAIT_MS - 1);
  expect(ben.fragment.toString()).toBe('<heading>The lamp</heading>');
  vi.advanceTimersByTime(1);
  expect(ben.fragment.toString()).toBe('<heading>The old 🪔 lamp</heading>');
  expect(room.meet()).toBe('<heading>The old 🪔 lamp</heading>');
});

test('whoever moved it was far away only: it stands once', () => {
  const [ann, ben] = people(2);
  replaceFirst(ann, block('heading', 'The lamp'));
  ben.text().insert(8, 's');
  room.tell(ann, ben);
  vi.advanceTimersByTime(WAIT_MS);
  expect(ben.fragment.toString()).toBe('<heading>The lamps</heading>');
  expect(room.meet()).toBe('<heading>The lamps</heading>');
});

test('whoever moved it moves equal letters elsewhere, which is not to bring it along (seed 433)', () => {
  const [ann, ben] = people(2);
  ann.fragment.insert(1, [block('paragraph', 'yes')]);
  room.meet();
  ann.mayWrite = false;
  replaceFirst(ann, block('heading', 'The lamp'));
  ben.text().insert(8, 's');
  room.tell(ann, ben);
  ann.change(() => {
    ann.fragment.delete(1, 1);
    ann.fragment.insert(1, [block('heading', 'yes')]);
  });
  room.tell(ann, ben);
  vi.advanceTimersByTime(WAIT_MS);
  expect(ben.fragment.toString()).toBe('<heading>The lamps</heading><heading>yes</heading>');
});

test('who wrote it sees that it was brought along, and does nothing', () => {
  const [ann, ben] = people(2);
  replaceFirst(ann, block('heading', 'The lamp'));
  for (const letter of ' is') ben.text().insert(ben.text().length, letter);
  ben.text().delete(8, 1);
  room.tell(ann, ben);
  expect(room.meet()).toBe('<heading>The lampis</heading>');
  vi.advanceTimersByTime(WAIT_MS);
  expect(ben.outbox).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
