// Where things are put: in which type, under which key, how deep, and whether there is such a place.

import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { checkUpdate } from './check-update.js';
import { defaultGateLimits, noLimits } from './gate-limits.js';
import { KnownState } from './known-state.js';
import {
  all,
  bytes,
  gc,
  type Id,
  item,
  itemIn,
  section,
  text,
  uint,
  updateOf,
  type Write,
} from './test/handmade-updates.js';

const check = (update: Uint8Array, known = new KnownState()): string => checkUpdate(update, known).kind;

function accept(update: Uint8Array, known: KnownState): void {
  const verdict = checkUpdate(update, known);
  if (verdict.kind !== 'new') throw new Error(verdict.kind);
  known.add(verdict.change);
}

test('A14, G2: types more than 64 deep in each other are refused, in one update or one by one', () => {
  const nest = (from: number, count: number): Uint8Array =>
    updateOf({
      sections: [
        section(
          1,
          from,
          ...Array.from({ length: count }, (_, i) =>
            from + i === 0 ? item(7, uint(4)) : itemIn([1, from + i - 1], 7, uint(4)),
          ),
        ),
      ],
    });
  expect(check(nest(0, 64))).toBe('new');
  expect(check(nest(0, 65))).toBe('malformed');
  const known = new KnownState();
  for (let depth = 0; depth < 64; depth += 1) accept(nest(depth, 1), known);
  expect(check(nest(64, 1), known)).toBe('malformed');
  expect(checkUpdate(nest(64, 1), known, { limits: noLimits }).kind).toBe('new');
  // Text may still be written there, but no element beside the deepest one's text.
  accept(updateOf({ sections: [section(2, 0, itemIn([1, 63], 4, text('a')))] }), known);
  expect(check(updateOf({ sections: [section(3, 0, item(7, uint(4), { origin: [2, 0] }))] }), known)).toBe('malformed');
});

test('A15: root types are limited in number and in the length of their names, and may be listed', () => {
  const inRoot = (name: string): Write => all(bytes(4), uint(1), text(name), text('a'));
  const roots = (count: number): Uint8Array =>
    updateOf({ sections: [section(1, 0, ...Array.from({ length: count }, (_, i) => inRoot(`root ${i}`)))] });
  expect(check(roots(256))).toBe('new');
  expect(check(roots(257))).toBe('malformed');
  const known = new KnownState();
  accept(roots(256), known);
  expect(check(updateOf({ sections: [section(2, 0, inRoot('root 7'))] }), known)).toBe('new');
  expect(check(updateOf({ sections: [section(2, 0, inRoot('another'))] }), known)).toBe('malformed');
  expect(check(updateOf({ sections: [section(1, 0, inRoot('x'.repeat(256)))] }))).toBe('new');
  expect(check(updateOf({ sections: [section(1, 0, inRoot('x'.repeat(257)))] }))).toBe('malformed');

  const limits = { ...defaultGateLimits, rootNames: new Set(['prosemirror']) };
  const listed = (name: string): string =>
    checkUpdate(updateOf({ sections: [section(1, 0, inRoot(name))] }), new KnownState(), { limits }).kind;
  expect([listed('prosemirror'), listed('text'), listed('prosemirror ')]).toEqual(['new', 'malformed', 'malformed']);
});

test('G2: neighbours in two places, and parents that are no types, are refused unless they are collected', () => {
  const known = new KnownState();
  // Two elements with a letter each, and what was collected.
  const element = (client: number): Write =>
    section(client, 0, item(7, all(uint(3), text('p'))), itemIn([client, 0], 4, text('a')));
  accept(updateOf({ sections: [gc(3, 0, 2), element(2), element(1)] }), known);
  const beside = (origin: Id, right: Id): string =>
    check(updateOf({ sections: [section(9, 0, item(4, text('x'), { origin, right }))] }), known);
  expect(beside([1, 1], [2, 1])).toBe('malformed');
  expect(beside([1, 0], [1, 1])).toBe('malformed');
  expect(beside([1, 0], [2, 0])).toBe('new');
  expect([beside([3, 0], [2, 0]), beside([1, 1], [3, 1])]).toEqual(['new', 'new']);

  const inside = (parent: Id): Uint8Array => updateOf({ sections: [section(9, 0, itemIn(parent, 4, text('x')))] });
  expect(check(inside([1, 0]), known)).toBe('new');
  expect(check(inside([1, 1]), known)).toBe('malformed');
  expect(check(inside([3, 1]), known)).toBe('new');
  // Elsewhere it may have been a type before it was collected.
  accept(updateOf({ deletes: [[1, 1, 1]] }), known);
  expect(check(inside([1, 1]), known)).toBe('new');
  const arriving = updateOf({
    sections: [section(9, 0, itemIn([8, 0], 4, text('x'))), section(8, 0, item(1, uint(1)))],
  });
  expect(check(arriving, known)).toBe('new');
  // Nothing in what is collected has a depth, and all of it is collected as well.
  accept(inside([3, 1]), known);
  expect(check(updateOf({ sections: [section(8, 0, item(7, uint(4), { origin: [9, 0] }))] }), known)).toBe('new');
});

test('I7: a value under a key has one clock, unless it is deleted', () => {
  const value = (count: number): Write =>
    all(
      bytes(0x20 | 8),
      uint(1),
      text('meta'),
      text('key'),
      uint(count),
      ...Array.from({ length: count }, () => bytes(126)),
    );
  expect(check(updateOf({ sections: [section(1, 0, value(1))] }))).toBe('new');
  expect(check(updateOf({ sections: [section(1, 0, value(2))] }))).toBe('malformed');
  expect(check(updateOf({ sections: [section(1, 0, value(2))], deletes: [[1, 0, 1]] }))).toBe('malformed');
  expect(check(updateOf({ sections: [section(1, 0, value(2))], deletes: [[1, 0, 2]] }))).toBe('new');
  const known = new KnownState();
  accept(updateOf({ sections: [section(1, 0, value(1))] }), known);
  expect(check(updateOf({ sections: [section(1, 1, item(4, text('ab'), { origin: [1, 0] }))] }), known)).toBe(
    'malformed',
  );
  // As a client sends it that keeps what is deleted: two values that were replaced are one item, and the third follows.
  const doc = new Y.Doc({ gc: false });
  for (const title of ['a', 'b', 'c']) doc.getMap('meta').set('title', title);
  const whole = new Y.Doc({ gc: false });
  Y.applyUpdate(whole, Y.encodeStateAsUpdate(doc));
  expect([...whole.store.clients.values()][0]!.length).toBe(2);
  expect(check(Y.encodeStateAsUpdate(whole))).toBe('new');
});
