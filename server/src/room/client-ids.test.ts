import { expect, test } from 'vitest';
import { ClientIds, equalPersons, type SamePerson } from './client-ids.js';

const started = (samePerson: SamePerson = equalPersons) =>
  new ClientIds(
    new Map([
      [1, 'ann'],
      [2, ''],
    ]),
    samePerson,
  );

const newStructs = (client: number, from = 0) => ({ structs: [{ client, from, to: from + 1 }], deletes: [] });

test('an id belongs to its owner, and one that nobody had to whoever comes', () => {
  const ids = started();
  const may = (client: number) => ['ann', 'bob', ''].filter((person) => ids.mayUse(client, person));
  expect([1, 2, 3].map(may)).toEqual([['ann'], [''], ['ann', 'bob', '']]);
});

test('G6: a claim keeps an id from others until the last session that named it has ended', () => {
  const ids = started();
  expect([ids.claim(3, 'bob'), ids.claim(3, 'bob'), ids.claim(3, 'ann'), ids.claim(1, 'bob')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  ids.release(3);
  expect(ids.mayUse(3, 'ann')).toBe(false);
  ids.release(3);
  expect(ids.mayUse(3, 'ann')).toBe(true);
  expect(ids.claim(3, 'ann')).toBe(true);
});

test('what is written under a claimed id is its for good, and later writing changes no owner', () => {
  const ids = started();
  ids.claim(3, 'bob');
  ids.note(newStructs(3), 'bob');
  ids.note(newStructs(1, 7), 'g-1');
  ids.release(3);
  expect([ids.mayUse(3, 'bob'), ids.mayUse(3, 'ann'), ids.mayUse(1, 'ann')]).toEqual([true, false, true]);
});

test('what is still being written is left out of the owners of what is on disk', () => {
  const ids = started();
  ids.note(newStructs(3), 'bob');
  ids.note(newStructs(1, 7), 'ann');
  expect(ids.owners([newStructs(3), newStructs(1, 7)])).toEqual(
    new Map([
      [1, 'ann'],
      [2, ''],
    ]),
  );
  expect(ids.owners([]).get(3)).toBe('bob');
});

test('G7: a guest who signed in is the person, in both directions', () => {
  const ids = started((a, b) => [a, b].sort().join(' ') === 'ann g-1');
  expect(ids.mayUse(1, 'g-1')).toBe(true);
  expect(ids.mayUse(1, 'g-2')).toBe(false);
  expect(ids.claim(4, 'g-1') && ids.claim(4, 'ann')).toBe(true);
  expect(ids.claim(4, '')).toBe(false);
});
