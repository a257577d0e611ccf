// Bytes that no honest client sends. Nothing may throw, take long or stay pending; what is taken after all must be an
// edit like any other.

import * as prng from 'lib0/prng';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { writeAtRandom } from '../../../bench/src/random-peers.js';
import { checkUpdate, type Verdict } from './check-update.js';
import { defaultGateLimits } from './gate-limits.js';
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
  written,
} from './test/handmade-updates.js';

/** What becomes of it; 'part': some of it is taken. */
function check(update: Uint8Array, known = new KnownState()): string {
  const verdict = checkUpdate(update, known);
  return verdict.kind === 'new' && verdict.withheld ? 'part' : verdict.kind;
}

/** Client 9 has written 100 characters into the root type `text`. */
function knownVictim(): KnownState {
  const known = new KnownState();
  known.add({ structs: [{ client: 9, from: 0, to: 100 }], deletes: [] });
  return known;
}

const letter = (content = text('a')): Write => item(4, content);

test('A1, A2: counts that the bytes cannot hold are refused before anything is allocated', () => {
  for (const count of [33_554_431, 2 ** 32 - 1, 2 ** 40, 2 ** 53 - 1]) {
    expect(check(written(uint(1), uint(count), uint(9), uint(0)))).toBe('malformed');
    expect(check(written(uint(count), uint(1), uint(9), uint(0)))).toBe('malformed');
    expect(check(written(uint(0), uint(count), uint(9), uint(1)))).toBe('malformed');
    expect(check(written(uint(0), uint(1), uint(9), uint(count)))).toBe('malformed');
    expect(check(updateOf({ sections: [section(1, 0, item(8, all(uint(count), bytes(126))))] }))).toBe('malformed');
  }
});

test('A3: clients without structs are refused, and so are thousands of new ones', () => {
  expect(check(updateOf({ sections: [section(1, 0)] }))).toBe('malformed');
  const sections = Array.from({ length: 1001 }, (_, i) => gc(5000 - i, 0, 1));
  expect(check(updateOf({ sections }))).toBe('malformed');
  expect(check(updateOf({ sections: sections.slice(1) }))).toBe('new');
  // Unless each has written something.
  const value = all(uint(50), bytes(...new Uint8Array(50)));
  const inMap = (key: string): Write => all(bytes(0x20 | 3), uint(1), text('meta'), text(key), value);
  const written = Array.from({ length: 3000 }, (_, i) => section(5000 - i, 0, inMap(`key ${i}`)));
  expect(check(updateOf({ sections: written }))).toBe('new');
});

test('A5: more structs or deleted ranges than the limit are refused', () => {
  const single = all(bytes(0), uint(1));
  const update = updateOf({ sections: [section(1, 0, ...Array.from({ length: 300 }, () => single))] });
  expect(check(update)).toBe('new');
  const limits = { ...defaultGateLimits, maxParts: 299, maxNewClients: 1 };
  expect(checkUpdate(update, new KnownState(), { limits }).kind).toBe('malformed');
  const deletes = Array.from({ length: 40 }, (_, i) => [9, 2 * i, 1]);
  expect(checkUpdate(updateOf({ deletes }), knownVictim(), { limits: { ...limits, maxParts: 41 } }).kind).toBe('new');
  expect(checkUpdate(updateOf({ deletes }), knownVictim(), { limits: { ...limits, maxParts: 40 } }).kind).toBe(
    'malformed',
  );
});

test('A6: structs, contents and deletions of length 0 are refused', () => {
  expect(check(updateOf({ sections: [gc(1, 0, 0)] }))).toBe('malformed');
  expect(check(updateOf({ sections: [section(1, 0, all(bytes(10), uint(0)))] }))).toBe('malformed');
  expect(check(updateOf({ sections: [section(1, 0, letter(text('')))] }))).toBe('malformed');
  expect(check(updateOf({ sections: [section(1, 0, item(1, uint(0)))] }))).toBe('malformed');
  expect(check(updateOf({ sections: [section(1, 0, item(8, uint(0)))] }))).toBe('malformed');
  expect(check(updateOf({ sections: [section(1, 0, item(2, uint(0)))] }))).toBe('malformed');
  expect(check(updateOf({ deletes: [[9, 0, 0]] }), knownVictim())).toBe('malformed');
});

test('A7: clocks end below 2^31', () => {
  for (const length of [2 ** 31 - 100, 2 ** 50]) {
    expect(check(updateOf({ sections: [gc(9, 100, length)] }), knownVictim())).toBe('malformed');
    expect(check(updateOf({ sections: [section(9, 100, item(1, uint(length)))] }), knownVictim())).toBe('malformed');
    expect(check(updateOf({ deletes: [[9, 100, length]] }), knownVictim())).toBe('malformed');
  }
});

test('A9: a deletion alone is a change, and it is told', () => {
  const verdict = checkUpdate(updateOf({ deletes: [[9, 0, 100]] }), knownVictim());
  expect(verdict).toMatchObject({ kind: 'new', change: { structs: [], deletes: [{ client: 9, from: 0, to: 100 }] } });
});

test('A10, G1: deletions of what nobody has seen are a gap', () => {
  expect(check(updateOf({ deletes: [[7, 0, 1]] }))).toBe('gap');
  expect(check(updateOf({ deletes: [[9, 100, 2]] }), knownVictim())).toBe('gap');
  expect(check(updateOf({ deletes: [[9, 99, 2]] }), knownVictim())).toBe('part');
  expect(check(updateOf({ sections: [gc(9, 100, 1)], deletes: [[9, 99, 2]] }), knownVictim())).toBe('new');
});

test('A11, G1: structs after a hole, or upon something unknown, are a gap', () => {
  const known = knownVictim();
  expect(check(updateOf({ sections: [section(9, 101, letter())] }), known)).toBe('gap');
  expect(check(updateOf({ sections: [section(1, 0, letter(), all(bytes(10), uint(2)), letter())] }), known)).toBe(
    'part',
  );
  for (const id of [
    [9, 100],
    [8, 0],
  ] as const) {
    expect(check(updateOf({ sections: [section(1, 0, item(4, text('a'), { origin: id }))] }), known)).toBe('gap');
    expect(check(updateOf({ sections: [section(1, 0, item(4, text('a'), { right: id }))] }), known)).toBe('gap');
    expect(check(updateOf({ sections: [section(1, 0, itemIn(id, 4, text('a')))] }), known)).toBe('gap');
  }
  expect(check(updateOf({ sections: [section(1, 0, item(4, text('a'), { origin: [9, 99] }))] }), known)).toBe('new');
});

test('A12, A13: values nested more than 32 deep are refused', () => {
  const json = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const any = (depth: number): Write => all(...Array.from({ length: depth }, () => bytes(117, 1)), bytes(126));
  const object = (depth: number): Write =>
    all(...Array.from({ length: depth }, () => all(bytes(118, 1), text('k'))), bytes(126));
  const one = (content: number, body: Write): Uint8Array =>
    updateOf({ sections: [section(1, 0, item(content, body))] });
  for (const [depth, expected] of [
    [32, 'new'],
    [33, 'malformed'],
    [5000, 'malformed'],
  ] as const) {
    expect(check(one(5, text(json(depth))))).toBe(expected);
    expect(check(one(6, all(text('key'), text(json(depth)))))).toBe(expected);
    expect(check(one(2, all(uint(1), text(json(depth)))))).toBe(expected);
    expect(check(one(8, all(uint(1), any(depth))))).toBe(expected);
    expect(check(one(8, all(uint(1), object(depth))))).toBe(expected);
  }
  expect(check(one(5, text(`"\\\\"${'['.repeat(40)}\\""`)))).toBe('malformed');
  expect(check(one(5, text(`"\\"${'['.repeat(40)}"`)))).toBe('new');
});

test('A16: documents within documents are refused', () => {
  const subdocument = item(9, all(text('guid'), bytes(118, 1), text('autoLoad'), bytes(120)));
  expect(check(updateOf({ sections: [section(1, 0, subdocument)] }))).toBe('malformed');
});

test('A24: garbage is malformed, with a reason', () => {
  const random = prng.create(1);
  for (let i = 0; i < 2000; i += 1) {
    const verdict = checkUpdate(prng.uint8Array(random, prng.int32(random, 0, 60)), new KnownState());
    if (verdict.kind === 'malformed') expect(verdict.reason).toMatch(/^\w.*\w$/);
  }
  expect(check(new Uint8Array())).toBe('malformed');
  expect(check(Uint8Array.of(0, 0, 0))).toBe('malformed');
  expect(check(Uint8Array.of(0, 0))).toBe('known');
});

test("G1: structs that are each other's origin are a gap, in a circle of any length", () => {
  const beside = (client: number, clock = 0): Write => item(4, text('a'), { origin: [client, clock] });
  const circle = updateOf({ sections: [section(2, 0, beside(1)), section(1, 0, beside(2))] });
  expect(circle.length).toBe(18);
  expect(check(circle)).toBe('gap');
  const sections = Array.from({ length: 500 }, (_, i) => section(500 - i, 0, beside(i === 499 ? 500 : 499 - i)));
  expect(check(updateOf({ sections }))).toBe('gap');
  // The same length, with a beginning.
  expect(check(updateOf({ sections: [...sections.slice(0, -1), section(1, 0, letter())] }))).toBe('new');
  // Each waits for the other's second struct, or goes to and fro as two people who type in turn do.
  const crossed = [section(2, 0, beside(1, 1), letter()), section(1, 0, beside(2, 1), letter())];
  expect(check(updateOf({ sections: crossed }))).toBe('gap');
  const inTurn = [section(2, 0, beside(1, 0), beside(1, 1)), section(1, 0, letter(), beside(2, 0))];
  expect(check(updateOf({ sections: inTurn }))).toBe('new');
});

test('G1: a struct that depends on itself or on its own future is refused', () => {
  for (const clock of [0, 1]) {
    for (const struct of [item(4, text('a'), { origin: [1, clock] }), item(4, text('a'), { right: [1, clock] })]) {
      expect(check(updateOf({ sections: [section(1, 0, struct, letter())] }))).toBe('malformed');
    }
    expect(check(updateOf({ sections: [section(1, 0, itemIn([1, clock], 4, text('a')), letter())] }))).toBe(
      'malformed',
    );
  }
});

test('G2: a struct between something and itself is taken, as from honest people who undo', () => {
  const [here, next] = [
    [9, 5],
    [9, 6],
  ] as const;
  const letters = (...structs: readonly Write[]): Uint8Array => updateOf({ sections: [section(1, 0, ...structs)] });
  expect(check(letters(item(4, text('a'), { origin: here, right: here })), knownVictim())).toBe('new');
  expect(check(letters(item(4, text('a'), { origin: here, right: next })), knownVictim())).toBe('new');
  expect(check(letters(letter(), item(4, text('b'), { origin: [1, 0], right: [1, 0] })))).toBe('new');
});

test('G1: long chains between two clients are put in order in linear time', () => {
  // Client 1 and 2 build on each other's newest struct, 50,000 times.
  const chain = (client: number, other: number, first: boolean): Write =>
    section(
      client,
      0,
      ...Array.from({ length: 50_000 }, (_, i) =>
        i === 0 && first ? letter() : item(4, text('a'), { origin: [other, first ? i - 1 : i] }),
      ),
    );
  const update = updateOf({ sections: [chain(2, 1, false), chain(1, 2, true)] });
  const started = performance.now();
  expect(check(update)).toBe('new');
  expect(performance.now() - started).toBeLessThan(2000);
});

test('a client may not appear twice', () => {
  expect(check(updateOf({ sections: [gc(2, 0, 1), gc(1, 0, 1), gc(2, 1, 1)] }))).toBe('malformed');
  expect(check(updateOf({ sections: [gc(2, 0, 1), gc(2, 0, 1)] }))).toBe('malformed');
});

test('A4: an update of version 2 is told from one of version 1, and refused', () => {
  const doc = new Y.Doc();
  for (let i = 0; i < 30; i += 1) {
    doc.getText('text').insert(i, 'abc');
    const first = checkUpdate(Y.encodeStateAsUpdateV2(doc), new KnownState());
    expect(first).toMatchObject({ kind: 'malformed', reason: expect.stringContaining('version 2') });
  }
});

test('kinds of content, types and parents that do not exist are refused', () => {
  for (const kind of [10, 11, 31])
    expect(check(updateOf({ sections: [section(1, 0, item(kind, uint(1)))] }))).toBe('malformed');
  expect(check(updateOf({ sections: [section(1, 0, all(bytes(10 | 0x80), uint(1)))] }))).toBe('malformed');
  for (const type of [0, 1, 2, 4, 6])
    expect(check(updateOf({ sections: [section(1, 0, item(7, uint(type)))] }))).toBe('new');
  for (const type of [3, 5]) {
    expect(check(updateOf({ sections: [section(1, 0, item(7, all(uint(type), text('p'))))] }))).toBe('new');
  }
  expect(check(updateOf({ sections: [section(1, 0, item(7, uint(7)))] }))).toBe('malformed');
  const parent = all(bytes(4), uint(2), text('text'), text('a'));
  expect(check(updateOf({ sections: [section(1, 0, parent)] }))).toBe('malformed');
});

const seeds = Array.from({ length: 15 }, (_, i) => i + 1);

test.each(seeds)('I7: mutants never throw, and those that are taken do no harm to a Y.Doc (seed %i)', (seed) => {
  const { log, random } = writeAtRandom({ seed, steps: 25 });
  const known = new KnownState();
  const taken: Uint8Array[] = [];
  for (const update of log) {
    for (let i = 0; i < 30; i += 1) expectHarmless(mutate(update, random), known, taken);
    const verdict = checkUpdate(update, known);
    if (verdict.kind === 'new') known.add(verdict.change);
    taken.push(update);
  }
});

test.each(seeds.slice(0, 10))('I7: forgeries out of every kind of part do no harm to a Y.Doc (seed %i)', (seed) => {
  const { log, random } = writeAtRandom({ seed, steps: 30 });
  const known = new KnownState();
  for (const update of log) {
    const verdict = checkUpdate(update, known);
    if (verdict.kind === 'new') known.add(verdict.change);
  }
  const taken = [...log];
  const tally = { new: 0, known: 0, gap: 0, malformed: 0, tangled: 0 };
  for (let i = 0; i < 150; i += 1) {
    const update = forge(known, random);
    const verdict = expectHarmless(update, known, taken);
    tally[verdict.kind === 'new' && verdict.withheld ? 'gap' : verdict.kind] += 1;
    // One on top of the other.
    if (verdict.kind === 'new' && prng.bool(random)) {
      known.add(verdict.change);
      taken.push(verdict.update);
    }
  }
  expect(Math.min(tally.new, tally.gap)).toBeGreaterThan(0);
});

/** Applies what the gate takes, and does with the document what servers and clients do with it. */
function expectHarmless(update: Uint8Array, known: KnownState, taken: readonly Uint8Array[]): Verdict {
  const verdict = checkUpdate(update, known);
  if (verdict.kind !== 'new') return verdict;
  const after = known.copy();
  after.add(verdict.change);
  const doc = new Y.Doc();
  doc.on('update', () => {});
  for (const one of taken) Y.applyUpdate(doc, one);
  Y.applyUpdate(doc, verdict.update);
  const reloaded = new Y.Doc();
  Y.applyUpdate(reloaded, Y.encodeStateAsUpdate(doc));
  const merged = new Y.Doc();
  Y.applyUpdate(merged, Y.mergeUpdates([...taken, verdict.update]));
  for (const { store } of [doc, reloaded, merged]) {
    expect([store.pendingStructs, store.pendingDs]).toEqual([null, null]);
  }
  for (const one of [doc, reloaded, merged]) expect(Y.encodeStateVector(one)).toEqual(after.encodeStateVector());
  return verdict;
}

/**
 * Structs of known and unknown clients, beside and inside of whatever is there, or nearly.
 */
function forge(known: KnownState, random: prng.PRNG): Uint8Array {
  const int = (max: number): number => prng.int32(random, 0, max);
  const clients = [...Y.decodeStateVector(known.encodeStateVector()).keys(), 5, 6];
  const id = (): Id => {
    const client = prng.oneOf(random, clients);
    return [client, int(known.clockOf(client) + (int(5) === 0 ? 2 : -1))];
  };
  const content = (): [content: number, body: Write] =>
    prng.oneOf<() => [number, Write]>(random, [
      () => [1, uint(1)],
      () => [2, all(uint(1), text('[1]'))],
      () => [3, all(uint(2), bytes(1, 2))],
      () => [4, text(prng.oneOf(random, ['a', 'abc']))],
      () => [5, text('{"a":1}')],
      () => [6, all(text('strong'), text(prng.oneOf(random, ['{}', 'null'])))],
      () => [7, uint(prng.oneOf(random, [0, 1, 2, 4, 6]))],
      () => [7, all(uint(prng.oneOf(random, [3, 5])), text('p'))],
      () => [8, all(uint(1), bytes(125, 7))],
      () => [8, all(uint(2), bytes(125, 7, 126))],
    ])();
  const struct = (): Write => {
    const [kind, body] = content();
    switch (int(8)) {
      case 8:
        return item(kind, body, { origin: id(), right: id() });
      case 0:
        return all(bytes(0), uint(1 + int(3)));
      case 1:
        return itemIn(id(), kind, body);
      case 2:
        return all(bytes(kind | 0x20), uint(0), ...id().map(uint), text('level'), body);
      case 3:
        return all(bytes(kind | 0x20), uint(1), text(prng.oneOf(random, ['meta', 'text', ''])), text('title'), body);
      case 4:
        return item(kind, body, { origin: id() });
      case 5:
        return item(kind, body, { right: id() });
      default: {
        const [client, clock] = id();
        return item(kind, body, { origin: [client, clock], right: [client, clock + 1] });
      }
    }
  };
  const writers = [...new Set([prng.oneOf(random, clients), prng.oneOf(random, clients)])].slice(int(2) === 0 ? 1 : 0);
  const sections = writers.map((client) => {
    const clock = Math.max(0, known.clockOf(client) - (int(2) === 0 ? int(3) : 0));
    return section(client, clock, ...Array.from({ length: 1 + int(2) }, struct));
  });
  const deletes = Array.from({ length: int(2) }, () => [...id(), 1 + int(3)]);
  return updateOf({ sections, deletes });
}

test('I7: a struct whose known part has been collected does not make Yjs throw when the rest of it is forged', () => {
  const doc = new Y.Doc();
  doc.clientID = 9;
  const paragraph = new Y.XmlText('abc');
  doc.getXmlFragment('prosemirror').insert(0, [paragraph]);
  doc.getXmlFragment('prosemirror').delete(0);
  const state = Y.encodeStateAsUpdate(doc);
  const known = new KnownState();
  const first = checkUpdate(state, known);
  if (first.kind === 'new') known.add(first.change);
  // Clock 0 is the paragraph, 1 to 3 were its text. The forgery claims to begin at the last letter, in another place.
  const forged = updateOf({ sections: [section(9, 3, item(4, text('cdef'), { right: [9, 0] }))] });
  const applied = (update: Uint8Array): Y.Doc => {
    const copy = new Y.Doc();
    Y.applyUpdate(copy, state);
    Y.applyUpdate(copy, update);
    return copy;
  };
  expect(() => applied(forged)).toThrow();
  const verdict = checkUpdate(forged, known);
  if (verdict.kind !== 'new') throw new Error(verdict.kind);
  known.add(verdict.change);
  expect(Y.encodeStateVector(applied(verdict.update))).toEqual(known.encodeStateVector());
});

function mutate(update: Uint8Array, random: prng.PRNG): Uint8Array {
  const bytes = [...update];
  for (let left = prng.int32(random, 1, 2); left > 0; left -= 1) {
    const at = prng.int32(random, 0, Math.max(0, bytes.length - 1));
    switch (prng.int32(random, 0, 4)) {
      case 0:
        bytes[at] = prng.int32(random, 0, 255);
        break;
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << prng.int32(random, 0, 7));
        break;
      case 2:
        bytes.splice(at, prng.int32(random, 1, 3));
        break;
      case 3:
        bytes.splice(at, 0, prng.int32(random, 0, 255));
        break;
      default:
        bytes[at] = (bytes[at] ?? 0) + prng.int32(random, -1, 1);
    }
  }
  return Uint8Array.from(bytes);
}
