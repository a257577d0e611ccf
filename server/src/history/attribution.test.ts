// Who wrote and who deleted what, against an oracle that knows nothing of Yjs' structs: each person types characters that nobody
// ever types again, and what is in sight before and after each entry says whose entry brought it, and whose took it away.
// WEFT_SEEDS sets how many seeds are run, WEFT_SEED runs a single one.

import * as prng from 'lib0/prng';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { checkUpdate } from '../gate/check-update.js';
import { KnownState } from '../gate/known-state.js';
import { noteOwners } from '../gate/owners.js';
import { loadDocument } from './load-state.js';
import { compareEntries, runsOf, type TestEntry, timeOf } from './test/compared.js';

const only = process.env.WEFT_SEED;
const seeds = only ? [Number(only)] : Array.from({ length: Number(process.env.WEFT_SEEDS ?? 100) }, (_, i) => 1 + i);

const PEOPLE = ['ann', 'ben', 'cleo'];
const STEPS = 60;
const COMPARISONS = 6;
const SERVER = 'server';

const textRoot = (doc: Y.Doc): Y.XmlFragment => doc.getXmlFragment('prosemirror');
const textOf = (paragraph: Y.XmlElement): Y.XmlText => paragraph.get(0) as Y.XmlText;
const paragraphsOf = (doc: Y.Doc): Y.XmlElement[] => textRoot(doc).toArray() as Y.XmlElement[];

interface Piece {
  readonly insert: string;
  readonly attributes?: object;
}
const piecesOf = (doc: Y.Doc): Piece[] => paragraphsOf(doc).flatMap((one) => textOf(one).toDelta() as Piece[]);

/** What is in sight, and how it looks. */
const looksOf = (doc: Y.Doc): Map<string, string> =>
  new Map(
    piecesOf(doc).flatMap(({ insert, attributes }) =>
      [...insert].map((character): [string, string] => [character, JSON.stringify(attributes ?? {})]),
    ),
  );

/** What a server does with what it is sent: nobody writes under a client id of somebody else. */
class TestServer {
  readonly entries: TestEntry[] = [];
  readonly #known = new KnownState();
  readonly #owners = new Map<number, string>();

  /** @returns whether something of it is an entry now */
  take(update: Uint8Array, by: string): boolean {
    const mayWriteAs = (client: number): boolean => (this.#owners.get(client) ?? by) === by;
    const verdict = checkUpdate(update, this.#known, { mayWriteAs });
    if (verdict.kind !== 'new') return false;
    this.#known.add(verdict.change);
    noteOwners(this.#owners, verdict.change, by);
    this.entries.push({ by, update: verdict.update });
    return true;
  }
}

class Writer {
  readonly name: string;
  readonly doc = new Y.Doc();
  readonly #random: prng.PRNG;
  readonly #keyboard: () => string;
  #outbox: Uint8Array[] = [];
  #seen = 0;

  constructor(name: string, clientId: number, random: prng.PRNG, keyboard: () => string) {
    this.name = name;
    this.#random = random;
    this.#keyboard = keyboard;
    this.doc.clientID = clientId;
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== SERVER) this.#outbox.push(update);
    });
  }

  catchUp(entries: readonly TestEntry[]): void {
    for (const until = this.#int(this.#seen, entries.length); this.#seen < until; this.#seen += 1) {
      Y.applyUpdate(this.doc, entries[this.#seen]!.update, SERVER);
    }
  }

  write(): void {
    const paragraphs = paragraphsOf(this.doc);
    const paragraph = paragraphs[this.#int(0, paragraphs.length - 1)];
    const action = this.#int(0, 9);
    if (!paragraph || action === 0) this.#addParagraph(paragraphs.length);
    else if (action === 1 && paragraphs.length > 1) textRoot(this.doc).delete(paragraphs.indexOf(paragraph), 1);
    else this.#edit(textOf(paragraph), action);
  }

  /** One by one, together, or all there is, what others wrote among it. */
  send(server: TestServer): void {
    const outbox = this.#outbox;
    this.#outbox = [];
    if (outbox.length === 0) return;
    const way = this.#int(0, 3);
    if (way === 0) server.take(Y.encodeStateAsUpdate(this.doc), this.name);
    else if (way === 1) server.take(Y.mergeUpdates(outbox), this.name);
    else for (const update of outbox) server.take(update, this.name);
  }

  #edit(text: Y.XmlText, action: number): void {
    const edges = [0];
    for (const { insert } of text.toDelta() as Piece[]) {
      for (const character of insert) edges.push(edges.at(-1)! + character.length);
    }
    const first = this.#int(0, edges.length - 1);
    const at = edges[first]!;
    const length = edges[Math.min(first + this.#int(1, 4), edges.length - 1)]! - at;
    if (action <= 5 || length === 0) text.insert(at, this.#typed());
    else if (action <= 8) text.delete(at, length);
    else text.format(at, length, { strong: this.#int(0, 1) === 0 ? null : {} });
  }

  #addParagraph(count: number): void {
    const text = new Y.XmlText(this.#typed());
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.insert(0, [text]);
    textRoot(this.doc).insert(this.#int(0, count), [paragraph]);
  }

  #typed(): string {
    return Array.from({ length: this.#int(1, 4) }, this.#keyboard).join('');
  }

  #int(from: number, to: number): number {
    return prng.int32(this.#random, from, Math.max(from, to));
  }
}

interface Fate {
  readonly by: string;
  readonly seq: number;
}

/** Who brought each character and who took it away, and what could be seen after each entry. */
function watch(entries: readonly TestEntry[]) {
  const updates = entries.map(({ update }) => update);
  const brought = new Map<string, Fate>();
  const taken = new Map<string, Fate>();
  const looks = [new Map<string, string>()];
  for (const [index, { by }] of entries.entries()) {
    const before = looks.at(-1)!;
    // Made anew: a document that is given one update after the other tidies up formatting, which is in no log.
    const now = looksOf(loadDocument({ checkpointState: null, updates: updates.slice(0, index + 1) }));
    const fate = { by, seq: index + 1 };
    for (const character of now.keys()) if (!before.has(character)) brought.set(character, fate);
    for (const character of before.keys()) if (!now.has(character)) taken.set(character, fate);
    looks.push(now);
  }
  return { brought, taken, looks };
}

function writeTogether(seed: number) {
  const random = prng.create(seed);
  let typed = 0;
  const typedBy = new Map<string, string>();
  const server = new TestServer();
  const writers = PEOPLE.map((name, i) => {
    const keyboard = (): string => {
      typed += 1;
      // Some of one unit, some of two.
      const character = String.fromCodePoint((typed % 3 === 0 ? 0x20000 : 0x4e00) + typed);
      typedBy.set(character, name);
      return character;
    };
    return new Writer(name, 10 ** (i + 1) + seed, random, keyboard);
  });
  for (let step = 0; step < STEPS; step++) {
    const writer = prng.oneOf(random, writers);
    if (prng.bool(random)) writer.catchUp(server.entries);
    writer.write();
    if (prng.bool(random)) writer.send(server);
  }
  for (const writer of writers) writer.send(server);
  return { random, entries: server.entries, typedBy };
}

test.each(seeds)('each changed character is credited to who wrote and who deleted it (seed %i)', (seed) => {
  const { random, entries, typedBy } = writeTogether(seed);
  const { brought, taken, looks } = watch(entries);
  for (const [character, { by }] of brought) expect(by).toBe(typedBy.get(character));
  for (let round = 0; round < COMPARISONS; round++) {
    const from = round === 0 ? 0 : prng.int32(random, 0, entries.length);
    const to = round === 0 ? entries.length : prng.int32(random, from, entries.length);
    const base = prng.bool(random) ? prng.int32(random, 0, from) : 0;
    const comparison = compareEntries(entries, from, to, base);
    const [before, after] = [looks[from]!, looks[to]!];
    const seen = { before: [] as string[], after: [] as string[] };
    const counts = new Map<string, { inserted: number; deleted: number }>();
    const count = (by: string, what: 'inserted' | 'deleted'): void => {
      const one = counts.get(by) ?? { inserted: 0, deleted: 0 };
      counts.set(by, { ...one, [what]: one[what] + 1 });
    };
    for (const { text = '', change, edit, marks = {}, marksBefore = {} } of runsOf(comparison)) {
      for (const character of text) {
        if (change !== 'inserted') seen.before.push(character);
        if (change !== 'deleted') seen.after.push(character);
        if (change === 'same') {
          expect(edit).toBeUndefined();
          expect([before.get(character), after.get(character)]).toEqual([JSON.stringify(marks), JSON.stringify(marks)]);
          continue;
        }
        expect(edit!.by).toBe(entries[edit!.seq - 1]!.by);
        expect(edit!.atMs).toBe(timeOf(edit!.seq));
        if (change === 'reformatted') {
          expect([before.get(character), after.get(character)]).toEqual([
            JSON.stringify(marksBefore),
            JSON.stringify(marks),
          ]);
          expect(edit!.seq).toBeGreaterThan(from);
          expect(edit!.seq).toBeLessThanOrEqual(to);
          continue;
        }
        const fate = (change === 'inserted' ? brought : taken).get(character)!;
        expect({ by: edit!.by, seq: edit!.seq }).toEqual(fate);
        expect((change === 'inserted' ? after : before).get(character)).toBe(JSON.stringify(marks));
        count(fate.by, change);
      }
    }
    expect(seen.before).toEqual([...before.keys()]);
    expect(seen.after).toEqual([...after.keys()]);
    for (const { id, inserted, deleted } of comparison.people) {
      expect({ inserted, deleted }).toEqual(counts.get(id) ?? { inserted: 0, deleted: 0 });
    }
  }
});

describe('whoever claims the client id of somebody else', () => {
  /** Ann's document, and what of it the server has. */
  function annsText() {
    const server = new TestServer();
    const ann = new Y.Doc();
    ann.clientID = 7;
    ann.on('update', (update: Uint8Array) => server.take(update, 'ann'));
    const text = new Y.XmlText();
    const paragraph = new Y.XmlElement('paragraph');
    paragraph.insert(0, [text]);
    textRoot(ann).insert(0, [paragraph]);
    text.insert(0, 'by ann');
    return { server, ann };
  }

  /** Goes on as Ann, where her text ends. */
  function forged(ann: Y.Doc): Uint8Array {
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(ann));
    copy.clientID = ann.clientID;
    const before = Y.encodeStateVector(copy);
    textOf(paragraphsOf(copy)[0]!).insert(6, ', or is it');
    return Y.encodeStateAsUpdate(copy, before);
  }

  const textBy = (entries: readonly TestEntry[], by: string, from = 0): string =>
    runsOf(compareEntries(entries, from, entries.length))
      .filter(({ change, edit }) => change === 'inserted' && edit!.by === by)
      .map(({ text }) => text)
      .join('');

  test('is not heard, and what Ann wrote stays hers', () => {
    const { server, ann } = annsText();
    expect(server.take(forged(ann), 'mallory')).toBe(false);
    expect(textBy(server.entries, 'ann')).toBe('by ann');
    expect(textBy(server.entries, 'mallory')).toBe('');
  });

  test('gets no credit for sending what she wrote once more, with something new of their own', () => {
    const { server, ann } = annsText();
    const mallory = new Y.Doc();
    Y.applyUpdate(mallory, Y.encodeStateAsUpdate(ann));
    textOf(paragraphsOf(mallory)[0]!).insert(0, 'mine, ');
    expect(server.take(Y.encodeStateAsUpdate(mallory), 'mallory')).toBe(true);
    expect(textBy(server.entries, 'ann')).toBe('by ann');
    expect(textBy(server.entries, 'mallory')).toBe('mine, ');
  });

  test('is credited with it where a log has taken it: what counts is who sent the entry', () => {
    const { server, ann } = annsText();
    const entries = [...server.entries, { by: 'mallory', update: forged(ann) }];
    expect(textBy(entries, 'ann')).toBe('by ann');
    expect(textBy(entries, 'mallory')).toBe(', or is it');
    expect(textBy(entries, 'mallory', server.entries.length)).toBe(', or is it');
  });

  test('cannot delete in her name', () => {
    const { server, ann } = annsText();
    const mallory = new Y.Doc();
    mallory.clientID = 8;
    Y.applyUpdate(mallory, Y.encodeStateAsUpdate(ann));
    // A deletion names whose clocks are deleted, and nobody who deletes them.
    const before = server.entries.length;
    mallory.on('update', (update: Uint8Array) => server.take(update, 'mallory'));
    textOf(paragraphsOf(mallory)[0]!).delete(0, 3);
    const [gone] = runsOf(compareEntries(server.entries, before, server.entries.length));
    expect(gone).toMatchObject({ text: 'by ', change: 'deleted', edit: { by: 'mallory', seq: before + 1 } });
  });
});
