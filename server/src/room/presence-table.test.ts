import * as decoding from 'lib0/decoding';
import { expect, test } from 'vitest';
import { PresenceTable } from './presence-table.js';

const owner = { number: 1 };

function decode(update: Uint8Array): { id: number; clock: number; json: string }[] {
  const decoder = decoding.createDecoder(update);
  return Array.from({ length: decoding.readVarUint(decoder) }, () => ({
    id: decoding.readVarUint(decoder),
    clock: decoding.readVarUint(decoder),
    json: decoding.readVarString(decoder),
  }));
}

test('only what changed is told, once', () => {
  const table = new PresenceTable();
  expect(table.set(1, '{"a":1}', owner)).toBe(true);
  expect(table.set(1, '{"a":1}', owner)).toBe(false);
  table.set(2, '{"b":1}', owner);
  const changes = table.takeChanges()!;
  expect(decode(changes.all).map(({ id }) => id)).toEqual([1, 2]);
  expect(decode(changes.without(1)!)).toEqual(decode(changes.all).slice(1));
  expect(decode(changes.without(2)!)).toEqual(decode(changes.all).slice(0, 1));
  expect(changes.without(3)).toBe(changes.all);
  expect(table.takeChanges()).toBeNull();
  table.set(2, '{"b":2}', owner);
  expect(table.takeChanges()!.without(2)).toBeNull();
});

test('of 128 people, whose number is one byte longer than that of 127, each is left out of what they are told', () => {
  const table = new PresenceTable();
  const ids = Array.from({ length: 128 }, (_, id) => id);
  for (const id of ids) table.set(id, `{"at":${id}}`, owner);
  const changes = table.takeChanges()!;
  for (const own of ids) {
    expect(decode(changes.without(own)!).map(({ id }) => id)).toEqual(ids.filter((id) => id !== own));
  }
});

test('someone who came and went between two tellings is told as gone', () => {
  const table = new PresenceTable();
  table.set(1, '{}', owner);
  table.delete(1, owner);
  expect(decode(table.takeChanges()!.all)).toMatchObject([{ id: 1, json: 'null' }]);
});

test('clocks only ever grow, also from one table to the next', () => {
  const first = new PresenceTable();
  const clocks: number[] = [];
  for (let i = 0; i < 5; i++) {
    first.set(1, `{"i":${i}}`, owner);
    clocks.push(decode(first.takeChanges()!.all)[0]!.clock);
  }
  first.renew();
  clocks.push(decode(first.update([1]).all)[0]!.clock);
  expect(clocks).toEqual([...new Set(clocks)].sort((a, b) => a - b));
  const second = new PresenceTable();
  second.set(1, '{}', owner);
  expect(decode(second.takeChanges()!.all)[0]!.clock).toBeGreaterThanOrEqual(clocks[0]!);
});

test('what a connection that was followed by another says late is nothing, and it takes nothing down', () => {
  const table = new PresenceTable();
  const successor = { number: 2 };
  table.set(1, '{"old":1}', owner);
  table.set(1, '{"new":1}', successor);
  table.takeChanges();
  // A caret that had to wait for its text (S5), from the connection that is about to be closed.
  expect(table.set(1, '{"late":1}', owner)).toBe(false);
  expect(table.delete(1, owner)).toBe(false);
  expect(decode(table.update([1]).all)).toMatchObject([{ json: '{"new":1}' }]);
  expect(table.delete(1, successor)).toBe(true);
});

test('a connection says its first word when another has followed it: it is nothing, and takes nothing down', () => {
  const table = new PresenceTable();
  const successor = { number: 2 };
  table.set(1, '{"new":1}', successor);
  // Sent before by a slower way, as over HTTP.
  expect(table.set(1, '{"late":1}', owner)).toBe(false);
  expect(table.delete(1, owner)).toBe(false);
  expect(decode(table.update([1]).all)).toMatchObject([{ json: '{"new":1}' }]);
  expect(table.delete(1, successor)).toBe(true);
  expect(table.set(1, '{"late":2}', owner)).toBe(false);
});

test('a connection that died does not take down what its successor shows', () => {
  const table = new PresenceTable();
  const successor = { number: 2 };
  table.set(1, '{"old":1}', owner);
  table.set(1, '{"old":1}', successor);
  expect(table.delete(1, owner)).toBe(false);
  expect(table.ids()).toEqual([1]);
  expect(table.delete(1, successor)).toBe(true);
});
